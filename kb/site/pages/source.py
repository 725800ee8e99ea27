"""Sources: a page each, the list of all, and the bibliography as one file."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from kb.forms import jsonld
from kb.site.model import EXTENTS, Site
from kb.site.page import Page, pages
from kb.site.people import letter_page
from schemas import Source


@pages("source")
def source_pages(site: Site) -> Iterator[Page]:
    address = letter_page(site.authors)
    for source in site.corpus.sources.values():
        authors = [(person.display, address(author)) for person, author in zip(source.author, site.people.by_source[source.id], strict=True)]
        yield Page(
            path=f"sources/{source.id}.md",
            title=source.title,
            template="source.html",
            data=jsonld.embedded([jsonld.source(site.corpus, source)]),
            values={"source": source, "findings": site.findings_of_source(source.id), "authors": authors},
        )


@pages("sources")
def index(site: Site) -> Iterator[Page]:
    by_year: dict[int, list[Source]] = defaultdict(list)
    for source in site.corpus.sources.values():
        by_year[source.issued.year].append(source)
    years = [
        (year, sorted(found, key=lambda source: (source.issued.earliest, source.id), reverse=True)) for year, found in sorted(by_year.items(), reverse=True)
    ]
    extents = [(extent, sum(source.best_extent == extent for source in site.corpus.sources.values())) for extent in reversed(EXTENTS)]
    yield Page(
        "sources/index.md",
        "Sources",
        "sources.html",
        {"years": years, "extents": extents},
        "The bibliography, and how far each work was checked.",
        search=False,
    )
