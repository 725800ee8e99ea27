"""Small knowledge bases for tests: a base that every check accepts, and overrides on top of it.

    corpus({"finding/steering-works": {"models": []}})        in memory, no file touched
    write(tmp_path, {"source/roe-2025-steering": None})       on disk, read with kb.records.load
    write_example(tmp_path, rule.bad)                         the YAML fragments of a check's documentation

An override names a record as ``kind/id`` and gives the top-level fields to replace (keys as in YAML); a field
given as `REMOVE` is left out, a record given as None does not exist, and a record that the base lacks starts
from the minimal one of its kind. The pseudo-record ``kb.yaml`` overrides the configuration.
"""

from __future__ import annotations

import copy
import datetime as dt
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from kb.records import Corpus, Place
from kb.records.config import Config
from kb.records.corpus import Entry, Path_
from schemas import RECORD_TYPES

TODAY = dt.date(2026, 6, 1)
REMOVE = object()
Records = dict[str, dict[str, Any]]
Overrides = Mapping[str, Mapping[str, Any] | None]

CONFIG: dict[str, Any] = {
    "title": "A small knowledge base",
    "vocabularies": {"unit": {"%": "per cent", "times": "a ratio", "fraction": "a share from 0 to 1", "count": "a number of things"}},
}


def _common(record_id: str) -> dict[str, Any]:
    return {"schema": 1, "id": record_id, "status": "working", "added": "2026-01-10", "contributors": ["ann"]}


def template(kind: str, record_id: str) -> dict[str, Any]:
    """The minimal valid record of a kind; it links only to records of the base."""
    words = record_id.replace("-", " ").capitalize()
    bodies: dict[str, dict[str, Any]] = {
        "source": {
            "type": "article",
            "title": words,
            "author": [{"family": words.split()[0], "given": "Kim"}],
            "issued": "2024-02-03",
            "URL": f"https://example.org/{record_id}",
            "checked": [{"by": "ann", "on": "2026-01-10", "extent": "full-text"}],
        },
        "finding": {
            "title": words,
            "kind": "empirical",
            "sources": ["roe-2025-steering"],
            "models": [{"name": "Small 1B"}],
            "summary": "What the work saw.",
            "claims": [_claim("rate", words)],
            "instantiates": [_instantiation("persona")],
            "relations": [],
        },
        "concept": {"name": words, "shape": "pattern", "definition": "What it is.", "axes": [_axis("method"), _axis("channel")], "shapes": []},
        "belief": {
            "title": words,
            "statement": "It holds.",
            "holders": [{"holder": "ann", "history": [{"date": "2026-01-10", "credence": 0.6, "because": "a first guess"}]}],
            "rationale": "Why it is held.",
            "evidence": [],
        },
        "question": {"title": words, "kind": "open-question", "asks": "Does it hold?", "why": "It matters.", "state": "open"},
        "result": {
            "replication": "rerun",
            "replication-version": 1,
            "finding": "prompts-move-personas",
            "claims": ["prompts-move-personas/rate"],
            "tier": "organism",
            "scale": "smoke",
            "verdict": "reproduced",
            "hypothesis": "The rate rises.",
            "departures": "A small model.",
            "estimates": [
                {
                    "name": "rise",
                    "claim": "prompts-move-personas/rate",
                    "measure": "after",
                    "value": 0.4,
                    "low": 0.3,
                    "high": 0.5,
                    "level": 0.95,
                    "method": "t",
                    "unit": "fraction",
                    "n": 3,
                }
            ],
            "criteria": [{"id": "rises", "rule": "above zero", "outcome": "met", "observed": "0.4"}],
            "manipulation-checks": [],
            "seeds": [{"seed": 0, "values": {"rise": 0.4}}],
            "config": {"layers": 2},
            "config-hash": "0123456789abcdef",
            "code-hash": "0123456789abcdef",
            "versions": {"python": "3.11"},
            "device": "cpu",
            "commit": "0123456",
            "wall-seconds": 1.5,
        },
    }
    return _common(record_id) | bodies[kind]


def _axis(name: str) -> dict[str, Any]:
    values = {"method": ["prompting", "steering", "fine-tuning"], "channel": ["system-prompt", "activations", "weights"]}[name]
    return {"id": name, "name": name.capitalize(), "asks": f"Which {name}?", "values": [{"id": v, "means": v.replace("-", " ")} for v in values]}


