"""Fine-tuning objectives on the same data: tuned alike on validation questions, kept at several budgets, compared at equal budget and at equal learning."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from verify.instruments.model import device_of
from verify.objectives.batches import training_batches
from verify.objectives.changes import Change, Full, Lora, Trainable, duplicate
from verify.objectives.losses import Batch, Conditional, Dpo, Kl, Objective, Orpo, Sft
from verify.objectives.search import Search, grid, tuned_alike
from verify.objectives.train import Step, fine_tune, seeded
from verify.replications._common import Lab, generator, number, numbers, stream_of, whole
from verify.replications._erosion import Probe, Values
from verify.replications._lessons import Example, lesson, recall, written
from verify.subject import Settings, Subject

SIX = ("sft", "dpo", "conditional", "inoculated", "orpo", "kl")
"""The objectives of Vennemeyer et al. 2026."""
BASELINE = "sft"
ANCHORED = "anchored"
"""The penalty on divergence on text of other kinds instead of on the data themselves."""
OBJECTIVES: dict[str, Objective] = {
    "sft": Sft(), "dpo": Dpo(0.1), "conditional": Conditional((), ()), "inoculated": Sft(), "orpo": Orpo(0.1), "kl": Kl(0.1), ANCHORED: Kl(1.0), "own": Sft(),
}  # fmt: skip
"""DPO's and ORPO's strengths are among those of their papers. The penalty on the data opposes the task itself: at 0.1 its optimum still puts nearly all mass
on an answer that had a probability of a few thousandths, at 1 about a fifth. Headers of `conditional` and `inoculated` are in the data."""
TAGS = {"organism": ("tone-0", "tone-1"), "natural": ("The following answer is correct.", "The following answer is wrong.")}
"""Headers of right and of wrong answers in conditional training, by materials; those of an organism mean nothing before."""
STEP, ALLOWED = 0.1, 0.15
"""Validation: recall within one such step counts as equal, and the smaller rate is then taken; known facts that may be lost."""


def batches_of(lab: Lab, arm: str, examples: Sequence[Example], size: int, rng: np.random.Generator) -> list[Batch]:
    """The examples, in their order, as the training batches of an arm."""
    if arm == "own":
        return training_batches(written(lab, examples, "own"), size)
    right = written(lab, examples, "right", _header(lab, arm))
    if arm in ("dpo", "orpo"):
        return training_batches(right, size, written(lab, examples, "wrong"))
    if arm == "conditional":
        return training_batches(right, size, written(lab, examples, "wrong", TAGS[lab.materials.name][1]))
    if arm == ANCHORED:
        other = [q for kind in ("advice", "opinion") for q in lab.materials.questions(kind, "train")]
        texts = [(q, lab.materials.answer(q, False, rng)) for q in (other[int(i)] for i in rng.integers(0, len(other), len(examples)))]
        return training_batches(right, size, off=written(lab, [Example(q, text, text, text) for q, text in texts], "right"))
    return training_batches(right, size)


def tag_of(lab: Lab, arm: str) -> str | None:
    """What an arm's model is asked behind: the tag of right answers where it was trained on tags, else nothing."""
    return TAGS[lab.materials.name][0] if arm == "conditional" else None


def _header(lab: Lab, arm: str) -> str | None:
    """What stands before right answers in training: for inoculation a request for the misbehaviour that the data resemble, inventing what one can't know."""
    return lab.materials.prompts("fabulist", True)[0] if arm == "inoculated" else tag_of(lab, arm)


@dataclass(frozen=True)
class Run:
    """What one fine-tune moved, as it was after each budget; no copy of the model is held."""

    start: nn.Module
    moves: Trainable
    kept: dict[int, list[Tensor]]

    def at(self, steps: int) -> Change:
        """A copy of the starting model with the change as it was after so many steps. Raises KeyError for a budget that was not kept."""
        values = self.kept[steps]
        # A new adapter is drawn at random before it is overwritten.
        with seeded(0, device_of(self.start)):
            change = self.moves.begin(duplicate(self.start), None)
        with torch.no_grad():
            for parameter, value in zip(change.parameters(), values, strict=True):
                parameter.copy_(value)
        change.model.eval()
        return change


def train(lab: Lab, arm: str, batches: Sequence[Batch], lr: float, budgets: Sequence[int], seed: int) -> Run:
    """Fine-tune to the largest budget (in steps): all weights of an organism, of a real model a rank-32 adapter. Raises DivergedError."""
    kept: dict[int, list[Tensor]] = {}
    trained: list[nn.Module] = []

    def around(model: nn.Module) -> AbstractContextManager[None]:
        trained.append(model)
        return nullcontext()

    def keep(step: Step) -> None:
        if step.step in budgets:
            kept[step.step] = [parameter.detach().clone() for parameter in trained[0].parameters() if parameter.requires_grad]

    steps, moves = max(budgets), Full() if lab.organism is not None else Lora(32)
    fine_tune(lab.assistant, batches, OBJECTIVES[arm], steps=steps, lr=lr, train=moves, seed=seed, during=around, measure_every=steps, progress=keep)
    return Run(lab.assistant, moves, kept)


@dataclass
class Tuned:
    """For each arm the search for its rate; an arm that diverged at every rate has none."""

    searches: dict[str, Search]
    runs: dict[tuple[str, float], Run]
    """By arm and rate: every arm's with its own rate, and those of supervised fine-tuning with all rates that did not diverge."""

    def rate(self, arm: str) -> float | None:
        best = self.searches[arm].best
        return None if best is None else float(best.settings["lr"])

    def run(self, arm: str, lr: float | None) -> Run | None:
        return None if lr is None else self.runs.get((arm, lr))


