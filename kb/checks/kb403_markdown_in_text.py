"""KB403: Markdown in text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kb.checks.context import Context
from kb.checks.registry import Hit, check

_HASHES = re.compile(r"\n +#{1,6} ")
_MARKDOWN = re.compile(
    r"!?\[[^\[\]\n]*\]\([^\s)]"  # a link or an image
    r"|!\[\["
    r"|^[ ]{0,3}\[[^\[\]\n]+\]:[ ]*\S"  # the target of a reference link
    r"|^[ ]{0,3}(?:```|~~~)"  # a code block
    r"|^[ ]{0,3}#{1,6}[ ]+\S"  # a heading
    r"|\*\*[^\s*][^*\n]*\*\*",  # bold
    re.MULTILINE,
)


def _worth(whole: str) -> object:
    # A single rare character is found far sooner than a pair that begins with a frequent one.
    return (
        ("*" in whole and "**" in whole)
        or ("!" in whole and "![" in whole)
        or ("`" in whole and "```" in whole)
        or ("~" in whole and "~~~" in whole)
        or (whole.find("#", 1) > 0 and _HASHES.search(whole))
        or "](" in whole
        or "]:" in whole
    )


@check(
    "KB403",
    "markdown-in-text",
    severity="error",
    summary="A text holds Markdown: a link, an image, a heading, a code block or bold.",
    what="""
Searches every text for Markdown's links and images, link targets, headings, fenced code and bold. The only markup in records is `[[record-id]]` and
`[[record-id|words]]`.
""",
    why="""
Texts are shown as written, so Markdown stays visible as signs. A link in prose is also lost to the bibliography: it has no date, no author, no check.
""",
    bad="""
# findings/steering-works.yaml
summary: Compare [the earlier work](https://example.org/earlier).
""",
    good="""
# findings/steering-works.yaml
summary: Compare [[prompts-move-styles|the earlier work]].
""",
    fix="Link to a record with `[[record-id|words]]`, file the work as a source, or write plain text.",
)
def markdown_in_text(ctx: Context) -> Iterator[Hit]:
    for text, found in ctx.grep(_MARKDOWN, _worth):
        yield Hit(
            text.record,
            text.path,
            f"Markdown in text: {found[0].strip()[:60]!r}",
            "plain text, and [[record-id|words]] for links",
            "link to a record, or write plain text",
            text.key,
        )
