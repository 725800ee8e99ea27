"""Predicates over the derived state: three-valued logic, each atom, what made them so and how far they are from holding."""

from __future__ import annotations

import datetime as dt
from itertools import combinations
from typing import Any

import kbmaker
import pytest
from evidence.worlds import ex, world
from hypothesis import given
from hypothesis import strategies as st

from kb.evidence.predicates import Reading, evaluate
from kb.evidence.predicates.evaluate import readers
from kb.evidence.predicates.figures import compared
from kb.evidence.predicates.reading import Truth, all_of, any_of, not_of
from kb.evidence.state import derive
from kb.records import Corpus
from schemas import Measure
from schemas.belief import Update
from schemas.predicate import ATOMS, KINDS

TRUTHS: tuple[Truth, ...] = ("true", "false", "unknown")


def read(corpus: Corpus, predicate: dict[str, Any]) -> Reading:
    update = Update.model_validate({"id": "u", "when": "So.", "would": "lower", "predicate": predicate})
    assert update.predicate is not None
    return evaluate(derive(corpus), update.predicate)


def base(predicate: dict[str, Any], overrides: dict[str, Any] | None = None) -> Reading:
    return read(kbmaker.corpus(overrides or {}), predicate)


def test_every_kind_of_atom_has_a_reader_and_no_other() -> None:
    assert set(readers()) == set(ATOMS)
    assert {key for key, model in KINDS.items() if model not in ATOMS} == {"all", "any", "not"}


# The logic


def leaf(value: Truth, name: str = "x") -> Reading:
    return Reading(name, value, "", "" if value == "true" else "more", () if value == "unknown" else (name,), () if value == "unknown" else (name,))


trees = st.recursive(
    st.tuples(st.just("leaf"), st.integers(0, 4)),
    lambda inner: st.one_of(
        st.tuples(st.just("all"), st.lists(inner, min_size=1, max_size=3)),
        st.tuples(st.just("any"), st.lists(inner, min_size=1, max_size=3)),
        st.tuples(st.just("not"), inner),
    ),
    max_leaves=8,
)


def value_of(tree: Any, world_: dict[int, Truth]) -> Reading:
    kind, inner = tree
    if kind == "leaf":
        return leaf(world_[inner], f"x{inner}")
    if kind == "not":
        return not_of(value_of(inner, world_))
    return (all_of if kind == "all" else any_of)([value_of(part, world_) for part in inner])


def classical(tree: Any, world_: dict[int, Truth]) -> bool:
    kind, inner = tree
    if kind == "leaf":
        return world_[inner] == "true"
    if kind == "not":
        return not classical(inner, world_)
    return (all if kind == "all" else any)(classical(part, world_) for part in inner)


worlds = st.fixed_dictionaries({i: st.sampled_from(TRUTHS) for i in range(5)})


@given(trees, worlds, st.sampled_from(range(5)), st.sampled_from(["true", "false"]))
def test_learning_what_was_unknown_never_overturns_a_definite_value(tree: Any, known: dict[int, Truth], which: int, learnt: Truth) -> None:
    """Monotone in information: where a leaf goes from unknown to a value, a definite value of the whole stays as it is."""
    before = value_of(tree, known).value
    if known[which] == "unknown" and before != "unknown":
        assert value_of(tree, known | {which: learnt}).value == before


@given(trees, worlds)
def test_a_definite_value_is_that_of_every_filling_in(tree: Any, known: dict[int, Truth]) -> None:
    value = value_of(tree, known).value
    unknown = [i for i, truth in known.items() if truth == "unknown"]
    fillings = [known | {i: "true" if mask >> k & 1 else "false" for k, i in enumerate(unknown)} for mask in range(2 ** len(unknown))]
    answers = {classical(tree, filling) for filling in fillings}
    if value != "unknown":
        assert answers == {value == "true"}
    if not unknown:
        assert value != "unknown"


@given(trees, worlds)
def test_what_made_it_so_is_enough(tree: Any, known: dict[int, Truth]) -> None:
    """A whole that is definite stays so when every leaf outside of `first` becomes unknown, and `first` is part of `grounds`."""
    found = value_of(tree, known)
    assert set(found.first) <= set(found.grounds)
    if found.value != "unknown":
        kept: dict[int, Truth] = {i: truth if f"x{i}" in found.first else "unknown" for i, truth in known.items()}
        assert value_of(tree, kept).value == found.value
    assert bool(found.lacking) == (found.value != "true")


