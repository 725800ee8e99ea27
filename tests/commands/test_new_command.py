"""`kb new` and `kb similar`, from the command line to files that `kb check` accepts."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

import httpx
import kbmaker
import pytest
import yaml
from contribute import recorded
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kb.checks import run as run_checks
from kb.cli import main
from kb.contribute import web
from kb.contribute.plain import line
from kb.records import load
from kb.records.reader import read_yaml

Serve = Callable[[bytes], list[httpx.Request]]


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small knowledge base, from where no request reaches a network."""
    monkeypatch.setenv("KB_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("KB_TODAY", kbmaker.TODAY.isoformat())
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", os.devnull)
    monkeypatch.setattr("sys.stdin", open(os.devnull, encoding="utf-8"))  # noqa: SIM115 - as long as the test
    transport, _ = recorded.answering(lambda _: httpx.Response(403))
    monkeypatch.setattr(web, "transport", lambda: transport)
    return kbmaker.write(tmp_path / "kb")


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Serve:
    def start(body: bytes) -> list[httpx.Request]:
        transport, asked = recorded.answering(lambda _: httpx.Response(200, content=body))
        monkeypatch.setattr(web, "transport", lambda: transport)
        return asked

    return start


def files(root: Path) -> dict[str, str]:
    return {path.relative_to(root).as_posix(): path.read_text(encoding="utf-8", errors="replace") for path in sorted(root.rglob("*")) if path.is_file()}


def new(root: Path, *words: str) -> int:
    return main(["new", *words, "--root", str(root), *([] if "--by" in words else ["--by", "ann"])])


def made(root: Path, before: dict[str, str]) -> set[str]:
    after = files(root)
    assert {name: after[name] for name in before} == before
    return set(after) - set(before)


ARXIV = ("finding", "--arxiv", "https://arxiv.org/abs/2601.01234", "--title", "Ghosts answer in the first person")
SOURCE, FINDING = "sources/van-der-doe-2026-ghosts-margin.yaml", "findings/ghosts-answer-first-person.yaml"


def test_from_an_arxiv_id_to_a_finding_that_passes_every_check(root: Path, serve: Serve, capsys: pytest.CaptureFixture[str]) -> None:
    asked, before = serve(recorded.atom()), files(root)
    assert new(root, *ARXIV) == 0
    assert [str(request.url) for request in asked] == ["https://export.arxiv.org/api/query?id_list=2601.01234&max_results=1"]
    assert made(root, before) == {SOURCE, FINDING}
    out = capsys.readouterr().out
    assert f"{FINDING}:11:12: the model as the field calls it" in out
    assert f"kb check {SOURCE} {FINDING}" in out

    # What is unfinished is reported, and nothing else but the figures that nobody gave.
    found = run_checks(load(root, cache=False), today=kbmaker.TODAY)
    assert {(d.code, d.place.file) for d in found} == {("KB330", FINDING), ("KB306", FINDING)}
    for problem in found:
        assert f"{problem.place}: " in out or problem.code == "KB306"

    text = (root / FINDING).read_text(encoding="utf-8")
    for old, filled in (
        ('{name: "TODO: the model as the field calls it"}', "{name: Small 1B}"),
        ("TODO: what was done and what came out, in your own words", "Prompts in the margin were answered by somebody else."),
        ("id: todo ", "id: rate "),
        ('"TODO: what the work says, in one sentence"', "The rate of answers in the first person rises."),
        ("measures: []", "measures:"),
        ("    #  - {name: before, value: 12.0", "      - {name: before, value: 12.0"),
        ("    #  - {name: after, value: 36.5", "      - {name: after, value: 36.5"),
        ('"TODO: its number or name"', '"4"'),
        ("checks: []", "checks: [before < after]"),
        ('"TODO: name the concept that it bears on under instantiates, or say here why there is none"', "It is about ghosts."),
        ('"TODO: what the authors say, or a careful reader sees"', "Nobody has seen one."),
    ):
        assert old in text
        text = text.replace(old, filled)
    (root / FINDING).write_text(text, encoding="utf-8")
    assert main(["check", "--strict", "--root", str(root)]) == 0, capsys.readouterr().out


def test_the_source_says_what_the_registry_says(root: Path, serve: Serve) -> None:
    serve(recorded.as_json(recorded.csl()))
    assert new(root, "source", "--doi", "https://doi.org/10.1234/JMR.77") == 0
    source = load(root, cache=False).sources["de-la-cruz-2025-masks-small-models"]
    assert [person.display for person in source.author] == ["Ana de la Cruz", "Max Muster Jr.", "The Ghost Consortium"]
    assert (source.type, source.doi, source.issued, source.container_title) == ("article-journal", "10.1234/jmr.77", "2025-07", "Journal of Made-up Results")
    assert (source.status, source.added, source.contributors, source.best_extent) == ("draft", kbmaker.TODAY, ["ann"], "unchecked")


@pytest.mark.parametrize(("name", "raw", "key"), [("works.bib", recorded.BIBTEX, "muster2025masks"), ("works.ris", recorded.RIS, "masks")])
def test_from_a_bibliography_file(root: Path, tmp_path: Path, name: str, raw: bytes, key: str) -> None:
    (tmp_path / name).write_bytes(raw)
    before = files(root)
    assert new(root, "source", "--from", str(tmp_path / name)) == 2
    assert made(root, before) == set()
    assert new(root, "source", "--from", str(tmp_path / name), "--key", key) == 0
    assert made(root, before) == {"sources/muster-2025-masks-small-models.yaml"}


@pytest.mark.parametrize("identifier", [("--arxiv", "2405.01234v3"), ("--doi", "10.48550/arXiv.2405.01234"), ("--doi", "10.1234/STEER.1")])
def test_a_work_that_is_filed_is_used_and_not_looked_up(root: Path, serve: Serve, capsys: pytest.CaptureFixture[str], identifier: tuple[str, str]) -> None:
    asked, before = serve(b""), files(root)
    assert new(root, "finding", *identifier, "--title", "Ghosts answer") == 0
    assert asked == []
    assert made(root, before) == {"findings/ghosts-answer.yaml"}
    source = "roe-2025-steering" if "STEER" in identifier[1] else "doe-2024-prompts"
    out = capsys.readouterr().out
    assert f"the work is filed already, as source {source}; that record is used" in out
    assert f"findings of this work so far: {'steering-works' if source[0] == 'r' else 'prompts-move-personas'}\n" in out
    assert load(root, cache=False).findings["ghosts-answer"].sources == [source]
    assert new(root, "source", *identifier) == 1
    assert new(root, "source", *identifier, "--yes") == 1


def test_a_work_whose_doi_is_filed_is_used_though_its_arxiv_id_is_not(root: Path, serve: Serve) -> None:
    serve(recorded.atom(more="<arxiv:doi>10.1234/Steer.1</arxiv:doi>"))
    before = files(root)
    assert new(root, *ARXIV) == 0
    assert made(root, before) == {FINDING}
    assert load(root, cache=False).findings["ghosts-answer-first-person"].sources == ["roe-2025-steering"]


def test_near_duplicates_are_shown_and_stop_the_writing(root: Path, serve: Serve, capsys: pytest.CaptureFixture[str]) -> None:
    serve(recorded.atom(title="How prompts move the persona of a language model", people=["Jane Doe"]))
    before = files(root)
    words = ("source", "--arxiv", "2601.01234")
    assert new(root, *words) == 1
    captured = capsys.readouterr()
    assert made(root, before) == set()
    assert "source doe-2024-prompts (probably the same: title 100, authors Doe)" in captured.out
    assert "nothing was written" in captured.err
    assert new(root, *words, "--json") == 1
    data = json.loads(capsys.readouterr().out)
    assert (data["written"], data["similar"][0]["record"], data["similar"][0]["duplicate"]) == ([], "doe-2024-prompts", True)
    assert new(root, *words, "--dry-run") == 0
    assert made(root, before) == set()
    assert new(root, *words, "--yes") == 0
    assert made(root, before) == {"sources/doe-2026-prompts-move-persona.yaml"}


def test_offline_the_identifier_alone_is_filled_in(root: Path, serve: Serve) -> None:
    asked, before = serve(recorded.atom()), files(root)
    assert new(root, "question", "--arxiv", "hep-th/9901001v2", "--offline", "--title", "Are ghosts real?", "--concept", "persona") == 0
    assert new(root, "source", "--doi", "10.1234/JMR.77", "--offline") == 0
    assert asked == []
    assert made(root, before) == {"sources/arxiv-hep-th-9901001.yaml", "questions/ghosts-real.yaml", "sources/doi-10-1234-jmr-77.yaml"}
    source = yaml.safe_load((root / "sources/arxiv-hep-th-9901001.yaml").read_text(encoding="utf-8"))
    assert (source["arxiv"], source["version"], source["title"]) == ("hep-th/9901001", "v2", "TODO: the title as printed")
    assert load(root, cache=False).questions["ghosts-real"].raised_by == ["arxiv-hep-th-9901001"]
    # A date that is still to be filled in makes no valid record, and is known as the work all the same.
    codes = {(d.code, d.place.file) for d in run_checks(load(root, cache=False), today=kbmaker.TODAY)}
    assert ("KB330", "sources/arxiv-hep-th-9901001.yaml") in codes
    assert [code for code, file in codes if file.startswith("sources/doi")] != []
    assert new(root, "source", "--doi", "10.1234/jmr.77") == 1


def test_a_registry_that_cannot_be_asked_says_what_to_do(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = files(root)
    assert new(root, *ARXIV) == 2
    assert "--bibtex FILE or --from FILE" in capsys.readouterr().err
    assert made(root, before) == set()


@pytest.mark.parametrize(
    ("words", "file"),
    [
        (("concept", "--title", "Ghost", "--kind", "capacity", "--source", "doe-2024-prompts"), "concepts/ghost.yaml"),
        (("belief", "--title", "Ghosts are real", "--credence", "0.3", "--concept", "persona"), "beliefs/ghosts-real.yaml"),
        (("question", "--title", "Are ghosts real?", "--kind", "behaviour"), "questions/ghosts-real.yaml"),
        (
            ("finding", "--title", "Ghosts answer", "--source", "doe-2024-prompts", "--concept", "persona", "--kind", "theoretical"),
            "findings/ghosts-answer.yaml",
        ),
        (
            ("source", "--title", "Ghosts", "--author", "Doe, Jane", "--issued", "2026-01", "--url", "https://example.org/ghosts", "--kind", "webpage"),
            "sources/doe-2026-ghosts.yaml",
        ),
    ],
)
def test_every_kind_lacks_only_what_it_marks(root: Path, words: tuple[str, ...], file: str) -> None:
    before = files(root)
    assert new(root, *words) == 0
    assert made(root, before) == {file}
    corpus = load(root, cache=False)
    assert corpus.problems == ()
    found = run_checks(corpus, today=kbmaker.TODAY)
    assert {d.code for d in found if d.place.file == file} - {"KB220"} == (set() if file.startswith("sources") else {"KB330"})


def test_json_tells_what_is_to_be_filled_in(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert new(root, "belief", "--title", "Ghosts are real", "--json", "--dry-run") == 0
    data = json.loads(capsys.readouterr().out)
    (written,) = data["written"]
    assert (written["id"], written["kind"], written["file"]) == ("ghosts-real", "belief", "beliefs/ghosts-real.yaml")
    assert {"line": 8, "column": 12, "asks": "the belief in full, so that it could turn out false."} in written["todo"]
    assert "credence: TODO" in written["text"]
    assert (data["reused"], data["beside"], data["similar"], data["notes"]) == ([], [], [], [])


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("finding", "--title", "x y"), "a finding needs a work"),
        (("finding", "--source", "doe-2024-prompts"), "--title"),
        (("finding", "--source", "doe-2024-promts", "--title", "x y"), "did you mean 'doe-2024-prompts'"),
        (("finding", "--source", "persona", "--title", "x y"), "that is a concept"),
        (("finding", "--source", "doe-2024-prompts", "--title", "x y", "--concept", "persna"), "did you mean 'persona'"),
        (("finding", "--source", "doe-2024-prompts", "--title", "x y", "--kind", "empirica"), "did you mean 'empirical'"),
        (("finding", "--source", "doe-2024-prompts", "--title", "x y", "--id", "steering-works"), "'steering-works' is taken; steering-works-2 is free"),
        (("finding", "--source", "doe-2024-prompts", "--title", "x y", "--id", "../evil"), "cannot be an id"),
        (("finding", "--source", "doe-2024-prompts", "--title", "x y", "--credence", "0.5"), "--credence says nothing about a new finding"),
        (("source", "--title", "x y", "--concept", "persona"), "--concept says nothing about a new source"),
        (("source", "--title", "x y", "--issued", "soon"), "expected YYYY"),
        (("source", "--title", "x y", "--issued", "2025-13"), "expected YYYY"),
        (("source", "--title", "x y", "--issued", "2025-02-30"), "expected YYYY"),
        (("source", "--title", "x y", "--issued", "2025-01-02T03:04"), "expected YYYY"),
        (("source", "--title", "x y", "--url", "javascript:x"), "expected http"),
        (("source", "--title", "x y", "--kind", "book"), "expected article"),
        (("source",), "nothing to make an id of the source from"),
        (("source", "--arxiv", "2401.1"), "is no arXiv id"),
        (("source", "--doi", "x"), "is no DOI"),
        (("source", "--from", "no-such.ris"), "no file no-such.ris"),
        (("belief", "--title", "x y", "--credence", "2"), "from 0 to 1"),
        (("belief", "--title", "x y", "--credence", "nan"), "from 0 to 1"),
        (("concept", "--title", "x y", "--author", "Doe"), "--author says nothing about a new concept without a work"),
        (("concept", "--title", "x y", "--offline"), "--offline"),
        (("concept", "--title", "x y", "--by", "\u200b"), "--by NAME"),
    ],
)
def test_what_does_not_fit_is_said(root: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], says: str) -> None:
    before = files(root)
    assert new(root, *words) == 2
    assert says in capsys.readouterr().err
    assert made(root, before) == set()


