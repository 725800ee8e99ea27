"""The credence that the listed weights imply, from the earliest stated one on. Shown beside the stated credence, never in its place.

Weights are in decibans, ten times the decimal logarithm of a likelihood ratio (Good, Probability and the Weighing of Evidence, 1950, after
Turing), so log odds add: posterior = prior + sum of weights, for and against with opposite signs. That holds where the items are independent given
the statement and given its negation; whether they may be is what double counting in `coherence` asks.
Left out, and named: items whose weight nobody assessed, mixed ones, which have no sign, and those that the earliest entry of the
history names as its own records, since the prior holds them already.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import inf, log10

from schemas import Belief
from schemas.belief import Holding


@dataclass(frozen=True, slots=True)
class Implied:
    """For one holder."""

    holder: str
    prior: float
    """The earliest credence stated."""
    stated: float
    """The current one."""
    credence: float | None
    """None where no weight could be counted: insufficient data, which is not 0."""
    decibans: float
    """Sum of the weights counted."""
    counted: tuple[str, ...]
    """Records, as listed."""
    not_assessed: tuple[str, ...]
    mixed: tuple[str, ...]
    """Assessed and mixed: a weight without a sign."""
    in_prior: tuple[str, ...]
    """Assessed and named by the earliest entry."""

    @property
    def words(self) -> str:
        """The implied credence with what it leaves out, or why there is none."""
        parts = ((self.not_assessed, "not assessed"), (self.mixed, "mixed"), (self.in_prior, "already behind the first credence"))
        left = [f"{len(records)} {words}" for records, words in parts if records]
        left_out = f"; left out: {', '.join(left)}" if left else ""
        if self.credence is None:
            return f"insufficient data, no weight can be counted{left_out}"
        items = f"{len(self.counted)} item{'' if len(self.counted) == 1 else 's'}"
        return f"{self.credence:.3g}, from {self.prior:g} by {self.decibans:+.3g} decibans of {items}{left_out}"


def implied(belief: Belief, holding: Holding, canonical: Callable[[str], str | None]) -> Implied:
    """What the belief's ledger makes of a holder's earliest credence; `canonical` gives the present id behind a reference."""
    held = {canonical(record) or record for record in holding.history[0].records}
    held |= {record.partition("/")[0] for record in held}
    counted, not_assessed, mixed, in_prior, total = [], [], [], [], 0.0
    for item in belief.evidence:
        present = canonical(item.record) or item.record
        if item.weight == "not assessed":
            not_assessed.append(item.record)
        elif item.direction == "mixed":
            mixed.append(item.record)
        elif present in held or present.partition("/")[0] in held:
            in_prior.append(item.record)
        else:
            counted.append(item.record)
            total += float(item.weight) if item.direction == "for" else -float(item.weight)
    prior = holding.history[0].credence
    return Implied(
        holder=holding.holder,
        prior=prior,
        stated=holding.current.credence,
        credence=moved(prior, total) if counted else None,
        decibans=total,
        counted=tuple(counted),
        not_assessed=tuple(not_assessed),
        mixed=tuple(mixed),
        in_prior=tuple(in_prior),
    )


def log_odds(probability: float) -> float:
    """In decibans; infinite for 0 and 1."""
    if probability in (0, 1):
        return inf if probability else -inf
    return 10 * log10(probability / (1 - probability))


def moved(prior: float, decibans: float) -> float:
    """A probability after evidence of so many decibans. 0 and 1 stay: no finite evidence moves them."""
    after = log_odds(prior) + decibans
    if abs(after) > 3000:  # beyond what a float can tell from 0 or 1
        return 1.0 if after > 0 else 0.0
    return 1 / (1 + 10 ** (-after / 10))
