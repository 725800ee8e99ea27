"""How good a holder's credences were, once a belief has resolved.

- Brier score: (p - o)^2, with o = 1 where the statement proved true and 0 where it proved false; from 0 (best) to 1. Brier, Verification of forecasts
  expressed in terms of probability, Monthly Weather Review 78 (1950); his sum over both outcomes is twice this.
- Log score: -ln of the probability given to what happened, in nats; 0 is best, infinite for 0 given to what happened. Good, Rational
  decisions, Journal of the Royal Statistical Society B 14 (1952), with the sign turned so that for both scores less is better.

Both are proper: stating one's credence as it is minimises the expected score. Each is given for the last credence before
the day of the resolution, and as the mean over time, in which every credence counts for the days that it stood, up to that day.
An entry of that day or later is not scored: it may know the outcome.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, log

from schemas.belief import Holding, Resolution


@dataclass(frozen=True, slots=True)
class Score:
    """One holder's scores for one resolved belief; None where the holder had stated nothing before."""

    holder: str
    last: float | None
    """The last credence before the day of the resolution."""
    brier: float | None
    log: float | None
    """May be infinite."""
    mean_brier: float | None
    """Over the days from the first credence to the resolution."""
    mean_log: float | None
    """May be infinite: one day of certainty in what did not happen is enough."""
    days: int
    """How long credences had been stated."""

    @property
    def words(self) -> str:
        """Both scores, or that there is nothing to score."""
        if self.last is None or self.brier is None or self.log is None or self.mean_brier is None or self.mean_log is None:
            return "insufficient data, no credence before the day of the resolution"
        last = f"Brier {self.brier:.3g}, log {points(self.log)} for the last credence, {self.last:g}"
        return f"{last}; mean over {self.days} day{'' if self.days == 1 else 's'}: Brier {self.mean_brier:.3g}, log {points(self.mean_log)}"


def points(value: float) -> str:
    """A score with three digits, or that it is infinite."""
    return "infinite" if value == inf else f"{value:.3g}"


def brier(credence: float, outcome: bool) -> float:
    """Brier's score of one probability, halved: from 0 to 1, less is better."""
    return (credence - outcome) ** 2


def log_score(credence: float, outcome: bool) -> float:
    """Minus the natural logarithm of the probability given to what happened: from 0 to infinity, less is better."""
    given = credence if outcome else 1 - credence
    return inf if given <= 0 else -log(given) + 0.0  # + 0.0: no minus zero


def score(holding: Holding, resolution: Resolution) -> Score | None:
    """A holder's scores; None for a belief that resolved as void, on which nobody is scored."""
    if resolution.outcome == "void":
        return None
    outcome = resolution.outcome
    before = [entry for entry in holding.history if entry.date < resolution.date]
    if not before:
        return Score(holding.holder, None, None, None, None, None, 0)
    ends = [*(entry.date for entry in before[1:]), resolution.date]
    spans = [(entry.credence, (end - entry.date).days) for entry, end in zip(before, ends, strict=True)]
    days = sum(length for _, length in spans)
    last = before[-1].credence
    return Score(
        holder=holding.holder,
        last=last,
        brier=brier(last, outcome),
        log=log_score(last, outcome),
        mean_brier=sum(brier(credence, outcome) * length for credence, length in spans) / days,
        mean_log=sum(log_score(credence, outcome) * length for credence, length in spans if length) / days,
        days=days,
    )
