"""Whatever text a record holds, the page has the same elements and the reader sees the same text."""

from __future__ import annotations

import html
import json
import re
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import markdown
import pytest
import tinywiki as tiny
import yaml
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from markupsafe import Markup

from kb.site import escape, files

ROOT = Path(__file__).parents[2]
VOID = {"br", "hr", "img", "input", "meta", "link", "path", "circle"}
NASTY = [
    "<script>alert(1)</script>", "<b>", "</div>", "</section></article>", "<!-- c -->", "-->", "<![CDATA[x]]>", "<?php", "&amp;", "&#60;", "&lt", "&",
    '"', "'", "`", "``", "~~~", "```", "**b**", "__b__", "*a*", "_a_", "# h", "## h", "=====", "-----", "---", "- item", "+ item", "1. item",
    "> quote",
    "| a | b |", "|---|---|", "[l](javascript:alert(1))", "[l][r]", "[r]: http://x.y", "![i](x.png)", "<http://x.y>", "http://x.y/?a=1&b=2", "[^1]",
    "[^1]: note",
    "*[HTML]: abbr", "{: .c #i onclick=x }", "{#id}", "!!! note", "??? note", '--8<-- "x"', ";--8<--", ":smile:", ":material-home:", "$x$", "$$x$$", r"\(x\)",
    "{{ 7*7 }}", "{% raw %}", "{# c #}", "${x}", "<%= x %>", "\\", "\\*", "H~2~O", "x^2^", "==m==", "++i++", "[ ] t", "[x] t", "term\u00a0: d", "wzxhzdk:0",
    "klzzwxh:0000",
    "\u202e", "\u200b", "\u2028", "\u0085", "\ufeff", "é", "日本語", "\U0001f600", "‘’“”", "...", "(c)", "--", "@user", "#123", "[TOC]", "\t", "    code",
]  # fmt: skip


@cache
def converter() -> markdown.Markdown:
    class Loader(yaml.SafeLoader):
        pass

    listed = yaml.load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"), Loader=Loader)["markdown_extensions"]
    names = [item if isinstance(item, str) else next(iter(item)) for item in listed]
    configs = {name: options for item in listed if isinstance(item, dict) for name, options in item.items()}
    return markdown.Markdown(extensions=names, extension_configs=configs)


def rendered(source: str) -> tuple[dict[str, str], str]:
    """Front matter and HTML, as mkdocs makes them."""
    match = re.match(r"---\n(.*?)\n---\n(.*)", source, re.S)
    assert match
    return yaml.safe_load(match[1]), converter().reset().convert(match[2])


