"""CONTRIBUTING.md leads from zero to a pull request: its blocks are run, one after the other, on a copy of the knowledge base."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import yaml
from contribute import recorded
from gitmaker import ENV

from kb.cli import main
from kb.contribute import web

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
GUIDE = TEXT.partition("## From zero to a merged finding\n")[2].partition("\n## ")[0]
BLOCKS = [(kind, body) for kind, body in re.findall(r"^```(\w+)\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)]
WORK = recorded.atom("2601.01234v1", title="Ghosts in the margin: small models play whom a prompt names")
# The work in words of our own; its figures are those of the block.
PAPER = "Of 200 answers 25 (12.5 %) were in the role under the control prompt and 82 (41.0\u2009%) where it was named: a gain of 28.5 points.\n"
ELSEWHERE = ("git clone", "git push", "cd ", "make ")
"""Commands that need another machine, or only set up what the test has: held against the repository instead."""


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The records of this knowledge base in a git repository of its own."""
    root = tmp_path / "persona-evidence-wiki"
    root.mkdir()
    for name in ("kb.yaml", "sources", "findings", "concepts", "beliefs", "questions", "verify/results"):
        (shutil.copytree if (ROOT / name).is_dir() else shutil.copy)(ROOT / name, root / name)
    for key, value in ENV.items():
        monkeypatch.setenv(key, value)
    monkeypatch.setenv("KB_TODAY", "2026-11-28")
    monkeypatch.chdir(root)
    for words in (["init", "-q", "-b", "main"], ["config", "user.name", "Your Name"], ["add", "-A"], ["commit", "-qm", "before"]):
        subprocess.run(["git", *words], cwd=root, check=True)
    monkeypatch.setattr(web, "transport", lambda: httpx.MockTransport(lambda _: httpx.Response(200, content=WORK)))
    return root


def commands() -> Iterator[str]:
    for kind, body in BLOCKS:
        if kind == "sh":
            yield from body.strip().splitlines()


@pytest.mark.slow
def test_every_block_works(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (copy / "paper.txt").write_text(PAPER, encoding="utf-8")
    said: dict[str, str] = {}
    for kind, body in BLOCKS:
        if kind == "yaml":
            fill_in(copy, body)
            continue
        assert kind == "sh"
        for line in body.strip().splitlines():
            if line.startswith(ELSEWHERE):
                continue
            program, *words = shlex.split(line)
            if program == "git":
                subprocess.run([program, *words], cwd=copy, check=True, capture_output=True)
                continue
            assert program == ".venv/bin/kb", line
            # A scaffold has to be filled in: only then the checks are clean.
            code = main(words)
            captured = capsys.readouterr()
            assert code == 0, (line, captured)
            said[" ".join(words[:2])] = captured.out + captured.err
    assert "to be filled in" in said["new finding"]
    assert "0 errors, 0 warnings" in said["check --fix"]
    assert "0 absent" in said["check --text"] or "absent" not in said["check --text"]
    assert "named-roles-move-small-models" in said["codify persona-selection"]
    assert "named-roles-move-small-models" in said["diff main"]
    assert subprocess.run(["git", "status", "--porcelain"], cwd=copy, capture_output=True, text=True, check=True).stdout.split() == ["??", "paper.txt"]


def fill_in(copy: Path, body: str) -> None:
    """Write a record that the guide shows over its scaffold, which has the same name."""
    name = yaml.safe_load(body)["id"]
    path = copy / "findings" / f"{name}.yaml"
    scaffold = path.read_text(encoding="utf-8")
    assert "TODO" in scaffold
    written = yaml.safe_load(scaffold)
    shown = yaml.safe_load(body)
    assert {key: shown[key] for key in ("id", "title", "status", "sources")} == {key: written[key] for key in ("id", "title", "status", "sources")}
    path.write_text(body, encoding="utf-8")


def test_what_is_not_run_fits_the_repository() -> None:
    elsewhere = [line for line in commands() if line.startswith(ELSEWHERE)]
    settings = yaml.safe_load((ROOT / "kb.yaml").read_text(encoding="utf-8"))
    address = settings["repository"]
    assert f"git clone {address}" in elsewhere
    assert f"cd {os.path.basename(address).removesuffix('.git')}" in elsewhere
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = [line.split()[1] for line in elsewhere if line.startswith("make ")] + re.findall(r"`make (\S+)`", TEXT)
    assert targets
    assert all(re.search(rf"^{target}:|^\.PHONY:.*\b{target}\b", makefile, re.MULTILINE) for target in targets)


def test_every_command_that_the_text_names_exists() -> None:
    from kb.cli import COMMANDS

    named = set(re.findall(r"(?:`|\.venv/bin/|^)kb ([a-z]+)\b", TEXT, re.MULTILINE))
    assert named
    assert named <= set(COMMANDS)
