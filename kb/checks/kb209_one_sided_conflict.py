"""KB209: a conflict that only one of the two findings declares, or on which they disagree."""

from __future__ import annotations

from collections.abc import Iterator

from kb.checks.context import Context
from kb.checks.registry import Hit, check


@check(
    "KB209",
    "one-sided-conflict",
    severity="error",
    summary="`conflicts-with` stands on one side only, or the two sides name different moderators.",
    what="""
`conflicts-with` is symmetric: each of two findings in conflict names the other, with the same `moderator`, the variable on which the results differ.
Reports a side that is missing, and moderators that differ in more than capitals and spacing.
""",
    why="""
A conflict is a statement about both findings, so whoever maintains either must have agreed to it. Two moderators are two explanations,
and only one text can head the tension on the site.
""",
    bad="""
# findings/steering-works.yaml
relations:
  - {type: conflicts-with, to: prompts-move-styles, moderator: size of the model}
""",
    good="""
# findings/prompts-move-styles.yaml
relations:
  - {type: conflicts-with, to: steering-works, moderator: size of the model}
# findings/steering-works.yaml
relations:
  - {type: conflicts-with, to: prompts-move-styles, moderator: size of the model}
""",
    fix="Write the same relation, with the same moderator, in the other finding.",
)
def one_sided_conflict(ctx: Context) -> Iterator[Hit]:
    declared: dict[tuple[str, str], tuple[int, str]] = {}
    for name, finding in ctx.corpus.findings.items():
        for i, relation in enumerate(finding.relations):
            if relation.type == "conflicts-with":
                declared.setdefault((name, ctx.canonical(relation.to)), (i, relation.moderator or ""))
    for (name, other), (i, moderator) in declared.items():
        if other not in ctx.corpus.findings or other == name:
            continue
        back = declared.get((other, name))
        if back is None:
            fix = f"add to '{other}': {{type: conflicts-with, to: {name}, moderator: …}} with the same moderator"
            yield Hit(name, ("relations", i), f"'{name}' conflicts with '{other}', which does not say so", "the relation on both sides", fix)
        elif _plain(back[1]) != _plain(moderator):
            message = f"moderator {moderator!r} differs from the one in '{other}', {back[1]!r}"
            yield Hit(name, ("relations", i, "moderator"), message, "one moderator for both sides", "agree on one text and write it in both findings")


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())
