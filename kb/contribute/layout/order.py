"""The order of keys: that of the fields in the models, with what a reader calls the record right after its id."""

from __future__ import annotations

import types
from functools import cache
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel

from kb.contribute.layout.tree import Branch
from schemas import RECORD_TYPES, Record

_LABELS = ("title", "name")


def ordered(tree: Branch, kind: str) -> None:
    """Put the keys of a record's tree in order, in place, with their comments. Mappings with keys of their own keep theirs.

    A key that the model does not know stays behind the key that it followed.
    """
    _order(tree, (RECORD_TYPES[kind],))


def _order(branch: Branch, types_: tuple[Any, ...]) -> None:
    model = next((t for t in types_ if isinstance(t, type) and issubclass(t, BaseModel)), None)
    if not branch.is_mapping:
        items = tuple(inner for t in types_ if get_origin(t) in (list, tuple) for inner in _branches(get_args(t)[0]))
        for entry in branch.entries:
            if isinstance(entry.value, Branch):
                _order(entry.value, items)
        return
    if model is None:
        return
    fields = _fields(model)
    rank, ranks = -1, []
    for entry in branch.entries:
        assert entry.key is not None
        key = entry.key.value
        if isinstance(key, str) and key in fields:
            rank = fields[key][0]
            if isinstance(entry.value, Branch):
                _order(entry.value, fields[key][1])
        ranks.append(rank)
    branch.entries[:] = [entry for _, entry in sorted(zip(ranks, branch.entries, strict=True), key=lambda pair: pair[0])]


@cache
def _fields(model: type[BaseModel]) -> dict[str, tuple[int, tuple[Any, ...]]]:
    """Key to its place and to what its value may be."""
    found = {info.alias or name: _branches(info.rebuild_annotation()) for name, info in model.model_fields.items()}
    names = list(found)
    if issubclass(model, Record):
        own = [name for name in names if name not in Record.model_fields and name not in {info.alias for info in Record.model_fields.values()}]
        if own and own[0] in _LABELS:
            names.remove(own[0])
            names.insert(names.index("id") + 1, own[0])
    return {name: (n, found[name]) for n, name in enumerate(names)}


def _branches(annotation: Any) -> tuple[Any, ...]:
    """The types that an annotation allows, branches of unions each."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return _branches(get_args(annotation)[0])
    if origin in (Union, types.UnionType):
        return tuple(inner for branch in get_args(annotation) for inner in _branches(branch))
    return (annotation,)