def test_the_contributor_is_whom_git_knows(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "user.name")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", "Jo Ghost")
    assert main(["new", "concept", "--title", "Ghost", "--root", str(root)]) == 0
    assert load(root, cache=False).concepts["ghost"].contributors == ["Jo Ghost"]


class Terminal:
    """Somebody at a terminal, who gives these answers in turn."""

    def __init__(self, answers: list[str]) -> None:
        self.answers, self.asked = iter(answers), list[str]()

    def __call__(self, prompt: str) -> str:
        self.asked.append(prompt)
        try:
            return next(self.answers)
        except StopIteration:
            raise EOFError from None


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Callable[[list[str]], Terminal]:
    def start(answers: list[str]) -> Terminal:
        person = Terminal(answers)
        monkeypatch.setattr("builtins.input", person)
        monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
        monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
        return person

    return start


def test_at_a_terminal_it_asks_for_what_is_missing(
    root: Path, serve: Serve, terminal: Callable[[list[str]], Terminal], capsys: pytest.CaptureFixture[str]
) -> None:
    serve(recorded.atom())
    person = terminal(["ghosts", "Ghosts answer", "", "empiricl", "survey", "persna", "persona"])
    before = files(root)
    assert new(root, "finding", "--arxiv", "2601.01234") == 0
    assert [prompt.partition(" [")[0].partition(" (")[0] for prompt in person.asked] == [
        "id of the source",
        "what was found, in one line: ",
        "id of the finding",
        "kind",
        "kind",
        "concept that it bears on, by id; empty for none: ",
        "concept that it bears on, by id; empty for none: ",
    ]
    assert "did you mean 'empirical'" in capsys.readouterr().out
    assert made(root, before) == {"sources/ghosts.yaml", "findings/ghosts-answer.yaml"}
    finding = load(root, cache=False).findings["ghosts-answer"]
    assert (finding.kind, finding.sources, finding.instantiates[0].concept) == ("survey", ["ghosts"], "persona")


