"""The text of an HTML page as a reader sees it, superscripts and subscripts marked (`^{2}`, `_{12}`).

Formulas are read once: from the elements of `<math>`, never from `alttext` or its annotations, which repeat them in TeX. Elements within
a line join what they mark (`<b>0</b>.42`), blocks and cells separate.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Final

_SILENT: Final = frozenset({"script", "style", "template", "noscript", "annotation", "annotation-xml", "svg", "iframe", "object", "select", "textarea"})
_LINES: Final = frozenset(
    re.findall(
        r"\w+",
        "address article aside blockquote body br caption center dd div dl dt figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr li main nav"
        " ol p pre section summary table tbody tfoot thead title tr ul",
    )
)
_CELLS: Final = frozenset({"td", "th", "mtd", "mspace", "img", "input", "button"})
_VOID: Final = frozenset({"br", "hr", "img", "input", "mspace", "meta", "link", "wbr", "col", "source", "area", "base", "embed", "param", "track"})
# Script elements of MathML: which child is a subscript and which a superscript, from 0.
_SCRIPTS: Final = {"msup": {1: "^"}, "msub": {1: "_"}, "msubsup": {1: "_", 2: "^"}, "mover": {1: "^"}, "munder": {1: "_"}, "munderover": {1: "_", 2: "^"}}
MAX_DEPTH: Final = 2000


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.places: list[int] = [1]
        self.silent: list[str] = []
        self.math: list[tuple[str, int, str]] = []
        """Open elements of formulas: name, children so far, what closes its marks."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - no attribute is text
        if self.silent or tag in _SILENT:
            if tag not in _VOID and len(self.silent) < MAX_DEPTH:
                self.silent.append(tag)
            return
        if tag in _LINES:
            self.math.clear()  # a formula that was never closed ends with its block
        if self.math or tag == "math":
            self._open_math(tag)
        elif tag in ("sup", "sub"):
            self._write("^{" if tag == "sup" else "_{")
        if tag in _LINES:
            self._write("\n")
        elif tag in _CELLS:
            self._write("\t")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.silent:
            # An element that is never closed inside a silent one must not silence the rest.
            if tag in self.silent:
                while self.silent.pop() != tag:
                    pass
            return
        if self.math:
            self._close_math(tag)
        elif tag in ("sup", "sub"):
            self._write("}")
        if tag in _LINES:
            self._write("\n")
        elif tag in _CELLS:
            self._write("\t")

    def handle_data(self, data: str) -> None:
        if self.silent:
            return
        if self.math and not data.strip(" \t\n"):
            return  # the layout of the markup, not of the formula
        self._write(data)

    def _open_math(self, tag: str) -> None:
        opens = closes = ""
        if self.math:
            parent, children, end = self.math[-1]
            self.math[-1] = (parent, children + 1, end)
            if mark := _SCRIPTS.get(parent, {}).get(children):
                opens, closes = mark + "{", "}"
            elif parent == "mfrac" and children == 1:
                opens = "/"
        self._write(opens)
        if tag not in _VOID and len(self.math) < MAX_DEPTH:
            self.math.append((tag, 0, closes))

    def _close_math(self, tag: str) -> None:
        if all(name != tag for name, _, _ in self.math):
            return
        name = ""
        while name != tag:
            name, _, closes = self.math.pop()
            self._write(closes)

    def _write(self, text: str) -> None:
        if not text:
            return
        line = self.getpos()[0]
        self.parts.append(text)
        # A line end in a text is one in the file; one that a block makes is not.
        step = 0 if text == "\n" else 1
        if step and self.places and self.parts[-2:-1] and self.parts[-2].endswith("\n"):
            self.places[-1] = line
        self.places += [line + step * i for i in range(1, text.count("\n") + 1)]


def extracted(page: str) -> tuple[str, list[int]]:
    """The text of a page, and for each of its lines the line of the page where it begins."""
    reader = _Reader()
    reader.feed(page.replace("\r\n", "\n").replace("\r", "\n"))
    reader.close()
    return "".join(reader.parts), reader.places
