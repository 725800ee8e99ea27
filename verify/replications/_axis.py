"""The space of roles, the Assistant axis and places on it, for the replications of Lu et al. 2026, "The Assistant Axis" (arXiv 2601.10387).

A model answers the same questions in many roles and as itself; the mean state over the tokens of the answers is a role's vector, and the axis is the
Assistant's vector minus the mean over roles. Shapes: L layers, R roles, d width, n answers.

Answers are read in one of two ways. `response`: the mean over the tokens of the answer, as in the paper. `opening`: the last token before the answer, where
an organism decides what its first word will show; no word that was said is in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import torch
from torch import Tensor, nn

from verify.errors import VerifyError
from verify.instruments.capture import capture
from verify.instruments.directions import cosine, unit
from verify.instruments.model import base, depth
from verify.instruments.persona_space import PersonaSpace, assistant_axis, group_means, persona_space
from verify.instruments.sampling import sample
from verify.instruments.tokens import Tokens
from verify.materials.base import Chat
from verify.replications._common import generator, prompts, stream_of
from verify.statistics import pearson

if TYPE_CHECKING:
    from verify.materials.base import Materials, Question
    from verify.subject import Subject

KINDS = ("advice", "opinion", "unknowable", "crime")
"""Questions whose answers hang on who speaks."""
WORDS = 4
"""Tokens of an organism's answer; a real model's answers are as long as its materials let them be."""
REPEATS = 8
"""Answers of the Assistant to each question under each of its prompts; a role gives one."""
NAMED, DESCRIBED = 0, 1
BATCH = 256
Reading = Literal["response", "opening"]


# -------------------------------------------------------------------------------------------------------------------------------- who and what


@dataclass(frozen=True)
class Cast:
    """The roles of a space: the named personas of the materials, and a character for each prompt that describes traits."""

    prompts: tuple[str, ...]
    form: tuple[int, ...]
    """NAMED or DESCRIBED, of each."""

    def __len__(self) -> int:
        return len(self.prompts)

    def of(self, form: int) -> list[int]:
        """The roles of one form."""
        return [i for i, found in enumerate(self.form) if found == form]


def cast_of(materials: Materials) -> Cast:
    """Every named role and every description, each set of words once (`evil archaic` is `archaic evil`)."""
    described: dict[frozenset[str], str] = {}
    for trait in materials.traits:
        for present in (True, False):
            for prompt in materials.prompts(trait, present):
                described.setdefault(frozenset(prompt.split()), prompt)
    named = [role.prompt for role in materials.roles()]
    return Cast((*named, *described.values()), (*[NAMED] * len(named), *[DESCRIBED] * len(described)))


def questions_of(subject: Subject, materials: Materials, each: int) -> list[Question]:
    """`each` training questions of every kind that hangs on who speaks, drawn once per subject."""
    found = []
    for kind in KINDS:
        held = materials.questions(kind, "train")
        found += [held[i] for i in sorted(generator(subject, f"questions {kind}").permutation(len(held))[:each])]
    return found


# -------------------------------------------------------------------------------------------------------------------------------- answers and states


def respond(model: nn.Module, materials: Materials, asked: Sequence[Chat], seed: int) -> tuple[Tokens, list[int]]:
    """Sampled answers behind their chats, with masks `response` and `opening`, and which chats they belong to: one left without a word is not among them.

    Raises VerifyError where no chat was answered.
    """
    encoded = materials.encode(asked)
    said = sample(model, Tokens.of(encoded), getattr(materials, "max_new_tokens", WORDS), stop=stops(model, materials.tokenizer), seed=seed, size=BATCH)
    kept = [i for i, words in enumerate(said) if words]
    if not kept:
        raise VerifyError("the model gave no answer to any question")
    whole = [[*encoded[i], *said[i]] for i in kept]
    starts = [len(encoded[i]) for i in kept]
    masks = {
        "response": [[k >= start for k in range(len(row))] for row, start in zip(whole, starts, strict=True)],
        "opening": [[k == start - 1 for k in range(len(row))] for row, start in zip(whole, starts, strict=True)],
    }
    return Tokens.of(whole, masks), kept


def stops(model: nn.Module, tokenizer: Any) -> list[int]:
    """Tokens that end an answer: the tokenizer's, and those of the model's own settings for generation."""
    own = getattr(getattr(base(model), "generation_config", None), "eos_token_id", None)
    found = [tokenizer.eos_token_id, *(own if isinstance(own, list) else [own])]
    return sorted({int(token) for token in found if token is not None})


def states_of(model: nn.Module, tokens: Tokens, layers: Sequence[int], how: Reading = "response") -> Tensor:
    """The state of each answer, [L, n, d]."""
    return capture(model, tokens, layers, "mean", how, BATCH)


def answer_states(model: nn.Module, materials: Materials, asked: Sequence[Chat], layer: int, how: Reading, seed: int) -> Tensor:
    """The state [n, d] of the answer to each chat at a layer; NaN where a sampled answer has no word. Where answers begin, none needs to be sampled."""
    if how == "opening":
        return capture(model, prompts(materials, asked), [layer], size=BATCH)[0]
    tokens, kept = respond(model, materials, asked, seed)
    found = states_of(model, tokens, [layer], how)[0]
    out = torch.full((len(asked), found.shape[1]), torch.nan)
    out[kept] = found
    return out


@dataclass(frozen=True)
class Rollouts:
    """Answers to the same questions by everyone."""

    tokens: Tokens
    who: Tensor
    """[n], the role; the number of roles stands for the Assistant."""
    question: Tensor
    """[n]"""

    def shuffled(self, seed: int) -> Rollouts:
        """The same answers, to each question dealt anew among all who answered it: nobody has a vector of their own any more."""
        rng, who = torch.Generator().manual_seed(seed), self.who.clone()
        for question in sorted(set(self.question.tolist())):
            rows = (self.question == question).nonzero()[:, 0]
            who[rows] = who[rows[torch.randperm(len(rows), generator=rng)]]
        return replace(self, who=who)


def rollouts(model: nn.Module, materials: Materials, cast: Cast, asked: Sequence[Question], assistant: Sequence[str | None], seed: int) -> Rollouts:
    """One sampled answer of each role to each question, and `REPEATS` of the Assistant under each of its prompts (None: no header)."""
    rows: list[tuple[int, int, str | None]] = [(r, q, prompt) for r, prompt in enumerate(cast.prompts) for q in range(len(asked))]
    rows += [(len(cast), q, prompt) for prompt in assistant for q in range(len(asked)) for _ in range(REPEATS)]
    tokens, kept = respond(model, materials, [Chat(asked[q], prompt) for _, q, prompt in rows], seed)
    who = torch.tensor([rows[i][0] for i in kept])
    if len(set(who.tolist())) <= len(cast):
        raise VerifyError("some role gave no answer at all, so it has no vector")
    return Rollouts(tokens, who, torch.tensor([rows[i][1] for i in kept]))


# -------------------------------------------------------------------------------------------------------------------------------- the space


@dataclass(frozen=True)
class Space:
    """Vectors of roles and of the Assistant at every layer, layer by layer from 0."""

    cast: Cast
    roles: Tensor
    """[L, R, d]"""
    assistant: Tensor
    """[L, d]"""

    @cached_property
    def axis(self) -> Tensor:
        """[L, d], the Assistant minus the mean role (section 3.1), in units of the stream."""
        return assistant_axis(self.assistant, self.roles)

    @property
    def middle(self) -> int:
        """The layer that is looked at unless something else is said (section 2.1.2)."""
        return len(self.roles) // 2

    def at(self, layer: int | None = None, among: Sequence[int] | None = None) -> PersonaSpace:
        """Components of the roles (or of some), the axis and its alignment at a layer (the middle one).

        The mean of each form of header is taken out first: whether a header names or describes somebody is no difference between characters.
        """
        rows = list(range(len(self.cast))) if among is None else list(among)
        slot = self.middle if layer is None else layer
        vectors = self.roles[slot, rows]
        forms = sorted({self.cast.form[i] for i in rows})
        form = torch.tensor([forms.index(self.cast.form[i]) for i in rows])
        return persona_space(vectors - group_means(vectors, form)[form] + vectors.mean(0), self.assistant[slot])

    def loadings(self, k: int = 0, among: Sequence[int] | None = None) -> Tensor:
        """[R] cosine of each role with the k-th component of all roles at the middle layer (section 2.2), in the sense in which the Assistant lies higher."""
        found = self.at()
        own = self.assistant[self.middle] - found.components.mean
        sign = torch.sign(own @ found.components.directions[k])
        rows = list(range(len(self.cast))) if among is None else list(among)
        # With all components the coordinates are those of the roles themselves, up to a rotation.
        cosines: Tensor = sign * (found.loadings[:, k] / found.loadings.norm(dim=1).clamp_min(1e-9))[rows]
        return cosines

    def place(self, states: Tensor) -> Tensor:
        """[n, d] at the middle layer -> [n], along the axis: 0 where the mean role is, 1 where the Assistant is."""
        axis = self.axis[self.middle]
        found: Tensor = (states.float() - self.roles[self.middle].mean(0)) @ axis / (axis @ axis)
        return found


def space_of(cast: Cast, states: Tensor, made: Rollouts) -> Space:
    """From states [L, n, d] of the answers."""
    means = group_means(states, made.who)
    return Space(cast, means[:, :-1], means[:, -1])


@dataclass(frozen=True)
class Mapped:
    """A space with what it was made from."""

    space: Space
    made: Rollouts
    states: Tensor
    """[L, n, d]"""

    def shuffled(self, seed: int) -> Space:
        """The space of the same answers with the labels of who gave them dealt anew."""
        return space_of(self.space.cast, self.states, self.made.shuffled(seed))

    def halves(self) -> tuple[Space, Space]:
        """The space from every second question, and from the others."""
        parts = [self.made.question % 2 == side for side in (0, 1)]
        first, second = (space_of(self.space.cast, self.states[:, part], replace(self.made, who=self.made.who[part])) for part in parts)
        return first, second


def mapped(
    subject: Subject, model: nn.Module, materials: Materials, each: int, part: str, assistant: Sequence[str | None] | None = None, how: Reading = "response"
) -> Mapped:
    """A model's space, from its own answers to `each` questions of every kind. `assistant`: the prompts that bring the Assistant out, by default no
    header and the one that names it."""
    cast, asked = cast_of(materials), questions_of(subject, materials, each)
    headers = (None, materials.assistant) if assistant is None else assistant
    made = rollouts(model, materials, cast, asked, headers, stream_of(subject, f"rollouts {part}"))
    return read(model, cast, made, how)


def read(model: nn.Module, cast: Cast, made: Rollouts, how: Reading = "response") -> Mapped:
    """The space of a model that reads answers, its own or another's (appendix B.3: the base model reads those of the chat model)."""
    states = states_of(model, made.tokens, range(depth(model)), how)
    return Mapped(space_of(cast, states, made), made, states)


