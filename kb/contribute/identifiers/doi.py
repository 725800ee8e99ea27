"""DOIs, and what the registry behind one says of the work, as CSL-JSON by content negotiation.

Source: https://citation.doi.org/docs.html; doi.org redirects to the registry (Crossref, DataCite, mEDRA, JaLC).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from kb.contribute.identifiers import arxiv
from kb.contribute.identifiers.csl import of_item, parse_json
from kb.contribute.identifiers.registry import identifier
from kb.contribute.naming import arxiv_id, doi, doi_address, is_arxiv
from kb.contribute.web import NotFoundError, Web
from kb.contribute.work import Work
from kb.errors import UsageError
from kb.records.wording import quoted

HOSTS: Final = ("doi.org", "crossref.org", "datacite.org", "crosscite.org", "medra.org", "japanlinkcenter.org")
EVERY: Final = 1.0


def bare(name: str) -> Work:
    """What a DOI says by itself. One of arXiv's is an arXiv id."""
    if is_arxiv(name):
        return arxiv.bare(arxiv_id(name))
    return Work(doi=name, url=doi_address(name))


@identifier("doi", normalise=doi, bare=bare)
def look_up(name: str, web: Web) -> Work:
    """The work behind a DOI, as its registry describes it. Raises UsageError as `Web.get` does, and for a wrong answer."""
    if is_arxiv(name):
        return arxiv.look_up(arxiv_id(name), web)
    try:
        return web.get(doi_address(name), "application/vnd.citationstyles.csl+json", lambda raw: read(raw, name), hosts=HOSTS, every=EVERY)
    except NotFoundError:
        raise NotFoundError(f"no registry knows the DOI {name}; look at it again") from None


def read(raw: bytes, name: str) -> Work:
    """The work in an answer. Raises UsageError for what is no answer about `name`."""
    item = parse_json(raw, "the registry's answer")
    if not isinstance(item, dict):
        raise UsageError("the registry does not answer with one work in CSL-JSON; try --bibtex FILE or --from FILE")
    work = of_item(item)
    if work.doi and work.doi != name:
        raise UsageError(f"asked for {name}, the registry answers about {quoted(work.doi)}")
    return replace(work, doi=name, url=work.url or bare(name).url, key="")
