"""The registry of sections: what a change does to one part of the evidence, each part a module of `sections/`."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from kb.contribute.diff.sides import Change


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that a change does. All texts are plain and may hold whatever a stranger wrote: whoever shows them escapes them."""

    kind: str
    """A word of the section's own; the one-line summary counts the kinds that the section names."""
    about: str
    """The record, claim, `concept/shape` or place that it is about."""
    what: str
    """The whole in a sentence."""
    details: tuple[str, ...] = ()
    """Why, or what exactly, a line each."""


Finder = Callable[[Change], Iterable[Item]]


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the evidence."""

    key: str
    heading: str
    order: int
    evidence: bool
    """Whether an item says that what the evidence adds up to has moved; that a record's text differs does not say so."""
    counts: Mapping[str, tuple[str, str]]
    """Kind of item to its words in the summary, for one and for many: ("conflict opened", "conflicts opened")."""
    find: Finder


SECTIONS: dict[str, Section] = {}


def section(key: str, heading: str, *, order: int, counts: Mapping[str, tuple[str, str]], evidence: bool = True) -> Callable[[Finder], Finder]:
    """Register a function as the finder of a section; the fields are those of `Section`. Its items come in an order that depends on the records alone."""

    def register(find: Finder) -> Finder:
        if key in SECTIONS or any(order == other.order for other in SECTIONS.values()):
            raise ValueError(f"section {key}: another has its key or its order {order}")
        SECTIONS[key] = Section(key, heading, order, evidence, counts, find)
        return find

    return register


def all_sections() -> list[Section]:
    """Every section in order, whatever was imported before."""
    import kb.contribute.diff.sections as package

    for module in sorted(module.name for module in pkgutil.iter_modules(package.__path__)):
        importlib.import_module(f"{package.__name__}.{module}")
    return sorted(SECTIONS.values(), key=lambda section: section.order)


@dataclass(frozen=True)
class Report:
    """What a change does, section by section; sections without an item are left out."""

    before: str
    after: str
    parts: tuple[tuple[Section, tuple[Item, ...]], ...]

    @property
    def summary(self) -> str:
        """One line: `2 records added, 1 threshold reached`; says so where nothing moved."""
        counted = list(self._counted())
        if not self.parts:
            return "No record differs: the change does nothing to the evidence."
        said = ", ".join(counted) or "only layout or settings differ"
        quiet = "" if any(section.evidence for section, _ in self.parts) else "; nothing that the evidence adds up to has moved"
        return f"{said[0].upper()}{said[1:]}{quiet}."

    def _counted(self) -> Iterator[str]:
        for part, items in self.parts:
            for kind, (one, many) in part.counts.items():
                number = sum(item.kind == kind for item in items)
                if number:
                    yield f"{number} {one if number == 1 else many}"


def report(change: Change) -> Report:
    """Every section's items for a change."""
    found = ((section, tuple(section.find(change))) for section in all_sections())
    return Report(change.before.label, change.after.label, tuple((section, items) for section, items in found if items))
