"""Ids for new records: made of words of a title, valid as file names everywhere, and taken by nobody."""

from __future__ import annotations

import re
from collections.abc import Container, Set
from pathlib import PurePosixPath
from typing import Final

from pydantic import TypeAdapter, ValidationError

from kb.contribute.plain import line
from kb.errors import UsageError
from kb.evidence.names import SPELLINGS, SUFFIXES
from kb.records.corpus import Corpus
from kb.records.similarity import STOP_WORDS, folded, main_part
from kb.records.wording import quoted
from schemas.scalars import RESERVED, RecordId

_LONGEST: Final = 60
"""Characters of a proposed id; the schema admits 80, which leaves room for a number."""
_ID: Final = TypeAdapter[str](RecordId)


def taken(corpus: Corpus) -> frozenset[str]:
    """Every name that a new record may not have: ids, former ids, and the files that hold no valid record."""
    broken = {PurePosixPath(file).stem for file in corpus.broken}
    return frozenset(corpus.entries) | frozenset(corpus.aliases) | broken | RESERVED


def words_of(text: str) -> list[str]:
    """The words of a text in a-z and 0-9; scripts without a usual spelling in Latin letters give none."""
    spelled = "".join(SPELLINGS.get(c, (c,))[-1] if not c.isascii() else c for c in line(text, 2_000).casefold())
    return re.findall(r"[a-z0-9]+", folded(re.sub(r"['’]", "", spelled)))


def source_id(family: str, year: str, title: str, used: Container[str]) -> str:
    """`doe-2026-short-title`: the first author's family name, the year, and up to three telling words of the title's main part."""
    names = words_of(family)
    while len(names) > 1 and names[-1] in SUFFIXES:
        names.pop()
    telling = _telling(main_part(title)) or _telling(title)
    return unique("-".join(["-".join(names) or "anon", *([year] if year else []), *telling[:3]]), "source", used)


def id_of_title(title: str, kind: str, used: Container[str]) -> str:
    """An id of up to six telling words of a title."""
    return unique("-".join(_telling(title)[:6]), kind, used)


def unique(base: str, kind: str, used: Container[str]) -> str:
    """A valid id near `base` that is not in `used`: shortened at a word, and numbered where it is taken."""
    words = [word for word in base.split("-") if word]
    while len(words) > 1 and len("-".join(words)) > _LONGEST:
        words.pop()
    name = "-".join(words)[:_LONGEST].strip("-")
    if len(name) < 2 or name in RESERVED:
        name = f"{kind}-{name}".strip("-")
    if name == kind:
        name = f"untitled-{kind}"
    number, free = 1, name
    while free in used:
        number += 1
        free = f"{name}-{number}"
    return free


def checked_id(given: str, used: Set[str]) -> str:
    """An id that somebody typed. Raises UsageError for one that no record may have, or that one has."""
    try:
        name = _ID.validate_python(given)
    except ValidationError as error:
        raise UsageError(
            f"{quoted(given)} cannot be an id ({error.errors()[0]['msg']}); expected 2 to 80 of a-z, 0-9 and single hyphens between them, "
            f"such as {unique('-'.join(words_of(given)), 'record', used)}"
        ) from None
    if name in used:
        raise UsageError(f"the id '{name}' is taken; {unique(name, 'record', used)} is free (`kb show {name}` says by what)")
    return name


def _telling(text: str) -> list[str]:
    words = words_of(text)
    return [word for word in words if word not in STOP_WORDS] or words
