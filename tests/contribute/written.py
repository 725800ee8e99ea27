"""Records as strangers write them: the same data in many spellings, with comments anywhere."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

WORDS = [
    "alpha",
    "no",
    "on",
    "y",
    "12:30",
    "2026-01-02",
    "1_000",
    "a: b",
    "a #b",
    "#a",
    "- a",
    "[x]",
    "it's",
    'say "x"',
    "back\\slash",
    "é語🙂",
    "x,y",
    "null",
    "=",
    "<<",
    "zero\u200bwidth",
]
NUMBERS = ["0.230", "1e-3", "+5", "007", "0x1F", "5", "-1", ".5", "5.", "2.1e6", "true", "~", "null", "False", ""]
PARAGRAPHS = [
    "one line\n",
    "one\n\ntwo\n",
    "one\ntwo",
    "  indented\nmore\n",
    "one\n  # not a comment\ntwo\n",
    "trailing  \nspace\n",
    "kept\n\n\n",
    "- a\n- b\n",
]
KEYS = ["title", "kind", "id", "claims", "measures", "schema", "zeta", "on", "n", "sources", "of", "models"]
COMMENTS = ["# c", "#c'\"", "# a: b", "#", "# [x"]


@st.composite
def scalar(draw: st.DrawFn, *, brackets: bool, indent: int) -> str:
    """A scalar as it stands behind `key: `."""
    kind = draw(st.integers(0, 4 if brackets else 7))
    word = draw(st.sampled_from(WORDS))
    if kind == 0:
        number = draw(st.sampled_from(NUMBERS))
        return number if number or not brackets else "~"
    if kind == 1:
        return "'" + word.replace("'", "''") + "'"
    if kind in (2, 3):
        return '"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if kind == 4:
        return draw(st.sampled_from(["plain", "two words", "no", "12:30", "2026-01-02", "a-b"]))
    text = draw(st.sampled_from(PARAGRAPHS))
    sign = draw(st.sampled_from("||>"))
    comment = draw(st.sampled_from(["", " # beside"]))
    pad = " " * (indent + 2)
    chomp = draw(st.sampled_from(["", "-", "+"]))
    return f"{sign}2{chomp}{comment}\n" + "\n".join(pad + line if line else "" for line in text.rstrip("\n").split("\n"))


@st.composite
def in_brackets(draw: st.DrawFn, depth: int) -> str:
    gap = draw(st.sampled_from(["", " ", "\n        ", " # in\n        "])) if depth < 2 else ""
    if draw(st.booleans()):
        items = [draw(value_in_brackets(depth + 1)) for _ in range(draw(st.integers(0, 3)))]
        return "[" + gap + f",{gap or ' '}".join(items) + "]"
    keys = draw(st.lists(st.sampled_from(KEYS), max_size=3, unique=True))
    return "{" + gap + f",{gap or ' '}".join(f"{key}: {draw(value_in_brackets(depth + 1))}" for key in keys) + "}"


def value_in_brackets(depth: int) -> st.SearchStrategy[str]:
    leaf = scalar(brackets=True, indent=0)
    return leaf if depth > 2 else st.one_of(leaf, leaf, in_brackets(depth))


@st.composite
def block(draw: st.DrawFn, indent: int = 0, depth: int = 0) -> str:
    """The lines of a mapping or list at an indentation, each ending its line."""
    pad, lines = " " * indent, []
    is_mapping = depth == 0 or draw(st.booleans())
    heads = [f"{key}:" for key in draw(st.lists(st.sampled_from(KEYS), min_size=1, max_size=4, unique=True))] if is_mapping else ["-"] * draw(st.integers(1, 3))
    for head in heads:
        for _ in range(draw(st.sampled_from([0, 0, 1, 2]))):
            lines.append(draw(st.sampled_from([pad, pad, "  " + pad])) + draw(st.sampled_from(COMMENTS)))
        if draw(st.integers(0, 5)) == 0:
            lines.append("")
        kind = draw(st.integers(0, 3 if depth < 3 else 1))
        beside = draw(st.sampled_from(["", "", "  # beside", " #b"]))
        if kind == 0:
            lines.append(f"{pad}{head} {draw(in_brackets(0))}{beside}")
        elif kind == 1:
            value = draw(scalar(brackets=False, indent=indent))
            lines.append(f"{pad}{head} {value}" + ("" if "\n" in value else beside))
        else:
            step = draw(st.sampled_from([2, 2, 4, 1]))
            inner = draw(block(indent + step, depth + 1)).rstrip("\n")
            if head == "-" and step == 2 and not inner.lstrip().startswith("#") and inner.strip() and not inner.startswith("\n") and draw(st.booleans()):
                lines.append(f"{pad}- {inner.lstrip(' ')}")
            else:
                lines.append(f"{pad}{head}{beside}\n{inner}")
    if draw(st.integers(0, 4)) == 0:
        lines.append(pad + "# tail")
    return "\n".join(lines) + "\n"


@st.composite
def records(draw: st.DrawFn) -> str:
    head = draw(st.sampled_from(["", "# yaml-language-server: $schema=../schemas/json/finding.schema.json\n", "# head\n\n", "---\n", "\n\n# x\n"]))
    text = head + draw(block())
    return text.replace("\n", "\r\n") if draw(st.integers(0, 9)) == 0 else text


def paths(data: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Every path in plain data but the root's."""
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return [found for step, value in items for found in [(*path, step), *paths(value, (*path, step))]]
