"""KB201: a link to a record or claim that does not exist."""

from __future__ import annotations

from collections.abc import Iterator

from kb.checks.context import Context, did_you_mean, nearest
from kb.checks.registry import Hit, check


@check(
    "KB201",
    "dangling-reference",
    severity="error",
    summary="A link names a record, or a claim of a finding, that does not exist.",
    what="""
Looks up every link of every record: `sources`, `relations`, `instantiates`, places, disputes, `adjacent`, `evidence`,
histories, predicates, `fired-by`, `readings`, `bears-on`, `raised-by`, `answers`, `settled-by`, the claims of results, and `[[links]]` in text.
A link names a record by its id, or a claim as `finding-id/claim-id`. The nearest ids, former ids and titles are offered.
""",
    why="A link that leads nowhere hides evidence: the finding is not counted, the source is not shown, the reader meets a dead end.",
    bad="""
# findings/steering-works.yaml
relations:
  - {type: extends, to: prompts-move-style}
""",
    good="""
# findings/steering-works.yaml
relations:
  - {type: extends, to: prompts-move-styles}
""",
    fix="Correct the id, or add the record that is missing (`kb new`).",
)
def dangling_reference(ctx: Context) -> Iterator[Hit]:
    entries, aliases, unreadable = ctx.corpus.entries, ctx.corpus.aliases, ctx.unreadable
    for ref in ctx.refs:
        head, _, claim = ref.target.partition("/")
        entry = entries.get(head) or entries.get(aliases.get(head, head))
        if entry is None:
            if head not in unreadable:
                near = [name for name in ctx.nearest_records(head, ref.kinds) or ctx.nearest_records(head) if name != ref.owner]
                kinds = " or ".join(sorted(ref.kinds)) if len(ref.kinds) < 3 else "record"
                fix = did_you_mean(near, f"add the {kinds} '{head}', or remove the link")
                yield Hit(ref.owner, ref.path, f"`{ref.field}` names '{head}', which does not exist", f"the id of a {kinds}", fix)
        elif claim and entry.kind == "finding":
            names = [c.id for c in ctx.corpus.findings[entry.record.id].claims]
            if claim not in names:
                fix = did_you_mean([f"{entry.record.id}/{name}" for name in nearest(claim, names)], f"link to '{entry.record.id}' as a whole")
                yield Hit(
                    ref.owner,
                    ref.path,
                    f"`{ref.field}` names claim '{claim}', which finding '{entry.record.id}' does not have",
                    f"one of {', '.join(names)}",
                    fix,
                )
