"""The blocks of the guide to beliefs are records that pass every check, and do what the guide says."""

from __future__ import annotations

import re
from pathlib import Path

import kbmaker
import pytest

from kb.checks import run
from kb.evidence.state import derive
from kb.records import load
from schemas.predicate import KINDS

GUIDE = (Path(__file__).parents[2] / "docs" / "guide-beliefs.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```yaml\n(.*?)^```$", GUIDE, re.M | re.S)


@pytest.mark.parametrize("number", range(len(BLOCKS)))
def test_blocks_pass_every_check(number: int, tmp_path: Path) -> None:
    kbmaker.write(tmp_path, {"result/rerun-smoke": {}})
    kbmaker.write_example(tmp_path, BLOCKS[number])
    assert run(load(tmp_path, cache=False), today=kbmaker.TODAY) == []


def test_the_review_of_the_guide_clears_what_fired(tmp_path: Path) -> None:
    (block,) = [block for block in BLOCKS if "reviews:" in block]
    kbmaker.write_example(tmp_path, block)
    (trigger,) = derive(load(tmp_path, cache=False)).triggers
    assert not trigger.due
    kbmaker.write_example(tmp_path, block.replace("fired-by: [steering-works, what-moves-personas]", "fired-by: [what-moves-personas]"))
    (trigger,) = derive(load(tmp_path, cache=False)).triggers
    assert trigger.due


def test_the_table_has_every_key() -> None:
    assert set(re.findall(r"^\| `([a-z]+):", GUIDE, re.M)) == set(KINDS) - {"all", "any", "not"}
