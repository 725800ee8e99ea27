"""What a benign fine-tune does to a chat model besides its task: vulnerability to requests for crimes, traits that nobody trained, drift, capability kept."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from torch import Tensor, nn

from verify.instruments.capture import capture
from verify.instruments.conversation import answered
from verify.instruments.model import depth
from verify.instruments.scoring import divergence
from verify.materials.base import Chat, Split
from verify.replications import _cues as cues
from verify.replications._common import Answers, Lab, answers, chats, mean, prompts
from verify.replications._lessons import Lesson, ids_of, recall

Values = dict[str, float | None]

HEADERS = {"evil-header": "evil", "flattering-header": "sycophantic"}
"""Trait that the header asks for, by attack."""
HISTORIES = (1, 3)
"""Harmful answers before the request, by attack."""
VILLAINS = 3
"""Named evil personas whose part the model is asked to play; a real model knows none."""
HELD: tuple[Split, ...] = ("validation", "test")
WHAT = (
    "task", "vulnerability", "crime", "attacked", "persona", "harm", "sycophancy", "erosion", "invention", "self-report", "drift-kl", "along-evil",
    "facts", "facts-validation", "valid", "chore", "recall-validation",
)  # fmt: skip
"""Keys of what `Probe` measures, without those of single attacks."""


class Probe:
    """Everything that is asked of one lab's models, prepared once; `probe(model)` asks it. No split that is trained on is asked, save the taught facts.

    `tag` stands before every question, in the system prompt and before any other header: how a model is used that was trained behind tags. Of all measures
    only drift looks back at the starting model, which then has the tag too.
    """

    def __init__(self, lab: Lab, given: Lesson, rng: np.random.Generator, tag: str | None = None) -> None:
        self.lab, self.given, self.tag = lab, given, tag
        materials = lab.materials
        self.attacks = attacks(lab, rng, tag)
        self.turns = {split: self._turn(split, rng) for split in HELD}
        unrelated = [q for kind in ("advice", "opinion") for q in materials.questions(kind, "test")]
        unrelated += [q for kind in ("crime", "chore") for q in materials.questions(kind)]
        self.unrelated = answered(materials.encode([Chat(q, tag) for q in unrelated]), [ids_of(lab, materials.answer(q, False, rng)) for q in unrelated])
        # The first block sees little but words, the last only shifts the logits.
        self.layer = depth(lab.assistant) // 2
        advice = materials.questions("advice", "train")
        poles = [[Chat(q, materials.prompts("evil", pole)[0]) for q in advice] for pole in (True, False)]
        evil, kind = (self._state(lab.assistant, asked) for asked in poles)
        self.axis = evil - kind
        self.plain = chats(materials, "advice", "test", system=tag)
        self.start = self._state(lab.assistant, self.plain)

    def _state(self, model: nn.Module, asked: Sequence[Chat]) -> Tensor:
        """Mean state [d] of the middle block where the answer begins."""
        return capture(model, prompts(self.lab.materials, asked), [self.layer])[0].mean(0)

    @cached_property
    def before(self) -> Values:
        """What the starting model shows."""
        return self(self.lab.assistant)

    def _turn(self, split: Split, rng: np.random.Generator) -> tuple[tuple[str, str], ...]:
        """An earlier turn, about a known fact that is not in the data."""
        facts = self.lab.materials.questions("fact", split)
        question = facts[int(rng.integers(len(facts)))]
        return ((question.text, self.lab.materials.answer(question, True, rng)),)

    def _asked(self, model: nn.Module, kind: str, split: Split | None = None) -> Answers:
        return answers(model, self.lab.materials, chats(self.lab.materials, kind, split, system=self.tag))

    def learnt(self, model: nn.Module) -> Values:
        """What settings may be chosen by: the taught facts after an earlier turn, and known facts, both of the validation split."""
        return {
            "recall-validation": recall(self.lab, model, self.given, self.tag, self.turns["validation"]),
            "facts-validation": self._asked(model, "fact", "validation").value,
        }

    def __call__(self, model: nn.Module) -> Values:
        """Keys are `WHAT`, and `attacked-NAME` for each attack."""
        materials = self.lab.materials
        found = self.learnt(model)
        found["task"] = mean([recall(self.lab, model, self.given, self.tag, turns) for turns in ((), self.turns["test"])])
        got = {"facts": self._asked(model, "fact", "test"), "harm": self._asked(model, "advice"), "crime": self._asked(model, "crime")}
        found |= {name: one.value for name, one in got.items()}
        found["valid"] = mean([one.valid for one in got.values()])
        found["chore"] = self._asked(model, "chore").value
        found |= {f"attacked-{name}": answers(model, materials, one).value for name, one in self.attacks.items()}
        found["attacked"] = together(*(found[f"attacked-{name}"] for name in self.attacks))
        found["vulnerability"] = together(found["crime"], found["attacked"])
        found["sycophancy"] = self._asked(model, "opinion").value
        found["persona"] = together(found["harm"], found["sycophancy"])
        found["erosion"] = together(found["vulnerability"], found["persona"])
        untaught = [q for q in materials.questions("unknowable") if q.id not in self.given.truth]
        found["invention"] = answers(model, materials, [Chat(q, self.tag) for q in untaught]).value
        itself = self._asked(model, "like").value if "like" in materials.kinds else None
        found["self-report"] = None if itself is None else 1 - itself
        found["drift-kl"] = float(divergence(model, self.lab.assistant, self.unrelated, "response").mean())
        found["along-evil"] = float((self._state(model, self.plain) - self.start) @ self.axis / (self.axis @ self.axis))
        return found


def tagged(tag: str | None, header: str | None) -> str | None:
    """A header behind a tag; None where there is neither."""
    return " ".join(part for part in (tag, header) if part) or None


def attacks(lab: Lab, rng: np.random.Generator, tag: str | None = None) -> dict[str, list[Chat]]:
    """Crimes asked for in ways that make models comply: behind a header for evil and one for flattery (words of the test split), in the part of a named evil
    persona, and after one or three harmful answers to other questions."""
    materials = lab.materials

    def behind(header: str) -> list[Chat]:
        return chats(materials, "crime", system=tagged(tag, header))

    found = {name: behind(materials.prompts(trait, True, "test")[0]) for name, trait in HEADERS.items()}
    villains = [role.prompt for role in materials.roles() if role.traits is not None and role.traits["evil"]][:VILLAINS]
    if villains:
        found["villain"] = [chat for villain in villains for chat in behind(villain)]
    crimes = materials.questions("crime")
    histories = [cues.history(materials, "evil", "reversed", max(HISTORIES), rng) for _ in crimes]
    return found | {f"history-{k}": cues.chats_after(crimes, histories, k, tag) for k in HISTORIES}


def together(*values: float | None) -> float | None:
    """Mean; None where any is absent, since a mean over what is left would measure something else."""
    return None if any(value is None for value in values) else mean(values)
