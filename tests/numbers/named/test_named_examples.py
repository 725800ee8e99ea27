"""Every named test is documented, and its examples do what they say."""

from __future__ import annotations

import re
from dataclasses import fields
from typing import Any

import pytest

from kb.numbers.claims import outcomes
from kb.numbers.evaluate import Outcome
from kb.numbers.named.registry import NamedTest, all_tests
from kb.records.reader import read
from schemas import Claim
from schemas.numbertest import TESTS

ALL = list(all_tests().values())


def outcomes_of(example: str) -> list[Outcome]:
    data: Any = read(example.encode(), "example.yaml").data
    claim = Claim.model_validate({"id": "a", "statement": "It is so.", "nature": "measurement"} | data)
    return [outcome for outcome in outcomes(claim) if not outcome.automatic]


def test_registry_and_schema_agree() -> None:
    assert list(all_tests()) == list(TESTS)
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", name) for name in TESTS)


@pytest.mark.parametrize("test", ALL, ids=lambda test: test.name)
def test_the_example_is_consistent_and_the_bad_one_is_not(test: NamedTest) -> None:
    (good,), (bad,) = outcomes_of(test.example), outcomes_of(test.bad)
    assert (good.test, good.verdict) == (test.name, "consistent")
    assert (bad.test, bad.verdict) == (test.name, "inconsistent")
    assert good.measures
    assert good.explanation.endswith(".")
    assert good.expression.startswith(f"{test.name}(")


@pytest.mark.parametrize("test", ALL, ids=lambda test: test.name)
def test_every_test_has_a_whole_page(test: NamedTest) -> None:
    for field in fields(test):
        if field.name not in ("function", "automatic", "name"):
            assert len(getattr(test, field.name)) > 5, field.name
    assert test.asks.endswith("?")
    assert re.search(r"\d{4}|Arithmetic|By construction|Duality", test.source)
    for name, info in test.model.model_fields.items():
        assert info.description or name == "test", name
