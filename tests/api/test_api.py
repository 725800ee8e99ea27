"""The Python interface, and every example of its guide."""

from __future__ import annotations

import datetime as dt
import re
import subprocess
import sys
from pathlib import Path

import exporting
import kbmaker
import pandas as pd
import pytest

import kb
from kb.errors import UsageError
from kb.export.tables import TABLES, rows

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "guide-python.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def base() -> kb.Corpus:
    return kb.Corpus(exporting.small())


def test_the_guide_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    blocks = re.findall(r"^```python\n(.*?)^```", GUIDE, re.M | re.S)
    assert len(blocks) >= 6
    monkeypatch.chdir(ROOT / "findings")
    names: dict[str, object] = {}
    for block in blocks:
        exec(compile(block.replace('kb.open(".")', 'kb.open(".", cache=False)'), "guide-python.md", "exec"), names)  # our own text


def test_the_guide_names_every_public_thing() -> None:
    public = [name for name in vars(kb.Corpus) if not name.startswith("_")]
    assert {name for name in public if name not in GUIDE} == set()


def test_open_finds_the_folder_above(tmp_path: Path) -> None:
    root = kbmaker.write(tmp_path, raw={"findings/broken.yaml": "id: [\n"})
    opened = kb.open(root / "findings", cache=False)
    assert opened.root == root.resolve()
    assert [problem.place.file for problem in opened.problems] == ["findings/broken.yaml"]
    assert kb.Corpus.open(str(root), cache=False).title == opened.title == "A small knowledge base"
    assert opened.state.today is None
    assert kb.open(root, today="2026-06-01", cache=False).state.today == dt.date(2026, 6, 1)
    with pytest.raises(UsageError, match="is no day"):
        kb.open(root, today="tomorrow", cache=False)
    with pytest.raises(FileNotFoundError):
        kb.open("/")


def test_records_by_id_alias_and_claim(base: kb.Corpus) -> None:
    assert base["prompts-move-characters"] is base["prompts-move-personas"]
    assert base["prompts-move-characters/rate"].id == "rate"
    assert "prompts-move-personas/rate" in base
    assert "prompts-move-personas/none" not in base
    assert 3 not in base
    with pytest.raises(KeyError):
        base["no-such-record"]
    assert [record.id for record in base] == sorted(base.state.corpus.entries)
    assert len(base) == len(list(base))
    assert base.claims["prompts-move-personas/rate"] is base["prompts-move-personas/rate"]


@pytest.mark.parametrize(
    ("conditions", "ids"),
    [
        ({"kind": "belief"}, {"personas-are-selected", "steering-is-selection"}),
        ({"kind": "finding", "concept": "persona", "role": "contradicting"}, set()),
        ({"kind": "finding", "shape": "steered-shift"}, {"steering-works"}),
        ({"kind": "belief", "concept": "persona"}, {"personas-are-selected"}),
        ({"kind": "belief", "concept": "persona", "role": "instantiating"}, set()),
        ({"kind": "question", "concept": "persona"}, {"what-moves-personas"}),
        ({"since": "2026-03-31"}, {"moved-persona-again"}),
        ({"since": dt.date(2026, 4, 1)}, set()),
        ({"tag": "small-models"}, {"prompts-move-personas"}),
        ({"kind": "finding", "text": "THEATRICAL"}, {"steering-works"}),
        ({"kind": "finding", "status": "stable"}, set()),
        ({"kind": "source", "concept": "persona"}, set()),
    ],
)
def test_query(base: kb.Corpus, conditions: dict[str, object], ids: set[str]) -> None:
    assert {record.id for record in base.query(**conditions)} == ids  # type: ignore[arg-type]


def test_query_refuses_what_does_not_exist(base: kb.Corpus) -> None:
    with pytest.raises(UsageError, match="expected one of belief, concept, finding"):
        base.query("findings")
    with pytest.raises(UsageError, match="no concept is called 'personas'; expected one of drift, persona"):
        base.query(concept="personas")


@pytest.mark.parametrize("name", sorted(TABLES))
def test_frames_have_the_columns_and_types_of_the_tables(base: kb.Corpus, name: str) -> None:
    frame = base.frame(name)
    assert tuple(frame.columns) == TABLES[name].names
    assert len(frame) == len(rows(base.state, name))
    kinds = {"integer": "Int64", "real": "float64", "date": "datetime64[s]", "text": "object"}
    assert [str(kind) for kind in frame.dtypes] == [kinds[column.type] for column in TABLES[name].columns]


def test_absent_is_not_zero(base: kb.Corpus) -> None:
    frame = base.frame("belief_evidence").set_index("record")["weight"]
    assert frame["steering-works"] == 1.5
    assert pd.isna(frame["moved-persona-again"])
    assert pd.isna(base.frame("figures").set_index("figure")["n"]["shift"])


def test_frames_without_pandas_name_the_extra(base: kb.Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(UsageError, match=r"frames need pandas: install the extra `tables`"):
        base.frame("claims")
    with pytest.raises(UsageError, match="no table is called 'nothing'; expected one of"):
        base.frame("nothing")


def test_how_it_shows_itself() -> None:
    hostile = kb.Corpus(exporting.hostile())
    assert "<script>" not in hostile._repr_html_()
    assert repr(kb.Corpus(exporting.empty())) == "<kb.Corpus 'A small knowledge base': empty>"
    assert "2 beliefs" in repr(kb.Corpus(exporting.small()))


def test_importing_kb_loads_nothing_heavy() -> None:
    code = "import sys, kb; assert 'kb.api' not in sys.modules; kb.open; assert 'pandas' not in sys.modules; print('pydantic' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.strip() == "True"
    with pytest.raises(AttributeError, match="no attribute 'close'"):
        kb.close  # noqa: B018
