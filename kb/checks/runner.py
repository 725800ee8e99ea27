"""Run the checks over a corpus."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from kb.checks.context import Context
from kb.checks.formats import printable
from kb.checks.registry import all_rules
from kb.checks.selection import matching
from kb.records.corpus import Corpus
from kb.records.diagnostic import Diagnostic, Place
from kb.records.loader import without_collector


def run(corpus: Corpus, *, today: dt.date, select: Sequence[str] = (), ignore: Sequence[str] = ()) -> list[Diagnostic]:
    """Everything that reading and the checks find, sorted by place.

    `select` and `ignore` are codes or their beginnings (`KB2`); ignoring wins. `today` is the day that
    future dates and stale records are counted from: the checks know no clock.
    """
    context = Context(corpus, today)
    found = {problem for problem in corpus.problems if matching(problem.code, select, ignore)}
    with without_collector():
        rules = [rule for rule in all_rules() if rule.function is not None and matching(rule.code, select, ignore)]
        hits = [(hit, rule) for rule in rules if rule.function is not None for hit in rule.function(context)]
        # By record, so that each file is composed once for the places of everything in it.
        for hit, rule in sorted(hits, key=lambda pair: pair[0].record):
            document = corpus.entries[hit.record].document
            place = document.place(hit.path, key=hit.key) if hit.offset is None else Place.at(document.file, document.text, hit.offset)
            # A message may quote what a stranger wrote, and every format prints it.
            message, expected, fix = map(printable, (hit.message, hit.expected, hit.fix))
            found.add(Diagnostic(place, rule.code, message, expected, fix, hit.record, rule.severity))
    return sorted(found)
