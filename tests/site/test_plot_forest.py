"""The estimates of a result beside what was reported: what is drawn, in which unit, and on whose word."""

from __future__ import annotations

import math
import re
import xml.etree.ElementTree as ET
from itertools import pairwise
from typing import Any

import plotted
import pytest
import tinywiki as tiny
from hypothesis import given
from hypothesis import strategies as st

from kb.site import files
from kb.site.model import Site
from kb.site.plot.forest import EDGE, WIDTH, Drawn, Forest, axis, forest
from kb.site.plot.jobs import job_name, measures, regions, values
from schemas import Result
from verify.record import declared_config
from verify.registry import replications


def site(**fields: Any) -> tuple[Site, Result]:
    over = {**tiny.OVERRIDES, "result/rerun-small": plotted.result(**fields)}
    corpus = tiny.kbmaker.corpus(over)
    return Site(corpus, tiny.state(corpus), {}), corpus.results["rerun-small"]


def drawn(**fields: Any) -> Forest:
    base, result = site(**fields)
    return forest(result, base)


def row(found: Forest, name: str) -> Drawn:
    return next(one for group in (*found.first, *found.others) for one in group.rows if one.row.estimate.name == name)


def svg(one: Drawn) -> ET.Element:
    return ET.fromstring(one.strip.replace(" data-search-exclude", ""))


def at(element: ET.Element, ticks: tuple[float, float]) -> list[float]:
    """The values of the circles in a drawing whose axis goes from tick to tick."""
    low, high = ticks
    return [low + (float(circle.get("cx") or 0) - EDGE) / (WIDTH - 2 * EDGE) * (high - low) for circle in element.iter("circle")]


def test_rows_that_the_verdict_hangs_on_come_first() -> None:
    found = drawn()
    assert [(group.unit, [one.row.estimate.name for one in group.rows]) for group in found.first] == [
        ("fraction", ["rise", "plain-rate", "facts-kept"]),
        ("r", ["r"]),
        ("nats", ["divergence"]),
    ]
    assert [one.row.estimate.name for group in found.others for one in group.rows] == ["valid"]
    assert found.count == 1
    assert found.dots
    assert found.reported
    assert found.counts
    assert found.excludes
    assert not found.cut


def test_without_a_rule_in_the_configuration_all_rows_are_alike() -> None:
    found = drawn(config={}, estimates=[one | {"claim": None, "measure": None} for one in plotted.result()["estimates"]])
    assert sum(len(group.rows) for group in found.first) == len(plotted.ESTIMANDS)
    assert not found.others
    assert not found.counts


def test_a_row_draws_estimate_and_jobs_at_their_values() -> None:
    found = drawn()
    one = row(found, "rise")
    ticks = axis([other.row for other in found.first[0].rows])
    estimate, *jobs = at(svg(one), (float(ticks.values[0]), float(ticks.values[-1])))
    assert estimate == pytest.approx(0.4, abs=0.002)
    assert jobs == pytest.approx([0.392, 0.4, 0.408], abs=0.002)


def test_a_value_of_a_job_is_a_difference_where_the_record_says_so() -> None:
    _, result = site()
    rise, plain = result.estimates[0], result.estimates[1]
    assert [job.value for job in values(result, rise)] == pytest.approx([0.5096 - 0.1176, 0.52 - 0.12, 0.5304 - 0.1224])
    assert [job.value for job in values(result, plain)] == pytest.approx([0.1176, 0.12, 0.1224])
    assert [job_name(job.of) for job in values(result, plain)] == ["world 0, seed 7", "world 1, seed 7", "world 2, seed 7"]


def test_a_job_without_the_measure_has_no_dot() -> None:
    _, result = site()
    divergence = next(one for one in result.estimates if one.name == "divergence")
    assert len(values(result, divergence)) == len(result.seeds) - 1


def test_without_a_definition_a_measure_of_the_same_name_counts() -> None:
    _, result = site(config={})
    assert {one.name: len(values(result, one)) for one in result.estimates} == {
        "rise": 0, "plain-rate": 0, "facts-kept": 0, "r": 3, "divergence": 0, "valid": 3,
    }  # fmt: skip


junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(["rise", "rises", "above", "within", "plain", "x"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["estimands", "rule", "criteria", "name", "measure", "minus", "id", "estimate", "direction", "margin", "excludes", "around"]),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)


@given(junk, junk, junk)
def test_a_configuration_of_any_form_breaks_nothing(estimands: Any, rule: Any, criterion: Any) -> None:
    config = {"estimands": [{"name": "rise", "measure": "plain", **(estimands if isinstance(estimands, dict) else {})}], "rule": rule}
    if isinstance(criterion, dict):
        config["rule"] = {"criteria": [{"id": "rises", "estimate": "rise", "direction": "above", **criterion}]}
    base = plotted.record()
    for result in (base.model_copy(update={"config": config}), base.model_copy(update={"config": {"estimands": estimands, "rule": rule}})):
        for estimate in result.estimates:
            assert all(math.isfinite(job.value) for job in values(result, estimate))
            for region in regions(result, estimate):
                assert region.low <= region.high
                assert math.isfinite(region.low) or math.isfinite(region.high)


