"""The `kb` command. Thin: each command is a module of `kb.commands`, imported only when it is called for."""

from __future__ import annotations

import argparse
import atexit
import gc
import importlib
import io
import os
import sys
from collections.abc import Sequence

from kb.errors import UsageError as UsageError

# Command to one-line help. The module is kb.commands.<name>, with `configure(parser)` and `run(args) -> int`.
COMMANDS: dict[str, str] = {
    "check": "check records and their links",
    "fmt": "put records into canonical order and layout",
    "rule": "explain a check by its code",
    "show": "show a record with what links to it",
    "new": "scaffold a record, from an arXiv id, a DOI or a bibliography file",
    "similar": "list the records that resemble a record or a text",
    "identifiers": "look up whether the arXiv ids and DOIs of sources still lead to their works",
    "codify": "print the board of structural shapes",
    "diff": "tell what a change does to the evidence",
    "queue": "list the decisions that wait for a person",
    "decide": "write a decision into the record that it is about",
    "beliefs": "list beliefs, and explain what would change one",
    "graph": "export the graph of all records",
    "export": "write the knowledge base in a format of other tools",
    "build": "write the wiki's Markdown and data",
    "serve": "build, serve and rebuild on change",
    "init": "start a knowledge base on another subject",
    "policy": "print the headers under which to serve the built site",
    "schema": "write the JSON Schemas of the records",
    "gen": "regenerate every generated file of the engine's repository",
}

CLEAN, FINDINGS, ERROR = 0, 1, 2


def parser_for(command: str | None = None) -> argparse.ArgumentParser:
    """The parser of `kb`, with the options of one command loaded."""
    from kb import __version__

    parser = argparse.ArgumentParser(prog="kb", description="A knowledge base of findings: check it, weigh it, build its wiki.")
    parser.add_argument("--version", action="version", version=f"kb {__version__}")
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, summary in COMMANDS.items():
        sub = subparsers.add_parser(name, help=summary, description=summary[0].upper() + summary[1:] + ".")
        sub.add_argument("--root", metavar="DIR", default=None, help="the knowledge base (default: the nearest folder above with a kb.yaml)")
        if name == command:
            importlib.import_module(f"kb.commands.{name}").configure(sub)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run `kb`; returns 0 clean, 1 findings, 2 usage or internal error."""
    words = list(sys.argv[1:] if argv is None else argv)
    _any_text_can_be_printed()
    # The end of the process frees everything; looking for cycles among the objects of a thousand records first takes a tenth of `kb diff`.
    atexit.register(gc.freeze)
    command = next((word for word in words if not word.startswith("-")), None)
    try:
        args = parser_for(command if command in COMMANDS else None).parse_args(words)
    except SystemExit as stop:
        return int(stop.code or 0) and ERROR
    try:
        return int(importlib.import_module(f"kb.commands.{args.command}").run(args))
    except BrokenPipeError:
        # The reader of our output has gone (`kb check | head`): nothing is wrong with the records.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return CLEAN
    except UsageError as error:
        return _failed(str(error))
    except OSError as error:
        return _failed(f"{error.filename}: {error.strerror}" if error.filename and error.strerror else str(error))
    except KeyboardInterrupt:
        print("kb: interrupted", file=sys.stderr)
        return ERROR
    except Exception:
        # An uncaught exception would exit with 1, which says that the records are at fault.
        import traceback

        traceback.print_exc()
        print("kb: internal error: this is a fault of kb, not of the records; please report it with the lines above", file=sys.stderr)
        return ERROR


def _failed(words: str) -> int:
    """Say why, in words that may repeat what a stranger wrote into `kb.yaml` or called a file."""
    from kb.checks.formats import printable

    print("\n".join(map(printable, f"kb: {words}".split("\n"))), file=sys.stderr)
    return ERROR


def _any_text_can_be_printed() -> None:
    """Names and titles are in every script, and a locale may know few of them: a pipe or a file gets UTF-8, a terminal what it can show."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding=None if stream.isatty() else "utf-8", errors="backslashreplace")


if __name__ == "__main__":
    sys.exit(main())
