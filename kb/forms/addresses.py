"""Where a record stands on the site, and what a reader calls it."""

from __future__ import annotations

from collections.abc import Callable

from kb.records import Corpus
from schemas import Result

FOLDERS = {"source": "sources", "finding": "findings", "concept": "concepts", "belief": "beliefs", "question": "questions"}


def address(corpus: Corpus, ref: str) -> str | None:
    """Where a record, or a claim of a finding, stands below the site's root; None where there is no such record."""
    found = corpus.canonical(ref)
    if found is None:
        return None
    head, _, claim = found.partition("/")
    entry = corpus.entries[head]
    if isinstance(entry.record, Result):
        return f"{replication(entry.record.replication)}#result-{head}"
    return f"{FOLDERS[entry.kind]}/{head}.html" + (f"#claim-{claim}" if claim else "")


def replication(name: str) -> str:
    """Where the page of a replication stands."""
    return f"replications/{name}.html"


def root(corpus: Corpus) -> str:
    """The site's own address, ending in a slash."""
    return corpus.config.url.rstrip("/") + "/"


def web(corpus: Corpus, ref: str) -> str | None:
    """The whole address of a record or claim; None where there is no such record."""
    found = address(corpus, ref)
    return None if found is None else root(corpus) + found


def label(corpus: Corpus, ref: str) -> str | None:
    """What a reader calls a record; for a claim, the finding's title and the claim's id. None where there is no such record."""
    found = corpus.canonical(ref)
    if found is None:
        return None
    head, _, claim = found.partition("/")
    record = corpus.entries[head].record
    words = record.label.replace("-", " ") if isinstance(record, Result) else record.label
    return words + (f" ({claim})" if claim else "")


def labels(corpus: Corpus) -> Callable[[str], str | None]:
    """`label` of one corpus."""
    return lambda ref: label(corpus, ref)
