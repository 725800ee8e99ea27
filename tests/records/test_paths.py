"""A record stays in its folder and under its own name, whatever a pull request brings."""

from __future__ import annotations

import os
from pathlib import Path

import kbmaker
import pytest
import tinywiki as tiny

from kb.checks import run
from kb.cli import main
from kb.errors import ConfigError
from kb.records import load
from kb.records.config import parse_config
from kb.site import files


def codes(root: Path) -> set[tuple[str, str]]:
    return {(problem.code, problem.place.file) for problem in load(root, cache=False).problems}


ODD_NAMES = {
    "Steering-Works.yaml": "KB022",
    "steering works.yaml": "KB022",
    "steering-works.yaml.": "KB022",
    "steering-works.yaml ": "KB022",
    "steering-works.yaml:stream": "KB022",
    "steering-works..yaml": "KB022",
    "..yaml": None,  # names that begin with a dot are nobody's: nothing reads them
    "..\\..\\x.yaml": None,
    "a\\..\\x.yaml": "KB022",
    "st\u0435ering-works.yaml": "KB022",
    "steering\u2010works.yaml": "KB022",
    "steering-works\u200b.yaml": "KB022",
    "\uff53teering.yaml": "KB022",
    "-rf.yaml": "KB022",
    "$(touch pwned).yaml": "KB022",
    "a\nb.yaml": "KB022",
    "\x1b[2J.yaml": "KB022",
    "x.YAML": "KB022",
    "x.yml": "KB022",
    "x.json": "KB022",
}


@pytest.mark.parametrize("name", ODD_NAMES)
def test_a_file_with_another_name_is_reported_and_not_read(name: str, tmp_path: Path) -> None:
    root = kbmaker.write(tmp_path)
    text = (root / "findings" / "steering-works.yaml").read_bytes()
    (root / "findings" / name).write_bytes(text)
    found = codes(root)
    assert {code for code, _ in found} - {"KB021"} == ({ODD_NAMES[name]} if ODD_NAMES[name] else set())
    assert all(file.isprintable() for _, file in found)


@pytest.mark.parametrize("name", ["con", "nul", "aux", "prn", "com1", "lpt9", "index", "tags", "search"])
def test_a_name_that_a_system_or_the_site_needs_is_refused(name: str, tmp_path: Path) -> None:
    root = kbmaker.write(tmp_path)
    text = (root / "findings" / "steering-works.yaml").read_text(encoding="utf-8")
    (root / "findings" / f"{name}.yaml").write_text(text.replace("id: steering-works", f"id: {name}"), encoding="utf-8")
    assert ("KB104", f"findings/{name}.yaml") in codes(root)
    aliased = text.replace("contributors:", f"aliases: [{name}]\ncontributors:")
    (root / "findings" / f"{name}.yaml").unlink()
    (root / "findings" / "steering-works.yaml").write_text(aliased, encoding="utf-8")
    assert ("KB104", "findings/steering-works.yaml") in codes(root)


BAD_FOLDERS = [
    "..",
    ".",
    "../x",
    "a/../b",
    "/etc",
    "a//b",
    "a/",
    ".git",
    "a/.hidden",
    "con",
    "a/NUL",
    "aux.d",
    "com1/x",
    "x.",
    "a./b",
    "-x",
    "a\\b",
    "C:",
    "a b",
    "\uff46",
]


@pytest.mark.parametrize("folder", [*BAD_FOLDERS, "sources", "SOURCES"])
def test_no_folder_of_records_lies_elsewhere_or_where_another_does(folder: str) -> None:
    with pytest.raises(ConfigError, match=r"kb\.yaml:\d+:\d+: "):
        parse_config(f"title: x\nfolders:\n  finding: '{folder}'\n".encode())


@pytest.mark.parametrize("folder", ["findings", "records/findings", "sources/findings", "Findings_2", "x.d/console", "a-b.c"])
def test_a_folder_below_the_knowledge_base_is_accepted(folder: str) -> None:
    assert parse_config(f"title: x\nfolders: {{finding: {folder}}}\n".encode()).folders["finding"] == folder


