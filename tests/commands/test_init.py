"""`kb init` by its command line."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

from kb.checks import run
from kb.cli import main
from kb.records import load

TODAY = dt.date(2026, 6, 1)
ROOT = Path(__file__).parents[2]


def test_the_new_base_is_valid_and_lists_as_it_was_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = str(tmp_path / "sleep")
    assert main(["init", folder, "--title", "Sleep", "--dry-run", "--json"]) == 0
    planned = json.loads(capsys.readouterr().out)
    assert not (tmp_path / "sleep").exists()
    assert main(["init", folder, "--title", "Sleep"]) == 0
    assert "kb check" in capsys.readouterr().out
    made = sorted(path.relative_to(folder).as_posix() for path in (tmp_path / "sleep").rglob("*") if path.is_file())
    assert made == sorted(planned["files"])
    corpus = load(tmp_path / "sleep", cache=False)
    assert run(corpus, today=TODAY) == []
    assert not corpus.problems
    assert len(corpus) == 0
    assert (corpus.config.title, corpus.config.tagline) == ("Sleep", "")


def test_what_it_shares_with_this_repository_is_the_same(tmp_path: Path) -> None:
    assert main(["init", str(tmp_path / "b"), "--title", "B"]) == 0
    for name, ours in (("theme", ROOT / "kb/site/theme"), ("schemas/json", ROOT / "schemas/json")):
        held = {path.name: path.read_bytes() for path in (tmp_path / "b" / name).iterdir()}
        assert held == {path.name: path.read_bytes() for path in ours.iterdir() if path.is_file()}


@pytest.mark.parametrize("again", [[], ["--dry-run"], ["--json"]])
def test_a_second_time_is_refused(again: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["init", str(tmp_path / "b"), "--title", "B"]
    assert main(words) == 0
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert main([*words, *again]) == 2
    assert "it holds .gitignore, CONTRIBUTING.md" in capsys.readouterr().err
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize("words", [[], ["--title", "a\nb"], ["--title", "B", "--root", "."]])
def test_usage_errors_write_nothing(words: list[str], tmp_path: Path) -> None:
    assert main(["init", str(tmp_path / "b"), *words]) == 2
    assert not (tmp_path / "b").exists()


def test_the_files_of_another_base_are_not_generated(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", str(tmp_path), "--title", "B"]) == 0
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert main(["gen", "--root", str(tmp_path)]) == 2
    assert "kb schema -o" in capsys.readouterr().err
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before
