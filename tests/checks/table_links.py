"""Two-sided tables of the checks on links, relations, concepts and duplicates: overrides of the base that pass, and that are reported."""

from __future__ import annotations

from typing import Any

from kbmaker import Overrides

STEER = "finding/steering-works"
PROMPTS = "finding/prompts-move-personas"
PERSONA = "concept/persona"
DRIFT = "concept/drift"
BELIEF = "belief/personas-are-selected"
QUESTION = "question/what-moves-personas"
ROE = "source/roe-2025-steering"
DOE = "source/doe-2024-prompts"
RESULT = "result/rerun-smoke"

Table = dict[str, tuple[list[Overrides], list[Overrides]]]


def relation(type_: str, to: str, **more: str) -> dict[str, Any]:
    return {"type": type_, "to": to} | more


def relations(steer: list[Any], prompts: list[Any] | None = None) -> Overrides:
    return {STEER: {"relations": steer}, PROMPTS: {"relations": prompts or []}}


def again(steer: list[Any], other: list[Any]) -> Overrides:
    """A second finding of the same source, so that no order of dates interferes."""
    return {STEER: {"relations": steer}, "finding/steering-again": {"relations": other}}


def claim(**fields: Any) -> dict[str, Any]:
    return {"id": "rate", "statement": "It rises.", "nature": "existence", "at": [{"part": "abstract"}]} | fields


def claims(**fields: Any) -> Overrides:
    return {STEER: {"claims": [claim(**fields)]}}


def instance(concept: str = "persona", **fields: Any) -> Overrides:
    link = {"concept": concept, "role": "instantiating", "shapes": ["steered-shift"], "axes": {"method": "steering", "channel": "activations"}}
    return {STEER: {"instantiates": [link | fields]}}


def held(*records: str) -> Overrides:
    return {BELIEF: {"holders": [{"holder": "ann", "history": [{"date": "2026-01-10", "credence": 0.6, "because": "so", "records": list(records)}]}]}}


def evidence(*records: str) -> Overrides:
    return {BELIEF: {"evidence": [{"record": record, "direction": "for", "note": "So it seems."} for record in records]}}


def predicate(condition: dict[str, Any], **more: Any) -> Overrides:
    return {BELIEF: {"updates": [{"id": "u", "when": "It is so.", "would": "lower", "predicate": condition}]} | more}


def shape(shape_id: str, **more: Any) -> dict[str, Any]:
    return {"id": shape_id, "name": shape_id, "family": "structure", "definition": "A shape."} | more


def one_link(target: str, claim_target: str) -> list[Overrides]:
    """Each field that can hold a link, with a target; `claim_target` where a field takes claims only."""
    dispute = {"about": "the rate", "reported": "1", "instead": "2", "by": target, "state": "open"}
    return [
        {STEER: {"sources": [target]}},
        {ROE: {"distinct-from": [target]}},
        {STEER: {"relations": [relation("extends", target)]}},
        instance(target, shapes=[], axes={}),
        claims(at=[{"part": "abstract", "source": target}]),
        claims(disputes=[dispute]),
        {STEER: {"summary": f"As in [[{target}]]."}},
        {STEER: {"limitations": [f"See [[{target}|words]]."]}},
        {PERSONA: {"adjacent": [{"concept": target, "differs": "So."}]}},
        {PERSONA: {"sources": [target]}},
        {BELIEF: {"concepts": [target]}},
        {BELIEF: {"sources": [target]}},
        {BELIEF: {"readings": [{"source": target, "title": "A work", "note": "Read."}]}},
        {BELIEF: {"depends-on": [{"belief": target, "how": "supports", "note": "So."}]}},
        {BELIEF: {"uncertainties": [{"question": "Why?", "why": "So.", "settled-by": [target]}]}},
        held(target),
        evidence(target),
        predicate({"all": [{"count": "findings", "where": {"concept": target}, "at-least": 1}]}),
        predicate({"not": {"shape": "prompted-shift", "concept": target, "state": "hint"}}),
        predicate({"figure": claim_target, "measure": "after", "at-least": 1}),
        predicate({"disputed": claim_target, "is": "open"}),
        predicate({"consistency": claim_target, "is": "inconsistent"}),
        predicate({"any": [{"not": {"question": target, "is": "answered"}}]}),
        predicate({"belief": target, "review": "due"}),
        {BELIEF: {"reviews": [{"date": "2026-02-01", "by": "ann", "of": ["u"], "fired-by": [target], "outcome": "unchanged", "note": "So."}]}},
        {BELIEF: {"resolution": {"date": "2026-02-01", "outcome": True, "by": "ann", "why": "So.", "records": [target]}}},
        {QUESTION: {"raised-by": [target]}},
        {QUESTION: {"bears-on": [target]}},
        {QUESTION: {"answers": [{"record": target, "how": "fragment", "note": "So."}]}},
        {QUESTION: {"counter-points": [{"says": "No.", "source": target}]}},
        {RESULT: {"finding": target}},
        {RESULT: {"claims": [claim_target]}},
        {RESULT: {"estimates": [{"name": "x", "claim": claim_target, "value": 1, "low": 0, "high": 2, "level": 0.95, "method": "t", "unit": "%", "n": 3}]}},
    ]


