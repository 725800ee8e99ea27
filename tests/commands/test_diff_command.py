"""`kb diff` as a command: formats, exit codes, one-line errors."""

from __future__ import annotations

import json
import subprocess

import pytest
from gitmaker import Repo

from kb.cli import main


@pytest.fixture
def repo(tmp_path):
    made = Repo(tmp_path / "repo")
    made.commit()
    made.git("checkout", "-q", "-b", "work")
    made.commit({"finding/steering-works": {"status": "stable"}})
    return made


def run(repo, *words):
    return main(["diff", *words, "--root", str(repo.root), "--today", "2026-06-01"])


def test_text_ends_with_the_summary(repo, capsys):
    assert run(repo, "main") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("From main (")
    assert lines[-1].startswith("1 record changed")


def test_json_has_its_schema(repo, capsys):
    for words in (["--json"], ["--format", "json"]):
        assert run(repo, "main", "work", *words) == 0
        data = json.loads(capsys.readouterr().out)
        assert list(data) == ["version", "before", "after", "summary", "moved", "sections"]
        assert data["version"] == 1
        item = data["sections"][0]["items"][0]
        assert (data["sections"][0]["section"], item["kind"], item["about"], item["details"]) == (
            "records",
            "changed",
            "steering-works",
            ["status working → stable"],
        )


def test_markdown_has_its_mark(repo, capsys):
    assert run(repo, "main", "--format", "markdown") == 0
    assert capsys.readouterr().out.startswith("<!-- kb-diff -->\n## What this change does to the evidence\n")


def test_the_same_change_gives_the_same_bytes_with_and_without_cache(repo, capsys):
    said = set()
    for words in ([], [], ["--no-cache"], ["work"]):
        assert run(repo, "main", *words) == 0
        said.add(capsys.readouterr().out.partition("\n")[2])
    assert len(said) == 1


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["nowhere"], "no commit is called 'nowhere'"),
        (["wrok"], "did you mean 'work'?"),
        (["main", "nowhere"], "no commit is called 'nowhere'"),
        (["main..work"], "give its ends as two words: kb diff BASE HEAD"),
        (["main", "--today", "tomorrow"], "--today is 'tomorrow'"),
    ],
)
def test_errors_are_one_line_and_end_with_two(repo, capsys, words, says):
    assert main(["diff", *words, "--root", str(repo.root)]) == 2
    captured = capsys.readouterr()
    assert says in captured.err
    assert captured.err.startswith("kb: ")
    assert captured.err.count("\n") == 1
    assert not captured.out


def test_an_option_is_no_revision(repo, capsys):
    assert main(["diff", "--root", str(repo.root), "--", "--output=x"]) == 2
    assert "is no name of a commit" in capsys.readouterr().err


def test_outside_of_git_and_of_a_knowledge_base(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    assert main(["diff", "main", "--root", str(tmp_path)]) == 2
    assert "no kb.yaml" in capsys.readouterr().err
    (tmp_path / "kb.yaml").write_text("title: x\n")
    assert main(["diff", "main", "--root", str(tmp_path)]) == 2
    assert "is in no git repository" in capsys.readouterr().err


def test_settings_that_are_not_valid_at_the_base_are_named_with_their_commit(repo, capsys):
    (repo.root / "kb.yaml").write_text("nonsense: 1\n")
    commit = repo.keep()
    repo.lay()
    assert run(repo, "work") == 2
    assert f"kb.yaml in {commit[:12]} is not valid" in capsys.readouterr().err


def test_a_bare_repository_compares_two_revisions(repo, tmp_path, capsys):
    subprocess.run(["git", "clone", "-q", "--bare", str(repo.top), str(tmp_path / "bare.git")], check=True, capture_output=True)
    assert main(["diff", "main", "work", "--root", str(tmp_path / "bare.git"), "--today", "2026-06-01"]) == 0
    assert "status working → stable" in capsys.readouterr().out
    assert main(["diff", "main", "--root", str(tmp_path / "bare.git")]) == 2
    assert "a bare repository has no work tree" in capsys.readouterr().err


def test_a_second_work_tree_and_a_knowledge_base_in_a_subfolder(tmp_path, capsys):
    repo = Repo(tmp_path / "repo", "wiki")
    repo.commit()
    repo.git("worktree", "add", "-q", "-b", "side", str(tmp_path / "side"))
    path = tmp_path / "side" / "wiki" / "findings" / "steering-works.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("status: working", "status: stable"), encoding="utf-8")
    assert main(["diff", "main", "--root", str(path.parent), "--today", "2026-06-01"]) == 0
    assert "status working → stable" in capsys.readouterr().out


def test_a_knowledge_base_that_moved_into_a_subfolder_is_new_there(tmp_path, capsys):
    repo = Repo(tmp_path / "repo")
    repo.commit()
    (repo.top / "wiki").mkdir()
    for path in list(repo.top.iterdir()):
        if path.name not in (".git", "wiki"):
            path.rename(repo.top / "wiki" / path.name)
    assert main(["diff", "main", "--root", str(repo.top / "wiki"), "--today", "2026-06-01"]) == 0
    assert "8 records added" in capsys.readouterr().out
