"""Material's successor builds the same tree. Not gating: skipped where it is not installed."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
pytestmark = [
    pytest.mark.site,
    pytest.mark.skipif(importlib.util.find_spec("zensical") is None, reason="zensical is not installed (pip install zensical): a check that does not gate"),
]


def test_zensical_builds_the_same_pages(real: Path, tmp_path: Path) -> None:
    shutil.copytree(real / "docs", tmp_path / "build/docs")
    shutil.copytree(ROOT / "kb/site/theme", tmp_path / "kb/site/theme")
    shutil.copy(ROOT / "mkdocs.yml", tmp_path)
    done = subprocess.run([sys.executable, "-m", "zensical", "build"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    made = {path.relative_to(tmp_path / "build/site") for path in (tmp_path / "build/site").rglob("*.html")}
    assert made == {path.relative_to(real / "site") for path in (real / "site").rglob("*.html")}
    page = (tmp_path / "build/site/findings/persona-modulation-jailbreak.html").read_text(encoding="utf-8")
    assert "kb-figures" in page
    assert "Reproduced" in page
