"""A text in every field of every record type that takes it, found by asking the models: what a stranger could fill in."""

from __future__ import annotations

import copy
import types
from collections.abc import Iterator
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import kbmaker
from pydantic import BaseModel, TypeAdapter, ValidationError

from schemas import RECORD_TYPES
from schemas.scalars import Figure

Path = tuple[str | int, ...]
# What a field takes that does not take any text: the first that fits. Links name a record of the tiny wiki.
SAMPLES: tuple[Any, ...] = (
    "persona", "roe-2025-steering", "2024-02-03", "2401.00001", "https://example.org/x", "10.1234/x", "0123456789abcdef", "0000-0000-0000-0000", "< 0.05",
    "name", "1", 1, 0.5, True, {}, [],
)  # fmt: skip
LINKS = {"source": "doe-2024-prompts", "sources": "doe-2024-prompts", "by": "doe-2024-prompts", "concept": "persona", "concepts": "persona"}


def accepts(annotation: Any, value: Any) -> bool:
    try:
        TypeAdapter(annotation).validate_python(value)
    except ValidationError:
        return False
    return True


def plain(annotation: Any) -> Any:
    """An annotation without `None`, and without what surrounds a list or model."""
    while get_origin(annotation) in (Annotated, Union, types.UnionType):
        branches = [branch for branch in get_args(annotation) if branch is not type(None)]
        if get_origin(annotation) is Annotated and get_origin(branches[0]) not in (list, dict, Union, types.UnionType):
            return annotation
        annotation = branches[0]
    return annotation


def value_for(name: str, annotation: Any, hostile: tuple[str, ...]) -> Any:
    """A value that a field takes: hostile where it can be."""
    kind = plain(annotation)
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Literal:
        return arguments[0]
    if origin in (list, tuple):
        return [value_for(name, arguments[0], hostile)]
    if origin is dict:
        return {value_for("key", arguments[0], hostile): value_for(name, arguments[1], hostile)}
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return {info.alias or field: value_for(field, info.rebuild_annotation(), hostile) for field, info in kind.model_fields.items() if info.is_required()}
    choices = (LINKS[name], *SAMPLES) if name in LINKS else (*hostile, *SAMPLES)
    return next((choice for choice in choices if accepts(kind, choice)), None)


def models(data: Any, annotation: Any, path: Path = ()) -> Iterator[tuple[Path, type[BaseModel]]]:
    """Every mapping of some data that has a model, with its path."""
    kind = plain(annotation)
    if isinstance(kind, type) and issubclass(kind, BaseModel) and isinstance(data, dict):
        yield path, kind
        for field, info in kind.model_fields.items():
            name = info.alias or field
            if name in data:
                yield from models(data[name], info.rebuild_annotation(), (*path, name))
    elif get_origin(kind) in (list, tuple) and isinstance(data, list):
        for i, item in enumerate(data):
            yield from models(item, get_args(kind)[0], (*path, i))


def at(data: Any, path: Path) -> Any:
    for step in path:
        data = data[step]
    return data


def texts(data: Any, path: Path = ()) -> Iterator[Path]:
    """The path of every text; figures, which are texts of digits, among them."""
    if isinstance(data, str):
        yield path
    elif isinstance(data, (dict, list)):
        for step, item in list(data.items() if isinstance(data, dict) else enumerate(data)):
            yield from texts(item, (*path, step))


def filled(kind: str, data: dict[str, Any], hostile: tuple[str, ...]) -> tuple[dict[str, Any], set[tuple[str, str]]]:
    """A record with every further field that it may have, and a hostile text in each that takes one; and which fields those are (model, name).

    `hostile` are tried in order: a free text first, then what fits narrower fields (a DOI, a link).
    """
    model = RECORD_TYPES[kind]
    data = copy.deepcopy(data)

    def valid() -> bool:
        return accepts(model, data)

    assert valid(), data["id"]
    # Twice: a field that was added may be a mapping with fields of its own to add.
    for _ in range(2):
        for path, inner in list(models(data, model)):
            mapping = at(data, path)
            for field, info in inner.model_fields.items():
                name = info.alias or field
                if not mapping.get(name) and name not in ("aliases", "distinct-from"):
                    before = dict(mapping)
                    mapping[name] = value_for(field, info.rebuild_annotation(), hostile)
                    if not valid():
                        mapping.clear()
                        mapping.update(before)
    changed = set()
    for path in list(texts(data)):
        parent, step = at(data, path[:-1]), path[-1]
        if path[0] == "id":
            continue
        old = parent[step]
        for words in hostile:
            parent[step] = words
            if valid():
                break
            parent[step] = old
        if parent[step] in hostile:
            owner = max((p for p, _ in models(data, model) if p == path[: len(p)]), key=len)
            changed.add((dict(models(data, model))[owner].__name__, str(path[len(owner)])))
    return data, changed


def text_fields() -> set[tuple[str, str]]:
    """Every field (model, name) of every record type that takes a line of any text, alone, in a list or as a value of a mapping."""
    found: set[tuple[str, str]] = set()
    seen: set[type[BaseModel]] = set()

    def walk(model: type[BaseModel]) -> None:
        if model in seen:
            return
        seen.add(model)
        for field, info in model.model_fields.items():
            stack = [info.rebuild_annotation()]
            while stack:
                kind = stack.pop()
                if isinstance(kind, type) and issubclass(kind, BaseModel):
                    walk(kind)
                elif get_origin(kind) in (list, tuple, dict, Union, types.UnionType):
                    stack += [argument for argument in get_args(kind)[get_origin(kind) is dict :] if argument is not Figure]
                elif get_origin(kind) is Annotated and get_origin(get_args(kind)[0]) is not None:
                    stack.append(get_args(kind)[0])
                elif get_origin(kind) is not Literal and accepts(kind, "any <b> text"):
                    found.add((model.__name__, info.alias or field))

    for model in RECORD_TYPES.values():
        walk(model)
    return found


def everywhere(
    overrides: kbmaker.Overrides, hostile: tuple[str, ...], kinds: frozenset[str] = frozenset(RECORD_TYPES)
) -> tuple[dict[str, Any], set[tuple[str, str]]]:
    """Overrides of the test knowledge base whose records of some kinds are filled, and the fields that took a hostile text."""
    made: dict[str, Any] = {name: fields for name, fields in overrides.items() if name == "kb.yaml"}
    took: set[tuple[str, str]] = set()
    for name, data in kbmaker.merged(overrides).items():
        kind = name.partition("/")[0]
        made[name] = data
        if kind in kinds:
            made[name], changed = filled(kind, data, hostile)
            took |= changed
    return made, took


def tiny_overrides() -> dict[str, Any]:
    """The tiny wiki with what its records lack for fields that exclude or need each other."""
    import tinywiki

    made = {name: dict(fields) for name, fields in tinywiki.OVERRIDES.items()}
    persona = kbmaker.merged(made)["concept/persona"]
    made["concept/persona"]["shapes"] = [{**persona["shapes"][0], "codify-at": 2, "codify-at-why": "Two suffice."}, *persona["shapes"][1:]]
    made["source/a-group-2024"] = {"author": [{"literal": "A group"}], "title": "What a group says"}
    clash = {"type": "conflicts-with", "moderator": "the model"}
    made["finding/no-home"]["relations"] = [{**clash, "to": "steering-works"}]
    made["finding/steering-works"]["relations"] = [*made["finding/steering-works"]["relations"], {**clash, "to": "no-home"}]
    return made
