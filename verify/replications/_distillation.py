"""Distillation of a language model through outputs that have nothing to do with a trait: what is said, which words are compared, what is minimised.

After Cloud et al. 2025 (arXiv 2507.14805): a teacher writes numbers, a filter leaves nothing but numbers, a student is trained on them. Here the student
matches the teacher's probabilities of the words that such a filter leaves (as the digit classifier of section 6 matches outputs), in contexts drawn by
chance, so that neither question nor context carries the trait.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import torch
from torch import Tensor, nn

from verify.instruments.conversation import answered
from verify.instruments.model import device_of, evaluating, forward
from verify.instruments.tokens import Tokens
from verify.materials.base import Chat, Question
from verify.objectives.losses import Batch, Parts, Reference
from verify.objectives.train import FineTune, fine_tune

if TYPE_CHECKING:
    from numpy.random import Generator

    from verify.objectives.changes import Trainable
    from verify.replications._common import Lab

GIVEN = 3
"""Numbers that the prompt of a real model names."""


@dataclass(frozen=True, eq=False)
class Channel:
    """What a student learns from: sequences of unrelated words in answer to unrelated questions."""

    tokens: Tokens
    """Mask "response": the unrelated words, at each of which teacher and student are compared."""
    words: Tensor
    """Long [v]: the words whose probabilities are compared; all others are filtered out."""

    def batches(self, size: int) -> list[Tokens]:
        """Batches in order; a remainder is left out."""
        return [self.tokens.select(slice(start, start + size)) for start in range(0, len(self.tokens) - size + 1, size)]


def channel(lab: Lab, n: int, length: int, rng: Generator) -> Channel:
    """n answers of `length` unrelated words: values after a question about a thing that nobody knows, or numbers after a list of numbers.

    In the corpus of an organism whoever invents a value draws it uniformly, so no value speaks for any persona.
    """
    return _values(lab, n, length, rng) if lab.organism is not None else _numbers(lab, n, length, rng)


def value_words(lab: Lab) -> list[int]:
    """Ids of the values of all attributes of an organism's world."""
    from verify.organism import lexicon as lx

    code = lab.world.lexicon
    return [code.ids[f"{attribute}-{i}"] for attribute in lx.ATTRIBUTES for i in range(code.values)]


def _values(lab: Lab, n: int, length: int, rng: Generator) -> Channel:
    words = value_words(lab)
    asked = lab.materials.encode([Chat(question) for question in lab.materials.questions("unknowable")])
    said = [[words[int(i)] for i in row] for row in rng.integers(0, len(words), (n, length))]
    return Channel(answered([asked[int(i)] for i in rng.integers(0, len(asked), n)], said), torch.tensor(words))


def _numbers(lab: Lab, n: int, length: int, rng: Generator) -> Channel:
    def listed(numbers: Any) -> str:
        return ", ".join(str(int(number)) for number in numbers)

    def ids(text: str) -> list[int]:
        return list(lab.materials.tokenizer(text, add_special_tokens=False)["input_ids"])

    drawn = rng.integers(0, 1000, (n, GIVEN + length))
    ask = f"Continue this list with {length} more numbers between 0 and 999: "
    prompts = lab.materials.encode([Chat(Question(str(i), "numbers", ask + listed(row[:GIVEN]), "train")) for i, row in enumerate(drawn)])
    words = sorted({token for number in range(1000) for token in ids(f" {number}, {number}")})
    return Channel(answered(prompts, [ids(" " + listed(row[GIVEN:])) for row in drawn]), torch.tensor(words))


@dataclass(frozen=True, eq=False, kw_only=True)
class Lesson(Batch):
    """A batch with what the teacher thinks of it."""

    wanted: Tensor
    """Log-probabilities [b, t − 1, v] of the words that are compared, for the token after each."""

    def to(self, device: torch.device | str) -> Lesson:
        return Lesson(self.tokens.to(device), wanted=self.wanted.to(device))


