"""Identifiers that have gone, moved to another work or gained a version, on recorded answers."""

from __future__ import annotations

import json
from pathlib import Path

import httpx
import kbmaker
import pytest
from contribute import recorded

from kb.cli import main
from kb.contribute import web

TITLE = "How prompts move the persona of a language model"
STEERING = "Directions in activations that steer character"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KB_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr("time.sleep", lambda _: None)
    return kbmaker.write(tmp_path / "base", {"source/doe-2024-prompts": {"version": "v1"}})


def answering(monkeypatch: pytest.MonkeyPatch, arxiv: httpx.Response, steering: httpx.Response, doi: httpx.Response) -> list[str]:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        given = doi if "arxiv" not in request.url.host else steering if "2503.04321" in str(request.url) else arxiv
        return httpx.Response(given.status_code, content=given.content)

    monkeypatch.setattr(web, "transport", lambda: httpx.MockTransport(answer))
    return asked


def feed(name: str, title: str) -> httpx.Response:
    return httpx.Response(200, content=recorded.atom(name, title=title))


CSL = httpx.Response(200, json={"type": "article", "title": STEERING, "DOI": "10.1234/Steer.1", "author": [{"family": "Roe", "given": "Richard"}]})
FINE = {"arxiv": feed("2405.01234v1", TITLE), "steering": feed("2503.04321v2", STEERING), "doi": CSL}


@pytest.mark.parametrize(
    ("changed", "code", "states"),
    [
        ({}, 0, ["alive", "alive", "alive"]),
        # A subtitle more is the same work.
        ({"arxiv": feed("2405.01234v1", f"{TITLE}: and of its neighbours")}, 0, ["alive", "alive", "alive"]),
        ({"arxiv": feed("2405.01234v3", TITLE)}, 0, ["newer-version", "alive", "alive"]),
        # Nobody wrote down which version was read: there is nothing to compare with.
        ({"steering": feed("2503.04321v9", STEERING)}, 0, ["alive", "alive", "alive"]),
        ({"arxiv": feed("2405.01234v1", "Sleep and the consolidation of memory")}, 1, ["other-work", "alive", "alive"]),
        ({"arxiv": httpx.Response(200, content=recorded.EMPTY)}, 1, ["dead", "alive", "alive"]),
        ({"doi": httpx.Response(404)}, 1, ["alive", "alive", "dead"]),
        # A registry that is busy says nothing about a work.
        ({"doi": httpx.Response(503)}, 0, ["alive", "alive", "not-asked"]),
    ],
)
def test_what_has_become_of_identifiers(
    changed: dict[str, httpx.Response], code: int, states: list[str], root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answering(monkeypatch, **(FINE | changed))
    assert main(["identifiers", "--json", "--root", str(root)]) == code
    found = json.loads(capsys.readouterr().out)["identifiers"]
    assert [(item["source"], item["kind"]) for item in found] == [("doe-2024-prompts", "arxiv"), ("roe-2025-steering", "arxiv"), ("roe-2025-steering", "doi")]
    assert [item["state"] for item in found] == states


def test_what_is_wrong_is_named_by_file(root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    answering(monkeypatch, **(FINE | {"arxiv": feed("2405.01234v3", TITLE)}))
    assert main(["identifiers", "--root", str(root)]) == 0
    out, err = capsys.readouterr()
    assert out == "sources/doe-2024-prompts.yaml: arxiv 2405.01234: newer version: the record follows v1; v3 is out since 2026-02-10\n"
    assert err == "3 identifiers: 2 alive, 1 newer version\n"


def test_answers_are_kept_and_asked_for_again_when_told(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = answering(monkeypatch, **FINE)
    for _ in range(2):
        assert main(["identifiers", "--root", str(root)]) == 0
    assert len(asked) == 3
    assert main(["identifiers", "--no-cache", "--root", str(root)]) == 0
    assert len(asked) == 6


def test_without_a_network_it_says_so_and_does_not_go_on_asking(root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    asked = 0

    def refuse(request: httpx.Request) -> httpx.Response:
        nonlocal asked
        asked += 1
        raise httpx.ConnectError("no route", request=request)

    monkeypatch.setattr(web, "transport", lambda: httpx.MockTransport(refuse))
    for number in range(8):
        kbmaker.write(root, {f"source/more-{number}": {"arxiv": f"2405.0{number:04}"}, "source/doe-2024-prompts": {"version": "v1"}})
    assert main(["identifiers", "--root", str(root)]) == 2
    assert "no registry could be asked (export.arxiv.org can't be asked: no route); try again with a network" in capsys.readouterr().err
    assert asked <= 4


def test_a_hostile_title_moves_no_cursor(root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    answering(monkeypatch, **(FINE | {"arxiv": feed("2405.01234v1", "\u202eSleep ##[error] and memory")}))
    assert main(["identifiers", "--root", str(root)]) == 1
    assert capsys.readouterr().out.rstrip("\n").isprintable()
