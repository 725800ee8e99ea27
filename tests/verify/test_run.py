"""Runs of toy replications: each job once, records that say what was measured, and every failure in one line."""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from toylab import logged, make_toys

from verify.errors import DamagedCheckpointError, DiskFullError, MissingModelError, OutOfMemoryError, VerifyError
from verify.jobs import Answer, Task, classify
from verify.pool import executor
from verify.progress import Progress, duration
from verify.run import Request, run
from verify.store import read_result
from verify.subject import Subject


class Lab:
    """A folder with the toys, its store, records and log."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = folder / "log"
        self.text = ""

    def run(self, *names: str, **options: Any) -> list[Path]:
        stream = io.StringIO()
        request = Request(**{"names": names, "package": "toys", "store": self.folder / "store", "out": self.folder / "out", **options})
        try:
            return run(request, stream)
        finally:
            self.text = stream.getvalue()

    def record(self, name: str) -> Any:
        found = read_result(self.folder / "out" / f"{name}.json")
        assert not isinstance(found, str), found
        return found


@pytest.fixture
def lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lab]:
    made = Lab(make_toys(tmp_path))
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv("TOY_LOG", str(made.log))
    monkeypatch.delenv("TOY_FAIL", raising=False)
    yield made
    for name in [name for name in sys.modules if name.split(".")[0] == "toys"]:
        del sys.modules[name]


def test_a_run_and_its_record(lab: Lab) -> None:
    assert lab.run("coin") == [lab.folder / "out" / "coin-small.json"]
    jobs = [f"coin {w} {s}" for w in range(3) for s in range(2)]
    mints = [f"mint {w} {s}" for w in range(3) for s in range(2)]
    assert logged(lab.log) == {f"{what} {name}": 1 for name in [*jobs, *mints] for what in ("start", "end")}
    found = lab.record("coin-small")
    assert (found.verdict, found.tier, found.scale, found.finding) == ("reproduced", "organism", "small", "insecure-code-broad-misalignment")
    assert [(one.world, one.seed) for one in found.seeds] == [(w, s) for w in range(3) for s in range(2)]
    assert found.seeds[3].values == pytest.approx({"rate": 0.711, "tails": 0.289, "throws": 100.0, "metal": 3.0, "never": None})
    rate, gain = found.estimates  # `never` has no value: it is left out, not zero
    assert (rate.name, rate.value, rate.n, rate.method, rate.measure) == ("rate", pytest.approx(0.7105), 3, "t", "insecure_selected")
    assert gain.value == pytest.approx(0.421)
    assert [one.outcome for one in found.criteria] == ["met", "met"]
    assert found.manipulation_checks[0].passed
    assert {"toys/coin.py", "toys/_dice.py", "toys/_mint.py", "verify/verdict.py"} <= set(found.code)
    assert found.config["settings"] == {"bias": 0.7}
    line, cloud = found.plots
    assert [x for x, _ in line.series["coin"]] == [1, 2, 3]
    assert len(line.bands["coin"]) == 3
    assert len(cloud.series["coin"]) == 6
    assert "coin-small: reproduced (organism; rate = 0.711" in lab.text


def test_finished_jobs_are_skipped(lab: Lab) -> None:
    lab.run("coin")
    before, text = logged(lab.log), (lab.folder / "out" / "coin-small.json").read_text()
    lab.run("coin")
    assert logged(lab.log) == before
    assert "6 done before, 0 to run" in lab.text
    assert ", as before" in lab.text
    assert (lab.folder / "out" / "coin-small.json").read_text() == text
    (lab.folder / "out" / "coin-small.json").unlink()
    lab.run("coin")
    assert logged(lab.log) == before
    assert lab.record("coin-small").verdict == "reproduced"


def test_more_seeds_run_only_what_is_new(lab: Lab) -> None:
    lab.run("coin", worlds=2, seeds=1)
    lab.run("coin", worlds=3, seeds=1)
    assert {count for line, count in logged(lab.log).items()} == {1}
    assert lab.record("coin-small").config["worlds"] == 3


@pytest.mark.parametrize("module", ["coin", "_dice", "_mint"])
def test_changed_code_runs_again(lab: Lab, module: str) -> None:
    lab.run("coin", worlds=1, seeds=1)
    path = lab.folder / "toys" / f"{module}.py"
    path.write_text(path.read_text() + "\n# words only\n")
    lab.run("coin", worlds=1, seeds=1)
    assert logged(lab.log)["start coin 0 0"] == 1
    path.write_text(path.read_text() + "\nMORE = 1\n")
    lab.run("coin", worlds=1, seeds=1)
    assert logged(lab.log)["start coin 0 0"] == 2
    # `_mint` imports `_dice`, and not `coin`.
    assert logged(lab.log)["start mint 0 0"] == (1 if module == "coin" else 2)


def test_smoke_has_one_world_and_so_no_verdict_on_the_effect(lab: Lab) -> None:
    lab.run("coin", scale="smoke")
    found = lab.record("coin-smoke")
    assert found.verdict == "inconclusive"
    assert (found.estimates[0].low, found.estimates[0].method) == (None, None)


def test_a_failed_check_makes_it_uninformative(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOY_FAIL", "few")
    lab.run("coin")
    assert lab.record("coin-small").verdict == "uninformative"


def test_a_negative_verdict_is_written_like_any_other(lab: Lab) -> None:
    lab.run("die")
    assert lab.record("die-small").verdict == "not-reproduced"


def test_all_and_only(lab: Lab) -> None:
    assert [path.stem for path in lab.run(scale="smoke")] == ["coin-smoke", "die-smoke"]
    assert [path.stem for path in lab.run(scale="smoke", only=("dice",))] == ["die-smoke"]
    assert [path.stem for path in lab.run(scale="smoke", only=("co*", "zzz"))] == ["coin-smoke"]
    with pytest.raises(VerifyError, match="zzz"):
        lab.run(only=("zzz",))
    with pytest.raises(VerifyError, match="did you mean coin"):
        lab.run("cion")


@pytest.mark.parametrize(
    ("fail", "says"),
    [
        ("zero", "ZeroDivisionError: division by zero"),
        ("nan", "measure 'rate' is nan"),
        ("missing", "no measure tails"),
        ("name", "The Rate"),
        ("plot", "a plot other that is not declared"),
    ],
)
def test_a_job_that_fails_is_named_and_the_rest_runs(lab: Lab, fail: str, says: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOY_FAIL", fail)
    with pytest.raises(VerifyError, match="coin") as failed:
        lab.run("coin", "die", seeds=1)
    assert says in str(failed.value)
    assert "\n" not in str(failed.value)
    assert "coin: no record, since 1 of 3 jobs are missing" in lab.text
    assert not (lab.folder / "out" / "coin-small.json").exists()
    assert lab.record("die-small").verdict == "not-reproduced"
    if fail == "zero":
        assert "1 / 0" in next((lab.folder / "store" / "failures").iterdir()).read_text()
    monkeypatch.delenv("TOY_FAIL")
    lab.run("coin", seeds=1)
    assert logged(lab.log)["start coin 0 0"] == 1
    assert lab.record("coin-small").verdict == "reproduced"


def test_a_maker_that_fails_fails_its_jobs(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOY_FAIL", "mint")
    with pytest.raises(VerifyError, match="the mint is closed"):
        lab.run("coin")
    assert "coin (world 0, seed 0): not run, since mint (world 0, seed 0, small) failed" in lab.text
    assert not any("coin" in line for line in logged(lab.log))


@pytest.mark.parametrize(("fail", "kind"), [("memory", OutOfMemoryError), ("disk", DiskFullError)])
def test_what_would_fail_again_stops_the_run(lab: Lab, fail: str, kind: type[VerifyError], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOY_FAIL", fail)
    with pytest.raises(kind, match=r"^coin \(world 1, seed 0\): "):
        lab.run("coin")
    assert "start coin 2 0" not in logged(lab.log)
    monkeypatch.delenv("TOY_FAIL")
    lab.run("coin")
    assert logged(lab.log)["start coin 0 0"] == 1


def test_two_workers_give_what_one_gives(lab: Lab) -> None:
    lab.run("coin", workers=2)
    two = lab.record("coin-small")
    lab.run("coin", workers=1, store=lab.folder / "other", out=lab.folder / "out1")
    one = read_result(lab.folder / "out1" / "coin-small.json")
    assert not isinstance(one, str)
    passing = {"wall_seconds", "cpu_seconds"}
    assert two.model_dump(exclude=passing) == one.model_dump(exclude=passing)


def test_a_worker_that_dies_is_one_line(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOY_FAIL", "die")
    with pytest.raises(VerifyError, match=r"a worker process was killed while at .*world 1.*fewer --workers"):
        lab.run("coin", workers=2)
    monkeypatch.delenv("TOY_FAIL")
    lab.run("coin", workers=2)
    assert lab.record("coin-small").verdict == "reproduced"


@pytest.fixture
def model(tmp_path: Path) -> Path:
    folder = tmp_path / "models" / "Tiny_Model-1.5"
    folder.mkdir(parents=True)
    (folder / "config.json").write_text("{}")
    (folder / "model.safetensors").write_bytes(b"weights")
    return folder


def test_a_real_model_has_its_own_record_and_tier(lab: Lab, model: Path) -> None:
    assert [path.stem for path in lab.run(model=str(model))] == ["coin-small-tiny-model-1-5"]
    found = lab.record("coin-small-tiny-model-1-5")
    assert (found.tier, found.config["model"]) == ("small-model", "Tiny_Model-1.5")
    assert str(model.parent) not in found.model_dump_json()
    assert not any("mint" in line for line in logged(lab.log))
    with pytest.raises(VerifyError, match="die can't run on a real model"):
        lab.run("die", model=str(model))


def test_other_weights_are_another_model(lab: Lab, model: Path) -> None:
    lab.run("coin", model=str(model), worlds=1, seeds=1)
    lab.run("coin", model=str(model), worlds=1, seeds=1)
    assert logged(lab.log)["start coin 0 0"] == 1
    (model / "model.safetensors").write_bytes(b"Weights")
    lab.run("coin", model=str(model), worlds=1, seeds=1)
    assert logged(lab.log)["start coin 0 0"] == 2


@pytest.mark.parametrize(
    ("remove", "kind", "says"),
    [
        ("config.json", DamagedCheckpointError, r"no config\.json"),
        ("model.safetensors", DamagedCheckpointError, "no weights"),
        (None, MissingModelError, "no model"),
    ],
)
def test_a_model_that_is_not_whole(lab: Lab, model: Path, remove: str | None, kind: type[VerifyError], says: str) -> None:
    if remove:
        (model / remove).unlink()
    with pytest.raises(kind, match=says):
        lab.run("coin", model=str(model if remove else model / "elsewhere"))
    assert not lab.log.exists()


@pytest.mark.parametrize(
    ("error", "name"),
    [
        (MemoryError(), "OutOfMemoryError"),
        (type("OutOfMemoryError", (RuntimeError,), {})("CUDA out of memory. Tried"), "OutOfMemoryError"),
        (RuntimeError("[enforce fail at alloc_cpu.cpp] DefaultCPUAllocator: can't allocate memory: you tried to"), "OutOfMemoryError"),
        (OSError(28, "No space left on device"), "DiskFullError"),
        (type("SafetensorError", (Exception,), {})("Error while deserializing header: header too large"), "DamagedCheckpointError"),
        (type("SafetensorError", (Exception,), {})("Error: I/O error: No space left on device (os error 28)"), "DiskFullError"),
        (RuntimeError("PytorchStreamReader failed reading zip archive"), "DamagedCheckpointError"),
        (RuntimeError("No CUDA GPUs are available"), "NoDeviceError"),
        (OSError("x/y is not a local folder and is not a valid model identifier"), "MissingModelError"),
        (ValueError("out of range"), "ValueError"),
        (OSError(2, "No such file"), "FileNotFoundError"),
    ],
)
def test_errors_of_libraries_are_understood(error: BaseException, name: str) -> None:
    assert type(classify(error)).__name__ == name


def test_nothing_in_a_record_is_beyond_its_schema(lab: Lab) -> None:
    lab.run("coin")
    data = json.loads((lab.folder / "out" / "coin-small.json").read_text())
    assert data["schema"] == 1
    assert str(lab.folder) not in json.dumps(data)


@pytest.mark.parametrize("one_thread", [True, False])
def test_the_environment_is_as_it_was(one_thread: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MKL_NUM_THREADS", "3")
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    with executor(1, one_thread) as inline:
        assert inline.submit(os.environ.get, "MKL_NUM_THREADS").result() == ("1" if one_thread else "3")
        assert os.environ.get("OMP_NUM_THREADS") == ("1" if one_thread else None)
    assert (os.environ["MKL_NUM_THREADS"], os.environ.get("OMP_NUM_THREADS")) == ("3", None)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("live", [True, False])
def test_progress(live: bool) -> None:
    task = Task("job", "k", "coin (world 0, seed 0)", {}, 0, 0, "small", "cpu", None, {}, "coin", "toys")
    stream = Terminal() if live else io.StringIO()
    progress = Progress(stream, total=4, before=1, workers=2)
    progress.started(task)
    progress.tick()
    progress.ended(task, Answer("done", 75.0))
    text = stream.getvalue()
    assert "[2/4] coin (world 0, seed 0): 1 min 15 s (about 1 min 15 s left)\n" in text
    assert ("\x1b" in text) is live
    assert ("start coin" in text) is not live


@pytest.mark.parametrize(("seconds", "text"), [(0.04, "0.0 s"), (12.34, "12.3 s"), (60, "1 min 00 s"), (3599, "59 min 59 s"), (7620, "2 h 07 min")])
def test_durations(seconds: float, text: str) -> None:
    assert duration(seconds) == text


PAIR = '''
"""A coin beside its neighbours."""
from verify.registry import *

@replication(name="pair", version=1, finding="dice", claims=("dice/six",), tier="organism", hypothesis="Coins are alike.", departures="A toy.",
             estimands=(Estimand("worlds", "worlds", "count", "worlds seen"),), rule=SuccessRule((Criterion("seen", "worlds", "above", 0.5),)),
             scales={"smoke": Scale(1), "small": Scale(3), "full": Scale(8)},
             artefacts=(Artefact("own", "toys._mint:make", {"metal": "tin"}),
                        Artefact("other", "toys._mint:make", {"metal": "tin"}, other="initialisation"),
                        Artefact("elsewhere", "toys._mint:make", {"metal": "tin"}, ("_dice.py",), other="world")))
def job(subject, scale, seed, settings):
    return {"worlds": float(len({subject.folder(name) for name in ("own", "other", "elsewhere")}))}
'''


def test_neighbours_are_shared_with_the_jobs_that_own_them(lab: Lab) -> None:
    """Three worlds in a ring: nine artefacts are asked for, six are made, each once, though data files are named for the neighbour alone."""
    (lab.folder / "toys" / "pair.py").write_text(PAIR)
    lab.run("pair")
    assert logged(lab.log) == {f"{when} mint {w} {s}": 1 for when in ("start", "end") for w in range(3) for s in range(2)}
    assert [one.values for one in lab.record("pair-small").seeds] == [{"worlds": 3.0}] * 3
    lab.run("pair", scale="smoke")
    again = {name for name, count in logged(lab.log).items() if count == 2}
    assert again == {f"{when} mint {who}" for when in ("start", "end") for who in ("0 0", "0 1", "1 0")}, "at another scale they are made anew"


@pytest.mark.parametrize(
    ("other", "worlds", "seeds", "expected"),
    [("world", 3, 1, (0, 5)), ("world", 1, 1, (3, 5)), ("initialisation", 3, 1, (2, 6)), ("initialisation", 3, 6, (2, 0)), ("initialisation", 3, 8, (2, 6))],
)
def test_the_next_of_a_run(other: Any, worlds: int, seeds: int, expected: tuple[int, int]) -> None:
    found = Subject(2, 5, "small", "cpu").next(other, worlds, seeds)
    assert (found.world, found.seed) == expected
