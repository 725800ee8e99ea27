"""What pages say: golden files of a small knowledge base, and the rules that no golden file shows."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path

import kbmaker
import pytest
import tinywiki as tiny

from kb.site import NotOurFolderError, build, files
from kb.site.page import Page, markdown, relative
from kb.site.pages.finding import FOLD

GOLDEN = Path(__file__).parent / "golden"
# The checks' pages and the pages written by hand change with their own texts.
NOT_GOLDEN = ("checks/", "guide/", "assets/")


@pytest.fixture(scope="module")
def made() -> dict[str, bytes]:
    corpus = tiny.corpus()
    return files(corpus, tiny.state(corpus))


def test_golden_pages(made: dict[str, bytes], request: pytest.FixtureRequest) -> None:
    """`pytest tests/site --update-golden` rewrites them: read the diff."""
    shown = {name: content for name, content in made.items() if not name.startswith(NOT_GOLDEN)}
    if request.config.getoption("--update-golden"):
        for old in [path for path in GOLDEN.rglob("*") if path.is_file()]:
            old.unlink()
        for name, content in shown.items():
            (GOLDEN / name).parent.mkdir(parents=True, exist_ok=True)
            (GOLDEN / name).write_bytes(content)
    stored = {path.relative_to(GOLDEN).as_posix() for path in GOLDEN.rglob("*") if path.is_file()}
    assert set(shown) == stored
    for name in sorted(stored):
        assert shown[name].decode() == (GOLDEN / name).read_text(encoding="utf-8"), name


def test_same_records_same_bytes(made: dict[str, bytes]) -> None:
    corpus = tiny.corpus()
    backwards = type(corpus)(corpus.config, dict(reversed(list(corpus.entries.items()))))
    assert files(backwards, tiny.state(backwards)) == made


def test_html_blocks_hold_no_blank_and_no_indented_line(made: dict[str, bytes]) -> None:
    """Where python-markdown and CommonMark would disagree on the end of a block."""
    for name, content in made.items():
        if not name.endswith(".md") or name.startswith(("checks/kb", "checks/number-tests", "guide/")):
            continue
        body = content.decode().partition("\n---\n")[2]
        for block in body.strip().split("\n\n"):
            assert block.startswith(("<", "## ")), (name, block[:80])
            assert not re.search(r"^\s", block, re.M), (name, block[:80])


@pytest.mark.parametrize(
    ("words", "page"),
    [
        ("not rerun yet", "findings/no-home.md"),
        ("no rerun possible", "findings/steering-works.md"),
        ("People took part.", "findings/steering-works.md"),
        ("only an example", None),
        ("A source of this finding was retracted", "findings/steering-works.md"),
        ("No concept holds this finding, for a stated reason:", "findings/no-home.md"),
        ("could not be read", "findings/prompts-move-personas.md"),
        ("inconsistent", "findings/prompts-move-personas.md"),
        ("≈\u202f40.0%", "findings/prompts-move-personas.md"),
        ("r &#61; −0.20", "findings/prompts-move-personas.md"),
        ("95% interval 8 to 12", "findings/prompts-move-personas.md"),
        ("80 of 200", "findings/prompts-move-personas.md"),
        ("extended by", "findings/prompts-move-personas.md"),
        ('a href="steering-works.html"', "findings/prompts-move-personas.md"),
        ("Open dispute over after", "findings/prompts-move-personas.md"),
        ("Resolved dispute over before", "findings/prompts-move-personas.md"),
        ("75%", "beliefs/personas-are-selected.md"),
        ("not assessed", "beliefs/personas-are-selected.md"),
        ("Plays dumb", "behaviours.md"),
        ("Small 1B", "models.md"),
        ("prompts-move-personas", "changes.md"),
        ("not estimated", "findings/prompts-move-personas.md"),
        ("People took part.", "reruns.md"),
        ("moved persona, organism tier&#58; run it again?", "decisions.md"),
    ],
)
def test_pages_say(made: dict[str, bytes], words: str, page: str | None) -> None:
    if page is None:
        assert not any(words in content.decode() for name, content in made.items() if name.endswith(".md"))
    else:
        assert words in made[page].decode()


def test_counter_evidence_and_answers_lead_the_home_page(made: dict[str, bytes]) -> None:
    home = made["index.md"].decode()
    assert home.index("Questions readers come with") < home.index("State of the board") < home.index("Latest findings")
    assert home.index("A system prompt moves the persona") < home.index("Adding a direction")


def test_former_ids_lead_on(made: dict[str, bytes]) -> None:
    page = made["findings/prompts-move-characters.html"].decode()
    assert 'url=prompts-move-personas.html"' in page
    assert "../findings/prompts-move-personas.html" not in page


def test_an_empty_knowledge_base_says_so() -> None:
    corpus = tiny.corpus()
    empty = type(corpus)(corpus.config, {})
    made = files(empty, tiny.state(empty))
    assert "No guiding question has been filed yet." in made["index.md"].decode()
    assert "No finding has been filed yet." in made["findings/index.md"].decode()
    assert "Nothing waits for a decision." in made["decisions.md"].decode()


def test_build_writes_only_changes_and_removes_what_is_gone(tmp_path: Path) -> None:
    corpus, out = tiny.corpus(), tmp_path / "docs"
    assert "findings/no-home.md" in build(corpus, tiny.state(corpus), out)
    assert build(corpus, tiny.state(corpus), out) == []
    (out / "index.md").write_text("changed by hand", encoding="utf-8")
    assert build(corpus, tiny.state(corpus), out) == ["index.md"]
    fewer = type(corpus)(corpus.config, {i: e for i, e in corpus.entries.items() if i != "no-home"})
    changed = build(fewer, tiny.state(fewer), out)
    assert not (out / "findings/no-home.md").exists()
    assert "index.md" in changed
    assert "belief/x" not in changed


def test_build_leaves_other_peoples_folders_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("mine", encoding="utf-8")
    corpus = tiny.corpus()
    with pytest.raises(NotOurFolderError, match="not written by `kb build`"):
        build(corpus, tiny.state(corpus), tmp_path)
    assert (tmp_path / "thesis.tex").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("manifest", ["not json", "[1, {}]", '["../outside", "/etc/x"]', "{}"])
def test_a_damaged_list_of_files_removes_nothing_outside(tmp_path: Path, manifest: str) -> None:
    out = tmp_path / "docs"
    out.mkdir()
    (tmp_path / "outside").write_text("keep", encoding="utf-8")
    (out / ".kb-built.json").write_text(manifest, encoding="utf-8")
    corpus = tiny.corpus()
    build(corpus, tiny.state(corpus), out)
    assert (tmp_path / "outside").read_text(encoding="utf-8") == "keep"


@pytest.mark.parametrize(
    ("here", "there", "way"),
    [
        ("index.html", "findings/a.html", "findings/a.html"),
        ("findings/a.html", "findings/b.html#c", "b.html#c"),
        ("findings/a.html", "index.html", "../index.html"),
        ("findings/a.html", "sources/s.html", "../sources/s.html"),
        ("findings/a.html", "findings/a.html#x", "#x"),
        ("findings/a.html", "findings/a.html", "a.html"),
    ],
)
def test_relative(here: str, there: str, way: str) -> None:
    assert relative(here, there) == way


def test_headings_stand_alone() -> None:
    text = markdown(Page("a.md", "A", "t"), "<div>\n\n  <p>x</p>\n</div>\n## Next\n<p>y</p>")
    assert text.partition("\n---\n")[2] == "\n<div>\n<p>x</p>\n</div>\n\n## Next\n\n<p>y</p>\n"


def test_a_link_in_the_folder_leads_nowhere_else(tmp_path: Path) -> None:
    corpus, out = tiny.corpus(), tmp_path / "docs"
    build(corpus, tiny.state(corpus), out)
    (tmp_path / "mine").write_text("keep", encoding="utf-8")
    for name in ("index.md", ".kb-built.json"):
        (out / name).unlink()
        (out / name).symlink_to(tmp_path / "mine")
    (out / ".kb-built.json").unlink()
    (out / ".kb-built.json").write_text('["index.md"]', encoding="utf-8")
    build(corpus, tiny.state(corpus), out)
    assert (tmp_path / "mine").read_text(encoding="utf-8") == "keep"
    assert not (out / "index.md").is_symlink()


def test_a_linked_folder_inside_is_refused(tmp_path: Path) -> None:
    corpus, out = tiny.corpus(), tmp_path / "docs"
    (tmp_path / "mine").mkdir()
    out.mkdir()
    (out / ".kb-built.json").write_text("[]", encoding="utf-8")
    (out / "findings").symlink_to(tmp_path / "mine")
    with pytest.raises(NotOurFolderError, match="symbolic link"):
        build(corpus, tiny.state(corpus), out)
    assert not list((tmp_path / "mine").iterdir())


@pytest.mark.parametrize("other", ["rerun-b", "rerun-c", "nobody"])
def test_a_rerun_of_no_finding_has_a_page_that_says_so(other: str) -> None:
    corpus = kbmaker.corpus({"result/rerun-b": {"finding": other, "replication": "lost"}, "result/rerun-c": {"finding": "rerun-b", "replication": "found"}})
    made = files(corpus, tiny.state(corpus))
    rows = {row["id"]: row["address"] for row in json.loads(made["data/records.json"])}
    assert rows["rerun-b"] == "replications/lost.html#result-rerun-b"
    assert rows["rerun-c"] == "replications/found.html#result-rerun-c"
    assert (f'<span class="kb-missing">{other}</span>' in made["replications/lost.md"].decode()) == (other == "nobody")
    assert "Reruns" in made["reruns.md"].decode()


def _claim_page(checks: list[str]) -> str:
    measures = [{"name": name, "value": value, "unit": "count"} for name, value in (("one", 1), ("two", 2), ("three", 3))]
    claim = {"id": "sums", "statement": "They add up.", "nature": "measurement", "measures": measures, "at": [{"part": "table", "ref": "1"}], "checks": checks}
    corpus = kbmaker.corpus({"finding/sums": {"claims": [claim]}})
    return files(corpus, tiny.state(corpus))["findings/sums.md"].decode()


GOOD, WRONG = ["one + two = three", "one < two", "two < three", "one < three"], "three < one"


def test_many_checks_that_are_consistent_are_folded_and_what_is_off_is_not() -> None:
    page = _claim_page([*GOOD, WRONG])
    seen, _, rest = page.partition("<details")
    assert "three &#60; one" in seen.replace("&lt;", "&#60;")
    assert ">consistent<" not in seen
    assert rest[: rest.index("</details>")].count(">consistent<") == len(GOOD) + 1
    assert "4 other checks of these figures" in rest


def test_few_checks_stay_in_sight() -> None:
    assert "kb-folded" not in _claim_page(GOOD[:FOLD])
    assert "kb-folded" in _claim_page(GOOD[: FOLD + 1])


def test_a_command_of_the_queue_can_be_pasted(made: dict[str, bytes]) -> None:
    """A backslash that ends the first line, and nothing after it."""
    commands = re.findall(r'<pre class="kb-command"><code>(.*?)</code></pre>', made["decisions.md"].decode())
    assert commands
    for command in commands:
        assert re.fullmatch(r"kb decide [a-z0-9:/-]+ [a-z-]+ \\\n  --by NAME --why REASON( --value VALUE)?", html.unescape(command))
