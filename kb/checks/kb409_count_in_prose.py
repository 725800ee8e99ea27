"""KB409: a count or ordinal of records, written by hand."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kb.checks.context import Context
from kb.checks.counts import Speaks, hand_counts, worth_a_look
from kb.checks.registry import Hit, check
from kb.checks.texts import Text, texts_of

# Dated or conditional texts may name numbers: what a threshold asks for, why somebody decided then, what others say.
_EXEMPT = frozenset(
    {"codify-at-why", "codified", "retired", "because", "updates", "uncertainties", "would-settle", "disputes", "checked", "departures", "hypothesis"}
)
_OF_RECORDS = frozenset({"concept", "belief", "question"})


@check(
    "KB409",
    "count-in-prose",
    severity="error",
    summary="A text counts or numbers findings, examples or shapes by hand.",
    what="""
Searches texts for a number or ordinal before finding(s), example(s), shape(s), instance(s) or instantiation(s). In concepts, beliefs, questions and
the notes of `instantiates` and `relations` any such count is reported; in the other texts of findings and sources only one that speaks of the knowledge base
(`the third instantiating finding`), since `three examples` there are a work's data. Conditions (`at least three examples`, `until a second example`)
pass, and so do
dated reasons (`because`, `codified.why`), `would-settle`, `updates` and disputes.
""",
    why="Counts and ordinals are derived from the records. One written by hand is wrong from the next merged finding on, and contradicts the number beside it.",
    bad="""
# concepts/style.yaml
definition: |
  A style is a bundle of habits. Three findings instantiate it, and the third steering example is the strongest.
""",
    good="""
# concepts/style.yaml
definition: |
  A style is a bundle of habits. Findings on two models and three data sets instantiate it; at least three examples are needed.
""",
    fix="Name the records with `[[record-id]]`, or leave the number out: the page shows it.",
)
def count_in_prose(ctx: Context) -> Iterator[Hit]:
    own = frozenset(
        part for concept in ctx.corpus.concepts.values() for shape in concept.shapes for part in re.split(r"[-\s]", shape.name.casefold()) if len(part) > 3
    )
    for entry in ctx.entries:
        whole = entry.document.text
        if entry.kind == "result" or not ("\\" in whole or worth_a_look(whole)):
            continue
        for text in texts_of(entry.record.id, entry.document.data, worth_a_look):
            speaks = _speaks(entry.kind, text)
            if speaks is None:
                continue
            for phrase in hand_counts(text.text, speaks, own):
                yield Hit(
                    text.record,
                    text.path,
                    f"a count or ordinal of records in prose: {phrase!r}",
                    "a text that stays true when a record is added",
                    "name the records, or leave the number out",
                )


def _speaks(kind: str, text: Text) -> Speaks | None:
    """What a text speaks of; None where it may name numbers, or is no prose."""
    fields = {step for step in text.path if isinstance(step, str)}
    if text.key or _EXEMPT & fields:
        return None
    about_links = text.path[0] in ("instantiates", "relations", "no-concept")
    return "of records" if kind in _OF_RECORDS or about_links else "of a work"
