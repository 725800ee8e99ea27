"""Every format is described, safe to write, the same for the same records, and refuses what it can't do."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import exporting
import kbmaker
import pytest

from kb.cli import main
from kb.errors import UsageError
from kb.export.registry import Options, formats, make
from kb.export.tables import TABLES, rows

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", sorted(formats()))
def test_every_format_is_described(name: str) -> None:
    one = formats()[name]
    assert one.summary
    assert not one.summary.endswith(".")
    assert one.reader
    assert one.schema
    assert all(field and says for field, says in one.schema)
    assert (one.kind == "folder") == ("." not in one.file)
    page = (ROOT / "docs" / "exports.md").read_text(encoding="utf-8")
    assert f"## {name}\n" in page


@pytest.mark.parametrize("name", sorted(formats()))
@pytest.mark.parametrize("state", ["small", "hostile", "empty"])
def test_every_format_is_made_of_any_knowledge_base(name: str, state: str) -> None:
    made = exporting.made(name, getattr(exporting, state)())
    assert isinstance(made, {"text": str, "binary": bytes, "folder": dict}[formats()[name].kind])
    if isinstance(made, dict):
        assert all(isinstance(content, bytes) for content in made.values())
    if isinstance(made, str):
        made.encode("utf-8")
        assert made.endswith("\n")


@pytest.mark.parametrize("name", sorted(TABLES))
def test_tables_hold_what_they_say(name: str) -> None:
    table = TABLES[name]
    kinds = {"text": str, "date": str, "integer": int, "real": float}
    for state in (exporting.small(), exporting.hostile()):
        found = rows(state, name)
        assert found
        for row in found:
            assert len(row) == len(table.columns)
            for column, cell in zip(table.columns, row, strict=True):
                assert cell is None or type(cell) is kinds[column.type], (column.name, cell)
        keys = [tuple(row[table.names.index(column)] for column in table.key) for row in found]
        assert len(keys) == len(set(keys))
    for column in table.columns:
        if column.refers:
            other, _, of = column.refers.partition(".")
            assert of in TABLES[other].names


_EXPORT_ALL = """
import hashlib, sys
from pathlib import Path
from kb.evidence.state import derive
from kb.export.registry import formats, make
from kb.records import load
for name in formats():
    made = make(name, derive(load(Path(sys.argv[1]), cache=False)))
    files = made if isinstance(made, dict) else {"": made.encode() if isinstance(made, str) else made}
    for file, content in sorted(files.items()):
        print(name, file, hashlib.sha256(content).hexdigest())
"""


def test_the_same_records_give_the_same_bytes(tmp_path: Path) -> None:
    root = kbmaker.write(tmp_path, exporting.overrides())
    said = []
    for seed in ("0", "1"):
        env = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": seed, "TZ": "Asia/Tokyo" if seed == "1" else "UTC"}
        done = subprocess.run([sys.executable, "-c", _EXPORT_ALL, str(root)], capture_output=True, text=True, env=env, check=False)
        assert done.returncode == 0, done.stderr
        said.append(done.stdout)
    assert said[0] == said[1]
    assert {line.split()[0] for line in said[0].splitlines()} == set(formats())


def test_unknown_formats_and_options_are_refused() -> None:
    with pytest.raises(UsageError, match="did you mean 'sqlite'"):
        make("sqlit", exporting.small())
    with pytest.raises(UsageError, match="bibtex does not take --holder; these do: beliefs-csv"):
        make("bibtex", exporting.small(), Options(holder="Ann"))
    with pytest.raises(UsageError, match="nobody called 'Zoe' holds a belief; expected one of Ann, Bob"):
        make("beliefs-csv", exporting.small(), Options(holder="Zoe"))


def test_a_missing_library_is_named_with_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = next(one for one in formats().values() if one.extra)
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(UsageError, match=r"needs pyarrow: install the extra `tables`"):
        make(wanted.name, exporting.small())


@pytest.fixture
def root(tmp_path: Path) -> str:
    return str(kbmaker.write(tmp_path / "base", exporting.overrides()))


def test_text_goes_to_standard_output_or_a_file(root: str, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main(["export", "beliefs-csv", "--root", root]) == 0
    said = capfdbinary.readouterr().out
    assert main(["export", "beliefs-csv", "-o", "-", "--root", root]) == 0
    assert capfdbinary.readouterr().out == said
    assert main(["export", "beliefs-csv", "-o", str(tmp_path), "--root", root]) == 0
    assert (tmp_path / "beliefs.csv").read_bytes() == said
    assert main(["export", "beliefs-csv", "-o", str(tmp_path / "my.csv"), "--root", root]) == 0
    assert (tmp_path / "my.csv").read_bytes() == said
    assert sorted(path.name for path in tmp_path.iterdir()) == ["base", "beliefs.csv", "my.csv"]


def test_binary_gets_a_name_of_its_own(root: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["export", "sqlite", "--root", root]) == 0
    assert (tmp_path / "kb.sqlite").read_bytes().startswith(b"SQLite format 3\0")
    assert "wrote kb.sqlite" in capsys.readouterr().out


def test_a_folder_is_ours_or_left_alone(root: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    assert main(["export", "argument-graph", "-o", str(out), "--root", root]) == 0
    assert main(["export", "argument-graph", "-o", str(out), "--root", root]) == 0
    assert "0 of them new or changed" in capsys.readouterr().out
    assert main(["export", "ro-crate", "-o", str(out), "--root", root]) == 2
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    (theirs / "thesis.tex").touch()
    assert main(["export", "argument-graph", "-o", str(theirs), "--root", root]) == 2
    assert "was not written by `kb export argument-graph`" in capsys.readouterr().err
    assert [path.name for path in theirs.iterdir()] == ["thesis.tex"]
    assert main(["export", "argument-graph", "-o", str(theirs / "thesis.tex"), "--root", root]) == 2
    assert main(["export", "argument-graph", "-o", "-", "--root", root]) == 2


@pytest.mark.parametrize(
    "words", [[], ["--json"], ["bibtex", "--json"], ["beliefs-csv", "--since", "yesterday"], ["nonsense"], ["bibtex", "-o", "no-such-folder/x.bib"]]
)
def test_usage_errors(words: list[str], root: str) -> None:
    assert main(["export", *words, "--root", root]) == 2


def test_the_list(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["export", "--list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == sorted(formats())
    assert main(["export", "--list", "--json"]) == 0
    assert [one["name"] for one in json.loads(capsys.readouterr().out)] == sorted(formats())


def test_records_left_out_are_announced(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = kbmaker.write(tmp_path, raw={"findings/broken.yaml": "id: [\n"})
    assert main(["export", "bibtex", "--root", str(root)]) == 0
    assert "one file is no valid record and is left out" in capsys.readouterr().err
