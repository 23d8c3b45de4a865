"""Tables as files: CSV by the standard library, Parquet by pyarrow. Both are written entry by entry."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from exporters.atomic_files import atomic_file
from exporters.export.columns import TABLES, Row, Table, rows

ROWS_A_GROUP = 50_000
"""Rows of a Parquet file that are written together."""


class ExportError(RuntimeError):
    """There is no file; the message says what to do."""


def export(table: Table, entries: Iterable[Row], out: Path) -> int:
    """Write a table of entries of the assessment document to ``out``, by its ending, and return how many rows it has.

    In CSV times are RFC 3339, true and false are words, and what is unknown is empty.

    Raises:
        ExportError: the ending is neither .csv nor .parquet, pyarrow is not installed, or the file cannot be written.
    """
    writers = {".csv": _write_csv, ".parquet": _write_parquet}
    write = writers.get(out.suffix.lower())
    if write is None:
        raise ExportError(f"{out}: name a file that ends in .csv or .parquet")
    try:
        with atomic_file(out) as partial:
            return write(table, entries, partial)
    except OSError as error:
        advice = "name a file in a folder that is there and has room"
        raise ExportError(f"{out} cannot be written ({error.strerror}); {advice}") from error


def _write_csv(table: Table, entries: Iterable[Row], out: Path) -> int:
    count = 0
    with out.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [column.name for column in TABLES[table]], lineterminator="\n")
        writer.writeheader()
        for entry in entries:
            for row in rows(table, entry):
                writer.writerow({name: _text(value) for name, value in row.items()})
                count += 1
    return count


def _text(value: Any) -> Any:  # noqa: ANN401 - whatever a cell holds
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%dT%H:%M:%SZ}"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str) and value[:1] in _FORMULA:
        return f"'{value}"  # a spreadsheet would run the name of a virtual machine or a cluster
    return value


_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001  # as wide as a letter of Chinese, too


def _write_parquet(table: Table, entries: Iterable[Row], out: Path) -> int:
    try:
        import pyarrow as pa  # noqa: PLC0415 - an extra, and slow to load
        from pyarrow import parquet  # noqa: PLC0415 - the same
    except ImportError as error:
        raise ExportError("Parquet needs pyarrow: pip install 'vjourney[parquet]', or name a file that ends in .csv") from error
    kinds = {
        "time": pa.timestamp("s", tz="UTC"),
        "text": pa.string(),
        "whole": pa.int64(),
        "number": pa.float64(),
        "yes_no": pa.bool_(),
    }
    columns = TABLES[table]
    schema = pa.schema([pa.field(c.name, kinds[c.kind], metadata={"meaning": c.meaning}) for c in columns])
    count, waiting = 0, list[Mapping[str, Any]]()
    with parquet.ParquetWriter(out, schema) as writer:
        for entry in entries:
            waiting += rows(table, entry)
            if len(waiting) >= ROWS_A_GROUP:
                count += len(waiting)
                writer.write_table(pa.Table.from_pylist(waiting, schema))
                waiting = []
        writer.write_table(pa.Table.from_pylist(waiting, schema))
    return count + len(waiting)
