"""What registries and bibliography files say becomes a work, or is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import kbmaker
import pytest
from contribute import recorded
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.contribute.identifiers import arxiv, doi
from kb.contribute.identifiers.registry import chosen, format_, formats, identifier, identifiers, works_in
from kb.contribute.plain import line
from kb.contribute.work import TYPES, Work, date, date_of_parts, type_of
from kb.errors import UsageError
from schemas import Source


def valid(work: Work) -> Source:
    """The work as a record; what is not known comes from the minimal one."""
    return Source.model_validate(kbmaker.template("source", "any-work") | work.fields())


def test_an_answer_of_arxiv() -> None:
    work = arxiv.read(recorded.atom(more="<arxiv:doi>10.1234/JMR.1 10.1234/x</arxiv:doi>"), "2601.01234")
    assert work.fields() == {
        "type": "article",
        "title": "Ghosts in the margin: personas that nobody wrote",
        "author": [{"family": "van der Doe", "given": "Jane"}, {"family": "Muster Jr.", "given": "Max"}, {"literal": "The Ghost Team"}],
        "issued": "2026-01-05",
        "DOI": "10.1234/jmr.1",
        "arxiv": "2601.01234",
        "URL": "https://arxiv.org/abs/2601.01234",
        "version": "v2",
        "version-date": "2026-02-10",
        "affiliations": ["University of Nowhere"],
    }
    valid(work)


def test_a_first_version_has_one_date() -> None:
    work = arxiv.read(recorded.atom("hep-th/9901001v1", published="1999-01-04T00:00:00Z", updated="1999-01-04T00:00:00Z"), "hep-th/9901001")
    assert (work.arxiv, work.version, work.issued, work.version_date) == ("hep-th/9901001", "v1", "1999-01-04", "")
    valid(work)


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (recorded.ERROR, "no work 2601.01234 .incorrect id format"),
        (recorded.EMPTY, "no work 2601.01234"),
        (recorded.atom("2601.09999v1"), "asked for 2601.01234, arXiv answers about"),
        (recorded.atom(head=recorded.BOMB), "document type"),
        (recorded.atom(head=recorded.FOREIGN), "document type"),
        (b"Rate exceeded.", "Rate exceeded"),
        (b"", "does not answer with a feed"),
        (b"<feed", "no XML"),
        (b"<a>" * 50, "nests too deep"),
        (b"<a>" + b"<b/>" * 60_000 + b"</a>", "too many parts"),
        (recorded.atom(people=["A B"] * 1_001), "1001 authors"),
        (b"<feed>&unknown;</feed>", "no XML"),
    ],
)
def test_an_answer_that_is_none_is_refused(raw: bytes, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        arxiv.read(raw, "2601.01234")


def test_an_answer_of_a_registry() -> None:
    work = doi.read(recorded.as_json(recorded.csl()), "10.1234/jmr.77")
    assert work.fields() == {
        "type": "article-journal",
        "title": "Masks of small models & their voices",
        "author": [
            {"family": "de la Cruz", "given": "Ana", "ORCID": "0000-0002-1825-0097"},
            {"family": "Muster Jr.", "given": "Max"},
            {"literal": "The Ghost Consortium"},
        ],
        "issued": "2025-07",
        "container-title": "Journal of Made-up Results",
        "publisher": "Nowhere Press",
        "DOI": "10.1234/jmr.77",
        "URL": "https://doi.org/10.1234/jmr.77",
    }
    valid(work)


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"<html>", "no JSON"),
        (b"[" * 100_000, "no JSON"),
        (b"\xff\xfe", "no JSON"),
        (recorded.as_json([recorded.csl()]), "one work in CSL-JSON"),
        (recorded.as_json(recorded.csl(DOI="10.1234/other")), "asked for 10.1234/jmr.77"),
        (recorded.as_json(recorded.csl(author=[{"family": "A"}] * 1_001)), "1001 authors"),
    ],
)
def test_a_registry_that_answers_something_else_is_refused(raw: bytes, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        doi.read(raw, "10.1234/jmr.77")


def write(folder: Path, name: str, raw: bytes) -> Path:
    (folder / name).write_bytes(raw)
    return folder / name


def test_bibtex(tmp_path: Path) -> None:
    ghosts, masks, thesis = works_in(write(tmp_path, "works.bib", recorded.BIBTEX))
    assert (ghosts.key, ghosts.fields()) == (
        "doe2026ghosts",
        {
            "type": "article",
            "title": "Ghosts in the Margin: 50% of Erdős & Co",
            "author": [{"family": "van der Doe Jr.", "given": "Jane"}, {"literal": "The Ghost Team"}, {"family": "François", "given": "René"}],
            "issued": "2026-01-05",
            "arxiv": "2601.01234",
            "URL": "https://arxiv.org/abs/2601.01234",
            "version": "v2",
        },
    )
    assert masks.fields() == {
        "type": "paper-conference",
        "title": "Masks of small models",
        "author": [{"family": "Muster", "given": "Max"}],
        "issued": "2025-07-03",
        "container-title": "Proceedings of Nothing",
        "DOI": "10.1234/jmr.77",
        "URL": "https://example.org/masks_of",
    }
    assert (thesis.type, thesis.publisher, thesis.issued) == ("thesis", "University of Nowhere", "2024")
    for work in (ghosts, masks, thesis):
        valid(work)


def test_ris(tmp_path: Path) -> None:
    masks, ghosts = works_in(write(tmp_path, "works.ris", recorded.RIS))
    assert (masks.key, masks.fields()) == (
        "masks",
        {
            "type": "paper-conference",
            "title": "Masks of small models",
            "author": [{"family": "Muster", "given": "Max"}, {"family": "Cruz Jr.", "given": "Ana"}],
            "issued": "2025-07-03",
            "container-title": "Proceedings of Nothing",
            "publisher": "Nowhere Press",
            "DOI": "10.1234/jmr.77",
            "URL": "https://example.org/masks",
        },
    )
    assert (ghosts.type, ghosts.arxiv, ghosts.issued, ghosts.author) == ("article", "2601.01234", "2026-01", ({"literal": "The Ghost Team"},))
    valid(ghosts)


def test_csl_yaml_and_json(tmp_path: Path) -> None:
    masks, book = works_in(write(tmp_path, "works.yaml", recorded.CSL_YAML))
    assert masks.fields() == {
        "type": "article-journal",
        "title": "Masks of small models",
        "author": [{"family": "de la Cruz", "given": "Ana"}, {"literal": "The Ghost Consortium"}],
        "issued": "2025-07",
        "container-title": "Journal of Made-up Results",
    }
    assert (book.type, book.issued, book.notes) == ("webpage", "2024-03", ("the type 'book' is none of a source's; it is filed as webpage",))
    as_list = recorded.CSL_YAML.replace(b"references:\n", b"")
    assert works_in(write(tmp_path, "list.yml", as_list)) == [masks, book]
    item = recorded.csl()
    for data in (item, [item], {"items": [item]}, {"references": [item, "x", 7]}):
        assert [work.title for work in works_in(write(tmp_path, "works.json", recorded.as_json(data)))] == ["Masks of small models & their voices"]


@pytest.mark.parametrize(
    ("name", "raw", "says"),
    [
        ("works.txt", b"", "has no suffix of a bibliography; expected .bib"),
        ("works.bib", b"@article{broken, title={abc", r"works.bib:1: this entry can't be read"),
        ("works.bib", b"@article{a, title={x}}\n\n@article{a, title={y}}", r"works.bib:3: this entry"),
        ("works.bib", b"no entry at all", "holds no work in bibtex"),
        ("works.ris", b"not RIS", "holds no work in ris"),
        ("works.json", b"{", "no JSON"),
        ("works.json", b"[1, 2]", "holds no work"),
        ("works.json", b"7", "holds no work"),
        ("works.yaml", b"references: !!python/object:os.system x", r"works.yaml:1:13: .*tag"),
        ("works.yaml", b"- &a x\n- *b\n", r"works.yaml:2:3"),
        ("works.yaml", b"", "works.yaml:1:1"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_a_reason(tmp_path: Path, name: str, raw: bytes, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        works_in(write(tmp_path, name, raw))


def test_a_file_of_several_works_asks_for_the_key(tmp_path: Path) -> None:
    works = works_in(write(tmp_path, "works.bib", recorded.BIBTEX))
    assert chosen(works, "roe2024", "f").key == "roe2024"
    assert chosen(works[:1], None, "f") is works[0]
    with pytest.raises(UsageError, match="3 works; say which with --key: 'doe2026ghosts', 'muster2025masks', 'roe2024'"):
        chosen(works, None, "f")
    with pytest.raises(UsageError, match="no work with the key 'roe2025'; did you mean 'roe2024'"):
        chosen(works, "roe2025", "f")
    with pytest.raises(UsageError, match="2 works with the key"):
        chosen([works[0], works[0]], works[0].key, "f")


def test_a_large_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="larger than 8 MB"):
        works_in(write(tmp_path, "works.bib", b" " * (8 * 2**20 + 1)))


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ([2026, 1, 5], "2026-01-05"),
        (["2026", "01"], "2026-01"),
        ([2026, 2, 30], "2026-02"),
        ([2026, 13], "2026"),
        ([26], ""),
        ([], ""),
        ([None], ""),
        ([[1]], ""),
        ([2026, {}], "2026"),
    ],
)
def test_dates_of_parts(parts: list[Any], expected: str) -> None:
    assert date_of_parts(parts) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026", "2026"),
        (2026, "2026"),
        ("2026-1-5", "2026-01-05"),
        ("2026/01/05/x", "2026-01-05"),
        ("2026-01-05T10:00:00Z", "2026-01-05"),
        ("20260105", ""),
        ("soon", ""),
        (None, ""),
    ],
)
def test_dates_of_text(text: Any, expected: str) -> None:
    assert date(text) == expected


def test_every_type_is_one_of_the_schema() -> None:
    for name in ("article-journal", "posted-content", "InProceedings", "CPAPER", "phdthesis", "software", "nonsense", "", None, 7):
        assert type_of(name)[0] in TYPES


def test_every_kind_and_format_is_registered_once() -> None:
    assert set(identifiers()) == {"arxiv", "doi"}
    assert set(formats()) == {"bibtex", "csl-json", "csl-yaml", "ris"}
    with pytest.raises(ValueError, match="two kinds"):
        identifier("doi", normalise=str, bare=lambda _: Work())(doi.look_up)
    with pytest.raises(ValueError, match="two formats"):
        format_("other", ".bib")(lambda _, __: [])


STRANGE = st.one_of(st.sampled_from(recorded.HOSTILE), st.text(max_size=30))
ANYTHING = st.recursive(
    st.one_of(STRANGE, st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(STRANGE, inner, max_size=3)),
    max_leaves=6,
)
FIELDS = ["type", "title", "subtitle", "author", "issued", "container-title", "publisher", "DOI", "URL", "version", "archive", "number", "note", "id"]


@given(st.dictionaries(st.sampled_from(FIELDS), ANYTHING))
def test_whatever_stands_in_an_item_the_work_is_valid(item: dict[str, Any]) -> None:
    valid(formats()["csl-json"].works(recorded.as_json([item | {"type": item.get("type", "article")}]), "f")[0])


def xml_text(text: str) -> str:
    """A text without the characters that XML does not know."""
    return "".join(c for c in text if c in "\t\n" or (c >= " " and c not in "\ufffe\uffff" and not "\ud800" <= c <= "\udfff"))


@given(STRANGE, st.lists(STRANGE, max_size=3), STRANGE)
def test_whatever_arxiv_says_the_work_is_valid_and_its_texts_are_the_cleaned_ones(title: str, people: list[str], when: str) -> None:
    shown = xml_text(title)
    raw = recorded.atom(title=shown, people=list(map(xml_text, people)), updated=escape(xml_text(when)))
    work = arxiv.read(raw, "2601.01234")
    valid(work)
    if not set(shown) & set("\\${}"):
        assert work.title == line(shown)


@settings(max_examples=60)
@given(
    st.sampled_from(["bibtex", "ris", "csl-yaml", "csl-json"]),
    st.one_of(
        st.binary(max_size=80),
        st.lists(
            st.sampled_from(
                ["@article{", "a, ", "title={", "}", "author=", '"', "TY  - JOUR\n", "AU  - ", "ER  - \n", "- ", ": ", "\n", "{", "x", "and ", "year=2026,"]
            ),
            max_size=14,
        ).map(lambda parts: "".join(parts).encode()),
    ),
)
def test_no_file_raises_anything_but_a_clean_error(name: str, raw: bytes) -> None:
    try:
        works = formats()[name].works(raw, "file")
    except UsageError:
        return
    for work in works:
        valid(work)
