"""Which records of a knowledge base are not in canonical layout. What is known to be is not laid out again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from kb.checks.selection import lies_below
from kb.records.diagnostic import Diagnostic, Place
from kb.records.misplaced import misplaced
from kb.records.store import Store
from kb.records.tree import File, Tree

_NAME = "layout"
_UNREADABLE = frozenset({"KB001", "KB002", "KB003"})


@dataclass
class Survey:
    """What laying out a tree gave; keys are files, relative to the knowledge base."""

    files: int = 0
    """YAML records looked at."""
    differing: dict[str, str] = field(default_factory=dict)
    """File to its canonical text, where that is not its text."""
    before: dict[str, str] = field(default_factory=dict)
    """File to its present text, for the same files."""
    problems: list[Diagnostic] = field(default_factory=list)
    """Why files can't be laid out, sorted by place."""


def survey(tree: Tree, paths: Sequence[str] = (), *, drop_hints: bool = False, cache: bool = True) -> Survey:
    """Lay out the YAML records of a tree, in memory; `paths` are files and folders relative to the knowledge base, none for all.

    With `drop_hints` the comments of the templates go; what is canonical then is another matter, and not remembered.
    With `cache` the contents that were found canonical earlier, by the same program, are believed to be.
    """
    store = Store.of(tree.root) if cache and not drop_hints else Store(None, b"")
    known = set((store.read(_NAME) or b"").decode().split())
    records = [file for file in tree.files if file.state == "record" and not file.is_json]
    asked_for = [file for file in records if lies_below(file.file, paths)]
    found = Survey(len(asked_for))
    good = known & {_key(file) for file in records}
    if unknown := [file for file in asked_for if _key(file) not in good]:
        good |= _lay_out(unknown, found, drop_hints)
    found.problems += [problem for problem in misplaced(tree) if problem.code in _UNREADABLE and lies_below(problem.place.file, paths)]
    found.problems.sort()
    if good != known:
        store.write(_NAME, "\n".join(sorted(good)).encode())
    return found


def _lay_out(files: Sequence[File], found: Survey, drop_hints: bool) -> set[str]:
    """Lay files out; the keys of those that are canonical. A run that knows every file needs neither YAML nor the models."""
    from kb.contribute.hints import hints
    from kb.contribute.layout.canonical import LayoutError, canonical
    from kb.records.loader import without_collector
    from kb.records.reader import read_yaml

    good = set()
    with without_collector():
        for file in files:
            outcome = read_yaml(file.raw, file.file)
            if outcome.data is None:
                found.problems += outcome.problems
                continue
            try:
                text = canonical(outcome.text, file.kind, file.file, without=hints(file.kind) if drop_hints else ())
            except LayoutError as error:
                found.problems.append(Diagnostic(Place(file.file), "KB007", str(error), "a record that can be laid out", "simplify it", file.stem))
                continue
            if text == outcome.text:
                good.add(_key(file))
            else:
                found.differing[file.file], found.before[file.file] = text, outcome.text
    return good


def _key(file: File) -> str:
    """Kind and depth are part of what is canonical: they are in the first line."""
    return sha256(b"%s %d " % (file.kind.encode(), file.file.count("/")) + sha256(file.raw).digest()).hexdigest()