def test_at_a_terminal_a_work_is_described_by_hand(root: Path, terminal: Callable[[list[str]], Terminal], capsys: pytest.CaptureFixture[str]) -> None:
    terminal(["Ghosts", "Doe, Jane", "The Ghost Team", "", "not an address", "https://example.org/ghosts", "soon", "2026-01", ""])
    before = files(root)
    assert new(root, "source") == 0
    assert made(root, before) == {"sources/doe-2026-ghosts.yaml"}
    assert "expected YYYY-MM-DD" in capsys.readouterr().out
    source = load(root, cache=False).sources["doe-2026-ghosts"]
    assert ([person.display for person in source.author], source.url, source.issued) == (
        ["Jane Doe", "The Ghost Team"],
        "https://example.org/ghosts",
        "2026-01",
    )


def test_at_a_terminal_the_work_behind_an_identifier_is_described_offline(root: Path, terminal: Callable[[list[str]], Terminal]) -> None:
    terminal(["Ghosts in the margin", "Doe, Jane", "", "", "", "Ghosts answer", "", "", ""])
    assert new(root, "finding", "--arxiv", "2601.01234", "--offline") == 0
    corpus = load(root, cache=False)
    assert corpus.findings["ghosts-answer"].sources == ["doe-2026-ghosts-margin"]
    source = corpus.sources["doe-2026-ghosts-margin"]
    assert (source.title, source.arxiv, source.issued) == ("Ghosts in the margin", "2601.01234", "2026-01")


