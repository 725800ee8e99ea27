"""New records: what is known is filled in, ids are proposed, near-duplicates are found, and nothing is written yet."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, get_args

from kb.contribute.ask import Ask
from kb.contribute.plain import line
from kb.contribute.request import Found, Request, existing, find
from kb.contribute.scaffold import filled
from kb.contribute.similar import Index, Item, Match
from kb.contribute.slugs import checked_id, id_of_title, source_id, taken
from kb.contribute.web import Web
from kb.contribute.work import Work, link, typed_date
from kb.contribute.write import Draft
from kb.errors import UsageError
from kb.records.corpus import Corpus
from kb.records.similarity import did_you_mean
from kb.records.wording import quoted
from schemas import Concept, Question
from schemas.finding import FindingKind

UNKNOWN: Final = "TODO"
SORTS: Final[dict[str, tuple[str, tuple[str, ...]]]] = {
    "finding": ("kind", get_args(FindingKind)),
    "question": ("kind", get_args(Question.model_fields["kind"].annotation)),
    "concept": ("shape", get_args(Concept.model_fields["shape"].annotation)),
}
"""What the option --kind fills in, and its words; the type of a source is asked of `Source` itself."""
_DEFAULTS: Final = {"finding": "empirical", "question": "open-question", "concept": "pattern"}
_TITLE: Final = {"finding": "what was found, in one line", "concept": "name", "belief": "the belief, in one line", "question": "the question, in one line"}


@dataclass
class Plan:
    """What would be written, what is there already, and what looks like it."""

    drafts: list[Draft] = field(default_factory=list)
    reused: list[str] = field(default_factory=list)
    """Sources that the knowledge base has of the work."""
    beside: list[str] = field(default_factory=list)
    """Findings that it has of that work already."""
    near: list[tuple[str, Match]] = field(default_factory=list)
    """Id of a draft, and a record that resembles it; duplicates among them stand in the way of writing."""
    notes: list[str] = field(default_factory=list)

    @property
    def duplicates(self) -> list[tuple[str, Match]]:
        return [(draft, match) for draft, match in self.near if match.duplicate]


def plan(request: Request, corpus: Corpus, ask: Ask, web: Callable[[], Web]) -> Plan:
    """Everything that a request comes to; asks for what is missing where somebody is there.

    Raises UsageError for options that do not fit, ids that are taken, and what is missing where nobody is there.
    """
    _fitting(request)
    used = set(taken(corpus))
    index = Index.of(corpus)
    made = Plan()
    sources = existing(request.sources, "source", corpus)
    by = line(request.by) or ask.text("who are you: a name or a handle for `contributors`")
    if not by:
        raise UsageError("git has no user.name; say who you are with --by NAME")
    if request.names_a_work or request.kind == "source":
        request = _about_the_work(request, ask)
        found = find(request, index, web)
        made.notes += found.work.notes
        if found.filed:
            made.reused.append(found.filed)
            made.beside = [name for name, finding in corpus.findings.items() if found.filed in map(corpus.canonical, finding.sources)]
            sources.append(found.filed)
        else:
            draft = _source(request, found, by, used, ask, corpus)
            made.drafts.append(draft)
            made.near += [(draft.id, match) for match in _near(index, _item_of_work(draft.id, found.work))]
            sources.append(draft.id)
    if request.kind != "source":
        draft, title = _record(request, sources, by, used, ask, corpus)
        made.drafts.append(draft)
        made.near += [(draft.id, match) for match in _near(index, Item(draft.id, request.kind, (title,) if title else ()))]
    return made


def author_of(root: Path) -> str:
    """The name that git signs commits with here; empty where git has none or is not there."""
    try:
        done = subprocess.run(["git", "config", "--get", "user.name"], cwd=root, capture_output=True, text=True, timeout=5, check=False)
    except (OSError, subprocess.SubprocessError, UnicodeDecodeError):
        return ""
    return line(done.stdout) if done.returncode == 0 else ""


def _fitting(request: Request) -> None:
    """Raises UsageError for an option that a kind of record has no use for."""
    works = request.names_a_work or request.kind == "source"
    for option, given, fits in (
        ("--concept", request.concept, request.kind in ("finding", "belief", "question")),
        ("--credence", request.credence, request.kind == "belief"),
        ("--kind", request.sort, request.kind == "source" or request.kind in SORTS),
        ("--source", request.sources, request.kind != "source"),
        ("--source-id", request.source_id, works and request.kind != "source"),
        ("--author", request.author, works),
        ("--issued", request.issued, works),
        ("--url", request.url, works),
        ("--key", request.key, request.file is not None),
        ("--offline", request.offline, request.identifier is not None),
    ):
        if given and not fits:
            raise UsageError(f"{option} says nothing about a new {request.kind}" + ("" if works else " without a work"))


def _about_the_work(request: Request, ask: Ask) -> Request:
    """A request whose work somebody describes by hand, with what they say."""
    if request.names_a_work and not request.offline:
        return request
    title = (request.title if request.kind == "source" else "") or ask.text("title of the work, as printed")
    author = request.author
    while ask.there and not request.author and (name := ask.text("author (Family, Given); empty when done")):
        author = (*author, name)
    url = request.url or ("" if request.names_a_work else ask.until("address", lambda text: "" if link(text) else "expected https://… without spaces"))
    issued = request.issued or ask.until("date of the first version", lambda text: "" if typed_date(text) else "expected YYYY-MM-DD, YYYY-MM or YYYY")
    return replace(request, title=title if request.kind == "source" else request.title, work_title=title, author=author, url=url, issued=issued)


def _source(request: Request, found: Found, by: str, used: set[str], ask: Ask, corpus: Corpus) -> Draft:
    work = found.work
    given = request.id if request.kind == "source" else request.source_id
    name = _id(given, lambda: _proposed(work, used), used, ask, "id of the source")
    fields = work.fields()
    fields.setdefault("title", f"{UNKNOWN}: the title as printed")
    fields.setdefault("author", [{"family": f"{UNKNOWN}: family name", "given": f"{UNKNOWN}: given name"}])
    fields.setdefault("issued", UNKNOWN)
    fields |= _common(name, request, by) | {"checked": [{"by": by, "on": request.day, "extent": "unchecked"}]}
    return _draft("source", name, fields, corpus, offers=found.by_hand)


def _proposed(work: Work, used: set[str]) -> str:
    if work.title and work.author:
        return source_id(work.names[0], work.issued[:4], work.title, used)
    name = f"arxiv-{work.arxiv}" if work.arxiv else f"doi-{work.doi}" if work.doi else ""
    if name or work.title:
        return id_of_title(name or work.title, "source", used)
    return ""


def _record(request: Request, sources: Sequence[str], by: str, used: set[str], ask: Ask, corpus: Corpus) -> tuple[Draft, str]:
    """A record of any kind but a source, and its title."""
    kind = request.kind
    if kind == "finding" and not sources:
        ids = sorted(corpus.sources)
        name = ask.until("id of the work in sources/", lambda text: "" if text in ids else did_you_mean(text, ids) or f"no source '{text}'")
        if not name:
            raise UsageError("a finding needs a work: name one with --arxiv, --doi, --bibtex or --from, or one that is filed with --source ID")
        sources = [name]
    title = line(request.title) or ask.text(_TITLE[kind])
    if not title and not request.id:
        raise UsageError(f"say {_TITLE[kind]} with --title (the id is made from it), or give an id with --id and fill in the title later")
    name = _id(request.id, lambda: id_of_title(title, kind, used), used, ask, f"id of the {kind}")
    values = _common(name, request, by) | ({"name" if kind == "concept" else "title": title} if title else {})
    without: list[str] = []
    if kind in SORTS:
        label, words = SORTS[kind]
        if request.sort and request.sort not in words:
            raise UsageError(f"no {label} of a {kind} is called {quoted(request.sort)}; {did_you_mean(request.sort, words) or 'expected ' + ', '.join(words)}")
        values[label] = request.sort or ask.choice(label, words, _DEFAULTS[kind])
    concept = _concept(request, ask, corpus)
    if sources:
        values["raised-by" if kind == "question" else "sources"] = list(sources)
    if concept and kind == "finding":
        values["instantiates"] = [{"concept": concept, "role": "candidate"}]
        without.append("no-concept")
    elif concept:
        values["bears-on" if kind == "question" else "concepts"] = [concept]
    if kind == "belief":
        values["holders"] = [{"holder": by, "history": [{"date": request.day, "credence": _credence(request, ask), "because": f"{UNKNOWN}: why that much"}]}]
    return _draft(kind, name, values, corpus, without=without), title


def _concept(request: Request, ask: Ask, corpus: Corpus) -> str:
    if request.concept:
        return existing((request.concept,), "concept", corpus)[0]
    ids = sorted(corpus.concepts)
    if request.kind not in ("finding", "belief") or not ids:
        return ""
    return ask.until("concept that it bears on, by id; empty for none", lambda text: "" if text in ids else did_you_mean(text, ids) or f"no concept '{text}'")


def _credence(request: Request, ask: Ask) -> Any:
    """A credence from 0 to 1, or the marker where nobody says one: the check of its form asks for it."""

    def objection(text: str) -> str:
        try:
            return "" if 0 <= float(text) <= 1 else "a credence is a number from 0 to 1"
        except ValueError:
            return "a credence is a number from 0 to 1"

    answer = request.credence or ask.until("credence, from 0 to 1", objection)
    if answer and (said := objection(answer)):
        raise UsageError(f"--credence {quoted(answer)}: {said}")
    return float(answer) if answer else UNKNOWN


def _id(given: str, proposed: Callable[[], str], used: set[str], ask: Ask, what: str) -> str:
    """A free id, given or proposed, which is taken from now on."""

    def objection(text: str) -> str:
        try:
            checked_id(text, used)
        except UsageError as error:
            return str(error)
        return ""

    name = given or ask.until(what, objection, proposed() or "")
    if not name:
        raise UsageError(f"nothing to make an {what} from: give it with --id, or a title with --title")
    used.add(checked_id(name, used))
    return name


def _common(name: str, request: Request, by: str) -> dict[str, Any]:
    return {"id": name, "added": request.day, "contributors": [by]}


def _draft(kind: str, name: str, values: dict[str, Any], corpus: Corpus, *, without: Sequence[str] = (), offers: bool = True) -> Draft:
    folder = corpus.config.folders[kind]
    try:
        return Draft(kind, name, folder, filled(kind, folder, values, without=without, offers=offers))
    except ValueError as error:
        raise UsageError(f"{name}: {error}; file it by hand, with a group for its authors") from None


def _item_of_work(name: str, work: Work) -> Item:
    return Item(name, "source", (work.title,) if work.title else (), authors=tuple(work.names), keys=work.identity)


def _near(index: Index, item: Item) -> list[Match]:
    """Duplicates, and the few records of the kind that resemble it most."""
    return [match for n, match in enumerate(index.search(item, kinds=(item.kind,), least=70)) if match.duplicate or n < 3]


__all__ = ["Plan", "author_of", "plan"]
