"""KB407: double brackets that are no link to a record."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kb.checks.context import Context, did_you_mean
from kb.checks.registry import Hit, check
from schemas.scalars import LINK

# No id or title is longer.
_LONGEST = 300
_BRACKETS = re.compile(r"\[\[|\]\]")
_PAIR = re.compile(r"\[[^\[\]]*\]")
# Nothing here may match the same blanks twice over: strangers choose how many there are.
_WHOLE = re.compile(r"\[\[([^\[\]|]*)(?:\|[^\[\]]*)?\]\]")


def _worth(whole: str) -> bool:
    if "[[" in whole:
        whole = LINK.sub("", whole)
    return "[[" in whole or "]]" in whole


@check(
    "KB407",
    "malformed-link",
    severity="error",
    summary="Double brackets hold something else than the id of a record.",
    what="""
Searches every text for `[[` and `]]` outside of well-formed links: `[[record-id]]`, `[[finding-id/claim-id]]`, each with `|words` if wanted, on one
line.
""",
    why="The site shows what it cannot read as a link as brackets, and the backlink that the author meant is missing.",
    bad="""
# findings/steering-works.yaml
summary: See [[Prompts move styles]].
""",
    good="""
# findings/steering-works.yaml
summary: See [[prompts-move-styles]].
""",
    fix="Write the id as in the file name, without blanks or capitals; put other words behind a bar.",
)
def malformed_link(ctx: Context) -> Iterator[Hit]:
    for text, _ in ctx.grep(_BRACKETS, _worth):
        rest = LINK.sub("", text.text)
        if "[[" not in rest:
            rest = _balanced(rest)
        if bare := _BRACKETS.search(rest):
            meant = _WHOLE.search(rest)
            near = [f"[[{name}]]" for name in ctx.nearest_records(meant[1][:_LONGEST].strip())[:2]] if meant else []
            shown = meant[0] if meant else rest[max(0, bare.start() - 20) : bare.end() + 20]
            yield Hit(
                text.record,
                text.path,
                f"no link to a record: {shown[:60]!r}",
                "[[record-id]] or [[record-id|words]]",
                did_you_mean(near, "write the id of a record, or remove the brackets"),
                text.key,
            )


def _balanced(text: str) -> str:
    """A text without its pairs of single brackets, nested ones too: `x[i[0]]` is no half of a link."""
    without = _PAIR.sub("", text)
    while without != text:
        text, without = without, _PAIR.sub("", without)
    return text
