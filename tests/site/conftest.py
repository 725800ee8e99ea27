"""The built site, made once for all tests that look at it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import everyfield
import plotted
import pytest
import tinywiki as tiny
from strangers import HOSTILE, NARROW, hostile_result

from kb.evidence.state import derive
from kb.records import Corpus, load
from kb.site import build
from schemas import RECORD_TYPES

ROOT = Path(__file__).parents[2]


def mkdocs(docs: Path, site: Path) -> None:
    """Build `site` from `docs` with the repository's mkdocs.yml, strictly."""
    config = site.parent / f"{site.name}.yml"
    theme = f"theme: {{custom_dir: {ROOT / 'kb/site/theme'}}}"
    config.write_text(f"INHERIT: {ROOT / 'mkdocs.yml'}\ndocs_dir: {docs}\nsite_dir: {site}\n{theme}\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--config-file", str(config)],
        capture_output=True,
        text=True,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        check=False,
    )
    assert done.returncode == 0, done.stderr


def _once(factory: pytest.TempPathFactory, name: str, corpus: Corpus) -> Path:
    """Build a site in a folder that all workers of a run share; whoever comes first builds, the others wait."""
    base = factory.getbasetemp()
    shared = (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / name
    try:
        shared.mkdir()
    except FileExistsError:
        for _ in range(1200):
            if (shared / "done").exists():
                return shared
            time.sleep(0.1)
        raise TimeoutError(f"{shared} was not built within two minutes") from None
    build(corpus, derive(corpus), shared / "docs", ROOT)
    mkdocs(shared / "docs", shared / "site")
    (shared / "done").touch()
    return shared


@pytest.fixture(scope="session")
def real(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `docs` and `site` of the records of this repository."""
    return _once(tmp_path_factory, "real", load(ROOT))


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same of a small knowledge base in which every field that takes a text tries to break out of the page."""
    overrides, _ = everyfield.everywhere(everyfield.tiny_overrides(), (HOSTILE, *NARROW), frozenset(RECORD_TYPES) - {"result"})
    overrides["kb.yaml"] = {**overrides["kb.yaml"], "title": HOSTILE, "tagline": HOSTILE, "description": HOSTILE}
    overrides["result/rerun-hostile"] = hostile_result(tiny.OVERRIDES["result/rerun-small"])
    return _once(tmp_path_factory, "hostile", tiny.kbmaker.corpus(overrides))


@pytest.fixture(scope="session")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same of a small knowledge base whose reruns have every kind of plot; the names in one of them try to break out of it."""
    data = plotted.result()
    names = {HOSTILE.strip(): [[0, 0.2], [1, 0.4]], "</svg><script>window.pwned=2</script>": [[0, 0.1], [1, 0.3]]}
    data["plots"].append({"id": "hostile", "title": HOSTILE, "x": HOSTILE, "y": HOSTILE, "series": names})
    return _once(tmp_path_factory, "drawn", tiny.kbmaker.corpus({**tiny.OVERRIDES, "result/rerun-small": data}))
