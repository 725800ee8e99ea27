"""A Markdown twin of each page, and the lists that lead to them: what language models and people at a terminal read.

A twin stands beside its page and is called like it, `findings/some-id.md.txt`: any static host serves that as text, and no site generator takes
it for a page. `llms.txt` lists the twins, `llms-full.txt` holds all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from kb.evidence.predicates import Reading
from kb.evidence.state import State
from kb.evidence.triggers import Condition
from kb.forms.addresses import FOLDERS, address, label, labels, root
from kb.forms.addresses import replication as replication_address
from kb.forms.jsonld import doi
from kb.forms.markdown import Target, inline, link, prose, text
from kb.forms.text import line, words
from kb.numbers.evaluate import Outcome
from schemas import Belief, Claim, Concept, Finding, Measure, Question, Record, Result, Source

Writer = Callable[[State, Any], Iterator[str]]
WRITERS: dict[type[Record], Writer] = {}
_KINDS = {"finding": "Findings", "concept": "Concepts", "belief": "Beliefs", "question": "Questions", "source": "Sources"}
_SUMMARY = 200
_QUALIFIERS = {"exactly": "", "about": "about ", "more-than": "more than ", "at-least": "at least ", "less-than": "less than ", "at-most": "at most "}


def writer(kind: type[Record]) -> Callable[[Writer], Writer]:
    """Register the function that yields the blocks of a record type's twin."""

    def register(function: Writer) -> Writer:
        WRITERS[kind] = function
        return function

    return register


def files(state: State) -> dict[str, str]:
    """`llms.txt`, `llms-full.txt` and the twins, by path below the site's root."""
    made: dict[str, str] = {}
    for entry in state.corpus:
        if entry.kind in FOLDERS:
            made[f"{FOLDERS[entry.kind]}/{entry.record.id}.md.txt"] = _twin(entry.record, _target(state), WRITERS[type(entry.record)](state, entry.record))
    by_replication: dict[str, list[Result]] = {}
    for rerun in state.reruns:
        by_replication.setdefault(rerun.replication, []).extend(rerun.records)
    for name, results in by_replication.items():
        blocks = [block for result in results for block in _result(state, result)]
        made[_path(replication_address(name))] = "\n\n".join([f"# Rerun: {text(name.replace('-', ' '))}", *blocks]) + "\n"
    full = "\n\n---\n\n".join(content.rstrip("\n") for _, content in sorted(made.items()))
    return {"llms.txt": _index(state, sorted(by_replication)), "llms-full.txt": _head(state) + ("\n" + full + "\n" if full else ""), **made}


def _path(address: str) -> str:
    return address.partition("#")[0].removesuffix(".html") + ".md.txt"


def _target(state: State) -> Target:
    """Links of twins lead to twins."""
    corpus = state.corpus

    def find(ref: str) -> tuple[str, str] | None:
        found = address(corpus, ref)
        return None if found is None else (root(corpus) + _path(found), label(corpus, ref) or ref)

    return find


def _link(state: State, ref: str) -> str:
    found = _target(state)(ref)
    return link(found[1], found[0]) if found else text(ref)


def _twin(record: Record, target: Target, blocks: Iterator[str]) -> str:
    reviewed = f", reviewed {record.reviewed.isoformat()}" if record.reviewed else ""
    head = f"{record.kind_name.capitalize()} `{record.id}`, {record.status}, added {record.added.isoformat()}{reviewed}."
    noted = [prose(record.reviewed_note, target)] if record.reviewed_note else []
    return "\n\n".join([f"# {text(record.label)}", head, *noted, *blocks]) + "\n"


def _head(state: State) -> str:
    config = state.corpus.config
    about = line(config.description or config.tagline)
    return f"# {text(config.title)}\n" + (f"\n> {text(about)}\n" if about else "")


