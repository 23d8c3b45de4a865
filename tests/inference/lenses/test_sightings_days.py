"""Of which days the counts of sightings are, and what lenses say of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from inference.lenses.ledger import value_ledger
from inference.lenses.process import process_check
from inference.lenses.sightings import Sightings, pool, sight

if TYPE_CHECKING:
    from tests.inference.conftest import EstateBuilder
    from tests.inference.lenses.conftest import BasisBuilder


@pytest.mark.parametrize(
    ("seen_days", "days"), [(None, "in 90 days"), (200.0, "in 90 days"), (59.5, "in the 59 days seen (of 90)")]
)
def test_counts_are_of_the_days_that_were_seen(build: EstateBuilder, seen_days: float | None, days: str) -> None:
    """Two months that were seen are no quarter."""
    build.cluster().machines(4).seen_days = seen_days
    assert sight(build.estate()).days == days


SHORT, LONG = "in the 7 days seen (of 90)", "in 90 days"


@pytest.mark.parametrize(
    ("week", "quarter", "days"), [({}, {}, SHORT), ({"evacuated": 1}, {}, SHORT), ({}, {"evacuated": 1}, LONG)]
)
@pytest.mark.parametrize("order", [1, -1])
def test_pooled_counts_are_of_the_days_of_those_with_a_part_in_them(
    week: dict[str, int], quarter: dict[str, int], days: str, order: int
) -> None:
    """Nothing at all is of no more days than were seen everywhere."""
    parts = [Sightings(maintenance=week, days=SHORT, reach=7.0), Sightings(maintenance=quarter, days=LONG, reach=90.0)]
    assert pool([*parts, Sightings()][::order]).days == days


def test_lenses_say_of_which_days_they_speak(scope: BasisBuilder) -> None:
    """In the ledger, and of habits."""
    scope.sighted(maintenance={"evacuated": 5, "shutdown": 1}, provisioned={"blank": 1, "template": 3}, days=SHORT)
    assert value_ledger(scope.basis()).service[0].unit == f"entries {SHORT}"
    blank, _, shut, _ = process_check(scope.basis()).habits
    assert blank.statement.text == f"1 of 4 new VMs {SHORT} were created blank."
    assert shut.statement.text == f"1 of 6 maintenance entries of hosts with workloads {SHORT} shut workloads down."
