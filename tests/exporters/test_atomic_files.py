"""Files that appear whole or not at all."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from exporters.atomic_files import atomic_file
from exporters.export.files import ExportError, export
from exporters.report.render import ReportError, write_report

FULL = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_file_takes_the_place_and_the_rights_of_the_one_before(tmp_path: Path) -> None:
    """Whoever may not read the last report may not read the next one."""
    out = tmp_path / "report.html"
    out.write_text("before")
    out.chmod(0o640)
    with atomic_file(out) as partial:
        partial.write_text("after")
    assert (out.read_text(), out.stat().st_mode & 0o777) == ("after", 0o640)
    assert list(tmp_path.iterdir()) == [out]


def test_two_that_write_to_one_place_do_not_mix(tmp_path: Path) -> None:
    """Each file is whole, and the one that ended last stays."""
    out = tmp_path / "report.html"
    with atomic_file(out) as first:
        first.write_text("first")
        with atomic_file(out) as second:
            second.write_text("second")
        assert out.read_text() == "second"
    assert (out.read_text(), list(tmp_path.iterdir())) == ("first", [out])


def test_what_is_to_be_new_takes_the_place_of_nothing(tmp_path: Path) -> None:
    """Not even of what came while it was being written."""
    out = tmp_path / "model.yaml"
    with atomic_file(out, new=True) as partial:
        partial.write_text("first")
    with pytest.raises(FileExistsError), atomic_file(out, new=True) as partial:
        partial.write_text("second")
    assert (out.read_text(), list(tmp_path.iterdir())) == ("first", [out])


def test_a_disk_that_is_full_costs_no_report_of_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And leaves no half of the new one."""
    out = tmp_path / "report.html"
    out.write_text("before")

    def fill(file: Path, _content: bytes) -> int:
        file.touch()
        raise FULL

    monkeypatch.setattr(Path, "write_bytes", fill)
    with pytest.raises(ReportError, match=r"No space left on device.*has room"):
        write_report("<p>", out)
    assert (list(tmp_path.iterdir()), out.read_text()) == ([out], "before")


@pytest.mark.parametrize("name", ["table.csv", "table.parquet"])
def test_a_disk_that_is_full_leaves_no_half_of_a_table(name: str, tmp_path: Path) -> None:
    """It would be taken for all there is."""

    def entries() -> Iterator[dict[str, Any]]:
        raise FULL
        yield {}

    with pytest.raises(ExportError, match=r"No space left on device.*has room"):
        export("assessments", entries(), tmp_path / name)
    assert list(tmp_path.iterdir()) == []