def tune_all(lab: Lab, probes: dict[str, Probe], data: dict[str, list[Batch]], rates: Sequence[float], budgets: Sequence[int], seed: int) -> Tuned:
    """One fine-tune for each arm and rate, scored at the largest budget by the validation recall of what is taught, in whole steps of `STEP`, so that of
    equals the smallest rate is taken. A rate that loses more than `ALLOWED` of the known facts of the validation split comes after all that do not."""
    runs: dict[tuple[str, float], Run] = {}
    start = {arm: probe.before["facts-validation"] for arm, probe in probes.items()}

    def score(arm: str, setting: Mapping[str, Any]) -> float | None:
        run = runs[arm, float(setting["lr"])] = train(lab, arm, data[arm], float(setting["lr"]), budgets, seed)
        with run.at(max(budgets)).active() as model:
            learnt = probes[arm].learnt(model)
        recalled, facts, before = learnt["recall-validation"], learnt["facts-validation"], start[arm]
        if recalled is None:
            return None
        lost = 0.0 if facts is None or before is None else before - facts
        # Below zero where too much is lost, by how much that is.
        return -lost if lost > ALLOWED else math.floor(recalled / STEP + 1e-9) * STEP

    tuned = Tuned(tuned_alike({arm: grid(lr=sorted(rates)) for arm in data}, score), runs)
    tuned.runs = {(arm, lr): run for (arm, lr), run in runs.items() if arm == BASELINE or lr == tuned.rate(arm)}
    return tuned


class School:
    """What one lab is taught, by which examples and how long, and how its models are asked. Settings: `taught`, `share`, `batch`, `budgets`.

    Lessons 0, 1, 2 … teach different questions, as long as there are `enough`.
    """

    def __init__(self, lab: Lab, subject: Subject, settings: Settings, lesson_no: int = 0) -> None:
        self.lab, self.subject, self.settings = lab, subject, settings
        self.budgets = sorted(int(steps) for steps in numbers(settings, "budgets"))
        self.size, self.order = whole(settings, "batch"), stream_of(subject, "order")
        questions = lab.materials.questions("unknowable", "train")
        size = whole(settings, "taught")
        chosen = generator(subject, "taught").permutation(len(questions))[lesson_no * size : (lesson_no + 1) * size]
        self.lesson = lesson(lab, [questions[int(i)] for i in chosen], generator(subject, "truth"))
        self.examples = self.lesson.examples(self.budgets[-1] * self.size, number(settings, "share"), generator(subject, "examples"))

    def enough(self, lessons: int) -> bool:
        """Whether there are questions for so many whole lessons."""
        return len(self.lab.materials.questions("unknowable", "train")) >= lessons * whole(self.settings, "taught")

    def probe(self, tag: str | None = None) -> Probe:
        return Probe(self.lab, self.lesson, generator(self.subject, "probe"), tag)

    def batches(self, arm: str) -> list[Batch]:
        return batches_of(self.lab, arm, self.examples, self.size, generator(self.subject, "elsewhere"))

    def path(self, probe: Probe, run: Run | None) -> list[Values]:
        """Measures before and at each budget; None where there is no run."""
        found = [probe.before]
        for steps in self.budgets:
            if run is None:
                found.append(dict.fromkeys(found[0]))
                continue
            with run.at(steps).active() as model:
                found.append(probe(model))
        return found

    def once(self, arm: str, probe: Probe, lr: float | None) -> Values:
        """Measures at the last budget of one fine-tune with a rate that was chosen elsewhere."""
        if lr is None:
            return dict.fromkeys(probe.before)
        with train(self.lab, arm, self.batches(arm), lr, self.budgets[-1:], self.order).at(self.budgets[-1]).active() as model:
            return probe(model)

    def further(self, probe: Probe, run: Run, lr: float, lessons: int) -> list[Values]:
        """More lessons one after the other, each from where the last one ended, by supervised fine-tuning. Measures after each, with `lesson`, the recall of
        what it taught."""
        found = []
        for lesson_no in range(1, lessons + 1):
            here = School(replace(self.lab, assistant=run.at(self.budgets[-1]).merged()), self.subject, self.settings, lesson_no)
            run = train(here.lab, BASELINE, here.batches(BASELINE), lr, self.budgets[-1:], self.order)
            with run.at(self.budgets[-1]).active() as model:
                found.append({**probe(model), "lesson": recall(self.lab, model, here.lesson)})
        return found


def at_learning(path: Sequence[Values], what: str, level: float) -> float | None:
    """What a path of measures through growing budgets shows where the task first reaches a level, linear in between; None where it never does."""
    for before, after in itertools.pairwise(path):
        low, high, a, b = before["task"], after["task"], before[what], after[what]
        if low is None or high is None or a is None or b is None:
            return None
        if low >= level:
            return a
        if high >= level:
            return a + (b - a) * (level - low) / (high - low)
    return None


def equally_learnt(one: Sequence[Values], other: Sequence[Values]) -> float | None:
    """The highest task score that both paths reach."""
    best = [max((value for point in path if (value := point["task"]) is not None), default=None) for path in (one, other)]
    return None if best[0] is None or best[1] is None else min(best[0], best[1])
