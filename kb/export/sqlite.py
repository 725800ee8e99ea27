"""SQLite: every table, views that answer common questions, and a full-text index, in one file.

The database is made in memory and serialised, with a fixed page size, no timestamps and rows in a fixed order, so that one version of SQLite
writes the same bytes for the same records. Another version may lay pages out differently and writes its number into the header.
"""

from __future__ import annotations

from contextlib import closing

from kb.evidence.state import State
from kb.export.registry import Options, export
from kb.export.tables import TABLES, Column, rows

APPLICATION_ID = 0x6B622031  # "kb 1"
VERSION = 1
"""Of the tables and views; rises when a column goes or changes its meaning."""
_TYPES = {"text": "TEXT", "integer": "INTEGER", "real": "REAL", "date": "TEXT"}

VIEWS: dict[str, tuple[str, str]] = {
    "findings_counted": (
        "findings with their claims, figures, open disputes and reruns",
        """SELECT f.finding, f.title, f.kind, f.issued, f.rerun, f.status,
  (SELECT count(*) FROM claims c WHERE c.finding = f.finding) AS claims,
  (SELECT count(*) FROM claims c JOIN figures g ON g.claim = c.claim WHERE c.finding = f.finding) AS figures,
  (SELECT count(*) FROM claims c JOIN disputes d ON d.claim = c.claim WHERE c.finding = f.finding AND d.state = 'open') AS open_disputes,
  (SELECT count(*) FROM results r WHERE r.finding = f.finding) AS results,
  (SELECT count(*) FROM instantiations i WHERE i.finding = f.finding) AS concepts
FROM findings f ORDER BY f.finding""",
    ),
    "claims_with_figures": (
        "reported figures beside what is claimed; a claim without figures has one row",
        """SELECT c.finding, c.claim, c.statement, c.nature, c.places, g.figure, g.qualifier, g.value, g.unit, g.low, g.high, g.level, g.n, g.p, g.of
FROM claims c LEFT JOIN figures g ON g.claim = c.claim ORDER BY c.finding, c.position, g.rowid""",
    ),
    "shapes_board": (
        "the board: counts, thresholds and states, most examples first",
        """SELECT concept, shape, name, state, count, independent, threshold, examples, complicating, contradicting, next
FROM shapes ORDER BY concept, count DESC, independent DESC, shape""",
    ),
    "beliefs_current": (
        "each holder's present credence, with the evidence listed for and against",
        """SELECT b.belief, b.title, c.holder, c.credence, c.date, c.because,
  (SELECT count(*) FROM belief_evidence e WHERE e.belief = b.belief AND e.direction = 'for') AS evidence_for,
  (SELECT count(*) FROM belief_evidence e WHERE e.belief = b.belief AND e.direction = 'against') AS evidence_against,
  (SELECT count(*) FROM belief_evidence e WHERE e.belief = b.belief AND e.direction = 'mixed') AS evidence_mixed,
  (SELECT count(*) FROM belief_updates u WHERE u.belief = b.belief) AS updates,
  (SELECT count(*) FROM reviews_due d WHERE d.belief = b.belief AND d.holder = c.holder) AS reviews_due,
  (SELECT max(r.date) FROM belief_reviews r WHERE r.belief = b.belief AND r.by = c.holder) AS last_review,
  (SELECT h.implied FROM holdings h WHERE h.belief = b.belief AND h.holder = c.holder) AS implied,
  b.resolved, b.outcome
FROM beliefs b JOIN credences c ON c.belief = b.belief AND c.current = 1 ORDER BY b.belief, c.holder""",
    ),
    "conditions_watched": (
        "what would change each belief, with its predicate's value now and for whom a review is due",
        """SELECT u.belief, u.id, u.would, u.condition, u.value, u.lacking, u.since, u.grounds,
  (SELECT group_concat(holder, '; ') FROM (SELECT d.holder FROM reviews_due d WHERE d.belief = u.belief AND d.id = u.id ORDER BY d.holder)) AS due_for
FROM belief_updates u ORDER BY u.belief, u.position""",
    ),
    "checks_failing": (
        "checks that can't hold, unanswered ones first",
        """SELECT claim, test, says, explanation, disputed, acknowledged, acknowledged_by, acknowledged_why
FROM number_checks WHERE verdict = 'inconsistent' ORDER BY acknowledged IS NOT NULL OR disputed, claim, position""",
    ),
    "results_with_verdicts": (
        "reruns with their verdict, tier and how many clauses of the rule were met",
        """SELECT r.result, r.replication, r.tier, r.scale, r.model, r.verdict, r.leads, r.finding, f.title,
  (SELECT count(*) FROM criteria k WHERE k.result = r.result AND k.kind = 'success') AS clauses,
  (SELECT count(*) FROM criteria k WHERE k.result = r.result AND k.kind = 'success' AND k.outcome = 'met') AS met,
  r.jobs, r.added
FROM results r LEFT JOIN findings f ON f.finding = r.finding ORDER BY r.replication, r.result""",
    ),
}