@pytest.mark.parametrize("linked", ["findings/steering-works.yaml", "findings", "sources", "kb.yaml"])
def test_nothing_is_read_through_a_link(linked: str, tmp_path: Path) -> None:
    root = kbmaker.write(tmp_path / "kb")
    elsewhere = tmp_path / "elsewhere"
    (root / linked).rename(elsewhere)
    (root / linked).symlink_to(elsewhere)
    if linked == "kb.yaml":
        with pytest.raises(ConfigError, match="symbolic link"):
            load(root, cache=False)
    else:
        corpus = load(root, cache=False)
        assert ("KB002", linked) in codes(root)
        assert not any(entry.file.startswith(linked) for entry in corpus)


def test_two_records_never_share_a_name(tmp_path: Path) -> None:
    """The record in the file of that name stands; whoever else claims the name is an error."""
    root = kbmaker.write(tmp_path)
    stranger = (root / "findings" / "prompts-move-personas.yaml").read_text(encoding="utf-8").replace("id: prompts-move-personas", "id: steering-works")
    before = load(root, cache=False).entries["steering-works"].record
    for name in ("aaa", "zzz"):
        (root / "findings" / f"{name}.yaml").write_text(stranger, encoding="utf-8")
        assert {("KB019", f"findings/{name}.yaml"), ("KB020", f"findings/{name}.yaml")} <= codes(root)
        assert load(root, cache=False).entries["steering-works"].record == before
        (root / "findings" / f"{name}.yaml").unlink()


@pytest.mark.parametrize("other", ["persona", "steering-works", "doe-2024-prompts", "what-moves-personas"])
def test_an_alias_takes_no_other_record_s_name_or_page(other: str, tmp_path: Path) -> None:
    overrides = {**tiny.OVERRIDES, "finding/no-home": {**tiny.OVERRIDES["finding/no-home"], "aliases": [other]}}
    root = kbmaker.write(tmp_path, overrides)
    corpus = load(root, cache=False)
    assert ("KB020", "findings/no-home.yaml") in codes(root)
    assert corpus.canonical(other) == other
    made, usual = (files(of, tiny.state(of)) for of in (corpus, kbmaker.corpus(tiny.OVERRIDES)))
    assert made.keys() == usual.keys()


@pytest.mark.parametrize(("command", "linked"), [("build", "build"), ("build", "build/docs"), ("serve", "build"), ("serve", "build/serve/a")])
def test_nothing_is_built_through_a_link(
    command: str, linked: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    root, victim = kbmaker.write(tmp_path / "kb"), tmp_path / "victim"
    victim.mkdir()
    (root / "mkdocs.yml").touch()
    (root / linked).parent.mkdir(parents=True, exist_ok=True)
    (root / linked).symlink_to(victim)
    monkeypatch.chdir(root)
    assert main([command, *(["--port", "0"] if command == "serve" else [])]) == 2
    assert "symbolic link" in capsys.readouterr().err
    assert list(victim.iterdir()) == []


@pytest.mark.parametrize("name", ["docs/guide-x.md", "CONTRIBUTING.md"])
def test_a_page_that_is_no_text_is_said_so(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = kbmaker.write(tmp_path)
    (root / name).parent.mkdir(exist_ok=True)
    (root / name).write_bytes(b"# A page\n\xff\n")
    assert main(["build", "--root", str(root)]) == 2
    assert f"{os.path.basename(name)} is not UTF-8 (byte 10)" in capsys.readouterr().err


def test_an_id_is_a_slug_wherever_it_becomes_a_file_name() -> None:
    corpus = kbmaker.corpus({**tiny.OVERRIDES, "result/rerun-x": {"replication": "a-name"}})
    for name in files(corpus, tiny.state(corpus)):
        parts = name.split("/")
        assert all(part not in ("", ".", "..") and part.isascii() and "\\" not in part and ":" not in part for part in parts)
    for bad in ("../x", "con", "index", "a/b", "A", ""):
        with pytest.raises(ValueError, match="replication"):
            kbmaker.corpus({"result/rerun-x": {"replication": bad}})
    assert run(kbmaker.corpus(), today=kbmaker.TODAY) == []
