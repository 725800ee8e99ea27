"""KB330: a marker that a scaffold left for its author."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kb.checks.context import Context
from kb.checks.registry import Hit, check

MARKER = re.compile(r"\A(?:TODO\b|todo\Z)")
"""What a scaffold writes where it cannot know: a text that begins with TODO, or the id `todo`."""


@check(
    "KB330",
    "unfilled-scaffold",
    severity="error",
    summary="A text is still the marker of a scaffold.",
    what="""
Reports every text that begins with `TODO` and every id, tag or value that is just `todo`: what `kb new` and the templates leave where only the
contributor knows what belongs there. A number or a date that is still `TODO` is reported by the check of its form.
""",
    why="An unfinished record that is merged is read as a finished one, and nobody looks for what was never written.",
    bad="""
# findings/steering-works.yaml
summary: "TODO: what was done and what came out, in your own words"
""",
    good="""
# findings/steering-works.yaml
summary: A direction was added at one layer, and answers became theatrical.
""",
    fix="Write what the marker asks for, or remove the field or entry where it is optional.",
)
def unfilled_scaffold(ctx: Context) -> Iterator[Hit]:
    for text, _ in ctx.grep(MARKER, lambda whole: "TODO" in whole or "todo" in whole):
        asked = text.text.partition(":")[2].strip().partition("\n")[0]
        yield Hit(
            text.record,
            text.path,
            "this is still to be filled in" + (f": {asked[:100]}" if asked else ""),
            "a value in place of the scaffold's marker",
            "write it, or remove it where it is optional",
            text.key,
        )