def _index(state: State, replications: list[str]) -> str:
    """llms.txt, after the proposal at llmstxt.org: a title, a summary, and lists of links by section."""
    corpus = state.corpus
    named, base = labels(corpus), root(corpus)
    lines = [
        _head(state),
        "Each entry links to a page as Markdown. Findings hold claims with figures as printed and where they stand in their source; "
        "a verdict belongs to a rerun under a rule written before it, at the tier named with it.",
    ]
    for kind, title in _KINDS.items():
        entries = [entry for entry in corpus if entry.kind == kind]
        if not entries:
            continue
        lines.append(f"\n## {'Optional' if kind == 'source' else title}\n")
        for entry in entries:
            said = _summary(entry.record, named)
            lines.append(f"- {link(entry.record.label, f'{base}{FOLDERS[kind]}/{entry.record.id}.md.txt')}" + (f": {text(said)}" if said else ""))
        if kind == "finding" and replications:
            lines += ["\n## Reruns\n", *(f"- {link(name.replace('-', ' '), base + _path(replication_address(name)))}" for name in replications)]
    return "\n".join(lines) + "\n"


def _summary(record: Record, named: Callable[[str], str | None]) -> str:
    value = next((str(value) for name in ("summary", "definition", "statement", "asks") if (value := getattr(record, name, None))), "")
    said = words(value, named)
    return said if len(said) <= _SUMMARY else said[: _SUMMARY - 1].rsplit(" ", 1)[0] + " …"


def _section(title: str, items: list[str]) -> Iterator[str]:
    if items:
        yield f"## {title}"
        yield "\n".join(f"- {item}" for item in items)


def _noted(lead: str, note: str | None, target: Target) -> str:
    # What asks or exclaims has its stop already.
    return f"{lead}{'' if lead.endswith(('.', '?', '!')) else '.'} {inline(note, target)}" if note else lead


def _citation(source: Source) -> str:
    names = "; ".join(person.display for person in source.author[:8]) + ("; et al." if len(source.author) > 8 else "")
    where = [link(f"arXiv:{source.arxiv}", f"https://arxiv.org/abs/{source.arxiv}")] if source.arxiv else []
    where += [link(f"doi:{source.doi}", doi(source.doi))] if source.doi else []
    where += [f"<{source.url}>"] if source.url else []
    return f"{text(names)} ({source.issued}). {text(source.title)}. {', '.join(where)}".rstrip()


@writer(Source)
def _source(state: State, record: Source) -> Iterator[str]:
    yield _citation(record)
    if record.retracted:
        yield f"**Retracted** on {record.retracted.isoformat()}."
    if record.note:
        yield prose(record.note, _target(state))
    yield from _section(
        "How far it was checked",
        [f"{check.extent}, {check.on.isoformat()}, {text(check.by)}" + (f", {text(check.version)}" if check.version else "") for check in record.checked],
    )
    yield from _section("Findings", [_link(state, finding) for finding in state.findings_of_sources.get(record.id, ())])


@writer(Finding)
def _finding(state: State, record: Finding) -> Iterator[str]:
    target = _target(state)
    yield prose(record.summary, target)
    sources = [source for ref in record.sources if (source := state.corpus.sources.get(state.corpus.canonical(ref) or ""))]
    yield from _section("Sources", [_citation(source) for source in sources])
    yield "## Claims"
    for claim in record.claims:
        yield from _claim(state, record, claim)
    bears = [_noted(f"{link_.role} {_link(state, link_.concept)}" + _listed(link_.shapes), link_.note, target) for link_ in record.instantiates]
    yield from _section("Bears on", bears or ([f"No concept: {inline(record.no_concept, target)}"] if record.no_concept else []))
    yield from _section("Relations", [_noted(f"{one.type} {_link(state, one.to)}", one.moderator or one.note, target) for one in record.relations])
    yield from _section("Limitations", [inline(limit, target) for limit in record.limitations])
    reruns = [
        f"{rerun.lead.verdict}, {rerun.tier}, scale {rerun.lead.scale}: {_link(state, rerun.lead.id)}" for rerun in state.reruns_of_findings.get(record.id, ())
    ]
    yield from _section("Reruns", reruns or ([f"No rerun possible: {inline(record.no_replication, target)}"] if record.no_replication else ["not rerun yet"]))


def _listed(names: list[str]) -> str:
    return f" ({', '.join(names)})" if names else ""


