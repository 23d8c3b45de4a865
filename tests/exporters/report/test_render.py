"""The report: one file, every part, in plain words, as HTML and as PDF."""

from __future__ import annotations

import builtins
import re
import socket
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from exporters.history import is_whole
from exporters.report.render import Earlier, ReportError, next_steps, render_report, subject, write_report

SINCE = datetime(2025, 8, 23, tzinfo=UTC)


def text(html: str) -> str:
    """What a reader sees."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<style>.*?</style>|<[^>]+>", " ", html, flags=re.DOTALL)))


def test_nothing_assessed_makes_no_report() -> None:
    """The sentence says what to do first."""
    with pytest.raises(ReportError, match="run `vjourney once`"):
        render_report([], Earlier(SINCE))


def test_of_a_single_vcenter_the_report_is_about_it(documents: list[dict[str, Any]]) -> None:
    """The fleet is for several."""
    assert subject(documents)["scope"]["kind"] == "vcenter"
    second = {**documents[1], "scope": {**documents[1]["scope"], "id": "other", "name": "dr"}}
    assert subject([*documents, second])["scope"]["kind"] == "fleet"
    with pytest.raises(ReportError, match="no fleet to report on, since its vCenters have never all been read"):
        subject([*documents[1:], second])


def test_every_part_is_there(documents: list[dict[str, Any]]) -> None:
    """Stage, hindrance, value, changes, steps, questions and words."""
    seen = text(render_report(documents, Earlier(SINCE)))
    for part in (
        "The virtualization journey of prod",
        "As of 2025-11-21 , compared with 2025-08-23",
        "IT Production Stage 2 of 4: IT runs its own servers on virtual machines to save cost. Declared since 2025-10-12 .",
        "No business workload was seen.",
        "No money is shown because none is guessed; each line says what is missing.",
        "No reading from that time is stored",
        "IT Production was declared as the first stage on 2025-10-12.",
        "Estates at the next stage empty hosts by live migration.",
        "Is the value routinely reported to management? Not known: declare value.reported.",
        "not calibrated against organisations assessed by people",
        "What the words mean",
    ):
        assert part in seen


def test_below_the_floor_no_stage_is_named(documents: list[dict[str, Any]]) -> None:
    """Only the range is told."""
    alone = {**documents[3], "scope": {**documents[3]["scope"], "kind": "vcenter"}}
    seen = text(render_report([alone], Earlier(SINCE)))
    assert "No stage is declared yet" in seen
    assert "the 80% interval of the position is 1.55 to 2.75 of 4" in seen
    assert "points at" not in seen


def test_what_is_missing_is_told_as_missing(documents: list[dict[str, Any]]) -> None:
    """An unread part of the fleet stands at the top, unseen evidence has its reasons, unknown amounts are in no table."""
    about = documents[1]
    about["flags"] = [{"id": "incomplete", "message": "1 of 2 vCenters could be read so far."}]
    about["observations"] = [seen | {"state": "unknown", "reason": "events end early"} for seen in about["observations"]]
    assert not is_whole(about)
    seen = text(render_report([about], Earlier(SINCE)))
    assert "Where we stand This report is incomplete. 1 of 2 vCenters could be read so far." in seen
    assert seen.count("1 of 2 vCenters could be read so far.") == 1
    assert f"Events end early. {len(about['observations'])} measurements" in seen
    assert "Not known yet: Share of servers that are virtual. Not known: declare servers.physical." in seen
    assert "not known Not known" not in seen


def test_families_have_their_titles(documents: list[dict[str, Any]]) -> None:
    """A reader knows no ids."""
    about = documents[1] | {"facets": [{"family": "placement", "position": 0.4}]}
    seen = text(render_report([about], Earlier(SINCE), families={"placement": "Automatic placement"}))
    assert "Taken alone, these have not reached IT as a Service: Automatic placement (0.4 of 4)." in seen


def test_too_little_evidence_makes_seeing_more_the_first_step(documents: list[dict[str, Any]]) -> None:
    """Nothing is advised on what nobody saw."""
    alone = documents[3] | {"scope": documents[3]["scope"] | {"kind": "vcenter"}, "next_steps": []}
    seen = text(render_report([alone], Earlier(SINCE)))
    assert "The first step is to see more" in seen
    assert seen.lower().count("not enough evidence to") == 1


def test_a_fleet_without_steps_of_its_own_names_those_of_its_vcenters(documents: list[dict[str, Any]]) -> None:
    """The one furthest behind first, the last stage not at all, three at most."""
    steps = [{"indicator": "x", "message": "Do it.", "gain": 0.1}]

    def vcenter(name: str, stage: int, position: float) -> dict[str, Any]:
        return {"scope": {"name": name}, "stage": {"inferred": stage, "position": position}, "next_steps": steps}

    vcenters = [vcenter("a", 2, 2.5), vcenter("b", 3, 3.5), vcenter("c", 0, 0.5), vcenter("d", 1, 1.5), vcenter("e", 2, 2.9)]
    fleet = {**documents[0], "next_steps": []}
    assert [step["where"] for step in next_steps(fleet, vcenters)] == ["c", "d", "a"]
    assert next_steps(documents[0], vcenters)[0]["where"] == ""


def test_the_file_needs_nothing_else(documents: list[dict[str, Any]]) -> None:
    """No script, no link out, no picture from elsewhere; a hostile name is text."""
    documents[1]["scope"]["name"] = "<script>alert(1)</script>"
    html = render_report(documents, Earlier(SINCE))
    assert not re.search(r"<script|<link|<img|src=|href=|url\(|@import", html)
    assert "&lt;script&gt;alert(1)" in html


@pytest.mark.parametrize("name", ["report.txt", "report", "report.html.gz"])
def test_another_ending_is_refused(name: str, tmp_path: Path) -> None:
    """Nothing is written."""
    with pytest.raises(ReportError, match=r"name a file that ends in \.html or \.pdf"):
        write_report("<p>", tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    """With what to do."""
    with pytest.raises(ReportError, match="name a file in a folder that is there"):
        write_report("<p>", tmp_path / "missing" / "report.html")


def test_without_weasyprint_a_pdf_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And that HTML needs nothing."""
    real = builtins.__import__

    def refuse(name: str, *rest: Any) -> Any:  # noqa: ANN401 - as the original
        if name == "weasyprint":
            raise OSError("cannot load library 'libpango-1.0-0'")
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(ReportError, match=r"pip install 'vjourney\[pdf\]'.*\.html \(cannot load library"):
        write_report("<p>", tmp_path / "report.pdf")


@pytest.mark.usefixtures("pdf_libraries")
def test_the_same_is_written_as_html_and_pdf(documents: list[dict[str, Any]], tmp_path: Path) -> None:
    """By the ending, whatever its case."""
    html = render_report(documents, Earlier(SINCE))
    write_report(html, tmp_path / "report.html")
    assert (tmp_path / "report.html").read_text(encoding="utf-8") == html
    write_report(html, tmp_path / "report.PDF")
    assert (tmp_path / "report.PDF").read_bytes().startswith(b"%PDF-")


@pytest.mark.usefixtures("pdf_libraries")
def test_a_pdf_fetches_nothing(tmp_path: Path) -> None:
    """Whatever a template would ever ask for: nobody knocks at the address."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0)
        address = f"http://127.0.0.1:{server.getsockname()[1]}/style.css"
        write_report(f'<link rel="stylesheet" href="{address}"><p>Text', tmp_path / "report.pdf")
        with pytest.raises(BlockingIOError):
            server.accept()
