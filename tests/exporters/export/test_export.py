"""Tables of stored documents: every column documented, unknown kept unknown, both formats the same."""

from __future__ import annotations

import csv
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pyarrow import parquet

from exporters.document import document
from exporters.export.columns import TABLES, documentation
from exporters.export.files import ExportError, export
from inference.publication import Publication

DOCUMENTATION = Path(__file__).parents[3] / "docs" / "exports.md"


@pytest.fixture
def entries(publication: Publication) -> list[dict[str, Any]]:
    """The documents of five scopes."""
    found: list[dict[str, Any]] = document(publication)["assessments"]
    return found


def read_csv(file: Path) -> list[dict[str, str]]:
    """The rows of a CSV file."""
    with file.open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


@pytest.mark.parametrize("name", ["table.xlsx", "table", "table.csv.gz"])
def test_another_ending_is_refused(name: str, tmp_path: Path) -> None:
    """Nothing is written."""
    with pytest.raises(ExportError, match=r"name a file that ends in \.csv or \.parquet"):
        export("assessments", [], tmp_path / name)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["table.csv", "table.parquet"])
def test_a_folder_that_is_not_there_is_named(name: str, tmp_path: Path) -> None:
    """With what to do."""
    with pytest.raises(ExportError, match="name a file in a folder that is there"):
        export("assessments", [], tmp_path / "missing" / name)


def test_without_pyarrow_parquet_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And that CSV needs nothing."""
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(ExportError, match=r"pip install 'vjourney\[parquet\]'.*\.csv"):
        export("assessments", [], tmp_path / "table.parquet")


def test_assessments_in_csv(entries: list[dict[str, Any]], tmp_path: Path) -> None:
    """One row each; times as in the documents, what is unknown empty."""
    assert export("assessments", entries, tmp_path / "table.csv") == 5
    fleet, _, _, below, _ = read_csv(tmp_path / "table.csv")
    assert fleet["taken_at"] == "2025-11-21T22:45:00Z"
    assert fleet["declared_since"] == "2025-10-12T22:45:00Z"
    assert (fleet["inferred_stage"], fleet["confirmed"], fleet["position"]) == ("2", "true", "2.41235")
    assert (fleet["ha_exercised"], fleet["srm_exercised"]) == ("0.0", "")
    assert (below["inferred_stage"], below["position"], below["interval80_low"]) == ("", "", "1.55")


def test_observations_in_csv(entries: list[dict[str, Any]], tmp_path: Path) -> None:
    """One row for each indicator of each scope; unknown is not zero."""
    count = export("observations", entries, tmp_path / "table.csv")
    rows = read_csv(tmp_path / "table.csv")
    assert count == len(rows) == sum(len(entry["observations"]) for entry in entries)
    by_name = {row["indicator"]: row for row in rows if row["scope"] == "fleet"}
    assert (by_name["maint_evac"]["state"], by_name["maint_evac"]["value"]) == ("unknown", "")
    assert (by_name["scale"]["value"], by_name["scale"]["unit"]) == ("0.0", "virtual machines")


@pytest.mark.parametrize("name", ["=cmd()", "+1", "-1", "@x", "\t=1", "\n=1", "\uff1d1"])
def test_a_name_is_never_a_formula(entries: list[dict[str, Any]], tmp_path: Path, name: str) -> None:
    """A spreadsheet would run it."""
    entries[0]["scope"]["name"] = name
    export("assessments", entries[:1], tmp_path / "table.csv")
    assert read_csv(tmp_path / "table.csv")[0]["name"] == f"'{name}"


def test_a_negative_number_stays_a_number(entries: list[dict[str, Any]], tmp_path: Path) -> None:
    """Only text is guarded."""
    export("observations", entries[:1], tmp_path / "table.csv")
    assert "-0.75" in {row["contribution"] for row in read_csv(tmp_path / "table.csv")}


@pytest.mark.parametrize("table", ["assessments", "observations"])
def test_parquet_holds_the_same_with_types(table: Any, entries: list[dict[str, Any]], tmp_path: Path) -> None:  # noqa: ANN401
    """As many rows, the same columns, times in UTC, and what each column means."""
    count = export(table, entries, tmp_path / "table.parquet")
    read = parquet.read_table(tmp_path / "table.parquet")
    assert read.num_rows == count == export(table, entries, tmp_path / "table.csv")
    assert read.column_names == list(read_csv(tmp_path / "table.csv")[0])
    assert read["taken_at"][0].as_py() == datetime(2025, 11, 21, 22, 45, tzinfo=UTC)
    assert all(field.metadata[b"meaning"] for field in read.schema)


def test_parquet_keeps_unknown_unknown(entries: list[dict[str, Any]], tmp_path: Path) -> None:
    """Null, neither zero nor an empty text."""
    export("assessments", entries, tmp_path / "table.parquet")
    read = parquet.read_table(tmp_path / "table.parquet")
    assert read["inferred_stage"].to_pylist() == [2, 2, 2, None, 2]
    assert read["srm_exercised"].to_pylist()[0] is None


def test_an_empty_table_has_its_columns(tmp_path: Path) -> None:
    """Whoever reads it needs no special case."""
    assert export("assessments", [], tmp_path / "table.csv") == 0
    header = (tmp_path / "table.csv").read_text(encoding="utf-8").strip().split(",")
    assert header == [column.name for column in TABLES["assessments"]]


def test_every_column_is_documented() -> None:
    """docs/exports.md holds what the code says of its columns."""
    assert documentation() in DOCUMENTATION.read_text(encoding="utf-8")
