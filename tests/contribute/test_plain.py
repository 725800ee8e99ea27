"""Texts from elsewhere become one line of plain text, or nothing."""

from __future__ import annotations

import time
import unicodedata

import kbmaker
import pytest
from contribute.recorded import HOSTILE
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from kb.checks import run
from kb.contribute.people import person_of_name
from kb.contribute.plain import from_latex, line
from schemas import Person
from schemas.scalars import Line

LINE = TypeAdapter(Line)
TEXT = st.one_of(
    st.text(max_size=80), st.sampled_from(HOSTILE), st.lists(st.sampled_from(["<", ">", "&", "lt;", "amp;", "b", "/", "!", "script", " ", "#60;"])).map("".join)
)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("  Two\n  lines\t. ", "Two lines ."),
        ("Masks of <i>small</i> models &amp; voices", "Masks of small models & voices"),
        ("p &lt; 0.05 and x<3", "p < 0.05 and x<3"),
        ("&amp;lt;script&amp;gt;x", "x"),
        ("<scr<b>ipt>x", "x"),
        ("<scr\u200bipt>x", "x"),
        ("a\u202eb\u200bc\u00add", "abcd"),
        ("Caf\u0065\u0301", "Caf\u00e9"),
        ("&unknown;", "unknown;"),
        ("<script x", "script x"),
        ("\ud800\x00", ""),
        (None, ""),
        (["x"], ""),
    ],
)
def test_markup_and_what_cannot_be_seen_is_dropped(text: object, plain: str) -> None:
    assert line(text) == plain


@given(TEXT)
def test_a_line_is_one_that_a_record_may_hold_and_stays_as_it_is(text: str) -> None:
    found = line(text)
    assert line(found) == found
    assert found == unicodedata.normalize("NFC", found)
    assert not any(unicodedata.category(c) in ("Cc", "Cf", "Cs") for c in found)
    if found:
        assert LINE.validate_python(found) == found


@given(TEXT)
def test_a_line_passes_the_checks_on_markup_and_on_invisible_characters(text: str) -> None:
    found = line(text)
    if found:
        assert run(kbmaker.corpus({"finding/steering-works": {"summary": found}}), today=kbmaker.TODAY, select=["KB401", "KB406"]) == []


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        (r"Erd\H{o}s and Ren\'e Fran\c{c}ois", "Erdős and René François"),
        ("{Ghosts} in the {M}achine", "Ghosts in the Machine"),
        (r"50% of {LLM}s \& {AI}", "50% of LLMs & AI"),
        (r"On $\alpha$ and $\beta$", "On α and β"),
        ("no LaTeX: 50% & more_of it ~ that", "no LaTeX: 50% & more_of it ~ that"),
        (r"\textbf{Bold} claims", "Bold claims"),
    ],
)
def test_latex_is_decoded(text: str, plain: str) -> None:
    assert from_latex(text) == plain


@pytest.mark.parametrize(
    "text",
    ["{" * 1_500, "\\def\\a{\\a\\a}\\a", "$" * 999, "\\begin{a}" * 150, "\\input{/etc/passwd}", "\\" * 2_000, "&amp;" * 1_000, "<" * 2_400 + "a>" * 2_400],
)
def test_no_text_takes_long_or_raises(text: str) -> None:
    started = time.process_time()
    assert "root:" not in from_latex(text)
    line(text)
    assert time.process_time() - started < 3


def test_a_long_text_is_cut() -> None:
    assert line("word " * 200) == ("word " * 60).strip()[:299].rstrip() + "…"


@pytest.mark.parametrize(
    ("name", "person"),
    [
        ("Jane Doe", {"family": "Doe", "given": "Jane"}),
        ("Doe, Jane", {"family": "Doe", "given": "Jane"}),
        ("Ludwig van der Berg", {"family": "van der Berg", "given": "Ludwig"}),
        ("Max Muster Jr.", {"family": "Muster Jr.", "given": "Max"}),
        ("van der Doe, Jr., Jane", {"family": "van der Doe Jr.", "given": "Jane"}),
        ("van Doe", {"family": "Doe", "given": "van"}),  # a first word is a given name, whatever it looks like
        ("OpenAI", {"literal": "OpenAI"}),
        ("The Ghost Team", {"literal": "The Ghost Team"}),
        ("Consortium, The Ghost", {"literal": "Consortium, The Ghost"}),
        ("\u738b\u4f1f", {"literal": "\u738b\u4f1f"}),
        (" \u200b ", None),
        ("", None),
    ],
)
def test_names_in_one_piece(name: str, person: dict[str, str] | None) -> None:
    assert person_of_name(name) == person


@given(TEXT)
def test_every_person_is_valid(name: str) -> None:
    if person := person_of_name(name):
        Person.model_validate(person)
