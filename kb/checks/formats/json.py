"""For programs: one JSON object, documented in `kb.commands.check`."""

from __future__ import annotations

import json

from kb.checks.formats import Report, inert


def render(report: Report) -> str:
    rows = [
        {
            "file": d.place.file,
            "line": d.place.line,
            "column": d.place.column,
            "code": d.code,
            "severity": d.severity,
            "message": d.message,
            "expected": d.expected,
            "fix": d.fix,
            "record": d.record,
            "fixable": d.fixable,
        }
        for d in report.diagnostics
    ]
    summary = {"files": report.files, "errors": report.errors, "warnings": report.warnings}
    text = {} if report.text is None else {"text": report.text}
    return inert(json.dumps({"version": 1, "summary": summary, "diagnostics": rows, **text}, ensure_ascii=False, indent=2)) + "\n"
