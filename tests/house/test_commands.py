"""Every command has help, generated files are current, and usage errors end with 2."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import kbmaker
import pytest

from kb.cli import COMMANDS, main, parser_for

ROOT = Path(__file__).parents[2]
SCRIPTS: dict[str, str] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["scripts"]
"""Console scripts of the project: name to module:function."""


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_option_of_every_command_has_help(command: str) -> None:
    parser = parser_for(command)
    sub = next(action for action in parser._actions if action.dest == "command").choices[command]
    silent = [action.dest for action in sub._actions if not action.help]
    assert not silent
    assert sub.description


@pytest.mark.parametrize("words", [[], ["nonsense"], ["check", "--no-such-option"], ["schema", "-o"]])
def test_usage_errors_end_with_two(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 2
    assert "usage:" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["check", "codify", "beliefs", "graph", "show", "build", "export"])
def test_outside_a_knowledge_base_says_so(command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert main([command, *{"show": ["some-id"], "export": ["bibtex"]}.get(command, [])]) == 2
    assert "kb.yaml" in capsys.readouterr().err


def test_version() -> None:
    done = subprocess.run([sys.executable, "-m", "kb", "--version"], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.startswith("kb ")


def test_generated_files_are_current(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["gen", "--check", "--root", str(ROOT)]) == 0, capsys.readouterr().out


@pytest.mark.parametrize("program", SCRIPTS)
def test_the_reference_has_every_option_of_every_command(program: str) -> None:
    cli = importlib.import_module(SCRIPTS[program].partition(":")[0])
    reference = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    for command, summary in cli.COMMANDS.items():
        section = reference.partition(f"\n### {program} {command}\n")[2].partition("\n#")[0]
        assert summary[1:] in " ".join(section.split())
        sub = next(action for action in cli.parser_for(command)._actions if action.dest == "command").choices[command]
        assert all(option in section for action in sub._actions for option in action.option_strings or [action.metavar])


@pytest.mark.parametrize("program", SCRIPTS)
def test_a_command_whose_help_changed_is_noticed(program: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    commands = importlib.import_module(SCRIPTS[program].partition(":")[0]).COMMANDS
    monkeypatch.setitem(commands, next(iter(commands)), "do something else")
    assert main(["gen", "--check", "--root", str(ROOT)]) == 1
    assert "docs/cli.md" in capsys.readouterr().out


def test_help_that_cannot_be_captured_is_said_to_be_missing(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "verify.organism.recipe", None)
    assert main(["gen", "--check", "--root", str(ROOT)]) == 2
    assert "extra `dev`" in capsys.readouterr().err


def test_output_is_utf_8_whatever_the_locale(tmp_path: Path) -> None:
    kbmaker.write(tmp_path, {"finding/steering-works": {"title": "Größe und Größenwahn"}})
    command = [sys.executable, "-m", "kb", "show", "steering-works", "--root", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False, env={**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"})
    assert done.returncode == 0
    assert "Größe und Größenwahn" in done.stdout.decode("utf-8")