@pytest.mark.parametrize(("answer", "written"), [("y", True), ("n", False), ("", False)])
def test_at_a_terminal_a_duplicate_is_a_question(root: Path, terminal: Callable[[list[str]], Terminal], answer: str, written: bool) -> None:
    terminal(["", "", answer])
    before = files(root)
    code = new(root, "concept", "--title", "Persona")
    assert (code, made(root, before)) == ((0, {"concepts/persona-2.yaml"}) if written else (1, set()))


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.one_of(st.sampled_from(recorded.HOSTILE), st.text(max_size=40)),
    st.lists(st.one_of(st.sampled_from(recorded.HOSTILE), st.text(max_size=20)), max_size=2),
    st.sampled_from(["2601.01234", "../../evil", "2601.09999", "<x>"]),
)
def test_a_hostile_answer_writes_its_cleaned_texts_into_its_folder_or_nothing(
    root: Path, monkeypatch: pytest.MonkeyPatch, title: str, people: list[str], name: str
) -> None:
    body = recorded.as_json(
        recorded.csl(title=title, author=[{"literal": person} for person in people], DOI="10.1234/jmr.77", URL=name, id=name, publisher=title)
    )
    transport, _ = recorded.answering(lambda _: httpx.Response(200, content=body))
    monkeypatch.setattr(web, "transport", lambda: transport)
    monkeypatch.setattr("kb.contribute.web.time.sleep", lambda _: None)
    before = files(root.parent)
    code = new(root, "source", "--doi", "10.1234/JMR.77", "--no-cache", "--yes")
    written = {name: text for name, text in files(root.parent).items() if name not in before and not name.startswith("cache/")}
    assert code in (0, 2)
    assert len(written) == (1 if code == 0 else 0)
    for file, text in written.items():
        path = root.parent / file
        assert path.parent == root / "sources"
        problems = load(root, cache=False).problems
        path.unlink()
        data = read_yaml(text.encode(), file).data
        assert data is not None
        assert data["id"] == path.stem
        assert data["title"] == (line(title) or "TODO: the title as printed")
        names = [line(person) for person in people if line(person)]
        assert [person.get("literal") for person in data["author"]] == (names or [None])
        assert data.get("publisher", "") == line(title)
        assert problems == ()