def _claim(claim_id: str, words: str) -> dict[str, Any]:
    return {
        "id": claim_id,
        "statement": f"{words}: the rate of in-character answers rises.",
        "nature": "comparison",
        "measures": [
            {"name": "before", "value": "10", "unit": "%", "of": {"model": "Small 1B"}},
            {"name": "after", "value": "40", "unit": "%", "of": {"model": "Small 1B"}},
        ],
        "at": [{"part": "abstract"}],
        "checks": ["before < after"],
    }


def _instantiation(concept: str) -> dict[str, Any]:
    return {"concept": concept, "role": "instantiating", "shapes": ["prompted-shift"], "axes": {"method": "prompting", "channel": "system-prompt"}}


def base() -> Records:
    """Every kind of record but results, linked with each other; every check accepts it on TODAY."""
    shape = {"id": "prompted-shift", "name": "Prompted shift", "family": "intervention", "definition": "A prompt moves the persona."}
    other = {"id": "steered-shift", "name": "Steered shift", "family": "intervention", "definition": "A direction moves the persona."}
    records = {
        "source/doe-2024-prompts": template("source", "doe-2024-prompts")
        | {
            "title": "How prompts move the persona of a language model",
            "author": [{"family": "Doe", "given": "Jane"}],
            "issued": "2024-05-02",
            "arxiv": "2405.01234",
            "URL": "https://arxiv.org/abs/2405.01234",
        },
        "source/roe-2025-steering": template("source", "roe-2025-steering")
        | {
            "title": "Directions in activations that steer character",
            "author": [{"family": "Roe", "given": "Richard"}, {"family": "Poe", "given": "Ann"}],
            "issued": "2025-03-10",
            "arxiv": "2503.04321",
            "DOI": "10.1234/Steer.1",
            "URL": "https://example.org/steering",
        },
        "finding/prompts-move-personas": template("finding", "prompts-move-personas")
        | {"title": "A system prompt moves the persona of a small model", "sources": ["doe-2024-prompts"]},
        "finding/steering-works": template("finding", "steering-works")
        | {
            "title": "Adding a direction makes answers more theatrical",
            "instantiates": [
                {"concept": "persona", "role": "instantiating", "shapes": ["steered-shift"], "axes": {"method": "steering", "channel": "activations"}}
            ],
            "relations": [{"type": "extends", "to": "prompts-move-personas"}],
        },
        "concept/persona": template("concept", "persona") | {"shapes": [shape, other], "adjacent": [{"concept": "drift", "differs": "It is unwanted."}]},
        "concept/drift": template("concept", "drift"),
        "belief/personas-are-selected": template("belief", "personas-are-selected")
        | {"concepts": ["persona"], "evidence": [{"record": "prompts-move-personas/rate", "direction": "for", "note": "It moves."}]},
        "question/what-moves-personas": template("question", "what-moves-personas")
        | {"bears-on": ["persona", "personas-are-selected"], "raised-by": ["doe-2024-prompts"]},
    }
    return copy.deepcopy(records)


def merged(overrides: Overrides | None = None) -> Records:
    """The base with overrides applied; see the module's docstring."""
    records = base()
    for name, fields in (overrides or {}).items():
        if name == "kb.yaml":
            continue
        if fields is None:
            del records[name]
            continue
        kind, _, record_id = name.partition("/")
        record = records.get(name) or template(kind, record_id)
        record = {key: value for key, value in (record | dict(fields)).items() if value is not REMOVE}
        records[name] = copy.deepcopy(record)
    return records


def config(overrides: Overrides | None = None) -> dict[str, Any]:
    return CONFIG | dict((overrides or {}).get("kb.yaml") or {})


@dataclass
class MemoryDocument:
    """A record's data as a file would hold it; places come from its text."""

    file: str
    data: Mapping[str, Any]

    @cached_property
    def text(self) -> str:
        return "".join(blocks(self.data).values())

    def place(self, path: Path_ = (), *, key: bool = False) -> Place:
        node: Any = yaml.compose(self.text, Loader=yaml.CSafeLoader)
        found = node
        for step in path:
            if isinstance(node, yaml.MappingNode):
                pair = next(((k, v) for k, v in node.value if k.value == step), None)
                if pair is None:
                    break
                found, node = (pair[0] if key else pair[1]), pair[1]
            elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
                found = node = node.value[step]
            else:
                break
        return Place(self.file, found.start_mark.line + 1, found.start_mark.column + 1)


