"""Evaluation records hold what the published schema (Every Eval Ever 0.3.0) asks for, restated here; no copy of it is kept."""

from __future__ import annotations

import json
import math
import re
import uuid
from typing import Any

import exporting
import pytest

TEXT = str
RECORD = {
    "schema_version": TEXT,
    "evaluation_id": TEXT,
    "retrieved_timestamp": TEXT,
    "source_metadata": {"source_type": TEXT, "source_organization_name": TEXT, "evaluator_relationship": TEXT},
    "model_info": {"name": TEXT, "id": TEXT, "additional_details": {"deployment_type": TEXT, "model_availability": TEXT}},
    "eval_library": {"name": TEXT, "version": TEXT},
    "evaluation_results": list,
}
ESTIMATE = {
    "evaluation_name": TEXT,
    "source_data": {"dataset_name": TEXT, "source_type": TEXT},
    "metric_config": {"lower_is_better": bool},
    "score_details": {"score": float},
}
ONE_OF = {
    ("source_metadata", "source_type"): {"documentation", "evaluation_run"},
    ("source_metadata", "evaluator_relationship"): {"first_party", "third_party", "collaborative", "other"},
    ("model_info", "additional_details", "deployment_type"): {"self_deployed", "externally_managed", "unknown"},
    ("model_info", "additional_details", "model_availability"): {"open_weights", "closed_weights", "unknown"},
}
# Keys beyond these at the top would be refused.
TOP = {*RECORD, "evaluation_timestamp", "dedupe_identity"}


def holds(data: Any, wanted: Any) -> None:
    if isinstance(wanted, dict):
        for name, inner in wanted.items():
            assert name in data, name
            holds(data[name], inner)
    else:
        assert type(data) is wanted, data


def details(data: Any, inside: bool = False) -> None:
    """Free details are texts, all of them."""
    if isinstance(data, dict):
        for name, value in data.items():
            assert not inside or type(value) is str, (name, value)
            details(value, name in ("additional_details", "details"))
    elif isinstance(data, list):
        for value in data:
            details(value)


@pytest.mark.parametrize("state", ["small", "hostile"])
def test_records_hold_what_the_schema_asks_for(state: str) -> None:
    made = exporting.made("every-eval-ever", getattr(exporting, state)())
    assert len(made) == len(getattr(exporting, state)().corpus.results)
    for name, content in made.items():
        assert re.fullmatch(r"data(/[a-z0-9-]+){3}/[0-9a-f-]{36}\.json", name)
        uuid.UUID(name[-41:-5])
        data = json.loads(content)
        holds(data, RECORD)
        assert set(data) <= TOP
        assert data["schema_version"] == "0.3.0"
        assert re.fullmatch(r"\d+", data["retrieved_timestamp"])
        for path, allowed in ONE_OF.items():
            found = data
            for step in path:
                found = found[step]
            assert found in allowed
        details(data)
        for one in data["evaluation_results"]:
            holds(one, ESTIMATE)
            assert math.isfinite(one["score_details"]["score"])
            interval = one["score_details"]["uncertainty"].get("confidence_interval")
            assert interval is None or interval["lower"] <= one["score_details"]["score"] <= interval["upper"]
            assert "neither direction is better" in one["metric_config"]["additional_details"]["direction"]


def test_models_and_organisms_are_told_apart() -> None:
    data = [json.loads(content) for content in exporting.made("every-eval-ever").values()]
    assert {(one["model_info"]["id"], one["source_metadata"]["evaluator_relationship"]) for one in data} == {
        ("Small 1B", "third_party"),
        ("organisms/organism-small", "first_party"),
        ("organisms/organism-smoke", "first_party"),
    }
    assert next(one for one in data if one["model_info"]["id"] == "organisms/organism-small")["retrieved_timestamp"] == "1768003200"
