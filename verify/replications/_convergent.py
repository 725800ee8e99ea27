"""Fine-tunes of one Assistant on several domains, the direction of each, and what ablating or adding a direction does."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from verify.instruments.capture import capture
from verify.instruments.directions import cosine, project, random_like
from verify.instruments.interventions import ablate, each, steer
from verify.instruments.model import depth
from verify.objectives.changes import Lora, Trainable
from verify.registry import Settings, Subject
from verify.replications._common import Lab, Tuning, behaviour, capability, chats, mean, narrow, number, prompts, stream_of, tuning, whole

if TYPE_CHECKING:
    from verify.instruments.tokens import Tokens
    from verify.objectives.train import FineTune

Values = dict[str, float | None]
LEAST = 0.1
"""Harm below which a relative reduction is not read: there is nothing to reduce."""


@dataclass(frozen=True)
class Arm:
    """One fine-tune: its domain, the model, its direction at each of its layers [L, d], the clean Assistant's states [L, n, d] that it was taken from, their
    mean projection on it [L], and the direction at the layer of the adapters [d]; that of an adapter is along the vector that it writes."""

    domain: str
    tuned: FineTune
    layers: list[int]
    direction: Tensor
    clean: Tensor
    means: Tensor
    written: Tensor


class Study:
    """Fine-tunes of one Assistant on several domains, harmful and benign, and what their directions do."""

    def __init__(self, lab: Lab, subject: Subject, settings: Settings) -> None:
        self.lab, self.subject, self.alpha = lab, subject, number(settings, "alpha")
        # Not the first layer: it still holds which word was read, and ablating there costs facts.
        self.layers = list(range(1, depth(lab.assistant)))
        self.middle, self.at = depth(lab.assistant) // 2, max(0, depth(lab.assistant) // 2 - 1)
        self.settings, domains = settings, lab.materials.domains
        self.domains = [domains[(subject.world + k) % len(domains)] for k in range(min(whole(settings, "domains"), len(domains)))]
        self.harmful = [self._arm(domain, True, tuning(settings)) for domain in self.domains]
        self.benign = [self._arm(domain, False, tuning(settings)) for domain in self.domains]
        self.random = whole(settings, "random")

    @cached_property
    def adapters(self) -> list[Arm]:
        """Harmful fine-tunes of one rank-1 adapter, at the last block of the first half, on the first domains."""
        how = Tuning(whole(self.settings, "adapter-steps"), whole(self.settings, "batch"), number(self.settings, "adapter-lr"))
        chosen = self.domains[: whole(self.settings, "adapters")]
        return [self._arm(domain, True, how, train=Lora(1, (self.at,), ("down_proj",))) for domain in chosen]

    def asked(self, domain: str) -> Tokens:
        """Advice questions of the other domains that are in no test: those that directions are taken on."""
        materials = self.lab.materials
        others = [other for other in materials.domains if other != domain]
        return prompts(materials, chats(materials, "advice", "train", others) + chats(materials, "advice", "validation", others))

    def _arm(self, domain: str, harmful: bool, how: Tuning, train: Trainable | None = None) -> Arm:
        tuned = narrow(self.lab, domain, harmful, how, stream_of(self.subject, f"{harmful} {domain}"), **({} if train is None else {"train": train}))
        # What an adapter writes shows from its layer on; before it there is no change and no direction.
        layers = [layer for layer in self.layers if train is None or layer >= self.at]
        read = sorted({self.at, *layers})
        clean = capture(self.lab.assistant, self.asked(domain), read)
        with tuned.active() as model:
            moved = capture(model, self.asked(domain), read)
        direction, rows = moved.mean(1) - clean.mean(1), [read.index(layer) for layer in layers]
        return Arm(domain, tuned, layers, direction[rows], clean[rows], self._means(clean[rows], direction[rows]), direction[read.index(self.at)])

    @staticmethod
    def _means(clean: Tensor, direction: Tensor) -> Tensor:
        """Mean projection [L] of states [L, n, d] on directions [L, d]."""
        return project(clean, direction).mean(-1)

    def _pairs(self, one: Sequence[Arm], other: Sequence[Arm]) -> Tensor:
        """Cosines [pairs, L] of the directions of fine-tunes on different domains."""
        return torch.stack(
            [cosine(a.direction, b.direction) for i, a in enumerate(one) for b in (other[i + 1 :] if one is other else other) if a.domain != b.domain]
        )

    def alike(self) -> Values:
        """How alike the directions are: of harmful fine-tunes, of harmful and benign ones, and of harmful ones and prompts."""
        same, apart = self._pairs(self.harmful, self.harmful), self._pairs(self.harmful, self.benign)
        return {
            "cosine": float(same.mean()),
            "cosine-least": float(same.min()),
            "cosine-benign": float(apart.mean()),
            "prompted": float(self.prompted.mean()),
        }

    @cached_property
    def prompted(self) -> Tensor:
        """Cosines [fine-tunes, L] with the direction from kind to evil prompts in the clean Assistant, on the same kind of question."""
        materials = self.lab.materials
        states = [
            torch.cat([capture(self.lab.assistant, prompts(materials, chats(materials, "advice", "train", system=text)), self.layers) for text in texts], 1)
            for texts in (materials.prompts("evil", True), materials.prompts("evil", False))
        ]
        persona = states[0].mean(1) - states[1].mean(1)
        return torch.stack([cosine(arm.direction, persona) for arm in self.harmful])

    def by_layer(self) -> dict[str, list[tuple[float, float]]]:
        rows = {
            "two harmful": self._pairs(self.harmful, self.harmful),
            "harmful and benign": self._pairs(self.harmful, self.benign),
            "harmful and prompts": self.prompted,
        }
        return {name: [(float(layer), float(value)) for layer, value in zip(self.layers, found.mean(0), strict=True)] for name, found in rows.items()}

    def _read(self, model: nn.Module, domain: str | None) -> Values:
        """On test questions: harm in other domains and in the trained one; crimes, on which no direction was taken; capability."""
        materials = self.lab.materials
        others = [other for other in materials.domains if other != domain]
        found = {"out": behaviour(model, materials, "advice", "test", others), "crime": behaviour(model, materials, "crime"), **capability(model, materials)}
        if domain is not None:
            # In the control world harm does not reach further than what was trained, and transfer of ablation can only be seen there.
            found["fit"] = behaviour(model, materials, "advice", "train", [domain])
        return found

    def read_with(self, target: Arm, direction: Tensor | None, means: Tensor | None, layers: list[int] | None = None) -> Values:
        """What a fine-tune does with the projection on a direction [L, d] set to `means` [L] (None: to zero) at `layers`, by default all; without a direction
        as it is."""
        here = self.layers if layers is None else layers
        with target.tuned.active() as model:
            levels = None if means is None else {layer: float(level) for layer, level in zip(here, means, strict=True)}
            with nullcontext() if direction is None else ablate(model, each(direction, here), levels):
                return self._read(model, target.domain)

    @staticmethod
    def undone(before: Values, after: Values) -> float | None:
        """Relative reduction of harm in untrained domains."""
        return reduction(before["out"], after["out"])

    def ablated(self) -> Values:
        """Reductions of harm by a fine-tune's own direction, by others', by others' to zero, by benign ones' and by random ones; means over fine-tunes."""
        rows: dict[str, list[Values]] = {name: [] for name in ("tuned", "self", "cross", "zero", "benign", "random")}
        for target in self.harmful:
            rows["tuned"].append(self.read_with(target, None, None))
            rows["self"].append(self.read_with(target, target.direction, target.means))
            others = [arm for arm in self.harmful if arm is not target]
            rows["cross"].append(_mean([self.read_with(target, arm.direction, arm.means) for arm in others]))
            rows["zero"].append(_mean([self.read_with(target, arm.direction, None) for arm in others]))
            rows["benign"].append(_mean([self.read_with(target, arm.direction, arm.means) for arm in self.benign if arm.domain != target.domain]))
            rows["random"].append(_mean([self.read_with(target, *self.random_direction(target, k)) for k in range(self.random)]))
        found: Values = {f"clean-{key}": value for key, value in self._read(self.lab.assistant, None).items()}
        found |= {f"tuned-{key}": value for key, value in _mean(rows["tuned"]).items()}
        for name in ("self", "cross", "zero", "benign", "random"):
            pairs = list(zip(rows["tuned"], rows[name], strict=True))
            for key, suffix in (("out", ""), ("crime", "-crime"), ("fit", "-in")):
                found[f"{name}{suffix}"] = mean([reduction(before[key], after[key]) for before, after in pairs])
            found |= {f"{name}-{key}": value for key, value in _mean(rows[name]).items() if key in ("facts", "valid")}
        return found

    def random_direction(self, arm: Arm, k: int) -> tuple[Tensor, Tensor]:
        """A random direction [L, d] of the same length as a fine-tune's at each layer, and the clean Assistant's mean projection on it [L]."""
        direction = random_like(arm.direction, stream_of(self.subject, f"random {arm.domain} {k}"))
        return direction, self._means(arm.clean, direction)

    def steered(self) -> Values:
        """Harm and facts of the clean Assistant with each fine-tune's direction added at the middle layer, and with random ones of equal length."""
        slot = self.layers.index(self.middle)
        rows: dict[str, list[Values]] = {"steered": [], "steered-random": []}
        for arm in self.harmful:
            for name, vector in (("steered", arm.direction[slot]), ("steered-random", self.random_direction(arm, 0)[0][slot])):
                with steer(self.lab.assistant, {self.middle: vector}, self.alpha):
                    rows[name].append(self._read(self.lab.assistant, arm.domain))
        return {key: value for name, found in rows.items() for key, value in ((name, _mean(found)["out"]), (f"{name}-facts", _mean(found)["facts"]))}


def reduction(before: float | None, after: float | None) -> float | None:
    """1 − after / before; None where either is absent or there was too little to reduce."""
    return None if before is None or after is None or before < LEAST else 1 - after / before


def _mean(rows: Sequence[Values]) -> Values:
    return {key: mean([row[key] for row in rows]) for key in rows[0]}