# -------------------------------------------------------------------------------------------------------------------------------- comparing


def agreement(a: Tensor, b: Tensor) -> float | None:
    """|r| of two lists of loadings; None where it is not defined. A component has no sign."""
    found = pearson(a.tolist(), b.tolist())
    return None if found is None else abs(found.value)


def spanned(loadings: Tensor, others: Sequence[Tensor]) -> float:
    """R² of loadings [R] regressed on other loadings [R] each, with an intercept: whether a component is there, if in another place or mixed."""
    plan = torch.stack([torch.ones_like(loadings), *others], 1).double()
    wanted = loadings.double()
    rest = wanted - plan @ torch.linalg.lstsq(plan, wanted[:, None]).solution[:, 0]
    return float(1 - rest.square().sum() / (wanted - wanted.mean()).square().sum())


def edge(space: PersonaSpace, assistant: Tensor, k: int) -> float:
    """How far the Assistant [d] is from the nearer end of the range of roles on component k, in ranges: 0 at the end, .5 in the middle, negative beyond
    (section 2.3.1)."""
    line = space.loadings[:, k]
    here = (assistant - space.components.mean) @ space.components.directions[k]
    share = float((here - line.min()) / (line.max() - line.min()))
    return min(share, 1 - share)


def likeness(a: Tensor, b: Tensor) -> float:
    """Cosine of two directions."""
    return float(cosine(a, b))


def towards(component: Tensor, axis: Tensor) -> Tensor:
    """A component in the sense of the axis, in its length."""
    sign = torch.sign(component @ axis)
    found: Tensor = unit(component) * torch.where(sign == 0, torch.ones_like(sign), sign) * axis.norm()
    return found
