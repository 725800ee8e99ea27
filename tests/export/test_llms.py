"""Markdown twins and llms.txt read back by markdown-it."""

from __future__ import annotations

import exporting
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html
from markdown_it import MarkdownIt
from strangers import HOSTILE

from kb.forms.markdown import inline, prose, text
from kb.forms.text import clean, line
from kb.site import files

BASE = "https://wiki.example.org/"


def rendered(markdown: str) -> html.HtmlElement:
    reader = MarkdownIt("commonmark", {"html": True, "linkify": False}).enable(["table", "strikethrough"])
    return html.fromstring("<div>" + reader.render(markdown) + "</div>")


def shown(markdown: str) -> str:
    return " ".join(rendered(markdown).text_content().split())


@given(st.text(max_size=80) | st.text(alphabet="`*_[]()<>&#~|!\\-+=:.1 \nab$^{}@", max_size=40))
def test_text_comes_back_as_it_was(value: str) -> None:
    made = text(value)
    assert "\n" not in made
    assert shown(made) == line(value)
    assert not rendered(made).xpath(".//*[not(self::p)]")


@given(st.text(alphabet="ab \n`*_[]<>&", max_size=60))
def test_prose_keeps_its_paragraphs(value: str) -> None:
    import re

    made = prose(value, lambda _: None)
    assert len(rendered(made).xpath(".//p")) == len([part for part in re.split(r"\n[ \t]*\n\s*", clean(value).strip()) if part.strip()])
    assert shown(made) == line(value)


def test_numbers_are_not_escaped_and_lists_are() -> None:
    assert [text(value) for value in ("0.23", "-0.20", "1. a", "- a", "3) b", "+5")] == ["0.23", "-0.20", r"1\. a", r"\- a", r"3\) b", "+5"]


def test_links_are_links_and_dangling_ones_their_words() -> None:
    target = {"known-id": ("https://x.example/a.md.txt", "A [label]")}.get
    assert inline("See [[known-id]], [[known-id|these words]] and [[gone-id]].", target) == (
        "See [A \\[label\\]](<https://x.example/a.md.txt>), [these words](<https://x.example/a.md.txt>) and gone-id."
    )


def test_llms_txt_leads_to_every_twin() -> None:
    made = {name: content.decode() for name, content in exporting.made("llms").items()}
    page = rendered(made["llms.txt"])
    assert page.xpath("//h1/text()") == ["Tiny wiki"]
    assert page.xpath("//h2/text()") == ["Findings", "Reruns", "Concepts", "Beliefs", "Questions", "Optional"]
    twins = {name for name in made if name.endswith(".md.txt")}
    assert {href.removeprefix(BASE) for href in page.xpath("//li/a/@href")} == twins
    assert all(made[name].rstrip("\n") in made["llms-full.txt"] for name in twins)


def test_twins_link_to_twins_that_exist() -> None:
    made = exporting.made("llms")
    for name, content in made.items():
        if name.endswith(".md.txt"):
            ours = [href for href in rendered(content.decode()).xpath("//a/@href") if href.startswith(BASE)]
            assert {href.removeprefix(BASE) for href in ours} <= set(made), name


@pytest.mark.parametrize(
    ("name", "words"),
    [
        (
            "findings/prompts-move-personas",
            [
                "before: 10 %",
                "interval 8 to 12 at level 0.95",
                "about 40.0 %",
                "p < 0.001",
                "Stands in: table 2",
                "Dispute (open) over after",
                "Check before = after: inconsistent.",
                "Acknowledged by ann, 2026-01-10: The text says 90",
            ],
        ),
        ("findings/steering-works", ["No rerun possible: People took part."]),
        ("concepts/persona", ["Prompted shift (prompted-shift): data point; 1 different, 1 independent, threshold 3"]),
        (
            "beliefs/personas-are-selected",
            [
                "Ann: 0.72 on 2026-03-10",
                "for, 3 decibans",
                "mixed, not assessed",
                "would raise: A second finding.",
                "no predicate",
                "Review due for Bob since 2026-01-10, answered: question what-moves-personas",
                "false: ann's credence in steering-is-selection: at most 0.1; now 0.6, since 2026-01-10",
                "to fire: 0 of 2 findings on any concept as contradicting, 2 more",
                "2026-03-10, Ann, changed: answered (on A system prompt moves",
                "evidence in open dispute: after: 40%",
                "Is it so? It matters.",
                "A book (to-read). Old.",
            ],
        ),
        ("questions/what-moves-personas", ["State: partly-answered", "carries-the-answer: A system prompt moves"]),
        ("sources/roe-2025-steering", ["Richard Roe; Ann Poe (2025-03-10)", "doi:10.1234/Steer.1"]),
        ("replications/moved-persona", ["Verdict: partly-reproduced. Tier: organism.", "facts kept: -0.0123 [-0.02, 0.001] at level 0.95 fraction, 3 worlds"]),
    ],
)
def test_what_twins_say(name: str, words: list[str]) -> None:
    said = shown(exporting.made("llms")[f"{name}.md.txt"].decode())
    for wanted in words:
        assert wanted in said


def test_the_site_has_the_same_files() -> None:
    state = exporting.small()
    made = files(state.corpus, state, {"reading": "# How to read\n"})
    assert {name: content for name, content in made.items() if name.endswith(".md.txt") or name.startswith("llms")} == {
        **exporting.made("llms"),
        "guide/reading.md.txt": b"# How to read\n",
    }
    for name in exporting.made("llms"):
        if name.endswith(".md.txt"):
            assert name.removesuffix(".txt") in made, name


def test_strangers_text_is_only_text() -> None:
    for name, content in exporting.made("llms", exporting.hostile()).items():
        page = rendered(content.decode())
        assert not page.xpath("//script | //img | //*[@onclick]"), name
        assert all(href.startswith(("https://", "http://")) for href in page.xpath("//a/@href")), name
    assert " ".join(HOSTILE.split()) in shown(exporting.made("llms", exporting.hostile())["findings/prompts-move-personas.md.txt"].decode())