@export(
    "sqlite",
    summary="One database with every table, views and full-text search",
    file="kb.sqlite",
    media="application/vnd.sqlite3",
    kind="binary",
    reader="sqlite3 and Datasette",
    schema={
        **{name: f"table: {table.says[0].lower()}{table.says[1:]}" for name, table in TABLES.items()},
        **{name: f"view: {says}" for name, (says, _) in VIEWS.items()},
        "search": "full-text index (FTS5) over `title` and `text` of `records`: `SELECT id FROM search WHERE search MATCH 'memory'`",
        "columns_documented": "table: what every column of every table holds",
    },
    notes="Open it with `sqlite3 kb.sqlite` or `datasette kb.sqlite`. The same records give the same bytes with the same version of SQLite.",
)
def sqlite(state: State, _: Options) -> bytes:
    import sqlite3

    with closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
        for pragma in ("page_size = 4096", "encoding = 'UTF-8'", "auto_vacuum = NONE", f"application_id = {APPLICATION_ID}", f"user_version = {VERSION}"):
            db.execute(f"PRAGMA {pragma}")
        db.execute("BEGIN")
        for name, table in TABLES.items():
            own = "n" if name == "records" else ""
            parts = [_column(column, integer_key=column.name == own) for column in table.columns]
            parts.append(f"{'UNIQUE' if own else 'PRIMARY KEY'} ({', '.join(map(_quoted, table.key))})")
            db.execute(f"CREATE TABLE {_quoted(name)} ({', '.join(parts)})")
            db.executemany(f"INSERT INTO {_quoted(name)} VALUES ({', '.join('?' * len(table.columns))})", _encodable(rows(state, name)))
        db.execute("CREATE TABLE columns_documented (table_name TEXT, column_name TEXT, type TEXT, says TEXT, PRIMARY KEY (table_name, column_name))")
        db.executemany("INSERT INTO columns_documented VALUES (?, ?, ?, ?)", [(t.name, c.name, c.type, c.says) for t in TABLES.values() for c in t.columns])
        for view, (_says, query) in VIEWS.items():
            db.execute(f"CREATE VIEW {_quoted(view)} AS {query}")
        db.execute("CREATE VIRTUAL TABLE search USING fts5(id UNINDEXED, kind UNINDEXED, title, text, content='records', content_rowid='n')")
        db.execute("INSERT INTO search(search) VALUES ('rebuild')")
        db.execute("INSERT INTO search(search) VALUES ('optimize')")
        db.execute("COMMIT")
        return db.serialize()


def _column(column: Column, *, integer_key: bool) -> str:
    words = f"{_quoted(column.name)} {_TYPES[column.type]}"
    if integer_key:
        return words + " PRIMARY KEY"
    if column.refers:
        table, _, name = column.refers.partition(".")
        return f"{words} REFERENCES {_quoted(table)} ({_quoted(name)})"
    return words


def _quoted(name: str) -> str:
    """Names are our own; the quotes are for those that SQL knows as words."""
    return f'"{name}"'


def _encodable(found: list[tuple[str | int | float | None, ...]]) -> list[tuple[str | int | float | None, ...]]:
    """SQLite takes no lone surrogates and cuts nothing at NUL, but other readers do."""
    return [tuple(cell.encode("utf-8", "replace").decode().replace("\0", "�") if isinstance(cell, str) else cell for cell in row) for row in found]
