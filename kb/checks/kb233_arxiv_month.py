"""KB233: an arXiv id whose month is not that of the issue date."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from kb.checks.context import Context
from kb.checks.registry import Hit, check

# Ids are given on the first working day after submission: one of early August may belong to a text of late July.
_SLACK = dt.timedelta(days=7)


@check(
    "KB233",
    "arxiv-month",
    severity="warning",
    summary="The issue date does not fit the month in the arXiv id.",
    what="""
The first four digits of an arXiv id are year and month of its first version (2507 is July 2025; hep-th/9901001 is of January 1999). Reports an
`issued` after that month and, for preprints (`type: article`), one that lies more than a week before it; other works may well have appeared elsewhere first.
""",
    why="`issued` is the first version's date: it puts works in order and dates predictions. It is often copied from a revision or a proceedings page instead.",
    bad="""
# sources/doe-2024-prompts.yaml
arxiv: "2405.01234"
issued: 2024-11-02
""",
    good="""
# sources/doe-2024-prompts.yaml
arxiv: "2405.01234"
issued: 2024-05-02
version: v3
version-date: 2024-11-02
""",
    fix="Write the date of v1 into `issued` and the date of the version that you cite into `version-date`; check the id.",
)
def arxiv_month(ctx: Context) -> Iterator[Hit]:
    for name, source in ctx.corpus.sources.items():
        if source.arxiv is None:
            continue
        digits = source.arxiv.rpartition("/")[2]
        # Ids with an archive's name were given from 1991 to 2007, the others since.
        year, month = int(digits[:2]) + (1900 if "/" in source.arxiv and digits[0] == "9" else 2000), int(digits[2:4])
        if not 1 <= month <= 12:
            yield Hit(name, ("arxiv",), f"arXiv id {source.arxiv} names month {month:02}", "an id like 2507.21509 (year, month, number)", "correct the id")
            continue
        first, following = dt.date(year, month, 1), dt.date(year + month // 12, month % 12 + 1, 1)
        late = source.issued.earliest >= following
        early = source.type == "article" and source.issued.latest < first - _SLACK
        if late or early:
            message = f"issued {source.issued}, yet arXiv id {source.arxiv} is of {year}-{month:02}"
            yield Hit(
                name, ("issued",), message, f"a first version in {year}-{month:02}", "give v1's date here and a later one in `version-date`, or correct the id"
            )
