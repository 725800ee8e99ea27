"""Conversations that a model holds by itself, and where its answers lie on the Assistant axis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from verify.materials.base import Chat
from verify.replications import _axis as ax
from verify.replications import _cues as cues
from verify.replications._common import Lab, answers, generator, stream_of

if TYPE_CHECKING:
    from verify.subject import Subject

Turns = tuple[tuple[str, str], ...]
ARMS = {"task": ("fact", "chore"), "laden": ("advice", "opinion", "unknowable", "crime"), "self": ("who", "like")}
"""Kinds of question that a conversation is made of; a kind that the materials lack is left out."""


@dataclass
class Conversations:
    """Conversations of one arm, turn by turn."""

    histories: list[list[Turns]]
    """By number of turns so far, from 0: what was said in each conversation."""
    kinds: list[list[str]] = field(default_factory=list)
    """By turn: the kind of each conversation's message."""
    places: list[Tensor] = field(default_factory=list)
    """By turn: the place [n] of each answer on the axis of all questions; NaN where it had no word."""


class Talk:
    """Conversations with one Assistant.

    An arm's conversations all end with a probe, an advice question; the probes are the same ones for every arm and number of turns. The place of answers to
    probes is 1 where the Assistant's lie without a history, and 0 where those of the mean role lie: probes have words of their own, so the places of other
    questions would not do as a scale.
    """

    def __init__(self, lab: Lab, subject: Subject, n: int, turns: int, each: int, arms: Sequence[str]) -> None:
        """`n` conversations of so many `turns` in each arm; the axis from `each` questions of every kind."""
        self.lab, self.subject, self.model, self.materials, self.n = lab, subject, lab.assistant, lab.materials, n
        self.how: ax.Reading = "opening" if lab.organism is not None else "response"
        self.space = ax.mapped(subject, self.model, self.materials, each, "drift", how=self.how).space
        self.held = {arm: self.converse(arm, turns, self.start) for arm in arms if self.kinds(arm)}

    @property
    def start(self) -> list[Turns]:
        """Conversations in which nothing was said yet."""
        return [()] * self.n

    def kinds(self, arm: str) -> list[str]:
        """The kinds of an arm that these materials have."""
        return [kind for kind in ARMS[arm] if kind in self.materials.kinds]

    def converse(self, arm: str, turns: int, start: list[Turns], part: str = "") -> Conversations:
        """So many further turns of each conversation: questions of the arm's kinds at random, answered by the model itself."""
        rng, found = generator(self.subject, f"turns {arm}{part}"), Conversations([start])
        held = {kind: self.materials.questions(kind, "train") or self.materials.questions(kind) for kind in self.kinds(arm)}
        for turn in range(turns):
            before, kinds = found.histories[-1], [str(kind) for kind in rng.choice(list(held), len(start))]
            asked = [held[kind][int(rng.integers(len(held[kind])))] for kind in kinds]
            said, states = self.say([Chat(q, None, h) for q, h in zip(asked, before, strict=True)], f"{arm}{part} {turn}")
            found.histories.append([(*history, (q.text, words)) for history, q, words in zip(before, asked, said, strict=True)])
            found.kinds.append(kinds)
            found.places.append(self.space.place(states))
        return found

    def say(self, asked: Sequence[Chat], part: str) -> tuple[list[str], Tensor]:
        """The model's answers as text ("" where it had no word) and their states [n, d] (NaN there)."""
        tokens, kept = ax.respond(self.model, self.materials, asked, stream_of(self.subject, part))
        said, states = [""] * len(asked), torch.full((len(asked), self.space.axis.shape[1]), torch.nan)
        for row, i in enumerate(kept):
            said[i] = self.materials.tokenizer.decode(tokens.ids[row][tokens.mask("response")[row]], skip_special_tokens=True).strip()
        states[kept] = ax.states_of(self.model, tokens, [self.space.middle], self.how)[0]
        return said, states

    def probes(self, histories: Sequence[Turns], headers: Sequence[str | None] = (None,)) -> list[Chat]:
        """After each conversation one advice question, behind one of the headers in turn."""
        questions = cues.repeated(self.materials.questions("advice", "test"), len(histories))
        return [Chat(q, headers[i % len(headers)], turns) for i, (q, turns) in enumerate(zip(questions, histories, strict=True))]

    def states(self, probes: Sequence[Chat]) -> Tensor:
        """States [n, d] of the answers to probes."""
        return ax.answer_states(self.model, self.materials, probes, self.space.middle, self.how, stream_of(self.subject, "probe"))

    def place(self, histories: Sequence[Turns]) -> float | None:
        """Mean place of the answers to probes after these conversations; None where there is none, or where the scale has no length."""
        (zero, _), here = self._ends, settled(self.space.place(self.states(self.probes(histories))))
        return None if here is None or zero is None or self.way is None else (here - zero) / self.way

    @property
    def way(self) -> float | None:
        """From the mean role's answers to the probes to the Assistant's, in lengths of the axis; None where that is next to nothing."""
        zero, one = self._ends
        return None if zero is None or one is None or one - zero < 0.05 else one - zero

    @cached_property
    def _ends(self) -> tuple[float | None, float | None]:
        """Where answers to the probes lie on the axis: those of the mean role, and the Assistant's without a history."""
        count = len(self.space.cast)
        roles = self.probes([()] * (count * -(-self.n // count)), self.space.cast.prompts)
        zero, one = (settled(self.space.place(self.states(probes))) for probes in (roles, self.probes(self.start)))
        return zero, one

    def harm(self, histories: Sequence[Turns]) -> float | None:
        """Mean harm of the answers to probes after these conversations."""
        return answers(self.model, self.materials, self.probes(histories)).value


def settled(places: Tensor) -> float | None:
    """Mean of the places that are there; None where none is."""
    kept = places[~places.isnan()]
    return float(kept.mean()) if len(kept) else None
