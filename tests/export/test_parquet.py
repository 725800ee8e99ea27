"""Parquet files read back by pyarrow and pandas."""

from __future__ import annotations

import io

import exporting
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from kb.export.tables import TABLES, rows


@pytest.mark.parametrize("name", sorted(TABLES))
def test_pyarrow_reads_what_was_written(name: str) -> None:
    table = pq.read_table(io.BytesIO(exporting.made("parquet")[f"{name}.parquet"]))
    assert tuple(table.column_names) == TABLES[name].names
    cells = [tuple(value.isoformat() if hasattr(value, "isoformat") else value for value in row.values()) for row in table.to_pylist()]
    assert cells == rows(exporting.small(), name)
    kinds = {"text": pa.string(), "integer": pa.int64(), "real": pa.float64(), "date": pa.date32()}
    assert table.schema.types == [kinds[column.type] for column in TABLES[name].columns]
    assert [field.metadata[b"description"].decode() for field in table.schema] == [column.says for column in TABLES[name].columns]


def test_an_empty_knowledge_base_has_typed_columns() -> None:
    table = pq.read_table(io.BytesIO(exporting.made("parquet", exporting.empty())["figures.parquet"]))
    assert (table.num_rows, table.schema.field("number").type) == (0, pa.float64())


def test_pandas_reads_them() -> None:
    frame = pd.read_parquet(io.BytesIO(exporting.made("parquet")["estimates.parquet"]))
    assert frame.loc[frame["estimate"] == "kept", "value"].tolist() == [-0.0123]
    assert frame.loc[frame["estimate"] == "kept", "figure"].isna().all()
