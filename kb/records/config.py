"""`kb.yaml`: the folders, thresholds and vocabularies of one knowledge base."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from kb.errors import ConfigError
from kb.records.construct import MAX_PROBLEMS
from kb.records.diagnostic import Diagnostic, Place
from kb.records.document import TextDocument as Document
from kb.records.invisible import Hidden, hidden
from kb.records.reader import read_yaml
from kb.records.settings import FILE, find_root
from kb.records.validation import validate
from schemas import RECORD_TYPES, Strict
from schemas.scalars import DEVICES, Line, Slug, WebLink, Whole

# No part begins with a dot or hyphen (`.git`, `..`, an option of some command) or ends in a dot, which Windows drops.
_FOLDER = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9._-]*[A-Za-z0-9_-])?(/[A-Za-z0-9_]([A-Za-z0-9._-]*[A-Za-z0-9_-])?)*")


def _inside(value: str) -> str:
    if not _FOLDER.fullmatch(value) or any(part.partition(".")[0].casefold() in DEVICES for part in value.split("/")):
        raise PydanticCustomError("folder", "expected a folder below the knowledge base, like 'findings'")
    return value


Folder = Annotated[str, Field(max_length=200), AfterValidator(_inside)]
FOLDERS = {kind: f"{kind}s" for kind in RECORD_TYPES}


class Thresholds(Strict):
    codify_at: Annotated[Whole, Field(ge=2, le=9)] = 3
    """Mutually different examples that codify a shape."""
    min_axes: Annotated[Whole, Field(ge=1, le=9)] = 2
    """Axes on which two examples must differ to count as different."""
    stale_after_days: Annotated[Whole, Field(ge=1, le=36_500)] = 180
    """Days after which a `working` record that nobody has looked at is stale."""
    draft_after_days: Annotated[Whole, Field(ge=1, le=36_500)] = 30
    """Days after which a draft that nobody has looked at waits for a decision."""
    similar_title: Annotated[Whole, Field(ge=50, le=100)] = 92
    """Similarity of titles (0 to 100) from which two records are near-duplicates."""


class Vocabularies(Strict):
    unit: dict[Line, Line] = {}
    """Units of figures, each with its meaning."""


class Config(Strict):
    """One knowledge base."""

    title: Line
    tagline: Line = ""
    description: Line = ""
    url: WebLink = "https://example.org/"
    repository: WebLink | None = None
    license: WebLink | None = None
    """Address of the licence of the records; exports name it."""
    # A type left out keeps its folder, or its records would be neither read nor checked and nobody told.
    folders: Annotated[dict[Slug, Folder], AfterValidator(lambda given: FOLDERS | given)] = FOLDERS
    thresholds: Thresholds = Thresholds()
    vocabularies: Vocabularies = Vocabularies()

    @model_validator(mode="after")
    def _folders_apart(self) -> Config:
        folders = [folder.casefold() for folder in self.folders.values()]
        for kind, folder in self.folders.items():
            if kind not in RECORD_TYPES:
                raise PydanticCustomError("folder", "`folders` names '{kind}', which is no record type", {"kind": kind})
            if folders.count(folder.casefold()) > 1:
                raise PydanticCustomError("folder", "two record types share the folder '{folder}'", {"folder": folder})
        return self


def parse_config(raw: bytes) -> Config:
    """The settings in the bytes of a `kb.yaml`.

    Raises ConfigError, whose text lists every problem with its place.
    """
    outcome = read_yaml(raw, FILE)
    problems = list(outcome.problems)
    config = None
    if outcome.data is not None and not problems:
        document = Document(FILE, outcome.text, outcome.data)
        config, problems = validate(Config, document)
        if unseen := [_unseen(document, found) for found in hidden(outcome.text, outcome.data)][:MAX_PROBLEMS]:
            config, problems = None, [*problems, *unseen]
    if config is None:
        raise ConfigError("\n".join(f"{p.place}: {p.message}; expected {p.expected}; {p.fix}".rstrip("; ") for p in problems))
    return config


def _unseen(document: Document, found: Hidden) -> Diagnostic:
    place = document.place(found.path, key=found.key) if found.offset is None else Place.at(FILE, document.text, found.offset)
    return Diagnostic(place, "KB406", found.what, "text that looks like what it is", "delete it")


__all__ = ["FILE", "Config", "Thresholds", "Vocabularies", "find_root", "parse_config"]