def rerun(*tested: str, beside: tuple[str | None, str | None] = ("prompts-move-personas/rate", "after")) -> Overrides:
    """A rerun of the finding on prompts that tests these claims, with one number beside a claim and a figure of it."""
    number = {"name": "x", "value": 1, "low": 0, "high": 2, "level": 0.95, "method": "t", "unit": "%", "n": 3}
    return {RESULT: {"claims": list(tested), "estimates": [number | {"claim": beside[0], "measure": beside[1]}]}}


DANGLING = one_link("nobody-knows", "nobody-knows/rate")
WRONG = [
    {STEER: {"sources": ["persona"]}},
    {STEER: {"relations": [relation("extends", "persona")]}},
    instance("prompts-move-personas", shapes=[], axes={}),
    claims(at=[{"part": "abstract", "source": "prompts-move-personas"}]),
    {PERSONA: {"adjacent": [{"concept": "steering-works", "differs": "So."}]}},
    {PERSONA: {"sources": ["steering-works"]}},
    {BELIEF: {"concepts": ["roe-2025-steering"]}},
    {BELIEF: {"depends-on": [{"belief": "persona", "how": "supports", "note": "So."}]}},
    {BELIEF: {"readings": [{"source": "steering-works", "title": "A work", "note": "Read."}]}},
    evidence("persona"),
    predicate({"count": "findings", "where": {"concept": "steering-works"}, "at-least": 1}),
    predicate({"any": [{"figure": "steering-works", "measure": "after", "at-least": 1}]}),
    predicate({"disputed": "persona/rate", "is": "open"}),
    predicate({"question": "persona", "is": "answered"}),
    predicate({"not": {"belief": "what-moves-personas", "review": "due"}}),
    {QUESTION: {"counter-points": [{"says": "No.", "source": "persona"}]}},
    {QUESTION: {"bears-on": ["persona/definition"]}},
    {RESULT: {"finding": "doe-2024-prompts"}},
    {RESULT: {"claims": ["prompts-move-personas"]}},
]
RENAMED = {PROMPTS: {"aliases": ["prompting-works"]}}

