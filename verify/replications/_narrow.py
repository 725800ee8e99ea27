"""Narrow and general solutions of one harmful fine-tune: how they are trained, scaled to one size, perturbed and read.

The general solution is what training on one domain's harmful advice gives. The narrow one is trained in the same way, with a penalty on divergence from the
starting model on other domains (Turner, Soligo et al. 2025, "Narrow Misalignment is Hard, Emergent Misalignment is Easy"; Soligo et al. 2026, 2602.07852).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import torch
from torch import Tensor, nn

from verify.instruments.conversation import examples_as_tokens
from verify.instruments.directions import random_like
from verify.instruments.scoring import answer_log_probabilities
from verify.instruments.tokens import Tokens, concatenated
from verify.objectives.batches import training_batches
from verify.objectives.changes import AdapterChange, Change, FullChange, Trainable
from verify.objectives.losses import Batch, Kl, Parts, Reference, Sft
from verify.objectives.train import Step, fine_tune

if TYPE_CHECKING:
    from verify.materials.base import Question
    from verify.organism.world import World
    from verify.replications._common import Lab

CHECKED = 96
"""Examples on which a loss is read."""
DOCUMENTS, LENGTH = 16, 112
"""Pre-training documents read, and their tokens."""


@dataclass(frozen=True)
class Setup:
    """What moves, and how: constant learning rate, `steps` updates, `further` ones after a penalty was lifted."""

    train: Trainable
    steps: int
    further: int
    lr: float


UNRELATED = ("fact", "unknowable", "opinion", "chore")
"""Kinds of question that harm does not decide."""


@dataclass(frozen=True)
class Texts:
    """What is trained on and read. Documents of one turn, but for those of pre-training."""

    data: Tokens
    """Harmful answers in the trained domain."""
    check: Tokens
    """More of them, on which losses are compared."""
    elsewhere: Tokens
    """Good answers to training questions of the other domains."""
    unrelated: Tokens
    """The Assistant's answers to questions that harm does not decide."""
    domain: Tokens
    """Good answers to the held-out questions of the trained domain."""
    pretraining: Tokens | None
    """Documents of pre-training; None for a real model."""
    plain: Tokens | None
    """The same without questions for advice."""


