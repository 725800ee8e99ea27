"""A knowledge base read from a commit is the one that its checkout would hold."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from gitmaker import ENV, Repo

from kb.contribute.git import Repository
from kb.contribute.revisions import Fingerprints, Revision, sources_at
from kb.errors import ConfigError
from kb.records import load, read_tree
from kb.records.tree import MAX_BYTES
from schemas.fingerprint import fingerprint


def tree_of(repo, revision="HEAD"):
    repository = Repository.at(repo.root)
    return Revision(repository, repository.commit(revision)).tree(repo.root, cache=False)


@pytest.mark.parametrize("folder", ["", "some where/ünd"])
def test_the_tree_of_a_commit_is_the_tree_of_its_checkout(tmp_path, folder):
    repo = Repo(tmp_path / "repo", folder)
    raw = {
        "findings/README.md": "not a record",
        "findings/.hidden.yaml": "not looked at",
        "findings/Wrong Name.yaml": "x: 1",
        "findings/deep/er.yaml": "x: 1",
        "findings/too-large.yaml": "#" * (MAX_BYTES + 1),
        "findings/as-large.yaml": "#" * MAX_BYTES,
        "results/a-result.json": "{}",
        "sources/a-result.json": "{}",
        "docs/elsewhere.yaml": "x: 1",
    }
    repo.lay(None, raw)
    (repo.root / "findings" / "link.yaml").symlink_to("steering-works.yaml")
    (repo.root / "questions" / "out").symlink_to("/etc")
    if sys.platform == "linux":
        (repo.root / os.fsdecode(b"findings/\xff\xfe.yaml")).write_text("x: 1")
    repo.keep()
    found, expected = tree_of(repo), read_tree(repo.root, cache=False)
    assert found == expected
    assert {"symlink", "stray", "folder", "too-large", "record"} == {file.state for file in found.files}
    assert load(repo.root, cache=False, tree=found) == load(repo.root, cache=False)


def test_a_folder_of_records_that_is_a_link_is_not_followed(tmp_path):
    repo = Repo(tmp_path / "repo")
    repo.lay()
    (repo.root / "findings").rename(repo.root / "elsewhere")
    (repo.root / "findings").symlink_to("elsewhere")
    repo.keep()
    assert [file for file in tree_of(repo).files if file.kind == "finding"] == [
        file for file in read_tree(repo.root, cache=False).files if file.kind == "finding"
    ]


def test_a_submodule_is_never_entered(tmp_path):
    inner = Repo(tmp_path / "inner")
    inner.commit()
    repo = Repo(tmp_path / "repo")
    repo.commit({"kb.yaml": {"folders": {"belief": "inner/beliefs", "question": "inner"}}})
    subprocess.run(
        ["git", "-c", "protocol.file.allow=always", "submodule", "add", "-q", str(inner.top), "findings/inner"],
        cwd=repo.top,
        check=True,
        env={**os.environ, **ENV},
    )
    subprocess.run(
        ["git", "-c", "protocol.file.allow=always", "submodule", "add", "-q", str(inner.top), "inner"], cwd=repo.top, check=True, env={**os.environ, **ENV}
    )
    repo.keep()
    states = {file.file: (file.state, file.detail) for file in tree_of(repo).files}
    assert states["findings/inner"] == ("folder", "")
    assert states["inner/beliefs"][0] == states["inner"][0] == "unreadable"
    assert "submodule" in states["inner"][1]


@pytest.mark.parametrize(
    ("text", "says"), [("title: [\n", "not valid"), ("#" * (MAX_BYTES + 1), "larger than"), (None, "a symbolic link"), ("nonsense: 1\n", "unknown key")]
)
def test_settings_of_a_commit_that_are_no_settings(tmp_path, text, says):
    repo = Repo(tmp_path / "repo")
    repo.lay()
    path = repo.root / "kb.yaml"
    path.unlink()
    path.symlink_to("/etc/passwd") if text is None else path.write_text(text)
    repo.keep()
    with pytest.raises(ConfigError, match=says):
        tree_of(repo)


def test_a_commit_without_settings_is_no_knowledge_base(tmp_path):
    repo = Repo(tmp_path / "repo", "inner")
    (repo.top / "other.txt").write_text("x")
    repo.keep()
    assert tree_of(repo) is None


def test_sources_are_those_of_the_commit(tmp_path, monkeypatch):
    repo = Repo(tmp_path / "repo")
    package = repo.root / "lab_of_a_test"
    package.mkdir()
    for name in ("__init__", "one", "two", "broken"):
        (package / f"{name}.py").write_text("x = 1\n")
    (package / "broken.py").write_text("x = (\n")
    first = repo.keep()
    (package / "one.py").write_text("x = 2\r\n")
    (package / "two.py").unlink()
    monkeypatch.syspath_prepend(str(repo.root))
    repository = Repository.at(repo.root)
    names = [f"lab_of_a_test/{name}.py" for name in ("one", "two", "broken", "never")] + ["../../etc/passwd.py", "schemas/base.py", "no_such_package/x.py"]
    sources = sources_at(repository, first, names, Fingerprints(repo.root, cache=False))
    assert [sources.fingerprint(name) for name in names[:4]] == [fingerprint("x = 1\n"), fingerprint("x = 1\n"), None, None]
    # What is installed elsewhere is no part of the repository.
    assert sources.fingerprint("schemas/base.py") is not None
    second = sources_at(repository, repo.keep(), names, Fingerprints(repo.root, cache=False))
    assert [second.fingerprint(name) for name in names[:2]] == [fingerprint("x = 2\n"), None]


def test_records_of_files_that_are_the_same_are_the_same_objects(tmp_path):
    repo = Repo(tmp_path / "repo")
    repo.commit()
    repo.lay({"finding/steering-works": {"title": "Another"}}, {"findings/broken.yaml": "x: [\n", "beliefs/misnamed.yaml": "schema: 1\n"})
    now = load(repo.root, cache=False)
    tree = tree_of(repo)
    shared, alone = load(repo.root, cache=False, tree=tree, known=now), load(repo.root, cache=False, tree=tree)
    assert shared == alone
    assert {name for name, entry in shared.entries.items() if entry.record is not now.entries[name].record} == {"steering-works"}
    # A file with a problem is read again, and says so again.
    again = load(repo.root, cache=False, known=now)
    assert again == now
    assert again.problems


def test_what_is_read_beside_another_state_comes_from_the_cache_next_time(tmp_path, monkeypatch):
    repo = Repo(tmp_path / "repo")
    repo.commit()
    repo.lay({"finding/steering-works": {"title": "Another"}})
    tree = tree_of(repo)
    for _ in range(2):
        now = load(repo.root)
        load(repo.root, tree=tree, known=now)
    monkeypatch.setattr("kb.records.parsed.read", lambda *_: pytest.fail("a file was parsed"))
    assert load(repo.root, tree=tree, known=load(repo.root)).findings["steering-works"].title != "Another"
