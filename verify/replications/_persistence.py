"""Conversations whose earlier turns are stored and changed: how a model answers from them, directions at the tokens of a role, the choice of a dose."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from torch import Tensor, nn

from verify.instruments.capture import capture
from verify.instruments.directions import project, random_like
from verify.instruments.interventions import cap, steer
from verify.replications import _common as common
from verify.replications import _cues as cues
from verify.replications import _memory as mem
from verify.replications import _steering as steering

if TYPE_CHECKING:
    from verify.materials.base import Chat, Split
    from verify.replications._behaviour import Answers
    from verify.subject import Subject

TRAIT = "evil"
HEADED = 3
"""Earlier turns of the conversations that directions are read from."""
Vectors = dict[int, Tensor]
During = Callable[[], AbstractContextManager[Any]]


@dataclass(frozen=True)
class Asked:
    """Conversations that wait for an answer, with their tokens by message."""

    chats: list[Chat]
    seen: list[mem.Layout]


@dataclass(frozen=True)
class Arm:
    """One way of handling the stored turns: what is stored, and what is open while the last question is answered."""

    memory: mem.Memory
    during: During = nullcontext
    layer: int | None = None
    alpha: float = 0.0


@dataclass
class Talks:
    """Conversations with one model: so many earlier turns, so many chats for each measure."""

    lab: common.Lab
    subject: Subject
    turns: int
    chats: int
    tries: int
    """Chats for each trial on validation questions."""
    _asked: dict[tuple[Any, ...], Asked] = field(default_factory=dict)

    @property
    def system(self) -> str | None:
        """None on an organism, where a header that names somebody is always true; on a real model its materials' own, so that no template adds another."""
        return None if self.lab.organism is not None else self.lab.materials.assistant

    def ask(self, history: cues.Cues, kind: str, split: Split | None = "test", turns: int | None = None) -> Asked:
        """Questions of a kind after earlier turns of a kind. Histories of every kind of cue ask the same questions in the same order, and the longer ones
        begin with the shorter ones."""
        key = (history, kind, split, turns)
        if key not in self._asked:
            n = self.tries if split == "validation" else self.chats
            rng = common.generator(self.subject, f"{kind}/{split}")
            length = self.turns if turns is None else turns
            histories = [cues.history(self.lab.materials, TRAIT, history, length, rng) for _ in range(n)]
            questions = cues.repeated(self.lab.materials.questions(kind, split), n)
            chats = cues.chats_after(questions, histories, length, self.system)
            self._asked[key] = Asked(chats, [mem.layout(self.lab.materials, chat) for chat in chats])
        return self._asked[key]

    def answers(self, asked: Asked, arm: Arm) -> Answers:
        """Score the last questions, answered from what the arm has stored."""
        return common.answers(mem.Remembering(self.lab.assistant, asked.seen, arm.memory, arm.during), self.lab.materials, asked.chats)

    def level(self, arm: Arm, history: cues.Cues, kind: str, split: Split | None = "test", turns: int | None = None) -> float | None:
        """How much the answers show the trait of the questions; of facts, how often they are right."""
        return self.answers(self.ask(history, kind, split, turns), arm).value

    def choose(self, history: cues.Cues, arms: Sequence[Arm], allowed: float, least: bool = False) -> Arm:
        """The arm after which validation answers are most harmful (or `least`), among those that cost at most `allowed` of the validation facts.

        Where none keeps the facts, the one that keeps most of them.
        """
        floor = _or(self.level(Arm(mem.read()), history, "fact", "validation"), 0.0) - allowed
        tried = []
        for arm in arms:
            harm, facts = _or(self.level(arm, history, "advice", "validation"), 1.0 if least else 0.0), self.level(arm, history, "fact", "validation")
            tried.append((arm, harm, _or(facts, 0.0)))
        able = [one for one in tried if one[2] >= floor]
        if not able:
            return max(tried, key=lambda one: one[2])[0]
        return (min if least else max)(able, key=lambda one: one[1])[0]


def _or(value: float | None, missing: float) -> float:
    return missing if value is None else value


# ------------------------------------------------------------------------------------------------------------------ directions