@pytest.mark.parametrize("what", ["steering-works", "findings/steering-works.yaml", "Adding a direction makes answers theatrical"])
def test_similar(root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    kbmaker.write(root, {"finding/steering-again": {"title": "Adding a direction makes answers more theatrical still"}})
    monkeypatch.chdir(root)
    assert main(["similar", what, "--kind", "finding", "--limit", "2", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert "steering-again" in [row["id"] for row in rows]
    assert 0 < len(rows) <= 2
    assert all(0 < row["score"] <= 100 and row["why"] and row["kind"] == "finding" for row in rows)
    assert main(["similar", what]) == 0
    assert "finding steering-again (title" in capsys.readouterr().out


@pytest.mark.parametrize(("words", "says"), [(["zzzz qqqq"], "nothing resembles it")])
def test_nothing_similar(root: Path, capsys: pytest.CaptureFixture[str], words: list[str], says: str) -> None:
    assert main(["similar", *words, "--root", str(root)]) == 0
    assert says in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["x", "--limit", "0"], "expected 1 or more"),
        ([" "], "an empty text"),
        (["no/such.yaml"], "no record file"),
        (["questions/broken.yaml"], "no valid record"),
    ],
)
def test_similar_to_what_is_not_there(root: Path, capsys: pytest.CaptureFixture[str], words: list[str], says: str) -> None:
    (root / "questions/broken.yaml").write_text("title: [\n", encoding="utf-8")
    assert main(["similar", *words, "--root", str(root)]) == 2
    assert says in capsys.readouterr().err


