"""The page says what is known, what is not, and never the one for the other."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape

from exporters.web.page import render_page
from inference.lenses import lenses
from inference.publication import Publication
from inference.results import Assessment, Scope

NOW = datetime(2025, 11, 21, 22, 45, tzinfo=UTC)


def text(publication: Publication | None, scope: str | None = None) -> str:
    """What a reader sees, without tags and runs of space."""
    return text_of(render_page(publication, scope)[1])


def text_of(html: str) -> str:
    """The same of HTML."""
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
    # the list of all scopes stands between the glance and the rest
    detail = seen[seen.rindex("How sure") : seen.rindex("Configured and exercised")]
    assert "Not enough evidence. From what could be seen, the 80% interval of the position is 1.55 to 2.75 of 4" in detail
    assert "First see more: what was not seen" in seen
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
        "IT Production 2 of 4: IT runs its own servers on virtual machines to save cost Declared since 2025-10-12",
        "Candidate: Business Production since 2025-11-18 22:45 UTC",
        "Inferred from this reading: Business Production",
        "Position 2.41 of 4, 80% interval 1.81 to 3.01",
        "Team confidence position 1.60 of 4, from exercised evidence alone reactive",
        "vCPU:pCPU 2.25",
        "How often are hosts emptied? No host entered maintenance mode in 90 days.",
        "sdrs There is no datastore cluster.",
        "37 live migrations in 27 days over 97 virtual machines.",
        "Much is configured that is hardly used.",
        "Estates at the next stage empty hosts by live migration.",
        "first declared stage: IT Production",
        "licenses: The account lacks Global.Licenses",
    ):
        assert part in seen


def test_an_unconfirmed_stage_says_why(publication: Publication) -> None:
    """The reason stands beside the stage."""
    assert "Unconfirmed because No business workload was seen." in text(publication, "prod")


def test_every_observation_has_its_row(publication: Publication) -> None:
    """The evidence table leaves nothing out."""
    html = render_page(publication)[1]
    assert [html.count(f"<code>{item.observation.indicator}</code></th>") for item in publication.assessments[0].evidence] == [
        1
    ] * 6


def with_lenses(publication: Publication) -> Publication:
    """The same, its fleet read through every lens."""
    fleet, *rest = publication.assessments
    return replace(publication, assessments=(replace(fleet, lenses=lenses(fleet)), *rest))


def test_every_lens_is_on_the_page_of_the_fleet(publication: Publication) -> None:
    """What was not declared is not known, on each of them."""
    seen = text(with_lenses(publication))
    for part in (
        "Confidence, sponsorship and value",
        "Not known: declare sponsorship.level.",
        "Is the value delivered formally tracked? Not known: declare",
        "Prerequisites and signs of phase 2",
        "Eight process areas by five levels",
        "Upside down: improve first, then measure, write down and repeat.",
        "No money is shown because none is guessed",
        "Business values",
        "Habits from physical servers",
        "Virtualization-first policy enforced",
        "Fear, uncertainty and doubt about virtualization",
    ):
        assert part in seen


def test_a_cluster_has_no_lenses(publication: Publication) -> None:
    """Nor a link to where they would be."""
    assert "#lenses" not in render_page(with_lenses(publication), "prod")[1]


def test_the_position_is_a_line_over_stored_readings(publication: Publication) -> None:
    """The same stands beside it in words and in numbers: what was not known as not known, and no fleet that lacks vCenters."""
    readings = [
        {
            "taken_at": f"2025-11-{day:02}T10:00:00Z",
            "position": position,
            "interval80": [1.0, 2.5],
            "declared": 1,
            "whole": whole,
        }
        for day, position, whole in ((1, 0.25, False), (2, 1.5, True), (9, None, True), (20, 2.41, True))
    ]
    html = render_page(publication, readings=lambda _scope: readings)[1]
    assert "from 1.50 to 2.41 of 4" in html
    seen = text_of(html)
    assert "2025-11-09 unknown 1.00 to 2.50 IT Production" in seen
    assert seen.index("2025-11-20 2.41") < seen.index("2025-11-09")


def test_without_stored_readings_the_page_says_what_a_line_needs(publication: Publication) -> None:
    """No picture of a single point."""
    assert "A chart needs stored readings from two days." in text(publication)


def test_readings_that_cannot_be_read_do_not_take_the_page_along(publication: Publication) -> None:
    """The stage is still told, and where to look."""
    seen = text_of(render_page(publication, readings=lambda _scope: None)[1])
    assert "The stored readings cannot be read right now; see the service log." in seen
    assert "Inferred from this reading: Business Production" in seen


def test_happenings_are_listed_oldest_first(publication: Publication) -> None:
    """The list is the text of the time line."""
    seen = text(publication)
    assert seen.index("2025-10-12 : first declared stage: IT Production") < seen.index("2025-10-31 : vmotion learned")


def test_many_clusters_wait_to_be_opened(large_publication: Callable[[int], Publication]) -> None:
    """Two hundred rows push nothing away, wherever they are listed; a few stand open."""
    large = large_publication(200)
    fleet = Assessment(Scope("fleet", "fleet", "fleet"), NOW, large.assessments[0].posterior, 2, 0.5, 0.8, ())
    page = replace(large, assessments=(fleet, *large.assessments))
    assert '<details class="many"><summary>200 clusters of prod' in render_page(page)[1]
    assert '<details class="many"><summary>200 clusters of prod' in render_page(page, "Cluster 7")[1]
    assert "<caption>12 clusters of prod" in render_page(large_publication(12))[1]


def test_what_families_contribute_and_what_nobody_is_credited_with_are_shown(publication: Publication) -> None:
    """Contributions of single indicators do not add up to the whole, and the rest is told."""
    html = render_page(publication, publication.assessments[1].scope.id)[1]
    assert "alone at 1.6 of 4; contribution of all together \N{MINUS SIGN}0.40, position \N{MINUS SIGN}0.07</small>" in html
    assert "is credited to none of them: +1.25 here." in html


def test_a_contribution_stands_with_its_cut_points(publication: Publication) -> None:
    """Value, count, category and where the categories begin, under the question that was asked."""
    seen = text(publication)
    assert (
        "How often are machines moved live? vmotion_rate exercised 12.7 moves per 100 VMs and 30 days 37 ÷ 2.91 "
        "2 of 3 from any, 10, 40 +1.23 position +0.10 90%" in seen
    )
    assert "Live mobility alone at 1.6 of 4" in seen


def test_the_families_that_are_behind_hold_the_next_stage_back(publication: Publication) -> None:
    """By their titles, with their positions."""
    assert "Taken alone, these have not reached IT as a Service: Live mobility (1.6 of 4)." in text(publication)


def test_the_way_up_leads_from_a_cluster_to_the_fleet(publication: Publication) -> None:
    """The fleet has none above it."""
    html = render_page(publication, "Compute (domain-c8)")[1]
    assert 'aria-label="Above this"' in html
    assert html.index('href="/?scope=fleet"') < html.index('href="/?scope=6b2c0f0e') < html.index("<h1")
    assert 'aria-label="Above this"' not in render_page(publication)[1]


def test_the_last_events_are_named_by_their_keys(publication: Publication) -> None:
    """Down to the event that counts, with a hostile name as text; a fleet has none of its own."""
    event = {"key": 1340, "at": NOW, "what": "migrated", "type": "VmMigratedEvent", "machine": "<b>vm</b>", "host": "host-7"}
    seen = text_of(render_page(publication, "prod", events=lambda _scope: [event])[1])
    assert "1340 2025-11-21 22:45 UTC migrated <b>vm</b> host-7 VmMigratedEvent" in seen
    assert "No events have been read yet." in text(publication, "prod")
    assert "cannot be read right now" in text_of(render_page(publication, "prod", events=lambda _scope: None)[1])
    assert "Last events" not in text(publication)


def test_many_vcenters_that_fail_are_one_notice(publication: Publication) -> None:
    """The page of a vCenter speaks of that one alone."""
    failed = tuple(replace(publication.vcenters[1], name=f"site {number}") for number in range(12))
    page = replace(publication, vcenters=(publication.vcenters[0], *failed))
    seen = text(page)
    assert "12 vCenters could not be polled: site 0, site 1" in seen
    assert "site 9 and 2 more. Why" in seen
    assert "could not be polled" not in text(page, "prod")
    assert "Polls of all 13 vCenters" in text(page, "prod")


def test_a_scope_without_a_name_is_called_by_its_id(publication: Publication) -> None:
    """A link without a word can be neither read out nor pressed."""
    *others, last = publication.assessments
    nameless = replace(publication, assessments=(*others, replace(last, scope=replace(last.scope, name="  "))))
    assert f">{last.scope.id}</a>" in render_page(nameless)[1]
