"""Reruns as evaluation records of Every Eval Ever (EvalEval Coalition), schema 0.3.0: one file per result record.

An effect is no score on a benchmark: neither direction is better, and the format asks for one. Each metric says so beside the field.
"""

from __future__ import annotations

import datetime as dt
import json
import uuid
from typing import Any

from kb.evidence.catalogue import model_key
from kb.evidence.reruns import command, model_of
from kb.evidence.state import State
from kb.export.registry import Options, export
from kb.forms.addresses import labels, root, web
from kb.forms.text import line, words
from schemas import Result
from schemas.result import Estimate

SCHEMA = "0.3.0"
_DIRECTION = "none: an effect, of which neither direction is better; lower_is_better is false because the format asks for a value"


@export(
    "every-eval-ever",
    summary="Reruns as evaluation records in the shared schema of Every Eval Ever",
    file="every-eval-ever",
    media="application/json",
    kind="folder",
    reader="JSON Schema validators, against the schema that the project publishes",
    schema={
        "data/REPLICATION/DEVELOPER/MODEL/UUID.json": "one record; the UUID follows from the address of the result",
        "schema_version": f"`{SCHEMA}`",
        "evaluation_id": "replication/model/time",
        "retrieved_timestamp": "midnight (UTC) of the day on which the record was added, in seconds since 1970",
        "source_metadata": "an evaluation run by this knowledge base; `first_party` for organisms that it trained, `third_party` for real models",
        "model_info": "the real model, or the organism with its scale",
        "eval_library": "`verify`, with the commit as its version",
        "evaluation_results[]": "one per estimate: metric, unit, score, confidence interval, worlds as `num_samples`, claim and tier in the details",
    },
    notes="`lower_is_better` has no meaning for an effect, and `additional_details.direction` says so. Bounds of a score are not recorded, so that no "
    "`score_type` is given.",
)
def every_eval_ever(state: State, _: Options) -> dict[str, bytes]:
    made: dict[str, bytes] = {}
    for result in state.corpus.results.values():
        name = uuid.uuid5(uuid.NAMESPACE_URL, web(state.corpus, result.id) or result.id)
        model = model_of(result)
        # A model's name is a stranger's text: its slug is what goes into a path.
        developer = model_key(model.partition("/")[0]) if model and "/" in model else "unknown" if model else "organisms"
        path = f"data/{result.replication}/{developer}/{model_key(model) if model else f'organism-{result.scale}'}/{name}.json"
        made[path] = (json.dumps(record(state, result), ensure_ascii=False, indent=1) + "\n").encode("utf-8", "replace")
    return made


def record(state: State, result: Result) -> dict[str, Any]:
    """One result as an evaluation record."""
    config, model = state.corpus.config, model_of(result)
    since_1970 = str(int(dt.datetime.combine(result.added, dt.time(), dt.UTC).timestamp()))
    model_id = line(model) if model else f"organisms/organism-{result.scale}"
    return {
        "schema_version": SCHEMA,
        "evaluation_id": f"{result.replication}/{model_id}/{since_1970}",
        "evaluation_timestamp": result.added.isoformat(),
        "retrieved_timestamp": since_1970,
        "source_metadata": {
            "source_name": line(config.title),
            "source_type": "evaluation_run",
            "source_organization_name": line(config.title),
            "source_organization_url": root(state.corpus),
            "evaluator_relationship": "third_party" if model else "first_party",
            "additional_details": {"record": web(state.corpus, result.id) or result.id, "finding": web(state.corpus, result.finding) or result.finding},
        },
        "model_info": {
            "name": model_id,
            "id": model_id,
            "additional_details": {
                "deployment_type": "self_deployed",
                "model_availability": "open_weights" if model else "unknown",
                "kind": "a language model" if model else "small transformers trained from scratch in synthetic worlds; any of them can be trained again",
            },
        },
        "eval_library": {
            "name": "verify",
            "version": result.commit or "unknown",
            "additional_details": {line(name): line(version) for name, version in sorted(result.versions.items())},
        },
        "evaluation_results": [_estimate(state, result, one) for one in result.estimates],
    }


def _estimate(state: State, result: Result, one: Estimate) -> dict[str, Any]:
    uncertainty: dict[str, Any] = {"num_samples": one.n}
    if one.low is not None and one.high is not None:
        uncertainty["confidence_interval"] = {"lower": one.low, "upper": one.high, "confidence_level": one.level, "method": f"{one.method}, over worlds"}
    details: dict[str, str] = {"tier": result.tier, "verdict": result.verdict, "scale": result.scale}
    if one.claim:
        details["claim"] = web(state.corpus, one.claim) or one.claim
    return {
        "evaluation_result_id": f"{result.id}/{one.name}",
        "evaluation_name": f"{result.replication}/{one.name}",
        "evaluation_timestamp": result.added.isoformat(),
        "source_data": {"dataset_name": f"materials of {result.replication}", "source_type": "other"},
        "metric_config": {
            "evaluation_description": words(result.hypothesis, labels(state.corpus)),
            "metric_id": f"{result.replication}.{one.name}",
            "metric_name": line(one.says or one.name.replace("-", " ")),
            "metric_unit": line(one.unit),
            "lower_is_better": False,
            "additional_details": {"direction": _DIRECTION},
        },
        "score_details": {"score": one.value, "details": details, "uncertainty": uncertainty},
        "generation_config": {"generation_args": {"execution_command": command(result)}},
    }
