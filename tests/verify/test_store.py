"""A reader of the store sees whole things or none; nothing is made twice at the same time; a full disk is one line."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from toylab import ROOT

from verify.errors import DiskFullError, VerifyError
from verify.store import JobRecord, Spent, Store, write_whole

RECORD = JobRecord("k" * 32, "toy", {"world": 0}, {"rate": 0.5, "never": None}, {"p": {"s": [(0.0, 1.0)]}}, 0.1, 0.05)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    made = Store(tmp_path / "store")
    made.prepare()
    return made


def test_a_job_comes_back(store: Store) -> None:
    assert store.read(RECORD.key) is None
    store.write(RECORD)
    found = store.read(RECORD.key)
    assert found is not None
    assert (found.measures, found.config, found.seconds, found.cpu_seconds) == (RECORD.measures, RECORD.config, 0.1, 0.05)


@pytest.mark.parametrize(
    "damage",
    [
        "",
        "{",
        "[]",
        "null",
        json.dumps({"key": RECORD.key}),
        json.dumps({**RECORD.__dict__, "measures": {"rate": "high"}}),
        json.dumps({**RECORD.__dict__, "measures": []}),
        json.dumps({**RECORD.__dict__, "key": "other"}),
        json.dumps({**RECORD.__dict__, "more": 1}),
        "\x00" * 50,
    ],
)
def test_a_damaged_job_counts_as_not_done(store: Store, damage: str) -> None:
    store.write(RECORD)
    (store.root / "jobs" / f"{RECORD.key}.json").write_text(damage)
    assert store.read(RECORD.key) is None


def test_a_job_with_nan_is_not_written(store: Store) -> None:
    with pytest.raises(ValueError, match="Out of range float"):
        store.write(replace(RECORD, measures={"rate": float("nan")}))
    assert not list((store.root / "jobs").iterdir())


def full(*_: object, **__: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("fails", ["os.fsync", "pathlib.Path.replace", "pathlib.Path.mkdir"])
def test_a_full_disk_leaves_the_old_file_and_nothing_else(fails: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "record.json"
    path.write_text("old")
    with monkeypatch.context() as patched:
        patched.setattr(fails, full)
        with pytest.raises(DiskFullError, match="no space left"):
            write_whole(path, "new")
    assert [one.name for one in tmp_path.iterdir()] == ["record.json"]
    assert path.read_text() == "old"
    write_whole(path, "new")
    assert path.read_text() == "new"


def test_a_disk_that_is_full_for_real(tmp_path: Path) -> None:
    """The system itself refuses: a limit on the size of files stands for the end of the disk."""
    code = (
        "import resource, signal, sys; from pathlib import Path; from verify.store import write_whole;"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096));"
        "write_whole(Path(sys.argv[1]), 'x' * 100_000)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path / "big")], capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.stderr.strip().splitlines()[-1].startswith("verify.errors.DiskFullError: no space left on the disk of")
    assert not list(tmp_path.iterdir())


def test_a_place_that_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(VerifyError, match="can't write"):
        Store(tmp_path / "file").prepare()


def test_a_lock_is_held_once(store: Store) -> None:
    with store.lock("a", wait=False) as first, store.lock("a", wait=False) as second, store.lock("b", wait=False) as other:
        assert (first, second, other) == (True, False, True)
    with store.lock("a", wait=False) as again:
        assert again


def test_a_lock_can_be_waited_for(store: Store) -> None:
    order: list[str] = []

    def other() -> None:
        with store.lock("a", wait=True) as held:
            assert held
            order.append("second")

    with store.lock("a", wait=False):
        thread = threading.Thread(target=other)
        thread.start()
        time.sleep(0.1)
        order.append("first")
    thread.join(5)
    assert order == ["first", "second"]


def test_a_killed_process_keeps_no_lock(store: Store) -> None:
    code = (
        "import os, sys; from pathlib import Path; from verify.store import Store\n"
        "with Store(Path(sys.argv[1])).lock('a', wait=False): print('held', flush=True); sys.stdin.read()"
    )
    process = subprocess.Popen([sys.executable, "-c", code, str(store.root)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    with store.lock("a", wait=False) as held:
        assert not held
    process.kill()
    process.communicate()
    with store.lock("a", wait=False) as held:
        assert held


def make(**files: str) -> Any:
    def fill(folder: Path) -> Spent:
        for name, text in files.items():
            (folder / name).write_text(text)
        return Spent(0.5, 0.25)

    return fill


def test_an_artefact_is_there_when_whole(store: Store) -> None:
    assert store.artefact("k") is None
    folder = store.make_artefact("k", make(a="1"), {"label": "toy"})
    assert store.artefact("k") == folder
    assert (folder / "a").read_text() == "1"
    assert store.artefact_cost("k") == Spent(0.5, 0.25)


def test_an_artefact_that_fails_leaves_nothing(store: Store) -> None:
    def fail(folder: Path) -> float:
        (folder / "half").write_text("half")
        raise RuntimeError("no")

    with pytest.raises(RuntimeError):
        store.make_artefact("k", fail, {})
    assert store.artefact("k") is None
    assert not list((store.root / "artefacts").iterdir())


@pytest.mark.parametrize("left", [".k.tmp", "k"])
def test_what_a_killed_maker_left_is_cleared(store: Store, left: str) -> None:
    """Killed while filling, or after renaming and before the note."""
    (store.root / "artefacts" / left).mkdir()
    (store.root / "artefacts" / left / "stray").touch()
    assert store.artefact("k") is None
    store.make_artefact("k", make(a="1"), {})
    assert sorted(os.listdir(store.root / "artefacts")) == ["k", "k.json"]
    assert os.listdir(store.root / "artefacts" / "k") == ["a"]
