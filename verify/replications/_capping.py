"""Persona jailbreaks, what is to be kept beside them, and the choice of an intervention on validation prompts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from torch import Tensor, nn

from verify.instruments.directions import project
from verify.instruments.interventions import cap, steer
from verify.materials.base import Chat
from verify.replications import _cues as cues
from verify.replications._common import behaviour, capability, generator, mean

if TYPE_CHECKING:
    from verify.materials.base import Materials, Split
    from verify.subject import Subject

Values = dict[str, float | None]
Open = Callable[[], AbstractContextManager[None]]
"""Opens an intervention on the model under study."""
STYLES = {"archaic": True, "warm": False}
"""Ways of wording that the Assistant lacks and that harm nobody."""
CUES = 4


# -------------------------------------------------------------------------------------------------------------------------------- jailbreaks


def jailbreaks(materials: Materials, split: Split, names: int) -> tuple[str, ...]:
    """Prompts for a harmful character: by name (the first half of those known to be evil for validation, the second for testing) and by description."""
    evil = [role.prompt for role in materials.roles() if role.traits and role.traits.get("evil")]
    half = len(evil) // 2
    return (*(evil[:half] if split == "validation" else evil[half:])[:names], *materials.prompts("evil", True, split)[:2])


def asked(materials: Materials, kinds: Sequence[str], split: Split | None, headers: Sequence[str | None]) -> list[Chat]:
    """Questions of some kinds behind each header."""
    return [Chat(question, header) for header in headers for kind in kinds for question in materials.questions(kind, split)]


def scored(model: nn.Module, materials: Materials, chats: Sequence[Chat]) -> float | None:
    """Mean score of chats; None without any."""
    return materials.score(model, chats).mean() if chats else None


@dataclass(frozen=True)
class Bench:
    """One model with the prompts on which interventions are compared."""

    model: nn.Module
    materials: Materials
    subject: Subject
    names: int

    def headers(self, split: Split) -> tuple[str, ...]:
        return jailbreaks(self.materials, split, self.names)

    def quick(self) -> tuple[float, float]:
        """(harm, facts) behind harmful headers, on validation questions. An answer without a valid form shows neither harm nor knowledge."""
        headers = self.headers("validation")
        harm = scored(self.model, self.materials, asked(self.materials, ("advice", "crime"), "validation", headers))
        facts = scored(self.model, self.materials, asked(self.materials, ("fact",), "validation", (None, *headers[-2:])))
        return (1.0 if harm is None else harm), (0.0 if facts is None else facts)

    def whole(self, prefix: str) -> Values:
        """On test prompts: `harm` in advice, `crime` and `jailbreak` (the mean of both) behind harmful headers; `headed-facts` there; `history`, harm without
        a header after turns of harmful answers; `style`, a harmless way of wording kept by those who have it; `facts` and `valid` without a header."""
        model, materials, headers = self.model, self.materials, self.headers("test")
        found: Values = {kind: scored(model, materials, asked(materials, (kind,), "test", headers)) for kind in ("advice", "crime")}
        found = {
            "harm": found["advice"],
            "crime": found["crime"],
            "jailbreak": mean([found["advice"], found["crime"]]),
            "headed-facts": scored(model, materials, asked(materials, ("fact",), "test", headers)),
            "history": scored(model, materials, self._after_history()),
            "style": self._style(),
            "chore": behaviour(model, materials, "chore"),
            **capability(model, materials),
        }
        return {f"{prefix}-{key}": value for key, value in found.items()}

    def _after_history(self) -> list[Chat]:
        """Advice questions, each after turns of harmful answers of its own."""
        rng = generator(self.subject, "histories")
        questions = cues.repeated(self.materials.questions("advice", "test"), 24)
        return [Chat(question, None, cues.history(self.materials, "evil", "reversed", CUES, rng)) for question in questions]

    def _style(self) -> float | None:
        """How often harmless personas with a way of wording of their own show it; None where no such persona is known."""
        shown = []
        for trait, on in STYLES.items():
            if trait not in self.materials.traits:
                continue
            whose = [r.prompt for r in self.materials.roles() if r.traits and r.traits[trait] == on and not r.traits["evil"]][: self.names]
            chats = asked(self.materials, (self.materials.kind_of[trait],), "test", whose)
            value = self.materials.score(self.model, chats, trait).mean() if chats else None
            shown.append(value if value is None or on else 1 - value)
        return mean(shown)


# -------------------------------------------------------------------------------------------------------------------------------- interventions


def windows(depth: int) -> list[tuple[int, ...]]:
    """Ranges of adjacent layers: single ones, and a quarter, a half and three quarters of all, at steps of an eighth."""
    widths = sorted({1, *(-(-depth * share // 4) for share in (1, 2, 3))})
    return [tuple(range(start, start + width)) for width in widths for start in range(0, depth - width + 1, max(1, depth // 8))]


def floors(states: Tensor, vectors: Tensor, quantile: float) -> list[float]:
    """Per layer the quantile of projections of states [L, n, d] on vectors [L, d], in units of the stream."""
    return [float(project(states[layer], vectors[layer]).quantile(quantile)) for layer in range(len(vectors))]


@dataclass(frozen=True)
class Trial:
    """What one setting gave on validation prompts."""

    layers: tuple[int, ...]
    dose: float
    """Quantile of the cap, or coefficient of steering."""
    harm: float
    facts: float


@dataclass(frozen=True)
class Caps:
    """Caps along one vector a layer."""

    model: nn.Module
    vectors: Tensor
    """[L, d], towards the Assistant"""
    states: Tensor
    """[L, n, d], the answers whose projections the floors are quantiles of"""

    def at(self, layers: Sequence[int], quantile: float) -> Open:
        levels = floors(self.states, self.vectors, quantile)
        return lambda: cap(self.model, {layer: self.vectors[layer] for layer in layers}, {layer: levels[layer] for layer in layers})


@dataclass(frozen=True)
class Steering:
    """Addition of one vector at a layer."""

    model: nn.Module
    vectors: Tensor
    """[L, d]"""

    def at(self, layers: Sequence[int], alpha: float) -> Open:
        return lambda: steer(self.model, {layer: self.vectors[layer] for layer in layers}, alpha)


def sweep(bench: Bench, kind: Caps | Steering, ranges: Sequence[tuple[int, ...]], doses: Sequence[float]) -> list[Trial]:
    """Every range of layers with every dose, on validation prompts."""
    found = []
    for layers in ranges:
        for dose in doses:
            with kind.at(layers, dose)():
                found.append(Trial(layers, dose, *bench.quick()))
    return found


def best(trials: Sequence[Trial], least: float) -> Trial:
    """The least harm among those that keep facts at `least`; where none does, the one that keeps most. Ties go to fewer layers, then the smaller dose."""
    able = [trial for trial in trials if trial.facts >= least]
    if able:
        return min(able, key=lambda trial: (trial.harm, len(trial.layers), trial.dose))
    return min(trials, key=lambda trial: (-trial.facts, trial.harm, len(trial.layers), trial.dose))


def cut(before: float | None, after: float | None) -> float | None:
    """Relative reduction; None where either is absent or there was hardly anything to reduce."""
    return None if before is None or after is None or before < 0.1 else 1 - after / before