def test_tables_of_the_connectives() -> None:
    order = {"false": 0, "unknown": 1, "true": 2}
    for a in TRUTHS:
        assert not_of(not_of(leaf(a))).value == a
        for b in TRUTHS:
            assert order[all_of([leaf(a), leaf(b)]).value] == min(order[a], order[b])
            assert order[any_of([leaf(a), leaf(b)]).value] == max(order[a], order[b])


def test_the_part_that_was_there_first_dates_an_alternative_and_the_last_a_conjunction() -> None:
    days = [dt.date(2026, 1, 1), dt.date(2026, 3, 1)]
    parts = [Reading(f"p{i}", "true", "", "", (f"r{i}",), (f"r{i}",), day) for i, day in enumerate(days)]
    either, both = any_of(parts), all_of(parts)
    assert (either.since, either.first, either.grounds) == (days[0], ("r0",), ("r0", "r1"))
    assert (both.since, both.first, both.grounds) == (days[1], ("r0", "r1"), ("r0", "r1"))


# Counts


def findings(*days: str, role: str = "contradicting", authors: tuple[str, ...] = ("Solo, {id}",)) -> Corpus:
    return world([ex(f"x{i}", role=role, authors=authors, finding={"added": day}) for i, day in enumerate(days)])


def count(**more: Any) -> dict[str, Any]:
    return {"count": "findings", "where": {"concept": "idea", "role": "contradicting"}} | more


@pytest.mark.parametrize(
    ("bounds", "value"),
    [
        ({"at-least": 2}, "true"),
        ({"at-least": 3}, "false"),
        ({"at-most": 2}, "true"),
        ({"at-most": 1}, "false"),
        ({"is": 2}, "true"),
        ({"is": 0}, "false"),
        ({"at-least": 1, "at-most": 1}, "false"),
    ],
)
def test_counts_are_definite(bounds: dict[str, int], value: str) -> None:
    assert read(findings("2026-01-01", "2026-02-01"), count(**bounds)).value == value


def test_the_first_that_were_enough_date_a_count() -> None:
    corpus = findings("2026-03-01", "2026-01-01", "2026-02-01")
    found = read(corpus, count(**{"at-least": 2}))
    assert found.first == ("x1", "x2")
    assert found.since == dt.date(2026, 2, 1)
    assert found.grounds == ("x0", "x1", "x2")


def test_what_rests_on_absence_has_no_records() -> None:
    found = read(findings("2026-03-01"), count(**{"at-most": 1}))
    assert (found.value, found.grounds, found.first, found.since) == ("true", (), (), None)
    assert read(findings("2026-03-01"), {"not": count(**{"at-least": 2})}).grounds == ()


def test_nothing_filed_is_zero_and_not_unknown() -> None:
    assert read(world([]), count(**{"at-least": 1})).value == "false"
    assert read(world([]), count(**{"is": 0})).value == "true"


def test_a_count_says_how_many_are_lacking() -> None:
    assert "1 of 3 findings on idea as contradicting, 2 more" in read(findings("2026-01-01"), count(**{"at-least": 3})).lacking


def test_groups_are_counted_instead_of_findings() -> None:
    tied, apart = findings("2026-01-01", "2026-02-01", authors=("Adams, Ada",)), findings("2026-01-01", "2026-02-01")
    asked = count(independent=True, **{"at-least": 2})
    assert read(tied, asked).value == "false"
    assert read(apart, asked).value == "true"


@pytest.mark.parametrize(
    ("where", "fits"),
    [
        ({}, {"xa", "xb", "xc"}),
        ({"concept": "idea"}, {"xa", "xb", "xc"}),
        ({"concept": "idea", "role": "candidate"}, {"xb"}),
        ({"role": ["candidate", "complicating"]}, {"xb", "xc"}),
        ({"shape": "other"}, {"xc"}),
        ({"shape": "other", "role": "candidate"}, set()),
        ({"kind": "survey"}, {"xa"}),
        ({"tag": "t"}, {"xb"}),
        ({"status": "draft"}, {"xc"}),
        ({"since": "2026-02-01"}, {"xb", "xc"}),
        ({"until": "2026-02-01"}, {"xa", "xb"}),
        ({"since": "2026-02-01", "until": "2026-02-28"}, {"xb"}),
        ({"concept": "no-such"}, set()),
    ],
)
def test_each_field_narrows_what_counts(where: dict[str, Any], fits: set[str]) -> None:
    corpus = world(
        [
            ex("xa", finding={"kind": "survey", "added": "2026-01-01"}),
            ex("xb", role="candidate", finding={"tags": ["t"], "added": "2026-02-01"}),
            ex("xc", role="complicating", shapes=("other",), finding={"status": "draft", "added": "2026-03-01"}),
            ex("gone", source={"retracted": "2026-01-01"}),
        ]
    )
    found = read(corpus, {"count": "findings", "where": where, "at-least": 0})
    assert set(found.now.partition(": ")[2].split(", ")) - {""} == fits
    assert read(corpus, {"count": "findings", "where": where, "is": len(fits)}).value == "true"


