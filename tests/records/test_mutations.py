"""Broken variants of valid records on the whole way from bytes to pages: the fuzzer of `benchmarks/fuzz.py`, for a few seconds."""

from __future__ import annotations

import importlib.util
import random
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
import tinywiki as tiny
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kb.records import Diagnostic, Place
from kb.site import files

FOLDER = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture(scope="module")
def fuzz() -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(FOLDER))
        spec = importlib.util.spec_from_file_location("fuzz", FOLDER / "fuzz.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        yield module


@pytest.fixture(scope="module")
def ways(fuzz: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Any:
    return fuzz.Ways(tmp_path_factory.mktemp("fuzzed"))


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 2**32))
def test_no_variant_of_a_record_breaks_anything(ways: Any, seed: int) -> None:
    assert ways.go(*ways.draw(random.Random(seed))) in {"rejected", "accepted", "shown"}


def test_variants_come_all_the_way(ways: Any) -> None:
    """The mutations are neither all harmless nor all hopeless."""
    draw = random.Random(7)
    outcomes = [ways.go(*ways.draw(draw)) for _ in range(60)]
    assert outcomes.count("rejected") < 55
    assert {"rejected", "accepted", "shown"} == set(outcomes)


@pytest.mark.parametrize("parser", ["yaml", "json", "config", "expression"])
def test_parsers_take_any_bytes(fuzz: ModuleType, parser: str, tmp_path: Path) -> None:
    fuzz.seeds(parser, tmp_path, 3)
    found = sorted(tmp_path.iterdir())
    assert found
    target = fuzz.target_of(parser)
    for path in found:
        target(path.read_bytes())
        target(path.read_bytes()[::2] + b"\xff")


@pytest.mark.parametrize(
    "problem",
    [
        Diagnostic(Place("f", 3, 1), "KB001", "beyond the last line"),
        Diagnostic(Place("f", 1, 9), "KB001", "beyond the end of the line"),
        Diagnostic(Place("f", 0, 1), "KB001", "no line"),
        Diagnostic(Place("f", 1, 1), "KB001", ""),
        Diagnostic(Place("f", 1, 1), "KB001", "says \x1b"),
        Diagnostic(Place("f", 1, 1), "KB001", "x", fix="\u202e"),
    ],
)
def test_the_judge_condemns(fuzz: ModuleType, problem: Diagnostic) -> None:
    with pytest.raises(fuzz.FoundError):
        fuzz.judge(problem, "a: 1\n")
    fuzz.judge(Diagnostic(Place("f", 2, 1), "KB001", "fine"), "a: 1\n")


def test_a_reader_that_keeps_silent_is_condemned(fuzz: ModuleType) -> None:
    with pytest.raises(fuzz.FoundError):
        fuzz.reads(lambda *_: SimpleNamespace(data=None, problems=(), text=""), "f.yaml")(b"")


@pytest.mark.parametrize("value", [1e308, -1e308, 1.7e308, 5e-324, 0.0])
def test_estimates_at_the_ends_of_floats_are_shown(value: float) -> None:
    """Found by the fuzzer's numbers: in per cent the value is no float any more."""
    estimate = {**tiny.OVERRIDES["result/rerun-small"]["estimates"][0], "value": value, "low": -abs(value), "high": abs(value)}
    corpus = tiny.kbmaker.corpus({**tiny.OVERRIDES, "result/rerun-small": {**tiny.OVERRIDES["result/rerun-small"], "estimates": [estimate]}})
    page = files(corpus, tiny.state(corpus))["findings/prompts-move-personas.md"].decode()
    assert "kb-value--reproduced" in page
    assert "inf" not in page.partition("kb-value--reproduced")[2][:200]
