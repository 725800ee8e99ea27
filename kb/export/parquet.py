"""Every table as a Parquet file."""

from __future__ import annotations

import datetime as dt

from kb.evidence.state import State
from kb.export.registry import Options, export
from kb.export.tables import TABLES, rows
from kb.export.tables.registry import Cell


@export(
    "parquet",
    summary="Every table as a Parquet file, for data frames",
    file="tables",
    media="application/vnd.apache.parquet",
    kind="folder",
    reader="pandas and pyarrow; also DuckDB and polars",
    extra="tables",
    schema={f"{name}.parquet": f"{table.says[0].lower()}{table.says[1:].rstrip('.')}" for name, table in TABLES.items()},
    notes="Columns are typed: text is a string, `integer` 64 bits, `real` a double, `date` a date. What each holds stands in the "
    "field's metadata as `description`.",
)
def parquet(state: State, _: Options) -> dict[str, bytes]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    types = {"text": pa.string(), "integer": pa.int64(), "real": pa.float64(), "date": pa.date32()}
    made: dict[str, bytes] = {}
    for name, table in TABLES.items():
        found = rows(state, name)
        columns = []
        for position, column in enumerate(table.columns):
            cells = [_typed(row[position], column.type) for row in found]
            columns.append(pa.array(cells, types[column.type]))
        fields = [pa.field(column.name, types[column.type], metadata={"description": column.says}) for column in table.columns]
        sink = pa.BufferOutputStream()
        pq.write_table(pa.Table.from_arrays(columns, schema=pa.schema(fields)), sink, compression="zstd")
        made[f"{name}.parquet"] = sink.getvalue().to_pybytes()
    return made


def _typed(cell: Cell, kind: str) -> Cell | dt.date:
    return dt.date.fromisoformat(cell) if kind == "date" and isinstance(cell, str) else cell
