"""What a predicate comes to: its value, what is there now, which records make it so, and how far it is from holding."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

Truth = Literal["true", "false", "unknown"]


@dataclass(frozen=True, slots=True)
class Reading:
    """One condition with its value, its parts within it."""

    says: str
    """The condition in words."""
    value: Truth
    now: str
    """What is there now."""
    lacking: str = ""
    """How far it is from holding; empty where it holds."""
    grounds: tuple[str, ...] = ()
    """Every record that has part in the value, sorted; empty where the value rests on something's absence, or is unknown."""
    first: tuple[str, ...] = ()
    """As few of them as were enough, those added first."""
    since: dt.date | None = None
    """The day from which these were there; None where the value rests on absence."""
    joins: Literal["", "all", "any", "not"] = ""
    parts: tuple[Reading, ...] = ()

    def atoms(self) -> Iterable[Reading]:
        """The readings of the atoms, in the order written."""
        if not self.joins:
            yield self
        for part in self.parts:
            yield from part.atoms()


def all_of(parts: Sequence[Reading], says: str = "all of these hold") -> Reading:
    """Kleene's conjunction: false with one false part, true when all are, else unknown."""
    value: Truth = "false" if any(p.value == "false" for p in parts) else "unknown" if any(p.value == "unknown" for p in parts) else "true"
    return _joined(parts, says, "all", value, needs_every=value == "true", glue=" and ")


def any_of(parts: Sequence[Reading], says: str = "any of these holds") -> Reading:
    """Kleene's disjunction: true with one true part, false when all are, else unknown."""
    value: Truth = "true" if any(p.value == "true" for p in parts) else "unknown" if any(p.value == "unknown" for p in parts) else "false"
    return _joined(parts, says, "any", value, needs_every=value == "false", glue=", or ")


def _joined(parts: Sequence[Reading], says: str, joins: Literal["all", "any"], value: Truth, *, needs_every: bool, glue: str) -> Reading:
    bearing = [part for part in parts if part.value == value]
    holding = sum(part.value == "true" for part in parts)
    lacking = glue.join(part.lacking for part in parts if part.lacking) if value != "true" else ""
    joined = Reading(says, value, f"{holding} of {len(parts)} hold" + ("s" if holding == 1 else ""), lacking, joins=joins, parts=tuple(parts))
    if value == "unknown" or not bearing:
        return joined
    # One part decided it: the one that was there first. Otherwise every part had to be there, up to the last.
    chosen = bearing if needs_every else [min(bearing, key=lambda part: part.since or dt.date.min)]
    return replace(
        joined,
        grounds=tuple(sorted({record for part in bearing for record in part.grounds})),
        first=tuple(sorted({record for part in chosen for record in part.first})),
        since=max((part.since for part in chosen if part.since), default=None),
    )


def not_of(part: Reading) -> Reading:
    """Kleene's negation: what made the part false makes this true; unknown stays unknown."""
    value: Truth = {"true": "false", "false": "true", "unknown": "unknown"}[part.value]  # type: ignore[assignment]
    lacking = "" if value == "true" else "a reading" if value == "unknown" else f"an end of: {part.says}"
    return replace(part, says="this does not hold", value=value, now=part.now, lacking=lacking, joins="not", parts=(part,))
