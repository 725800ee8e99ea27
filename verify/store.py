"""What runs leave on disk: finished jobs and artefacts in a store, result records in a folder.

Everything is written beside its place and renamed into it, under a lock of its own, so that a reader sees a whole file or none, a process that
is killed leaves nothing half done (its locks go with it), and two runs side by side never make the same thing at the same time.
Locks are `flock` locks; where the system has none (Windows) renaming alone keeps the store whole, and two runs may do a job twice.

    jobs/KEY.json   artefacts/KEY/   artefacts/KEY.json   locks/KEY   failures/KEY.txt
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from verify.errors import DiskFullError, VerifyError

if TYPE_CHECKING:
    from schemas import Result

try:
    import fcntl
except ImportError:  # pragma: no cover - Windows
    fcntl = None  # type: ignore[assignment]

FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class Spent(NamedTuple):
    """What something cost, in seconds: by the clock, and of processor time, which other work on the machine does not lengthen."""

    wall: float
    cpu: float

    @classmethod
    def since(cls, start: Spent) -> Spent:
        return cls(time.perf_counter() - start.wall, time.process_time() - start.cpu)

    @classmethod
    def now(cls) -> Spent:
        return cls(time.perf_counter(), time.process_time())


@dataclass(frozen=True)
class JobRecord:
    """A finished job: what it was, what it measured."""

    key: str
    label: str
    config: Mapping[str, Any]
    """All that the key is taken from: replication, world, seed, scale, settings, device, model, code, versions."""
    measures: Mapping[str, float | None]
    plots: Mapping[str, Mapping[str, list[tuple[float, float]]]]
    seconds: float
    cpu_seconds: float


@contextlib.contextmanager
def disk_errors(path: Path) -> Iterator[None]:
    """Turns what the disk refuses into one line. Raises DiskFullError when it is full, VerifyError when it may not be written."""
    try:
        yield
    except OSError as error:
        if error.errno in FULL:
            raise DiskFullError(
                f"no space left on the disk of {path}: free some, or name a folder elsewhere with --store and --out; finished jobs are kept"
            ) from None
        if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EEXIST}:
            raise VerifyError(f"can't write {path}: {error.strerror}") from None
        raise


def write_whole(path: Path, text: str) -> None:
    """Write a file so that a reader sees the old text or the new, whatever happens meanwhile. Raises DiskFullError, VerifyError."""
    with disk_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
        try:
            with beside.open("w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(path)
        except BaseException:
            beside.unlink(missing_ok=True)
            raise


class Store:
    """Finished jobs and artefacts of one folder, by key."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def prepare(self) -> None:
        """Make the folders. Raises VerifyError where the place can't be written."""
        with disk_errors(self.root):
            for name in ("jobs", "artefacts", "locks", "failures"):
                (self.root / name).mkdir(parents=True, exist_ok=True)

    @contextlib.contextmanager
    def lock(self, key: str, wait: bool) -> Iterator[bool]:
        """Hold the lock of a key. With `wait` False gives False at once where another process holds it. It ends with the process, however that ends."""
        if fcntl is None:  # pragma: no cover - Windows
            yield True
            return
        with disk_errors(self.root):
            handle = os.open(self.root / "locks" / key, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            except BlockingIOError:
                yield False
                return
            yield True
        finally:
            os.close(handle)

    def read(self, key: str) -> JobRecord | None:
        """A finished job; None where there is none. One that can't be read counts as not done, and is run again."""
        try:
            found = json.loads((self.root / "jobs" / f"{key}.json").read_bytes())
            record = JobRecord(**found)
        except (FileNotFoundError, NotADirectoryError, ValueError, TypeError):
            return None
        whole = record.key == key and isinstance(record.measures, dict) and isinstance(record.plots, dict) and isinstance(record.config, dict)
        return record if whole and all(value is None or isinstance(value, int | float) for value in record.measures.values()) else None

    def write(self, record: JobRecord) -> None:
        """Keep a finished job. Raises DiskFullError, VerifyError."""
        write_whole(self.root / "jobs" / f"{record.key}.json", json.dumps(asdict(record), allow_nan=False) + "\n")

    def fail(self, key: str, text: str) -> Path:
        """Keep what a failed job said; returns where."""
        path = self.root / "failures" / f"{key}.txt"
        write_whole(path, text)
        return path

    def artefact(self, key: str) -> Path | None:
        """The folder of a finished artefact, or None."""
        folder = self.root / "artefacts" / key
        # The note is written last, so a folder without it is not finished.
        return folder if folder.is_dir() and self.artefact_cost(key) is not None else None

    def artefact_cost(self, key: str) -> Spent | None:
        """What the artefact took to make; None where there is none."""
        try:
            note = json.loads((self.root / "artefacts" / f"{key}.json").read_bytes())
            return Spent(float(note["seconds"]), float(note["cpu-seconds"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def make_artefact(self, key: str, make: Callable[[Path], Spent], note: Mapping[str, Any]) -> Path:
        """Make an artefact whose lock is held. `make` fills an empty folder and returns its cost; where it fails nothing stays."""
        target = self.root / "artefacts" / key
        beside = target.with_name(f".{key}.tmp")
        with disk_errors(target):
            for left_over in (beside, target):
                if left_over.exists():
                    shutil.rmtree(left_over)
            beside.mkdir(parents=True)
        try:
            spent = make(beside)
            with disk_errors(target):
                beside.rename(target)
            whole = {**note, "key": key, "seconds": spent.wall, "cpu-seconds": spent.cpu}
            write_whole(target.with_name(f"{key}.json"), json.dumps(whole, sort_keys=True) + "\n")
        except BaseException:
            shutil.rmtree(beside, ignore_errors=True)
            raise
        return target


def read_result(path: Path) -> Result | str:
    """A result record, or one line that says what is wrong with it."""
    from pydantic import ValidationError

    from schemas import Result

    try:
        return Result.model_validate_json(path.read_bytes())
    except ValidationError as error:
        first = error.errors()[0]
        return f"{'.'.join(map(str, first['loc'])) or 'the file'}: {first['msg']}"
    except OSError as error:
        return error.strerror or str(error)


def read_results(folder: Path) -> Iterator[tuple[Path, Result | str]]:
    """Each result file of a folder in order of name, as a record or as one line that says what is wrong with it."""
    for path in sorted(folder.glob("*.json")):
        yield path, read_result(path)


def write_result(folder: Path, result: Result) -> tuple[Path, bool]:
    """Write a record as FOLDER/ID.json; returns where, and whether it says anything new.

    A record that differs from the one on disk only in when and at which commit it was written, and in seconds, leaves the file as it is.
    """
    path = folder / f"{result.id}.json"
    old = read_result(path) if path.exists() else "none"
    passing = {"added", "commit", "wall_seconds", "cpu_seconds"}
    if not isinstance(old, str) and old.model_dump(exclude=passing) == result.model_dump(exclude=passing):
        return path, False
    write_whole(path, json.dumps(result.model_dump(mode="json"), indent=1, ensure_ascii=False, allow_nan=False) + "\n")
    return path, True
