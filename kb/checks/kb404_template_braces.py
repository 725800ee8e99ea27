"""KB404: template syntax in text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kb.checks.context import Context
from kb.checks.registry import Hit, check

_BRACES = re.compile(r"\{[{%#]")


@check(
    "KB404",
    "template-braces",
    severity="error",
    summary="A text holds the braces of a template language.",
    what="Searches every text for `{{`, `{%` and `{#`, with which expressions, statements and comments of templates begin.",
    why="The site expands nothing, but a record may be read by a tool that does (macros, Jinja, Liquid), and then a stranger's text would run there.",
    bad="""
# findings/steering-works.yaml
summary: "The prompt starts with {{style}}."
""",
    good="""
# findings/steering-works.yaml
summary: "The prompt starts with a slot for the style, {style}."
""",
    fix="Use single braces or words.",
)
def template_braces(ctx: Context) -> Iterator[Hit]:
    for text, found in ctx.grep(_BRACES, _BRACES.search):
        yield Hit(text.record, text.path, f"template syntax in text: {found[0]!r}", "plain text", "use single braces or words", text.key)
