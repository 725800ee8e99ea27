"""Reading git: revisions, their errors, and that nothing but reading is done."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from gitmaker import ENV, Repo
from kbmaker import TODAY

from kb.contribute.diff.sides import compare
from kb.contribute.git import Repository
from kb.errors import UsageError


@pytest.fixture
def repo(tmp_path):
    made = Repo(tmp_path / "repo")
    made.commit()
    return made


@pytest.mark.parametrize(
    "revision", ["", "-h", "--output=x", "--upload-pack=touch pwned", "main:kb.yaml", "main..main", "main...main", "ma\nin", "a\0b", "x" * 301, "\u202emain"]
)
def test_what_is_no_name_of_a_commit_never_reaches_git(repo, revision, monkeypatch):
    repository = Repository.at(repo.root)
    monkeypatch.setattr(Repository, "_run", lambda *_, **__: pytest.fail("git was called"))
    with pytest.raises(UsageError, match=r"is no name of a commit|is a range"):
        repository.commit(revision)


def test_a_revision_by_every_name_it_has(repo):
    head = repo.git("rev-parse", "HEAD")
    repo.git("tag", "-a", "v1", "-m", "a tag")
    repository = Repository.at(repo.root)
    assert {repository.commit(name) for name in ("main", "HEAD", "v1", head, head[:10], "refs/heads/main", "main^0")} == {head}


def test_an_unknown_revision_has_near_names(repo):
    repo.git("branch", "feature")
    with pytest.raises(UsageError, match=r"no commit is called 'featrue'; did you mean 'feature'\?$"):
        Repository.at(repo.root).commit("featrue")


def test_a_branch_known_only_at_the_remote_is_offered(repo, tmp_path):
    subprocess.run(["git", "clone", "-q", str(repo.top), str(tmp_path / "clone")], check=True, env={**os.environ, **ENV})
    subprocess.run(["git", "checkout", "-q", "-b", "work"], cwd=tmp_path / "clone", check=True)
    subprocess.run(["git", "branch", "-q", "-D", "main"], cwd=tmp_path / "clone", check=True)
    with pytest.raises(UsageError, match="'origin/main'"):
        Repository.at(tmp_path / "clone").commit("main")


def test_a_name_of_two_things_is_ambiguous(repo):
    repo.git("branch", "twice")
    repo.keep("another")
    repo.git("tag", "twice")
    with pytest.raises(UsageError, match="ambiguous"):
        Repository.at(repo.root).commit("twice")


def test_a_tree_is_no_commit(repo):
    with pytest.raises(UsageError, match="no commit is called"):
        Repository.at(repo.root).commit(repo.git("rev-parse", "HEAD^{tree}"))


def test_outside_of_a_repository(tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    with pytest.raises(UsageError, match="is in no git repository"):
        Repository.at(tmp_path)


def test_without_git(repo, monkeypatch):
    monkeypatch.setenv("PATH", str(repo.top))
    with pytest.raises(UsageError, match="git was not found"):
        Repository.at(repo.root)


def test_an_empty_repository(tmp_path):
    made = Repo(tmp_path / "empty")
    made.lay()
    with pytest.raises(UsageError, match="has no commit yet"):
        compare(made.root, "main", None, today=TODAY)


def test_unrelated_histories_have_no_merge_base(repo):
    repo.git("checkout", "-q", "--orphan", "other")
    repo.keep("unrelated")
    with pytest.raises(UsageError, match="no common ancestor; --exact"):
        compare(repo.root, "main", "other", today=TODAY)
    assert compare(repo.root, "main", "other", today=TODAY, exact=True).before.label.startswith("main (")


def test_a_shallow_clone_says_how_to_deepen_it(repo, tmp_path):
    repo.git("checkout", "-q", "-b", "work")
    repo.keep("on work")
    repo.git("checkout", "-q", "main")
    repo.keep("on main")
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "-q", "--depth=1", "--no-single-branch", f"file://{repo.top}", str(clone)], check=True, env={**os.environ, **ENV})
    with pytest.raises(UsageError, match=r"shallow.*--unshallow.*fetch-depth: 0"):
        compare(clone, "origin/main", "origin/work", today=TODAY)
    with pytest.raises(UsageError, match=r"no commit is called '0000000000'.*shallow.*fetch-depth: 0"):
        compare(clone, "0000000000", None, today=TODAY)


def test_several_questions_at_once_and_what_is_not_there(repo):
    repository = Repository.at(repo.root)
    head = repository.commit("HEAD")
    files = repository.files(head, ["kb.yaml", "no/such file", "findings", "a\nb", "findings/steering-works.yaml"])
    assert files["kb.yaml"] == (repo.root / "kb.yaml").read_bytes()
    assert files["findings/steering-works.yaml"] == (repo.root / "findings/steering-works.yaml").read_bytes()
    assert [files[name] for name in ("no/such file", "findings", "a\nb")] == [None, None, None]
    with pytest.raises(UsageError, match="is not in the clone"):
        repository.blobs(["0" * 40])


def test_the_environment_and_the_settings_of_the_repository_run_nothing(repo, tmp_path, monkeypatch):
    """Whatever git could be told to run writes a file; none appears."""
    trap = tmp_path / "trap"
    trap.write_text(f"#!/bin/sh\ntouch {tmp_path}/pwned\ncat\n")
    trap.chmod(0o755)
    for key in ("core.fsmonitor", "core.pager", "diff.external", "core.sshCommand", "core.editor", "filter.x.smudge", "filter.x.clean", "diff.x.textconv"):
        repo.git("config", key, str(trap))
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    for hook in ("post-checkout", "post-index-change", "reference-transaction", "pre-commit"):
        (hooks / hook).symlink_to(trap)
    repo.git("config", "core.hooksPath", str(hooks))
    (repo.root / ".gitattributes").write_text("* filter=x diff=x\n")
    for key in ("GIT_EXTERNAL_DIFF", "GIT_PAGER", "GIT_SSH_COMMAND", "GIT_EDITOR", "GIT_ASKPASS", "GIT_PROXY_COMMAND"):
        monkeypatch.setenv(key, str(trap))
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "nowhere"))
    monkeypatch.setenv("GIT_TRACE", str(tmp_path / "traced"))
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "core.fsmonitor")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", str(trap))
    compare(repo.root, "main", None, today=TODAY, cache=False)
    compare(repo.root, "main", "HEAD", today=TODAY, cache=False)
    assert not (tmp_path / "pwned").exists()
    assert not (tmp_path / "traced").exists()


def _everything(top: Path) -> dict[str, tuple[int, int, bytes]]:
    """Every file below a folder, git's own among them: time of change, mode, content."""
    return {str(path): (path.stat().st_mtime_ns, path.stat().st_mode, path.read_bytes()) for path in sorted(top.rglob("*")) if path.is_file()}


def test_work_tree_index_and_head_are_untouched(repo):
    base = repo.git("rev-parse", "HEAD")
    repo.git("checkout", "-q", "-b", "work")
    repo.commit({"finding/steering-works": {"title": "Another title"}})
    repo.lay({"finding/steering-works": {"title": "Not committed"}, "finding/staged": {}})
    repo.git("add", "findings/staged.yaml")
    status, before = repo.git("status", "--porcelain"), _everything(repo.top)
    for head in (None, "work", "main"):
        compare(repo.root, base, head, today=TODAY)
    assert _everything(repo.top) == before
    assert repo.git("status", "--porcelain") == status
