"""Practices: figures that go one way along the journey and stay possible."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from vjourney.laboratory.practices import FIGURES, WAVERS, Character, between

FALLING = {"delay", "stale_snapshots"}


@pytest.mark.parametrize("practice", sorted(FIGURES))
def test_a_practice_goes_one_way(practice: str) -> None:
    """More of the journey is more of a practice, or less where that is the better; never a turn."""
    values = [between(FIGURES[practice], position) for position in np.linspace(-1, 5, 61)]
    steps = [later - earlier for earlier, later in pairwise(values)]
    assert all(step <= 0 for step in steps) if practice in FALLING else all(step >= 0 for step in steps)


@pytest.mark.parametrize("practice", sorted(FIGURES))
def test_a_figure_stays_possible(practice: str) -> None:
    """Nothing is negative, and no share is above one, however far out an organisation is."""
    values = [between(FIGURES[practice], position) for position in (-9.0, 9.0)]
    assert min(values) >= 0
    assert max(FIGURES[practice]) > 1 or max(values) <= 1


def test_between_the_middles_figures_are_linear() -> None:
    """Half-way between the middles of two stages is half-way between their figures."""
    assert between((0.0, 10.0, 30.0, 40.0), 1.5) == 10
    assert between((0.0, 10.0, 30.0, 40.0), 2.0) == 20
    assert between((0.0, 10.0, 30.0, 40.0), 3.75) == 42.5


def test_an_organisation_keeps_its_mind() -> None:
    """What is lasting lasts; only conduct wavers from week to week."""
    character = Character(np.random.default_rng(3))
    before = {practice: character.figure(practice, 2.0) for practice in FIGURES}
    character.next_week()
    after = {practice: character.figure(practice, 2.0) for practice in FIGURES}
    assert {practice for practice in FIGURES if before[practice] != after[practice]} <= WAVERS
    assert any(before[practice] != after[practice] for practice in WAVERS)


def test_what_an_archetype_fixes_does_not_waver() -> None:
    """A fixed practice has one position whatever the organisation's."""
    character = Character(np.random.default_rng(3), {"moves": 1.5})
    assert {character.figure("moves", position) for position in (0.2, 2.0, 3.9)} == {between(FIGURES["moves"], 1.5)}