def _claim(state: State, finding: Finding, claim: Claim) -> Iterator[str]:
    target = _target(state)
    places = "; ".join(text(place.display) for place in claim.at) or "no place given"
    yield f"### {claim.id}\n\n{prose(claim.statement, target)}\n\nNature: {claim.nature}. Stands in: {places}."
    if claim.measures:
        yield "\n".join(f"- {_figure(measure)}" for measure in claim.measures)
    for dispute in claim.disputes:
        instead = f"{_link(state, dispute.by)} says {text(dispute.instead)}"
        yield f"Dispute ({dispute.state}) over {text(dispute.about)}: reported {text(dispute.reported)}; {instead}." + (
            f" {inline(dispute.resolution, target)}" if dispute.resolution else ""
        )
    if checks := [_check(one) for one in state.checks.get(f"{finding.id}/{claim.id}", ()) if not one.automatic or one.verdict == "inconsistent"]:
        yield "\n".join(f"- Check {one}" for one in checks)
    if tested := state.results.get(f"{finding.id}/{claim.id}"):
        yield "Tested by: " + ", ".join(_link(state, result) for result in tested) + "."


def _check(outcome: Outcome) -> str:
    answer = outcome.acknowledged
    said = f" Acknowledged by {text(answer.by)}, {answer.on.isoformat()}: {text(answer.why)}" if answer else ""
    return f"{text(outcome.expression)}: {outcome.verdict}. {text(outcome.explanation)}{said}"


def _figure(measure: Measure) -> str:
    said = f"{text(measure.name)}: {_QUALIFIERS[measure.qualifier]}{text(measure.value)}" + (f" {text(measure.unit)}" if measure.unit else "")
    parts = [f"interval {measure.low} to {measure.high}" + (f" at level {measure.level}" if measure.level else "")] if measure.low is not None else []
    parts += [f"{name} {value}" for name, value in (("sd", measure.sd), ("se", measure.se), ("n", measure.n), ("k", measure.k)) if value is not None]
    parts += [f"p {text(measure.p)}"] if measure.p else []
    parts += [f"{name} {text(value)}" for name, value in sorted(measure.of.items())]
    return said + (f" ({'; '.join(parts)})" if parts else "")


@writer(Concept)
def _concept(state: State, record: Concept) -> Iterator[str]:
    target = _target(state)
    yield prose(record.definition, target)
    yield from _section("What it is not", [inline(item, target) for item in record.is_not])
    board = state.board.concepts.get(record.id)
    rows = board.rows if board else ()
    yield from _section(
        "Shapes",
        [
            f"{text(row.name)} (`{row.shape}`): {row.state_words}; {row.count_words} different, {row.independent_words} independent, threshold {row.threshold}"
            + (f". Counted: {', '.join(_link(state, member) for member in row.members)}" if row.members else "")
            for row in rows
        ],
    )
    moments = state.timelines.get(record.id, ())
    yield from _section("Findings, oldest first", [f"{moment.role}: {_link(state, moment.finding)}" for moment in moments])
    yield from _section("Neighbours", [_noted(_link(state, one.concept), one.differs, target) for one in record.adjacent])


