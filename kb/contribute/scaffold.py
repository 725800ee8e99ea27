"""Scaffolds: a template's lines with what is known filled in, its comments kept, and a visible marker for what is not.

The templates in `templates/` are the one source: `kb new` fills them, and `kb gen` writes them to docs/templates for whoever
copies by hand. A template is a list of top-level fields; one that stands in a comment is optional and becomes real when it is given.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Final

from kb.checks.kb330_unfilled_scaffold import MARKER
from kb.checks.texts import texts_of
from kb.contribute.emit import block
from kb.contribute.layout.canonical import LayoutError, canonical
from kb.records.diagnostic import Place
from kb.records.document import TextDocument
from kb.records.reader import read_yaml
from kb.records.tree import MAX_BYTES

KINDS: Final = ("finding", "source", "concept", "belief", "question")
_FIELD = re.compile(r"(?P<off># )?(?P<name>[A-Za-z][A-Za-z-]*):(?= |$)")
_COMMENT = re.compile(r"  +(?P<comment># .*)$")


def template(kind: str) -> str:
    """The template of a kind of record, as text."""
    return (files("kb.contribute") / "templates" / f"{kind}.yaml").read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True)
class _Block:
    """One field of a template: its lines, and whether it is commented out."""

    name: str
    off: bool
    lines: tuple[str, ...]

    @property
    def comment(self) -> str:
        found = _COMMENT.search(self.lines[0])
        return found["comment"] if found else ""


def filled(kind: str, folder: str, values: Mapping[str, Any], *, without: Collection[str] = (), offers: bool = True) -> str:
    """A record file of a kind: the template with some fields given, some left out, and the optional ones kept as comments if `offers`.

    `folder` is where it will lie, for the path of its schema. Raises KeyError for a field that the template does not have,
    ValueError for a record that would be larger than a record may be. Reading the file back gives the values; that is asserted,
    since some of them come from strangers. The text is in canonical layout: `kb fmt` leaves it alone.
    """
    blocks = list(_blocks(template(kind)))
    if unknown := set(values) - {part.name for part in blocks}:
        raise KeyError(f"the template of a {kind} has no field {', '.join(sorted(unknown))}")
    lines = [f"# yaml-language-server: $schema={'../' * (folder.count('/') + 1)}schemas/json/{kind}.schema.json\n"]
    for part in blocks:
        if part.name in values:
            lines.append(_given(part, values[part.name]))
        elif part.name not in without and (offers or not part.off):
            lines += part.lines
    text = "".join(lines)
    with suppress(LayoutError):  # what can't be laid out is written as it is, and `kb fmt` will say so
        text = canonical(text, kind, f"{folder}/{kind}.yaml")
    if len(text.encode()) > MAX_BYTES:
        raise ValueError(f"the record would be larger than {MAX_BYTES // 1024} kB")
    data = read_yaml(text.encode(), f"{folder}/{kind}.yaml").data or {}
    if any(_written(data.get(name)) != _written(value) for name, value in values.items()):
        raise AssertionError(f"the scaffold of a {kind} does not read back as it was written")
    return text


def markers(text: str, file: str) -> list[tuple[Place, str]]:
    """Everything in a scaffold that is still to be filled in: its place and what the marker says, in the order of the file."""
    data = read_yaml(text.encode(), file).data or {}
    document = TextDocument(file, text, data)
    return sorted((document.place(found.path), found.text.partition(":")[2].strip()) for found in texts_of("", data, MARKER.search))


def _blocks(text: str) -> Iterator[_Block]:
    name, off, lines = "", False, list[str]()
    for line in text.splitlines(keepends=True)[1:]:
        if found := _FIELD.match(line):
            if lines:
                yield _Block(name, off, tuple(lines))
            name, off, lines = found["name"], found["off"] is not None, []
        lines.append(line)
    yield _Block(name, off, tuple(lines))


def _given(part: _Block, value: Any) -> str:
    """A field with its value, and the template's comment at the end of its first line."""
    first, end, rest = block(part.name, value).partition("\n")
    return f"{first}  {part.comment}{end}{rest}" if part.comment else first + end + rest


def _written(value: Any) -> Any:
    """A value as its YAML says it: numbers by their digits, and mappings and lists of such."""
    if isinstance(value, dict):
        return {key: _written(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_written(item) for item in value]
    return getattr(value, "written", value if value is None or isinstance(value, bool) else str(value))
