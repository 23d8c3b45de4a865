"""``vjourney report`` and ``vjourney export``: what is stored, written to a file."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from vjourney.cli import app
from vjourney.demo import recordings
from vjourney.store import Reported, Store

Run = Callable[..., Any]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A configuration of one recording, with its store filled."""
    made = tmp_path_factory.mktemp("publishing")
    config = (
        f"vcenters: [{{name: replayed, replay: {recordings()['it-production']}}}]\nstore: {{url: 'sqlite:///{made}/s.db'}}\n"
    )
    (made / "vjourney.yaml").write_text(config, encoding="utf-8")
    assert CliRunner().invoke(app, ["once", "--config", str(made / "vjourney.yaml"), "--json"]).exit_code == 0
    return made


def rows(file: Path) -> list[dict[str, str]]:
    """The rows of a CSV file."""
    with file.open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


@pytest.fixture
def run(folder: Path) -> Run:
    """``run(command, *arguments)``: a command with the configuration."""
    return lambda command, *arguments: CliRunner().invoke(app, [command, "--config", str(folder / "vjourney.yaml"), *arguments])


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--out", "report.doc"], "name a file that ends in .html or .pdf"),
        (["--out", "missing/report.html"], "name a file in a folder that is there and has room"),
        (["--out", "report.html", "--since", "2025-02-30"], "write a day as 2025-06-30, or how long ago it was as 90d"),
        (["--out", "report.html", "--since", "soon"], "write a day as 2025-06-30, or how long ago it was as 90d"),
    ],
)
def test_a_report_that_cannot_be_says_why(arguments: list[str], sentence: str, run: Run) -> None:
    """One line, exit code 2."""
    result = run("report", *arguments)
    assert result.exit_code == 2
    assert result.stderr.rstrip().endswith(sentence)
    assert "\n" not in result.stderr.rstrip()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--out", "table.xlsx"], "name a file that ends in .csv or .parquet"),
        (["--out", "table.csv", "--table", "events"], "--table events: is neither assessments nor observations"),
        (["--out", "table.csv", "--scope", "nowhere"], "is stored: leave --scope out to see all"),
    ],
)
def test_an_export_that_cannot_be_says_why(arguments: list[str], sentence: str, run: Run) -> None:
    """One line, exit code 2."""
    result = run("export", *arguments)
    assert result.exit_code == 2
    assert result.stderr.rstrip().endswith(sentence)


@pytest.mark.parametrize(("command", "name"), [("report", "r.html"), ("export", "t.csv")])
def test_before_the_first_poll_there_is_nothing(command: str, name: str, tmp_path: Path) -> None:
    """The sentence says what to do, and no file is left."""
    config = tmp_path / "vjourney.yaml"
    config.write_text(
        f"vcenters: [{{name: replayed, replay: {recordings()['experimentation']}}}]\nstore: {{url: 'sqlite:///{tmp_path}/s.db'}}\n",
        encoding="utf-8",
    )
    result = CliRunner().invoke(app, [command, "--config", str(config), "--out", str(tmp_path / name)])
    assert (result.exit_code, "run `vjourney once`" in result.stderr) == (2, True)
    assert not (tmp_path / name).exists()


def test_the_report_is_about_the_stored_assessment(folder: Path, run: Run) -> None:
    """Its days are those of the recording."""
    result = run("report", "--out", str(folder / "report.html"), "--since", "30d")
    assert result.exit_code == 0, result.stderr
    html = (folder / "report.html").read_text(encoding="utf-8")
    assert "The virtualization journey of replayed" in html
    assert "No reading from that time is stored" not in html
    assert "polyline" in html


@pytest.mark.usefixtures("pdf_libraries")
def test_the_report_is_a_pdf_where_the_name_says_so(folder: Path, run: Run) -> None:
    """By its ending."""
    assert run("report", "--out", str(folder / "report.pdf")).exit_code == 0
    assert (folder / "report.pdf").read_bytes().startswith(b"%PDF-")


@pytest.mark.usefixtures("pdf_libraries")
def test_a_report_tells_what_changed_since_the_last_one(folder: Path, run: Run) -> None:
    """The last one is known with what it said; as HTML, as PDF or written anew it is still the same report."""
    with Store.open(f"sqlite:///{folder}/s.db") as store:
        now = store.latest("replayed")[0]
        uuid, taken_at = now["scope"]["id"], datetime.fromisoformat(now["taken_at"])
        before = now | {"consolidation": now["consolidation"] | {"hosts": 1}, "taken_at": "2020-01-01T00:00:00Z"}
        store.reports.add(uuid, taken_at - timedelta(days=400), before, taken_at)
        for name in ("first.html", "second.pdf", "third.html"):
            assert run("report", "--out", str(folder / name)).exit_code == 0
        html = (folder / "third.html").read_text(encoding="utf-8")
        assert "compared with the last report, as of <" in html
        assert "there were 1." in html
        assert store.reports.last(uuid, taken_at + timedelta(days=1)) == Reported(taken_at, now)


def test_only_a_report_that_was_written_is_remembered(folder: Path, run: Run) -> None:
    """One that failed has told nobody anything, and a look further back is not the routine report."""
    with Store.open(f"sqlite:///{folder}/s.db") as store:
        now = store.latest("replayed")[0]
        tomorrow = datetime.fromisoformat(now["taken_at"]) + timedelta(days=1)
        before = store.reports.last(now["scope"]["id"], tomorrow)
        assert run("report", "--out", str(folder / "missing" / "r.html")).exit_code == 2
        assert run("report", "--out", str(folder / "r.html"), "--since", "30d").exit_code == 0
        assert store.reports.last(now["scope"]["id"], tomorrow) == before
    assert "the last report, as of" not in (folder / "r.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("table", ["assessments", "observations"])
def test_the_export_holds_every_stored_reading(table: str, folder: Path, run: Run) -> None:
    """Of every scope, or of the one that is named."""
    file = folder / "table.csv"
    result = run("export", "--out", str(file), "--table", table)
    found = rows(file)
    assert f"{len(found)} rows of {table}" in result.stdout
    assert {row["scope"] for row in found} == {"fleet", "vcenter", "cluster"}
    assert len({row["taken_at"] for row in found}) > 1
    run("export", "--out", str(file), "--table", table, "--scope", "replayed")
    assert {row["name"] for row in rows(file)} == {"replayed"}