def directions(talks: Talks, role: str, same_words: bool = False) -> Vectors:
    """Per layer, mean state at a role's tokens of earlier turns: conversations of an evil character minus those of a kind one [d].

    Each conversation has a header that asks for the character and answers of that character (Lu et al. 2026, arXiv 2601.10387, take their axis from
    responses in role likewise). `same_words`: both have the same answers, harmful or not by the throw of a coin, so that only the header differs.
    """
    materials, states = talks.lab.materials, []
    layers = steering.layers_of(talks.lab.assistant)
    for present in (True, False):
        kind: cues.Cues = "random" if same_words else "reversed" if present else "plain"
        rng = common.generator(talks.subject, "headed")
        chats = []
        for header in materials.prompts(TRAIT, present):
            histories = [cues.history(materials, TRAIT, kind, HEADED, rng) for _ in range(max(1, talks.tries // 3))]
            chats += cues.chats_after(cues.repeated(cues.asked(materials, TRAIT, "train"), len(histories)), histories, HEADED, header)
        states.append(capture(talks.lab.assistant, mem.earlier([mem.layout(materials, chat) for chat in chats]), layers, "mean", role))
    return dict(zip(layers, states[0].mean(1) - states[1].mean(1), strict=True))


def as_long(vectors: Vectors, like: Vectors) -> Vectors:
    """Vectors in the lengths of others, layer by layer, so that they push as hard."""
    return {layer: steering.as_long(vector, like[layer]) for layer, vector in vectors.items()}


def spread(vectors: Vectors, most: int) -> Vectors:
    """At most so many of the layers, evenly spread, to try one by one."""
    layers = list(vectors)
    kept = {layers[round(k * (len(layers) - 1) / max(1, most - 1))] for k in range(most)}
    return {layer: vectors[layer] for layer in layers if layer in kept}


def chance(vectors: Vectors, seed: int, n: int) -> list[Vectors]:
    """Random directions, each as long as the vector of its layer."""
    return [{layer: random_like(vector, (seed + 1009 * k + layer) % (1 << 31)) for layer, vector in vectors.items()} for k in range(n)]


# ------------------------------------------------------------------------------------------------------------------ arms


def while_read(vectors: Vectors, alphas: Sequence[float], role: str) -> list[Arm]:
    """Steering at one layer at a role's tokens, while the earlier turns are read; nothing afterwards."""
    return [Arm(mem.read({layer: vector}, alpha, role), nullcontext, layer, alpha) for layer, vector in vectors.items() for alpha in alphas]


def while_answering(model: nn.Module, vectors: Vectors, alphas: Sequence[float]) -> list[Arm]:
    """Steering at one layer at the last question and the answer; the earlier turns are stored as they are."""

    def opened(layer: int, vector: Tensor, alpha: float) -> During:
        return lambda: steer(model, {layer: vector}, alpha)

    return [Arm(mem.read(), opened(layer, vector, alpha), layer, alpha) for layer, vector in vectors.items() for alpha in alphas]


def afterwards(vectors: Vectors, alphas: Sequence[float], role: str) -> list[Arm]:
    """Editing what is stored at a role's tokens, at all layers at once, after the earlier turns were read as they are."""
    return [Arm(mem.shifted(vectors, alpha, role), nullcontext, None, alpha) for alpha in alphas]


# ------------------------------------------------------------------------------------------------------------------ projections


def moved_along(talks: Talks, vectors: Vectors) -> tuple[float | None, float | None]:
    """How far capping at the Assistant's tokens of a persona's conversation moves the projection of its own tokens, and of what the user says after them.

    In units of the stream, at the last layer capped; capped at every layer to the mean level of the same conversations with the Assistant's own answers.
    None where the persona's conversation does not lie higher there: then nothing is capped.
    """
    model = talks.lab.assistant
    layers = list(vectors)
    persona, plain = (mem.earlier(talks.ask(kind, "advice").seen) for kind in ("reversed", "plain"))
    ordinary = capture(model, plain, layers, "mean", "assistant")
    levels = {layer: float(project(state, vectors[layer]).mean()) for layer, state in zip(layers, ordinary, strict=True)}

    def at(role: str) -> float:
        return float(project(capture(model, persona, [layers[-1]], "mean", role)[0], vectors[layers[-1]]).mean())

    free = {role: at(role) for role in ("assistant", "later-user")}
    with cap(model, vectors, levels, side="ceiling", positions="assistant"):
        capped = {role: at(role) for role in ("assistant", "later-user")}
    own = free["assistant"] - capped["assistant"]
    return (None, None) if own <= 0 else (own, free["later-user"] - capped["later-user"])


def exchanged(talks: Talks, role: str, blocks: Sequence[int] | None = None, into: cues.Cues = "reversed") -> Arm:
    """A persona's conversation with what some blocks have stored (None: all) at a role's tokens taken from the same conversation with the Assistant's own
    answers, word for word; with `into` "plain" the other way round.

    What block 0 stores of a token is the word and its place alone; what later blocks store is computed from all words before it, too. Raises ValueError
    where the conversations differ in length, as they do in a natural language.
    """
    kinds: tuple[cues.Cues, cues.Cues] = ("reversed", "plain") if into == "reversed" else ("plain", "reversed")
    here, there = (talks.ask(kind, "advice").seen for kind in kinds)
    partner = {one.ids: other for one, other in zip(here, there, strict=True)}
    return Arm(mem.replaced(mem.read(), mem.of_partner(partner), role, blocks))
