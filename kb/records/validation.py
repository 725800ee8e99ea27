"""Plain data to typed records, and pydantic's errors in words for people who write YAML."""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, Discriminator, Tag, ValidationError

from kb.records.construct import MAX_PROBLEMS
from kb.records.diagnostic import Diagnostic
from kb.records.document import TextDocument
from kb.records.expectations import expectation
from kb.records.similarity import did_you_mean
from kb.records.wording import either, found, quoted

M = TypeVar("M", bound=BaseModel)
Path = tuple[str | int, ...]


def validate(model: type[M], document: TextDocument) -> tuple[M | None, list[Diagnostic]]:
    """The typed form of a document, or what is wrong with it, in order of place."""
    try:
        return model.model_validate(document.data), []
    except ValidationError as error:
        return None, _translated(model, document, error)


def _translated(model: type[BaseModel], document: TextDocument, error: ValidationError) -> list[Diagnostic]:
    """One diagnostic per place: the branches of a union that all failed are one problem."""
    record = document.data.get("id")
    record = record if isinstance(record, str) and len(record) <= 80 and record.isprintable() else ""
    grouped: dict[tuple[Path, bool], list[dict[str, Any]]] = {}
    for problem in error.errors(include_url=False):
        path, is_key = _data_path(document.data, problem["loc"], problem["type"])
        described = dict(problem)
        if problem["type"] == "union_tag_invalid":
            path, described = _tagged(path, described)
        grouped.setdefault((path, is_key), []).append(described)
    diagnostics = []
    for (path, is_key), problems in list(grouped.items())[:MAX_PROBLEMS]:
        code, message, expected, fix = _explained(model, document.data, path, is_key, problems)
        diagnostics.append(Diagnostic(document.place(path, key=is_key), code, message, expected, fix, record))
    return sorted(diagnostics)


def _data_path(data: Any, loc: tuple[int | str, ...], kind: str) -> tuple[Path, bool]:
    """Pydantic's location without the names of union branches, and whether it means a key."""
    path: list[str | int] = []
    for step in loc:
        if step == "[key]":
            return tuple(path), True
        if (isinstance(data, Mapping) and step in data) or (isinstance(data, list) and isinstance(step, int) and step < len(data)):
            data = _at(data, (step,))
        elif kind == "missing" and step == loc[-1]:
            pass  # belongs to the path although it is not there
        else:
            continue  # the name of a branch: "literal['not assessed']", "function-plain[_read()]"
        path.append(step)
    return tuple(path), kind == "extra_forbidden"


def _tagged(path: Path, problem: Mapping[str, Any]) -> tuple[Path, dict[str, Any]]:
    """A tag that no branch of a union has, as a word that is none of its key's. Tags of ours are `key value` (schemas.numbertest)."""
    key = str(problem["ctx"]["tag"]).partition(" ")[0]
    return (*path, key), {**problem, "type": "literal_error"}


def _explained(model: type[BaseModel], data: Any, path: Path, is_key: bool, problems: list[dict[str, Any]]) -> tuple[str, str, str, str]:
    """Code, what was found, what was expected, and the fix."""
    where = shown_path(path)
    first = problems[0]
    kind = first["type"]
    if kind == "extra_forbidden":
        known = sorted(_fields(model, data, path[:-1]))
        present = _at(data, path[:-1])
        candidates = [name for name in known if name not in present] if isinstance(present, Mapping) else known
        fix = did_you_mean(str(path[-1]), candidates) or "remove it, or put its content where the record type has a field for it"
        return "KB101", f"unknown key {quoted(str(path[-1]))}{_inside(path[:-1])}", f"one of {either(known, 24)}" if known else "", fix
    if kind == "missing":
        return "KB102", f"{quoted(str(path[-1]))} is missing{_inside(path[:-1])}", f"the field {quoted(str(path[-1]))}", f"add `{path[-1]}:`"
    value = path[-1] if is_key else _at(data, path)
    subject = f"the key {quoted(str(value))} in {shown_path(path[:-1]) or 'the record'}" if is_key else f"{where} is {found(value)}"
    if kind == "predicate":
        return _no_condition(where, value, first["msg"])
    words = sorted(set(_words(model, data, path)) if any(problem["type"] == "literal_error" for problem in problems) else ())
    if words and (value is None or isinstance(value, (str, int, float))) and all(problem["type"] in ("literal_error", "figure") for problem in problems):
        options = either(words, 24)
        others = [problem["msg"].removeprefix("expected ") for problem in problems if problem["type"] != "literal_error"]
        expected = " or ".join([f"one of {options}" if len(words) > 1 else options, *others])
        return "KB103", subject, expected, _word(value, words) or f"use one of {options}"
    if isinstance(value, (Mapping, list)) and not is_key and kind not in _SHAPE_ERRORS:
        return "KB105", f"{where or 'the record'}: {first['msg']}", "values that go together", "correct one of them"
    expected, fix = expectation(first, value)
    return "KB104", subject, expected, fix


def _words(model: type[BaseModel], data: Any, path: Path) -> Iterator[str]:
    """The words that a value may be, whatever branch of a union it stands in."""
    for annotation in _annotations(model, data, path):
        yield from _literals(annotation)


