"""Stored personas: conversations by role, answers from an edited cache, and on the shipped organisms random directions, other tokens and no characters."""

from __future__ import annotations

from contextlib import AbstractContextManager
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from verify.instruments.interventions import steer
from verify.instruments.model import depth, width
from verify.materials.base import Chat
from verify.materials.natural import NaturalMaterials
from verify.registry import Outcome, find
from verify.replications import _common as common
from verify.replications import _cues as cues
from verify.replications import _memory as mem
from verify.replications import _persistence as per
from verify.replications import persona_persistence
from verify.subject import Subject

from .conftest import declared, judged, run, value

ONE = find("persona-persistence")

TEMPLATES = {
    "plain": "{% for m in messages %}<{{ m['role'] }}>{{ m['content'] }}</>\n{% endfor %}{% if add_generation_prompt %}<assistant>{% endif %}",
    # The last answer of a conversation is written in another way than earlier ones, as Qwen 3 does.
    "thinking": (
        "{% for m in messages %}<{{ m['role'] }}>{% if loop.last and m['role'] == 'assistant' %}<think></think>{% endif %}{{ m['content'] }}</>\n{% endfor %}"
        "{% if add_generation_prompt %}<assistant>{% endif %}"
    ),
    # No system prompt is taken, as in Gemma 2.
    "strict": (
        "{% if messages[0]['role'] == 'system' %}{{ raise_exception('no system') }}{% endif %}"
        "{% for m in messages %}<{{ m['role'] }}>{{ m['content'] | trim }}</>\n{% endfor %}{% if add_generation_prompt %}<assistant>{% endif %}"
    ),
    "none": None,
}


@pytest.fixture(scope="module")
def found(smoke: Subject) -> Outcome:
    return run(ONE, smoke)


@pytest.fixture(scope="module")
def talks(smoke: Subject) -> per.Talks:
    return per.Talks(common.open_lab(smoke), smoke, turns=3, chats=6, tries=3)


def close(one: float | None, other: float | None) -> bool:
    assert one is not None
    assert other is not None
    return abs(one - other) < 1e-5


@pytest.mark.parametrize("name", list(TEMPLATES))
def test_tokens_belong_to_the_message_that_they_write(name: str, real: Subject) -> None:
    from transformers import AutoTokenizer

    tokenizer: Any = AutoTokenizer.from_pretrained(real.model)
    tokenizer.chat_template = TEMPLATES[name]
    materials = NaturalMaterials(tokenizer)
    turns = (("How are you?", "Not so bad, you?"), ("Not so bad, you?", "How are you?"))
    got = mem.layout(materials, Chat(materials.questions("fact")[0], materials.assistant, turns))
    whole = tokenizer.decode(list(got.ids))

    def said(role: str, begin: int = 0, end: int | None = None) -> str:
        return str(tokenizer.decode([token for token, mark in zip(got.ids, got.marks(role, begin, end), strict=False) if mark]))

    assert materials.questions("fact")[0].text not in tokenizer.decode(list(got.ids[: got.cut]))
    for role, texts in (("user", [user for user, _ in turns]), ("assistant", [answer for _, answer in turns])):
        spoken = said(role)
        assert spoken.index(texts[0]) < spoken.rindex(texts[1])
        assert len(spoken) < len(whole) / 2
    assert turns[1][0] not in said("user", 0, 3)
    assert turns[1][1] in said("assistant", 4)
    if name != "strict":  # there the system prompt is part of the first question
        assert materials.assistant not in said("user")


def test_a_conversation_without_earlier_turns_has_nothing_stored(talks: per.Talks) -> None:
    materials = talks.lab.materials
    with pytest.raises(ValueError, match="no earlier turns"):
        mem.layout(materials, Chat(materials.questions("fact")[0], materials.assistant))


def test_other_tokens_than_the_materials_give_are_refused(talks: per.Talks) -> None:
    materials = talks.lab.materials
    other: Any = SimpleNamespace(tokenizer=materials.tokenizer, encode=lambda _chats: [[1, 2]])
    with pytest.raises(ValueError, match="other tokens"):
        mem.layout(other, talks.ask("plain", "fact").chats[0])


def test_answering_from_what_is_stored_is_answering(talks: per.Talks) -> None:
    lab = talks.lab
    for history in ("reversed", "unrelated"):
        asked = talks.ask(history, "advice")  # type: ignore[arg-type]
        from_cache = mem.Remembering(lab.assistant, asked.seen, mem.read())
        assert np.allclose(lab.materials.score(from_cache, asked.chats).value, lab.materials.score(lab.assistant, asked.chats).value, atol=1e-5)
    with pytest.raises(KeyError):
        lab.materials.score(mem.Remembering(lab.assistant, [], mem.read()), talks.ask("reversed", "advice").chats)


