"""Practices: figures that go one way along the journey and stay possible."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from vjourney.laboratory.practices import AHEAD, PRACTICES, SET_UP_BY_OTHERS, WAVERS, WORLD_SPREAD, Character, Practice, world

FALLING = {"delay", "stale_snapshots", "trials"}


@pytest.mark.parametrize("practice", sorted(PRACTICES))
def test_a_practice_goes_one_way(practice: str) -> None:
    """More of the journey is more of a practice, or less where that is the better; never a turn."""
    values = [PRACTICES[practice].at(position) for position in np.linspace(-1, 5, 61)]
    steps = [later - earlier for earlier, later in pairwise(values)]
    assert all(step <= 0 for step in steps) if practice in FALLING else all(step >= 0 for step in steps)


@pytest.mark.parametrize("practice", sorted(PRACTICES))
def test_a_figure_stays_possible(practice: str) -> None:
    """However far out an organisation is, its figure stays between those before anybody and after everybody."""
    curve = PRACTICES[practice]
    low, high = sorted((curve.before, curve.after))
    assert all(low - 1e-9 <= curve.at(position) <= high + 1e-9 for position in (-9.0, 1.0, 2.0, 9.0))
    assert low >= 0


def test_half_way_is_at_the_middle() -> None:
    """By steps half of the sum, by factors the square root of the product; two thirds of the way within the width."""
    assert Practice(2, 10, 1.5, 0.5).at(1.5) == pytest.approx(6)
    assert Practice(2, 50, 1.5, 0.5, multiplied=True).at(1.5) == pytest.approx(10)
    share = Practice(0, 1, 1.5, 0.5)
    assert share.at(2.0) - share.at(1.0) == pytest.approx(0.683, abs=1e-3)


def test_a_world_is_wrong_in_each_practice_by_its_own() -> None:
    """Errors cancel on average, and a common one is added to all of them."""
    errors = np.array(list(world(np.random.default_rng(1)).values()))
    assert abs(errors.mean()) < WORLD_SPREAD / 2 < errors.std() < 2 * WORLD_SPREAD
    later = np.array(list(world(np.random.default_rng(1), later=0.3).values()))
    assert later - errors == pytest.approx(0.3)


def test_what_comes_later_in_a_world_is_less_at_the_same_position() -> None:
    """An organisation of a late world does at 2.5 what its twin elsewhere did at 2.0."""
    late = Character(np.random.default_rng(3), later={"moves": 0.5})
    assert late.figure("moves", 2.5) == pytest.approx(Character(np.random.default_rng(3)).figure("moves", 2.0))


def lasting(practice: str, *, alike: bool = False) -> list[float]:
    """How far ahead in a practice many organisations are for good."""
    return [Character(np.random.default_rng(seed), alike=alike).lasting[practice] for seed in range(400)]


def test_some_practices_keep_closer_to_the_journey_than_others() -> None:
    """What defines a stage differs least between organisations, unless all practices are taken to be alike."""
    close, loose, faint = (float(np.std(lasting(practice))) for practice in ("moves", "sizes", "giants"))
    assert close < 0.6 < loose < 1.05 < faint
    assert np.std(lasting("giants", alike=True)) < 0.6


def test_some_settings_were_turned_on_by_others() -> None:
    """One platform in five is ahead in what an installer turns on, and in nothing else."""
    ahead = np.mean(lasting("ha")) / AHEAD
    assert ahead == pytest.approx(SET_UP_BY_OTHERS, abs=0.06)
    assert np.mean(lasting("moves")) == pytest.approx(0, abs=0.06)


def test_an_organisation_keeps_its_mind() -> None:
    """What is lasting lasts; only conduct wavers from week to week."""
    character = Character(np.random.default_rng(3))
    before = {practice: character.figure(practice, 2.0) for practice in PRACTICES}
    character.next_week()
    after = {practice: character.figure(practice, 2.0) for practice in PRACTICES}
    assert {practice for practice in PRACTICES if before[practice] != after[practice]} <= WAVERS
    assert any(before[practice] != after[practice] for practice in WAVERS)


def test_what_an_archetype_fixes_does_not_waver() -> None:
    """A fixed practice has one position whatever the organisation's."""
    character = Character(np.random.default_rng(3), {"moves": 1.5})
    assert {character.figure("moves", position) for position in (0.2, 2.0, 3.9)} == {PRACTICES["moves"].at(1.5)}
