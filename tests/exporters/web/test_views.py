"""What the page prepares for its templates: every number with its cut points, nothing gained that was not, a way back up."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import Any

import pytest

from exporters.document import document
from exporters.scopes import distinct_names
from exporters.web.advice import LOOK, advice, by_advice
from exporters.web.page import render_page
from exporters.web.views import by_family, cut_points, gains, overview, steps_inside, told
from exporters.wording import QUORUM, held_back
from inference.observations import Remedy
from inference.publication import Publication
from inference.results import Flag


def question(*cuts: float, unit: str = "share of hosts", better: str = "higher") -> dict[str, Any]:
    """An entry of the document's questions."""
    return {"indicator": "x", "question": "?", "unit": unit, "cuts": list(cuts), "better": better}


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        (None, ""),
        (question(), ""),
        (question(0.25, 0.6), "from 25%, 60%"),
        (question(0.0, 0.1), "from any, 10%"),
        (question(24, 2, 0.25, unit="hours", better="lower"), "below 24, 2, 0.25"),
    ],
)
def test_cut_points_are_in_the_unit_of_the_value(asked: dict[str, Any] | None, shown: str) -> None:
    """Shares in percent, what falls from above, and nothing for what is never scored."""
    assert cut_points(asked) == shown


def test_only_what_was_gained_is_a_gain() -> None:
    """Neither unknown nor zero nor a loss; money stands in the summary."""
    lines = [{"title": name, "amount": amount} for name, amount in (("a", None), ("b", 0.0), ("c", -3.0), ("d", 4.0))]
    assert [line["title"] for line in gains({"things": lines, "service": lines, "money": lines})] == ["d", "d"]
    assert gains(None) == []


def test_the_reason_stands_before_the_evidence() -> None:
    """Also where an unknown answer has numbers; pooled parts are left out, since nobody can tell whose they are."""
    observation = {"reason": "too little was seen", "evidence": ["5 of 8 are new", "3 more."]}
    assert told(observation, pooled=False) == ["Too little was seen.", "5 of 8 are new.", "3 more."]
    assert told(observation, pooled=True) == ["Too little was seen.", "5 of 8 are new."]


def test_families_keep_the_order_of_the_model_and_one_unknown_to_it_comes_last() -> None:
    """Families without an indicator are left out; the position of a family stands with it."""
    facet = {"family": "b", "position": 1.0, "interval80": [0.5, 1.5]}
    seen = {"facets": [facet], "observations": [{"family": name} for name in ("other_one", "b", "a", "b")]}
    found = by_family(seen, {"a": "First", "empty": "Empty", "b": "Second"})
    assert [(group["title"], len(group["observations"])) for group in found] == [("First", 1), ("Second", 2), ("Other one", 1)]
    assert [group["facet"] for group in found] == [None, facet, None]


def test_a_cluster_shows_its_neighbours_and_the_way_up(publication: Publication) -> None:
    """The fleet lists everything; below it only the clusters of the same vCenter."""
    fleet, prod, compute = (assessment.scope for assessment in publication.assessments[:3])
    names = distinct_names(assessment.scope for assessment in publication.assessments)
    assert [row["name"] for row in overview(publication, names, fleet)["rows"]] == ["fleet", "prod"]
    inside = overview(publication, MappingProxyType(names), compute)
    assert inside["rows"] == []
    assert [row["scope"] for row in inside["path"]] == [fleet, prod]
    assert [len(group["rows"]) for group in inside["groups"]] == [3]
    assert [row["scope"] for row in overview(publication, names, prod)["path"]] == [fleet]


def test_there_is_advice_for_every_remedy() -> None:
    """Each has a sentence of its own; an observation without one, as older documents have them, sends to its reason."""
    told = [advice({"remedy": remedy.value}) for remedy in Remedy]
    assert len({*told, LOOK}) == len(Remedy) + 1
    assert [advice({}), advice({"remedy": None}), advice({"remedy": "of a newer version"})] == [LOOK] * 3


def test_what_can_be_done_comes_before_what_has_to_be_waited_for() -> None:
    """A reader begins at the top; where there is only a reason it comes last."""
    old, waiting, granted = {"reason": "why"}, {"remedy": "wait"}, {"remedy": "grant"}
    assert [found for _, found in by_advice([old, waiting, granted])] == [[granted], [waiting], [old]]
    assert by_advice([]) == []


@pytest.mark.parametrize(
    ("kept", "told"),
    [
        ((), "Extend vCenter's event retention, or wait: events"),
        (
            (30, 30),
            "Extend vCenter's event retention, which is 30 days now, or wait: events",
        ),
        (
            (400, 30),
            "Extend vCenter's event retention, which is 30 to 400 days now, or wait: events",
        ),
        ((400,), "Wait: vCenter keeps its events for 400 days, and they do not reach back so far yet."),
    ],
)
def test_the_advice_says_how_long_events_are_kept(kept: tuple[int, ...], told: str) -> None:
    """Where it is a year already there is nothing to extend, and other advice has nothing to do with it."""
    [(found, observations)] = by_advice([{"remedy": "retain"}], kept)
    assert (found.startswith(told), observations) == (True, [{"remedy": "retain"}]), found
    assert advice({"remedy": "grant"}, kept) == advice({"remedy": "grant"})


def test_a_fleet_without_a_step_shows_those_of_its_vcenters(publication: Publication) -> None:
    """The furthest behind comes first; a vCenter without a step is left out, and a fleet with steps has its own."""
    fleet, prod = publication.assessments[:2]
    behind = replace(prod, scope=replace(prod.scope, id="b", name="b"), posterior=replace(prod.posterior, position=1.0))
    done = replace(prod, scope=replace(prod.scope, id="c", name="c"), next_steps=())
    whole = replace(publication, assessments=(replace(fleet, next_steps=()), prod, behind, done))
    names = distinct_names(each.scope for each in whole.assessments)
    assert [each["name"] for each in steps_inside(whole, names)] == ["b", "prod"]
    html = render_page(whole)[1]
    assert "b</a>: Estates at the next stage empty hosts by live migration." in html
    assert "No step stands out" not in html
    assert "for the vCenters furthest behind" not in render_page(publication)[1]


def test_a_quorum_that_is_not_reached_holds_a_fleet_back(publication: Publication) -> None:
    """It is told there, and not once more as something to investigate."""
    fleet, *rest = publication.assessments
    flags = (Flag(QUORUM, "Enough of it has reached IT Production only."), *fleet.flags)
    html = render_page(replace(publication, assessments=(replace(fleet, inferred=3, flags=flags), *rest)))[1]
    assert html.count("Enough of it has reached IT Production only.") == 1
    assert "this is the highest stage" not in html


def test_what_is_behind_is_named_by_its_title_or_its_id(publication: Publication) -> None:
    """A model may have dropped a family of a stored entry; an older entry has no families at all."""
    entry = document(publication)["assessments"][0]
    families = {"mobility": "live mobility"}
    assert held_back(entry, families)[-1] == "Taken alone, these have not reached IT as a Service: live mobility (1.6 of 4)."
    assert held_back(entry, {})[-1] == "Taken alone, these have not reached IT as a Service: mobility (1.6 of 4)."
    assert not any("Taken alone" in reason for reason in held_back({**entry, "facets": []}, families))
    del entry["facets"]
    assert held_back(entry, {})
