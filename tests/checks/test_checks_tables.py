"""Every check accepts what it must and reports what it must: both sides of its table."""

from __future__ import annotations

import kbmaker
import pytest
from checks import table_beliefs, table_evidence, table_links, table_numbers, table_text
from kbmaker import Overrides

from kb.checks import all_rules, run

TABLES = [table_links.TABLE, table_evidence.TABLE, table_beliefs.TABLE, table_numbers.TABLE, table_text.TABLE]
TABLE = {code: sides for table in TABLES for code, sides in table.items()}
CHECKS = [rule for rule in all_rules() if rule.function is not None]


def cases(side: int) -> list[object]:
    return [pytest.param(code, case, id=f"{code}-{i}") for code, sides in TABLE.items() for i, case in enumerate(sides[side])]


def test_every_check_has_a_two_sided_table() -> None:
    assert sum(map(len, TABLES)) == len(TABLE)
    assert set(TABLE) == {rule.code for rule in CHECKS}
    for code, (accept, reject) in TABLE.items():
        assert accept, code
        assert reject, code


@pytest.mark.parametrize(("code", "case"), cases(0))
def test_accepted(code: str, case: Overrides) -> None:
    assert run(kbmaker.corpus(case), today=kbmaker.TODAY, select=[code]) == []


@pytest.mark.parametrize(("code", "case"), cases(1))
def test_reported(code: str, case: Overrides) -> None:
    found = run(kbmaker.corpus(case), today=kbmaker.TODAY, select=[code])
    assert found
    for diagnostic in found:
        assert diagnostic.code == code
        assert diagnostic.message
        assert diagnostic.expected
        assert diagnostic.fix
        assert diagnostic.record
        assert diagnostic.place.line > 0


def test_the_base_passes_every_check() -> None:
    assert run(kbmaker.corpus(), today=kbmaker.TODAY) == []


def test_a_result_that_is_old_or_made_with_other_code_is_no_mistake() -> None:
    """Whether a result is stale is derived and waits in the queue; the record itself says truly what was run."""
    old = {"added": "2024-01-01", "code": {"verify/verdict.py": "0" * 16, "verify/no_such_module.py": "0" * 16}}
    assert run(kbmaker.corpus({"result/rerun-smoke": old}), today=kbmaker.TODAY) == []
