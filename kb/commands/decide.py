"""`kb decide`: write a decision into the record that it is about, with its reason, its date and who decided; comments are kept.

The queue is made anew afterwards, and the command says whether the item has gone. Exit code 0: written (or, with --dry-run, shown);
2: the item or option does not exist, is work that a command can't write, or would leave an invalid record. Nothing is written then.
"""

from __future__ import annotations

import argparse
import difflib
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kb.contribute.ruling import Change
    from kb.evidence.queue import Option, Waiting


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("item", metavar="ITEM", help="the decision's id, as `kb queue` prints it")
    parser.add_argument("option", metavar="OPTION", help="one of its options; `kb queue ITEM` lists them")
    parser.add_argument("--why", metavar="TEXT", required=True, help="the reason, in a sentence or a few; it is written into the record")
    parser.add_argument("--by", metavar="NAME", help="who decides (default: git's user.name)")
    parser.add_argument("--value", metavar="VALUE", default="", help="what the option asks for besides a reason")
    parser.add_argument("--date", metavar="DATE", help="the day of the decision, as YYYY-MM-DD (default: KB_TODAY, or today)")
    parser.add_argument("--dry-run", action="store_true", help="show the change and write nothing")


def run(args: argparse.Namespace) -> int:
    from kb.commands.check import day
    from kb.commands.queue import one
    from kb.contribute import ruling
    from kb.errors import UsageError
    from kb.evidence.queue import Ruling
    from kb.evidence.state import derive
    from kb.records import find_root, load
    from kb.records.tree import read_tree

    on = day(args.date)
    tree = read_tree(find_root(Path(args.root or ".")))
    corpus = load(tree.root, tree=tree)
    item = one(derive(corpus, today=on).queue, args.item)
    option = _option(item, args.option)
    if option.edits is None:
        raise UsageError(f"'{option.id}' is work that no command can write: {option.words}")
    if bool(option.value) != bool(args.value):
        raise UsageError(f"'{option.id}' needs --value: {option.value}" if option.value else f"'{option.id}' takes no --value")
    if not args.why.strip():
        raise UsageError("a decision needs a reason: --why is empty")
    try:
        edits = option.edits(Ruling(on, _who(args.by, tree.root), args.why.strip(), args.value.strip()))
    except ValueError as error:
        raise UsageError(f"--value is '{args.value}'; expected {error}") from None
    made = ruling.changes(corpus, edits)
    after = ruling.judged(tree, made, corpus, on)
    if args.dry_run:
        sys.stdout.writelines(_diff(made))
    else:
        ruling.write(tree, made)
        print("\n".join(f"wrote {change.file}" for change in made))
    left = {waiting.id for waiting in derive(after, today=on).queue}
    print(f"{item.id}: {'still waits until ' + item.clears if item.id in left else 'would be gone from the queue' if args.dry_run else 'gone from the queue'}")
    return 0


def _option(item: Waiting, wanted: str) -> Option:
    from kb.errors import UsageError
    from kb.records.similarity import did_you_mean

    known = [option.id for option in item.options]
    for option in item.options:
        if option.id == wanted:
            return option
    raise UsageError(f"{item.id} has no option '{wanted}'; {did_you_mean(wanted, known) or 'expected one of ' + ', '.join(known)}")


def _who(given: str | None, root: Path) -> str:
    """Who decides. Raises UsageError where nobody is named."""
    from kb.contribute.new import author_of
    from kb.errors import UsageError

    name = author_of(root) if given is None else given.strip()
    if not name or "\n" in name or len(name) > 300:
        raise UsageError("say who decides with --by NAME, or set git's user.name")
    return name


def _diff(made: list[Change]) -> list[str]:
    from kb.checks.formats import printable

    lines = [line for c in made for line in difflib.unified_diff(c.old.splitlines(), c.new.splitlines(), f"a/{c.file}", f"b/{c.file}", lineterm="")]
    return [printable(line) + "\n" for line in lines]
