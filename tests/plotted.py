"""Made-up results with everything that a drawing has to cope with, for tests of plots; smooth curves, no chance."""

from __future__ import annotations

import math
from typing import Any

import kbmaker

from schemas.result import Plot, Result

DOSES = [0.0, 5.0, 10.0, 20.0, 40.0]
ARMS = {"persona, harmful": (0.05, 0.93, 8), "persona, benign": (0.05, 0.02, 6), "control, harmful": (0.06, 0.31, 14), "control, benign": (0.06, 0.03, 6)}
MANY = [
    "Assistant", "changed prior", "base model", "fixed share", "temperature", "offset per trait", "temperature and offset", "base model, moved",
    "base model with a fixed share", "tempered evidence", "exact mixture", "likeliest single persona",
]  # fmt: skip


def _rise(start: float, end: float, speed: float, x: float) -> float:
    return round(end + (start - end) * math.exp(-x / speed), 4)


def dose() -> dict[str, Any]:
    """Four arms with bands."""
    series = {name: [[x, _rise(*arm, x)] for x in DOSES] for name, arm in ARMS.items()}
    bands = {name: [[x, round(y - 0.01 - 0.06 * y, 4), round(y + 0.01 + 0.05 * y, 4)] for x, y in points] for name, points in series.items()}
    title = "Harm in untrained domains along the fine-tune"
    return {"id": "dose", "title": title, "x": "fine-tuning steps", "y": "probability of harm", "series": series, "bands": bands}


def many() -> dict[str, Any]:
    """Twelve series whose ends crowd."""
    turns = [float(turn) for turn in range(9)]
    series = {name: [[x, round(0.02 + 0.03 * index**1.25 * (1 - math.exp(-x / 3)) + 0.002 * index, 4)] for x in turns] for index, name in enumerate(MANY)}
    title = "Distance of the Assistant from each description"
    return {"id": "many", "title": title, "x": "turns of evidence", "y": "KL(Assistant || description), nats", "series": series}


def cloud() -> dict[str, Any]:
    """Two clouds of points."""
    golden = (math.sqrt(5) - 1) / 2
    series = {}
    for shift, name in ((0.0, "after the last turn"), (0.35, "before any turn")):
        xs = [(index * golden) % 1 for index in range(1, 81)]
        wobble = [0.12 * math.sin(40 * x + 9 * shift) for x in xs]
        series[name] = [[round(x, 4), round(min(1.0, max(0.0, x * (1 - shift) + shift / 2 + w)), 4)] for x, w in zip(xs, wobble, strict=True)]
    title = "The model against the exact mixture"
    return {"id": "cloud", "title": title, "x": "exact mixture", "y": "model", "kind": "points", "series": series}


def gaps() -> dict[str, Any]:
    """A band with a gap and one that stands alone, a series without data, values below zero, an early end, long names."""
    return {
        "id": "gaps",
        "title": "What is missing stays missing",
        "x": "layer",
        "y": "cosine",
        "series": {
            "directions of two fine-tunes on harmful advice, mean over all pairs of domains and over worlds": [
                [0, 0.2], [1, 0.7], [2, 0.88], [3, 0.9], [4, 0.86], [5, 0.8]
            ],
            "benign": [[0, -0.1], [1, -0.6], [2, -0.7], [3, -0.4]],
            "nothing came of it": [],
        },
        "bands": {
            "directions of two fine-tunes on harmful advice, mean over all pairs of domains and over worlds": [
                [0, 0.1, 0.3], [1, 0.6, 0.8], [3, 0.85, 0.95], [5, 0.7, 0.9]
            ],
        },
    }  # fmt: skip


def flat() -> dict[str, Any]:
    """A constant, of one series."""
    return {"id": "flat", "title": "Facts stay", "x": "coefficient", "y": "probability of right facts", "series": {"facts": [[0, 0.98], [1, 0.98], [2, 0.98]]}}


