"""KB221: two sources that are one work."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from kb.checks.context import Context, named
from kb.checks.registry import Hit, check
from schemas import Source

_ID = r"(\d{4}\.\d{4,5}|[a-z]+(?:-[a-z]+)?/\d{7})"
_ARXIV = re.compile(rf"^(?:www\.)?arxiv\.org/(?:abs|pdf|html)/{_ID}(?:v\d+)?(?:\.pdf)?$")
_ARXIV_DOI = re.compile(rf"^10\.48550/arxiv\.{_ID}$")


@check(
    "KB221",
    "duplicate-source",
    severity="error",
    summary="Two sources have the same arXiv id, DOI or address.",
    what="""
Compares arXiv ids, DOIs (capitals do not matter; `10.48550/arXiv.…` is an arXiv id) and addresses (scheme, `www.`, a final slash and an anchor do
not matter; an address at arxiv.org is an arXiv id, whatever the version).
""",
    why="Two records of one work make one author group look like two sources, and split the findings between two pages.",
    bad="""
# sources/doe-2024-again.yaml
URL: https://arxiv.org/pdf/2405.01234v2
# concepts/drift.yaml
sources: [doe-2024-again]
""",
    good="""
# sources/doe-2024-again.yaml
URL: https://arxiv.org/abs/2405.09999
# concepts/drift.yaml
sources: [doe-2024-again]
""",
    fix="Keep the older record, move what the other says into it, and add the other's id to its `aliases`.",
)
def duplicate_source(ctx: Context) -> Iterator[Hit]:
    holders: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for name, source in ctx.corpus.sources.items():
        for field, key in identifiers(source):
            holders[key].setdefault(name, field)
    reported = set()
    for (what, value), names in sorted(holders.items()):
        for name, field in names.items() if len(names) > 1 else ():
            others = [other for other in names if other != name]
            if (name, *others) not in reported:
                reported.add((name, *others))
                yield Hit(
                    name,
                    (field,),
                    f"{what} {value} is also that of {named(others)}",
                    "one record for one work",
                    "keep one record and put the other's id into its `aliases`",
                )


def identifiers(source: Source) -> Iterator[tuple[str, tuple[str, str]]]:
    """Field name, and what identifies the work by it: ("arXiv id", "2405.01234")."""
    yield from identities(source.arxiv, source.doi, source.url)


def identities(arxiv: str | None, doi: str | None, url: str | None) -> Iterator[tuple[str, tuple[str, str]]]:
    """As `identifiers`, of a work that is no record yet."""
    if arxiv:
        yield "arxiv", ("arXiv id", arxiv)
    if doi:
        found = _ARXIV_DOI.match(doi.casefold())
        yield "DOI", ("arXiv id", found[1]) if found else ("DOI", doi.casefold())
    if url:
        _, _, address = url.partition("://")
        host, slash, rest = address.partition("#")[0].partition("/")
        address = (host.casefold().removeprefix("www.") + slash + rest).rstrip("/")
        found = _ARXIV.match(address)
        yield "URL", ("arXiv id", found[1]) if found else ("address", address)