def test_regions_are_those_of_the_rule() -> None:
    _, result = site()
    by_name = {one.name: regions(result, one) for one in result.estimates}
    found = {name: [(region.outcome, region.low, region.high, region.excludes) for region in many] for name, many in by_name.items()}
    assert found == {
        "rise": [("met", 0.2, math.inf, 0.05)],
        "plain-rate": [],
        "facts-kept": [("undecided", -0.1, 0.1, None)],
        "r": [("met", 0.5, math.inf, None)],
        "divergence": [("not-met", -math.inf, 0.5, None)],
        "valid": [],
    }
    # Washes lie below everything, edges above the grid.
    order = [part.get("class") for part in svg(row(drawn(), "rise"))]
    assert order == ["kb-counts", "kb-grid", "kb-axis", "kb-counts-edge", "kb-excludes", "kb-reported", "kb-estimate", "kb-jobs"]


def test_a_reported_figure_is_drawn_in_the_estimate_s_unit() -> None:
    found = drawn()
    rise, plain = row(found, "rise").row.reported, row(found, "plain-rate").row.reported
    assert rise is not None
    assert rise.value == pytest.approx(0.4)  # 40.0 %
    assert rise.low is None
    assert plain is not None
    assert (plain.value, plain.low, plain.high) == pytest.approx((0.1, 0.08, 0.12))
    assert row(found, "facts-kept").row.reported is None


def test_a_reported_figure_of_another_quantity_is_not_drawn() -> None:
    estimates = plotted.result()["estimates"]
    estimates[0] = estimates[0] | {"unit": "nats"}
    one = row(drawn(estimates=estimates), "rise")
    assert one.row.reported is not None
    assert one.row.reported.value is None
    assert "kb-reported" not in one.strip


def test_an_interval_that_would_squeeze_the_axis_is_cut_with_an_arrow() -> None:
    estimates = plotted.result()["estimates"]
    estimates[2] = estimates[2] | {"low": -30.0, "high": 30.0}
    found = drawn(estimates=estimates)
    assert found.cut
    assert "kb-cut" in row(found, "facts-kept").strip
    assert "kb-cut" not in row(found, "rise").strip
    ticks = axis([one.row for one in found.first[0].rows])
    assert float(ticks.values[-1]) <= 1.0
    for x in re.findall(r"M([\d.-]+) [\d.]+H([\d.-]+)", row(found, "facts-kept").strip):
        assert all(0 <= float(end) <= WIDTH for end in x)


def test_one_world_has_no_interval_and_says_so() -> None:
    base, _ = site(worlds=1)
    page = files(base.corpus, base.state)["findings/prompts-move-personas.md"].decode()
    table = page[page.index("kb-estimates") :]
    assert "one world, no interval" in table
    assert row(drawn(worlds=1), "rise").strip.count("kb-line") == 0


def test_the_strip_is_said_in_words() -> None:
    words = svg(row(drawn(), "rise")).get("aria-label")
    assert words == (
        "in-character answers, prompted minus not: 0.4; interval 0.34 to 0.46; jobs 0.392, 0.4, 0.408; reported ≈\u202f40.0%; counts from 0.2 up (rises: met)"
    )


def test_zero_keeps_its_label_and_labels_do_not_touch() -> None:
    estimates = [one | {"value": one["value"] * 1e-5, "low": None, "high": None, "method": None} for one in plotted.result()["estimates"]]
    found = drawn(estimates=estimates, config={})
    for group in found.first:
        axis_ = ET.fromstring(group.axis.replace(" data-search-exclude", ""))
        words = [(float(text.get("x") or 0), text.text) for text in axis_.iter("text")]
        assert "0" in [label for _, label in words]
        assert all(b[0] - a[0] > 20 for a, b in pairwise(words))


def test_all_measures_of_all_jobs_are_in_the_table() -> None:
    base, result = site()
    page = files(base.corpus, base.state)["replications/rerun.md"].decode()
    table = page[page.index("What each job measured") :]
    assert measures(result) == list(plotted.MEANS)
    assert table.count('<th scope="col">world ') == 3
    assert '<th scope="row">facts prompted</th><td>0.911</td><td>0.93</td><td>0.949</td>' in table
    assert '<th scope="row">kl</th><td>1.27</td><td>1.3</td><td><span class="kb-none">none</span></td>' in table


def test_what_the_lab_declares_is_understood() -> None:
    """The lab writes the configuration that is read here: every criterion of every replication has its region, every estimand its measures."""
    for one in replications():
        config = declared_config(one, one.scales["smoke"].settings)
        estimates = [
            {"name": e.name, "says": e.says, "value": 0.5, "low": 0.4, "high": 0.6, "level": 0.95, "method": "t", "unit": e.unit, "n": 1} for e in one.estimands
        ]
        names = {name for e in one.estimands for name in (e.measure, e.minus) if name}
        criteria = [{"id": c.id, "rule": c.sentence, "outcome": "met", "observed": "x"} for c in one.rule.criteria]
        fields = {"config": config, "estimates": estimates, "criteria": criteria, "seeds": [{"seed": 0, "values": dict.fromkeys(names, 0.5)}]}
        result = plotted.record(**fields)
        read = {region.criterion: region for estimate in result.estimates for region in regions(result, estimate)}
        assert set(read) == {criterion.id for criterion in one.rule.criteria}, one.name
        for criterion in one.rule.criteria:
            region, centre = read[criterion.id], criterion.around
            ends = {
                "above": (criterion.margin, math.inf),
                "below": (-math.inf, criterion.margin),
                "within": (centre - criterion.margin, centre + criterion.margin),
            }
            assert (region.low, region.high) == ends[criterion.direction], criterion.id
            assert criterion.direction == "within" or (criterion.margin if region.excludes is None else region.excludes) == criterion.null, criterion.id
        for declared, estimate in zip(one.estimands, result.estimates, strict=True):
            assert [job.value for job in values(result, estimate)] == [0.0 if declared.minus else 0.5], declared.name
