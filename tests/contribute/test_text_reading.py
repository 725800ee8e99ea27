"""Texts from files: what is read of each format, and that no file hangs, crashes or fills the memory."""

from __future__ import annotations

import importlib.util
import os
import zlib
from pathlib import Path

import pytest
from contribute import papers
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kb.contribute.text import reading
from kb.contribute.text.html import extracted
from kb.contribute.text.reading import read_paper
from kb.contribute.text.worker import read_pdf
from kb.errors import UsageError
from kb.numbers.printed import numbers_in
from kb.numbers.typography import normalised


def numbers(text: str) -> list[str]:
    return [format(printed.number, "f") + printed.unit for printed in numbers_in(normalised(text))]


def test_a_page_is_read_as_it_is_seen() -> None:
    text, places = extracted(papers.PAGE)
    assert numbers(text) == ["10%", "40%", "1935", "-0.00031", "0.6", "-0.5", "66", "345", "0.71", "-0.72"]
    lines = text.split("\n")
    assert len(lines) == len(places)
    source = papers.PAGE.split("\n")
    for mark in ("rose from", "and then", "runs", "0.5", "66", "0.72"):
        line = next(i for i, content in enumerate(lines) if mark in content)
        assert mark in source[places[line] - 1]


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("<p>0<b>.4</b>2", ["0.42"]),
        ("<td>12</td><td>345</td>", ["12", "345"]),
        ("a<br>12<br>345", ["12", "345"]),
        ("<script>42</script>43", ["43"]),
        ("<style>42</style>43", ["43"]),
        ("<!-- 42 -->43", ["43"]),
        ("<svg><text>42</svg>43", ["43"]),
        ("<noscript><p>42</noscript>43", ["43"]),
        ("<p title=42>43", ["43"]),
        ("<head><p>42<body>43", ["42", "43"]),
        ("&#52;2", ["42"]),
        ("4&#xb2;", []),
        ("<math><mn>42</mn></math> <math alttext=17><mn>43</mn></math>", ["42", "43"]),
        ("<p><math><mn>42</mn><p>43</p>", ["42", "43"]),
        ("<math><mn>42</mn><mtext> per cent</mtext></math>", ["42%"]),
        ("<math><msub><mi>x</mi><mn>42</mn></msub><mo>=</mo><mn>43</mn></math>", ["43"]),
        ("<math><mfrac><mn>42</mn><mn>43</mn></mfrac></math>", ["42", "43"]),
        ("</sup></p>42", ["42"]),
    ],
)
def test_markup(page: str, expected: list[str]) -> None:
    assert numbers(extracted(page)[0]) == expected


@given(
    st.lists(
        st.sampled_from(
            [
                "<p>",
                "</p>",
                "<math>",
                "</math>",
                "<msup>",
                "</mrow>",
                "<svg>",
                "</svg>",
                "<sup>",
                "42",
                "\n",
                "<",
                "&",
                "<!--",
                "<script>",
                "</script",
                "<![CDATA[",
            ]
        )
    )
)
def test_any_heap_of_tags_can_be_read(pieces: list[str]) -> None:
    text, places = extracted("".join(pieces))
    assert text.count("\n") + 1 == len(places)


def test_pdf_text_has_its_pages(tmp_path: Path) -> None:
    file = tmp_path / "paper.pdf"
    file.write_bytes(papers.pdf([["The rate rose from 10 %", "to 40 % (n = 1,935)."], ["It fell by –0.5."]]))
    paper = read_paper(str(file))
    assert (paper.kind, paper.unit) == ("pdf", "page")
    assert numbers(paper.text) == ["10%", "40%", "1935", "-0.5"]
    assert paper.places[-1] == 2
    assert paper.text.count("\n") + 1 == len(paper.places)


@pytest.mark.parametrize(("name", "kind"), [("a.txt", "text"), ("a.MD", "text"), ("a.html", "html"), ("a.xhtml", "html")])
def test_texts_in_any_usual_encoding(name: str, kind: str, tmp_path: Path) -> None:
    file = tmp_path / name
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "cp1252"):
        file.write_bytes("one\r\n10 % – 0·5".encode(encoding))
        paper = read_paper(str(file))
        assert paper.kind == kind
        assert numbers(paper.text) == ["10%", "0.5"]
        assert list(paper.places) == [1, 2]


