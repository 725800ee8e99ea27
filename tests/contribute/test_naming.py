"""arXiv ids and DOIs: every spelling that must be taken, and what must be refused."""

from __future__ import annotations

import kbmaker
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.contribute.identifiers.registry import identifiers
from kb.contribute.naming import arxiv_id, arxiv_of, doi, is_arxiv
from kb.contribute.people import orcid_of
from kb.errors import UsageError
from schemas import Source

ARXIV = {
    "2401.01234": "2401.01234",
    " 2401.01234v2 ": "2401.01234v2",
    "arXiv:2401.01234": "2401.01234",
    "ARXIV: 2401.01234V3": "2401.01234v3",
    "https://arxiv.org/abs/2401.01234": "2401.01234",
    "http://www.arxiv.org/pdf/2401.01234v2.pdf": "2401.01234v2",
    "https://arxiv.org/pdf/2401.01234?download=1": "2401.01234",
    "https://export.arxiv.org/abs/2401.01234#section": "2401.01234",
    "https://arxiv.org/html/2401.01234v1/": "2401.01234v1",
    "10.48550/arXiv.2401.01234": "2401.01234",
    "https://doi.org/10.48550/arXiv.2401.01234": "2401.01234",
    "0704.0001": "0704.0001",
    "1412.9999": "1412.9999",
    "hep-th/9901001": "hep-th/9901001",
    "arXiv:hep-th/9901001v3": "hep-th/9901001v3",
    "math.GT/0309136": "math/0309136",
    "https://arxiv.org/abs/cs/0112017": "cs/0112017",
}
NOT_ARXIV = [
    "",
    "2401",
    "2401.123",
    "2401.1234",  # four digits, where five are due
    "1412.12345",
    "2413.01234",
    "2400.01234",
    "0703.0001",  # before the scheme began
    "2401.01234v0",
    "2401.01234v1234",
    "2401.01234x",
    "hep-th/99010012",
    "hep-th/9913001",
    "../2401.01234",
    "2401.01234/../../etc",
    "https://example.org/abs/2401.01234",
    "https://arxiv.org.example.org/abs/2401.01234",
    "٢٤٠١.٠١٢٣٤",
    "2401.01234\n2401.01235",
    "10.1234/abc",
]
DOIS = {
    "10.1234/abcd": "10.1234/abcd",
    "doi:10.1234/ABcd": "10.1234/abcd",
    "DOI: 10.1234/abcd.": "10.1234/abcd",
    "https://doi.org/10.1234/AbCd": "10.1234/abcd",
    "http://dx.doi.org/10.1234/a%3Cb%3E": "10.1234/a<b>",
    "https://www.doi.org/10.1234/abcd?x=1": "10.1234/abcd",
    "10.123456789/x(1)2:3;4": "10.123456789/x(1)2:3;4",
}
NOT_DOIS = [
    "",
    "10.1234",
    "10.1234/",
    "10.12/abc",
    "11.1234/abc",
    "10.1234/a b",
    "https://example.org/10.1234/abc",
    "10.1234/\u202eabc",
    "10.1234/" + "x" * 300,
    "abcd",
]


@pytest.mark.parametrize(("text", "name"), ARXIV.items())
def test_an_arxiv_id_is_taken_in_every_spelling(text: str, name: str) -> None:
    assert arxiv_id(text) == name
    assert arxiv_id(name) == name
    assert is_arxiv(text)


@pytest.mark.parametrize("text", NOT_ARXIV)
def test_what_is_no_arxiv_id_is_refused_with_what_is(text: str) -> None:
    with pytest.raises(UsageError, match=r"2401\.01234v2, hep-th/9901001"):
        arxiv_id(text)


@pytest.mark.parametrize(("text", "name"), DOIS.items())
def test_a_doi_is_taken_in_every_spelling(text: str, name: str) -> None:
    assert doi(text) == name == doi(name)


@pytest.mark.parametrize("text", NOT_DOIS)
def test_what_is_no_doi_is_refused_with_what_is(text: str) -> None:
    with pytest.raises(UsageError, match=r"https://doi\.org/10\.1234/abcd"):
        doi(text)


NEARLY = st.one_of(
    st.from_regex(r"\A(arxiv:)?[0-9]{4}\.[0-9]{4,5}(v[0-9])?\Z"),
    st.from_regex(r"\A[a-z]{2,5}(-[a-z]{2})?(\.[A-Z]{2})?/[0-9]{7}\Z"),
    st.from_regex(r"\A(doi:)?10\.[0-9]{4,9}/[!-~]{1,20}\Z"),
    st.text(max_size=40),
)


@given(NEARLY)
def test_what_is_taken_is_what_the_schema_holds(text: str) -> None:
    for kind in identifiers().values():
        try:
            work = kind.bare(kind.normalise(text))
        except UsageError:
            continue
        assert work.arxiv or work.doi
        Source.model_validate(
            kbmaker.template("source", "any-work") | {"URL": work.url} | {field: value for field, value in work.fields().items() if field in ("arxiv", "DOI")}
        )


@pytest.mark.parametrize(("kind", "text"), [("doi", "10.48550/arXiv.2401.01234"), ("arxiv", "arXiv:2401.01234")])
def test_a_doi_of_arxiv_is_an_arxiv_id(kind: str, text: str) -> None:
    work = identifiers()[kind].bare(identifiers()[kind].normalise(text))
    assert (work.arxiv, work.doi, work.url, work.issued) == ("2401.01234", "", "https://arxiv.org/abs/2401.01234", "2024-01")


@pytest.mark.parametrize(
    ("name", "issued"), [("hep-th/9901001", "1999-01"), ("math/0309136", "2003-09"), ("0704.0001", "2007-04"), ("2401.01234v3", "2024-01")]
)
def test_an_id_says_its_month(name: str, issued: str) -> None:
    assert identifiers()["arxiv"].bare(name).issued == issued


@pytest.mark.parametrize(
    ("item", "name", "version"),
    [
        ({"archive": "arXiv", "number": "2401.01234v2"}, "2401.01234", "v2"),
        ({"URL": "https://arxiv.org/abs/2401.01234", "number": "arXiv:2401.01234v1"}, "2401.01234", "v1"),
        ({"URL": "https://arxiv.org/abs/2401.01234", "note": "arXiv:2405.04321v3"}, "2401.01234", ""),  # the version of another work
        ({"publisher": "arXiv", "number": "arXiv:2401.01234"}, "2401.01234", ""),
        ({"URL": "http://arxiv.org/abs/2401.01234"}, "2401.01234", ""),
        ({"note": "arXiv:hep-th/9901001"}, "hep-th/9901001", ""),
        ({"number": "2401.01234"}, "", ""),  # an article's number that happens to look like one
        ({"archive": 7, "number": ["x"], "URL": None}, "", ""),
    ],
)
def test_an_arxiv_id_is_found_where_bibliographies_put_it(item: dict[str, object], name: str, version: str) -> None:
    assert arxiv_of(item, "") == (name, version)


@pytest.mark.parametrize(
    ("text", "orcid"),
    [
        ("0000-0002-1825-0097", "0000-0002-1825-0097"),
        ("https://orcid.org/0000-0002-1694-233x", "0000-0002-1694-233X"),
        ("0000000218250097", "0000-0002-1825-0097"),
        ("0000-0002-1825-0098", ""),  # its check character is another
        ("https://example.org/0000-0002-1825-0097", ""),
        (None, ""),
    ],
)
def test_orcids(text: object, orcid: str) -> None:
    assert orcid_of(text) == orcid
