"""The templates' environment: every printed value is escaped, an undefined name is an error, text is never a template."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Undefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from kb.evidence.relations import LINKS
from kb.evidence.reruns import model_of
from kb.site import escape, figures, reruns
from kb.site.model import KIND_NAMES, Site
from kb.site.page import Page, relative
from kb.site.plot import figure, jobs, ticks
from kb.site.plot.forest import Forest, forest
from kb.site.units import beside
from schemas import Result, Source

_ID = re.compile(r"\b([a-z0-9]+(?:-[a-z0-9]+)+(?:/[a-z0-9]+(?:-[a-z0-9]+)*)?)\b")
TEMPLATES = Path(__file__).parent / "templates"


def _printed(value: Any) -> Markup | Undefined:
    """What `{{ value }}` prints. Raises TypeError for None: an absent value has to be said in words."""
    if isinstance(value, (Markup, Undefined)):
        return value
    if value is None:
        raise TypeError("a template printed an absent value; say in words that it is absent")
    return escape.text(value)


def _here(context: Context) -> str:
    page = context["page"]
    assert isinstance(page, Page)
    return page.address


def _target(context: Context) -> Callable[[str], tuple[str, str] | None]:
    here, site = _here(context), context["site"]

    def find(ref: str) -> tuple[str, str] | None:
        found = site.target(ref)
        return None if found is None else (relative(here, found[0]), found[1])

    return find


@pass_context
def _href(context: Context, address: str) -> Markup:
    """The relative way to an address of the site."""
    return escape.text(relative(_here(context), address))


@pass_context
def _link(context: Context, ref: str, words: str | None = None) -> Markup:
    """A link to a record by its id, in the given words or the record's label; the bare words where there is none."""
    found = _target(context)(ref)
    shown = escape.text(words or (found[1] if found else ref))
    return Markup(f'<a href="{escape.text(found[0])}">{shown}</a>') if found else Markup(f'<span class="kb-missing">{shown}</span>')


@pass_context
def _prose(context: Context, value: str) -> Markup:
    return escape.prose(value, _target(context))


@pass_context
def _inline(context: Context, value: str) -> Markup:
    return escape.inline(value, _target(context))


@pass_context
def _linked(context: Context, sentence: str) -> Markup:
    """A sentence of the engine in which ids of records become links: a source's citation, another record's title."""
    site, find = context["site"], _target(context)
    parts: list[Markup] = []
    for index, part in enumerate(_ID.split(sentence)):
        found = find(part) if index % 2 else None
        if found is None:
            parts.append(escape.text(part) if part.strip() else Markup(" " if part else ""))
            continue
        source = site.source(part)
        parts.append(Markup(f'<a href="{escape.text(found[0])}">{escape.text(site.citations[source.id] if source else found[1])}</a>'))
    return Markup("").join(parts)


@pass_context
def _cite(context: Context, source: Source) -> str:
    citation: str = context["site"].citations[source.id]
    return citation


@pass_context
def _forest(context: Context, result: Result) -> Forest:
    return forest(result, context["site"])


def _words(slug: str) -> str:
    """A slug or a measure's name as words."""
    return slug.replace("-", " ").replace("_", " ")


def _plural(count: int, one: str, many: str | None = None) -> str:
    return f"{count:,} {one if count == 1 else many or one + 's'}".replace(",", "\u202f")


def _doi_url(doi: str) -> Markup:
    return Markup("https://doi.org/") + quote(escape.clean(doi), safe="/.-_();:")


def _host(address: str) -> str:
    """The host of an address, without www."""
    return address.split("/")[2].removeprefix("www.")


def _fenced(yaml: str) -> Markup:
    return Markup("~~~ yaml\n" + yaml.strip("\n") + "\n~~~")


def _coded(words: str) -> Markup:
    """A sentence of our own in which `backticks` mark code."""
    parts = [f"<code>{escape.text(part)}</code>" if index % 2 else escape.text(part) for index, part in enumerate(words.split("`"))]
    return Markup("").join(Markup(part) for part in parts)


@cache
def environment() -> Environment:
    """The environment, compiled once; what belongs to one knowledge base comes in through `context`."""
    env = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        finalize=_printed,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=True,
    )
    env.filters.update(
        href=_href,
        link=_link,
        prose=_prose,
        inline=_inline,
        linked=_linked,
        pre=escape.preformatted,
        web=escape.web,
        words=_words,
        plural=_plural,
        cite=_cite,
        figure=figures.reported,
        reproduced=figures.reproduced,
        beside=beside,
        number=ticks.number,
        duration=reruns.duration,
        interval=figures.interval,
        bar=figures.bar,
        per_cent=figures.per_cent,
        plot_figures=figure.figures,
        plot_figure=figure.figure,
        forest=_forest,
        job_name=jobs.job_name,
        measures=jobs.measures,
    )
    env.globals.update(
        kind_names=KIND_NAMES,
        pips=figures.pips,
        history=figures.history,
        model_of=model_of,
        main_estimate=reruns.main_estimate,
        runs=reruns.runs,
        doi_url=_doi_url,
        host=_host,
        link_words=lambda kind: LINKS[kind].backward,
        ours=Markup,
        fenced=_fenced,
        coded=_coded,
        tag_listing=Markup("<!-- material/tags -->"),
    )
    return env


def context(site: Site) -> dict[str, Any]:
    """What every template may name besides its own values."""

    def cite_of(ref: str) -> str:
        source = site.source(ref)
        return site.citations[source.id] if source else site.label(ref)

    return {"site": site, "corpus": site.corpus, "config": site.corpus.config, "state": site.state, "cite_of": cite_of}
