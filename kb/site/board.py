"""The evidence engine's answers in the words of the pages: shapes with their state, checks with their verdict."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from kb.evidence.board import Next, ShapeRow
from kb.evidence.queue import KINDS
from kb.numbers.named.registry import all_tests
from kb.site.model import Site
from schemas import Claim, Finding
from schemas.numbertest import Acknowledgement

# Slug of a state to its name and what it means, from the least to the most settled.
STATES: dict[str, tuple[str, str]] = {
    "none": ("no example", "No finding is filed as an example"),
    "data-point": ("data point", "One example: nothing to compare it with"),
    "hint": ("hint", "Two different examples, below the threshold"),
    "threshold-reached": ("threshold reached", "Enough different examples; an editor has to decide"),
    "codified": ("codified", "An editor codified the shape, and the examples support it"),
    "codified-unsupported": ("codified, no longer supported", "An editor codified the shape, yet the examples counted today do not reach its threshold"),
    "retired": ("retired", "An editor retired the shape"),
}


@dataclass(frozen=True)
class ExampleView:
    """A finding listed as an example, and whether the counts rest on it."""

    finding: str
    counted: bool
    independent: bool


@dataclass(frozen=True)
class TieView:
    """What ties two examples, or may."""

    a: str
    b: str
    words: str


@dataclass(frozen=True)
class ShapeView:
    """One shape as one concept tracks it."""

    id: str
    name: str
    family: str
    definition: str
    concept: str
    home: str
    """The concept that defines it; another one may share it."""
    state: str
    count: int
    independent: int
    threshold: int
    at_least: bool
    examples: list[ExampleView]
    excluded: list[tuple[str, str]] = field(default_factory=list)
    beside: list[tuple[str, str]] = field(default_factory=list)
    """Role and finding of what is shown beside the count and never netted out."""
    ties: list[TieView] = field(default_factory=list)
    possible: list[TieView] = field(default_factory=list)
    next_needs: str = ""
    """What the next example must differ on, where one is missing."""
    note: str = ""
    why_threshold: str = ""
    decision: str = ""


@dataclass(frozen=True)
class CheckView:
    """A consistency expression or named test with its verdict."""

    expression: str
    verdict: str
    kind: str
    """ok, bad, maybe or unknown"""
    note: str = ""
    """The arithmetic."""
    test: str = ""
    """Name of the named test; empty for an expression."""
    title: str = ""
    """What the named test is called."""
    acknowledged: Acknowledgement | None = None
    automatic: bool = False


def tally(shapes: list[ShapeView]) -> list[tuple[str, int]]:
    """How many shapes are in each state, most settled first; states without any are left out."""
    counts = Counter(shape.state for shape in shapes)
    return [(state, counts[state]) for state in reversed(STATES) if counts[state]]


def shape_names(site: Site) -> dict[str, str]:
    return {shape.id: shape.name for concept in site.corpus.concepts.values() for shape in concept.shapes}


def board(site: Site) -> dict[str, list[ShapeView]]:
    """Concept id to its shapes, those with the most examples first."""
    return {
        concept: sorted((_shape(site, row) for row in found.rows), key=lambda view: (-view.count, -view.independent, view.name.casefold(), view.id))
        for concept, found in site.board.concepts.items()
    }


def _shape(site: Site, row: ShapeRow) -> ShapeView:
    concept = site.corpus.concepts[row.concept]
    axis_names = {axis.id: axis.name.lower() for axis in concept.axes}
    defined = next((shape for shape in site.corpus.concepts[row.defined_by].shapes if shape.id == row.shape), None)
    return ShapeView(
        id=row.shape,
        name=row.name,
        family=row.family,
        definition=row.definition,
        concept=row.concept,
        home=row.defined_by,
        state=row.state,
        count=row.count,
        independent=row.independent,
        threshold=row.threshold,
        at_least=not (row.exact and row.independent_exact),
        examples=[ExampleView(example.finding, example.counted, example.independent) for example in row.examples],
        excluded=[(item.finding, item.reason) for item in row.excluded],
        beside=[(role, finding) for role, findings in row.beside.items() for finding in findings],
        ties=[TieView(tie.a, tie.b, tie.words) for tie in row.ties],
        possible=[TieView(tie.a, tie.b, f"{tie.names[0]} and {tie.names[1]}: {tie.why}") for tie in row.possible_ties],
        next_needs=_next_words(row.next, axis_names) if row.next is not None else "",
        note=defined.note or "" if defined else "",
        why_threshold=row.threshold_why or "",
        decision=_decision("Codified", row.codified) or _decision("Retired", row.retired),
    )


def _decision(what: str, decision: Mapping[str, str] | None) -> str:
    return "" if decision is None else f"{what} on {decision['on']} by {decision['by']}: {decision['why']}"


def _next_words(need: Next, names: Mapping[str, str]) -> str:
    """What the next finding must differ on, in the words of the concept's axes."""
    more = "One more" if need.short == 1 else f"{need.short} more"
    kind = "independent example" if need.lacking == "independence" else "different example"
    text = f"{more} {kind}{'' if need.short == 1 else 's'}"
    if not need.beside:
        return f"{text}; any will do for the first."
    axes = [names.get(axis, axis) for axis in need.any_of]
    if axes and len(axes) == need.choose:
        text += f", with new values on {_listed(axes)}"
    elif axes and len(axes) == len(names):
        text += f", with new values on any {need.choose} axes"
    elif axes:
        text += f", with new values on any {need.choose} of {_listed(axes)}"
    elif need.sets:
        text += ", with new values on " + ", or on ".join(_listed([names.get(axis, axis) for axis in chosen]) for chosen in need.sets[:3])
    else:
        text += f" that differ{'s' if need.short == 1 else ''} on at least {need.min_axes} assessed axes; the vocabulary has no free values left for that"
    if need.authors and need.lacking == "independence":
        text += ", and without the authors of those counted"
    return text + "."


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


