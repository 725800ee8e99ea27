"""KB202: a link to a record of a type that its field does not take."""

from __future__ import annotations

from collections.abc import Iterator

from kb.checks.context import Context, did_you_mean
from kb.checks.registry import Hit, check


@check(
    "KB202",
    "wrong-reference-type",
    severity="error",
    summary="A link names a record of the wrong type.",
    what="""
Compares the type of every linked record with what the field takes: `sources` take sources, `relations` findings,
`instantiates` concepts, the claims of a result claims (`finding-id/claim-id`), and so on.
""",
    why="Each field means one thing: a source listed as evidence by way of `relations` would be drawn, counted and exported as a finding.",
    bad="""
# findings/steering-works.yaml
relations:
  - {type: extends, to: doe-2024-prompts}
""",
    good="""
# findings/steering-works.yaml
relations:
  - {type: extends, to: prompts-move-styles}
""",
    fix="Name a record of the type that the field takes, or move the link to the field that takes this one.",
)
def wrong_reference_type(ctx: Context) -> Iterator[Hit]:
    entries, aliases = ctx.corpus.entries, ctx.corpus.aliases
    for ref in ctx.refs:
        head, _, claim = ref.target.partition("/")
        entry = entries.get(head) or entries.get(aliases.get(head, head))
        if entry is None:
            continue
        wanted = " or ".join(sorted(ref.kinds))
        if entry.kind not in ref.kinds:
            near = [name for name in ctx.nearest_records(head, ref.kinds) if name != ref.owner]
            yield Hit(
                ref.owner, ref.path, f"`{ref.field}` names '{head}', which is a {entry.kind}", f"the id of a {wanted}", did_you_mean(near, f"name a {wanted}")
            )
        elif claim and entry.kind != "finding":
            yield Hit(
                ref.owner,
                ref.path,
                f"`{ref.field}` names '{ref.target}', yet '{head}' is a {entry.kind} and has no claims",
                "only findings have claims",
                f"write '{head}'",
            )
        elif ref.claim is True and not claim:
            names = [f"{entry.record.id}/{c.id}" for c in ctx.corpus.findings[entry.record.id].claims]
            yield Hit(
                ref.owner,
                ref.path,
                f"`{ref.field}` names finding '{head}' as a whole",
                "one of its claims, as finding-id/claim-id",
                did_you_mean(names[:3], ""),
            )
