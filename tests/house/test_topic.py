"""The engine is about no topic: what is about ours stands in kb.yaml, in records, in docs/ and in `verify`."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
# The name under which the engine is installed, and a unit of ours among those in which a whole number counts things.
ALLOWED = re.compile(r"persona-evidence-wiki|\"personas\", \"stories\"")
OURS = re.compile(r"persona(?!l)|(?-i:\bLLMs?\b)", re.IGNORECASE)


def test_no_file_of_the_engine_speaks_of_personas() -> None:
    paths = [path for name in ("kb", "schemas") for path in sorted((ROOT / name).rglob("*")) if path.is_file() and "__pycache__" not in path.parts]
    assert len(paths) > 300
    wrong = []
    for path in paths:
        text = ALLOWED.sub("", path.read_text(encoding="utf-8"))
        wrong += [f"{path.relative_to(ROOT)}: …{text[max(0, at.start() - 40) : at.end() + 20]!r}" for at in OURS.finditer(text)]
    assert not wrong
