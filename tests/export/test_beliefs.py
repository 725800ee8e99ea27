"""Beliefs read back by markdown-it, lxml, pandas, json and pylatexenc; and what they say of changes."""

from __future__ import annotations

import base64
import csv
import datetime as dt
import hashlib
import io
import json
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import exporting
import pandas as pd
import pytest
from kbmaker import corpus
from lxml import html
from markdown_it import MarkdownIt
from pylatexenc.latexwalker import LatexEnvironmentNode, LatexMacroNode, LatexWalker
from strangers import HOSTILE

from kb.evidence.state import derive
from kb.export.beliefs import pages
from kb.export.beliefs_csv import COLUMNS
from kb.export.registry import Options

SINCE = dt.date(2026, 3, 1)


def test_pages_and_moves() -> None:
    ann, bob, other = pages(exporting.small(), Options(since=SINCE))
    assert [page.holder for page in (ann, bob, other)] == ["Ann", "Bob", "ann"]
    (view,) = ann.views
    assert view.move is not None
    assert (view.move.before, len(view.move.entries)) == (0.6, 1)
    assert [item.record for item in view.evidence if item.new] == ["moved-persona-again"]
    assert (view.sum_of("for"), view.sum_of("against"), view.sum_of("mixed")) == (3.0, 1.5, None)
    assert bob.views[0].move is not None
    assert not bob.views[0].move.entries
    assert bob.views[0].changed  # evidence came in
    assert not other.views[0].changed
    assert pages(exporting.small(), Options(since=dt.date(2026, 1, 1)))[0].views[0].move.before is None  # type: ignore[union-attr]
    assert pages(exporting.small(), Options())[0].views[0].move is None


@pytest.mark.parametrize(("day", "before", "entries"), [("2026-01-09", None, 2), ("2026-01-10", 0.6, 1), ("2026-03-09", 0.6, 1), ("2026-03-10", 0.72, 0)])
def test_a_change_on_the_day_itself_is_not_after_it(day: str, before: float | None, entries: int) -> None:
    move = pages(exporting.small(), Options(holder="Ann", since=dt.date.fromisoformat(day)))[0].views[0].move
    assert move is not None
    assert (move.before, len(move.entries)) == (before, entries)


def test_holders_are_found_whatever_the_case_unless_two_differ_in_it() -> None:
    assert [page.holder for page in pages(exporting.small(), Options(holder="BOB"))] == ["Bob"]
    assert [page.holder for page in pages(exporting.small(), Options(holder="ann"))] == ["ann"]


def rendered(text: str) -> html.HtmlElement:
    return html.fromstring("<div>" + MarkdownIt("commonmark", {"html": True}).enable("table").render(text) + "</div>")


def test_markdown_is_read_by_markdown_it() -> None:
    page = rendered(exporting.made("beliefs-markdown", since=SINCE))
    assert page.xpath("//h1//text()") == ["Beliefs of Ann", "Beliefs of Bob", "Beliefs of ann"]
    assert "From 60 % on 2026-03-01 to 72 %, in 1 step." in page.text_content()
    assert len(page.xpath("//table")) == 2 * 3 + 1  # a history each, a ledger and predicates where there are any
    assert "https://wiki.example.org/findings/steering-works.html" in page.xpath("//a/@href")
    assert "3 dB" in page.text_content()
    assert "not assessed" in page.text_content()
    assert "Adding a direction makes answers more theatrical" in page.text_content()  # the words of a [[link]]


def test_html_is_read_by_lxml() -> None:
    text = exporting.made("beliefs-html", since=SINCE)
    page = html.fromstring(text)
    assert page.xpath("//section/h1/text()") == ["Beliefs of Ann", "Beliefs of Bob", "Beliefs of ann"]
    assert not page.xpath("//script | //link | //img | //iframe | //@style | //@onclick")
    assert set(page.xpath("//a/@href")) >= {"https://wiki.example.org/beliefs/personas-are-selected.html"}


def test_the_policy_of_the_page_allows_its_style_and_nothing_else() -> None:
    page = html.fromstring(exporting.made("beliefs-html"))
    (style,), (policy,) = page.xpath("//style/text()"), page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def test_json_and_csv_agree() -> None:
    data = json.loads(exporting.made("beliefs-json", since=SINCE))
    frame = pd.read_csv(io.StringIO(exporting.made("beliefs-csv", since=SINCE)), keep_default_na=True)
    assert list(frame.columns) == list(COLUMNS)
    flat = [(page["holder"], belief) for page in data["holders"] for belief in page["beliefs"]]
    assert list(frame["holder"]) == [holder for holder, _ in flat]
    assert list(frame["credence"]) == [belief["credence"]["value"] for _, belief in flat]
    assert frame["weight_for"].tolist()[0] == flat[0][1]["weights"]["for"]["sum"] == 3.0
    assert pd.isna(frame["weight_for"].tolist()[2])
    assert flat[2][1]["weights"]["for"]["sum"] is None
    assert frame["moved"].tolist()[0] == pytest.approx(0.12)
    news = {"review-due": [], "reviews": ["answered"], "resolved": False}
    assert flat[0][1]["change"] == {"before": 0.6, "after": 0.72, "entries": [1], "evidence": ["moved-persona-again"], **news}
    assert [item["weight"] for item in flat[0][1]["evidence"]] == ["3", "1.5", None, None]
    assert json.loads(exporting.made("beliefs-json"))["holders"][0]["beliefs"][0]["change"] is None


