"""Predicates as data: what they accept and reject, here and in the JSON Schema that editors read."""

from __future__ import annotations

from typing import Any, get_args

import jsonschema
import pytest
from pydantic import ValidationError

from schemas import Belief
from schemas.belief import Update
from schemas.predicate import ATOMS, KINDS, MAX_DEPTH, MAX_PARTS, All, AnyOf, Atom, Not, atoms, parts

ONE = {"question": "q1", "is": "answered"}
GOOD: list[dict[str, Any]] = [
    ONE,
    {"question": "q1", "is": ["answered", "dropped"]},
    {"all": [ONE]},
    {"any": [ONE, {"not": ONE}]},
    {"count": "findings", "at-least": 1},
    {"count": "findings", "is": 0, "independent": True},
    {
        "count": "findings",
        "at-most": 3,
        "where": {
            "concept": "cc",
            "shape": "s",
            "role": ["instantiating", "candidate"],
            "kind": "survey",
            "tag": "t",
            "status": "stable",
            "since": "2026-01-01",
        },
    },
    {"shape": "s", "state": "codified"},
    {"shape": "s", "concept": "cc", "count": {"at-least": 2, "at-most": 4}, "independent": {"is": 2}},
    {"verdict": "rerun", "tier": "organism", "is": "not-reproduced"},
    {"verdict": "rerun/criterion", "tier": "small-model", "model": "Small 1B", "is": ["met", "undecided"]},
    {"estimate": "rerun/rise", "tier": "organism", "at-least": 0.3, "interval": "low"},
    {"figure": "finding/claim", "measure": "before_all", "at-most": -2},
    {"disputed": "finding/claim", "is": "none"},
    {"consistency": "finding/claim", "is": ["inconsistent", "only-just"]},
    {"belief": "bb", "credence": {"at-most": 0.2}},
    {"belief": "bb", "holder": "ann", "review": "due"},
]
BAD_SHAPE: list[Any] = [
    {},
    "shape",
    [],
    None,
    {"all": []},
    {"all": [{}]},
    {"all": ONE},
    {"not": [ONE]},
    ONE | {"extra": 1},
    {"question": "q1"},
    {"question": "Q 1", "is": "answered"},
    {"question": "q1", "is": []},
    {"question": "q1", "is": "answerd"},
    {"count": "finding", "at-least": 1},
    {"count": "findings", "at-least": -1},
    {"count": "findings", "at-least": True},
    {"count": "findings", "at-least": "1"},
    {"count": "findings", "at-least": 1, "where": {"since": "2026"}},
    {"count": "findings", "at-least": 1, "where": {"role": "supporting"}},
    {"verdict": "rerun", "is": "reproduced"},
    {"verdict": "rerun/", "tier": "organism", "is": "met"},
    {"verdict": "../rerun", "tier": "organism", "is": "met"},
    {"estimate": "rerun", "tier": "organism", "at-least": 1},
    {"estimate": "rerun/rise", "tier": "organism", "at-least": 0.3, "interval": "middle"},
    {"belief": "bb", "credence": {"at-least": 1.2}},
    {"belief": "bb", "review": "soon"},
    {"any": [ONE], "all": [ONE]},
]
BAD_TOGETHER: list[dict[str, Any]] = [
    {"count": "findings"},
    {"shape": "s"},
    {"shape": "s", "count": {}},
    {"estimate": "rerun/rise", "tier": "organism"},
    {"figure": "finding/claim", "measure": "before"},
    {"belief": "bb"},
    {"belief": "bb", "credence": {}},
    {"belief": "bb", "credence": {"at-least": 0.1}, "review": "due"},
    {"verdict": "rerun", "tier": "organism", "is": "met"},
    {"verdict": "rerun/criterion", "tier": "organism", "is": ["met", "reproduced"]},
]
"""What a JSON Schema does not say: at least one of several keys, words that fit another key."""


def update(predicate: Any) -> dict[str, Any]:
    return {"id": "u", "when": "So.", "would": "lower", "predicate": predicate}


