"""The comment of a pull request: what a stranger wrote starts nothing in it, and it fits."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from gitmaker import Repo
from hypothesis import given
from hypothesis import strategies as st
from kbmaker import TODAY, merged
from markdown_it import MarkdownIt
from strangers import HOSTILE

from kb.contribute.diff.github import escaped, visible
from kb.contribute.diff.markdown import LIMIT, MARK, render
from kb.contribute.diff.registry import Item, Report, all_sections, report
from kb.contribute.diff.sides import compare

SECOND_EXAMPLE = {"count": "findings", "where": {"shape": "prompted-shift", "role": "instantiating"}, "at-least": 2}
GOLDEN = Path(__file__).with_name("golden") / "comment.md"
READERS = [MarkdownIt("commonmark", {"html": html}).enable(["table", "strikethrough"]) for html in (False, True)]
NASTY = [
    HOSTILE,
    "@octocat and @org/team, a@b.example",
    "#1 GH-12 owner/repo#3 owner/repo@abcdef1 0123456789abcdef0123456789abcdef01234567",
    "https://evil.example www.evil.example WWW.evil.example mailto:a@b.example xmpp:a ftp://x <https://evil.example>",
    "![x](https://evil.example/x.png) [x](y) [x]: z [^1] [ ] task",
    "- a",
    "+ a",
    "* a",
    "1. a",
    "12) a",
    "> a",
    "# a",
    "    code",
    "~~~",
    "```sh",
    "``` `",
    "---",
    "***",
    "===",
    "a | b |\n|---|---|",
    "\\",
    "a\\",
    "&amp; &#64;octocat &lt;b&gt;",
    "<details><summary>",
    "</details>",
    "<!-- kb-diff -->",
    "-->",
    "<![CDATA[",
    "<?php",
    "$x$ $$y$$ :smile: :+1:",
    "a  \nb",
    "\u202egnp.exe",
    "a\u200b\u200d\u2066b",
    "\x1b[31mred",
    "\x00",
    "\ue000 \ufeff \u00ad \U000e0041 \ud800",
    "a" + "\u0301" * 40,
    "",
]


def words(text: str) -> str:
    """What a reader sees of a line: our zero-width breaks taken out, and the spaces at its ends, which Markdown drops."""
    return visible(text)


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("text", NASTY)
def test_nasty_texts_are_text(text, reader):
    check(text, reader)


@given(st.text() | st.lists(st.sampled_from([*NASTY, " ", "\n", "a", "@", "#", "1", ":", "w", "."]), max_size=6).map("".join))
def test_any_text_is_text(text):
    for reader in READERS:
        check(text, reader)


def check(text: str, reader: MarkdownIt) -> None:
    line = escaped(text)
    assert "\n" not in line
    for before, after in (("- ", ""), ("  - ", ""), ("**", "**"), ("### ", " (1)"), ("From ", " to x.")):
        if not line and before == "**":
            continue
        source = f"- x\n{before}{line}{after}\n" if before == "  - " else f"{before}{line}{after}\n"
        inlines = [token for token in reader.parse(source) if token.type == "inline"]
        kinds = {child.type for token in inlines for child in token.children or []}
        assert kinds <= {"text", "text_special", "strong_open", "strong_close"}, source
        expected = before.strip("*#- ") + (" " if before == "From " else "") + words(text) + after.strip("*")
        if not line:
            continue
        seen = "".join(child.content for child in inlines[-1].children or []).replace("\u200b", "")
        assert seen == expected, source
        blocks = [token.type for token in reader.parse(source) if token.type.endswith("_open")]
        assert set(blocks) <= {"bullet_list_open", "list_item_open", "paragraph_open", "heading_open"}
        assert blocks.count("list_item_open") <= 2
    # GitHub reads the text once more: no name, number, address, shortcode or commit is left whole.
    shown = "".join(child.content for token in READERS[1].parse(f"- {line}\n") if token.type == "inline" for child in token.children or [])
    assert not re.search(r"@\w|#\d|:[\w+-]*[a-z_][\w+-]*:|:[+-]1:|:100:|:1234:|://|www\.|gh-\d", shown, re.IGNORECASE)
    assert not [found for found in re.findall(r"\b[0-9a-f]{7,40}\b", shown) if re.search("[a-f]", found) and re.search("[0-9]", found)]


@given(st.text())
def test_everything_shown_can_be_seen(text):
    assert visible(text).isprintable()
    assert visible(visible(text)) == visible(text)


def made(*numbers: int, text: str = "x") -> Report:
    sections = all_sections()
    parts = tuple((sections[i], tuple(Item("added", "x", f"{text} {n}", (text,) * 3) for n in range(number))) for i, number in enumerate(numbers) if number)
    return Report("a", "b", parts)


def test_long_sections_are_folded_and_short_ones_are_open():
    comment = render(made(2, 40))
    assert comment.startswith(f"{MARK}\n")
    assert comment.count("<details>") == comment.count("</details>") == 1
    assert "<summary>160 lines</summary>" in comment


@pytest.mark.parametrize("text", ["@" * 150, "😀" * 150, "x" * 150])
@pytest.mark.parametrize("numbers", [(1, 3000), (3000, 3000, 3000, 1), (900,) * 9])
def test_a_comment_fits_and_says_what_it_leaves_out(text, numbers):
    comment = render(made(*numbers, text=text))
    assert LIMIT * 0.7 < len(comment.encode()) <= LIMIT
    kept = sum(line.startswith(("- ", "  - ")) for line in comment.splitlines())
    left_out = sum(int(number) for number in re.findall(r"^\*(\d+) more lines? (?:is|are) left out", comment, re.MULTILINE))
    assert kept + left_out == 4 * sum(numbers)
    assert comment.count("<details>") == comment.count("</details>")
    # Short sections are whole.
    assert comment.count("### ") == len(numbers)


def test_the_comment_of_a_realistic_change(tmp_path, pytestconfig):
    """One finding filed that fires an update, a figure corrected with its dispute, a credence moved, a source retracted, a link broken."""
    base = merged()
    claim = base["finding/prompts-move-personas"]["claims"][0]
    fixed = [claim["measures"][0] | {"value": "45"}, claim["measures"][1]]
    dispute = {"about": "before", "reported": "10%", "instead": "45%", "by": "roe-2025-steering", "state": "open", "note": "Table 2."}
    before: dict[str, Any] = {}
    after: dict[str, Any] = {
        "source/ash-2024-one": {"author": [{"family": "Ash", "given": "Kim"}]},
        "source/roe-2025-steering": {"retracted": "2026-02-01"},
        "finding/fine-tuning-moves-personas": {
            "sources": ["ash-2024-one"],
            "title": "Fine-tuning moves the persona, says @octocat in #12",
            "instantiates": [
                {"concept": "persona", "role": "instantiating", "shapes": ["prompted-shift"], "axes": {"method": "fine-tuning", "channel": "weights"}}
            ],
            "relations": [{"type": "conflicts-with", "to": "prompts-move-personas", "moderator": "Whether the weights change."}],
        },
        "finding/prompts-move-personas": {
            "claims": [claim | {"measures": fixed, "disputes": [dispute]}],
            "summary": "What the work saw, and what it did not see.",
        },
        "finding/steering-works": {"relations": [{"type": "extends", "to": "prompts-move-persona"}]},
        "belief/personas-are-selected": {
            "holders": [
                {
                    "holder": "ann",
                    "history": [
                        {"date": "2026-01-10", "credence": 0.6, "because": "a first guess"},
                        {"date": "2026-05-01", "credence": 0.45, "because": "The figure is in dispute.", "records": ["prompts-move-personas"]},
                    ],
                }
            ]
        },
    }
    update = {"id": "second-example", "when": "A second finding shows it.", "would": "raise", "predicate": SECOND_EXAMPLE}
    for state in (before, after):
        state["belief/personas-are-selected"] = {"updates": [update]} | state.get("belief/personas-are-selected", {})
    repo = Repo(tmp_path / "repo")
    repo.commit(before)
    repo.lay(after)
    comment = render(report(compare(repo.root, "main", None, today=TODAY, cache=False)))
    if pytestconfig.getoption("--update-golden"):
        GOLDEN.parent.mkdir(exist_ok=True)
        GOLDEN.write_text(comment, encoding="utf-8")
    assert comment == GOLDEN.read_text(encoding="utf-8")


def test_hostile_records_through_the_whole_comment(tmp_path):
    line = HOSTILE[:200]
    repo = Repo(tmp_path / "repo")
    repo.commit()
    claim = merged()["finding/steering-works"]["claims"][0]
    repo.lay(
        {
            "finding/steering-works": {
                "title": line,
                "summary": HOSTILE + " " + " ".join(NASTY[1:4]),
                "limitations": NASTY[1:5],
                "claims": [claim | {"checks": [line], "note": line}],
            },
            "question/new-one": {"title": line},
            "kb.yaml": {"title": line},
        },
        {"findings/bad.yaml": f"title: [{line}\n", "findings/@octocat #1.yaml": "x"},
    )
    comment = render(report(compare(repo.root, "main", None, today=TODAY, cache=False)))
    tokens = [child for token in READERS[1].parse(comment) for child in [token, *(token.children or [])]]
    markup = {token.content.strip() for token in tokens if token.type in ("html_block", "html_inline")}
    assert all(re.fullmatch(r"<!-- kb-diff -->|<details><summary>\d+ lines</summary>|</details>", found) for found in markup), markup
    assert not {token.type for token in tokens} & {"link_open", "image", "code_block", "fence", "table_open", "blockquote_open"}
    assert not [token for token in tokens if token.type == "text" and re.search(r"@\w|#\d|://|www\.", token.content)]
