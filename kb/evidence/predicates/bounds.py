"""Bounds on counts and numbers: whether they hold, in words, and how far off they are."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from kb.evidence.predicates.reading import Reading, Truth
from schemas.predicate import HowMany

if TYPE_CHECKING:
    from kb.records import Corpus


def how_many(bounds: HowMany) -> str:
    """`at least 3`, `exactly 1`, `at least 2 and at most 4`."""
    words = {"exactly": bounds.is_, "at least": bounds.at_least, "at most": bounds.at_most}
    return " and ".join(f"{name} {value}" for name, value in words.items() if value is not None)


def counted(count: int, bounds: HowMany, *, exact: bool = True) -> Truth:
    """Whether a count lies within the bounds; `exact` False where it is only known to be at least that."""
    short = [bound for bound in (bounds.at_least, bounds.is_) if bound is not None and count < bound]
    over = any(bound is not None and count > bound for bound in (bounds.at_most, bounds.is_))
    if over or (short and exact):
        return "false"
    certain = exact or (bounds.at_most is None and bounds.is_ is None)
    return "unknown" if short or not certain else "true"


def gap(count: int, bounds: HowMany, what: str) -> str:
    """How far a count of `what` is from its bounds: `1 of 3 findings, 2 more`; empty where it lies within."""
    for bound in (bounds.at_least, bounds.is_):
        if bound is not None and count < bound:
            return f"{count} of {bound} {what}, {bound - count} more"
    for bound in (bounds.at_most, bounds.is_):
        if bound is not None and count > bound:
            return f"{count} {what} where at most {bound} may be, {count - bound} fewer"
    return ""


def enough(count: int, bounds: HowMany, value: Truth) -> int | None:
    """How many of what was counted were enough for the value, from the first on; None where it rests on there being no more."""
    if value == "true":
        return None if bounds.at_least is None and not bounds.is_ else max(bounds.at_least or 0, bounds.is_ or 0)
    if value == "false":
        passed = [bound for bound in (bounds.at_most, bounds.is_) if bound is not None and count > bound]
        return min(passed) + 1 if passed else None
    return None


def number(value: float) -> str:
    """A number in words: three digits, a true minus."""
    return f"{value:.3g}".replace("-", "−")


def limits(at_least: float | None, at_most: float | None) -> str:
    """`at least 0.3`, `at least 0.3 and at most 0.5`."""
    words = {"at least": at_least, "at most": at_most}
    return " and ".join(f"{name} {number(value)}" for name, value in words.items() if value is not None)


def within(value: float, at_least: float | None, at_most: float | None) -> Truth:
    """Whether a number lies within its bounds, both ends included."""
    return "true" if (at_least is None or value >= at_least) and (at_most is None or value <= at_most) else "false"


def distance(value: float, at_least: float | None, at_most: float | None) -> str:
    """How far a number is from its bounds; empty where it lies within."""
    if at_least is not None and value < at_least:
        return f"{number(value)} against at least {number(at_least)}, {number(at_least - value)} more"
    if at_most is not None and value > at_most:
        return f"{number(value)} against at most {number(at_most)}, {number(value - at_most)} less"
    return ""


def added(corpus: Corpus, records: Iterable[str]) -> dt.date | None:
    """The day the last of some records was added; None where there is none."""
    return max((corpus.entries[record].record.added for record in records), default=None)


def oldest_first(corpus: Corpus, records: Iterable[str]) -> list[str]:
    """Records by the day they were added, then by id."""
    return sorted(records, key=lambda record: (corpus.entries[record].record.added, record))


def words_of(given: str | Sequence[str]) -> tuple[str, ...]:
    """One word or a list of them, as a tuple."""
    return (given,) if isinstance(given, str) else tuple(given)


def either(words: Iterable[str]) -> str:
    """Slugs in words: `not reproduced or inconclusive`."""
    return " or ".join(word.replace("-", " ") for word in words)


def named(records: Sequence[str], most: int = 8) -> str:
    """Records by id, the first few where there are many."""
    return ", ".join(records[:most]) + (f" and {len(records) - most} more" if len(records) > most else "")


def absent(says: str, what: str, lacking: str) -> Reading:
    """The reading of an atom whose subject is not there."""
    return Reading(says, "unknown", what, lacking)


def definite(corpus: Corpus, says: str, now: str, grounds: Iterable[str], *, holds: bool, lacking: str = "", day: dt.date | None = None) -> Reading:
    """The reading of an atom that rests on some records as a whole; `day` is a later day that they themselves name."""
    records = tuple(sorted(set(grounds)))
    days = [found for found in (added(corpus, records), day) if found is not None]
    return Reading(says, "true" if holds else "false", now, "" if holds else lacking, records, records, max(days, default=None))
