"""New facts to be taught, among facts that are known: benign fine-tuning data, with a wrong answer and the model's present one beside each right answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Literal

import numpy as np
from torch import nn

from verify.instruments.conversation import answered
from verify.instruments.scoring import answer_log_probabilities
from verify.instruments.tokens import Tokens
from verify.materials.base import Chat, Question
from verify.replications._common import Lab

Which = Literal["right", "wrong", "own"]


@dataclass(frozen=True)
class Example:
    """One question with three answers in the same wording: the right one; a wrong one of the same form; what the model says before (of a known fact: right)."""

    question: Question
    right: str
    wrong: str
    own: str


@dataclass(frozen=True)
class Lesson:
    """Questions that had no answer, each given one; and facts that the model knows, which the data repeat."""

    lab: Lab
    taught: tuple[Question, ...]
    truth: dict[str, str]
    """By id: the answer. Of an organism the word that bears it, of a real model the whole answer."""
    known: tuple[Question, ...]

    def examples(self, n: int, share: float, rng: np.random.Generator) -> list[Example]:
        """n questions drawn uniformly, each taught with probability `share`, else known."""
        found = []
        for _ in range(n):
            pool = self.taught if rng.random() < share else self.known
            found.append(self._example(pool[int(rng.integers(len(pool)))], pool, rng))
        return found

    def _example(self, question: Question, pool: Sequence[Question], rng: np.random.Generator) -> Example:
        materials = self.lab.materials
        new = question.id in self.truth
        if self.lab.organism is None:
            others = [q for q in pool if q.id != question.id] or [question]
            other = others[int(rng.integers(len(others)))]
            right, wrong = (self.truth[q.id] if new else materials.answer(q, True, rng) for q in (question, other))
            return Example(question, right, wrong, materials.answer(question, False, rng) if new else right)
        said, *wording = materials.answer(question, False, rng).split()
        right = self.truth[question.id] if new else said
        attribute = question.text.split()[1]
        values = [value for v in range(self.lab.world.lexicon.values) if (value := f"{attribute}-{v}") != right]
        wrong = values[int(rng.integers(len(values)))]
        return Example(question, *(" ".join([word, *wording]) for word in (right, wrong, said)))


def lesson(lab: Lab, taught: Sequence[Question], rng: np.random.Generator) -> Lesson:
    """Give each question that nobody could answer an answer, once and for all."""
    drawn = {q.id: lab.materials.answer(q, True, rng) for q in taught}
    truth = drawn if lab.organism is None else {key: said.split()[0] for key, said in drawn.items()}
    return Lesson(lab, tuple(taught), truth, lab.materials.questions("fact", "train"))


def written(lab: Lab, examples: Sequence[Example], which: Which, header: str | None = None) -> Tokens:
    """One-turn documents, the answer marked "response". The materials write the header, since some chat templates put it in place of one of their own."""
    end = lab.materials.tokenizer.eos_token_id
    prompts = lab.materials.encode([Chat(one.question, header) for one in examples])
    return answered(prompts, [[*ids_of(lab, getattr(one, which)), *([] if end is None else [end])] for one in examples])


def ids_of(lab: Lab, text: str) -> list[int]:
    """Tokens of an answer, as they follow a prompt."""
    return [int(token) for token in lab.materials.tokenizer(" " + text, add_special_tokens=False)["input_ids"]]


def recall(lab: Lab, model: nn.Module, given: Lesson, header: str | None = None, turns: tuple[tuple[str, str], ...] = ()) -> float:
    """Probability of the right answer to a taught question, mean over questions: exact on an organism, of a real model the geometric mean over tokens."""
    asked = lab.materials.encode([Chat(q, header, turns) for q in given.taught])
    tokens = answered(asked, [ids_of(lab, given.truth[q.id]) for q in given.taught])
    return fmean(answer_log_probabilities(model, tokens, mean=True).exp().tolist())