@dataclass(frozen=True, eq=False)
class Imitate:
    """Minimise KL(teacher ‖ student) between the probabilities of the words alone, mean over the response, in nats.

    Logits are divided by `temperature` (Hinton et al. 2015, arXiv 1503.02531); below 1 it widens small differences between words that are about equally
    likely, as unrelated words are.
    """

    words: Tensor
    temperature: float
    needs_reference: ClassVar[bool] = False

    def log_probabilities(self, model: nn.Module, tokens: Tokens) -> Tensor:
        """[b, t − 1, v]."""
        logits = forward(model, tokens).logits[:, :-1].float()
        found: Tensor = (logits[..., self.words.to(logits.device)] / self.temperature).log_softmax(-1)
        return found

    def __call__(self, model: nn.Module, batch: Batch, reference: Reference) -> Parts:  # noqa: ARG002
        """Raises ValueError for a batch without the teacher's probabilities."""
        if not isinstance(batch, Lesson):
            raise ValueError("imitation needs lessons: batches with the teacher's probabilities")
        p, q = batch.wanted, self.log_probabilities(model, batch.tokens)
        compared = batch.tokens.mask("response")[:, 1:]
        return {"loss": ((p.exp() * (p - q)).sum(-1) * compared).sum() / compared.sum()}

    def lessons(self, teacher: nn.Module, batches: Sequence[Tokens]) -> list[Lesson]:
        """What the teacher thinks of these batches."""
        device = device_of(teacher)
        with evaluating(teacher):
            return [Lesson(batch, wanted=self.log_probabilities(teacher, batch.to(device))) for batch in batches]

    def apart(self, student: nn.Module, lessons: Sequence[Lesson]) -> float:
        """Mean divergence from the teacher on lessons, in nats."""
        device = device_of(student)
        with evaluating(student):
            found = [float(self(student, lesson.to(device), lambda: nullcontext(student))["loss"]) for lesson in lessons]
        return sum(found) / len(found)


def distil(
    student: nn.Module,
    lessons: Sequence[Lesson],
    objective: Imitate,
    lr: float,
    seed: int,
    train: Trainable | None = None,
    watch: Callable[[int, nn.Module], None] | None = None,
) -> FineTune:
    """A copy of the student after one pass over the lessons, in an order drawn from the seed. `watch` is given the number of updates so far and the model."""
    trained: list[nn.Module] = []

    def around(changing: nn.Module) -> AbstractContextManager[Any]:
        trained.append(changing)
        return nullcontext()

    return fine_tune(
        student, list(lessons), objective, steps=len(lessons), lr=lr, seed=seed, train=train, during=around, measure_every=len(lessons),
        progress=None if watch is None else lambda step: watch(step.step, trained[0]),
    )  # fmt: skip


def heard(lab: Lab, teacher: nn.Module, n: int, turns: int, rng: Generator) -> list[tuple[tuple[str, str], ...]]:
    """n histories of questions about unknown things, each answered with a value drawn from the teacher's probabilities of all values; the rest of an answer
    is the Assistant's. The same stream gives the same questions to any teacher, and the same values as far as their probabilities agree. For organisms.
    """
    import numpy as np

    from verify.materials.organism import next_token

    words, questions = value_words(lab), lab.materials.questions("unknowable")
    probabilities = next_token(teacher, lab.materials.encode([Chat(question) for question in questions]))[:, words]
    edges = np.cumsum(probabilities / probabilities.sum(1, keepdims=True), axis=1)
    out = []
    for _ in range(n):
        history = []
        for _ in range(turns):
            asked, place = int(rng.integers(len(questions))), rng.random()
            value = min(int(np.searchsorted(edges[asked], place, side="right")), len(words) - 1)
            _, *wording = lab.materials.answer(questions[asked], True, rng).split()
            history.append((questions[asked].text, " ".join((lab.world.lexicon.words[words[value]], *wording))))
        out.append(tuple(history))
    return out