class Tree(HTMLParser):
    """Elements with the names of their attributes, and the text."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.shape: list[str] = []
        self.text: list[str] = []
        self.data: list[str] = []
        """Contents of script elements."""
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = sorted(name for name, _ in attrs)
        links = [value or "" for name, value in attrs if name in ("href", "src")]
        assert not any(re.match(r"\s*(javascript|data|vbscript):", link, re.I) for link in links), links
        self.shape.append(f"<{tag} {' '.join(names)}>")

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            self.shape.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if self.shape and self.shape[-1].startswith("<script"):
            self.data.append(data)
            return
        # BibTeX spells characters its own way; test_bibtex.py reads it back
        if self.shape.count("<pre id>") == self.shape.count("</pre>"):
            self.text.append(data)

    def handle_comment(self, data: str) -> None:
        self.shape.append(f"<!--{data}-->")

    @property
    def words(self) -> str:
        return " ".join("".join(self.text).split())


def texts(value: object) -> str:
    """Every text within JSON data, a line each."""
    if isinstance(value, (dict, list)):
        return "\n".join(texts(inner) for inner in (value.values() if isinstance(value, dict) else value))
    return str(value)


PLAIN = "plain words"


def pages_with(words: str) -> dict[str, str]:
    """The pages of the tiny knowledge base with one text in every place that takes free text."""
    over = {name: dict(fields) for name, fields in tiny.OVERRIDES.items()}
    finding = over["finding/prompts-move-personas"]
    claim = dict(finding["claims"][0])
    measure = dict(tiny.MEASURES[0]) | {"of": {"condition": words}}
    claim |= {"statement": words, "note": words, "measures": [measure], "checks": [], "at": [{"part": "table", "ref": words}]}
    claim["disputes"] = [tiny.DISPUTES[0] | {"reported": words, "instead": words, "note": words}]
    finding |= {
        "title": words,
        "summary": words,
        "claims": [claim],
        "limitations": [words],
        "models": [{"name": "Small 1B", "family": "S", "checkpoint": words}],
    }
    over["finding/steering-works"] |= {"no-replication": words, "relations": [{"type": "extends", "to": "prompts-move-personas", "note": words}]}
    over["source/doe-2024-prompts"] |= {
        "title": words, "note": words, "container-title": words, "affiliations": [words], "version": words,
        "checked": [{"by": words, "on": "2026-01-10", "extent": "abstract", "note": words}],
    }  # fmt: skip
    over["concept/persona"] |= {"name": words, "definition": words, "is-not": [words], "scope-notes": [{"title": words, "text": words}]}
    over["belief/personas-are-selected"] |= {"title": words, "statement": words, "rationale": words}
    over["question/what-moves-personas"] |= {"title": words, "asks": words, "why": words, "would-settle": [words]}
    over["kb.yaml"] = {**over["kb.yaml"], "tagline": words, "vocabularies": {"unit": {"%": words}}}
    corpus = tiny.kbmaker.corpus(over)
    kept = ("index.md", "findings/", "sources/", "concepts/", "beliefs/", "questions/", "shapes.md", "disputes.md", "changes.md")
    return {name: text.decode() for name, text in files(corpus, tiny.state(corpus)).items() if name.startswith(kept) and name.endswith(".md")}


@cache
def reference() -> dict[str, Tree]:
    return {name: Tree(rendered(source)[1]) for name, source in pages_with(PLAIN).items()}


def one_line(parts: list[str]) -> str:
    return " ".join(" ".join(parts).split())[:280].strip()


hostile_text = (
    st.lists(st.one_of(st.sampled_from(NASTY), st.text(max_size=12)), min_size=1, max_size=6)
    .map(one_line)
    .filter(lambda words: "[[" not in words and words != "" and escape.clean(words) == words and re.search(r"\w", words) is not None)
)


@settings(
    max_examples=40,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
@given(hostile_text)
def test_pages_keep_their_elements_and_the_text(words: str) -> None:
    for name, source in pages_with(words).items():
        front, page = rendered(source)
        tree, plain = Tree(page), reference()[name]
        assert tree.shape == plain.shape, name
        assert tree.words.count(words) >= plain.words.count(PLAIN), name
        assert len(tree.data) == len(plain.data) == name.startswith(("findings/p", "findings/s", "findings/n", "sources/d", "sources/r")), name
        for made, usual in zip(tree.data, plain.data, strict=True):
            assert texts(json.loads(made)).count(words) >= texts(json.loads(usual)).count(PLAIN), name
        if name == "findings/prompts-move-personas.md":
            assert html.unescape(front["title"]) == words
            assert not re.search(r"[<>\"]", front["title"])


@pytest.mark.parametrize("words", NASTY)
def test_each_nasty_text_alone(words: str) -> None:
    source = f"---\ntitle: x\n---\n\n<div><p>{escape.text(words)}</p></div>\n"
    tree = Tree(rendered(source)[1])
    assert tree.shape == ["<div >", "<p >", "</p>", "</div>"]
    assert tree.words == " ".join(escape.clean(words).split())


@settings(max_examples=300, deadline=None)
@given(st.text())
def test_front_matter_reads_back(words: str) -> None:
    front = yaml.safe_load(escape.front_matter({"title": words, "tags": [words], "search": {"exclude": True}}).strip("-\n"))
    assert html.unescape(front.get("title") or "") == html.unescape(front["tags"][0] or "")
    assert html.unescape(front["title"] or "").split() == escape.clean(words).split()


@settings(max_examples=300, deadline=None)
@given(st.text())
def test_preformatted_keeps_every_character(words: str) -> None:
    shown = escape.preformatted(words)
    assert "\n" not in shown
    assert html.unescape(shown) == escape.clean(words)


def target(ref: str) -> tuple[str, str] | None:
    return {"a-record": ("../findings/a-record.html", "A <record>"), "b/claim": ("b.html#claim-claim", "B")}.get(ref)


@pytest.mark.parametrize(
    ("words", "markup"),
    [
        ("see [[a-record]].", '<p>see <a href="../findings/a-record.html">A &lt;record&gt;</a>.</p>'),
        ("[[a-record|these words]]", '<p><a href="../findings/a-record.html">these words</a></p>'),
        ("[[a-record|<b>]]", '<p><a href="../findings/a-record.html">&lt;b&gt;</a></p>'),
        ("[[b/claim]]", '<p><a href="b.html&#35;claim-claim">B</a></p>'),
        ("[[missing]] and [[missing|words]]", "<p>missing and words</p>"),
        ("[[Not An Id]]", "<p>&#91;&#91;Not An Id&#93;&#93;</p>"),
        ("[[../../etc]]", "<p>&#91;&#91;../../etc&#93;&#93;</p>"),
        ("one\n\n\ntwo\nlines", "<p>one</p><p>two lines</p>"),
        ("  \n\n  ", ""),
    ],
)
def test_prose(words: str, markup: str) -> None:
    assert escape.prose(words, target) == markup


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "data:text/html,x", "//x.y", "ftp://x.y", "http://x y", 'http://x.y/"onload=', "http://x.y/<", "https://u:p@x.y/"]
)
def test_web_rejects(address: str) -> None:
    with pytest.raises(ValueError, match="not a web address"):
        escape.web(address)


@pytest.mark.parametrize("address", ["https://x.y", "http://x.y:80/a?b=c&d=e#f", "https://x.y/a_(b)"])
def test_web_accepts(address: str) -> None:
    assert html.unescape(escape.web(address)) == address


def test_markup_is_not_escaped_twice() -> None:
    assert escape.text(Markup("<b>")) == "<b>"
    assert escape.text(escape.text("<b>")) == escape.text("<b>")
