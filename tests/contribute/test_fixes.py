"""Each fixer: what it puts right, what it leaves to a person, and that no other value changes."""

from __future__ import annotations

from pathlib import Path

import kbmaker
import pytest

from kb.checks import find_rule, run
from kb.contribute.editing import write_record
from kb.contribute.fixes import Repair, all_fixers, marked, repair
from kb.contribute.fixes.registry import Registered
from kb.records import load
from kb.records.tree import read_tree

FINDING = "# findings/steering-works.yaml\n"
ALIASED = "# findings/prompts-move-personas.yaml\naliases: [prompting-works]\n"
EXTENDS = "  - {{type: extends, to: prompts-move-personas, note: {}}}\n"
CLAIM = FINDING + "claims:\n  - id: rate\n    statement: It rises.\n    nature: existence\n    at: [{part: abstract}]\n    measures:\n      - "

# Code, example, what stood there, what stands there afterwards.
FIXED = [
    ("KB018", FINDING + "# yaml-language-server: $schema=../schemas/json/source.schema.json\ntags: [a]\n", "source.schema", "finding.schema"),
    ("KB203", ALIASED + FINDING + "relations:\n  - {type: extends, to: prompting-works}  # why\n", "to: prompting-works}", "to: prompts-move-personas}"),
    (
        "KB203",
        ALIASED + "# beliefs/personas-are-selected.yaml\nevidence:\n  - record: prompting-works/rate\n    direction: for\n    note: It moves.\n",
        "record: prompting-works/rate\n",
        "record: prompts-move-personas/rate\n",
    ),
    ("KB205", FINDING + "artefacts: [data, 'other',  data]\n", "[data, 'other',  data]", "[data, 'other']"),
    ("KB205", "# questions/what-moves-personas.yaml\nbears-on:\n  - persona\n  - persona  # again\n", "  - persona  # again\n", ""),
    (
        "KB205",
        "# beliefs/personas-are-selected.yaml\nevidence:\n  - {record: steering-works, direction: for, note: It works.}\n"
        "  - {record: steering-works, note: It works., direction: for}\n",
        "\n  - {record: steering-works, note: It works., direction: for}",
        "",
    ),
    ("KB103", FINDING + "claims:\n  - {id: rate, statement: None., nature: null, at: [{part: abstract}]}\n", "nature: null", 'nature: "null"'),
    ("KB104", "# sources/doe-2024-prompts.yaml\nversion: 2\n", "version: 2\n", 'version: "2"\n'),
    ("KB104", CLAIM + "{name: x, value: 0.50, unit: fraction, n: '20'}\n", "n: '20'", "n: 20"),
    ("KB104", CLAIM + "{name: x, value: 0.50, unit: fraction, of: {model: true}}\n", "model: true", 'model: "true"'),
    ("KB104", FINDING + "claims:\n  - {id: rate, statement: It rises., nature: existence, at: [{part: section, ref: 4.20}]}\n", "ref: 4.20", 'ref: "4.20"'),
    ("KB406", FINDING + 'summary: "The ra\\u200bte is 2\\u00ad5%."\n', '"The ra\\u200bte is 2\\u00ad5%."', '"The rate is 25%."'),
]
LEFT = [
    ("KB203", ALIASED + FINDING + 'summary: "See [[prompting-works]]."\n'),
    ("KB205", FINDING + "relations:\n" + EXTENDS.format("a") + EXTENDS.format("b")),
    ("KB103", FINDING + "kind: emprical\n"),
    ("KB103", FINDING + "claims:\n  - {id: rate, statement: None., nature: ~, at: [{part: abstract}]}\n"),
    ("KB104", FINDING + "added: 2026-02-30\n"),
    ("KB104", CLAIM + "{name: x, value: 'about 5', unit: fraction}\n"),
    ("KB005", FINDING + 'title: "A direction \\x1b[31m steers"\n'),
    ("KB406", FINDING + 'summary: "The rate is \\u202e52%\\u202c of answers."\n'),
    ("KB406", FINDING + 'summary: "The rate\\u200c of answers."\n'),
]


def repaired(root: Path) -> Repair:
    return repair(read_tree(root, cache=False), today=kbmaker.TODAY, wanted=lambda _: True)


def codes(root: Path) -> list[str]:
    return [problem.code for problem in run(load(root, cache=False), today=kbmaker.TODAY)]


@pytest.mark.parametrize(("code", "example", "old", "new"), FIXED)
def test_what_has_one_right_answer_is_fixed(code: str, example: str, old: str, new: str, tmp_path: Path) -> None:
    root = kbmaker.write_example(tmp_path, example)
    before = {file.file: file.raw.decode() for file in read_tree(root).files}
    assert code in codes(root)
    done = repaired(root)
    assert code in {problem.code for problem in done.fixed}
    (file,) = done.texts
    assert before[file].count(old) == 1
    assert done.texts[file] == before[file].replace(old, new)
    write_record(read_tree(root), file, done.texts[file])
    assert codes(root) == []