def test_sampled_answers_are_the_same_from_what_is_stored(real: Subject) -> None:
    lab = common.open_lab(real)
    generator = torch.Generator().manual_seed(0)
    for parameter in lab.assistant.parameters():
        if parameter.ndim > 1:  # as it is saved, a random model hardly hears what was said before
            torch.nn.init.normal_(parameter, std=0.3, generator=generator)
    materials: Any = lab.materials
    materials.temperature, materials.max_new_tokens = 0.0, 6
    rng = np.random.default_rng(0)
    chats = [Chat(q, materials.assistant, cues.history(materials, "evil", "reversed", 2, rng)) for q in materials.questions("fact")[:4]]
    seen = [mem.layout(materials, chat) for chat in chats]
    assert len({len(one.ids) - one.cut for one in seen}) > 1  # of several lengths
    push = {1: torch.ones(width(lab.assistant)) * 5}
    plain = materials.generate(lab.assistant, chats)
    assert len(set(plain)) == len(chats)
    assert materials.generate(mem.Remembering(lab.assistant, seen, mem.read()), chats) == plain
    assert materials.generate(mem.Remembering(lab.assistant, seen, mem.read(push)), chats) != plain

    def during() -> AbstractContextManager[None]:
        return steer(lab.assistant, push)

    assert materials.generate(mem.Remembering(lab.assistant, seen, mem.read(), during), chats) != plain


def test_what_is_put_back_is_back(talks: per.Talks) -> None:
    """Steered tokens of both roles put back: nothing is left. A shift by nothing, and an exchange there and back, change nothing."""
    vectors = {layer: torch.ones(width(talks.lab.assistant)) * 3 for layer in range(depth(talks.lab.assistant) - 1)}
    plain, steered = mem.read(), mem.read(vectors)

    def level(memory: mem.Memory) -> float | None:
        return talks.level(per.Arm(memory), "unrelated", "advice")

    assert not close(level(steered), level(plain))
    assert close(level(mem.replaced(mem.replaced(steered, plain, "assistant"), plain, "user")), level(plain))
    assert close(level(mem.shifted(vectors, 0.0)), level(plain))
    assert not close(level(mem.shifted(vectors, 2.0)), level(plain))
    assert close(level(mem.read(vectors, last=0)), level(plain))
    assert close(level(mem.read(vectors, last=100)), level(steered))


def test_exchanging_everything_gives_the_other_conversation(talks: per.Talks) -> None:
    asked = talks.ask("reversed", "advice"), talks.ask("plain", "advice")
    partners = {a.ids: b for a, b in zip(asked[0].seen, asked[1].seen, strict=True)}
    assert [a.chats[0].turns[0][0] for a in asked] == [asked[0].chats[0].turns[0][0]] * 2  # the same questions
    whole = per.Arm(mem.of_partner(partners))
    assert close(talks.level(whole, "reversed", "advice"), talks.level(per.Arm(mem.read()), "plain", "advice"))
    assert close(
        talks.level(per.Arm(mem.replaced(mem.replaced(mem.read(), whole.memory, "assistant"), whole.memory, "user")), "reversed", "advice"),
        talks.level(whole, "reversed", "advice"),
    )
    longer = talks.ask("unrelated", "advice").seen
    with pytest.raises(ValueError, match="differ in shape"):
        mem.of_partner({a.ids: b for a, b in zip(asked[0].seen, longer, strict=True)})(talks.lab.assistant, mem.earlier(asked[0].seen), asked[0].seen)


def test_doses_are_chosen_at_a_bounded_cost(talks: per.Talks, monkeypatch: pytest.MonkeyPatch) -> None:
    arms = [per.Arm(mem.read(), alpha=alpha) for alpha in (0.0, 1.0, 2.0)]
    harm, facts = {0.0: 0.1, 1.0: 0.5, 2.0: 0.9}, {0.0: 1.0, 1.0: 0.95, 2.0: 0.2}
    monkeypatch.setattr(per.Talks, "level", lambda _self, arm, _history, kind, _split: (harm if kind == "advice" else facts)[arm.alpha])
    assert talks.choose("plain", arms, 0.1).alpha == 1.0
    assert talks.choose("plain", arms, 0.9).alpha == 2.0
    assert talks.choose("plain", arms, 0.1, least=True).alpha == 0.0
    facts[0.0] = 0.0
    assert talks.choose("plain", arms[2:], -0.5).alpha == 2.0


