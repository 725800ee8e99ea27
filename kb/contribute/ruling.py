"""Writing a person's decision into the records that it is about."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from kb.checks import run
from kb.contribute.editing import Edit as TextEdit
from kb.contribute.editing import EditError, edit, write_record
from kb.contribute.layout.canonical import LayoutError, canonical
from kb.evidence.queue import Edit
from kb.records import Corpus, load
from kb.records.tree import File, Tree, read_file


@dataclass(frozen=True, slots=True)
class Change:
    """A record file as it is and as a decision would have it."""

    file: str
    old: str
    new: str


def changes(corpus: Corpus, edits: Sequence[Edit]) -> list[Change]:
    """What the edits make of the files, one change a file, by file. Raises EditError where a record can't be edited as asked."""
    by_file: dict[str, list[TextEdit]] = defaultdict(list)
    texts: dict[str, str] = {}
    kinds: dict[str, str] = {}
    for one in edits:
        entry = corpus.entries[one.record]
        texts[entry.file], kinds[entry.file] = entry.document.text, entry.kind
        by_file[entry.file].append((one.path, one.operation, one.value))
    return [Change(file, texts[file], _edited(kinds[file], file, texts[file], listed)) for file, listed in sorted(by_file.items())]


def _edited(kind: str, file: str, text: str, edits: Sequence[TextEdit]) -> str:
    """The text with the edits; what was in canonical layout stays so, and nothing else is laid out anew."""
    new = edit(text, edits, file=file)
    try:
        return canonical(new, kind, file) if canonical(text, kind, file) == text else new
    except LayoutError:
        return new


def with_changes(tree: Tree, made: Sequence[Change]) -> Tree:
    """The tree as it would be with the changes; nothing is written."""
    new = {change.file: change.new.encode() for change in made}
    return replace(tree, files=tuple(_with(file, new.get(file.file)) for file in tree.files))


def _with(file: File, raw: bytes | None) -> File:
    return file if raw is None else replace(file, raw=raw)


def judged(tree: Tree, made: Sequence[Change], before: Corpus, today: dt.date) -> Corpus:
    """The corpus as it would be. Raises EditError where a changed record would no longer be valid, or the checks would find an error that is not there now."""
    after = load(tree.root, cache=False, tree=with_changes(tree, made), known=before)
    for change in made:
        if change.file in after.broken:
            problem = next(p for p in after.problems if p.place.file == change.file)
            raise EditError(f"{change.file}: the decision would leave no valid record ({problem.message}); expected {problem.expected or 'a valid record'}")
    known = Counter((p.code, p.record, p.message) for p in run(before, today=today) if p.severity == "error")
    for problem in run(after, today=today):
        key = (problem.code, problem.record, problem.message)
        if problem.severity == "error" and not known[key]:
            raise EditError(
                f"{problem.place}: the decision would bring an error, {problem.code}: {problem.message}" + (f"; {problem.fix}" if problem.fix else "")
            )
        known[key] -= 1
    return after


def write(tree: Tree, made: Sequence[Change]) -> None:
    """Write the changes; a file that has changed since the tree was read is refused before anything is written."""
    for change in made:
        if _content(tree, change.file) != change.old.encode():
            raise EditError(f"{change.file}: was changed meanwhile; nothing is written")
    for change in made:
        write_record(tree, change.file, change.new)


def _content(tree: Tree, file: str) -> bytes | None:
    """What a file holds now; None where it can't be read any more."""
    try:
        return read_file(str(tree.root / file))
    except OSError:
        return None
