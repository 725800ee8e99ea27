"""Hostile files against the whole way from bytes to pages: no exception, no hang, bounded memory, and every complaint has a place.

    python benchmarks/fuzz.py records [--seconds 600] [--seed 0] [--keep DIR]
    python benchmarks/fuzz.py yaml|json|config|expression [--seconds 600] [--seed 0] [--keep DIR]

`records` mutates the records of a small knowledge base, knowing their structure (`mutations.py`), and goes through tree,
reader, validation and checks; where at least one mutated record stayed valid, also through the derived state and all
pages. The other four feed bytes to one parser, guided by coverage; they need atheris (`pip install atheris`; Linux,
CPython), which nothing else here does.

Each input may take `LIMIT` seconds of processor time, counted by the system, so that a hang in C ends too, and the process
`MEMORY` bytes. A worker that dies is started again and its last input kept as a crash. Exit code 1 when there was any.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import mutations

REPOSITORY = Path(__file__).resolve().parents[1]
LIMIT = 10.0
"""Seconds of processor time for one input."""
MEMORY = 2 * 1024**3
"""Bytes of address space for a worker."""
PARSERS = ("yaml", "json", "config", "expression")
PAGES_EVERY = 3
"""Pages cost ten times as much as the rest: they are made for one accepted input in this many."""

sys.path[:0] = [str(REPOSITORY), str(REPOSITORY / "tests")]


class FoundError(AssertionError):
    """Something that reading promises and did not keep."""


def expect(holds: object, what: str) -> None:
    if not holds:
        raise FoundError(what)


def judge(problem: Any, text: str | None) -> None:
    """A complaint says something printable, on one line, and its place lies within the file."""
    expect(problem.message and problem.message.isprintable(), f"message {problem.message!r}")
    expect((problem.expected + problem.fix).isprintable(), f"fix {problem.fix!r}")
    expect(problem.place.line >= 1 and problem.place.column >= 1, f"place {problem.place}")
    if text is not None:
        lines = text.split("\n")
        expect(problem.place.line <= len(lines), f"{problem.code} on line {problem.place.line} of {len(lines)}")
        expect(problem.place.column <= len(lines[problem.place.line - 1]) + 1, f"{problem.code} beyond the end of line {problem.place}")


def reads(read: Callable[[bytes, str], Any], file: str) -> Callable[[bytes], None]:
    """A reader as a function of bytes that raises where its outcome is no proper one."""

    def target(raw: bytes) -> None:
        outcome = read(raw, file)
        expect((outcome.data is None) == bool(outcome.problems), "neither data nor problems, or both")
        for problem in outcome.problems:
            judge(problem, outcome.text)

    return target


def target_of(name: str) -> Callable[[bytes], None]:
    """The parser of that name as a function of bytes."""
    from kb.errors import ConfigError
    from kb.numbers.grammar import ExpressionError, parse
    from kb.records.config import parse_config
    from kb.records.reader import read_json, read_yaml

    def config(raw: bytes) -> None:
        try:
            parse_config(raw)
        except ConfigError as error:
            expect(str(error) and all(line.isprintable() for line in str(error).split("\n")), "an unprintable complaint")

    def expression(raw: bytes) -> None:
        try:
            parse(raw.decode("utf-8", "replace"))
        except ExpressionError as error:
            expect(str(error), "a complaint without words")

    return {"yaml": reads(read_yaml, "f.yaml"), "json": reads(read_json, "f.json"), "config": config, "expression": expression}[name]


class Ways:
    """The whole way, over a knowledge base of which one file at a time is exchanged."""

    def __init__(self, root: Path) -> None:
        import kbmaker
        import tinywiki

        self.root = kbmaker.write(root, tinywiki.OVERRIDES)
        self.records = {
            (kind, name): data for (kind, _, name), data in ((key.partition("/"), value) for key, value in kbmaker.merged(tinywiki.OVERRIDES).items())
        }
        self.head, self.today, self.count = kbmaker.schema_line, kbmaker.TODAY, 0

    def draw(self, draw: random.Random) -> tuple[str, bytes]:
        """A file's name and its content."""
        kind, name = draw.choice(sorted(self.records))
        as_json = kind == "result" and draw.random() < 0.5
        return f"{kind}s/{name}.{'json' if as_json else 'yaml'}", mutations.variant(
            draw, self.records[kind, name], as_json=as_json, head="" if as_json else self.head(kind)
        )

    def go(self, file: str, raw: bytes) -> str:
        """How far a file came: rejected, accepted or shown. Raises whatever is wrong."""
        from kb.checks import run
        from kb.checks.formats import FORMATS, Report, render
        from kb.evidence.state import derive
        from kb.records import load
        from kb.site import files

        own, stem = self.root / file, file.rpartition(".")[0]
        usual = self.root / f"{stem}.yaml"
        kept = usual.read_bytes()
        usual.unlink()
        try:
            own.write_bytes(raw)
            corpus = load(self.root, cache=False)
            found = run(corpus, today=self.today)
            for problem in found:
                expect(problem.place.file in {entry.file for entry in corpus} | set(corpus.broken), f"no file {problem.place.file}")
                judge(problem, raw.decode("utf-8", "replace") if problem.place.file == file else None)
            for name in FORMATS:
                shown = render(name, Report(found, 1))
                expect(all(line.isprintable() for line in shown.split("\n")), f"{name} is not printable")
            if file in corpus.broken:
                expect(any(problem.place.file == file for problem in found), "refused without a word")
                return "rejected"
            self.count += 1
            if self.count % PAGES_EVERY:
                return "accepted"
            files(corpus, derive(corpus, today=self.today))
            return "shown"
        finally:
            own.unlink(missing_ok=True)
            usual.write_bytes(kept)


