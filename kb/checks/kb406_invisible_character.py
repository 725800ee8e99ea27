"""KB406: a character that nobody can see."""

from __future__ import annotations

from collections.abc import Iterator

from kb.checks.context import Context
from kb.checks.registry import Hit, check
from kb.records.invisible import hidden, may_hide

# Reported per file; who hides more than that in one is known for it.
_MOST = 20


@check(
    "KB406",
    "invisible-character",
    severity="error",
    summary="A file holds an invisible character, one that turns the direction of the text, or blanks that push text out of sight.",
    what="""
Searches the whole file, comments and keys too, for characters without a shape (zero-width and fillers, soft hyphens, byte order marks, tag characters,
variation selectors), for bidirectional controls, and for more than a hundred blanks before further text on a line; in values also when they are written as
escapes. A single joiner between letters of Arabic, Indic, Burmese, Khmer or Mongolian writing or between emoji, and a variation selector after an emoji, a Han
character or a Mongolian letter, are left alone. `kb.yaml` is read under the same rule.
""",
    why="""
Text with them reads differently from what a program compares: two equal titles differ, a search finds nothing, an override shows a number backwards,
and instructions can hide in what looks empty. Whoever reviews a change has to see all of it.
""",
    bad="""
# findings/steering-works.yaml
summary: "The rate is \\u202e52%\\u202c of answers."
""",
    good="""
# findings/steering-works.yaml
summary: "The rate is 25% of answers."
""",
    fix="Delete the character; typing the word again is the surest way.",
)
def invisible_character(ctx: Context) -> Iterator[Hit]:
    for entry in ctx.entries:
        if may_hide(entry.document.text):
            for count, found in enumerate(hidden(entry.document.text, entry.document.data)):
                if count == _MOST:
                    break
                yield Hit(entry.record.id, found.path, found.what, "text that looks like what it is", "delete it", found.key, found.offset)
