"""The database read back by sqlite3 and by Datasette."""

from __future__ import annotations

import asyncio
import datetime as dt
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import exporting
import pytest

from kb.export.sqlite import APPLICATION_ID, VIEWS
from kb.export.tables import TABLES, rows


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sqlite") / "kb.sqlite"
    path.write_bytes(exporting.made("sqlite"))
    return path


@pytest.fixture
def db(file: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
    yield connection
    connection.close()


def test_it_is_whole(db: sqlite3.Connection) -> None:
    assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert db.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)
    assert db.execute("PRAGMA freelist_count").fetchone() == (0,)


@pytest.mark.parametrize("name", sorted(TABLES))
def test_tables_hold_their_rows(name: str, db: sqlite3.Connection) -> None:
    cursor = db.execute(f'SELECT * FROM "{name}" ORDER BY rowid')
    assert tuple(column[0] for column in cursor.description) == TABLES[name].names
    assert cursor.fetchall() == rows(exporting.small(), name)
    documented = db.execute("SELECT column_name, says FROM columns_documented WHERE table_name = ? ORDER BY rowid", [name]).fetchall()
    assert documented == [(column.name, column.says) for column in TABLES[name].columns]


def test_views_answer(db: sqlite3.Connection) -> None:
    for name in VIEWS:
        assert db.execute(f"SELECT count(*) FROM {name}").fetchone()[0] > 0
    found = dict(db.execute("SELECT holder, credence FROM beliefs_current WHERE belief = 'personas-are-selected'"))
    assert found == {"Ann": 0.72, "Bob": 0.25}
    counted = db.execute("SELECT claims, figures, open_disputes FROM findings_counted WHERE finding = 'prompts-move-personas'").fetchone()
    assert counted == (2, 3, 1)
    assert db.execute("SELECT clauses, met FROM results_with_verdicts WHERE result = 'rerun-small'").fetchone() == (2, 1)
    assert db.execute("SELECT value FROM claims_with_figures WHERE figure = 'after' AND finding = 'prompts-move-personas'").fetchone() == ("40.0",)
    assert db.execute("SELECT figure FROM claims_with_figures WHERE claim = 'prompts-move-personas/why'").fetchone() == (None,)
    assert db.execute("SELECT count FROM shapes_board WHERE shape = 'prompted-shift'").fetchone() is not None


def test_what_waits_and_what_fails(db: sqlite3.Connection) -> None:
    watched = db.execute("SELECT id, value, due_for FROM conditions_watched WHERE belief = 'personas-are-selected'").fetchall()
    assert watched == [("more", None, None), ("answered", "true", "Bob"), ("contradicted", "false", None)]
    assert dict(db.execute("SELECT holder, reviews_due FROM beliefs_current WHERE belief = 'personas-are-selected'")) == {"Ann": 0, "Bob": 1}
    assert db.execute("SELECT outcome, last_review FROM beliefs_current WHERE belief = 'steering-is-selection'").fetchall() == [("true", None)]
    assert "review-due:personas-are-selected/answered" in [row[0] for row in db.execute("SELECT decision FROM decisions ORDER BY position")]
    failing = dict(db.execute("SELECT says, acknowledged_by FROM checks_failing WHERE claim = 'prompts-move-personas/rate'"))
    assert failing == {"before = after": None, "k-of-n(of=after, k=90)": "ann"}
    assert db.execute("SELECT checks, inconsistent, unanswered FROM claims WHERE claim = 'prompts-move-personas/rate'").fetchone() == (5, 2, 0)
    automatic = [row[0] for row in db.execute("SELECT test FROM number_checks WHERE claim = 'prompts-move-personas/rate' AND automatic = 1")]
    assert automatic == ["interval-contains", "sd-possible"]


def test_decisions_are_those_of_the_records_on_any_day_and_machine() -> None:
    from kb.evidence.state import derive

    small = exporting.small()
    later = derive(small.corpus, today=dt.date(2030, 1, 1))
    assert {item.kind for item in later.queue} >= {"stale-record", "old-draft"}
    assert rows(later, "decisions") == rows(small, "decisions")


def test_full_text_search(db: sqlite3.Connection) -> None:
    assert "steering-works" in [row[0] for row in db.execute("SELECT id FROM search WHERE search MATCH 'theatrical'")]
    assert db.execute("SELECT count(*) FROM search WHERE search MATCH 'nowhere'").fetchone() == (0,)


def test_strangers_text_is_only_text(tmp_path: Path) -> None:
    path = tmp_path / "hostile.sqlite"
    path.write_bytes(exporting.made("sqlite", exporting.hostile()))
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("SELECT title FROM findings WHERE finding = 'prompts-move-personas'").fetchone()[0].startswith("<script>")


def test_dangling_and_repeated_things_do_not_stop_it() -> None:
    import kbmaker

    from kb.evidence.state import derive

    twice = [{"belief": "no-such-belief", "how": "supports", "note": "n"}] * 2
    same = [{"record": "no-such-record", "direction": "for", "note": "n"}] * 2
    state = derive(kbmaker.corpus({"belief/personas-are-selected": {"depends-on": twice, "evidence": same}}))
    assert exporting.made("sqlite", state).startswith(b"SQLite format 3\0")


def test_datasette_serves_it(file: Path) -> None:
    from datasette.app import Datasette

    async def ask() -> None:
        served = Datasette([str(file)], settings={"num_sql_threads": 1})
        for path, says in (
            ("/kb.json", "beliefs_current"),
            ("/kb/findings.json?_shape=array", "prompts-move-personas"),
            ("/kb/records?_search=theatrical", "steering-works"),
            ("/kb/shapes_board.json", "prompted-shift"),
            ("/kb/claims?_nofacet=1", "in-character"),
        ):
            answer = await served.client.get(path)
            assert answer.status_code == 200, (path, answer.text[:300])
            assert says in answer.text, path

    asyncio.run(ask())


def test_another_process_reads_it(file: Path) -> None:
    code = "import sqlite3, sys; print(sqlite3.connect(sys.argv[1]).execute('SELECT count(*) FROM records').fetchone()[0])"
    done = subprocess.run([sys.executable, "-c", code, str(file)], capture_output=True, text=True, check=True)
    assert int(done.stdout) == len(exporting.small().corpus)