@pytest.mark.parametrize(("code", "example"), LEFT)
def test_what_a_person_must_decide_is_left(code: str, example: str, tmp_path: Path) -> None:
    root = kbmaker.write_example(tmp_path, example)
    assert code in codes(root)
    assert repaired(root) == Repair()


@pytest.mark.parametrize("code", ["KB018", "KB203"])
def test_the_bad_example_becomes_clean(code: str, tmp_path: Path) -> None:
    rule = find_rule(code)
    assert rule is not None
    root = kbmaker.write_example(tmp_path, rule.bad)
    assert codes(root) == [code]
    for file, text in repaired(root).texts.items():
        write_record(read_tree(root), file, text)
    assert codes(root) == []


def test_every_fixer_is_tried_here_and_has_a_rule() -> None:
    assert set(all_fixers()) == {code for code, *_ in FIXED} | {"KB005"}
    for code, registered in all_fixers().items():
        assert find_rule(code) is not None
        assert registered.does.endswith(".")


def test_a_byte_order_mark_and_what_it_hid_are_fixed(tmp_path: Path) -> None:
    root = kbmaker.write_example(tmp_path, "# sources/doe-2024-prompts.yaml\nversion: 2\n")
    path = root / "sources/doe-2024-prompts.yaml"
    text = path.read_text().replace("version: 2\n", 'version: "2"\n')
    path.write_text("\ufeff" + path.read_text().partition("\n")[2])
    done = repaired(root)
    assert [problem.code for problem in done.fixed] == ["KB005", "KB018", "KB104"]
    assert done.texts == {"sources/doe-2024-prompts.yaml": text}


def test_windows_line_ends_stay(tmp_path: Path) -> None:
    root = kbmaker.write_example(tmp_path, "# sources/doe-2024-prompts.yaml\nversion: 2\n")
    path = root / "sources/doe-2024-prompts.yaml"
    path.write_bytes(path.read_bytes().partition(b"\n")[2].replace(b"\n", b"\r\n"))
    (text,) = repaired(root).texts.values()
    assert text.count("\r\n") == text.count("\n")


def test_several_fixes_in_one_file_do_not_disturb_each_other(tmp_path: Path) -> None:
    same = "  - {type: extends, to: prompting-works}\n"
    root = kbmaker.write_example(
        tmp_path, ALIASED + FINDING + "relations:\n" + same + same + "  - {type: explains, to: prompting-works}\nartefacts: [a, b, a, b]\n"
    )
    done = repaired(root)
    text = done.texts["findings/steering-works.yaml"]
    assert text.endswith("relations:\n  - {type: extends, to: prompts-move-personas}\n  - {type: explains, to: prompts-move-personas}\nartefacts: [a, b]\n")
    assert list(done.texts) == ["findings/steering-works.yaml"]


@pytest.mark.parametrize(
    "answer",
    [
        (("kind",), "set", "nonsense"),  # no valid record any more
        (("title",), "set", "<script>x</script>"),  # an error that was not there
        (("tags",), "set", ["b"]),  # does not help
        (("no", "such"), "delete", None),  # cannot be carried out
        "kind: empirical\n",  # a text with other values
        "a: [\n",
    ],
)
def test_a_fix_that_does_harm_is_taken_back(answer: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = kbmaker.write_example(tmp_path, ALIASED + FINDING + "relations:\n  - {type: extends, to: prompting-works}\n")
    bad = {"KB203": Registered("Does harm.", lambda _: answer)}  # type: ignore[arg-type, return-value]
    monkeypatch.setattr("kb.contribute.fixes.repairing.all_fixers", lambda: bad)
    assert repaired(root) == Repair()


def test_what_can_be_fixed_is_marked(tmp_path: Path) -> None:
    root = kbmaker.write_example(tmp_path, FINDING + "artefacts: [a, a]\nkind: emprical\n")
    tree, corpus = read_tree(root), load(root, cache=False)
    found = marked(corpus, tree, run(corpus, today=kbmaker.TODAY))
    assert {problem.code: problem.fixable for problem in found if problem.code == "KB103"} == {"KB103": False}
    root = kbmaker.write_example(tmp_path / "other", FINDING + "artefacts: [a, a]\n")
    tree, corpus = read_tree(root), load(root, cache=False)
    assert [(problem.code, problem.fixable) for problem in marked(corpus, tree, run(corpus, today=kbmaker.TODAY))] == [("KB205", True)]


def test_only_what_is_wanted_is_fixed(tmp_path: Path) -> None:
    root = kbmaker.write_example(tmp_path, FINDING + 'artefacts: [a, a]\nsummary: "x\\u200by"\n')
    done = repair(read_tree(root), today=kbmaker.TODAY, wanted=lambda problem: problem.code == "KB406")
    assert [problem.code for problem in done.fixed] == ["KB406"]