# Shapes


def test_a_shape_is_read_from_the_board() -> None:
    corpus = world([ex("x0", "00", finding={"added": "2026-01-01"}), ex("x1", "11", finding={"added": "2026-02-01"}), ex("x2", "22", authors=("Solo, x1",))])
    assert read(corpus, {"shape": "s", "state": ["threshold-reached", "codified"]}).value == "true"
    assert read(corpus, {"shape": "s", "count": {"at-least": 3}, "independent": {"at-least": 3}}).value == "false"
    short = read(corpus, {"shape": "s", "independent": {"at-least": 3}})
    assert short.lacking.startswith("2 of 3 independent examples of s, 1 more")
    assert "new values on" in short.lacking
    assert read(corpus, {"shape": "s", "count": {"at-least": 2}}).since == dt.date(2026, 1, 10)  # x2 was added then
    assert read(corpus, {"shape": "other", "state": "none"}).value == "true"
    assert read(corpus, {"shape": "nowhere", "state": "none"}).value == "unknown"
    assert read(corpus, {"shape": "s", "concept": "no-such", "state": "none"}).value == "unknown"


def test_members_that_were_enough_are_still_enough_alone() -> None:
    corpus = world([ex(f"x{i}", f"{i}{i}") for i in range(4)])
    found = read(corpus, {"shape": "s", "count": {"at-least": 2}})
    assert len(found.first) == 2
    alone = world([ex(name, f"{name[1]}{name[1]}") for name in found.first])
    assert read(alone, {"shape": "s", "count": {"at-least": 2}}).value == "true"
    for fewer in combinations(found.first, 1):
        assert read(world([ex(name, f"{name[1]}{name[1]}") for name in fewer]), {"shape": "s", "count": {"at-least": 2}}).value == "false"


# Reruns


RERUN: dict[str, Any] = {"result/rerun-smoke": {"added": "2026-04-01"}}


@pytest.mark.parametrize(
    ("asked", "value"),
    [
        ({"verdict": "rerun", "tier": "organism", "is": "reproduced"}, "true"),
        ({"verdict": "rerun", "tier": "organism", "is": ["not-reproduced", "inconclusive"]}, "false"),
        ({"verdict": "rerun/rises", "tier": "organism", "is": "met"}, "true"),
        ({"verdict": "rerun/falls", "tier": "organism", "is": "met"}, "unknown"),
        ({"verdict": "rerun", "tier": "same-model", "is": "reproduced"}, "unknown"),
        ({"verdict": "rerun", "tier": "organism", "model": "Small 1B", "is": "reproduced"}, "unknown"),
        ({"verdict": "other", "tier": "organism", "is": "reproduced"}, "unknown"),
        ({"estimate": "rerun/rise", "tier": "organism", "at-least": 0.35}, "true"),
        ({"estimate": "rerun/rise", "tier": "organism", "at-least": 0.35, "interval": "low"}, "false"),
        ({"estimate": "rerun/rise", "tier": "organism", "at-least": 0.45, "interval": "high"}, "true"),
        ({"estimate": "rerun/rise", "tier": "organism", "at-most": 0.4}, "true"),
        ({"estimate": "rerun/fall", "tier": "organism", "at-most": 0.4}, "unknown"),
        ({"estimate": "rerun/rise", "tier": "small-model", "at-most": 0.4}, "unknown"),
    ],
)
def test_a_rerun_is_read_on_its_tier_alone(asked: dict[str, Any], value: str) -> None:
    found = base(asked, RERUN)
    assert found.value == value
    if value == "unknown":
        assert found.grounds == ()
        assert found.lacking
    else:
        assert (found.grounds, found.since) == (("rerun-smoke",), dt.date(2026, 4, 1))


