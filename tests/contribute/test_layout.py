"""The canonical layout: idempotent, and never another value or a lost comment."""

from __future__ import annotations

from collections import Counter

import pytest
import written
import yaml
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from kb.contribute.layout import LayoutError, canonical
from kb.contribute.layout.canonical import SCHEMA_COMMENT
from kb.contribute.layout.spans import comments
from kb.contribute.layout.tree import same
from kb.records.construct import compose
from kb.records.reader import read_yaml

LINE = "# yaml-language-server: $schema=../schemas/json/finding.schema.json\n"


def laid_out(text: str) -> str:
    return canonical(text, "finding", "findings/a.yaml")


def data(text: str) -> object:
    outcome = read_yaml(text.encode(), "a.yaml")
    assert outcome.data is not None, outcome.problems
    return outcome.data


def comments_of(text: str) -> Counter[str]:
    text = text.replace("\r\n", "\n")
    return Counter(comment for _, comment in comments(compose(text), text) if not SCHEMA_COMMENT.fullmatch(comment))  # type: ignore[arg-type]


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(written.records())
def test_layout_keeps_values_and_comments_and_is_idempotent(text: str) -> None:
    assume(read_yaml(text.encode(), "a.yaml").data is not None)
    once = laid_out(text)
    assert same(data(once), data(text))
    assert comments_of(once) == comments_of(text)
    assert laid_out(once) == once
    assert once.startswith(LINE)
    assert "\r" not in once
    assert once.endswith("\n")