@pytest.mark.parametrize("title", ["Ghosts answer", "- not: a list # nor a comment", 'TODO: [x] {y} "z"', "no", "2026-01-05"])
@pytest.mark.parametrize("kind", ["finding", "source", "concept", "belief", "question"])
def test_what_is_scaffolded_is_in_canonical_layout(kind: str, title: str, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    about = {"finding": ["--source", "doe-2024-prompts", "--concept", "persona"], "source": ["--author", "Doe, Jane", "--issued", "2026-01"]}
    before = files(root)
    assert new(root, kind, "--title", title, "--id", "some-thing", "--yes", *about.get(kind, [])) == 0
    written = sorted(made(root, before))
    assert len(written) == 1
    capsys.readouterr()
    assert main(["fmt", "--check", "--root", str(root), str(root / written[0])]) == 0, capsys.readouterr().out


@pytest.mark.usefixtures("root")
def test_in_a_knowledge_base_without_records_everything_can_be_scaffolded(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    (empty / "kb.yaml").write_text("title: Empty\n", encoding="utf-8")
    assert new(empty, "finding", "--arxiv", "2601.01234", "--offline", "--title", "Ghosts answer first") == 0
    for kind in ("concept", "belief", "question"):
        assert new(empty, kind, "--title", f"Ghosts have a {kind}") == 0
    assert {path.parent.name for path in empty.rglob("*.yaml") if path.name != "kb.yaml"} == {"sources", "findings", "concepts", "beliefs", "questions"}
    assert main(["fmt", "--check", "--root", str(empty)]) == 0
