"""Sentences of the page that must not claim more, or other, than the reading behind it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from html import unescape

import httpx
import pytest

from exporters.web.app import create_app
from exporters.web.page import nothing, render_page
from exporters.wording import skew
from inference.publication import Publication

Ask = Callable[..., httpx.Response]


def text(publication: Publication, scope: str | None = None) -> str:
    """What a reader sees, without tags and runs of space."""
    html = render_page(publication, scope)[1]
    return re.sub(r"\s+", " ", unescape(re.sub(r"<style>.*?</style>|<[^>]+>", " ", html, flags=re.DOTALL)))


def test_a_reading_says_of_when_it_is(publication: Publication) -> None:
    """A vCenter that is away keeps its last reading, and a recording has a clock of its own, whatever time it is now."""
    later = replace(publication, taken_at=publication.taken_at + timedelta(days=9))
    assert "As of 2025-11-30 22:45 UTC" in text(later)
    assert "Latest reading, 2025-11-21 22:45 UTC : Business Production , 80" in text(later)


def test_what_was_seen_in_part_is_not_passed_off_as_seen(publication: Publication) -> None:
    """Where every question was answered, and also where some were not; nothing is said where all was seen in full."""
    fleet = publication.assessments[0]
    said = "1 answer is based on part of the data; “Seen” in the evidence shows how much."
    answered = tuple(each for each in fleet.evidence if each.observation.state != "unknown")
    for evidence in (fleet.evidence, answered):
        assert said in text(replace(publication, assessments=(replace(fleet, evidence=evidence),)))
    full = tuple(replace(each, observation=replace(each.observation, seen=1.0)) for each in answered)
    shown = text(replace(publication, assessments=(replace(fleet, evidence=full),)))
    assert "Every question that applies here could be answered." in shown
    assert "on a part of what there is to see" not in shown


def test_a_poll_that_never_succeeded_may_have_before_the_start(publication: Publication) -> None:
    """The service remembers readings of it, and no poll."""
    assert "none since startup" in text(publication)
    assert "never" not in text(publication).partition("The last poll of")[2].partition("Data:")[0]


def test_a_vcenter_that_was_never_read_is_not_said_to_be_none(publication: Publication, ask: Ask) -> None:
    """It is configured and away, and the reason is known; nobody of another name is."""
    status, html = render_page(publication, "dr")
    assert status == 404
    assert (
        "There is no reading of &#39;dr&#39; since the start: Nothing listens at dr.example.com:443; check host and port."
        in html
    )
    api = create_app(lambda: publication, metrics=lambda accept: (b"", accept), version="1.2.3", history=nothing)
    assert "Nothing listens at dr.example.com:443" in ask(api, "/api/v1/assessments/dr").json()["detail"]
    assert "There is no scope &#39;elsewhere&#39;" in render_page(publication, "elsewhere")[1]


@pytest.mark.parametrize(
    ("ahead", "told"),
    [(-0.0004, "+0.0"), (0.0, "+0.0"), (-0.06, "\N{MINUS SIGN}0.1"), (12.34, "+12.3"), (-3600.0, "\N{MINUS SIGN}3600.0")],
)
def test_no_clock_is_behind_by_nothing(ahead: float, told: str) -> None:
    """Half a millisecond is neither ahead nor behind."""
    assert skew(ahead) == f"{told}\N{NARROW NO-BREAK SPACE}s"


def test_a_position_just_below_a_stage_is_nowhere_written_as_that_stage(publication: Publication) -> None:
    """Not of the scope, not of a row, not of a family; the family is the same number wherever it stands."""
    fleet = publication.assessments[0]
    below = replace(fleet.posterior, position=2.9992)
    near = replace(fleet, posterior=below, facets={"mobility": replace(below, position=2.97)}, team_confidence=below)
    shown = text(replace(publication, assessments=(near,)))
    assert "Position 2.99 of 4" in shown
    assert "position 2.99 of 4, from exercised evidence alone" in shown
    assert "Live mobility (2.9 of 4)" in shown
    assert "Live mobility alone at 2.9 of 4" in shown
    assert not re.search(r"\b3\.00?\b", shown)
