"""A text that tries to break out, in every field of every record type that takes one, breaks out of no page and no file."""

from __future__ import annotations

import json
import re
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import everyfield
import kbmaker
import markdown
import pytest
import tinywiki as tiny
import yaml
from strangers import HOSTILE, NARROW

from kb.site import escape, files

ROOT = Path(__file__).parents[2]
PLAIN = ("plain words", "10.1234/plain", "https://example.org/plain")
PAYLOADS = {
    "all at once": HOSTILE,
    "attributes": "\" onmouseover=pwned() x='y' autofocus onfocus='pwned()' style=background:url(//evil.example/x)",
    "elements": "</title></style></textarea></script></pre></table><svg onload=pwned()><iframe src=//evil.example></iframe>",
    "sections": "]]><!--><![CDATA[ --!> <?pwned ?> <!DOCTYPE pwned> &pwned; &#x3c;b&#62;",
    "a scheme": "javascript:window.pwned=1",
    "another host": "//evil.example/pwned",
    "data": "data:text/html,<script>window.pwned=1</script>",
    "markdown": "![i](https://evil.example/x.png) [l]: javascript:pwned() <https://evil.example> | a | `c` ![][l] # h",
    "templates": "{{ pwned }} {% include 'pwned' %} ${pwned} #{pwned} <%= pwned %> --8<-- 'pwned' {: onclick=pwned }",
    "the theme's ids": "__config",
    "json and tex": '", "pwned": "1" } ] \\input{pwned} }, @misc{pwned, \\u003cscript\\u003e',
}
_STYLE = re.compile(r"(--kb-right:[\d.]+%|left:[\d.]+%;right:[\d.]+%|width:[\d.]+%|flex-grow:\d+)")
_HOSTS = {"example.org", "doi.org", "arxiv.org"}


@cache
def made_with(words: tuple[str, ...]) -> dict[str, str]:
    over, _ = everyfield.everywhere(everyfield.tiny_overrides(), words)
    over["kb.yaml"] = {
        **over["kb.yaml"],
        "title": words[0],
        "tagline": words[0],
        "description": words[0],
        "vocabularies": {"unit": {"%": words[0], words[0]: words[0]}},
    }
    corpus = kbmaker.corpus(over)
    return {name: content.decode() for name, content in files(corpus, tiny.state(corpus)).items() if not name.startswith("assets/")}


@cache
def converter() -> markdown.Markdown:
    listed = yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))["markdown_extensions"]
    found = [item if isinstance(item, str) else next(iter(item)) for item in listed]
    return markdown.Markdown(extensions=found, extension_configs={key: value for item in listed if isinstance(item, dict) for key, value in item.items()})


def page(source: str) -> str:
    return converter().reset().convert(source.split("\n---\n", 1)[1])


class Parts(HTMLParser):
    """Names of elements with their attributes, and every attribute's value."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.names: set[tuple[str, str]] = set()
        self.values: list[tuple[str, str]] = []
        self.other: list[str] = []
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names |= {(tag, ""), *((tag, name) for name, _ in attrs)}
        self.values += [(name, value or "") for name, value in attrs]

    def handle_comment(self, data: str) -> None:
        self.other.append(data)

    def handle_decl(self, decl: str) -> None:
        self.other.append(decl)

    def handle_pi(self, data: str) -> None:
        self.other.append(data)

    def unknown_decl(self, data: str) -> None:
        self.other.append(data)


@cache
def usual() -> tuple[set[tuple[str, str]], set[str]]:
    """What the pages of records with plain words are made of, all pages together: a longer text may move a label from one way of drawing to another."""
    names: set[tuple[str, str]] = set()
    other: set[str] = set()
    for words in (PLAIN, ("long words " * 15 + "end", *PLAIN[1:])):
        for name, source in made_with(words).items():
            if name.endswith((".md", ".html")):
                parts = Parts(page(source) if name.endswith(".md") else source)
                names |= parts.names
                other |= set(parts.other)
    return names, other


def test_every_text_field_is_reached() -> None:
    _, took = everyfield.everywhere(everyfield.tiny_overrides(), (HOSTILE, *NARROW))
    assert everyfield.text_fields() - took == set()
    assert {("Source", "DOI"), ("Source", "URL"), ("Finding", "code")} <= took


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_page_has_an_element_attribute_or_address_of_a_record_s_making(payload: str) -> None:
    names, other = usual()
    made = made_with((PAYLOADS[payload], *NARROW))
    assert made.keys() == made_with(PLAIN).keys()
    for name, source in made.items():
        if not name.endswith((".md", ".html")):
            continue
        parts = Parts(page(source) if name.endswith(".md") else source)
        assert parts.names <= names, (name, parts.names - names)
        assert set(parts.other) <= other, name
        for attribute, value in parts.values:
            assert not attribute.startswith("on"), name
            if attribute == "style":
                assert _STYLE.fullmatch(value), (name, value)
            elif attribute in ("href", "src", "content") and not (attribute == "content" and "url" not in value):
                scheme = re.match(r"\s*([A-Za-z][A-Za-z0-9+.-]*):", value)
                assert not value.strip().startswith(("//", "\\")), (name, value)
                if scheme:
                    assert scheme[1] in ("http", "https"), (name, value)
                    assert value.split("/")[2] in _HOSTS, (name, value)
            elif attribute in ("id", "class", "name"):
                # Anchors of authors, models and headings are made of names, with something before or behind: they can't be an id that a script looks for.
                assert "pwned" not in value or re.fullmatch(r"[am]-[\w-]+|[\w-]*-\d+", value), (name, value)
                assert not value.startswith("__") or re.search(r"-\d+$", value), (name, value)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_front_matter_feed_data_and_bibliography_keep_their_form(payload: str) -> None:
    words = PAYLOADS[payload]
    made, reference = made_with((words, *NARROW)), made_with(PLAIN)
    for name, source in made.items():
        if name.endswith(".md"):
            front, usual_front = (yaml.safe_load(text.split("\n---\n", 1)[0].removeprefix("---\n")) for text in (source, reference[name]))
            assert front.keys() == usual_front.keys(), name
            # The theme prints these as they are.
            assert not re.search(r"[<>\"]", "".join(str(front.get(key, "")) for key in ("title", "description"))), name
    feed, usual_feed = ([(e.tag, sorted(e.attrib), e.get("href")) for e in ElementTree.fromstring(text["feed.xml"]).iter()] for text in (made, reference))
    assert feed == usual_feed
    rows, usual_rows = (json.loads(text["data/records.json"]) for text in (made, reference))
    assert [row.keys() for row in rows] == [row.keys() for row in usual_rows]
    assert any(row["title"] == escape.clean(words) for row in rows)
    assert "<" not in made["data/records.json"]
    entries, usual_entries = (re.findall(r"^@(\w+)\{([^,]+),$", text["bibliography.bib"], re.MULTILINE) for text in (made, reference))
    assert entries == usual_entries
    fields, usual_fields = (re.findall(r"^  (\w+) = ", text["bibliography.bib"], re.MULTILINE) for text in (made, reference))
    assert fields == usual_fields
