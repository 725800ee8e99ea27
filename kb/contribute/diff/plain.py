"""A report for a terminal, and as JSON."""

from __future__ import annotations

import json

from kb.checks.formats import printable
from kb.contribute.diff.registry import Report


def text(report: Report) -> str:
    """Sections with their headings, a line for each item, its details below, and the summary as the last line."""
    lines = [f"From {report.before} to {report.after}", ""]
    for section, items in report.parts:
        lines += [section.heading, "=" * len(section.heading)]
        for item in items:
            lines.append(item.what)
            lines += (f"    {detail}" for detail in item.details)
        lines.append("")
    return "".join(f"{printable(line)}\n" for line in [*lines, report.summary])


def as_json(report: Report) -> str:
    """The object that the docstring of `kb.contribute.diff` describes."""
    sections = [
        {
            "section": section.key,
            "heading": section.heading,
            "items": [{"kind": item.kind, "about": item.about, "what": item.what, "details": list(item.details)} for item in items],
        }
        for section, items in report.parts
    ]
    moved = any(section.evidence for section, _ in report.parts)
    data = {"version": 1, "before": report.before, "after": report.after, "summary": report.summary, "moved": moved, "sections": sections}
    # A lone surrogate, as in a file name that is no UTF-8, is no text that could be encoded.
    return json.dumps(data, ensure_ascii=False, indent=2).encode("utf-8", "backslashreplace").decode("utf-8") + "\n"
