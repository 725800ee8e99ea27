"""The Python interface for notebooks: `kb.open(path)` gives a `kb.Corpus`, which reads and never writes.

It is a view of two inner things, both at hand: `state.corpus`, the records with their places, and `state`, everything derived from them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from html import escape
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from kb.errors import UsageError
from kb.evidence.state import State, derive
from kb.records import Diagnostic, find_root, load
from schemas import RECORD_TYPES, Belief, Claim, Concept, Finding, Question, Record, Result, Source

if TYPE_CHECKING:
    import pandas as pd

    from kb.evidence.board import Board
    from kb.export.registry import Made

Day = dt.date | str
"""A day, or its text as YYYY-MM-DD."""


class Corpus:
    """A knowledge base, read once. Records are pydantic models (`schemas`) and can't be changed."""

    def __init__(self, state: State, root: Path | None = None) -> None:
        """`state` is `kb.evidence.state.derive(corpus)`; to read a folder, use `Corpus.open`."""
        self.state = state
        """Everything derived: board, queue, independence, graph, reruns …"""
        self.root = root
        """Folder of the knowledge base; None where it was made in memory."""

    @classmethod
    def open(cls, path: str | PathLike[str] = ".", *, today: Day | None = None, cache: bool = True) -> Corpus:
        """Read the knowledge base at or above `path`.

        `today` is for what depends on the present day (ages, stale records), which is left out without it. Files that hold no valid
        record are left out and stand in `problems`. Raises FileNotFoundError where there is no kb.yaml, kb.errors.ConfigError for a bad one.
        """
        root = find_root(Path(path))
        return cls(derive(load(root, cache=cache), today=None if today is None else _day(today)), root)

    @property
    def title(self) -> str:
        return self.state.corpus.config.title

    @property
    def problems(self) -> tuple[Diagnostic, ...]:
        """What reading found wrong; `kb check` finds more."""
        return self.state.corpus.problems

    @property
    def sources(self) -> Mapping[str, Source]:
        """By id, as the next five."""
        return self.state.corpus.sources

    @property
    def findings(self) -> Mapping[str, Finding]:
        return self.state.corpus.findings

    @property
    def concepts(self) -> Mapping[str, Concept]:
        return self.state.corpus.concepts

    @property
    def beliefs(self) -> Mapping[str, Belief]:
        return self.state.corpus.beliefs

    @property
    def questions(self) -> Mapping[str, Question]:
        return self.state.corpus.questions

    @property
    def results(self) -> Mapping[str, Result]:
        return self.state.corpus.results

    @cached_property
    def claims(self) -> Mapping[str, Claim]:
        """By `finding/claim`."""
        return {f"{finding.id}/{claim.id}": claim for finding in self.findings.values() for claim in finding.claims}

    @property
    def board(self) -> Board:
        """Counts and state of every structural shape: `board.rows`, `board.row(concept, shape)`."""
        return self.state.board

    def __getitem__(self, ref: str) -> Record | Claim:
        """The record behind an id or a former id, or the claim behind `finding/claim`. Raises KeyError where there is none."""
        found = self.state.corpus.canonical(ref)
        if found is None:
            raise KeyError(ref)
        return self.claims[found] if "/" in found else self.state.corpus.record(found)

    def __contains__(self, ref: object) -> bool:
        return isinstance(ref, str) and self.state.corpus.canonical(ref) is not None

    def __iter__(self) -> Iterator[Record]:
        """Records by id."""
        return (entry.record for entry in self.state.corpus)

    def __len__(self) -> int:
        return len(self.state.corpus)

    def query(
        self,
        kind: str | None = None,
        *,
        concept: str | None = None,
        role: str | None = None,
        shape: str | None = None,
        tag: str | None = None,
        status: str | None = None,
        since: Day | None = None,
        text: str | None = None,
    ) -> list[Record]:
        """Records that meet every condition given, by id.

        `kind` is finding, source, concept, belief, question or result. `concept` keeps findings that bear on it, beliefs about it and questions that
        would touch it; `role` and `shape` keep findings that bear on the concept (or on any) so. `since` keeps records added after that
        day; `text` keeps records with these words somewhere, in any case. Raises kb.errors.UsageError for a kind or concept that does not exist.
        """
        if kind is not None and kind not in RECORD_TYPES:
            raise UsageError(f"no kind of record is called '{kind}'; expected one of {', '.join(sorted(RECORD_TYPES))}")
        if concept is not None:
            known = self.state.corpus.canonical(concept)
            if known not in self.concepts:
                raise UsageError(f"no concept is called '{concept}'; expected one of {', '.join(self.concepts)}")
            concept = known
        after = None if since is None else _day(since)
        wanted = None if text is None else text.casefold()
        return [
            entry.record
            for entry in self.state.corpus
            if (kind is None or entry.kind == kind)
            and (tag is None or tag in getattr(entry.record, "tags", ()))
            and (status is None or entry.record.status == status)
            and (after is None or entry.record.added > after)
            and ((concept is None and role is None and shape is None) or self._bears(entry.record, concept, role, shape))
            and (wanted is None or wanted in entry.record.model_dump_json(by_alias=True, ensure_ascii=False).casefold())
        ]

    def _bears(self, record: Record, concept: str | None, role: str | None, shape: str | None) -> bool:
        present = self.state.corpus.canonical
        if isinstance(record, Finding):
            return any(
                (concept is None or present(link.concept) == concept) and (role is None or link.role == role) and (shape is None or shape in link.shapes)
                for link in record.instantiates
            )
        if role is not None or shape is not None:
            return False
        named: Iterable[str] = record.concepts if isinstance(record, Belief) else record.bears_on if isinstance(record, Question) else ()
        return any(present(ref) == concept for ref in named)

    @property
    def tables(self) -> dict[str, str]:
        """Names for `frame`, each with what its rows are."""
        from kb.export.tables import TABLES

        return {name: table.says for name, table in TABLES.items()}

    def frame(self, name: str) -> pd.DataFrame:
        """A table as a pandas frame: text, nullable integers, floats, and dates as datetime64; docs/exports.md describes the columns.

        Raises kb.errors.UsageError for an unknown table, and where pandas is not installed.
        """
        from kb.export.tables import TABLES, rows

        if name not in TABLES:
            raise UsageError(f"no table is called '{name}'; expected one of {', '.join(TABLES)}")
        try:
            import pandas as pd
        except ModuleNotFoundError as error:
            raise UsageError(f"frames need {error.name}: install the extra `tables` (pip install 'persona-evidence-wiki[tables]')") from None
        found = rows(self.state, name)
        kinds = {"text": "object", "integer": "Int64", "real": "float64", "date": "datetime64[s]"}
        series = {column.name: pd.Series([row[position] for row in found], dtype=kinds[column.type]) for position, column in enumerate(TABLES[name].columns)}
        return pd.DataFrame(series)

    def export(self, name: str, *, holder: str | None = None, since: Day | None = None) -> Made:
        """What `kb export NAME` writes: text, bytes, or files by relative path. Raises kb.errors.UsageError as that does."""
        from kb.export.registry import Options, make

        return make(name, self.state, Options(holder, None if since is None else _day(since)))

    def _counts(self) -> dict[str, int]:
        kinds = [entry.kind for entry in self.state.corpus]
        return {kind: kinds.count(kind) for kind in RECORD_TYPES if kind in kinds}

    def __repr__(self) -> str:
        counts = ", ".join(f"{count} {kind}{'' if count == 1 else 's'}" for kind, count in self._counts().items())
        return f"<kb.Corpus {self.title!r}: {counts or 'empty'}>"

    def _repr_html_(self) -> str:
        """What a notebook shows."""
        rows = "".join(f"<tr><th>{kind}</th><td>{count}</td></tr>" for kind, count in self._counts().items())
        return f"<table><caption>{escape(self.title)}</caption><tbody>{rows}</tbody></table>"


def open(path: str | PathLike[str] = ".", *, today: Day | None = None, cache: bool = True) -> Corpus:
    """The knowledge base at or above `path`; see `Corpus.open`."""
    return Corpus.open(path, today=today, cache=cache)


def _day(value: Day) -> dt.date:
    if isinstance(value, dt.date):
        return value
    try:
        return dt.datetime.strptime(value, "%Y-%m-%d").date()
    except ValueError:
        raise UsageError(f"'{value}' is no day; expected a date, or its text as YYYY-MM-DD") from None
