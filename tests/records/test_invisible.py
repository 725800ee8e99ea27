"""What a reviewer can't see is found wherever it stands in a file: values, keys, comments, escapes, kb.yaml."""

from __future__ import annotations

import sys
import time
import unicodedata
from pathlib import Path

import kbmaker
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.checks import run
from kb.errors import ConfigError
from kb.records import load
from kb.records.config import parse_config
from kb.records.invisible import HIDDEN, hidden, may_hide
from kb.records.reader import read

# Format controls that stand for something to see: they enclose or mark the digits and letters after them.
VISIBLE = {0x600, 0x601, 0x602, 0x603, 0x604, 0x605, 0x6DD, 0x70F, 0x890, 0x891, 0x8E2}
FIRST = kbmaker.schema_line("finding")


def found(text: str, file: str = "f.yaml") -> list[tuple[str, int | None, tuple[str | int, ...], bool]]:
    outcome = read(text.encode(), file)
    assert outcome.data is not None, outcome.problems
    return [(one.what, one.offset, one.path, one.key) for one in hidden(text, outcome.data)]


def test_every_format_control_is_hidden_between_letters() -> None:
    controls = [chr(code) for code in range(sys.maxunicode + 1) if unicodedata.category(chr(code)) == "Cf" and code not in VISIBLE]
    assert len(controls) > 130
    assert [f"U+{ord(c):04X}" for c in controls if not HIDDEN.search(f"a{c}b")] == []


@pytest.mark.parametrize(
    ("text", "offset"),
    [("a: b # approved\u202e x\n", 15), ("# \u200b\na: b\n", 2), ("a\u00adb: c\n", 1), ("a: b\n# x\U000e0041\n", 8), ("a: b #" + " " * 150 + "x\n", 6)],
)
def test_raw_characters_have_their_own_place(text: str, offset: int) -> None:
    assert [place for _, place, _, _ in found(text)] == [offset]


@pytest.mark.parametrize(
    ("text", "path", "key"),
    [
        ('a: "x\\u202ey"\n', ("a",), False),
        ('a: ["x", "\\u200b"]\n', ("a", 1), False),
        ('a: {"x\\u2060": 1}\n', ("a", "x\u2060"), True),
        ('a: "\\u00e9\\u200d\\u200cé"\n', ("a",), False),
    ],
)
def test_escapes_are_hidden_too(text: str, path: tuple[str | int, ...], key: bool) -> None:
    assert [(None, path, key)] == [one[1:] for one in found(text)]
    assert [(None, path, key)] == [one[1:] for one in found(f'{{"a": {text[3:].strip()}}}', "f.json")]


@pytest.mark.parametrize("text", ['a: "\\U0001F469\u200d\\U0001F52C"\n', 'a: "\\u2764\ufe0f"\n', 'a: "\\u2764\\uFE0F"\n', "a: 葛\U000e0100\n"])
def test_emoji_may_be_written_as_escapes(text: str) -> None:
    assert found(text) == []


def test_escapes_do_not_lend_a_joiner_to_others() -> None:
    assert [one[1:] for one in found('a: "\\u0041\u200d\\u0042"\n')] == [(None, ("a",), False)]


@given(st.lists(st.sampled_from([*"ab \t\\#", "\u200d", "\u202e", "é", "ش", "👩", "\ufe0f", "\U000e0100", "葛", " " * 99, "\u3000"]), max_size=12).map("".join))
def test_a_quick_look_never_overlooks(text: str) -> None:
    if HIDDEN.search(text):
        assert may_hide(text)


@pytest.mark.parametrize("text", [" " * 200_000, "\u3000 " * 60_000, ("a" + " " * 99) * 2_000, "\u200d" * 60_000, "é\u200d" * 60_000, "\\u200d" * 30_000])
def test_no_text_takes_long(text: str) -> None:
    started = time.process_time()
    list(hidden(text, {"a": text}))
    assert time.process_time() - started < 2


def test_a_comment_that_hides_something_is_an_error_at_its_place(tmp_path: Path) -> None:
    path = kbmaker.write(tmp_path) / "findings" / "steering-works.yaml"
    before = path.read_text(encoding="utf-8")
    path.write_text(before + "# fine\u2066 here\n", encoding="utf-8")
    problems = run(load(tmp_path, cache=False), today=kbmaker.TODAY)
    assert [(p.code, p.place.line, p.place.column, p.severity) for p in problems] == [("KB406", before.count("\n") + 1, 7, "error")]
    assert "U+2066" in problems[0].message


@pytest.mark.parametrize("line", ["# \u202e\n", "description: a\u200bb\n", 'description: "a\\u200bb"\n', "tagline: x #" + " " * 120 + "y\n"])
def test_settings_hide_nothing(line: str) -> None:
    with pytest.raises(ConfigError, match=r"kb\.yaml:2:\d+: (invisible character U\+2|1\d\d blanks)"):
        parse_config(f"title: x\n{line}".encode())
    parse_config("title: x\ntagline: naïve – 語 👩\u200d🔬\n".encode())
