"""`kb queue`: the decisions that wait for a person, by consequence.

Exit code 0, whatever waits. `--format json` prints one object, whose keys stay as they are for `version` 1: `version`; `today`; `waiting`, each item with
`id`, `kind`, `heading`, `title`, `what` (has happened), `records` (the one to edit first), `options` (`id`, `words`, `writes`: whether `kb decide` can write
it, `value`: what `--value` must say, `command`; the last two are empty where there is none), `clears`, `since`, `age-days`, and `reach` (`beliefs` and `shapes`
that rest on the records, number of other `links`). `--format markdown` is a summary for a forge's page.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kb.evidence.queue import Waiting

WIDTH = 120


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("item", nargs="?", metavar="ITEM", help="one decision by its id, with its options (default: a line for each)")
    parser.add_argument("--kind", action="append", metavar="KIND", help="only decisions of this kind; may be repeated")
    parser.add_argument("--format", choices=("text", "json", "markdown"), default="text", help="text (default), json, markdown (a summary for a forge's page)")
    parser.add_argument("--json", action="store_const", const="json", dest="format", help="the same as --format json")
    parser.add_argument("--most", type=int, metavar="N", help="at most N decisions, those of most consequence")
    parser.add_argument("--today", metavar="DATE", help="the day to count ages from, as YYYY-MM-DD (default: KB_TODAY, or today)")


def run(args: argparse.Namespace) -> int:
    from kb.commands.check import day
    from kb.commands.codify import warn_of_broken
    from kb.errors import UsageError
    from kb.evidence.state import derive
    from kb.records import find_root, load

    if args.most is not None and args.most < 1:
        raise UsageError(f"--most is {args.most}; expected a whole number from 1")
    today = day(args.today)
    corpus = load(find_root(Path(args.root or ".")))
    waiting = derive(corpus, today=today).queue
    chosen = [one(waiting, args.item)] if args.item else _of_kinds(waiting, args.kind or ())
    found = len(chosen)
    chosen = chosen if args.most is None else chosen[: args.most]
    warn_of_broken(len(corpus.broken))
    if args.format == "json":
        import json

        print(json.dumps({"version": 1, "today": today.isoformat(), "waiting": [item.to_json() for item in chosen]}, ensure_ascii=False, indent=2))
    elif args.format == "markdown":
        print("\n".join(_markdown(chosen, found)))
    elif args.item:
        print("\n".join(_whole(chosen[0])))
    else:
        print("\n".join(_lines(chosen, found, args.kind or ())))
    return 0


def one(waiting: Sequence[Waiting], wanted: str) -> Waiting:
    """The item with an id. Raises UsageError, with the nearest ids, where none has it."""
    from kb.errors import UsageError
    from kb.records.similarity import did_you_mean

    for item in waiting:
        if item.id == wanted:
            return item
    hint = did_you_mean(wanted, [item.id for item in waiting])
    raise UsageError(f"nothing waits under '{wanted}'; {hint or '`kb queue` lists what waits'}")


def _of_kinds(waiting: Sequence[Waiting], kinds: Sequence[str]) -> list[Waiting]:
    from kb.errors import UsageError
    from kb.evidence.queue import KINDS
    from kb.records.similarity import did_you_mean

    for kind in kinds:
        if kind not in KINDS:
            raise UsageError(f"no kind of decision is called '{kind}'; {did_you_mean(kind, KINDS) or 'expected one of ' + ', '.join(KINDS)}")
    return [item for item in waiting if not kinds or item.kind in kinds]


def _lines(items: Sequence[Waiting], found: int, kinds: Sequence[str]) -> Iterator[str]:
    from kb.checks.formats import printable

    if not items:
        yield f"nothing of kind {' or '.join(kinds)} waits" if kinds else "nothing waits for a decision"
        return
    for item in items:
        yield printable(item.id)
        yield from wrap(printable(item.title), WIDTH, initial_indent="    ", subsequent_indent="    ")
        yield f"    {_age(item)}; rests on it: {item.reach.words}"
    yield ""
    waiting = f"{found} waiting" + (f", {len(items)} of them shown" if len(items) < found else "")
    yield f"{waiting}; `kb queue ITEM` shows one with its options, `kb decide ITEM OPTION` writes a decision"


def _age(item: Waiting) -> str:
    if item.since is None:
        return "no date"
    days = item.age_days or 0
    return f"since {item.since.isoformat()} ({days} {'day' if days == 1 else 'days'})"


def _whole(item: Waiting) -> Iterator[str]:
    from kb.checks.formats import printable
    from kb.evidence.queue import KINDS

    def entry(label: str, text: str) -> list[str]:
        return wrap(
            printable(" ".join(text.split())), WIDTH, initial_indent=f"{label:<13}", subsequent_indent=" " * 13, break_long_words=False, break_on_hyphens=False
        )

    yield printable(item.id)
    yield from entry("kind", KINDS[item.kind])
    yield from entry("title", item.title)
    yield from entry("what", item.what)
    yield from entry("since", _age(item))
    yield from entry("rests on it", item.reach.words)
    yield from entry("", ", ".join([*item.reach.beliefs, *item.reach.shapes]))
    yield from entry("records", ", ".join(item.records))
    yield from entry("clears when", item.clears)
    yield "options"
    for option in item.options:
        needs = f" (--value: {option.value})" if option.value else ""
        yield from entry(f"  {option.id}", "" if len(option.id) > 10 else option.words + needs) or [f"  {option.id}"]
        if len(option.id) > 10:
            yield from entry("", option.words + needs)
        if command := item.command(option):
            yield f"             {printable(command)}"


def _markdown(items: Sequence[Waiting], found: int) -> Iterator[str]:
    from kb.contribute.diff.github import escaped

    yield f"## Decisions waiting: {found}"
    yield ""
    if not items:
        yield "Nothing waits for a decision."
        return
    yield "| decision | what has happened | days | rests on it |"
    yield "| --- | --- | ---: | --- |"
    for item in items:
        title = f"{escaped(item.title)}<br>{escaped(item.id)}"
        yield f"| {title} | {escaped(item.what)} | {'' if item.age_days is None else item.age_days} | {escaped(item.reach.words)} |"
    if len(items) < found:
        yield ""
        yield f"The {len(items)} of most consequence are shown."
