"""The page says what is known, what is not, and never the one for the other."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest

from exporters.web.page import age, number, percent, reading, render_page, when
from inference.results import Publication

NOW = datetime(2025, 11, 21, 22, 45, tzinfo=UTC)


def text(publication: Publication | None, scope: str | None = None) -> str:
    """What a reader sees, without tags and runs of space."""
    html = render_page(publication, scope)[1]
    return re.sub(r"\s+", " ", unescape(re.sub(r"<style>.*?</style>|<[^>]+>", " ", html, flags=re.DOTALL)))


def test_before_the_first_poll_the_page_says_so() -> None:
    """It answers, and reloads itself."""
    status, html = render_page(None)
    assert status == 200
    assert "The first poll is running." in html
    assert 'http-equiv="refresh"' in html


def test_without_an_assessment_the_polls_say_why(publication: Publication) -> None:
    """When every vCenter failed there is still a page."""
    seen = text(replace(publication, assessments=()))
    assert "No vCenter has been assessed yet" in seen
    assert "dr could not be polled. Nothing listens at dr.example.com:443" in seen


def test_an_unknown_scope_is_named_with_those_there_are(publication: Publication) -> None:
    """The link that went stale leads somewhere."""
    status, html = render_page(publication, "<b>nothing</b>")
    assert status == 404
    assert "&lt;b&gt;nothing" in html
    assert "<b>" not in html


def test_below_the_floor_only_the_range_is_shown(publication: Publication) -> None:
    """No stage, no probability, no position."""
    seen = text(publication, "Compute (domain-c9)")
    detail = seen[seen.index("cluster of prod") : seen.index("Configured and exercised")]
    assert "Not enough evidence. With what could be seen the position lies between 1.55 and 2.75 of 4" in detail
    assert "Inferred from this reading" not in detail
    assert "Business Production" not in detail


def test_the_page_is_honest_about_the_model(publication: Publication) -> None:
    """The limits of the reading stand on every page."""
    claim = "Stage inferred from infrastructure telemetry, uncalibrated against assessed organisations (model journey-1 1.0.0)"
    assert claim in text(publication)


def test_the_fleet_is_shown_first_with_everything_about_it(publication: Publication) -> None:
    """Declared, inferred, candidate, confidence, consolidation, flags, steps, changes and gaps are all there."""
    seen = text(publication)
    for part in (
        "IT Production declared, holds since 2025-10-12 22:45 UTC (40 days ago)",
        "Candidate: Business Production since 2025-11-18 22:45 UTC",
        "Inferred from this reading: Business Production",
        "Position 2.41 of 4, four times in five between 1.81 and 3.01",
        "Team confidence reactive position 1.60 of 4",
        "Virtual CPUs per core 2.25",
        "maint_evac : no host entered maintenance mode in 90 days",
        "sdrs : there is no datastore cluster",
        "37 live migrations in 27 days over 97 virtual machines.",
        "Much is configured that is hardly used.",
        "Estates at the next stage empty hosts by live migration.",
        "first declared IT Production cause: first",
        "licenses: The account lacks Global.Licenses",
    ):
        assert part in seen


def test_an_unconfirmed_stage_says_why(publication: Publication) -> None:
    """The reason stands beside the stage."""
    assert "Unconfirmed because No business workload was seen." in text(publication, "prod")


def test_every_observation_has_its_row(publication: Publication) -> None:
    """The evidence table leaves nothing out."""
    html = render_page(publication)[1]
    assert [
        html.count(f'<th scope="row"><code>{item.observation.indicator}</code>') for item in publication.assessments[0].evidence
    ] == [1] * 6


@pytest.mark.parametrize(
    ("configured", "exercised", "expected"),
    [
        (None, None, "unknown"),
        (0.0, None, "not configured"),
        (0.0, 0.0, "not configured"),
        (0.5, None, "configured; use unknown"),
        (0.5, 0.0, "configured, not exercised"),
        (None, 0.0, "not exercised; configuration unknown"),
        (0.0, 3.0, "exercised"),
        (None, 3.0, "exercised"),
    ],
)
def test_configured_is_not_exercised(configured: float | None, exercised: float | None, expected: str) -> None:
    """Unknown is not no, and switched on is not used."""
    feature: dict[str, Any] = {"configured": configured, "exercised": exercised}
    assert reading(feature) == expected


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "unknown"),
        (0, "0"),
        (1234567, "1\u202f234\u202f567"),
        (12.7148, "12.7"),
        (0.00012345, "0.000123"),
        (2e7 + 0.5, "20\u202f000\u202f000"),
    ],
)
def test_numbers_are_short_and_counts_are_whole(value: float | None, shown: str) -> None:
    """Three digits that matter, thousands told apart by a space."""
    assert number(value) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [(None, "unknown"), (0, "0\u202f%"), (0.004, "<1\u202f%"), (0.5, "50\u202f%"), (0.999, ">99\u202f%"), (1, "100\u202f%")],
)
def test_percentages_do_not_round_away(value: float | None, shown: str) -> None:
    """Nearly nothing is not nothing, nearly everything not everything."""
    assert percent(value) == shown


@pytest.mark.parametrize(
    ("ago", "shown"),
    [
        (timedelta(seconds=5), "just now"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(hours=5), "5 hours ago"),
        (timedelta(days=40), "40 days ago"),
    ],
)
def test_ages_are_in_the_largest_unit(ago: timedelta, shown: str) -> None:
    """A reader wants days, not seconds."""
    assert age(NOW - ago, NOW) == shown


def test_what_never_happened_has_no_time() -> None:
    """There is no date to show."""
    assert (when(None), age(None, NOW)) == ("never", "")