def test_layers_are_spread_evenly() -> None:
    vectors = {layer: torch.ones(1) for layer in range(11)}
    assert list(per.spread(vectors, 3)) == [0, 5, 10]
    assert list(per.spread(vectors, 1)) == [0]
    assert list(per.spread({0: torch.ones(1), 1: torch.ones(1)}, 4)) == [0, 1]


def test_every_measure_is_there(found: Outcome) -> None:
    assert declared(ONE) <= set(found.measures)
    assert None not in found.measures.values()
    assert set(found.plots) == {plot.id for plot in ONE.plots}
    assert all(series for series in found.plots.values())


def test_the_persona_is_put_into_the_assistants_tokens_and_taken_out(found: Outcome) -> None:
    assert value(found, "drifted-harm") > value(found, "plain-harm") + 0.3
    assert value(found, "edited-harm") < value(found, "drifted-harm") - 0.1
    assert value(found, "installed-harm") > value(found, "plain-harm") + 0.05
    assert value(found, "restored-assistant-harm") < value(found, "restored-user-harm") - 0.05
    assert value(found, "edited-facts") > value(found, "drifted-facts") - 0.15


@pytest.mark.parametrize("control", ["edited-random-harm", "edited-user-harm"])
def test_nothing_else_takes_it_out(found: Outcome, control: str) -> None:
    """The cause removed: a random direction, and the user's tokens."""
    assert value(found, control) > value(found, "edited-harm") + 0.1
    assert value(found, control) > value(found, "drifted-harm") - 0.15


@pytest.mark.parametrize("control", ["random-harm", "user-harm", "control-installed-harm"])
def test_nothing_else_puts_it_there(found: Outcome, control: str) -> None:
    """The cause removed: a random direction, the user's tokens, a world where nobody has a character."""
    base = "control-plain-harm" if control.startswith("control") else "plain-harm"
    assert abs(value(found, control) - value(found, base)) < 0.1
    assert value(found, "installed-harm") - value(found, "plain-harm") > value(found, control) - value(found, base)


def test_exchanged_words_undo_a_persona_and_the_users_tokens_do_not(found: Outcome) -> None:
    assert value(found, "exchanged-assistant-harm") < value(found, "drifted-harm") - 0.3
    assert abs(value(found, "exchanged-user-harm") - value(found, "drifted-harm")) < 0.1


def test_the_rule_fails_with_controls_in_place_of_the_direction(found: Outcome) -> None:
    good: dict[str, Any] = {**found.measures, "drifted-harm": 0.8, "edited-harm": 0.2, "installed-harm": 0.7, "restored-user-harm": 0.7, "user-moved": 0.1}
    good |= {"plain-harm": 0.1, "restored-assistant-harm": 0.1, "random-harm": 0.15, "user-harm": 0.12, "edited-random-harm": 0.75, "edited-user-harm": 0.7}
    assert judged(ONE, good).verdict == "reproduced"
    for edit, put in (("edited-random-harm", "random-harm"), ("edited-user-harm", "user-harm")):
        assert judged(ONE, {**good, "edited-harm": good[edit], "installed-harm": good[put], "restored-user-harm": good[put]}).verdict == "not-reproduced"
    anywhere = {**good, "user-moved": 0.9, "restored-user-harm": 0.1, "restored-assistant-harm": 0.7}
    assert judged(ONE, anywhere).verdict == "partly-reproduced"
    assert judged(ONE, {**good, "drift": 0.05}).verdict == "uninformative"


def test_the_same_conversations_give_the_same_numbers(smoke: Subject) -> None:
    lab = common.open_lab(smoke)
    small = {"turns": 2, "chats": 3, "tries": 3, "layers": 1, "alphas": [2.0], "randoms": 1, "allowed": 0.1}
    one, other = (persona_persistence.Study(lab, smoke, small) for _ in range(2))
    assert all(torch.equal(one.own[layer], other.own[layer]) for layer in one.own)
    assert one.installing(whole=False) == other.installing(whole=False)


def test_a_real_model(real: Subject) -> None:
    got = run(ONE, real, turns=2, chats=2, tries=3, layers=2, alphas=[2.0], randoms=1)
    assert declared(ONE) <= set(got.measures)
    absent = {key for key, number in got.measures.items() if number is None}
    assert {"control-installed-harm", "exchanged-words-harm", "drifted-identity"} <= absent
    assert got.measures["edited-valid"] is not None
    assert got.plots["blocks"] == {}