_VERDICTS = {
    "consistent": ("consistent", "ok"),
    "only-just": ("only just possible", "maybe"),
    "inconsistent": ("inconsistent", "bad"),
    "undecidable": ("undecidable", "unknown"),
    "error": ("could not be read", "unknown"),
}


def checks_of(site: Site, finding: Finding, claim: Claim) -> list[CheckView]:
    """The claim's declared checks with their verdicts, then those of the automatic tests in which something is off."""
    views = []
    for outcome in site.state.checks.get(f"{finding.id}/{claim.id}", ()):
        if outcome.automatic and outcome.verdict == "consistent":
            continue
        verdict, kind = _VERDICTS[outcome.verdict]
        named = all_tests()[outcome.test].title if outcome.test != "expression" else ""
        name = outcome.test if named else ""
        views.append(CheckView(outcome.expression, verdict, kind, outcome.explanation, name, named, outcome.acknowledged, outcome.automatic))
    return views


def agreeing(site: Site, finding: Finding, claim: Claim) -> int:
    """How many figures of a claim agree with their own k of n and interval; the sign of an SD is not worth a word."""
    found = site.state.checks.get(f"{finding.id}/{claim.id}", ())
    return len({o.measures for o in found if o.automatic and o.verdict == "consistent" and o.test != "sd-possible"})


def independence_line(site: Site, refs: Iterable[str]) -> str:
    """How many findings some records are, and in how many groups that share nothing; empty for fewer than two findings."""
    heads = {found.partition("/")[0] for ref in refs if (found := site.corpus.canonical(ref)) is not None}
    findings = sorted(head for head in heads if head in site.corpus.findings)
    if len(findings) < 2:
        return ""
    groups = len(site.state.independence.groups(findings))
    if groups == len(findings):
        return f"{len(findings)} findings; no two of them share authors or evidence."
    if groups == 1:
        return f"{len(findings)} findings, all tied to one another by shared authors or evidence."
    return f"{len(findings)} findings in {groups} groups: findings of different groups share neither authors nor evidence."


@dataclass(frozen=True)
class OptionView:
    """One way to decide."""

    words: str
    value: str
    """What `--value` must say; empty where the command takes none."""
    command: str
    """Empty where no command can write it."""


@dataclass(frozen=True)
class DecisionView:
    """One thing that waits for a person."""

    title: str
    why: str = ""
    address: str = ""
    options: list[OptionView] = field(default_factory=list)
    records: list[str] = field(default_factory=list)
    clears: str = ""
    since: str = ""
    reach: str = ""
    """What rests on the records concerned."""


def decisions(site: Site) -> list[tuple[str, list[DecisionView]]]:
    """Everything that waits, by kind; kinds and items in the order of the queue, which is by consequence."""
    found: dict[str, list[DecisionView]] = {}
    for item in site.state.queue:
        first = item.records[0] if item.records else ""
        found.setdefault(KINDS[item.kind], []).append(
            DecisionView(
                item.title,
                item.what,
                site.address(first) or "",
                [OptionView(option.words, option.value, item.command(option)) for option in item.options],
                list(item.records),
                item.clears,
                item.since.isoformat() if item.since else "",
                item.reach.words,
            )
        )
    return list(found.items())