def belief(predicate: Any) -> dict[str, Any]:
    return {
        "schema": 1,
        "id": "bb",
        "status": "draft",
        "added": "2026-01-01",
        "contributors": ["ann"],
        "title": "B",
        "statement": "S.",
        "holders": [{"holder": "ann", "history": [{"date": "2026-01-01", "credence": 0.5, "because": "So."}]}],
        "rationale": "R.",
        "updates": [update(predicate)],
    }


SCHEMA = jsonschema.Draft202012Validator(Belief.model_json_schema(by_alias=True), format_checker=jsonschema.FormatChecker())


@pytest.mark.parametrize("predicate", GOOD, ids=str)
def test_accepted_by_the_model_and_by_the_json_schema(predicate: dict[str, Any]) -> None:
    read = Update.model_validate(update(predicate))
    assert read.predicate is not None
    assert SCHEMA.is_valid(belief(predicate))
    again = read.model_dump(mode="json", by_alias=True, exclude_unset=True)
    assert again["predicate"] == predicate


@pytest.mark.parametrize("predicate", BAD_SHAPE, ids=str)
def test_rejected_by_the_model_and_by_the_json_schema(predicate: Any) -> None:
    if predicate is not None:  # none at all is allowed
        with pytest.raises(ValidationError):
            Update.model_validate(update(predicate))
        assert not SCHEMA.is_valid(belief(predicate))
    with pytest.raises(ValidationError):
        Update.model_validate(update({"all": [predicate]}))
    assert not SCHEMA.is_valid(belief({"all": [predicate]}))


@pytest.mark.parametrize("predicate", BAD_TOGETHER, ids=str)
def test_values_that_do_not_go_together(predicate: dict[str, Any]) -> None:
    for whole in (predicate, {"any": [ONE, predicate]}):
        with pytest.raises(ValidationError, match=r"bound|say what|criterion"):
            Update.model_validate(update(whole))


def nested(depth: int) -> dict[str, Any]:
    return ONE if depth == 0 else {"not": nested(depth - 1)}


def test_depth_and_size_are_bounded() -> None:
    Update.model_validate(update(nested(MAX_DEPTH)))
    with pytest.raises(ValidationError, match="levels"):
        Update.model_validate(update(nested(MAX_DEPTH + 1)))
    twenty = {"all": [ONE] * 20}
    Update.model_validate(update({"all": [{"any": [ONE] * 19}, twenty, {"any": [ONE] * 17}]}))  # 1 + 3 + 56 conditions
    with pytest.raises(ValidationError, match=f"at most {MAX_PARTS}"):
        Update.model_validate(update({"all": [{"any": [ONE] * 19}, twenty, {"any": [ONE] * 18}]}))
    with pytest.raises(ValidationError):
        Update.model_validate(update({"all": [ONE] * 21}))


def test_every_kind_has_a_model_of_its_own_and_a_first_key() -> None:
    assert set(ATOMS) == set(get_args(Atom))
    assert set(KINDS.values()) == {*ATOMS, All, AnyOf, Not}
    for key, model in KINDS.items():
        fields = {(info.alias or name): info for name, info in model.model_fields.items()}
        assert fields[key].is_required()


def test_parts_have_the_paths_of_their_yaml() -> None:
    predicate = Update.model_validate(update({"any": [ONE, {"not": {"all": [ONE, {"shape": "s", "state": "hint"}]}}]})).predicate
    assert predicate is not None
    assert [path for path, _ in atoms(predicate)] == [("any", 0), ("any", 1, "not", "all", 0), ("any", 1, "not", "all", 1)]
    assert [path for path, _ in parts(predicate)][:3] == [(), ("any", 0), ("any", 1)]
    data: Any = {"any": [ONE, {"not": {"all": [ONE, {"shape": "s", "state": "hint"}]}}]}
    for path, atom in atoms(predicate):
        found = data
        for step in path:
            found = found[step]
        assert atom.model_dump(mode="json", by_alias=True, exclude_unset=True) == found