def test_every_format_of_beliefs_shows_reviews_due_and_predicates_as_they_are() -> None:
    for name in ("beliefs-markdown", "beliefs-html"):
        page = rendered(exporting.made(name)) if name == "beliefs-markdown" else html.fromstring(exporting.made(name))
        said = " ".join(page.text_content().split())
        ann, bob = (said[said.index(f"Beliefs of {who}") :].split("Beliefs of ")[1] for who in ("Ann", "Bob"))
        assert "Review due" not in ann  # she has reviewed it
        assert "Review due since 2026-01-10. answered: question what-moves-personas is partly answered or answered; now partly answered" in bob
        assert ("2026-03-10, changed (of answered, on prompts-move-personas," in ann, "2026-03-10, changed" in bob) == (True, False)
        cells = [[" ".join(cell.text_content().split()) for cell in row.xpath("./td")] for row in page.xpath("//tbody/tr")]
        assert ["more", "no predicate", "", ""] in cells
        assert ["answered 2", "this does not hold", "0.6, since 2026-01-10", "holds"] in cells
        assert ["answered 2.1", "ann's credence in steering-is-selection: at most 0.1", "0.6, since 2026-01-10", "does not hold"] in cells
        for wanted in (
            "Implied by the listed weights: 0.679, from 0.6 by +1.5 decibans of 2 items; left out: 2 not assessed.",
            "evidence in open dispute: after: 40%; roe-2025-steering says 38%",
            "Not in the predicate: How good it is.",
            "Resolved as true on 2026-02-20, judged by Cleo. It was shown, see Adding a direction makes answers more theatrical.",
            "Brier 0.16, log 0.511 for the last credence, 0.6; mean over 41 days",
        ):
            assert wanted in said
    for text in (exporting.made("beliefs-latex"), exporting.made("llms")["beliefs/personas-are-selected.md.txt"].decode()):
        assert "Review due" in text
        assert "at most 0.1" in text


def test_what_has_happened_to_reviews_since_a_day_is_news() -> None:
    def changes(day: str, holder: str) -> str:
        page = html.fromstring(exporting.made("beliefs-html", since=dt.date.fromisoformat(day), holder=holder))
        return " ".join(page.xpath("string(//h2[starts-with(., 'Changes')]/following-sibling::*[1])").split())

    assert changes("2026-03-09", "Ann").endswith("Evidence filed since: 1. Reviews recorded since: 1.")
    assert changes("2026-03-10", "Ann").endswith("Evidence filed since: 1.")
    assert "Reviews fallen due since: 1." in changes("2026-01-09", "Bob")
    assert "fallen due" not in changes("2026-01-10", "Bob")
    assert changes("2026-02-19", "ann").endswith("Resolved since.")
    assert changes("2026-02-20", "ann").startswith("No credence has moved")


def test_json_and_csv_carry_what_follows_for_a_belief() -> None:
    data = json.loads(exporting.made("beliefs-json", since=SINCE))
    ann, bob, other = (page["beliefs"][0] for page in data["holders"])
    frame = pd.read_csv(io.StringIO(exporting.made("beliefs-csv", since=SINCE)))
    assert [condition["reading"] and condition["reading"]["value"] for condition in ann["conditions"]] == [None, "true", "false"]
    assert ann["updates"][1]["predicate"]["all"][0] == {"question": "what-moves-personas", "is": ["partly-answered", "answered"]}
    assert ann["conditions"][1]["reading"]["parts"][1]["parts"][0]["value"] == "false"
    assert (ann["review-due"], [one["update"] for one in bob["review-due"]]) == ([], ["answered"])
    assert bob["review-due"][0]["fired-by"] == [*exporting.FIRED_BY[:1], "steering-is-selection", *exporting.FIRED_BY[1:]]
    assert ([one["outcome"] for one in ann["reviews"]], bob["reviews"]) == (["changed"], [])
    assert ann["implied"]["credence"] == pytest.approx(0.6 * 10**0.15 / (0.4 + 0.6 * 10**0.15))
    assert (ann["resolution"], other["resolution"]["outcome"], other["score"]["brier"]) == (None, True, pytest.approx(0.16))
    assert {doubt["kind"] for doubt in ann["doubts"]} == {"retracted", "disputed"}
    assert frame["implied"].tolist()[:2] == [pytest.approx(one["implied"]["credence"]) for one in (ann, bob)]
    assert pd.isna(frame["implied"].tolist()[2])
    assert [frame["review_due"].tolist()[1], frame["review_due_since"].tolist()[1]] == ["answered", "2026-01-10"]
    assert frame["reviews_since"].tolist() == [1, 0, 0]
    assert frame["brier"].tolist()[2] == pytest.approx(0.16)
    assert frame["doubts"].tolist() == [len(one["doubts"]) for one in (ann, bob, other)]


