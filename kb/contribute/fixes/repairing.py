"""Carry out fixes on a tree in memory, look whether they did what they should, and say what is left to write."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from kb.checks import run
from kb.contribute.editing import Edit, EditError, edit
from kb.contribute.fixes.registry import Case, all_fixers
from kb.contribute.layout.tree import same
from kb.records.construct import compose
from kb.records.corpus import Corpus, Path_
from kb.records.diagnostic import Diagnostic
from kb.records.loader import load
from kb.records.reader import read_yaml
from kb.records.tree import File, Tree

_ROUNDS = 8
"""A fix may bring another problem to light (a file that can be read now), but not for ever."""


@dataclass
class Repair:
    """What fixing gave."""

    texts: dict[str, str] = field(default_factory=dict)
    """File to its new text."""
    fixed: list[Diagnostic] = field(default_factory=list)
    """The problems that are gone, in the order in which they were fixed."""


def marked(corpus: Corpus, tree: Tree, found: Iterable[Diagnostic]) -> list[Diagnostic]:
    """The same problems, each that `repair` can deal with marked as fixable."""
    fixable = {id(case.problem) for file, problems in _by_file(tree, found) for case, _ in _answers(file, problems, corpus)}
    return [dataclasses.replace(problem, fixable=id(problem) in fixable) for problem in found]


def repair(tree: Tree, *, today: dt.date, wanted: Callable[[Diagnostic], bool]) -> Repair:
    """Fix what can be fixed of the problems that are wanted; nothing is written.

    After each round the checks run over the whole tree again. A file is taken back to what it was before the round
    when it is no valid record any more, has an error that it had not, or still has the problem.
    """
    done, given_up = Repair(), set[str]()
    corpus, found = _checked(tree, today)
    for _ in range(_ROUNDS):
        texts: dict[str, str] = {}
        tried: dict[str, list[Diagnostic]] = {}
        for file, problems in _by_file(tree, [problem for problem in found if wanted(problem) and problem.place.file not in given_up]):
            text, gone = _fixed(file, problems, corpus)
            if gone:
                texts[file.file], tried[file.file] = text, gone
        if not texts:
            break
        after, found_after = _checked(_with(tree, texts), today)
        if failed := {name for name in texts if _is_worse(name, tried[name], (corpus, found), (after, found_after))}:
            given_up |= failed
            texts = {name: text for name, text in texts.items() if name not in failed}
            after, found_after = _checked(_with(tree, texts), today)
        tree, corpus, found = _with(tree, texts), after, found_after
        done.texts |= texts
        done.fixed += sorted(problem for name in texts for problem in tried[name])
    return done


def _fixed(file: File, problems: list[Diagnostic], corpus: Corpus) -> tuple[str, list[Diagnostic]]:
    """The text of a file with its fixes, and the problems that they were for."""
    text, gone = file.raw.decode("utf-8", "replace"), []
    # From the end, so that the paths of earlier values stay what they are.
    for case, answer in sorted(_answers(file, problems, corpus), key=lambda pair: pair[0].problem.place, reverse=True):
        if (changed := _carried_out(dataclasses.replace(case, text=text), answer)) is not None:
            text = changed
            gone.append(case.problem)
    return text, gone


def _answers(file: File, problems: list[Diagnostic], corpus: Corpus) -> Iterator[tuple[Case, Edit | str]]:
    """The problems of a file that have an answer; one for each value, since what a second is about may be gone after the first."""
    outcome = read_yaml(file.raw, file.file)
    places = _paths(outcome.text) if outcome.data is not None else {}
    answered: list[Path_] = []
    for problem in problems:
        path = places.get((problem.place.line, problem.place.column))
        case = Case(problem, file, corpus, outcome.text, outcome.data, path)
        answer = all_fixers()[problem.code].function(case)
        about = () if answer is None or isinstance(answer, str) else answer[0]
        taken = bool(about) and any(about[: len(other)] == other[: len(about)] for other in answered)
        if answer is not None and not taken and _carried_out(case, answer) is not None:
            answered += [about] if about else []
            yield case, answer


def _carried_out(case: Case, answer: Edit | str) -> str | None:
    """The new text; None where it would say other values than those asked for."""
    if not isinstance(answer, str):
        try:
            return edit(case.text, [answer], file=case.file.file)
        except EditError:
            return None
    # A text for the whole file is made for the text as it is now.
    made = all_fixers()[case.problem.code].function(case)
    outcome = read_yaml(made.encode("utf-8", "surrogatepass"), case.file.file) if isinstance(made, str) else None
    before = read_yaml(case.text.encode("utf-8", "surrogatepass"), case.file.file).data
    if outcome is None or outcome.data is None or (before is not None and not same(before, outcome.data)):
        return None
    return outcome.text


def _is_worse(name: str, tried: list[Diagnostic], before: tuple[Corpus, list[Diagnostic]], after: tuple[Corpus, list[Diagnostic]]) -> bool:
    was_valid = name not in before[0].broken
    if was_valid and name in after[0].broken:
        return True
    old, new = (Counter((p.code, p.message) for p in found if p.place.file == name) for _, found in (before, after))
    if any(new[key] >= old[key] for key in {(p.code, p.message) for p in tried}):
        return True
    return was_valid and any(p.severity == "error" and p.place.file == name and (p.code, p.message) not in old for p in after[1])


def _checked(tree: Tree, today: dt.date) -> tuple[Corpus, list[Diagnostic]]:
    corpus = load(tree.root, cache=False, tree=tree)
    return corpus, run(corpus, today=today)


def _with(tree: Tree, texts: Mapping[str, str]) -> Tree:
    files = (dataclasses.replace(file, raw=texts[file.file].encode()) if file.file in texts else file for file in tree.files)
    return dataclasses.replace(tree, files=tuple(files))


def _by_file(tree: Tree, found: Iterable[Diagnostic]) -> Iterator[tuple[File, list[Diagnostic]]]:
    """The YAML records with problems of codes that have a fixer."""
    grouped: dict[str, list[Diagnostic]] = {}
    for problem in found:
        if problem.code in all_fixers():
            grouped.setdefault(problem.place.file, []).append(problem)
    yield from ((file, grouped[file.file]) for file in tree.files if file.file in grouped and file.state == "record" and not file.is_json)


def _paths(text: str) -> dict[tuple[int, int], Path_]:
    """Line and column (from 1) of every scalar value to its path."""
    found: dict[tuple[int, int], Path_] = {}

    def walk(node: Node | None, path: Path_) -> None:
        if isinstance(node, ScalarNode):
            found.setdefault((node.start_mark.line + 1, node.start_mark.column + 1), path)
        children: Iterable[tuple[Any, Node]] = ()
        if isinstance(node, MappingNode):
            children = ((key.value, value) for key, value in node.value)
        elif isinstance(node, SequenceNode):
            children = enumerate(node.value)
        for step, value in children:
            walk(value, (*path, step))

    walk(compose(text), ())
    return found
