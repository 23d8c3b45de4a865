"""Journeys: paths, what counts as a false change, and how late a declaration is."""

from __future__ import annotations

import numpy as np
import pytest

from inference.judging.model import load
from vjourney.laboratory.journeys import KINDS, WEEKS, Change, Journey, crossings, false_changes, path, walk


def journey(positions: list[float], declared: list[int | None], *changes: Change) -> Journey:
    """A journey of which these positions and declarations hold for equal parts of three years."""
    weeks = np.arange(WEEKS)
    where = np.array(positions)[weeks * len(positions) // WEEKS]
    said = tuple(declared[int(week) * len(declared) // WEEKS] for week in weeks)
    return Journey("by hand", where, said, said, changes, ())


@pytest.mark.parametrize("kind", KINDS)
def test_a_path_stays_on_the_scale(kind: str) -> None:
    """Three years of weeks, each between 0 and 4."""
    for seed in range(20):
        positions = path(kind, np.random.default_rng(seed))
        assert positions.shape == (WEEKS,)
        assert positions.min() >= 0
        assert positions.max() < 4


@pytest.mark.parametrize(("kind", "rise"), [("static", 0), ("one_up", 1), ("two_up", 2), ("jump", 1), ("regress", -1)])
def test_a_path_ends_where_its_kind_says(kind: str, rise: float) -> None:
    """The rise is the kind's, whatever the start."""
    positions = path(kind, np.random.default_rng(4))
    assert positions[-1] - positions[0] == pytest.approx(rise, abs=0.01)


def test_a_true_change_is_not_false() -> None:
    """The stage was reached some weeks before it was declared."""
    week = WEEKS // 2 + 9
    assert false_changes(journey([1.5, 2.5], [1, 2], Change(week, 1, 2, "estate"))) == 0


def test_a_change_that_nothing_explains_is_false() -> None:
    """Nothing happened, and the declaration moved there and back."""
    told = journey([1.5], [1], Change(40, 1, 2, "estate"), Change(60, 2, 1, "estate"))
    assert false_changes(told) == 1


def test_the_first_declaration_is_no_change() -> None:
    """There was nothing before it that could have changed."""
    assert false_changes(journey([1.5], [2], Change(0, None, 2, "first"))) == 0


def test_a_crossing_is_followed_by_its_declaration() -> None:
    """The delay runs from the boundary to the first week with the new stage."""
    declared = [1] * 90 + [2] * (WEEKS - 90)
    told = Journey("by hand", np.where(np.arange(WEEKS) < 80, 1.5, 2.5), tuple(declared), (), (), ())
    assert [(crossing.stage, crossing.days) for crossing in crossings(told)] == [(2, 70)]


def test_a_crossing_that_is_never_declared_is_missed() -> None:
    """No declaration, no delay."""
    told = Journey("by hand", np.where(np.arange(WEEKS) < 80, 1.5, 2.5), (1,) * WEEKS, (), (), ())
    assert [crossing.days for crossing in crossings(told)] == [None]


def test_a_slow_crossing_is_also_counted_from_where_it_is_decided() -> None:
    """A ramp of a fortieth of a stage each week crosses in week 60 and is decided ten weeks later; declared in week 75."""
    told = Journey("by hand", np.clip(0.5 + np.arange(WEEKS) / 40, 0, 2.4), (1,) * 75 + (2,) * (WEEKS - 75), (), (), ())
    (crossing,) = (found for found in crossings(told) if found.stage == 2)
    assert (crossing.week, crossing.days, crossing.days_beyond) == (60, 15 * 7, 5 * 7)


@pytest.mark.parametrize("end", [2.1, 2.2])
def test_what_barely_touches_a_boundary_is_not_decisive(end: float) -> None:
    """A quarter of a stage beyond is asked for."""
    told = Journey("by hand", np.where(np.arange(WEEKS) < 80, 1.5, end), (1,) * WEEKS, (), (), ())
    assert crossings(told) == []


def test_a_crossing_near_the_end_is_left_out() -> None:
    """Who was not watched for half a year afterwards cannot be late."""
    told = Journey("by hand", np.where(np.arange(WEEKS) < 150, 1.5, 2.5), (1,) * WEEKS, (), (), ())
    assert crossings(told) == []


def test_a_walk_is_the_same_for_its_number() -> None:
    """Positions, declarations and changes are reproduced; a static journey stands still."""
    model = load("journey-1")
    one, other = (walk(1000, 0, model) for _ in range(2))
    assert one.kind == "static"
    assert np.ptp(one.positions) == 0
    assert one.declared == other.declared
    assert one.faultless == other.faultless
    assert one.changes == other.changes
    assert one.changes[0].before is None


def test_a_faultless_reading_is_late_only_by_rule_and_pace() -> None:
    """From the middle of a stage to the middle of the next: declared once it is clearly there, and never what is not true."""
    told = walk(1000, 22, load("journey-1"))
    assert told.kind == "one_up"
    assert {stage for stage in told.faultless if stage is not None} == {1, 2}
    ((actual,), (ideal,)) = crossings(told), crossings(told, declared=told.faultless)
    assert actual.days is not None
    assert ideal.days is not None
    assert 14 <= ideal.days < actual.days