def test_an_interval_that_is_not_there_is_unknown() -> None:
    single = kbmaker.template("result", "rerun-smoke")["estimates"][0] | {"low": None, "high": None, "method": None, "n": 1}
    overrides: dict[str, Any] = {"result/rerun-smoke": {"estimates": [single]}}
    assert base({"estimate": "rerun/rise", "tier": "organism", "at-least": 0.1, "interval": "low"}, overrides).value == "unknown"
    assert base({"estimate": "rerun/rise", "tier": "organism", "at-least": 0.1}, overrides).value == "true"


def test_the_largest_run_speaks_and_several_models_are_alternatives() -> None:
    overrides: dict[str, Any] = RERUN | {
        "result/rerun-small": {"scale": "small", "verdict": "not-reproduced"},
        "result/rerun-a": {"tier": "small-model", "config": {"model": "A 1B"}, "verdict": "inconclusive"},
        "result/rerun-b": {"tier": "small-model", "config": {"model": "B 1B"}, "verdict": "reproduced"},
    }
    assert base({"verdict": "rerun", "tier": "organism", "is": "reproduced"}, overrides).value == "false"
    assert base({"verdict": "rerun", "tier": "small-model", "is": "reproduced"}, overrides).grounds == ("rerun-b",)
    assert base({"verdict": "rerun", "tier": "small-model", "model": "A 1B", "is": "reproduced"}, overrides).value == "false"


# Figures and claims


@pytest.mark.parametrize(
    ("value", "qualifier", "bounds", "truth"),
    [
        ("0.3", "exactly", (0.3, None), "true"),
        ("0.30", "exactly", (None, 0.3), "true"),
        ("0.3", "about", (0.31, None), "false"),
        ("0.92", "more-than", (0.9, None), "true"),
        ("0.92", "more-than", (0.95, None), "unknown"),
        ("0.92", "more-than", (None, 0.92), "false"),
        ("0.92", "at-least", (None, 0.92), "unknown"),
        ("0.92", "more-than", (None, 0.95), "unknown"),
        ("5", "less-than", (5, None), "false"),
        ("5", "at-most", (5, None), "unknown"),
        ("5", "less-than", (None, 5), "true"),
        ("5", "less-than", (None, 4), "unknown"),
        ("5", "at-most", (6, None), "false"),
        ("5", "more-than", (4, 4.5), "false"),
        ("-3", "exactly", (-4, -2), "true"),
    ],
)
def test_a_figure_is_compared_as_printed(value: str, qualifier: str, bounds: tuple[float | None, float | None], truth: str) -> None:
    measure = Measure.model_validate({"name": "m", "value": value, "qualifier": qualifier})
    assert compared(measure, *bounds) == truth


@given(
    st.integers(-20, 20),
    st.sampled_from(["exactly", "more-than", "at-least", "less-than", "at-most"]),
    st.none() | st.integers(-20, 20),
    st.none() | st.integers(-20, 20),
    st.integers(-40, 40),
)
def test_a_definite_comparison_holds_for_every_value_that_the_words_allow(value: int, words: str, low: int | None, high: int | None, drawn: int) -> None:
    if low is None and high is None:
        return
    truth = compared(Measure.model_validate({"name": "m", "value": str(value), "qualifier": words}), low, high)
    shift = {"exactly": 0.0, "more-than": abs(drawn) + 0.25, "at-least": float(abs(drawn)), "less-than": -abs(drawn) - 0.25, "at-most": -float(abs(drawn))}
    real = value + shift[words]
    within = (low is None or real >= low) and (high is None or real <= high)
    assert truth in ("unknown", "true" if within else "false")


def test_claims_are_read_with_what_stands_against_them() -> None:
    claim = kbmaker.template("finding", "prompts-move-personas")["claims"][0]
    dispute = {"about": "after", "reported": "40", "instead": "38", "by": "roe-2025-steering", "state": "open"}
    open_: dict[str, Any] = {"finding/prompts-move-personas": {"claims": [claim | {"disputes": [dispute]}]}}
    ref = "prompts-move-personas/rate"
    figure = base({"figure": ref, "measure": "after", "at-least": 40}, open_)
    assert (figure.value, figure.grounds) == ("true", ("prompts-move-personas",))
    assert "in open dispute" in figure.now
    assert base({"disputed": ref, "is": "open"}, open_).value == "true"
    assert base({"disputed": ref, "is": ["open", "resolved"]}).value == "false"
    assert base({"disputed": ref, "is": "none"}).value == "true"
    assert base({"consistency": ref, "is": "consistent"}).value == "true"
    bad: dict[str, Any] = {"finding/prompts-move-personas": {"claims": [claim | {"checks": ["before < after", "before > after"]}]}}
    assert base({"consistency": ref, "is": "inconsistent"}, bad).value == "true"
    for asked in ({"figure": ref, "measure": "nothing", "at-least": 1}, {"figure": "x/y", "measure": "m", "at-least": 1}, {"disputed": "x/y", "is": "open"}):
        assert base(asked).value == "unknown"
    without: dict[str, Any] = {"finding/prompts-move-personas": {"claims": [claim | {"checks": []}]}}
    assert base({"consistency": ref, "is": "consistent"}, without).value == "unknown"