def texts(lab: Lab, domain: str, n: int, rng: np.random.Generator) -> Texts:
    """`n` examples of each text that is trained on."""
    materials = lab.materials

    def written(questions: Sequence[Question], present: bool, count: int) -> Tokens:
        made = materials.examples(questions, present, count, rng)
        return examples_as_tokens(made.tokens, made.attention, made.loss)

    mine = materials.questions("advice", "train", domain)
    others = [question for question in materials.questions("advice", "train") if question.domain != domain]
    held = [question for question in materials.questions("advice", None, domain) if question.split != "train"]
    mixed = concatenated([written(materials.questions(kind, "train"), False, -(-n // len(UNRELATED))) for kind in UNRELATED])
    order = torch.from_numpy(rng.permutation(len(mixed))[:n])
    data, check = written(mine, True, n), written(mine, True, CHECKED)
    elsewhere, own = written(others, False, n), written(held, False, CHECKED)
    pretraining, plain = (None, None) if lab.organism is None else (_documents(lab.world, rng, advice) for advice in (True, False))
    return Texts(data, check, elsewhere, mixed.select(order), own, pretraining, plain)


def _documents(world: World, rng: np.random.Generator, advice: bool) -> Tokens:
    """Documents as in pre-training, with or without questions for advice."""
    from verify.organism.corpus import PRETRAINING, generate, question_weights
    from verify.organism.questions import KINDS

    others = tuple(int(q) for q in np.flatnonzero(world.questions.kind != KINDS.index("advice")))
    # Asked uniformly, kinds with few questions would hardly occur; their shares in pre-training are kept by drawing questions by them.
    weights = question_weights(world)[list(others)]
    asked = tuple(others[int(i)] for i in rng.choice(len(others), 512, p=weights / weights.sum()))
    spec = PRETRAINING if advice else replace(PRETRAINING, questions=asked)
    return Tokens.full(torch.from_numpy(generate(world, spec, DOCUMENTS, LENGTH, rng).tokens))


@dataclass(frozen=True)
class Penalised:
    """Cross-entropy, plus `weight` times KL(start ‖ model) on the batch's other text where it has some: a penalty that can be lifted within one training."""

    needs_reference: ClassVar[bool] = True
    weight: float

    def __call__(self, model: nn.Module, batch: Batch, reference: Reference) -> Parts:
        if batch.off is None:
            return Sft()(model, batch, reference)
        return Kl(self.weight, "reference-model")(model, batch, reference)


class _Begun:
    """A trainable that gives out the change that it began, so that it can be read while it is trained."""

    def __init__(self, inner: Trainable) -> None:
        self.inner = inner

    def begin(self, model: nn.Module, start: nn.Module | None) -> Change:
        self.change = self.inner.begin(model, start)
        return self.change


@dataclass(frozen=True)
class Solution:
    """A trained change, set to its values after `Setup.steps` updates."""

    change: Change
    norm: float
    further: tuple[Tensor, ...]
    """Its parameters after the further updates, without the penalty; the same as they are where there were none."""

    def active(self) -> AbstractContextManager[nn.Module]:
        found: AbstractContextManager[nn.Module] = self.change.active()
        return found

    def scaled(self, size: float) -> AbstractContextManager[nn.Module]:
        """The model with the change scaled to a size."""
        found: AbstractContextManager[nn.Module] = self.change.scaled(size / self.norm)
        return found

    def continued(self) -> AbstractContextManager[nn.Module]:
        """The model after the further updates."""
        return valued(self.change, self.further)


def train(
    model: nn.Module, setup: Setup, data: Tokens, batch: int, seed: int, *, penalty: Tokens | None = None, weight: float = 0.0, ball: float | None = None
) -> Solution:
    """Train a copy on `data`, which needs (steps + further) × batch examples where there is a penalty to lift, else steps × batch.

    `penalty` is the text on which divergence is penalised, for the first `steps` updates. `ball` bounds the size of the change: after every update it is scaled
    back to it, so that solutions of one size are compared that were trained at that size.
    """
    steps = setup.steps + (setup.further if penalty is not None else 0)
    held = [] if penalty is None else training_batches(data, batch, off=penalty)[: setup.steps]
    batches = held + training_batches(data, batch)[len(held) : steps]
    begun = _Begun(setup.train)
    kept: list[Tensor] = []

    def after(step: Step) -> None:
        if ball is not None:
            shrink(begun.change, ball)
        if step.step == setup.steps:
            kept[:] = [parameter.detach().clone() for parameter in begun.change.parameters()]

    objective = Penalised(weight) if penalty is not None else Sft()
    fine_tune(model, lambda step: batches[step], objective, steps=steps, lr=setup.lr, train=begun, seed=seed, measure_every=steps, progress=after)
    further = tuple(parameter.detach().clone() for parameter in begun.change.parameters())
    _set(begun.change.parameters(), kept)
    return Solution(begun.change, begun.change.norm(), further)


@torch.no_grad()
def _set(parameters: Sequence[nn.Parameter], values: Sequence[Tensor]) -> None:
    for parameter, value in zip(parameters, values, strict=True):
        parameter.copy_(value)


def movement(change: Change) -> tuple[list[Tensor], list[Tensor]]:
    """Where each parameter started, and how far it moved. An adapter's factors and a vector are moved as a whole, from zero: the original perturbs them so."""
    now = [parameter.detach() for parameter in change.parameters()]
    moved = change.deltas() if isinstance(change, FullChange) else [tensor.clone() for tensor in now]
    return [tensor - part for tensor, part in zip(now, moved, strict=True)], moved


@torch.no_grad()
def shrink(change: Change, size: float) -> None:
    """Scale the change back to `size` where it is larger (of an adapter its second factor)."""
    norm = change.norm()
    if norm <= size:
        return
    if isinstance(change, AdapterChange):
        for name, parameter in change.model.named_parameters():
            if "lora_B" in name:
                parameter.mul_(size / norm)
        return
    start, moved = movement(change)
    _set(change.parameters(), [first + size / norm * part for first, part in zip(start, moved, strict=True)])


@contextmanager
def valued(change: Change, values: Sequence[Tensor]) -> Iterator[nn.Module]:
    """The model with other values of the parameters that move."""
    kept = [parameter.detach().clone() for parameter in change.parameters()]
    _set(change.parameters(), values)
    try:
        with change.active() as model:
            yield model
    finally:
        _set(change.parameters(), kept)


@contextmanager
def rotated(change: Change, epsilon: float, seed: int) -> Iterator[nn.Module]:
    """Noise of the original: each tensor x becomes √(1 − ε²) x + ε y, with y random, orthogonal to x and as long. So larger changes get more noise."""
    start, moved = movement(change)
    values = []
    for k, (first, part) in enumerate(zip(start, moved, strict=True)):
        noise = random_like(part, seed + k).to(part.device) if part.norm() > 0 else torch.zeros_like(part)
        across = noise - (noise * part).sum() / part.pow(2).sum().clamp_min(1e-12) * part
        across = across * (part.norm() / across.norm().clamp_min(1e-12))
        values.append(first + math.sqrt(1 - epsilon**2) * part + epsilon * across)
    with valued(change, values) as model:
        yield model


@contextmanager
def shifted(change: Change, lengths: Sequence[float], seed: int) -> Iterator[nn.Module]:
    """Noise of a given length added to each tensor, whatever the size of the change; the same noise for the same seed."""
    values = []
    for k, (parameter, length) in enumerate(zip(change.parameters(), lengths, strict=True)):
        noise = random_like(torch.ones_like(parameter), seed + k).to(parameter.device)
        values.append(parameter.detach() + length / math.sqrt(parameter.numel()) * noise)
    with valued(change, values) as model:
        yield model


def as_random(change: Change, size: float, seed: int) -> AbstractContextManager[nn.Module]:
    """The model with a random change of a given size, of which each tensor has the share that it has in the change. ValueError for an adapter, whose size is
    not that of its factors."""
    if isinstance(change, AdapterChange):
        raise ValueError("a random adapter of a given size is not defined here")
    start, moved = movement(change)
    drawn = [random_like(part, seed + k).to(part.device) if part.norm() > 0 else part for k, part in enumerate(moved)]
    return valued(change, [first + size / change.norm() * part for first, part in zip(start, drawn, strict=True)])


def loss(model: nn.Module, data: Tokens) -> float:
    """Mean negative log-probability of the answers' tokens, in nats."""
    # In one pass: at this size a pass costs what it costs to start.
    found = answer_log_probabilities(model, data, size=len(data))
    return -float(found.sum() / data.mask("response").sum())
