"""Fields of a record as YAML, in the layout of the shipped records, always by an emitter and never by pasting text."""

from __future__ import annotations

from typing import Any

import yaml

from kb.records.scalars import NumberRangeError, plain

_STR = "tag:yaml.org,2002:str"


class _Emitter(yaml.SafeDumper):
    """Quotes with double quotes, and whatever YAML 1.1 or 1.2 could read as something else than text; days are text here."""

    yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith(":timestamp")]
        for first, resolvers in yaml.SafeDumper.yaml_implicit_resolvers.items()
    }

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002 - the emitter's own signature
        super().increase_indent(flow, False)

    def choose_scalar_style(self) -> str:
        style = super().choose_scalar_style()
        return '"' if style == "'" else style

    def serialize_node(self, node: yaml.Node, parent: yaml.Node | None, index: int | yaml.Node | None) -> None:
        if isinstance(node, yaml.ScalarNode) and isinstance(parent, yaml.MappingNode) and index is None:
            # Keys are names of our fields, and `on` is one.
            node.tag = self.resolve(yaml.ScalarNode, node.value, (True, False))  # type: ignore[no-untyped-call]
        super().serialize_node(node, parent, index)

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - the emitter's own signature
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar(_STR, text, style='"' if _is_number(text) else None)


def _is_number(text: str) -> bool:
    try:
        return not isinstance(plain(text), str)
    except NumberRangeError:
        return True


_Emitter.add_representer(str, _text)


def block(field: str, value: Any) -> str:
    """`field: value` as lines of YAML, the last with its line end. Lists and mappings of scalars stand on one line each."""
    flow = None if isinstance(value, (list, dict)) else False
    return yaml.dump({field: value}, Dumper=_Emitter, sort_keys=False, allow_unicode=True, width=1_000_000, default_flow_style=flow)
