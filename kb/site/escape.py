"""Plain text of strangers, made safe for the pages: the one module that turns record text into markup.

A page is read three times: by python-markdown (or Zensical), by the theme's templates, which escape nothing,
and by a browser. Every character that means something to any of the three becomes a numeric or named
entity, so that the text reads the same in all of them and starts nothing in any.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence

from markupsafe import Markup

from kb.forms.text import clean as clean
from schemas.scalars import LINK

# & < > " ' are HTML's; the others start something in Markdown or one of its extensions: emphasis, code, links,
# attribute lists, headings, tables, footnotes, admonitions, snippets, math, emoji, definition lists, templates.
_SPECIAL = "&<>\"'`*_{}[]\\|~^$#=+!:"
_ENTITIES = {ord(char): f"&#{ord(char)};" for char in _SPECIAL} | {ord("&"): "&amp;", ord("<"): "&lt;", ord(">"): "&gt;"}

_SPACE = re.compile(r"[ \t\n\f\v]+")
# Most text has nothing to escape, to drop or to collapse; one look is cheaper than three passes.
_CARE = re.compile("[^A-Za-z0-9 .,;()/%?@-]|  ")
_PARAGRAPH = re.compile(r"\n[ \t]*\n\s*")
_WEB = re.compile(r"https?://[A-Za-z0-9.-]+(:[0-9]+)?(/[^\s<>\"'`{}|\\^]*)?")

Target = Callable[[str], "tuple[str, str] | None"]
"""From a record id to (relative address, label), or None when there is no such page."""


def text(value: object) -> Markup:
    """One line of text for an element or a quoted attribute. Markup passes unchanged."""
    if isinstance(value, Markup):
        return value
    if type(value) is str and not _CARE.search(value):
        return Markup(value)
    return Markup(_SPACE.sub(" ", clean(value)).translate(_ENTITIES))


def preformatted(value: object) -> Markup:
    """Text whose spaces and line ends count, on one line of the page (a blank line would end the HTML block in CommonMark)."""
    return Markup(clean(value).translate(_ENTITIES).replace("\n", "&#10;").replace("  ", "&#32;&#32;").replace("\t", "&#9;"))


def inline(value: object, target: Target) -> Markup:
    """One line of text in which [[id]] and [[id|words]] link to pages; a link to no record is its words."""
    value = clean(value)
    parts: list[str] = []
    end = 0
    for match in LINK.finditer(value):
        found = target(match[1])
        parts.append(text(value[end : match.start()]))
        words = match[2] or (found[1] if found else match[1])
        parts.append(f'<a href="{text(found[0])}">{text(words)}</a>' if found else text(words))
        end = match.end()
    parts.append(text(value[end:]))
    return Markup("".join(parts))


def summary(value: object, target: Target, limit: int = 160) -> str:
    """Plain text of the beginning of some prose, links as their words, cut between words."""
    words = " ".join(LINK.sub(lambda match: match[2] or (target(match[1]) or ("", match[1]))[1], clean(value)).split())
    return words if len(words) <= limit else words[: limit - 1].rsplit(" ", 1)[0] + " …"


def prose(value: object, target: Target) -> Markup:
    """Paragraphs, separated by blank lines, of text with [[links]]. One line of markup."""
    paragraphs = (part for part in _PARAGRAPH.split(clean(value).strip()) if part.strip())
    return Markup("".join(f"<p>{inline(part.strip(), target)}</p>" for part in paragraphs))


def web(value: object) -> Markup:
    """The address of an outside page for an href. Raises ValueError for anything but plain http and https."""
    address = clean(value)
    if not _WEB.fullmatch(address):
        raise ValueError(f"not a web address: {address!r}")
    return text(address)


def yaml_string(value: object) -> str:
    """A double-quoted YAML scalar. Its text is escaped for HTML too: the theme prints front matter unescaped."""
    escaped = (
        _SPACE.sub(" ", clean(value)).strip().replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;").replace("{", "&#123;")
    )
    return json.dumps(escaped, ensure_ascii=False)


def front_matter(fields: Mapping[str, object]) -> str:
    """YAML front matter of strings, lists of strings, and mappings from names to true or numbers; absent values are left out."""
    lines = ["---"]
    for key, value in fields.items():
        if value is None or value == [] or value == {}:
            continue
        if isinstance(value, Mapping):
            lines.append(f"{key}:")
            lines += [f"  {inner}: {json.dumps(item)}" for inner, item in value.items()]
        elif isinstance(value, Sequence) and not isinstance(value, str):
            lines.append(f"{key}:")
            lines += [f"  - {yaml_string(item)}" for item in value]
        else:
            lines.append(f"{key}: {yaml_string(value)}")
    return "\n".join([*lines, "---", ""])
