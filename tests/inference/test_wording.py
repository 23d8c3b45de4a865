"""Numbers as people read them, in evidence, in next steps and on pages."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from collector.facts import Event
from inference.indicators.service import churn
from inference.judging.explain import figure
from inference.judging.model import load
from inference.wording import digits, percentage, whole_percent

if TYPE_CHECKING:
    from tests.inference.conftest import EstateBuilder


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (0, "0"),
        (12.7148, "12.7"),
        (0.30000000000000004, "0.3"),
        (999.4, "999"),
        (999.6, "1,000"),
        (-999.6, "-1,000"),
        (1510.0, "1,510"),
        (0.0000278, "0.0000278"),
    ],
)
def test_no_number_has_an_exponent(number: float, shown: str) -> None:
    """Neither above or just below a thousand, nor near zero."""
    assert digits(number) == shown


@pytest.mark.parametrize(
    ("share", "shown"),
    [(0, "0%"), (0.00025, "0.025%"), (0.07, "7%"), (0.4268, "42.7%"), (0.9994, "99.9%"), (0.99975, ">99.9%"), (1, "100%")],
)
def test_nearly_all_is_not_all(share: float, shown: str) -> None:
    """One machine of four thousand is missing, and it is seen."""
    assert percentage(share) == shown


@pytest.mark.parametrize(
    ("share", "shown"),
    [(0.0, "0%"), (0.002, "<1%"), (0.01, "1%"), (0.456, "46%"), (0.99, "99%"), (0.998, ">99%"), (1.0, "100%")],
)
def test_whole_percent_is_not_rounded_to_none_or_all(share: float, shown: str) -> None:
    """One desktop in five hundred machines is not 0% of what runs."""
    assert whole_percent(share) == shown


def test_the_evidence_of_a_busy_estate_is_plain(build: EstateBuilder) -> None:
    """Machines that live for an hour make a turnover above a thousand."""
    build.cluster()
    for place in range(2):
        build.machine(f"vm{place}")
    for number in range(60):
        at = build.now - timedelta(days=1, minutes=number)
        build.events.append(Event(key=number + 1, type="VmCreatedEvent", at=at, vm=f"new{number}", vm_name=f"new{number}"))
    found = churn(build.estate())
    assert found.value == 1500
    assert found.evidence[0].endswith("a turnover of 1,500 per 100 VMs and 30 days.")


def test_next_steps_name_values_plainly() -> None:
    """Of every measure."""
    model = load("journey-1")
    assert figure(model.by_id["churn"], 1021.2) == "1,021"
    assert figure(model.by_id["prov_gap"], 0.0000278) == "0.0000278"
    assert figure(model.by_id["shared_storage_share"], 0.99975) == ">99.9%"
