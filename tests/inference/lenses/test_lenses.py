"""All lenses together: plain data, whatever is known, and a stage that never moves."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest
from pydantic import TypeAdapter

from inference.assess import assess_estate
from inference.declared import Declared, Policy, Prices, Process, Score, Servers, Sponsorship, ValueTracking
from inference.judging.model import load
from inference.lenses import Lenses, lenses, plain
from inference.lenses.sightings import sight

if TYPE_CHECKING:
    from tests.inference.conftest import EstateBuilder
    from tests.inference.lenses.conftest import BasisBuilder

DAY = date(2024, 5, 1)
DECLARED = Declared(
    sponsorship=Sponsorship(level="cio", mandate=True, declared_on=DAY),
    value=ValueTracking(primary="agility", tracked=True, reported="monthly", declared_on=DAY),
    policy=Policy(in_place=True, since=DAY, enforced=True, declared_on=DAY),
    servers=Servers(physical=3, replaced=30, per_workload=1.0, declared_on=DAY),
    prices=Prices(currency="EUR", server=1.0, server_years=3.0, host=1.0, host_years=3.0, declared_on=DAY),
    maturity={"security": Score.of_level(4, declared_on=DAY)},
    processes=(Process(name="deploy", physical=("a",), should_be=("b",), actual=("a",), declared_on=DAY),),
)
NAMES = [
    "key_elements",
    "inflection_points",
    "value_map",
    "obstacles",
    "phases",
    "process_check",
    "maturity_matrix",
    "value_ledger",
]


@pytest.mark.parametrize("declared", [None, DECLARED])
@pytest.mark.parametrize("machines", [0, 30])
def test_lenses_are_plain_data(build: EstateBuilder, declared: Declared | None, machines: int) -> None:
    """With and without telemetry and declarations, every lens is there and survives JSON unchanged."""
    build.cluster().machines(machines)
    for number in range(1, machines):
        build.live_move(f"vm-{number}")
    estate = build.estate()
    assessment = assess_estate(estate, load("journey-1"))[0]
    rendered = lenses(assessment, declared, sight(estate))
    assert list(rendered) == NAMES
    assert json.loads(json.dumps(rendered, allow_nan=False)) == rendered


def test_nothing_at_all_is_readable_too(scope: BasisBuilder) -> None:
    """An assessment of which nothing is known has lenses that say so."""
    rendered = lenses(scope.basis().assessment)
    assert rendered["value_ledger"]["total"] is None
    assert rendered["phases"]["phase"] is None


def test_the_dataclasses_describe_the_data(scope: BasisBuilder) -> None:
    """A schema can be made of them, and what they render fits it."""
    adapter = TypeAdapter(Lenses)
    assert adapter.json_schema()["required"] == NAMES
    adapter.validate_json(json.dumps(lenses(scope.basis().assessment, DECLARED)))


def test_what_is_declared_is_marked_with_its_day(scope: BasisBuilder) -> None:
    """No statement that rests on a declaration lacks the day, and none without one has it."""
    found: list[dict[str, object]] = []

    def collect(value: object) -> None:
        if isinstance(value, dict):
            if set(value) == {"text", "source", "declared_on"}:
                found.append(value)
            for part in value.values():
                collect(part)
        elif isinstance(value, list):
            for part in value:
                collect(part)

    collect(lenses(scope.sizes(2, 20).basis().assessment, DECLARED))
    assert any(statement["source"] == "declared" for statement in found)
    assert all((statement["declared_on"] is not None) == (statement["source"] in {"declared", "both"}) for statement in found)
    assert all(statement["text"] for statement in found)


def test_numbers_and_times_are_rounded() -> None:
    """Six significant digits, days as they are, moments in UTC to the second."""
    assert plain((1 / 3, 2.0, 12345678.0, DAY, None, True)) == [0.333333, 2.0, 12345678.0, "2024-05-01", None, True]
    there = datetime(2024, 5, 1, 2, 3, 4, 567, tzinfo=timezone(timedelta(hours=2)))
    assert plain(there) == "2024-05-01T00:03:04Z"
