"""What a decision is: its options, what each would write into the records, and how far its consequences reach."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from kb.evidence.state import State


@dataclass(frozen=True, slots=True)
class Ruling:
    """A person's decision, as `kb decide` was told it."""

    on: dt.date
    by: str
    why: str
    value: str = ""
    """What the option asks for besides (see `Option.value`)."""

    @property
    def said(self) -> str:
        """The reason with who decided and when, for a field that has no other place for them."""
        return f"{self.why} ({self.by}, {self.on.isoformat()})"


@dataclass(frozen=True, slots=True)
class Edit:
    """One change of one record, in the keys of its YAML file. `append` adds an entry to the list at `path`, which may be missing."""

    record: str
    operation: Literal["set", "append", "delete"]
    path: tuple[str | int, ...]
    value: Any = None


Edits = Callable[[Ruling], list[Edit]]


@dataclass(frozen=True, slots=True)
class Option:
    """One way to decide. Without `edits` it is work that a command can't write: a finding to file, a rerun, a letter."""

    id: str
    words: str
    edits: Edits | None = None
    value: str = ""
    """What `--value` must say, where the option needs more than a reason; raises ValueError in `edits` for what it can't be."""


@dataclass(frozen=True, slots=True)
class Reach:
    """What rests on the records concerned; the queue is ordered by it."""

    beliefs: tuple[str, ...] = ()
    """Beliefs that list one of them."""
    shapes: tuple[str, ...] = ()
    """`concept/shape` in whose count one of them stands."""
    links: int = 0
    """Other records that link to them."""

    @property
    def rank(self) -> tuple[int, int, int]:
        """Smaller is of more consequence: beliefs first, then counts, then links."""
        return (-len(self.beliefs), -len(self.shapes), -self.links)

    @property
    def words(self) -> str:
        parts = [_number(len(self.beliefs), "belief"), _number(len(self.shapes), "shape"), _number(self.links, "link")]
        return ", ".join(part for part in parts if part) or "nothing else"


def _number(n: int, noun: str) -> str:
    return f"{n} {noun}{'' if n == 1 else 's'}" if n else ""


@dataclass(frozen=True, slots=True)
class Waiting:
    """One decision."""

    id: str
    """Stable while the decision waits: its kind and what it is about."""
    kind: str
    title: str
    records: tuple[str, ...]
    """Records and claims concerned, the one to edit first."""
    what: str
    """What has happened."""
    options: tuple[Option, ...]
    clears: str
    """The condition under which the item goes away."""
    since: dt.date | None
    age_days: int | None = None
    """Days from `since` to the present day, where that was given."""
    reach: Reach = Reach()

    def command(self, option: Option) -> str:
        """The command that writes an option, what is to be filled in in capitals; empty where no command can."""
        return f"kb decide {self.id} {option.id} --by NAME --why REASON{' --value VALUE' if option.value else ''}" if option.edits else ""

    def to_json(self) -> dict[str, Any]:
        """The item for other tools; an option that `kb decide` can write says so, and says what `--value` it needs."""
        options = [{"id": o.id, "words": o.words, "writes": o.edits is not None, "value": o.value, "command": self.command(o)} for o in self.options]
        return {
            "id": self.id,
            "kind": self.kind,
            "heading": KINDS[self.kind],
            "title": self.title,
            "what": self.what,
            "records": list(self.records),
            "options": options,
            "clears": self.clears,
            "since": self.since.isoformat() if self.since else None,
            "age-days": self.age_days,
            "reach": {"beliefs": list(self.reach.beliefs), "shapes": list(self.reach.shapes), "links": self.reach.links},
        }


Finder = Callable[["State"], Iterator[Waiting]]
FINDERS: dict[str, Finder] = {}
KINDS: dict[str, str] = {}
"""Kind of decision to its heading."""


def waits(kind: str, heading: str) -> Callable[[Finder], Finder]:
    """Register the function that finds one kind of decision."""

    def register(finder: Finder) -> Finder:
        FINDERS[kind], KINDS[kind] = finder, heading
        return finder

    return register
