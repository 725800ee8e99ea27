"""Runs that are killed and runs side by side: nothing lost, nothing doubled, nothing half written."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from toylab import call, command, environment, logged, make_toys

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals and flock")
RUN = ("run", "coin", "--package", "toys", "--workers", "2", "--out", "out", "--store", "store")


def start(toys: Path, **more: str) -> subprocess.Popen[str]:
    """A run that can be interrupted, also where the tests themselves run in the background, whose shell has children ignore SIGINT."""
    return subprocess.Popen(
        command(*RUN),
        env=environment(toys, **more),
        cwd=toys,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )


def finished(toys: Path) -> set[str]:
    """Labels of finished jobs and artefacts, each of which must be whole."""
    labels = set()
    for name, folder in (("coin", "jobs"), ("mint", "artefacts")):
        for path in (toys / "store" / folder).glob("[!.]*.json"):
            record = json.loads(path.read_bytes())
            assert record["key"] == path.stem
            assert name == "coin" or sorted(os.listdir(path.with_suffix(""))) == ["last.txt", "metal.txt"]
            labels.add(f"{name} {record['config']['world']} {record['config']['seed']}")
    return labels


def alive(pid: int) -> bool:
    """Whether the process runs: neither gone nor waiting to be buried."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def children(pid: int) -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            if int(stat.read_text().rsplit(")", 1)[1].split()[1]) == pid:
                found.append(int(stat.parent.name))
        except (FileNotFoundError, ProcessLookupError):
            continue
    return found


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="finds workers in /proc")
@pytest.mark.parametrize("seed", range(3))
def test_killed_at_random_moments(tmp_path: Path, seed: int) -> None:
    """SIGKILL the run again and again; what was finished at each kill is never run again, and the end is that of a run left in peace."""
    toys, log = make_toys(tmp_path / "killed"), tmp_path / "log"
    chance = random.Random(seed)
    kills, done_before = 0, set[str]()
    while True:
        begun = logged(log)
        process = start(toys, TOY_LOG=str(log), TOY_SLEEP="0.15")
        try:
            # The first kills fall at any moment, from before the workers are up to between the last jobs.
            text, _ = process.communicate(timeout=chance.uniform(0.3, 2.5) if kills < 5 else 60)
            assert process.returncode == 0, text
        except subprocess.TimeoutExpired:
            workers = children(process.pid)
            process.send_signal(signal.SIGKILL)
            process.communicate()
            kills += 1
        again = logged(log)
        assert not [label for label in done_before if again[f"start {label}"] != begun[f"start {label}"]]
        if process.returncode == 0:
            break
        # The workers notice that their parent is gone; none is left behind.
        limit = time.monotonic() + 10
        while any(alive(pid) for pid in workers) and time.monotonic() < limit:
            time.sleep(0.02)
        assert not any(alive(pid) for pid in workers)
        # What was finished before stays finished.
        assert done_before <= (done_before := finished(toys))
    assert kills
    peace = make_toys(tmp_path / "peace")
    assert call(peace, *RUN).returncode == 0
    ours, theirs = (json.loads((folder / "out" / "coin-small.json").read_text()) for folder in (toys, peace))
    assert {**ours, "wall-seconds": 0, "cpu-seconds": 0} == {**theirs, "wall-seconds": 0, "cpu-seconds": 0}
    assert len(finished(toys)) == 12
    assert sorted(os.listdir(toys / "out")) == ["coin-small.json"]


def test_two_runs_side_by_side_share_the_work(tmp_path: Path) -> None:
    toys, log = make_toys(tmp_path / "both"), tmp_path / "log"
    both = [start(toys, TOY_LOG=str(log), TOY_SLEEP="0.2") for _ in range(2)]
    texts = [process.communicate(timeout=60)[0] for process in both]
    assert [process.returncode for process in both] == [0, 0], texts
    counted = logged(log)
    names = [f"{what} {w} {s}" for what in ("coin", "mint") for w in range(3) for s in range(2)]
    assert counted == {f"{end} {name}": 1 for name in names for end in ("start", "end")}
    assert any("done by another run" in text for text in texts)
    record = json.loads((toys / "out" / "coin-small.json").read_text())
    assert record["verdict"] == "reproduced"
    assert len(record["seeds"]) == 6
    assert sorted(os.listdir(toys / "out")) == ["coin-small.json"]


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_by_hand(tmp_path: Path, sent: signal.Signals) -> None:
    """The work at hand would take a minute more: it is not waited for."""
    toys, log = make_toys(tmp_path / "toys"), tmp_path / "log"
    process = start(toys, TOY_LOG=str(log), TOY_SLEEP="60")
    limit = time.monotonic() + 30
    while not logged(log) and time.monotonic() < limit:
        time.sleep(0.02)
    workers = children(process.pid)
    process.send_signal(sent)
    text, _ = process.communicate(timeout=20)
    assert process.returncode == 2
    assert text.strip().splitlines()[-1] == "verify: interrupted; finished jobs are kept, the same command goes on from them"
    assert "Traceback" not in text
    limit = time.monotonic() + 10
    while any(alive(pid) for pid in workers) and time.monotonic() < limit:
        time.sleep(0.02)
    assert not any(alive(pid) for pid in workers)
    again = call(toys, *RUN, TOY_LOG=str(log))
    assert again.returncode == 0
    assert logged(log)["end coin 2 1"] == 1
