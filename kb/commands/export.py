"""`kb export`: the knowledge base in a format that other tools open.

`--list --json` prints a list of formats, each with `name`, `summary`, `kind` (text | binary | folder), `file`, `media`, `reader`, `takes`,
`extra` (null where none is needed), `schema` (a list of `name`, `says`) and `notes`.
"""

from __future__ import annotations

import argparse
import datetime as dt
from collections.abc import Mapping
from pathlib import Path

from kb.errors import UsageError


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("format", nargs="?", metavar="FORMAT", help="what to write, e.g. beliefs-html or sqlite; --list names all")
    parser.add_argument(
        "-o",
        "--output",
        metavar="PATH",
        default=None,
        help="file or folder to write; - is standard output (default: standard output for text, else the format's own name in the working folder)",
    )
    parser.add_argument("--list", action="store_true", help="list the formats, what each is for and what opens it")
    parser.add_argument("--json", action="store_true", help="with --list: print as JSON, with each format's columns or keys")
    parser.add_argument("--holder", metavar="NAME", default=None, help="formats of beliefs: only the beliefs of this holder")
    parser.add_argument("--since", metavar="DATE", default=None, help="formats of beliefs: say what has changed after this day (YYYY-MM-DD)")


def run(args: argparse.Namespace) -> int:
    from kb.export.registry import Options, find, make

    if args.list:
        print(_list(as_json=args.json))
        return 0
    if args.format is None:
        raise UsageError("name a format; `kb export --list` names all")
    if args.json:
        raise UsageError("--json belongs to --list")
    wanted = find(args.format)
    to_stdout = args.output == "-" or (args.output is None and wanted.kind == "text")
    if to_stdout and wanted.kind == "folder":
        raise UsageError(f"{wanted.name} is a folder and can't go to standard output: name one with -o")
    from kb.evidence.state import derive
    from kb.records import find_root, load

    corpus = load(find_root(Path(args.root or ".")))
    if corpus.broken:
        import sys

        broken = len(corpus.broken)
        files = "one file is no valid record and is" if broken == 1 else f"{broken} files are no valid records and are"
        print(f"kb: {files} left out; run `kb check`", file=sys.stderr)
    made = make(wanted.name, derive(corpus), Options(args.holder, _day(args.since)))
    if isinstance(made, Mapping):
        _folder(Path(args.output or wanted.file), made, wanted.name)
    else:
        content = made.encode("utf-8") if isinstance(made, str) else made
        if to_stdout:
            import sys

            sys.stdout.flush()
            sys.stdout.buffer.write(content)
            sys.stdout.buffer.flush()
        else:
            _file(Path(args.output or wanted.file), wanted.file, content)
    return 0


def _day(text: str | None) -> dt.date | None:
    if text is None:
        return None
    try:
        return dt.datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError:
        raise UsageError(f"--since is '{text}'; expected a day as YYYY-MM-DD") from None


def _file(path: Path, name: str, content: bytes) -> None:
    path = path / name if path.is_dir() else path
    if not path.parent.is_dir():
        raise UsageError(f"there is no folder {path.parent} to write {path.name} into")
    # Written beside and then moved, so that a reader sees the old file or the new one.
    beside = path.with_name(f".{path.name}.part")
    beside.write_bytes(content)
    beside.replace(path)
    print(f"wrote {path} ({len(content):,} bytes)")


def _folder(path: Path, files: Mapping[str, bytes], name: str) -> None:
    from kb.folder import fill

    if path.exists() and not path.is_dir():
        raise UsageError(f"{path} is a file; this format is a folder: name another with -o")
    changed = fill(path, files, f".kb-export-{name}.json", f"kb export {name}")
    print(f"wrote {path}: {len(files):,} files, {len(changed):,} of them new or changed")


def _list(*, as_json: bool) -> str:
    from kb.export.registry import data, formats

    if as_json:
        import json

        return json.dumps([data(one) for one in formats().values()], ensure_ascii=False, indent=2)
    width = max(len(name) for name in formats())
    return "\n".join(f"{one.name:<{width}}  {one.summary} [{one.file}{'/' if one.kind == 'folder' else ''}; {one.reader}]" for one in formats().values())