def empty() -> dict[str, Any]:
    return {"id": "empty", "title": "Nothing came of it", "x": "step", "y": "loss", "series": {"a": [], "b": []}}


PLOTS = (dose, many, cloud, gaps, flat, empty)

ESTIMANDS = [
    # name, says, measure, minus, unit, claim's measure, interval half-width
    ("rise", "in-character answers, prompted minus not", "prompted", "plain", "fraction", "after", 0.06),
    ("plain-rate", "in-character answers without a prompt", "plain", None, "fraction", "before", 0.02),
    ("facts-kept", "facts right, prompted minus not", "facts-prompted", "facts", "fraction", None, 0.16),
    ("r", "strength of the prompt against the share of in-character answers", "r", None, "r", "shift", 0.05),
    ("divergence", "KL(prompted || plain) of the first word", "kl", None, "nats", None, 0.7),
    ("valid", "mass on answers that count", "valid", None, "fraction", None, 0.01),
]
CRITERIA = [
    {"id": "rises", "estimate": "rise", "direction": "above", "margin": 0.2, "excludes": 0.05, "around": 0.0, "kind": "effect", "why": "it moves"},
    {"id": "keeps-facts", "estimate": "facts-kept", "direction": "within", "margin": 0.1, "excludes": None, "around": 0.0, "kind": "guard", "why": "no cost"},
    {"id": "graded", "estimate": "r", "direction": "above", "margin": 0.5, "excludes": None, "around": 0.0, "kind": "effect", "why": "dose"},
    {"id": "little-divergence", "estimate": "divergence", "direction": "below", "margin": 0.5, "excludes": None, "around": 0.0, "kind": "guard", "why": "mild"},
]
OUTCOMES = {"rises": "met", "keeps-facts": "undecided", "graded": "met", "little-divergence": "not-met"}
MEANS = {"prompted": 0.52, "plain": 0.12, "facts": 0.97, "facts-prompted": 0.93, "r": 0.81, "kl": 1.3, "valid": 0.99}


def result(worlds: int = 3, **fields: Any) -> dict[str, Any]:
    """The fields of a result record of so many worlds; `fields` replace or add."""
    seeds = [
        {"world": world, "seed": 7, "values": {name: round(mean + 0.02 * mean * (world - (worlds - 1) / 2), 4) for name, mean in MEANS.items()}}
        for world in range(worlds)
    ]
    seeds[-1]["values"]["kl"] = None
    estimates = []
    for name, says, measure, minus, unit, figure, half in ESTIMANDS:
        value = round(MEANS[measure] - (MEANS[minus] if minus else 0), 4)
        interval = {"low": round(value - half, 4), "high": round(value + half, 4), "method": "t"} if worlds > 1 else {"low": None, "high": None, "method": None}
        beside = {"claim": "prompts-move-personas/rate", "measure": figure} if figure else {}
        estimates.append({"name": name, "says": says, "value": value, "level": 0.95, "unit": unit, "n": worlds, **interval, **beside})
    estimands = [{"name": name, "says": says, "measure": measure, "minus": minus, "unit": unit} for name, says, measure, minus, unit, _, _ in ESTIMANDS]
    criteria = [{"id": one["id"], "rule": one["why"], "outcome": OUTCOMES[one["id"]], "observed": "as drawn"} for one in CRITERIA]
    return {
        "scale": "small",
        "verdict": "partly-reproduced",
        "estimates": estimates,
        "criteria": criteria,
        "seeds": seeds,
        "config": {"estimands": estimands, "rule": {"criteria": CRITERIA}, "worlds": worlds, "seeds": 1},
        "plots": [plot() for plot in PLOTS],
        **fields,
    }


def record(worlds: int = 3, **fields: Any) -> Result:
    return Result.model_validate(kbmaker.template("result", "made-up") | result(worlds, **fields))


def plot(data: dict[str, Any]) -> Plot:
    return Plot.model_validate(data)
