"""What a page keeps out of the search: the search's parser compares elements by name only."""

from __future__ import annotations

from html.parser import HTMLParser

import tinywiki as tiny

from kb.site import files

VOID = {"br", "img", "hr", "input", "meta", "link", "wbr", "path", "circle"}


class Nested(HTMLParser):
    """Collects excluded elements that hold one of their own name: the inner end tag would end the exclusion."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, bool]] = []
        self.found: list[str] = []
        self.excluded = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in VOID:
            return
        if (tag, True) in self.open:
            self.found.append(f"{tag} {dict(attrs).get('class')}")
        excluded = any(name == "data-search-exclude" for name, _ in attrs)
        self.excluded += excluded
        self.open.append((tag, excluded))

    def handle_endtag(self, tag: str) -> None:
        # A path ends itself and closes nothing around it.
        if tag in VOID:
            return
        while self.open and self.open.pop()[0] != tag:
            pass


def test_no_excluded_element_holds_one_of_its_own_name() -> None:
    corpus = tiny.corpus()
    excluded = 0
    for name, content in files(corpus, tiny.state(corpus)).items():
        if name.endswith(".md"):
            parser = Nested()
            parser.feed(content.decode())
            assert parser.found == [], name
            excluded += parser.excluded
    assert excluded > 50


def test_the_test_sees_a_nested_element() -> None:
    parser = Nested()
    parser.feed("<div data-search-exclude><dl><div class='x'>a</div></dl></div><section data-search-exclude><div></div></section>")
    assert parser.found == ["div x"]
