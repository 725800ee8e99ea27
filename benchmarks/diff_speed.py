"""How fast `kb diff` answers, against reading and checking one state alone.

    python benchmarks/diff_speed.py [--findings 1000] [--repeats 3]

Writes a seeded knowledge base into a temporary git repository, commits it, and changes it as a pull request does: a finding with a new source, two
findings edited, one removed. Everything is measured in one run on the same files, each measurement in a process of its own (start-up included), the repeats
interleaved; the median is shown, by the clock and of processor time, which other work on the
machine lengthens less. It prints ratios and asserts nothing: machines differ, and so do their neighbours.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import generated
from check_speed import LOAD, TODAY, Bench

GIT = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.org"}
GIT |= {"GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@example.org"}


def git(root: Path, *words: str) -> None:
    subprocess.run(["git", *words], cwd=root, check=True, capture_output=True, env={**os.environ, **GIT})


def edit(root: Path) -> None:
    """What a pull request brings: three findings and a source are other than before, and one finding is gone."""
    first, second, third, gone = sorted(root.glob("findings/*.yaml"))[:4]
    source = next(iter(sorted(root.glob("sources/*.yaml"))))
    for path, name in ((first, "a-new-finding"), (source, "doe-2025-new")):
        text = path.read_text(encoding="utf-8").replace(f"id: {path.stem}", f"id: {name}")
        path.with_name(f"{name}.yaml").write_text(text, encoding="utf-8")
    for path in (second, third):
        text = path.read_text(encoding="utf-8").replace("name: before, value: ", "name: before, value: 1")
        path.write_text(text.replace("channel: weights", "channel: data"), encoding="utf-8")
    gone.unlink()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--findings", type=int, default=1000)
    parser.add_argument("--repeats", type=int, default=3)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kb-bench-") as folder:
        work, root = Path(folder), Path(folder) / "kb"
        paths = generated.write(root, round(args.findings / (1 - generated.CONCEPT_SHARE - generated.SOURCE_SHARE)))
        for words in (["init", "-q", "-b", "main"], ["add", "-A"], ["commit", "-q", "-m", "base"]):
            git(root, *words)
        edit(root)
        bench = Bench(root, work)

        def diff(*words: str) -> float:
            return bench.run("-m", "kb", "diff", "main", *words, "--root", str(root), "--today", TODAY, "--format", "markdown")

        def after_an_edit() -> float:
            path = root / "findings" / "a-new-finding.yaml"
            path.write_text(path.read_text(encoding="utf-8") + f"# {time.perf_counter_ns()}\n", encoding="utf-8")
            return diff()

        def cold() -> float:
            shutil.rmtree(bench.cache, ignore_errors=True)
            return diff()

        rows: dict[str, Callable[[], float]] = {
            "load, warm cache": lambda: bench.script(LOAD, "on"),
            "kb check, no cache": lambda: bench.run("-m", "kb", "check", "--root", str(root), "--today", TODAY, "--no-cache", "--ignore", "KB"),
            "kb diff, cold": cold,
            "kb diff, warm": diff,
            "kb diff, warm, one more edit": after_an_edit,
        }
        for measure in rows.values():
            measure()  # bytecode is compiled, files are in memory
        seconds: dict[str, list[float]] = {name: [] for name in rows}
        worked: dict[str, list[float]] = {name: [] for name in rows}
        for _ in range(args.repeats):
            for name, measure in rows.items():
                before = os.times()
                seconds[name].append(measure())
                after = os.times()
                worked[name].append(after.children_user + after.children_system - before.children_user - before.children_system)
        findings = sum(path.parent.name == "findings" for path in paths)
    print(f"{len(paths)} records, {findings} of them findings, Python {sys.version.split()[0]}, median of {args.repeats}\n")
    check = statistics.median(worked["kb check, no cache"])
    print(f"{'':34}{'seconds':>9}{'of processor':>14}{'/ kb check, no cache':>22}")
    for name, values in seconds.items():
        busy = statistics.median(worked[name])
        print(f"{name:34}{statistics.median(values):9.2f}{busy:14.2f}{busy / check:22.2f}")


if __name__ == "__main__":
    main()