def test_questions_rest_on_their_answers() -> None:
    answered: dict[str, Any] = {
        "question/what-moves-personas": {
            "added": "2026-01-01",
            "state": "partly-answered",
            "answers": [{"record": "steering-works", "how": "fragment", "note": "So."}],
        },
        "finding/steering-works": {"added": "2026-05-01"},
    }
    found = base({"question": "what-moves-personas", "is": ["answered", "partly-answered"]}, answered)
    assert (found.value, found.grounds, found.since) == ("true", ("steering-works", "what-moves-personas"), dt.date(2026, 5, 1))
    assert base({"question": "what-moves-personas", "is": "answered"}).lacking == "question what-moves-personas is open, not answered"
    assert base({"question": "no-such", "is": "answered"}).value == "unknown"


# Beliefs


def held(*holders: tuple[str, float], **more: Any) -> dict[str, Any]:
    return {"holders": [{"holder": who, "history": [{"date": "2026-02-01", "credence": credence, "because": "so"}]} for who, credence in holders]} | more


def test_the_credence_of_every_holder_counts_unless_one_is_named() -> None:
    overrides: dict[str, Any] = {"belief/personas-are-selected": held(("ann", 0.2), ("bob", 0.9))}
    low = {"belief": "personas-are-selected", "credence": {"at-most": 0.3}}
    assert base(low, overrides).value == "false"
    assert base(low | {"holder": "ann"}, overrides).value == "true"
    assert base(low | {"holder": "ann"}, overrides).since == dt.date(2026, 2, 1)
    assert base(low | {"holder": "eve"}, overrides).value == "unknown"
    assert base({"belief": "no-such", "review": "due"}).value == "unknown"


def asks(predicate: dict[str, Any]) -> dict[str, Any]:
    return {"updates": [{"id": "u", "when": "So.", "would": "lower", "predicate": predicate}]}


def test_one_belief_may_wait_for_the_review_of_another() -> None:
    overrides: dict[str, Any] = {"belief/personas-are-selected": held(("ann", 0.2), **asks({"question": "what-moves-personas", "is": "open"}))}
    due = {"belief": "personas-are-selected", "review": "due"}
    assert base(due, overrides).value == "true"
    assert base(due | {"review": "not-due"}, overrides).value == "false"
    assert base(due).value == "false"


def test_in_a_circle_reviews_are_unknown_from_whichever_side() -> None:
    overrides: dict[str, Any] = {
        "belief/personas-are-selected": asks({"belief": "other-belief", "review": "due"}),
        "belief/other-belief": asks({"not": {"belief": "personas-are-selected", "review": "due"}}),
        "belief/outside": asks({"belief": "other-belief", "review": "not-due"}),
    }
    corpus = kbmaker.corpus(overrides)
    state = derive(corpus)
    for names in (list(corpus.beliefs), list(reversed(corpus.beliefs))):
        fresh = derive(corpus)
        values = {name: fresh.reviewing.conditions(name)[0].reading for name in names}
        assert {reading.value for reading in values.values() if reading} == {"unknown"}
    assert state.reviewing.circular == {"personas-are-selected", "other-belief"}


def test_a_long_chain_of_beliefs_is_no_burden() -> None:
    chain: dict[str, Any] = {f"belief/b-{i:03}": asks({"any": [{"belief": f"b-{i + 1:03}", "review": "due"}] * 5}) for i in range(300)}
    chain["belief/b-300"] = asks({"question": "what-moves-personas", "is": "open"})
    state = derive(kbmaker.corpus(chain))
    reading = state.reviewing.conditions("b-000")[0].reading
    assert reading is not None
    assert reading.value == "true"
