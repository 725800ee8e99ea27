"""The comments of the templates: they explain a field to whoever fills it in, and are no part of a finished record."""

from __future__ import annotations

from functools import cache

from kb.contribute.layout.spans import comments
from kb.contribute.scaffold import KINDS, template
from kb.records.construct import compose


@cache
def hints(kind: str) -> frozenset[str]:
    """Every comment of a kind's template, word for word; none for a kind that has no template."""
    text = template(kind) if kind in KINDS else ""
    root = compose(text) if text else None
    return frozenset(comment for _, comment in comments(root, text)) if root is not None else frozenset()
