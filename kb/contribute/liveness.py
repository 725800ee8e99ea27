"""Whether the identifiers of sources still lead to the works that the records say, and whether there is a newer version.

Each source's arXiv id and DOI is looked up once, politely (`kb.contribute.web`). An answer is compared with the record: no such work,
another title, a later version than the one that was read. A registry that can't be asked is no news about a work.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from kb.contribute.identifiers.registry import identifiers
from kb.contribute.web import NotFoundError, Web
from kb.contribute.work import Work
from kb.errors import UsageError
from kb.records import Corpus
from kb.records.similarity import title_similarity
from schemas import Source

State = Literal["alive", "newer-version", "other-work", "dead", "not-asked"]
FAULTS: Final[frozenset[State]] = frozenset({"other-work", "dead"})
"""States in which the record leads a reader wrong."""
SAME_TITLE: Final = 60.0
"""Similarity of titles (0 to 100) below which an answer is about another work. Works are retitled between versions, so that it is low."""
BEFORE: Final = "the registry could not be asked before"
_GIVE_UP: Final = 2
"""Registries that could not be asked so often are asked no more in the same run."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What has become of one identifier."""

    source: str
    kind: str
    identifier: str
    state: State
    says: str = ""
    """What was found, for all but `alive`."""


def standings(corpus: Corpus, web: Web) -> Iterator[Standing]:
    """Every identifier of every source, by source; one at a time, since looking up takes seconds."""
    failures: dict[str, int] = {}
    for source in corpus.sources.values():
        for kind, value in (("arxiv", source.arxiv), ("doi", source.doi)):
            if value is None:
                continue
            if failures.get(kind, 0) >= _GIVE_UP:
                yield Standing(source.id, kind, value, "not-asked", BEFORE)
                continue
            found = _standing(source, kind, value, web)
            failures[kind] = failures.get(kind, 0) + 1 if found.state == "not-asked" else 0
            yield found


def _standing(source: Source, kind: str, value: str, web: Web) -> Standing:
    handler = identifiers()[kind]
    try:
        work = handler.look_up(handler.normalise(value), web)
    except NotFoundError as error:
        return Standing(source.id, kind, value, "dead", str(error))
    except UsageError as error:
        # The advice after the semicolon is for somebody who wants to file the work.
        return Standing(source.id, kind, value, "not-asked", str(error).partition(";")[0])
    if work.title and title_similarity(work.title, source.title) < SAME_TITLE:
        return Standing(source.id, kind, value, "other-work", f"it leads to “{work.title}”")
    if (newer := _newer(work, source)) and kind == "arxiv":
        return Standing(source.id, kind, value, "newer-version", newer)
    return Standing(source.id, kind, value, "alive")


def _newer(work: Work, source: Source) -> str:
    """In words, that the registry has a later version than the record's; empty where it has not, or one of them says none."""
    there, here = (re.fullmatch(r"v([0-9]{1,4})", text or "") for text in (work.version, source.version))
    if there is None or here is None or int(there[1]) <= int(here[1]):
        return ""
    return f"the record follows {here[0]}; {there[0]} is out" + (f" since {work.version_date}" if work.version_date else "")
