"""No file of the repository hides anything from whoever reviews it: what records may not hold, code and pages may not either."""

from __future__ import annotations

from pathlib import Path

from kb.records.invisible import HIDDEN

ROOT = Path(__file__).parents[2]
NOT_OURS = {".git", ".venv", "build", "dist", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis"}
SUFFIXES = {".py", ".md", ".yaml", ".yml", ".toml", ".html", ".css", ".js", ".lark", ".json", ".txt", ".cff", ".xml", ".svg", ""}
LONGEST = 512 * 1024


def test_nothing_is_hidden_in_any_file() -> None:
    paths = [path for path in sorted(ROOT.rglob("*")) if not NOT_OURS & set(path.relative_to(ROOT).parts)]
    texts = [path for path in paths if path.is_file() and path.suffix in SUFFIXES and path.stat().st_size < LONGEST]
    assert len(texts) > 300
    wrong = []
    for path in texts:
        try:
            text = path.read_bytes().decode("utf-8")
        except UnicodeDecodeError:
            continue
        wrong += [f"{path.relative_to(ROOT)}:{text.count(chr(10), 0, match.start()) + 1} U+{ord(match[0][0]):04X}" for match in HIDDEN.finditer(text)]
    assert not wrong
