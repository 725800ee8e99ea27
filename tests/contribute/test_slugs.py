"""Ids for new records are valid, telling and free."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from kb.contribute.slugs import checked_id, id_of_title, source_id, unique
from kb.errors import UsageError
from schemas.scalars import RESERVED, RecordId

ID = TypeAdapter(RecordId)
WORDS = st.one_of(
    st.text(max_size=120), st.sampled_from(sorted(RESERVED)), st.sampled_from(["../../etc/passwd", "con", "-", "\u738b\u4f1f", "a", "ß", "x" * 500, "CON.txt"])
)


@pytest.mark.parametrize(
    ("family", "year", "title", "name"),
    [
        ("Shah", "2023", "Scalable and transferable things", "shah-2023-scalable-transferable-things"),
        ("Russell", "2026", "StoryScope: Investigating idiosyncrasies", "russell-2026-storyscope"),
        ("van der Doe Jr.", "2026", "The ghosts", "van-der-doe-2026-ghosts"),
        ("Müller", "2024", "Über Personas", "mueller-2024-ueber-personas"),
        ("O’Brien", "2024", "It is what it is", "obrien-2024-it-is-what"),
        ("Łoś", "", "Masks", "los-masks"),
        ("\u738b", "2025", "\u9762\u5177", "anon-2025"),
    ],
)
def test_the_id_of_a_source(family: str, year: str, title: str, name: str) -> None:
    assert source_id(family, year, title, set()) == name


@given(WORDS, WORDS, st.sampled_from(["finding", "source", "concept"]), st.integers(0, 3))
def test_any_title_gives_a_valid_free_id(title: str, family: str, kind: str, times: int) -> None:
    used = set(RESERVED)
    for _ in range(times + 1):
        for name in (id_of_title(title, kind, used), source_id(family, "2026", title, used)):
            assert ID.validate_python(name) == name
            assert name not in used
        used |= {id_of_title(title, kind, used), source_id(family, "2026", title, used)}


def test_a_taken_id_is_numbered() -> None:
    assert unique("ghosts", "finding", {"ghosts", "ghosts-2"}) == "ghosts-3"


@pytest.mark.parametrize("given_", ["", "x", "Upper", "a--b", "-a", "a_b", "../evil", "con", "index", "a" * 81, "a.b", "ä"])
def test_a_wrong_id_is_refused_with_what_is_expected(given_: str) -> None:
    with pytest.raises(UsageError, match="expected 2 to 80 of a-z"):
        checked_id(given_, frozenset())


def test_a_taken_id_is_refused_with_a_free_one() -> None:
    with pytest.raises(UsageError, match="'ghosts' is taken; ghosts-2 is free"):
        checked_id("ghosts", {"ghosts"})
    assert checked_id("ghosts", {"other"}) == "ghosts"
