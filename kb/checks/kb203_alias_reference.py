"""KB203: a link by a former id."""

from __future__ import annotations

from collections.abc import Iterator

from kb.checks.context import Context
from kb.checks.registry import Hit, check


@check(
    "KB203",
    "alias-reference",
    severity="warning",
    summary="A link uses a former id of the record.",
    what="Reports links that resolve only through the `aliases` of the record that they mean.",
    why="""
Aliases keep old links from outside alive. Inside the knowledge base one record should have one name, or a search for it misses half of what is
linked.
""",
    bad="""
# findings/prompts-move-styles.yaml
aliases: [prompting-works]
# findings/steering-works.yaml
relations:
  - {type: extends, to: prompting-works}
""",
    good="""
# findings/prompts-move-styles.yaml
aliases: [prompting-works]
# findings/steering-works.yaml
relations:
  - {type: extends, to: prompts-move-styles}
""",
    fix="Write the present id.",
)
def alias_reference(ctx: Context) -> Iterator[Hit]:
    aliases, entries = ctx.corpus.aliases, ctx.corpus.entries
    if not aliases:
        return
    for ref in ctx.refs:
        head, slash, claim = ref.target.partition("/")
        if head in aliases and head not in entries:
            yield Hit(ref.owner, ref.path, f"`{ref.field}` uses '{head}', a former id", "the present id", f"write '{aliases[head]}{slash}{claim}'")