def _no_condition(where: str, value: Any, message: str) -> tuple[str, str, str, str]:
    """A predicate that has none of the keys of a predicate."""
    expected = message.removeprefix("expected ")
    known = expected.rpartition("keys ")[2].split(", ")
    if isinstance(value, Mapping) and value:
        keys = [key for key in value if isinstance(key, str)]
        fix = next((offer for key in keys if (offer := did_you_mean(key, known))), f"begin it with one of {either(known, 24)}")
        return "KB101", f"{where} has {either(keys, 6).replace(' or ', ' and ')}, no key of a predicate", expected, fix
    return "KB104", f"{where} is {found(value)}", expected, "write it as a mapping; `kb schema` lists the forms"


def _word(value: str | float | None, words: list[str]) -> str:
    """The fix for a value that is none of the words; `null` and `true` are words of some vocabularies and something else to YAML."""
    if isinstance(value, str) and value in words:
        return "write it without quotation marks"
    written = "null" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
    return f'quote it: "{written}"' if written in words else did_you_mean(written, words)


_SHAPE_ERRORS = frozenset(
    {"string_type", "int_type", "float_type", "bool_type", "date_type", "list_type", "dict_type", "tuple_type", "model_type", "model_attributes_type"}
    | {"too_short", "too_long", "literal_error", "figure", "partial_date", "real_date", "none_required", "is_instance_of"}
)


def shown_path(path: Path) -> str:
    """A path as people say it: `claims[0].measures[2].unit`; entries of lists are counted from 0, as in most tools."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else str(step)
    return text if len(text) <= 120 and text.isprintable() else quoted(text)


def _inside(path: Path) -> str:
    return f" in {shown_path(path)}" if path else ""


def _at(data: Any, path: Path) -> Any:
    for step in path:
        data = data[step]
    return data


def _literals(annotation: Any) -> Iterator[str]:
    """The words that an annotation allows, branches of unions together."""
    origin = get_origin(annotation)
    if origin is Literal:
        yield from (str(word).lower() if isinstance(word, bool) else str(word) for word in get_args(annotation))
    elif origin is Annotated:
        yield from _literals(get_args(annotation)[0])
    elif origin in (Union, types.UnionType):
        for branch in get_args(annotation):
            yield from _literals(branch)


def _annotations(model: type[BaseModel], data: Any, path: Path) -> list[Any]:
    """The types that a model allows the value at a path of YAML keys: several where a union leaves it open, none where it has none."""
    found: list[Any] = [model]
    for step in path:
        found = [inner for annotation in found for branch in _branches(annotation, data) for inner in _step(branch, step)]
        data = _at(data, (step,)) if (isinstance(data, Mapping) and step in data) or isinstance(data, list) else None
    return found


def _branches(annotation: Any, data: Any) -> list[Any]:
    """What an annotation comes to for a value: of a union, the models that the value's own words choose, or else every branch."""
    origin = get_origin(annotation)
    if origin is Annotated:
        union, *metadata = get_args(annotation)
        meant = _by_tag(union, metadata, data)
        return _branches(union, data) if meant is None else [meant]
    if origin not in (Union, types.UnionType):
        return [annotation]
    branches = [inner for branch in get_args(annotation) for inner in _branches(branch, data)]
    return [branch for branch in branches if _chosen(branch, data)] or branches


def _by_tag(union: Any, metadata: list[Any], data: Any) -> Any:
    """The branch that a value chooses by the function that tells a union's branches apart; None where there is no such function or branch."""
    for mark in metadata:
        if isinstance(mark, Discriminator) and callable(mark.discriminator):
            tag = mark.discriminator(data)
            for branch in get_args(union):
                if any(isinstance(other, Tag) and other.tag == tag for other in get_args(branch)[1:]):
                    return get_args(branch)[0]
    return None


def _chosen(branch: Any, data: Any) -> bool:
    """Whether a mapping says by a field with only one word that it is meant for this model."""
    if not (isinstance(branch, type) and issubclass(branch, BaseModel) and isinstance(data, Mapping)):
        return False
    words = {info.alias or name: get_args(info.annotation) for name, info in branch.model_fields.items() if get_origin(info.annotation) is Literal}
    return any(len(word) == 1 and data.get(key) == word[0] for key, word in words.items())


def _step(annotation: Any, step: str | int) -> list[Any]:
    origin = get_origin(annotation)
    arguments = get_args(annotation)
    if origin in (list, tuple) and isinstance(step, int):
        return [arguments[0]] if arguments else []
    if origin is dict:
        return [arguments[1]]
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [info.rebuild_annotation() for name, info in annotation.model_fields.items() if (info.alias or name) == step]
    return []


def _fields(model: type[BaseModel], data: Any, path: Path) -> list[str]:
    """The keys that a model knows at a path."""
    value = data
    for step in path:
        value = _at(value, (step,))
    models = [branch for annotation in _annotations(model, data, path) for branch in _branches(annotation, value)]
    known = [m for m in models if isinstance(m, type) and issubclass(m, BaseModel)]
    return [info.alias or name for name, info in known[0].model_fields.items()] if known else []
