"""BibTeX: what BibTeX reads back is what the record says."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.forms.bibtex import bibliography, entry, escape
from kb.forms.text import clean
from schemas import Source

BASE = {
    "schema": 1, "id": "doe-2024-x", "status": "working", "added": "2026-01-10", "contributors": ["ann"], "type": "article", "title": "A title",
    "author": [{"family": "Doe", "given": "Jane"}], "issued": "2024-05-02", "checked": [{"by": "ann", "on": "2026-01-10", "extent": "abstract"}],
}  # fmt: skip


def source(**fields: object) -> Source:
    return Source.model_validate(BASE | {name.replace("_", "-"): value for name, value in fields.items()})


def test_a_preprint() -> None:
    assert entry(source(arxiv="2405.01234", URL="https://arxiv.org/abs/2405.01234", version="v2")) == (
        "@misc{doe-2024-x,\n  title = {A title},\n  author = {Doe, Jane},\n  year = {2024},\n  month = may,\n"
        "  eprint = {2405.01234},\n  archiveprefix = {arXiv},\n  url = {https://arxiv.org/abs/2405.01234},\n  version = {v2}\n}"
    )


@pytest.mark.parametrize(
    ("text", "tex"),
    [
        ("50% & more_than $5 #1", r"50\% \& more\_than \$5 \#1"),
        ("{x}", r"{\textbraceleft}x{\textbraceright}"),
        (r"a\b", r"a{\textbackslash}b"),
        ("~^", r"{\textasciitilde}{\textasciicircum}"),
        ("Gödel, Erdős, Ångström, Šimić", r"G{\"{o}}del, Erd{\H{o}}s, {\r{A}}ngstr{\"{o}}m, {\v{S}}imi{\'{c}}"),
        ("naïve – no", r"na{\"{i}}ve -- no"),
        ("“quoted” ‘so’", "``quoted'' `so'"),
        ("日本", "日本"),
    ],
)
def test_escape(text: str, tex: str) -> None:
    assert escape(text) == tex


def test_capitals_of_a_title_are_kept_and_those_of_first_letters_are_not() -> None:
    assert "title = {Do {LLMs} Dream? {GPT-4o} and {iPhone}}" in entry(source(title="Do LLMs Dream? GPT-4o and iPhone"))


def test_groups_and_names_with_commas_or_and_are_one_author() -> None:
    made = entry(source(author=[{"literal": "Alice and Bob Ltd"}, {"family": "van der Berg, Jr", "given": "Kim"}, {"family": "Plato"}]))
    assert "author = {{Alice and Bob Ltd} and {van der Berg, Jr}, Kim and {Plato}}" in made


@given(st.text(min_size=1, max_size=60))
def test_braces_balance_whatever_the_text(text: str) -> None:
    """BibTeX counts braces without regard to backslashes; a value that does not balance swallows the file."""
    depth = 0
    for char in escape(text):
        depth += (char == "{") - (char == "}")
        assert depth >= 0
    assert depth == 0
    assert not re.search(r"(?<!\\)[%$#&_~^]", re.sub(r"\{\\[a-zA-Z~^]+\{.\}\}|\{\\.\{.\}\}", "", escape(text)))


@given(st.text(alphabet="áàâäãåçéèêëíñóöøúüýÿžčšabc", min_size=1, max_size=20))
def test_accents_read_back(text: str) -> None:
    marks = {"`": "\u0300", "'": "\u0301", "^": "\u0302", "~": "\u0303", '"': "\u0308", "r": "\u030a", "v": "\u030c", "c": "\u0327"}
    back = re.sub(r"\{\\(.)\{(.)\}\}", lambda m: unicodedata.normalize("NFC", m[2] + marks[m[1]]), escape(text)).replace(r"{\o}", "ø")
    assert back == " ".join(unicodedata.normalize("NFC", clean(text)).split())


def test_bibliography_is_sorted_by_id() -> None:
    made = bibliography({i: entry(source(id=i)) for i in ("b-b", "a-a")})
    assert re.findall(r"@misc\{(.*),", made) == ["a-a", "b-b"]