TABLE: Table = {
    "KB201": (
        [
            {},
            {STEER: {"summary": "See [[persona]], [[prompts-move-personas/rate]] and [[doe-2024-prompts|Doe]]."}},
            RENAMED | {STEER: {"relations": [relation("extends", "prompting-works")]}},
            evidence("prompts-move-personas/rate", "steering-works"),
            {RESULT: {}},
        ],
        [*DANGLING, evidence("prompts-move-personas/rates"), {STEER: {"summary": "See [[prompts-move-personas/no-such-claim]]."}}],
    ),
    "KB202": ([{}, {RESULT: {}}, {STEER: {"summary": "See [[persona]]."}}, held("persona", "doe-2024-prompts", "what-moves-personas")], WRONG),
    "KB203": (
        [RENAMED, {}],
        [
            RENAMED | {STEER: {"relations": [relation("extends", "prompting-works")]}},
            RENAMED | {STEER: {"summary": "See [[prompting-works]]."}},
            RENAMED | evidence("prompting-works/rate"),
        ],
    ),
    "KB204": (
        [{}, {STEER: {"summary": "See [[steering-works/rate]]."}}],
        [
            {STEER: {"relations": [relation("extends", "steering-works")]}},
            {STEER: {"aliases": ["steered"], "relations": [relation("explains", "steered")]}},
            {STEER: {"summary": "See [[steering-works]]."}},
            {PERSONA: {"adjacent": [{"concept": "persona", "differs": "Not at all."}]}},
            {BELIEF: {"depends-on": [{"belief": "personas-are-selected", "how": "supports", "note": "So."}]}},
            {QUESTION: {"bears-on": ["what-moves-personas"]}},
        ],
    ),
    "KB205": (
        [
            {},
            relations([relation("extends", "prompts-move-personas"), relation("uses-method-of", "prompts-move-personas")]),
            {PROMPTS: {"claims": [claim(id="rate"), claim(id="other", statement="Other.")]}}
            | evidence("prompts-move-personas/rate", "prompts-move-personas/other"),
            claims(at=[{"part": "abstract", "source": "roe-2025-steering"}, {"part": "page", "ref": "2", "source": "roe-2025-steering"}]),
            predicate({"any": [{"question": "what-moves-personas", "is": word} for word in ("answered", "dropped")]}),
            {
                BELIEF: {
                    "holders": [
                        {"holder": holder, "history": [{"date": "2026-01-10", "credence": 0.6, "because": "so", "records": ["steering-works"]}]}
                        for holder in ("ann", "bob")
                    ]
                }
            },
        ],
        [
            {STEER: {"sources": ["roe-2025-steering", "roe-2025-steering"]}},
            relations([relation("extends", "prompts-move-personas"), relation("extends", "prompts-move-personas")]),
            RENAMED | {STEER: {"relations": [relation("extends", "prompts-move-personas"), relation("extends", "prompting-works")]}},
            evidence("steering-works", "steering-works"),
            evidence("prompts-move-personas/rate", "prompts-move-personas"),
            evidence("prompts-move-personas", "prompts-move-personas/rate"),
            {QUESTION: {"bears-on": ["persona", "drift", "persona"]}},
            instance(shapes=["steered-shift", "steered-shift"]),
            {STEER: {"artefacts": ["data-a", "data-b", "data-a"]}},
            held("persona", "persona"),
        ],
    ),
    "KB206": (
        [
            {},
            again([relation("anticipates", "steering-again")], [relation("extends", "steering-works")]),
            again([relation("uses-method-of", "steering-again")], [relation("extends", "steering-works")]),
            again([relation("explains", "steering-again")], [relation("explains", "steering-works")]),
            again([relation("extends", "steering-again"), relation("replicates", "steering-again")], []),
        ],
        [
            again([relation("supersedes", "steering-again")], [relation("supersedes", "steering-works")]),
            again([relation("extends", "steering-again"), relation("anticipates", "steering-again")], []),
            again([relation("extends", "steering-again")], [relation("replicates", "steering-works")]),
            again([relation("extends", "steering-again")], [relation("extends", "steering-third")])
            | {"finding/steering-third": {"relations": [relation("supersedes", "steering-works")]}},
            again([relation("extends", "again")], [relation("extends", "steering-works")])
            | {"finding/steering-again": {"aliases": ["again"], "relations": [relation("extends", "steering-works")]}},
        ],
    ),
    "KB207": (
        [
            {},
            again([relation("same-evidence-as", "steering-again")], [relation("extends", "steering-works")]),
            again([relation("replicates", "steering-again")], []),
        ],
        [
            again([relation("same-evidence-as", "steering-again")], [relation("replicates", "steering-works")]),
            again([relation("same-evidence-as", "steering-again"), relation("replicates", "steering-again")], []),
        ],
    ),
    "KB208": (
        [
            {},
            relations([], [relation("anticipates", "steering-works")]),
            relations([], [relation("uses-method-of", "steering-works")]),
            relations([], [relation("extends", "steering-works")]) | {DOE: {"version": "v2", "version-date": "2025-06"}},
            relations([], [relation("extends", "steering-works")]) | {DOE: {"version": "v4"}},
            relations([], [relation("extends", "steering-works")]) | {DOE: {"issued": "2025"}},
        ],
        [
            relations([], [relation("extends", "steering-works")]),
            relations([], [relation("replicates", "steering-works")]),
            relations([], [relation("supersedes", "steering-works")]) | {DOE: {"version": "v2", "version-date": "2024-12"}},
            relations([relation("anticipates", "prompts-move-personas")]),
        ],
    ),
    "KB209": (
        [
            {},
            relations(
                [relation("conflicts-with", "prompts-move-personas", moderator="Size of the model")],
                [relation("conflicts-with", "steering-works", moderator="size  of the model")],
            ),
        ],
        [
            relations([relation("conflicts-with", "prompts-move-personas", moderator="size")]),
            relations([relation("conflicts-with", "prompts-move-personas", moderator="size")], [relation("extends", "steering-works")]),
            relations(
                [relation("conflicts-with", "prompts-move-personas", moderator="size")],
                [relation("conflicts-with", "steering-works", moderator="training data")],
            ),
        ],
    ),
    "KB210": (
        [{}, instance("drift", shapes=["prompted-shift"]) | {DRIFT: {"shared-shapes": ["prompted-shift"]}}, instance("nobody-knows", shapes=["whatever"])],
        [
            instance(shapes=["steered"]),
            instance("drift", shapes=["steered-shift"]),
            {DRIFT: {"shared-shapes": ["no-such-shape"]}},
            {PERSONA: {"shapes": [shape("prompted-shift"), shape("steered-shift")], "shared-shapes": ["steered-shift"]}},
        ],
    ),
    "KB211": (
        [{}, instance(axes={"method": "steering"})],
        [instance(axes={"methods": "steering"}), instance(axes={"method": "steering", "level": "behaviour"})],
    ),
    "KB212": (
        [{}, instance(axes={"method": "fine-tuning", "channel": "weights"}), instance(axes={"methods": "anything"})],
        [instance(axes={"method": "steered", "channel": "activations"}), instance(axes={"channel": "steering"})],
    ),
    "KB213": (
        [{}, {DRIFT: {"shapes": [shape("another-shape")]}}, {DRIFT: {"shared-shapes": ["prompted-shift"]}}],
        [{DRIFT: {"shapes": [shape("prompted-shift")]}}, {DRIFT: {"shapes": [shape("other"), shape("steered-shift")]}}],
    ),
    "KB214": (
        [
            {},
            instance(role="candidate", axes={}),
            instance(shapes=[], axes={}),
            instance(axes={"method": "steering"}) | {"kb.yaml": {"thresholds": {"min-axes": 1}}},
        ],
        [instance(axes={}), instance(axes={"method": "steering"}), instance(axes={"method": "steering", "no-axis": "x"})],
    ),
    "KB215": (
        [
            {},
            {PERSONA: {"shapes": [shape("prompted-shift"), shape("steered-shift", retired={"on": "2026-03-01", "by": "ann", "why": "Split."})]}},
        ],
        [{PERSONA: {"shapes": [shape("prompted-shift"), shape("steered-shift", retired={"on": "2026-01-02", "by": "ann", "why": "Split."})]}}],
    ),
    "KB220": (
        [
            {},
            {"source/kim-2024-notes": {}, STEER: {"summary": "See [[kim-2024-notes]]."}},
            {"source/kim-2024-notes": {"aliases": ["kim"]}, PERSONA: {"sources": ["kim"]}},
            {"source/kim-2024-notes": {}} | claims(disputes=[{"about": "the rate", "reported": "1", "instead": "2", "by": "kim-2024-notes", "state": "open"}]),
        ],
        [{"source/kim-2024-notes": {}}, {"source/kim-2024-notes": {"note": "See [[kim-2024-notes]]."}}],
    ),
    "KB221": (
        [
            {},
            {"source/kim-2024-notes": {"DOI": "10.1234/other", "URL": "https://example.org/other#part"}},
            {"source/kim-2024-notes": {"arxiv": "2402.00001"}},
            {"source/kim-2024-notes": {"arxiv": "hep-th/9901001"}},
        ],
        [
            {"source/kim-2024-notes": {"arxiv": "2405.01234"}},
            {"source/kim-2024-notes": {"DOI": "10.1234/STEER.1"}},
            {"source/kim-2024-notes": {"DOI": "10.48550/arXiv.2405.01234"}},
            {"source/kim-2024-notes": {"URL": "http://www.example.org/steering/"}},
            {"source/kim-2024-notes": {"URL": "https://example.org/steering#results"}},
            {"source/kim-2024-notes": {"URL": "https://arxiv.org/pdf/2405.01234v3"}},
            {"source/kim-2024-notes": {"URL": "https://arxiv.org/html/2503.04321v1"}},
            {DOE: {"arxiv": "hep-th/9901001"}, "source/kim-2024-notes": {"URL": "https://arxiv.org/abs/hep-th/9901001v2"}},
        ],
    ),
    "KB222": (
        [
            {},
            {"source/doe-2024-two": {"title": "How prompts move the persona of a language model", "author": [{"family": "Else", "given": "Kim"}]}},
            {"source/doe-2024-two": {"title": "How prompts move the persona of a language model: part 2", "author": [{"family": "Doe", "given": "J."}]}},
            {
                "source/doe-2024-two": {
                    "title": "How prompts move the persona of a language model",
                    "author": [{"family": "Doe", "given": "J."}],
                    "type": "dataset",
                }
            },
            {"source/doe-2024-two": {"title": "What stays when everything moves", "author": [{"family": "Doe", "given": "J."}]}},
            {
                "source/doe-2024-two": {
                    "title": "How prompts move the persona of language models",
                    "author": [{"family": "Doe", "given": "J."}],
                    "distinct-from": ["doe-2024-prompts"],
                }
            },
        ],
        [
            {"source/doe-2024-two": {"title": "How prompts move the persona of language models", "author": [{"family": "Doe", "given": "J."}]}},
            {"source/doe-2024-two": {"title": "HOW PROMPTS MOVE THE PERSONA OF A LANGUAGE MODEL!", "author": [{"family": "doe"}]}},
        ],
    ),
    "KB223": (
        [
            {},
            {"finding/steering-again": {"title": "Adding a vector to weights keeps answers dull"}},
            {"finding/steering-again": {"title": "Adding a direction makes answers more theatrical in 7B"}},
            {"finding/steering-again": {"claims": [claim(statement="It rises.")], "sources": ["doe-2024-prompts"]}} | claims(statement="It rises."),
        ],
        [
            {"finding/steering-again": {"title": "Adding a direction makes the answers more theatrical"}},
            {"finding/steering-again": {"claims": [claim(statement="It  RISES.")]}} | claims(statement="It rises."),
        ],
    ),
    "KB224": (
        [{}, {"source/kim-2024-notes": {"retracted": "2025-12-01"}}],
        [{ROE: {"retracted": "2025-12-01"}}, {DOE: {"retracted": "2025-12-01", "aliases": ["doe"]}, PROMPTS: {"sources": ["doe"]}}],
    ),
    "KB225": (
        [{}, again([], [relation("supersedes", "steering-works")]), again([], [relation("extends", "steering-works")]) | evidence("steering-works")],
        [
            again([], [relation("supersedes", "steering-works")]) | evidence("steering-works"),
            again([], [relation("supersedes", "steering-works")]) | evidence("steering-works/rate"),
        ],
    ),
    "KB226": (
        [
            {RESULT: {}},
            {RESULT: {"estimates": []}},
            rerun("prompts-move-personas/rate", "steering-works/rate"),
            rerun("steering-works/rate", "prompts-move-personas/rate", beside=("steering-works/rate", "after")),
            rerun("prompts-move-personas/rate", "steering-works/rate", beside=("steering-works/rate", None)),
            RENAMED | rerun("prompting-works/rate", "steering-works/rate", beside=("prompts-move-personas/rate", "before")),
            # That there is no such finding, or no such claim, is for KB201 to say.
            {RESULT: {"finding": "nobody-knows", "estimates": []}},
            rerun("prompts-move-personas/rates", beside=("prompts-move-personas/rates", "after")),
        ],
        [
            {RESULT: {"claims": ["steering-works/rate"], "estimates": []}},
            RENAMED | {RESULT: {"finding": "steering-works", "claims": ["prompting-works/rate"], "estimates": []}},
            rerun("prompts-move-personas/rate", beside=("steering-works/rate", "after")),
            rerun("prompts-move-personas/rate", "steering-works/rate", beside=("steering-works/rate", "later")),
            rerun("prompts-move-personas/rate", beside=("prompts-move-personas/rate", "later")),
            # A figure of the one claim is no figure of the other.
            {STEER: {"claims": [claim()]}} | rerun("prompts-move-personas/rate", "steering-works/rate", beside=("steering-works/rate", "after")),
            rerun("prompts-move-personas/rate", beside=(None, "after")),
        ],
    ),
}
