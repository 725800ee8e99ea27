"""The knowledge base as flat tables with documented, typed columns: what SQLite, Parquet and pandas frames hold.

An absent value is None. Ids are present ids (aliases are resolved) where the record exists and as written where it does not.
"""

from kb.export.tables.registry import TABLES, Column, Table, rows

__all__ = ["TABLES", "Column", "Table", "rows"]

import kb.export.tables.bearing
import kb.export.tables.holding
import kb.export.tables.reporting
import kb.export.tables.rerunning
import kb.export.tables.weighing  # noqa: F401 - these register the tables
