"""KB310: a record called stable that nobody compared with the text."""

from __future__ import annotations

from collections.abc import Iterator

from kb.checks.context import Context
from kb.checks.registry import Hit, check
from schemas import Finding
from schemas.source import VERIFIED


@check(
    "KB310",
    "unverified-stable",
    severity="error",
    summary="A record is `stable` although it was not compared with the full text.",
    what="""
`stable` means that every figure was compared with the full text or the authors' data. Reports a stable source whose checks went less far, and a stable
finding with a claim that went less far: by its own `checked`, or by the checks of its sources where it has none.
""",
    why="The status is shown on every page and exported; it must not promise more than somebody did.",
    bad="""
# sources/roe-2025-steering.yaml
checked: [{by: ann, on: 2026-01-10, extent: abstract}]
# findings/steering-works.yaml
status: stable
""",
    good="""
# sources/roe-2025-steering.yaml
checked: [{by: ann, on: 2026-01-10, extent: full-text}]
# findings/steering-works.yaml
status: stable
""",
    fix="Compare with the full text and record it in `checked` of the source, or set `status: working`.",
)
def unverified_stable(ctx: Context) -> Iterator[Hit]:
    for entry in ctx.corpus:
        if entry.record.status != "stable":
            continue
        name = entry.record.id
        if entry.kind == "source":
            extent: str = ctx.corpus.sources[name].best_extent
            if extent not in VERIFIED:
                yield Hit(
                    name,
                    ("status",),
                    f"stable, but checked only as far as '{extent}'",
                    "a check against full-text or author-data",
                    "set `status: working`, or check the full text",
                )
        elif isinstance(entry.record, Finding):
            extents = {source.best_extent for source in ctx.sources_of(entry.record)}
            known = next((e for e in sorted(extents) if e not in VERIFIED), "full-text")
            for claim in entry.record.claims:
                extent = claim.checked or known
                if extent not in VERIFIED:
                    message = f"stable, but claim '{claim.id}' was checked only as far as '{extent}'"
                    yield Hit(
                        name, ("status",), message, "every claim checked against full-text or author-data", "set `status: working`, or check the full text"
                    )
                    break
