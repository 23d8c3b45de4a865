"""Prerequisites of which vCenter shows a part or nothing: neither is a no."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from inference.declared import Prerequisite
from inference.lenses.phases import Phases, data, phases

if TYPE_CHECKING:
    from datetime import date

    from inference.declared import Readiness
    from tests.inference.lenses.conftest import BasisBuilder


def stated(day: date, *without: str, state: Readiness = "ready") -> dict[str, Prerequisite]:
    """A declaration of every prerequisite but for some."""
    return {part.id: Prerequisite(state=state, declared_on=day) for part in data().prerequisites if part.id not in without}


def state_of(lens: Phases, name: str) -> str:
    """The state of one prerequisite."""
    return next(need.state for need in lens.prerequisites if need.id == name)


def test_a_process_is_needed_on_any_licence(scope: BasisBuilder, day: date) -> None:
    """Where no indicator applies it is asked for, neither waved through nor held against the others."""
    scope.does_not_apply("ha_admission", "no HA").does_not_apply("rules_pools", "no DRS").stage(1)
    lens = phases(scope.declared(prerequisites=stated(day, "capacity_management")).basis())
    assert (state_of(lens, "capacity_management"), lens.ready) == ("not_known", None)
    assert lens.summary == "Phase 1 of 3. Not known: performance and capacity management."
    (need,) = (need for need in lens.prerequisites if need.id == "capacity_management")
    assert need.statement.text == "Not known: declare prerequisites.capacity_management."
    assert phases(scope.declared(prerequisites=stated(day)).basis()).ready is True


@pytest.mark.parametrize(
    ("evacuations", "ready", "said"),
    [
        (3, None, "In place as far as could be read: standard processes."),
        (0, False, "Needed for phase 2: standard processes."),
    ],
)
def test_what_could_not_be_read_is_not_missing(
    scope: BasisBuilder, day: date, evacuations: int, ready: bool | None, said: str
) -> None:
    """Half of a prerequisite shown and the other half unread does not say that it is not there."""
    scope.stage(1).categories(maint_evac=evacuations).not_seen("auto_ops", "accounts could not be told apart")
    lens = phases(scope.declared(prerequisites=stated(day, "processes")).basis())
    assert (lens.ready, lens.summary) == (ready, f"Phase 1 of 3. {said}")


def test_what_is_stated_to_be_short_is_short(scope: BasisBuilder, day: date) -> None:
    """A declaration decides, whatever could not be read."""
    scope.stage(2).categories(maint_evac=3).not_seen("auto_ops", "accounts could not be told apart")
    lens = phases(scope.declared(prerequisites=stated(day, state="partly")).basis())
    assert lens.ready is False
    assert "In place as far as could be read" not in lens.summary
