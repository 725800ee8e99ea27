"""XML from strangers as a tree: no document type, so no entity of its own; bounded in depth and elements."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import Any, Final
from xml.parsers import expat

from kb.errors import UsageError

_DEEPEST: Final = 32
_MOST: Final = 50_000


def parse(raw: bytes) -> ET.Element:
    """The root element; names are `{namespace}name` as in ElementTree.

    Raises UsageError for what is not well-formed, declares a document type, or is too deep or too large. Without a document type
    there are no entities but the five of XML, so nothing can expand and nothing outside can be read.
    """
    builder = ET.TreeBuilder()
    depth = count = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth, count
        depth, count = depth + 1, count + 1
        if depth > _DEEPEST or count > _MOST:
            raise UsageError("the answer nests too deep or has too many parts to be an answer about one work")
        builder.start(_named(name), {_named(key): value for key, value in attributes.items()})

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(_named(name))

    def refuse(*_: object) -> Any:
        raise UsageError("the answer declares a document type, which no answer needs; it is not read")

    parser = expat.ParserCreate(namespace_separator="}")
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, builder.data
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = parser.ExternalEntityRefHandler = refuse
    try:
        parser.Parse(raw, True)
    except expat.ExpatError as error:
        raise UsageError(f"the answer is no XML ({error})") from None
    return builder.close()


def _named(name: str) -> str:
    return "{" + name if "}" in name else name
