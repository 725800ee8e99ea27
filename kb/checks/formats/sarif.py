"""SARIF 2.1.0 (OASIS), what code scanning of GitHub, GitLab and editors read."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from kb import __version__
from kb.checks.formats import Report, inert
from kb.checks.registry import Rule, all_rules

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def render(report: Report) -> str:
    codes = {d.code for d in report.diagnostics}
    rules = [rule for rule in all_rules() if rule.code in codes]
    index = {rule.code: i for i, rule in enumerate(rules)}
    results = [
        {
            "ruleId": d.code,
            "ruleIndex": index.get(d.code, -1),
            "level": d.severity,
            "message": {
                "text": ". ".join(part for part in (d.message, f"Expected: {d.expected}" if d.expected else "", f"Fix: {d.fix}" if d.fix else "") if part)
            },
            "locations": [
                {
                    "physicalLocation": {
                        "artifactLocation": {"uri": quote(report.prefix + d.place.file)},
                        "region": {"startLine": d.place.line, "startColumn": d.place.column},
                    }
                }
            ],
        }
        for d in report.diagnostics
    ]
    driver = {"name": "kb", "version": __version__, "rules": [_rule(rule) for rule in rules]}
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [{"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}]}
    return inert(json.dumps(log, ensure_ascii=False, indent=2)) + "\n"


def _rule(rule: Rule) -> dict[str, Any]:
    text = f"{rule.what}\n\n{rule.why}\n\nFix: {rule.fix}"
    markdown = (
        f"{rule.what}\n\n**Why.** {rule.why}\n\n**Not accepted**\n\n```yaml\n{rule.bad}```\n\n**Accepted**\n\n```yaml\n{rule.good}```\n\n**Fix.** {rule.fix}\n"
    )
    return {
        "id": rule.code,
        "name": rule.name,
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": rule.what},
        "help": {"text": text, "markdown": markdown},
        "defaultConfiguration": {"level": rule.severity},
    }
