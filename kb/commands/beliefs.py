"""`kb beliefs`: what is believed, on what, and what would change it.

`--json` prints a list of beliefs, with `explain` one belief: `holders` with their histories, `evidence` by direction, `conditions` with
the reading of each predicate, `triggers`, `doubts`, `implied` credences, `resolution` and `scores`. A reading has `value` (true, false or
unknown, as text), `says`, `now`, `lacking`, `grounds`, `first`, `since`, and `parts` where it joins others.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING

from kb.checks.formats import printable
from kb.errors import UsageError

if TYPE_CHECKING:
    from kb.evidence.predicates import Reading
    from kb.evidence.triggers import Trigger
    from kb.evidence.weighing import Weighed
    from kb.records import Corpus

WIDTH = 120
MARKS = {"true": "[x]", "false": "[ ]", "unknown": "[?]"}


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", nargs="?", choices=["explain"], metavar="explain", help="explain one belief (default: list all)")
    parser.add_argument("id", nargs="?", metavar="ID", help="the belief to explain")
    parser.add_argument("--json", action="store_true", help="print as JSON")


def run(args: argparse.Namespace) -> int:
    if (args.action is None) != (args.id is None):
        raise UsageError("which belief? write `kb beliefs explain ID`")
    from kb.commands.codify import warn_of_broken
    from kb.evidence.state import derive
    from kb.records import find_root, load

    corpus = load(find_root(Path(args.root or ".")))
    state = derive(corpus)
    warn_of_broken(len(corpus.broken))
    if args.id is not None:
        weighed = state.beliefs[_known(corpus, args.id)]
        print(json.dumps(weighed.to_json(), ensure_ascii=False, indent=2) if args.json else "\n".join(explained(weighed)))
    elif args.json:
        print(json.dumps([weighed.to_json() for weighed in state.beliefs.values()], ensure_ascii=False, indent=2))
    else:
        print("\n".join(listed(list(state.beliefs.values()))))
    return 0


def _known(corpus: Corpus, wanted: str) -> str:
    present = corpus.canonical(wanted)
    if present in corpus.beliefs:
        return str(present)
    if present is not None:
        raise UsageError(f"'{wanted}' is a {corpus.entries[present.partition('/')[0]].kind} and no belief")
    from kb.records.similarity import suggest

    near = suggest(wanted, list(corpus.beliefs), 2)
    raise UsageError(f"no belief '{wanted}'" + (f"; did you mean {' or '.join(near)}?" if near else ""))


def listed(beliefs: list[Weighed]) -> Iterator[str]:
    """A line per belief and holder."""
    if not beliefs:
        yield "no belief is filed"
        return
    ids = max(len("belief"), *(len(w.belief.id) for w in beliefs))
    holders = max(len("holder"), *(len(holding.holder) for w in beliefs for holding in w.belief.holders))
    yield f"{'belief':<{ids}}  {'holder':<{holders}}  credence  last change  for  against  mixed  review"
    for weighed in beliefs:
        tally = weighed.tally
        for holding in weighed.belief.holders:
            due = [trigger.update for trigger in weighed.due if holding.holder in trigger.due_for]
            review = _resolved(weighed) or (f"due: {', '.join(due)}" if due else "")
            counts = f"{tally.get('for', 0):>3}  {tally.get('against', 0):>7}  {tally.get('mixed', 0):>5}"
            current = holding.current
            line = f"{weighed.belief.id:<{ids}}  {holding.holder:<{holders}}  {current.credence:>8g}  {current.date.isoformat()}   {counts}  {review}"
            yield printable(line.rstrip())


def _resolved(weighed: Weighed) -> str:
    resolution = weighed.belief.resolution
    return "" if resolution is None else f"resolved {resolution.date.isoformat()}: {str(resolution.outcome).lower()}"


def explained(weighed: Weighed) -> Iterator[str]:
    """One belief in full."""
    belief = weighed.belief
    yield from _item("", belief.title, indent="")
    yield f"belief {belief.id}{f', {_resolved(weighed)}' if belief.resolution else ''}"
    yield ""
    for holding, found in zip(belief.holders, weighed.implied, strict=True):
        moves = ", ".join(f"{entry.credence:g} ({entry.date.isoformat()})" for entry in holding.history)
        yield from _item(holding.holder, moves, indent="")
        yield from _item("implied by the listed weights", found.words)
    for score in weighed.scores:
        yield from _item(f"score of {score.holder}", score.words, indent="")
    yield ""
    tally = ", ".join(f"{count} {direction}" for direction in ("for", "against", "mixed") if (count := weighed.tally.get(direction)))
    yield from _item("evidence", tally or "none listed", indent="")
    for doubt in weighed.doubts:
        yield from _item(doubt.heading, f"{doubt.words} ({', '.join(doubt.records)})")
    yield ""
    if not weighed.conditions:
        yield "no condition was registered beforehand"
    for condition in weighed.conditions:
        yield from _item(f"{condition.update} (would {condition.would})", condition.when, indent="")
        if condition.not_predicable:
            yield from _item("not in the predicate", condition.not_predicable)
        if condition.reading is None:
            yield "    no predicate: nobody will be told"
            continue
        yield from _reading(condition.reading, "    ")
        trigger = weighed.trigger(condition.update)
        if trigger is not None:
            yield from _fired(trigger)
        elif condition.reading.value != "true":
            yield from _item("to fire", condition.reading.lacking)


def _reading(reading: Reading, indent: str) -> Iterator[str]:
    from kb.evidence.predicates.bounds import named

    made = f" <- {named(reading.grounds)}" if reading.grounds and not reading.joins else ""
    now = "" if reading.joins else f"; now {reading.now}"
    text = printable(f"{MARKS[reading.value]} {reading.says}{now}{made}")
    yield from wrap(text, WIDTH, initial_indent=indent, subsequent_indent=indent + "      ", break_long_words=False, break_on_hyphens=False)
    for part in reading.parts:
        yield from _reading(part, indent + "    ")


def _fired(trigger: Trigger) -> Iterator[str]:
    yield from _item("fired", f"since {trigger.since.isoformat()}")
    for review in trigger.reviewed:
        seen = "" if review.seen else "; more has come since"
        yield from _item("reviewed", f"{review.date.isoformat()} by {review.holder}, {review.outcome}: {review.note}{seen}")
    for holder in trigger.due_for:
        writes = f"`kb decide review-due:{trigger.id}` with `leave` or `move`"
        yield from _item("review due", f"{holder}; look at it, then {writes} records it, or you add to `reviews`, with the day, the outcome and your reason:")
        entry = trigger.review(holder, trigger.since, "unchanged", "…")
        by = f"    - date: YYYY-MM-DD\n      by: {json.dumps(holder, ensure_ascii=False)}\n      of: [{trigger.update}]"
        fired = f"\n      fired-by: [{', '.join(entry['fired-by'])}]" if "fired-by" in entry else ""
        yield f"{by}{fired}\n      outcome: unchanged\n      note: …"


def _item(name: str, text: str, indent: str = "    ") -> Iterator[str]:
    words = printable(f"{name}: {text}" if name else text)
    yield from wrap(" ".join(words.split()), WIDTH, initial_indent=indent, subsequent_indent=indent + "  ", break_long_words=False, break_on_hyphens=False)
