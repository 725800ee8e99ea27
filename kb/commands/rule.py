"""`kb rule`: explain a check by its code or name, or list all of them."""

from __future__ import annotations

import argparse
import dataclasses
import json
from textwrap import indent, wrap
from typing import TYPE_CHECKING, Any

from kb.errors import UsageError

if TYPE_CHECKING:
    from kb.checks import Rule

_WIDTH = 100


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("code", nargs="?", metavar="CODE", help="a code or name, e.g. KB201 or dangling-reference (default: list all)")
    parser.add_argument("--json", action="store_true", help="print as JSON")


def run(args: argparse.Namespace) -> int:
    from kb.checks import all_rules, find_rule, nearest_rules

    if args.code is None:
        rules = all_rules()
        print(json.dumps([_data(rule) for rule in rules], ensure_ascii=False, indent=2) if args.json else _list(rules))
        return 0
    rule = find_rule(args.code)
    if rule is None:
        near = " or ".join(f"{other.code} ({other.name})" for other in nearest_rules(args.code))
        raise UsageError(f"no check has the code or name '{args.code}'; " + (f"did you mean {near}?" if near else "`kb rule` lists them all"))
    print(json.dumps(_data(rule), ensure_ascii=False, indent=2) if args.json else _page(rule))
    return 0


def _data(rule: Rule) -> dict[str, Any]:
    data = {field.name: getattr(rule, field.name) for field in dataclasses.fields(rule) if field.name != "function"}
    return data | {"fixed-by-check": _fixer(rule)}


def _fixer(rule: Rule) -> str:
    """What `kb check --fix` does about it; empty where that is nothing."""
    from kb.contribute.fixes import all_fixers

    registered = all_fixers().get(rule.code)
    return registered.does if registered else ""


def _list(rules: list[Rule]) -> str:
    width = max(len(rule.name) for rule in rules)
    return "\n".join(f"{rule.code}  {rule.severity:<7}  {rule.name:<{width}}  {rule.summary}" for rule in rules)


def _page(rule: Rule) -> str:
    parts = [f"{rule.code} {rule.name} ({rule.severity})", *wrap(rule.summary, _WIDTH, break_on_hyphens=False), ""]
    for title, text in (("What it does", rule.what), ("Why it matters", rule.why), ("How to fix it", rule.fix), ("What kb check --fix does", _fixer(rule))):
        if not text:
            continue
        parts += [title, *wrap(" ".join(text.split()), _WIDTH, initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False), ""]
    for title, example in (("Not accepted", rule.bad), ("Accepted", rule.good)):
        parts += [title, indent(example.rstrip("\n"), "  "), ""]
    return "\n".join(parts[:-1])
