"""A knowledge base on another subject, from an installed wheel, where the repository can't be imported.

The works, people and figures on sleep are invented for this test, and say so.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import gitmaker
import kbmaker
import pytest
import yaml

ROOT = Path(__file__).parents[2]
DAY = "2026-06-01"
BUILT = ("kb", "schemas", "verify", "pyproject.toml", "README.md", "LICENSE", "LICENSE-CONTENT")
OTHER_TOPIC = re.compile(r"\bpersonas?\b", re.IGNORECASE)
pytestmark = [pytest.mark.slow, pytest.mark.site]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of the repository, built from a copy: setuptools leaves its workings beside what it builds."""
    top = tmp_path_factory.mktemp("wheel")
    for name in BUILT:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, top / "source" / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, top / "source" / name)
    command = ["pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index", "--disable-pip-version-check", "-w", str(top), str(top / "source")]
    done = subprocess.run([sys.executable, "-m", *command], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return next(top.glob("*.whl"))


COMMANDS = """
import contextlib, io, json, sys
from kb.cli import main
done = []
for words in json.loads(sys.argv[1]):
    with contextlib.redirect_stdout(io.TextIOWrapper(io.BytesIO(), encoding="utf-8")) as out:
        code = main(words)
        out.flush()
    done.append((code, out.buffer.getvalue().decode()))
print(json.dumps(done))
"""


class Clean:
    """A virtual environment with the wheel and the libraries of the one that runs the tests, and nothing of the repository.

    A .pth file leads to the libraries. What such a folder holds of .pth files is not read, so that its editable installation is none here.
    """

    def __init__(self, top: Path, wheel: Path) -> None:
        self.python = top / "bin" / "python"
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(top)], check=True)
        (packages,) = (top / "lib").glob("python*/site-packages")
        (packages / "libraries.pth").write_text("\n".join(path for path in sys.path if path.endswith("site-packages")) + "\n", encoding="utf-8")
        command = ["--python", str(self.python), "install", "--quiet", "--no-deps", "--no-index", "--disable-pip-version-check", "--no-compile", str(wheel)]
        subprocess.run([sys.executable, "-m", "pip", *command], check=True)

    def kb(self, folder: Path, *commands: Sequence[str]) -> list[tuple[int, str]]:
        """Code and output of each of several commands of `kb`, run one after another by one interpreter, since starting one takes longer than most."""
        done = json.loads(self.run(folder, "-c", COMMANDS, json.dumps(commands)))
        return [(code, out) for code, out in done]

    def run(self, folder: Path, *words: str) -> str:
        """What a program of the environment prints, run in a folder; `words` start with its name in `bin`, or with -m or -c."""
        own = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "GIT_", "VIRTUAL_ENV"))}
        program = [str(self.python)] if words[0].startswith("-") else []
        first = words[0] if program else str(self.python.parent / words[0])
        environment = own | gitmaker.ENV | {"KB_TODAY": DAY, "NO_MKDOCS_2_WARNING": "1"}
        done = subprocess.run([*program, first, *words[1:]], cwd=folder, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, (words, done.stdout, done.stderr)
        return done.stdout


@pytest.fixture(scope="module")
def clean(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Clean:
    return Clean(tmp_path_factory.mktemp("clean"), wheel)


def test_the_wheel_holds_every_file_of_the_packages(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if not name.split("/")[0].endswith(".dist-info")}
    files = (path for name in ("kb", "schemas", "verify") for path in (ROOT / name).rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    # Results are records of the knowledge base that this repository holds, in a folder of its program.
    there = {path.relative_to(ROOT).as_posix() for path in files}
    assert {name for name in there if not name.startswith("verify/results/")} - packed == set()
    assert packed - there == set()
    assert {"kb/start/templates/kb.yaml.jinja", "kb/site/theme/main.html", "kb/site/guide/reading.md", "schemas/json/finding.schema.json"} <= packed


WORKS = [
    {"id": key, "type": "article-journal", "title": title, "author": [{"family": family, "given": given}], "issued": {"date-parts": [[year, 2, 3]]}, "URL": url}
    for key, title, family, given, year, url in (
        ("doe", "An invented study of naps and word pairs", "Doe", "Jane", 2024, "https://example.org/doe-2024"),
        ("roe", "An invented study of nights and melodies", "Roe", "Richard", 2025, "https://example.org/roe-2025"),
        ("poe", "An invented null result on naps", "Poe", "Ann", 2026, "https://example.org/poe-2026"),
    )
]
CONCEPT = {
    "definition": "What was learnt becomes lasting. Invented for a test.",
    "is-not": ["The learning itself."],
    "axes": [
        {"id": "method", "name": "Method", "asks": "Which sleep?", "values": [{"id": "nap", "means": "a nap"}, {"id": "night", "means": "a night"}]},
        {"id": "memory", "name": "Memory", "asks": "Of what?", "values": [{"id": "declarative", "means": "facts"}, {"id": "procedural", "means": "skills"}]},
    ],
    "shapes": [{"id": "sleep-gain", "name": "Gain over sleep", "family": "effect", "definition": "More is recalled after sleep than after as long awake."}],
}


def finding(role: str, method: str, memory: str, awake: str, asleep: str, sums: list[str]) -> dict[str, Any]:
    measures = [
        {"name": "awake", "value": awake, "unit": "%", "of": {"condition": "awake"}, "n": 40},
        {"name": "asleep", "value": asleep, "unit": "%", "of": {"condition": "asleep"}, "n": 40},
    ]
    claim = {"id": "recall", "statement": "Recall after sleep and awake, invented.", "nature": "comparison", "measures": measures, "checks": sums}
    shapes = {"shapes": ["sleep-gain"]} if role == "instantiating" else {}
    return {
        "kind": "human-study",
        "models": [],
        "summary": "Invented for a test.",
        "claims": [claim | {"at": [{"part": "table", "ref": "1"}]}],
        "instantiates": [{"concept": "memory-consolidation", "role": role, **shapes, "axes": {"method": method, "memory": memory}}],
        "limitations": ["Nobody took part."],
        "no-replication": "People would have to sleep.",
    }


FINDINGS = {
    "doe": ("A nap helps the recall of word pairs", finding("instantiating", "nap", "declarative", "50.0", "60.0", ["awake < asleep"])),
    "roe": ("A night helps the recall of melodies", finding("instantiating", "night", "procedural", "41.5", "47.5", ["awake < asleep"])),
    "poe": ("A nap leaves recall as it was", finding("contradicting", "nap", "declarative", "52.0", "52.5", ["awake ~ asleep"])),
}
BELIEF = {
    "statement": "Sleep makes memories last. Invented for a test.",
    "holders": [{"holder": "ann", "history": [{"date": DAY, "credence": 0.8, "because": "a first guess"}]}],
    "rationale": "Two invented works say so.",
    "concepts": ["memory-consolidation"],
    "evidence": [{"record": "doe/recall", "direction": "for", "note": "More was recalled."}],
    "updates": [
        {
            "id": "null-result",
            "when": "A finding speaks against it.",
            "predicate": {"count": "findings", "where": {"concept": "memory-consolidation", "role": "contradicting"}, "at-least": 1},
            "would": "lower",
        }
    ],
}


def fill_in(file: Path, fields: Mapping[str, Any]) -> None:
    """What a contributor does with a scaffold, by a program: fields replaced, the first line kept."""
    first, _, _ = (text := file.read_text(encoding="utf-8")).partition("\n")
    data = {key: value for key, value in (yaml.safe_load(text) | dict(fields)).items() if key != "no-concept" or "instantiates" not in fields}
    data["added"] = str(data["added"])
    file.write_text(f"{first}\n" + "".join(kbmaker.blocks(data).values()), encoding="utf-8")


def site_of(clean: Clean, base: Path) -> str:
    """The text of all pages of the base's site, made strictly of what `kb build` wrote."""
    clean.run(base, "-m", "mkdocs", "build", "--strict", "--quiet")
    assert "leads nowhere" in (base / "build" / "site" / "404.html").read_text(encoding="utf-8"), "the theme's overrides are used"
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted((base / "build" / "site").rglob("*.html")))


CHECK = ("check", "--format", "json")
BUILD = ("build", "--quiet")


def new_finding(key: str) -> tuple[str, ...]:
    title, _ = FINDINGS[key]
    return ("new", "finding", "--from", "works.json", "--key", key, "--title", title, "--id", key, "--source-id", f"{key}-invented", "--by", "ann")


def problems(outcome: tuple[int, str]) -> set[str]:
    return {found["code"] for found in json.loads(outcome[1])["diagnostics"]}


def test_a_knowledge_base_on_sleep(clean: Clean, tmp_path: Path) -> None:
    base = tmp_path / "sleep"
    where = clean.run(tmp_path, "-c", "import kb, schemas; print(kb.__file__, schemas.__file__, sep='\\n')").splitlines()
    assert len(where) == 2
    assert all(Path(path).is_relative_to(clean.python.parents[1]) for path in where), "nothing comes from the repository"
    said = json.loads(clean.run(tmp_path, "kb", "init", "sleep", "--title", "Sleep & memory", "--tagline", "An invented base: what sleep does", "--json"))
    assert sorted(said["files"]) == sorted(path.relative_to(base).as_posix() for path in base.rglob("*") if path.is_file())
    checked, built = clean.kb(base, CHECK, BUILD)
    assert (checked[0], built[0], problems(checked)) == (0, 0, set())
    empty = site_of(clean, base)
    assert "Sleep &amp; memory" in empty
    assert not OTHER_TOPIC.search(empty)
    assert "reruns.html" not in (base / "build" / "site" / "index.html").read_text(encoding="utf-8")

    (base / "works.json").write_text(json.dumps(WORKS), encoding="utf-8")
    concept = ("new", "concept", "--title", "Memory consolidation", "--kind", "mechanism", "--by", "ann")
    belief = ("new", "belief", "--title", "Sleep makes memories last", "--id", "sleep-consolidates", "--credence", "0.8", "--by", "ann")
    *made, scaffolds = clean.kb(base, concept, new_finding("doe"), new_finding("roe"), belief, CHECK)
    assert [code for code, _ in made] == [0, 0, 0, 0]
    assert scaffolds[0] == 1
    assert "KB330" in problems(scaffolds)
    fill_in(base / "concepts" / "memory-consolidation.yaml", CONCEPT)
    fill_in(base / "findings" / "doe.yaml", FINDINGS["doe"][1])
    fill_in(base / "findings" / "roe.yaml", FINDINGS["roe"][1])
    fill_in(base / "beliefs" / "sleep-consolidates.yaml", BELIEF)
    laid, checked, board = clean.kb(base, ("fmt",), CHECK, ("codify", "--json"))
    assert (laid[0], checked[0], problems(checked)) == (0, 0, set())
    (shape,) = json.loads(board[1])["concepts"]["memory-consolidation"]["rows"]
    assert (shape["count"], shape["independent"]) == (2, 2)

    repository = gitmaker.Repo(base)
    repository.keep()
    repository.git("checkout", "-q", "-b", "null")
    assert clean.kb(base, new_finding("poe"))[0][0] == 0
    fill_in(base / "findings" / "poe.yaml", FINDINGS["poe"][1])
    outcomes = clean.kb(base, ("fmt",), CHECK, ("diff", "main", "--format", "markdown"), ("queue", "--json"), ("export", "beliefs-json"), BUILD)
    assert [code for code, _ in outcomes] == [0, 0, 0, 0, 0, 0]
    assert problems(outcomes[1]) == set()
    assert "A nap leaves recall as it was" in outcomes[2][1]
    assert "Beliefs due for review: Sleep makes memories last" in outcomes[2][1]
    assert "review-due:sleep-consolidates/null-result" in outcomes[3][1]
    (holder,) = json.loads(outcomes[4][1])["holders"]
    assert [exported["id"] for exported in holder["beliefs"]] == ["sleep-consolidates"]
    site = site_of(clean, base)
    assert "review due" in site
    assert not OTHER_TOPIC.search(site)
