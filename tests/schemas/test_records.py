"""What the record types accept and reject beyond the types of their fields."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from schemas import RECORD_TYPES, Claim, Concept, Dispute, Finding, Locator, Measure, Person, Question, Record, Relation
from schemas.jsonschema import FOLDER, schema_files

BASE: dict[str, Any] = {"schema": 1, "id": "some-record", "status": "working", "added": "2026-01-02", "contributors": ["a"]}
CLAIM: dict[str, Any] = {"id": "c", "statement": "s", "nature": "argument"}


def rejects(model: Any, data: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError) as raised:
        model.model_validate(data)
    assert words in str(raised.value)


@pytest.mark.parametrize("kind", sorted(RECORD_TYPES))
def test_json_schema_is_the_committed_one(kind: str) -> None:
    name = f"{kind}.schema.json"
    assert (FOLDER / name).read_text(encoding="utf-8") == schema_files()[name], "run `kb gen`"


@pytest.mark.parametrize("kind", sorted(RECORD_TYPES))
def test_every_field_is_strict_and_kebab(kind: str) -> None:
    model = RECORD_TYPES[kind]
    assert model.model_config["extra"] == "forbid"
    assert all("_" not in (field.alias or name) for name, field in model.model_fields.items())


def test_a_record_type_must_say_what_its_records_are_called() -> None:
    class Nameless(Record):
        """Without a label."""

    class Named(Nameless):
        """With one."""

        @property
        def label(self) -> str:
            return self.id

    with pytest.raises(TypeError, match="label"):
        Nameless.model_validate(BASE)
    assert Named.model_validate(BASE).label == "some-record"


@pytest.mark.parametrize(
    ("measure", "words"),
    [
        ({"low": 1}, "needs both"),
        ({"low": 2, "high": 1}, "above"),
        ({"level": 0.95}, "belongs to an interval"),
        ({"low": 1, "high": 2, "level": 95}, "from 0 to 1"),
        ({"k": 3}, "needs an `n`"),
        ({"k": 3, "n": 2}, "needs an `n`"),
        ({"p": "0.05"}, "pattern"),
        ({"name": "Rate"}, "pattern"),
        ({"value": "12 %"}, "as the source prints it"),
    ],
)
def test_measure_rejects(measure: dict[str, Any], words: str) -> None:
    rejects(Measure, {"name": "rate", "value": 1, **measure}, words)


def test_measure_accepts() -> None:
    measure = Measure.model_validate({"name": "rate", "value": 1, "low": 0.5, "high": 1.5, "level": 0.95, "n": 20, "k": 1, "p": "< 0.001"})
    assert float(measure.value) == 1


def test_claim_needs_unique_measures() -> None:
    rejects(Claim, {**CLAIM, "measures": [{"name": "x", "value": 1}, {"name": "x", "value": 2}]}, "two measures are called 'x'")


@pytest.mark.parametrize(
    ("data", "ok"), [({"part": "abstract"}, True), ({"part": "table"}, False), ({"part": "table", "ref": "2"}, True), ({"part": "whole"}, True)]
)
def test_locator_says_which(data: dict[str, Any], ok: bool) -> None:
    if ok:
        Locator.model_validate(data)
    else:
        rejects(Locator, data, "`ref` is missing")


def test_dispute_is_resolved_with_a_reason_only() -> None:
    dispute = {"about": "x", "reported": "1", "instead": "2", "by": "some-source", "state": "open"}
    Dispute.model_validate(dispute)
    rejects(Dispute, {**dispute, "state": "resolved"}, "resolution")
    rejects(Dispute, {**dispute, "resolution": "the first"}, "resolution")


def test_conflict_names_its_moderator() -> None:
    Relation.model_validate({"type": "conflicts-with", "to": "other", "moderator": "training length"})
    rejects(Relation, {"type": "conflicts-with", "to": "other"}, "moderator")
    rejects(Relation, {"type": "extends", "to": "other", "moderator": "x"}, "moderator")


def test_a_person_has_one_name() -> None:
    assert Person.model_validate({"family": "Chen", "given": "Runjin"}).display == "Runjin Chen"
    rejects(Person, {"family": "Chen", "literal": "Anthropic"}, "either")
    rejects(Person, {}, "either")


def test_finding_names_each_concept_once_and_gives_no_reason_for_none() -> None:
    finding = {**BASE, "title": "t", "kind": "position", "sources": ["a-source"], "summary": "s", "claims": [CLAIM]}
    Finding.model_validate({**finding, "no-concept": "too early"})
    link = {"concept": "some-concept", "role": "candidate"}
    rejects(Finding, {**finding, "instantiates": [link, link]}, "two entries")
    rejects(Finding, {**finding, "instantiates": [link], "no-concept": "x"}, "gives a reason")
    rejects(Finding, {**finding, "claims": [CLAIM, CLAIM]}, "two claims")


def test_shape_says_why_its_threshold_differs() -> None:
    shape = {"id": "a-shape", "name": "n", "family": "f", "definition": "d"}
    concept = {**BASE, "name": "n", "shape": "pattern", "definition": "d"}
    Concept.model_validate({**concept, "shapes": [shape]})
    rejects(Concept, {**concept, "shapes": [{**shape, "codify-at": 2}]}, "come together")
    rejects(Concept, {**concept, "shapes": [shape, shape]}, "are called 'a-shape'")


def test_an_answered_question_has_an_answer() -> None:
    question = {**BASE, "title": "t", "kind": "open-question", "asks": "a", "why": "w", "state": "open"}
    Question.model_validate(question)
    rejects(Question, {**question, "state": "answered"}, "needs at least one entry")
