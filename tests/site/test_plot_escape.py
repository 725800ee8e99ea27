"""Hostile text in a result reaches drawings, keys and tables as text, and does nothing there."""

from __future__ import annotations

import re
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import markdown
import plotted
import pytest
import tinywiki as tiny
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kb.site import escape, files

ROOT = Path(__file__).parents[2]
PAGES = ("findings/prompts-move-personas.md", "replications/rerun.md")
NASTY = [
    "<script>window.pwned=1</script>", "</svg><script>window.pwned=1</script>", "<svg onload=pwned()>", "</desc></title>", "<foreignObject><body onload=x>",
    "]]><![CDATA[", "<!-- --!>", "-->", '" onload="pwned()', "' onmouseover='x", "&lt;b&gt;", "&#60;b>", "{{ 7*7 }}", "{% raw %}",
    "**b** `c` [l](javascript:x)",
    "</table></details></figure>", "| a | b |", "url(#x)", "x;--kb-right:0;background:url(//x.y)", "<use href='data:x'/>", "<a xlink:href='javascript:x'>",
    "# h", "$x$", "--8<-- \"f\"", "<tspan", "漢字" * 40, "é" * 90, "word " * 40 + "end", "\u202egnol", "a\u00a0b",
]  # fmt: skip


def pages_with(name: str) -> dict[str, str]:
    """The pages of a result that has this text wherever it takes a line of free text."""
    data = plotted.result()
    plot: dict[str, Any] = {"title": name, "x": name, "y": name}
    many = {name: [[0, 0.1], [1, 0.4]], f"{name} 2": [[0, 0.2], [1, 0.3]], f"3 {name}": []}
    data["plots"] = [
        {"id": "line", "kind": "line", "series": many, "bands": {name: [[0, 0.0, 0.2], [1, 0.3, 0.5]]}, **plot},
        {"id": "points", "kind": "points", "series": many, **plot},
        {"id": "nothing", "kind": "line", "series": {name: []}, **plot},
    ]
    data["estimates"] = [one | {"says": name} for one in data["estimates"]]
    data["estimates"][4]["unit"] = name
    corpus = tiny.kbmaker.corpus({**tiny.OVERRIDES, "result/rerun-small": data})
    made = files(corpus, tiny.state(corpus))
    return {page: rendered(made[page].decode()) for page in PAGES}


@cache
def converter() -> markdown.Markdown:
    listed = yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))["markdown_extensions"]
    found = [item if isinstance(item, str) else next(iter(item)) for item in listed]
    return markdown.Markdown(extensions=found, extension_configs={key: value for item in listed if isinstance(item, dict) for key, value in item.items()})


def rendered(source: str) -> str:
    return converter().reset().convert(source.split("\n---\n", 1)[1])


class Elements(HTMLParser):
    """Names of elements, with their attributes, and the text of figures."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: set[tuple[str, str]] = set()
        self.values: list[tuple[str, str]] = []
        self.text: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.add((tag, ""))
        for name, value in attrs:
            self.found.add((tag, name))
            self.values.append((name, value or ""))

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    @property
    def words(self) -> str:
        return " ".join("".join(self.text).split())


@cache
def plain() -> dict[str, set[tuple[str, str]]]:
    # Short names are drawn at the ends of lines, long ones only in the key.
    return {page: Elements(short).found | Elements(pages_with("long words " * 15 + "end")[page]).found for page, short in pages_with("plain words").items()}


def check(name: str) -> None:
    for page, html in pages_with(name).items():
        found = Elements(html)
        assert found.found <= plain()[page], (page, found.found - plain()[page])
        shown = " ".join(escape.clean(name).split())
        assert found.words.count(shown) >= 12, page
        for attribute, value in found.values:
            assert not attribute.startswith("on")
            if attribute == "style":
                assert re.fullmatch(r"(--kb-right:[\d.]+%|left:[\d.]+%;right:[\d.]+%)", value), value
            if attribute in ("href", "src", "xlink:href"):
                assert not re.match(r"\s*(javascript|data|vbscript):", value, re.I)


@pytest.mark.parametrize("name", NASTY)
def test_each_nasty_name_is_text(name: str) -> None:
    check(name)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(
    st.lists(st.one_of(st.sampled_from(NASTY), st.text(max_size=10)), min_size=1, max_size=3)
    .map(lambda parts: " ".join(" ".join(parts).split())[:280].strip())
    .filter(lambda name: "[[" not in name and re.search(r"\w", escape.clean(name)) is not None and escape.clean(name).strip() == name)
)
def test_any_name_is_text(name: str) -> None:
    check(name)
