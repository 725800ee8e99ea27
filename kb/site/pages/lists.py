"""Pages that list one thing each: models, tags, disputes, what has changed."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from kb.evidence.catalogue import Model
from kb.records import Entry
from kb.site.model import Site
from kb.site.page import Page, pages

CHANGES_SHOWN = 300


@dataclass(frozen=True)
class ModelView:
    """A model with the findings that used it, by what for."""

    model: Model
    uses: list[tuple[str, list[str]]]


@pages("models")
def model_list(site: Site) -> Iterator[Page]:
    by_family: dict[str, list[ModelView]] = defaultdict(list)
    for model in site.state.models.values():
        uses: dict[str, list[str]] = defaultdict(list)
        for finding, use in model.uses:
            uses[use].append(finding)
        by_family[model.family or ""].append(ModelView(model, sorted(uses.items())))
    for found in by_family.values():
        found.sort(key=lambda view: (view.model.name.casefold(), view.model.key))
    families = sorted(by_family.items(), key=lambda item: (item[0] == "", item[0].casefold()))
    yield Page("models.md", "Models", "models.html", {"families": families}, "The models that findings were measured on.", search=False)


@pages("tags")
def tag_list(site: Site) -> Iterator[Page]:
    tags = [(tag, len(records)) for tag, records in site.state.tags.items()]
    yield Page("tags.md", "Tags", "tags.html", {"tags": tags}, "Every tag and the records that carry it.", search=False, toc=False)


@pages("disputes")
def dispute_list(site: Site) -> Iterator[Page]:
    groups = [(title, [item for item in site.state.disputes if item.state == state]) for title, state in (("Open", "open"), ("Resolved", "resolved"))]
    values = {
        "groups": groups,
        "is_own": lambda item: site.corpus.canonical(item.by) in {source.id for source in site.sources_of(site.corpus.findings[item.finding])},
    }
    yield Page("disputes.md", "Disputes", "disputes.html", values, "Figures on which two readings differ.")


@pages("changes")
def changes(site: Site) -> Iterator[Page]:
    by_day: dict[dt.date, list[Entry]] = defaultdict(list)
    newest = sorted(site.corpus, key=lambda entry: (-entry.record.added.toordinal(), entry.kind, entry.record.id))
    for entry in newest[:CHANGES_SHOWN]:
        by_day[entry.record.added].append(entry)
    values = {"days": list(by_day.items()), "left_out": max(0, len(newest) - CHANGES_SHOWN)}
    yield Page("changes.md", "Changes", "changes.html", values, "Records by the day they were added.", search=False)