def corpus(overrides: Overrides | None = None) -> Corpus:
    """The knowledge base in memory. Raises pydantic.ValidationError for a record that its model rejects."""
    entries = {}
    for name, data in merged(overrides).items():
        kind, _, record_id = name.partition("/")
        entries[record_id] = Entry(kind, RECORD_TYPES[kind].model_validate(data), MemoryDocument(f"{kind}s/{record_id}.yaml", data))
    return Corpus(Config.model_validate(config(overrides)), entries)


class _Dumper(yaml.SafeDumper):
    """Quotes whatever YAML 1.1 and 1.2 might read as something else than text."""


_PLAIN = re.compile(r"^(?!(true|false|null|yes|no|on|off|y|n)$)[A-Za-z][A-Za-z .,'()/-]*(?<! )$", re.IGNORECASE)
_Dumper.add_representer(str, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style=None if _PLAIN.match(text) else '"'))


def blocks(data: Mapping[str, Any]) -> dict[str, str]:
    """Top-level key to its lines of YAML."""
    return {key: yaml.dump({key: value}, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=10_000) for key, value in data.items()}


def schema_line(kind: str) -> str:
    return f"# yaml-language-server: $schema=../schemas/json/{kind}.schema.json\n"


def write(root: Path, overrides: Overrides | None = None, raw: Mapping[str, str] | None = None) -> Path:
    """The knowledge base as files below `root`; `raw` gives the whole text of further files by path."""
    files = {"kb.yaml": "".join(blocks(config(overrides)).values())}
    for name, data in merged(overrides).items():
        kind, _, record_id = name.partition("/")
        files[f"{kind}s/{record_id}.yaml"] = schema_line(kind) + "".join(blocks(data).values())
    for file, text in {**files, **(raw or {})}.items():
        path = root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")
    return root


HEADER = re.compile(r"^# (kb\.yaml|[a-z]+s/[A-Za-z0-9./-]+(?:, the whole file)?)\n", re.MULTILINE)


def fragments(example: str) -> dict[str, str]:
    """The files of a documented example: each starts with a comment that names it, and whether it is shown as a whole."""
    parts = HEADER.split(example if example.endswith("\n") else example + "\n")
    if parts[0].strip():
        raise ValueError(f"an example starts with a line like '# findings/steering-works.yaml', not {parts[0].strip()!r}")
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def write_example(root: Path, example: str) -> Path:
    """The base with an example's fragments, as raw text: each replaces the top-level keys that it names, or the whole file if it says so.

    Every knowledge base's site shows the examples of checks, so they tell of styles where the base tells of personas. An example that names a persona
    gets the base as it is.
    """
    records, raw = base(), {}

    def told(data: dict[str, Any]) -> dict[str, Any]:
        words: dict[str, Any] = data if "persona" in example else json.loads(json.dumps(data).replace("persona", "style"))
        return words

    records = told(records)
    overrides: Overrides = {**dict.fromkeys(name for name in base() if name not in records), **records}
    for file, fragment in fragments(example).items():
        folder, _, name = file.partition("/")
        if file.endswith(", the whole file"):
            raw[file.removesuffix(", the whole file")] = fragment
            continue
        first = ""
        if file == "kb.yaml":
            data = CONFIG
        else:
            kind, record_id = folder.removesuffix("s"), name.removesuffix(".yaml")
            data = records.get(f"{kind}/{record_id}") or told(template(kind, record_id))
            first = schema_line(kind)
        named = set(re.findall(r"^\"?([A-Za-z][A-Za-z-]*)\"?\s*:", fragment, re.MULTILINE))
        first = "" if file == "kb.yaml" else f"# yaml-language-server: $schema=../schemas/json/{kind}.schema.json\n"
        if fragment.startswith("# yaml-language-server"):
            first, fragment = fragment.split("\n", 1)[0] + "\n", fragment.split("\n", 1)[1]
        raw[file] = first + "".join(text for key, text in blocks(data).items() if key not in named) + fragment
    return write(root, overrides, raw)