def bomb() -> bytes:
    """A page whose stream unpacks to 256 MB."""
    packer = zlib.compressobj(9)
    zeros = b" " * (1 << 20)
    stream = b"".join(packer.compress(zeros) for _ in range(256)) + packer.flush()
    plain = papers.pdf([["x"]])
    start, end = plain.index(b"<< /Length"), plain.index(b"endstream")
    return plain[:start] + f"<< /Length {len(stream)} /Filter /FlateDecode >>\nstream\n".encode() + stream + b"\n" + plain[end:]


def loop() -> bytes:
    """A tree of pages that holds itself."""
    return papers.pdf([["x"]]).replace(b"/Kids [3 0 R]", b"/Kids [2 0 R]")


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.pdf", b"%PDF-1.4\nnothing more", "damaged"),
        ("a.pdf", b"no pdf", "no PDF"),
        ("a.pdf", papers.pdf([["10 %"]], encrypted=True), "encrypted"),
        ("a.pdf", papers.pdf([[]]), "images"),
        ("a.pdf", papers.pdf([["1"]] * (reading.MAX_PAGES + 1)), "more than 1000"),
        ("a.pdf", loop(), "damaged|images|no text"),
        ("a.txt", papers.pdf([["10 %"]]), "give it the ending .pdf"),
        ("a.txt", b" \n", "no text"),
        ("a.html", b"<script>1</script>", "no text"),
        ("a.docx", b"10 %", "ending"),
        ("a", b"10 %", "ending"),
        ("a.txt", None, "No such file"),
    ],
)
def test_what_cannot_be_read_says_why(name: str, content: bytes | None, says: str, tmp_path: Path) -> None:
    file = tmp_path / name
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(UsageError, match=says) as caught:
        read_paper(str(file))
    assert name in str(caught.value)


def test_a_bomb_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "bomb.pdf"
    file.write_bytes(bomb())
    with pytest.raises(UsageError, match=r"bomb\.pdf: .* too much memory"):
        read_paper(str(file))


def test_reading_ends_in_time(tmp_path: Path) -> None:
    file = tmp_path / "slow.pdf"
    file.write_bytes(papers.pdf([["1"]]))
    with pytest.raises(UsageError, match=r"within 0\.01 seconds"):
        read_paper(str(file), seconds=0.01)


def test_size_and_kind_of_the_file_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAX_BYTES", 10)
    (tmp_path / "a.txt").write_bytes(b"0123456789a")
    with pytest.raises(UsageError, match="larger than"):
        read_paper(str(tmp_path / "a.txt"))
    monkeypatch.setattr(reading, "MAX_CHARACTERS", 5)
    (tmp_path / "a.txt").write_bytes(b"012345")
    with pytest.raises(UsageError, match="more than 5 characters"):
        read_paper(str(tmp_path / "a.txt"))
    (tmp_path / "folder.txt").mkdir()
    with pytest.raises(UsageError, match=r"folder\.txt"):
        read_paper(str(tmp_path / "folder.txt"))
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.txt")
        with pytest.raises(UsageError, match="no regular file"):
            read_paper(str(tmp_path / "pipe.txt"))


def test_without_pypdf_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "a.pdf"
    file.write_bytes(papers.pdf([["10 %"]]))
    monkeypatch.setattr(reading, "find_spec", lambda name: None if name == "pypdf" else importlib.util.find_spec(name))
    with pytest.raises(UsageError, match="extra `contribute`"):
        read_paper(str(file))


WHOLE = papers.pdf([["The rate rose from 10 %", "to 40 %."]])


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, len(WHOLE) - 1), st.integers(0, 20), st.binary(max_size=20))
def test_a_damaged_pdf_is_text_or_an_error(at: int, cut: int, put: bytes) -> None:
    answer = read_pdf(WHOLE[:at] + put + WHOLE[at + cut :], pages=10, characters=1000)
    assert ("error" in answer) != ("text" in answer)
