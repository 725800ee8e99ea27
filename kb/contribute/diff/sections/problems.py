"""Files that became valid or invalid, and what `kb check` says now and did not say before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from kb.contribute.diff.registry import Item, section
from kb.contribute.diff.sides import Change, Side
from kb.contribute.diff.words import clip
from kb.records import Diagnostic


@section(
    "problems",
    "Problems",
    order=20,
    evidence=False,
    counts={
        "invalid": ("file became invalid", "files became invalid"),
        "valid": ("file became valid", "files became valid"),
        "new-error": ("new error", "new errors"),
        "new-warning": ("new warning", "new warnings"),
        "gone": ("problem gone", "problems gone"),
    },
)
def problems(change: Change) -> Iterator[Item]:
    """Validity first, then what is new, errors before warnings, then what is gone; each by place. A problem that only moved within its file is neither."""
    before, after = _by_id(change.before), _by_id(change.after)
    for name, file in sorted(after.items()):
        if name not in before:
            was = "was a record and is none any more: it counts for nothing" if name in change.before.corpus.entries else "is new and holds no valid record"
            yield Item("invalid", file, f"{file} {was}")
    for name, file in sorted(before.items()):
        if name not in after:
            now = "holds a valid record now" if name in change.after.corpus.entries else "held no valid record and is gone"
            yield Item("valid" if name in change.after.corpus.entries else "invalid-gone", file, f"{file} {now}")
    come = _beyond(change.after.diagnostics, change.before.diagnostics)
    for severity in ("error", "warning"):
        for found in come:
            if found.severity == severity:
                told = (("expected", found.expected), ("fix", found.fix))
                lines = tuple(f"{word}: {clip(text)}" for word, text in told if text)
                yield Item(f"new-{severity}", str(found.place), f"{found.place}: {severity} {found.code}: {clip(found.message, 240)}", lines)
    for gone in _beyond(change.before.diagnostics, change.after.diagnostics):
        yield Item("gone", str(gone.place), f"gone: {gone.place}: {gone.severity} {gone.code}: {clip(gone.message, 240)}")


def _by_id(side: Side) -> dict[str, str]:
    """Files that can't be read as a record, by what would be their id; those beside a valid record of that id apart."""
    return {(file if name in side.corpus.entries else name): file for name, file in side.ids_of_broken.items()}


def _beyond(these: tuple[Diagnostic, ...], those: tuple[Diagnostic, ...]) -> list[Diagnostic]:
    """The diagnostics that have no counterpart of the same file, code, message and severity, by place."""
    left = Counter(_key(found) for found in those)
    beyond = []
    for found in these:
        key = _key(found)
        if left[key]:
            left[key] -= 1
        else:
            beyond.append(found)
    return beyond


def _key(found: Diagnostic) -> tuple[str, str, str, str]:
    return found.place.file, found.code, found.message, found.severity
