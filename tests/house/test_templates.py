"""The templates that the README hands out: valid records, of which only what is marked waits to be filled in."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import pytest

from kb.checks import run
from kb.contribute.scaffold import KINDS
from kb.records import load

ROOT = Path(__file__).parents[2]
COPIES = {
    "source": "sources/doe-2026-short-title.yaml",
    "finding": "findings/what-was-found.yaml",
    "concept": "concepts/some-concept.yaml",
    "belief": "beliefs/what-is-held.yaml",
    "question": "questions/what-is-asked.yaml",
}


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("kb")
    shutil.copy(ROOT / "kb.yaml", root / "kb.yaml")
    for template, target in COPIES.items():
        (root / target).parent.mkdir()
        shutil.copy(ROOT / "docs" / "templates" / f"{template}.yaml", root / target)
    return root


def test_a_copied_template_is_a_record_that_only_lacks_what_it_marks(copied: Path) -> None:
    corpus = load(copied, cache=False)
    assert {entry.file for entry in corpus} == set(COPIES.values())
    found = run(corpus, today=dt.date(2026, 12, 1))
    # A finding without a figure is unfinished too, and no figure can be made up for it.
    assert {(d.code, d.place.file) for d in found if d.code != "KB330"} == {("KB306", COPIES["finding"])}
    assert {d.place.file for d in found if d.code == "KB330"} == set(COPIES.values())


def test_every_line_of_a_template_that_is_offered_is_a_field(copied: Path) -> None:
    """What stands in comments works once its sign is removed: no field of a template is misspelt, in the comments neither."""
    for target in COPIES.values():
        path = copied / target
        first, *rest = path.read_text(encoding="utf-8").splitlines(keepends=True)
        lines = [line.removeprefix("# ") for line in rest]
        if "finding" in target:
            lines = [line for line in lines if not line.startswith("no-concept")]
        path.write_text(first + "".join(lines), encoding="utf-8")
    corpus = load(copied, cache=False)
    assert corpus.problems == ()
    assert len(corpus) == len(COPIES)


def test_the_readme_names_them() -> None:
    assert set(COPIES) == set(KINDS)
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert all(f"docs/templates/{template}.yaml" in readme for template in ("source", "finding"))
