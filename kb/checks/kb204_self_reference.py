"""KB204: a record that links to itself."""

from __future__ import annotations

from collections.abc import Iterator

from kb.checks.context import Context
from kb.checks.registry import Hit, check


@check(
    "KB204",
    "self-reference",
    severity="error",
    summary="A record links to itself.",
    what="Reports any link, in a field or in text, whose target is the record in which it stands, under its present or a former id.",
    why="A finding cannot extend itself, a belief cannot be its own evidence; a backlink of a record to itself tells a reader nothing and adds to its count.",
    bad="""
# findings/steering-works.yaml
relations:
  - {type: extends, to: steering-works}
""",
    good="""
# findings/steering-works.yaml
relations:
  - {type: extends, to: prompts-move-styles}
""",
    fix="Name the record that was meant, or remove the link.",
)
def self_reference(ctx: Context) -> Iterator[Hit]:
    for ref in ctx.refs:
        head = ref.target.partition("/")[0]
        # A finding's own claim may be named in its text ("see [[this/claim]]"): that is a link within a page.
        if (head == ref.owner or ctx.corpus.aliases.get(head) == ref.owner) and not (ref.field == "text" and "/" in ref.target):
            yield Hit(ref.owner, ref.path, f"`{ref.field}` names the record itself", "another record", "name the record that was meant, or remove the link")
