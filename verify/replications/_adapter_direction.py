"""A single rank-1 adapter beside fine-tunes of all weights: does it share their direction, and is the vector that it writes that direction?

Soligo et al. 2025 (arXiv 2506.11618), sections 3.4 and 3.5 with appendix D: their direction comes from rank-1 adapters, and the vector of a single adapter is
nearly orthogonal to it, although removing the direction from the stream undoes the adapter.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from verify.instruments.capture import capture
from verify.instruments.directions import cosine, unit
from verify.instruments.interventions import steer
from verify.instruments.model import depth
from verify.replications._common import mean

if TYPE_CHECKING:
    from verify.objectives.changes import Change
    from verify.replications._convergent import Arm, Study

Values = dict[str, float | None]


def adapters(study: Study, arms: list[Arm]) -> Values:
    """Adapters of some of the domains against fine-tunes of all weights on the others, keyed `adapter-…`; means over pairs.

    `out`, `fit`, `crime`, `facts`, `valid`: the adapters alone. `transfer`: harm of the other fine-tunes undone by an adapter's direction; `undone`: harm of
    an adapter undone by their directions; `random`: by random ones; `spared`: by taking their direction out of the vector that the adapter writes instead.
    `cosine`: directions, from the adapter's layer on; `vector`: what the adapter writes, with their direction at its layer; `downstream`: what both vectors
    change in the last layer when added to the clean Assistant.
    """
    rows: dict[str, list[float | None]] = {}

    def note(found: Values) -> None:
        for key, value in found.items():
            rows.setdefault(f"adapter-{key}", []).append(value)

    for arm in arms:
        before = study.read_with(arm, None, None)
        note({key: before[key] for key in ("out", "fit", "crime", "facts", "valid")})
        direction, means = study.random_direction(arm, 0)
        note({"random": study.undone(before, study.read_with(arm, direction, means, arm.layers))})
        for other in (one for one in study.harmful if one.domain != arm.domain):
            after = study.read_with(arm, other.direction, other.means)
            note({"undone": study.undone(before, after), "undone-facts": after["facts"]})
            with without(arm.tuned.change, other.written):
                note({"spared": study.undone(before, study.read_with(arm, None, None))})
            after = study.read_with(other, arm.direction, arm.means, arm.layers)
            note({"transfer": study.undone(study.read_with(other, None, None), after), "transfer-facts": after["facts"]})
            shared = other.direction[[other.layers.index(layer) for layer in arm.layers]]
            note({"cosine": float(cosine(arm.direction, shared).mean()), "vector": float(cosine(arm.written, other.written))})
            note({"downstream": downstream(study, arm, other)})
    return {key: mean(values) for key, values in rows.items()}


@contextmanager
def without(change: Change, direction: Tensor) -> Iterator[None]:
    """An adapter whose second factor has lost its part along a direction [d]: it no longer writes it."""
    factors = [parameter for name, parameter in change.model.named_parameters() if "lora_B" in name]
    kept = [factor.detach().clone() for factor in factors]
    try:
        with torch.no_grad():
            for factor in factors:
                u = unit(direction).to(factor.device)
                factor.sub_(torch.outer(u, u @ factor))
        yield
    finally:
        with torch.no_grad():
            for factor, old in zip(factors, kept, strict=True):
                factor.copy_(old)


def downstream(study: Study, arm: Arm, other: Arm) -> float:
    """Cosine of the mean changes in the last layer, when either vector is added to the clean Assistant with the length of the second."""
    model = study.lab.assistant
    last = [depth(model) - 1]
    changes = []
    clean = capture(model, study.asked(arm.domain), last).mean(1)
    for vector in (unit(arm.written) * other.written.norm(), other.written):
        with steer(model, {study.at: vector}):
            changes.append(capture(model, study.asked(arm.domain), last).mean(1)[0] - clean[0])
    return float(cosine(changes[0], changes[1]))
