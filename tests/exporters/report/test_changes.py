"""What a reader is told of the time since the last report."""

from __future__ import annotations

import copy
from datetime import UTC, datetime
from typing import Any

import pytest

from exporters.report.changes import changes

LONG_AGO = datetime(2025, 1, 1, tzinfo=UTC)
JUST_NOW = datetime(2025, 11, 21, 22, 45, tzinfo=UTC)


@pytest.fixture
def before(documents: list[dict[str, Any]]) -> dict[str, Any]:
    """The fleet as it was: a copy to be changed."""
    return copy.deepcopy(documents[0])


def test_nothing_changed_is_nothing(documents: list[dict[str, Any]], before: dict[str, Any]) -> None:
    """No news, no sentence."""
    assert changes(before, documents[0], JUST_NOW) == []


def test_without_a_past_only_what_is_dated_is_told(documents: list[dict[str, Any]]) -> None:
    """Declarations and milestones have a day of their own."""
    assert changes(None, documents[0], LONG_AGO) == [
        "IT Production was declared as the first stage on 2025-10-12.",
        "Milestone on 2025-10-31: vmotion learned.",
    ]


def test_a_change_of_the_declared_stage_comes_first(documents: list[dict[str, Any]]) -> None:
    """From where to where, and when."""
    compute = documents[2]
    assert changes(None, compute, datetime(2025, 11, 1, tzinfo=UTC)) == [
        "The declared stage went from IT Production to Business Production on 2025-11-20."
    ]


def test_what_moved_is_told_with_both_numbers(documents: list[dict[str, Any]], before: dict[str, Any]) -> None:
    """Position, confidence, features, sizes, indicators and coverage; unknown is not zero."""
    before["stage"]["position"] = 1.5
    before["team_confidence"]["level"] = None
    before["features"]["drs"]["exercised"] = 0.0
    before["features"]["ft"]["exercised"] = 3.0
    before["consolidation"]["hosts"] = None
    before["consolidation"]["workload_vms"] = 90
    before["observations"][0]["category"], before["observations"][0]["value"] = 1, 0.5
    before["coverage"] = 0.9
    assert changes(before, documents[0], JUST_NOW) == [
        "The position on the journey rose from 1.5 to 2.4 of 4.",
        "Team confidence went from unknown to reactive.",
        "DRS is in use now; it was not before.",
        "There are 97 workload virtual machines; there were 90.",
        "Cluster share. 100%, was 50% (share of hosts): better.",
        "Less of the evidence can be seen: 81%, was 90%.",
    ]


@pytest.mark.parametrize(
    ("then", "now", "said"),
    [
        (None, 2.0, "There is enough evidence for a position now; there was not before."),
        (2.0, None, "There is no longer enough evidence for a position."),
        (2.0, 1.0, "The position on the journey fell from 2.0 to 1.0 of 4."),
    ],
)
def test_a_position_can_come_go_and_fall(
    then: float | None, now: float | None, said: str, documents: list[dict[str, Any]], before: dict[str, Any]
) -> None:
    """Each in a sentence of its own."""
    before["stage"]["position"], documents[0]["stage"]["position"] = then, now
    assert changes(before, documents[0], JUST_NOW) == [said]


def test_only_the_largest_moves_are_told_one_by_one(documents: list[dict[str, Any]], before: dict[str, Any]) -> None:
    """The rest is counted."""
    one = documents[0]["observations"][0]
    documents[0]["observations"] = [{**one, "indicator": f"number_{n}"} for n in range(8)]
    before["observations"] = [{**one, "indicator": f"number_{n}", "category": 0 if n == 7 else 2} for n in range(8)]
    told = changes(before, documents[0], JUST_NOW)
    assert told[0].startswith("Number 7.")
    assert told[6:] == ["Further measurements that changed as clearly: 2; the page shows each."]


def test_an_indicator_is_told_by_its_question(documents: list[dict[str, Any]], before: dict[str, Any]) -> None:
    """Its id is no word for a reader."""
    before["observations"][0]["category"], before["observations"][0]["value"] = 3, 1.0
    documents[0]["observations"][0]["category"], documents[0]["observations"][0]["value"] = 1, 0.5
    questions = {"cluster_share": "How many hosts are in a cluster?"}
    assert changes(before, documents[0], JUST_NOW, questions) == [
        "How many hosts are in a cluster? 50%, was 100% (share of hosts): worse."
    ]
