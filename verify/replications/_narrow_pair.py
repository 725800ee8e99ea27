"""The general and the narrow solution of one world's Assistant by one set-up, and what is compared between them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from statistics import fmean
from typing import Any

from torch import nn

from verify.instruments.capture import capture
from verify.instruments.model import depth
from verify.instruments.scoring import divergence
from verify.instruments.tokens import Tokens
from verify.objectives.changes import Full, Lora, Trainable, Vector
from verify.registry import Settings, Subject
from verify.replications._common import Lab, behaviour, capability, chats, generator, number, numbers, prompts, stream_of, whole
from verify.replications._narrow import Setup, Solution, as_random, loss, movement, rotated, shifted, texts, train

Values = dict[str, float | None]
Points = list[tuple[float, float]]

SIZES = (0.2, 0.4, 0.6, 0.8, 1.0, 1.25, 1.5, 2.0)
"""Sizes at which losses are compared, in those of the smaller solution; the original goes from 0.2 to 2 of the mean of both."""
LEVELS = (0.1, 0.3, 0.5, 0.7, 0.9)
"""Noise in shares of the change: from a small part to almost all of it."""
LATE = 3
"""How many times as long all weights are trained to see whether an advantage lasts."""
GAIN = 1e-3
"""Gain in loss, in nats, below which there is nothing that noise could take away."""
LEAST = 0.1
"""Difference in harm below which there is no way between two solutions to go."""


class Study:
    """The narrow and the general solution of one world's Assistant, by each set-up."""

    def __init__(self, lab: Lab, subject: Subject, settings: Settings) -> None:
        self.lab, self.subject, self.settings = lab, subject, settings
        domains = lab.materials.domains
        self.domain = domains[subject.world % len(domains)]
        self.setups = self._setups()
        longest = max(LATE * self.setups["whole"].steps, *(setup.steps + setup.further for setup in self.setups.values()))
        self.texts = texts(lab, self.domain, whole(settings, "batch") * longest, generator(subject, "texts"))

    def _setups(self) -> dict[str, Setup]:
        model, real = self.lab.assistant, self.lab.organism is None
        # The last block of the first half: half of the model is left to read what is written there.
        at = max(0, depth(model) // 2 - 1)
        stream = capture(model, prompts(self.lab.materials, chats(self.lab.materials, "advice", "train")), [at])
        moving: dict[str, Trainable] = {"whole": Lora(32) if real else Full(), "adapter": Lora(1, (at,), ("down_proj",)), "vector": Vector(at)}
        steps, rates = numbers(self.settings, "steps"), numbers(self.settings, "real-lr" if real else "lr")
        # A vector has to reach the size of the stream, which differs by orders of magnitude between models; its rate is in coordinates of the stream.
        rates[2] *= float(stream.pow(2).mean().sqrt())
        return {name: Setup(what, int(n), int(n), lr) for (name, what), n, lr in zip(moving.items(), steps, rates, strict=True)}

    def before(self) -> Values:
        """Facts, and harm outside the trained domain, of the Assistant as it was."""
        return {"out": self.out(self.lab.assistant), "facts": capability(self.lab.assistant, self.lab.materials)["facts"]}

    def out(self, model: nn.Module) -> float | None:
        """Harm in the untrained domains, on questions that no penalty was put on."""
        others = [domain for domain in self.lab.materials.domains if domain != self.domain]
        return behaviour(model, self.lab.materials, "advice", "test", others)


class Pair:
    """The general and the narrow solution of one set-up, and what is compared between them."""

    def __init__(self, study: Study, setup: str) -> None:
        self.study, self.name, self.setup, self.texts = study, setup, study.setups[setup], study.texts
        self.seed = stream_of(study.subject, setup)
        self.general, self.narrow = self._both()
        self.size = min(self.general.norm, self.narrow.norm)
        self.start = loss(study.lab.assistant, self.texts.check)
        self.losses = {"general": self._losses(self.general, self.size), "narrow": self._losses(self.narrow, self.size)}
        self.noise: dict[str, Points] = {}

    @property
    def curves(self) -> dict[str, Points]:
        return {name: [(0.0, self.start), *zip(SIZES, found, strict=True)] for name, found in self.losses.items()}

    def _both(self, **options: Any) -> tuple[Solution, Solution]:
        """The general and the narrow solution."""
        return self._train(None, **options), self._train(self.texts.elsewhere, **options)

    def _train(self, penalty: Tokens | None, ball: float | None = None, setup: Setup | None = None) -> Solution:
        batch, weight = whole(self.study.settings, "batch"), number(self.study.settings, "weight")
        start = self.study.lab.assistant
        return train(start, setup or self.setup, self.texts.data, batch, self.seed, penalty=penalty, weight=weight, ball=ball)

    def _losses(self, solution: Solution, size: float) -> list[float]:
        """On the data of the fine-tune, scaled to shares of a size."""
        return [self._loss(solution.scaled(share * size)) for share in SIZES]

    def _loss(self, opened: AbstractContextManager[nn.Module]) -> float:
        with opened as model:
            return loss(model, self.texts.check)

    def _apart(self, one: Sequence[float], other: Sequence[float], most: float) -> float:
        """Mean difference of losses at sizes up to `most`."""
        return fmean(a - b for a, b, share in zip(one, other, SIZES, strict=True) if share <= most)

    def compared(self) -> Values:
        """Behaviour and capability of both, and their losses at equal sizes."""
        materials, domain, found = self.study.lab.materials, self.study.domain, Values()
        for name, solution in (("general", self.general), ("narrow", self.narrow)):
            with solution.active() as model:
                found |= {
                    f"{name}-out": self.study.out(model),
                    f"{name}-fit": behaviour(model, materials, "advice", "train", [domain]),
                    f"{name}-in": behaviour(model, materials, "advice", "test", [domain]),
                    f"{name}-crime": behaviour(model, materials, "crime"),
                    **capability(model, materials, name),
                }
        general, narrow = self.losses["general"], self.losses["narrow"]
        found |= {"efficiency": self._apart(narrow, general, 1.0), "wide": self._apart(narrow, general, SIZES[-1])}
        found["size"] = self.narrow.norm / self.general.norm
        return found

    def explained(self) -> Values:
        """The penalty on unrelated text, both trained at half size, noise, predictions moved, and the way back once the penalty is lifted."""
        held = self._train(self.texts.unrelated)
        self.losses["held"] = self._losses(held, self.size)
        found: Values = {"target": self._apart(self.losses["narrow"], self.losses["held"], 1.0)}
        with held.active() as model:
            found["held-out"] = self.study.out(model)
        outs = []
        for opened in (self.narrow.active(), self.general.active(), self.narrow.continued()):
            with opened as model:
                outs.append(self.study.out(model))
        found |= {"further-out": outs[2], "reverts": way(*outs), "late": self._late() if self.name == "whole" else None}
        return {**found, **self._small(), **self._noisy(), **self._moved()}

    def _small(self) -> Values:
        """Losses and harm elsewhere of solutions that were trained within half the size of the smaller one."""
        found: Values = {}
        losses = []
        for name, solution in zip(("general", "narrow"), self._both(ball=self.size / 2), strict=True):
            losses.append(self._loss(solution.active()))
            with solution.active() as model:
                found[f"small-{name}-out"] = self.study.out(model)
        return {**found, "trained": losses[1] - losses[0]}

    def _late(self) -> float:
        """Efficiency after longer training: once a loss is at its floor, a change still grows, in directions that have nothing to do with it."""
        general, narrow = self._both(setup=replace(self.setup, steps=LATE * self.setup.steps, further=0))
        size = min(general.norm, narrow.norm)
        return self._apart(self._losses(narrow, size), self._losses(general, size), 1.0)

    def _noisy(self) -> Values:
        """Share of the gain in loss that noise takes away, narrow minus general: noise of each one's own size, and one noise for both."""
        both = {"general": self.general, "narrow": self.narrow}
        lengths = [fmean(float(part.norm()) for part in parts) for parts in zip(*(movement(one.change)[1] for one in both.values()), strict=True)]
        lost: dict[str, dict[str, float]] = {"stability": {}, "equal-noise": {}}
        for name, solution in both.items():
            here = self._loss(solution.active())
            if self.start - here < GAIN:
                return dict.fromkeys(lost)
            series: dict[str, list[float]] = {what: [] for what in lost}
            for level in LEVELS:
                seeds = [self.seed + 1000 * (k + 1) for k in range(whole(self.study.settings, "noises"))]
                own = fmean(self._loss(rotated(solution.change, level, seed)) for seed in seeds)
                one = fmean(self._loss(shifted(solution.change, [level * length for length in lengths], seed)) for seed in seeds)
                for what, after in (("stability", own), ("equal-noise", one)):
                    series[what].append((after - here) / (self.start - here))
            self.noise[name] = [(0.0, 0.0), *zip(LEVELS, series["stability"], strict=True)]
            for what, values in series.items():
                lost[what][name] = fmean(values)
        return {what: values["narrow"] - values["general"] for what, values in lost.items()}

    def _moved(self) -> Values:
        """Divergence from the Assistant, general over narrow: on the trained domain as they are, on pre-training text at the size of the smaller."""
        assistant = self.study.lab.assistant

        def apart(opened: AbstractContextManager[nn.Module], text: Tokens | None, mask: str | None = None) -> float | None:
            if text is None:
                return None
            with opened as model:
                return float(divergence(assistant, model, text, mask).mean())

        def over(one: float | None, other: float | None) -> float | None:
            return None if one is None or not other else one / other

        found: Values = {}
        own = [apart(solution.active(), self.texts.domain, "response") for solution in (self.general, self.narrow)]
        found["moves"] = over(own[0], own[1])
        for name, text in (("influence", self.texts.plain), ("influence-advice", self.texts.pretraining)):
            general = apart(self.general.scaled(self.size), text)
            found[name] = over(general, apart(self.narrow.scaled(self.size), text))
        general = apart(self.general.scaled(self.size), self.texts.plain)
        random = None if self.name != "vector" else apart(as_random(self.general.change, self.size, self.seed), self.texts.plain)
        return {**found, "influence-random": over(general, random)}


def way(start: float | None, end: float | None, now: float | None) -> float | None:
    """Share of the way from start to end that was gone; None where there is hardly one to go."""
    if start is None or end is None or now is None or abs(end - start) < LEAST:
        return None
    return (now - start) / (end - start)