def work_on_records(seed: int, until: float, status: Path, current: Path) -> None:
    """Draw and judge inputs until a time; the tally goes to `status`, the input in hand to `current`."""
    draw = random.Random(seed)
    tally: dict[str, Any] = {"inputs": 0, "rejected": 0, "accepted": 0, "shown": 0, "slowest": 0.0}
    with tempfile.TemporaryDirectory() as folder:
        ways = Ways(Path(folder))
        while time.monotonic() < until:
            file, raw = ways.draw(draw)
            current.write_bytes(file.encode() + b"\n" + raw)
            started = time.process_time()
            signal.setitimer(signal.ITIMER_PROF, LIMIT)
            outcome = ways.go(file, raw)
            signal.setitimer(signal.ITIMER_PROF, 0)
            tally["inputs"] += 1
            tally[outcome] += 1
            tally["slowest"] = max(tally["slowest"], time.process_time() - started)
            if tally["inputs"] % 20 == 0:
                tally["memory"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
                status.write_text(json.dumps(tally))
    status.write_text(json.dumps(tally | {"memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}))


def fuzz_records(seconds: float, seed: int, keep: Path) -> dict[str, Any]:
    """Run workers, one after another, until the time is over. Crashes are kept as files."""
    until, total, crashes = time.monotonic() + seconds, {"inputs": 0, "rejected": 0, "accepted": 0, "shown": 0, "slowest": 0.0, "memory": 0}, 0
    with tempfile.TemporaryDirectory() as folder:
        status, current = Path(folder) / "status", Path(folder) / "current"
        while time.monotonic() < until:
            status.write_text("{}")
            left = until - time.monotonic()
            done = subprocess.run(
                [sys.executable, __file__, "worker", "--seed", str(seed), "--seconds", str(left), "--keep", folder], capture_output=True, text=True, check=False
            )
            for key, value in json.loads(status.read_text()).items():
                total[key] = max(total[key], value) if key in ("slowest", "memory") else total[key] + value
            if done.returncode:
                crashes += 1
                (keep / f"crash-{seed}").write_bytes(current.read_bytes() if current.exists() else b"")
                (keep / f"crash-{seed}.txt").write_text(f"exit {done.returncode}\n{done.stderr[-4000:]}")
                print(f"crash-{seed}: {done.stderr.strip().splitlines()[-1] if done.stderr.strip() else f'exit {done.returncode}'}", flush=True)
            seed += 1
    return total | {"crashes": crashes}


def fuzz_parser(name: str, seconds: float, seed: int, keep: Path) -> int:
    """Feed one parser through atheris; its exit status. Raises SystemExit when atheris is missing."""
    try:
        import atheris
    except ImportError:
        raise SystemExit("coverage-guided fuzzing needs atheris: pip install atheris") from None
    with atheris.instrument_imports(include=["kb", "schemas", "yaml", "json"]):
        target = target_of(name)
    with tempfile.TemporaryDirectory() as folder:
        seeds(name, Path(folder), seed)
        options = [f"-max_total_time={int(seconds)}", f"-timeout={int(LIMIT)}", "-rss_limit_mb=2048", "-max_len=4096", "-print_final_stats=1"]
        atheris.Setup([sys.argv[0], *options, f"-seed={seed + 1}", f"-artifact_prefix={keep}/{name}-", folder], target)
        atheris.Fuzz()
    return 0


def seeds(name: str, folder: Path, seed: int) -> None:
    """A few valid and broken inputs to start from."""
    import kbmaker
    import tinywiki

    draw = random.Random(seed)
    made: list[bytes] = [b"before / after ~ 3", b"sum(a, b) = total", b"a < b <= 2.5", b"abs(-a) * (b + 1) > mean(a, b)"] if name == "expression" else []
    if name == "config":
        data = {**kbmaker.config(tinywiki.OVERRIDES), "folders": {"finding": "records/findings"}, "thresholds": {"codify-at": 2}}
        made = [mutations.variant(draw, data) for _ in range(40)] + [mutations.written(data, as_json=False).encode()]
    elif name in ("yaml", "json"):
        as_json = name == "json"
        for data in kbmaker.merged(tinywiki.OVERRIDES).values():
            made += [mutations.written(data, as_json=as_json).encode(), *(mutations.variant(draw, data, as_json=as_json) for _ in range(6))]
    for n, raw in enumerate(made):
        (folder / str(n)).write_bytes(raw[:4096])


def main() -> int:
    parser = argparse.ArgumentParser(description="Hostile files against the whole way from bytes to pages.")
    parser.add_argument("what", choices=("records", *PARSERS, "worker"), help="records: structure-aware; the others: one parser, guided by coverage")
    parser.add_argument("--seconds", type=float, default=600, help="how long (default 600)")
    parser.add_argument("--seed", type=int, default=0, help="where the random generator starts (default 0)")
    parser.add_argument("--keep", type=Path, default=None, help="where inputs that broke something are kept (default: a new folder)")
    args = parser.parse_args()
    keep = args.keep or Path(tempfile.mkdtemp(prefix="kb-fuzz-"))
    keep.mkdir(parents=True, exist_ok=True)
    if args.what == "worker":
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        try:
            work_on_records(args.seed, time.monotonic() + args.seconds, keep / "status", keep / "current")
        except BaseException:
            traceback.print_exc()
            return 1
        return 0
    if args.what != "records":
        return fuzz_parser(args.what, args.seconds, args.seed, keep)
    started, total = time.monotonic(), {}
    with contextlib.suppress(KeyboardInterrupt):
        total = fuzz_records(args.seconds, args.seed, keep)
    wall = time.monotonic() - started
    print(
        " · ".join(
            f"{key} {value / 1024**2:.0f} MiB" if key == "memory" else f"{key} {value:.2f} s" if key == "slowest" else f"{key} {value:,}"
            for key, value in total.items()
        )
    )
    print(f"{wall:.0f} s, seed {args.seed}; crashes are kept in {keep}" if total.get("crashes") else f"{wall:.0f} s, seed {args.seed}")
    return 1 if total.get("crashes") else 0


if __name__ == "__main__":
    os.environ["KB_CACHE_DIR"] = tempfile.mkdtemp(prefix="kb-fuzz-cache-")
    sys.exit(main())