def test_certainty_in_what_did_not_happen_is_infinite_in_every_format() -> None:
    holders = [{"holder": "Ann", "history": [{"date": "2026-01-10", "credence": 0, "because": "b"}]}]
    state = derive(corpus({"belief/personas-are-selected": {"holders": holders, "resolution": exporting.RESOLUTION}}))
    assert json.loads(exporting.made("beliefs-json", state))["holders"][0]["beliefs"][0]["score"]["log"] == "infinite"
    assert pd.read_csv(io.StringIO(exporting.made("beliefs-csv", state)))["log_score"].tolist() == [float("inf")]
    assert "log infinite" in exporting.made("beliefs-markdown", state)
    with closing(sqlite3.connect(":memory:")) as db:
        db.deserialize(exporting.made("sqlite", state))
        assert db.execute("SELECT log_score, brier FROM holdings").fetchall() == [(float("inf"), 1.0)]


@pytest.mark.parametrize("start", list("=+-@＝＋－＠"))
def test_no_cell_is_a_formula(start: str) -> None:
    hostile = f'{start}HYPERLINK("https://evil.example","x")'
    state = derive(corpus({"belief/personas-are-selected": {"title": hostile, "statement": hostile, "holders": [{"holder": hostile, "history": [
        {"date": "2026-01-10", "credence": 0.6, "because": hostile}]}]}}))  # fmt: skip
    header, row = csv.reader(io.StringIO(exporting.made("beliefs-csv", state)))
    assert not [cell for cell in row if cell.startswith(tuple("=+-@＝＋－＠"))]
    assert dict(zip(header, row, strict=True))["title"] == "'" + hostile


def test_negative_numbers_stay_numbers() -> None:
    history = [{"date": "2026-01-10", "credence": 0.6, "because": "b"}, {"date": "2026-05-10", "credence": 0.2, "because": "b"}]
    state = derive(corpus({"belief/personas-are-selected": {"holders": [{"holder": "Ann", "history": history}]}}))
    frame = pd.read_csv(io.StringIO(exporting.made("beliefs-csv", state, since=SINCE)))
    assert frame["moved"].tolist() == [-0.4]


def test_latex_is_read_by_pylatexenc() -> None:
    for state in (exporting.small(), exporting.hostile()):
        nodes, _, _ = LatexWalker(exporting.made("beliefs-latex", state, since=SINCE), tolerant_parsing=False).get_latex_nodes()
        (document,) = [node for node in nodes if isinstance(node, LatexEnvironmentNode) and node.environmentname == "document"]
        macros = [node.macroname for node in document.nodelist if isinstance(node, LatexMacroNode)]
        holders = len({holding.holder for belief in state.corpus.beliefs.values() for holding in belief.holders})
        assert macros.count("section") == holders
        assert macros.count("newpage") == holders - 1


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="no pdflatex on this machine; pylatexenc reads it in any case")
def test_pdflatex_compiles_every_script(tmp_path: Path) -> None:
    words = HOSTILE + " 日本 Привет ≥ ½ é ñ § – — … \u00a0x %#&_{}~^\\ \\input{/etc/passwd} \\write18{touch pwned} $$x$$ [a] \U0001f600 ``q''"
    state = derive(corpus({"belief/personas-are-selected": {"title": words[:290].strip(), "statement": words, "rationale": "[x]\n\n*y", "updates": [
        {"id": "a-b", "when": words, "would": "lower"}]}}))  # fmt: skip
    (tmp_path / "beliefs.tex").write_text(exporting.made("beliefs-latex", state), encoding="utf-8")
    done = subprocess.run(["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "beliefs.tex"], cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:]
    assert (tmp_path / "beliefs.pdf").read_bytes().startswith(b"%PDF")
    assert not (tmp_path / "pwned").exists()


def test_strangers_text_is_only_text() -> None:
    page = rendered(exporting.made("beliefs-markdown", exporting.hostile()))
    assert not page.xpath("//script | //img | //*[@onclick]")
    assert all(href.startswith("https://wiki.example.org/") for href in page.xpath("//a/@href"))
    assert HOSTILE.strip() in page.xpath("//h1")[0].text_content()
    page = html.fromstring(exporting.made("beliefs-html", exporting.hostile()))
    assert not page.xpath("//script | //img | //*[@onclick]")
    assert HOSTILE.strip() in page.xpath("//h1")[0].text_content()
