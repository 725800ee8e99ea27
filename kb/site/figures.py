"""Figures in words and as small drawings: reported values, bars on a known scale, pips, credences over time."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence

from markupsafe import Markup

from kb.site.escape import text
from kb.site.plot.ticks import number
from schemas import Measure
from schemas.result import Estimate

_QUALIFIERS = {"exactly": "", "about": "≈\u202f", "more-than": ">\u202f", "at-least": "≥\u202f", "less-than": "<\u202f", "at-most": "≤\u202f"}
_SUFFIX = {"%": "%", "times": "×", "fraction": "", "count": "", "coefficient": ""}
# Units that name a quantity: a reader says "rank 32" and "odds ratio 1.4".
_NAMED = frozenset({"layer", "rank", "odds ratio", "number needed", "adjusted residual", "AUC", "steering strength", "distance", "percentile"})
# Units that are one plain plural, so that one of them is not "1 epochs"; what is no plural (`loss`) or has a sign of its own (`times`) is left alone.
_PLURAL = re.compile(r"(?!times$)([a-z]+[^s])s")
_SCORE = re.compile(r"score (\d+)-(\d+)")
_PREFIX = {"r": "r = ", "rho": "ρ = ", "R2": "R² = ", "kappa": "κ = ", "F1": "F1 = ", "d": "d = ", "cosine": "cos = "}
_SCALES: dict[str, tuple[float, float]] = {
    "%": (0, 100),
    "fraction": (0, 1),
    "r": (-1, 1),
    "rho": (-1, 1),
    "kappa": (-1, 1),
    "cosine": (-1, 1),
    "R2": (0, 1),
    "F1": (0, 1),
}


def _scale(unit: str) -> tuple[float, float] | None:
    """The ends of a unit's scale, where it has both."""
    score = _SCORE.fullmatch(unit)
    return (float(score[1]), float(score[2])) if score and int(score[1]) < int(score[2]) else _SCALES.get(unit)


def _sign(written: str) -> str:
    return "−" + written[1:] if written.startswith("-") else written


def reported(measure: Measure) -> str:
    """The figure as its source prints it, with what it says around it and the unit."""
    return _in_unit(_sign(str(measure.value)), measure.unit, _QUALIFIERS[measure.qualifier])


def _in_unit(value: str, unit: str | None, qualifier: str = "") -> str:
    if unit in _PREFIX:
        return _PREFIX[unit].replace("= ", qualifier or "= ") + value
    if unit in _NAMED:
        return f"{unit} {qualifier}{value}"
    if unit is not None and (score := _SCORE.fullmatch(unit)):
        return f"{qualifier}{value} on {score[1]}–{score[2]}"
    if unit is not None and value == "1" and (plural := _PLURAL.fullmatch(unit)):
        unit = re.sub("ie$", "y", plural[1])
    suffix = "" if unit is None else _SUFFIX.get(unit, f" {unit}")
    return qualifier + value + suffix


def reproduced(estimate: Estimate) -> str:
    """A reproduced number with its unit."""
    return _in_unit(number(estimate.value), estimate.unit)


def interval(measure: Measure) -> list[str]:
    """What is known of its uncertainty: interval, SD, SE, n, k, p. Empty when the record gives none."""
    parts = []
    if measure.low is not None and measure.high is not None:
        level = "" if measure.level is None else f"{float(measure.level) * 100:g}% interval "
        parts.append(f"{level}{_sign(str(measure.low))} to {_sign(str(measure.high))}")
    if measure.sd is not None:
        parts.append(f"SD {measure.sd}")
    if measure.se is not None:
        parts.append(f"SE {measure.se}")
    if measure.k is not None:
        parts.append(f"{measure.k} of {measure.n}")
    elif measure.n is not None:
        parts.append(f"n = {measure.n}")
    if measure.p is not None:
        parts.append(f"p {measure.p}")
    return parts


def _share(value: float, low: float, high: float) -> str:
    return f"{(value - low) / (high - low) * 100:.4g}"


def bar(measure: Measure) -> Markup:
    """A bar on the unit's own scale; nothing where the unit has no scale or the value lies outside it."""
    scale = _scale(measure.unit or "")
    if scale is None or not scale[0] <= float(measure.value) <= scale[1]:
        return Markup("")
    low, high = scale
    zero = max(low, min(0.0, high))
    start, end = sorted((float(measure.value), zero))
    whisker = ""
    if measure.low is not None and measure.high is not None:
        bounds = [min(max(float(bound), low), high) for bound in (measure.low, measure.high)]
        whisker = f'<b style="left:{_share(bounds[0], low, high)}%;right:{100 - float(_share(bounds[1], low, high)):.4g}%"></b>'
    two_sided = " kb-bar--signed" if low < 0 else ""
    edges = f"left:{_share(start, low, high)}%;right:{100 - float(_share(end, low, high)):.4g}%"
    return Markup(f'<span class="kb-bar{two_sided}" aria-hidden="true"><i style="{edges}"></i>{whisker}</span>')


def pips(count: int, independent: int, threshold: int, at_least: bool = False) -> Markup:
    """One dot per example: filled when independent, ringed when tied to another, empty up to the threshold."""
    words = f"{'at least ' if at_least else ''}{count} different, {threshold} needed, {independent} independent"
    dots = [*["on"] * min(independent, count), *["tied"] * max(0, count - independent), *[""] * max(0, threshold - count)]
    drawn = "".join(f'<i class="{dot}"></i>' if dot else "<i></i>" for dot in dots)
    return Markup(f'<span class="kb-pips" role="img" aria-label="{text(words)}" title="{text(words)}">{drawn}</span>')


def per_cent(share: float) -> str:
    """A probability in per cent, without digits that it does not have."""
    return f"{share * 100:.3g}%"


def history(entries: Sequence[tuple[dt.date, float]]) -> Markup:
    """A holder's credence over time as a stepped line; nothing for a single entry, which has no course."""
    if len(entries) < 2:
        return Markup("")
    first, last = entries[0][0].toordinal(), entries[-1][0].toordinal()
    span = max(1, last - first)
    points = [(4 + 312 * (day.toordinal() - first) / span, 4 + 72 * (1 - value)) for day, value in entries]
    path = f"M{points[0][0]:.1f} {points[0][1]:.1f}" + "".join(f"H{x:.1f}V{y:.1f}" for x, y in points[1:])
    dots = "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.2"/>' for x, y in points)
    words = "; ".join(f"{day.isoformat()} {per_cent(value)}" for day, value in entries)
    return Markup(
        f'<svg class="kb-history" viewBox="0 0 320 80" role="img" aria-label="Credence over time: {text(words)}">'
        f'<path class="grid" d="M4 4H316M4 40H316M4 76H316"/><path class="line" d="{path}"/>{dots}</svg>'
    )
