"""Read a knowledge base from its folder."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from kb.records.config import parse_config
from kb.records.corpus import Corpus, Document, Entry
from kb.records.diagnostic import Diagnostic
from kb.records.document import TextDocument
from kb.records.misplaced import misplaced, schema_line
from kb.records.parsed import ParsedFiles
from kb.records.tree import File, Tree, read_tree
from kb.records.validation import validate
from kb.records.wording import quoted
from schemas import RECORD_TYPES, Record


def load(root: Path, *, cache: bool = True, tree: Tree | None = None, known: Corpus | None = None) -> Corpus:
    """Every record below the folders that `kb.yaml` names; problems are collected, never raised.

    `tree` is what `read_tree(root)` gave, where the caller has it already; `cache` lets the data of unchanged files
    come from earlier runs. The same files give the same corpus, whatever the cache holds. From `known`, another state of
    the knowledge base, come the records of files that are the same in both: they are the same objects.
    Raises FileNotFoundError when `root` holds no kb.yaml, ConfigError when that file is not valid.
    """
    with without_collector():
        tree = tree or read_tree(root, cache=cache)
        config = parse_config(tree.config)
        parsed = ParsedFiles(tree, cache=cache, name="records" if known is None else "compared")
        shared = _sound(known) if known is not None else {}
        problems = list(misplaced(tree))
        entries: dict[str, Entry] = {}
        broken: dict[str, Document] = {}
        for file in tree.files:
            if file.state != "record":
                broken[file.file] = TextDocument(file.file, "", {})
                continue
            same = shared.get(file.file)
            record: Record | None
            document: Document
            if same is not None and same.kind == file.kind and same.document.text.encode("utf-8", "surrogatepass") == file.raw:
                record, document = same.record, same.document
            else:
                record, document, found = _read(file, parsed)
                problems += found
            if record is None:
                broken[file.file] = document
                continue
            if record.id != file.stem:
                problems.append(_misnamed(record.id, file, document))
            if (first := entries.get(record.id)) is not None and record.id == file.stem:
                # The other file has the wrong name, most likely a copy to start from: that one is at fault.
                problems.append(_clash(record.id, first.document, ("id",), file.file))
                broken[first.file] = first.document
                entries[record.id] = Entry(file.kind, record, document)
                continue
            if first is not None:
                problems.append(_clash(record.id, document, ("id",), first.file))
                broken[file.file] = document
                continue
            entries[record.id] = Entry(file.kind, record, document)
        problems += _alias_clashes(entries)
        parsed.save()
        return Corpus(config, entries, tuple(sorted(problems)), broken)


def _read(file: File, parsed: ParsedFiles) -> tuple[Record | None, Document, list[Diagnostic]]:
    """The record in a file, None where it holds no valid one, its document, and what is wrong with it."""
    outcome = parsed.read(file)
    document = TextDocument(file.file, outcome.text, outcome.data or {})
    problems = list(outcome.problems)
    if outcome.data is None:
        return None, document, problems
    record, found = validate(RECORD_TYPES[file.kind], document)
    problems += found
    if not file.is_json and (missing := schema_line(file, outcome.text)) is not None:
        problems.append(missing)
    return record, document, problems


def _sound(known: Corpus) -> dict[str, Entry]:
    """File to entry, for files without any problem: reading such a file again would find none either."""
    faulty = {problem.place.file for problem in known.problems}
    return {entry.file: entry for entry in known.entries.values() if entry.file not in faulty}


@contextmanager
def without_collector() -> Iterator[None]:
    """Hundreds of thousands of objects are made here and none of them is garbage: looking for cycles would take a third of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _misnamed(record_id: str, file: File, document: Document) -> Diagnostic:
    return Diagnostic(
        document.place(("id",)),
        "KB019",
        f"the id is {quoted(record_id)} in the file {quoted(file.name)}",
        f"the id {quoted(file.stem)}",
        f"write `id: {file.stem}`, or rename the file to {quoted(record_id + file.name[len(file.stem) :])}",
        record_id,
    )


def _clash(name: str, document: Document, path: tuple[str | int, ...], other: str) -> Diagnostic:
    record = document.data.get("id")
    return Diagnostic(
        document.place(path),
        "KB020",
        f"{quoted(name)} is also the name of {other}",
        "an id or alias that no other record has",
        "choose another, or merge the two records",
        record if isinstance(record, str) else "",
    )


def _alias_clashes(entries: Mapping[str, Entry]) -> Iterator[Diagnostic]:
    owners: dict[str, str] = {}
    for _, entry in sorted(entries.items()):
        for n, alias in enumerate(entry.record.aliases):
            other = entries[alias].file if alias in entries else owners.get(alias)
            if other is not None:
                yield _clash(alias, entry.document, ("aliases", n), "this record itself" if other == entry.file else other)
            owners.setdefault(alias, entry.file)


__all__ = ["load"]