@writer(Belief)
def _belief(state: State, record: Belief) -> Iterator[str]:
    target, weighed = _target(state), state.beliefs[record.id]
    yield prose(record.statement, target)
    for trigger in weighed.due:
        yield f"**Review due** for {text(', '.join(trigger.due_for))} since {trigger.since.isoformat()}, {text(trigger.update)}: {text(trigger.why)}."
    if (resolution := record.resolution) is not None:
        outcome = str(resolution.outcome).lower()
        judged = f"{resolution.date.isoformat()}, judged by {text(resolution.by)}. {inline(resolution.why, target)}"
        yield f"**Resolved** as {outcome} on {judged}"
        yield from _section("Scores, of which less is better", [f"{text(score.holder)}: {text(score.words)}" for score in weighed.scores])
    yield from _section(
        "Credences",
        [
            f"{text(holding.holder)}: {entry.credence} on {entry.date.isoformat()}. {inline(entry.because, target)}"
            for holding in record.holders
            for entry in holding.history
        ],
    )
    yield from _section("Implied by the listed weights", [f"{text(found.holder)}: {text(found.words)}" for found in weighed.implied])
    yield f"## Rationale\n\n{prose(record.rationale, target)}"
    weights = {position: "not assessed" if item.weight == "not assessed" else f"{item.weight} decibans" for position, item in enumerate(record.evidence)}
    evidence = [_noted(f"{item.direction}, {weights[n]}: {_link(state, item.record)}", item.note, target) for n, item in enumerate(record.evidence)]
    yield from _section("Evidence", evidence)
    doubts = [f"{doubt.heading}: {inline(doubt.words, target)} ({', '.join(_link(state, ref) for ref in doubt.records)})" for doubt in weighed.doubts]
    yield from _section("What does not fit", doubts)
    yield from _section("Uncertainties", [_noted(inline(item.question, target), item.why, target) for item in record.uncertainties])
    if weighed.conditions:
        yield "## What would change it"
        yield "\n".join(line for condition in weighed.conditions for line in _condition(condition, target))
    seen = {n: f" (on {', '.join(_link(state, ref) for ref in review.fired_by)})" if review.fired_by else "" for n, review in enumerate(record.reviews)}
    reviews = [f"{one.date.isoformat()}, {text(one.by)}, {one.outcome}: {', '.join(one.of)}{seen[n]}" for n, one in enumerate(record.reviews)]
    yield from _section("Reviews", [_noted(said, one.note, target) for said, one in zip(reviews, record.reviews, strict=True)])
    yield from _section("Depends on", [_noted(f"{one.how} {_link(state, one.belief)}", one.note, target) for one in record.depends_on])
    works = [(text(one.title) if one.source is None else _link(state, one.source), one) for one in record.readings]
    yield from _section("Readings", [_noted(f"{work} ({one.state})", one.note, target) for work, one in works])


def _condition(condition: Condition, target: Target) -> Iterator[str]:
    yield f"- would {condition.would}: {inline(condition.when, target)}"
    if condition.how_much:
        yield f"    - by how much: {inline(condition.how_much, target)}"
    if condition.reading is None:
        yield "    - no predicate"
    else:
        yield from _reading(condition.reading, target, 1)
        if condition.reading.lacking:
            yield f"    - to fire: {inline(condition.reading.lacking, target)}"
    if condition.not_predicable:
        yield f"    - not in the predicate: {inline(condition.not_predicable, target)}"


def _reading(reading: Reading, target: Target, depth: int) -> Iterator[str]:
    now = "" if reading.joins else f"; now {inline(reading.now, target)}"
    yield f"{'    ' * depth}- {reading.value}: {inline(reading.says, target)}{now}"
    for part in reading.parts:
        yield from _reading(part, target, depth + 1)


@writer(Question)
def _question(state: State, record: Question) -> Iterator[str]:
    target = _target(state)
    yield f"{prose(record.asks, target)}\n\nWhy: {prose(record.why, target)}\n\nState: {record.state}."
    yield from _section("Answers", [_noted(f"{answer.how}: {_link(state, answer.record)}", answer.note, target) for answer in record.answers])
    yield from _section("Would settle it", [inline(item, target) for item in record.would_settle])
    yield from _section("Bears on", [_link(state, ref) for ref in record.bears_on])


def _result(state: State, record: Result) -> Iterator[str]:
    target = _target(state)
    yield f"## {record.id}\n\nVerdict: **{record.verdict}**. Tier: {record.tier}. Scale: {record.scale}. Reruns {_link(state, record.finding)}."
    yield f"Hypothesis: {inline(record.hypothesis, target)}\n\nDepartures: {inline(record.departures, target)}"
    if record.planted:
        yield f"Close to planted by construction: {inline(record.planted, target)}"
    yield "\n".join(f"- {one.outcome}: {inline(one.rule, target)} Observed: {text(one.observed)}" for one in record.criteria)
    spread = {
        n: f" [{one.low:.4g}, {one.high:.4g}] at level {one.level}" if one.low is not None and one.high is not None else ""
        for n, one in enumerate(record.estimates)
    }
    yield (
        "\n".join(f"- {text(one.says or one.name)}: {one.value:.4g}{spread[n]} {text(one.unit)}, {one.n} worlds" for n, one in enumerate(record.estimates))
        or "No estimate."
    )
