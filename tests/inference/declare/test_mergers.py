"""What is a merger or a split, on whichever day it comes, and what is growth."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.inference.declare.conftest import Daily, Live, Look

START = datetime(2026, 1, 1, tzinfo=UTC)


def test_hosts_that_were_not_read_for_long_are_no_measure(look: Look, daily: Daily, live: Live) -> None:
    """Nobody can say that the others came within thirty days."""
    state, _ = live([look(0), *daily(1, 41, stage=1, hosts=None)])
    assert live([look(42, hosts=20)], state)[0].quiet_until is None
    state, _ = live([look(0), *daily(1, 20, stage=1, hosts=None)])
    assert live([look(21, hosts=20)], state)[0].quiet_until is not None


@pytest.mark.parametrize(("before", "after", "quiet"), [(2, 4, True), (3, 4, False), (10, 12, False), (10, 13, True)])
def test_a_merger_brings_a_third_and_two_hosts(before: int, after: int, quiet: bool, look: Look, live: Live) -> None:
    """One more host is growth in the smallest estate too."""
    state, _ = live([look(0, hosts=before), look(1, hosts=after)])
    assert (state.quiet_until is not None) is quiet


@pytest.mark.parametrize(("each", "quiet"), [(3, True), (14, True), (15, False)])
def test_hosts_that_come_one_by_one_within_a_month_are_a_merger_too(each: int, quiet: bool, look: Look, live: Live) -> None:
    """Three of ten in thirty days, however they come."""
    state, _ = live(look(day, hosts=10 + day // each) for day in range(3 * each + 1))
    assert (state.quiet_until is not None) is quiet


@pytest.mark.parametrize("first", [1, 14, 28, 29, 30, 31, 32, 60])
@pytest.mark.parametrize(("days_between", "merged"), [(1, True), (7, True), (29, True), (40, False)])
@pytest.mark.parametrize("hosts", [(10, 12, 14), (10, 8, 7)], ids=["join", "split"])
def test_a_merger_in_two_steps_is_one_on_whichever_days(
    first: int, days_between: int, merged: bool, hosts: tuple[int, int, int], look: Look, live: Live
) -> None:
    """Neither step is thirty per cent; both together are, if they come within thirty days."""
    before, between, after = hosts
    second = first + days_between
    looks = [look(day, hosts=before if day < first else between if day < second else after) for day in range(second + 1)]
    quiet_until = live(looks)[0].quiet_until
    assert quiet_until == (START + timedelta(days=second + 60) if merged else None)


def test_a_merger_in_a_quiet_time_is_quiet_for_sixty_days_of_its_own(look: Look, live: Live) -> None:
    """What the first one brought is no measure of what the second one mixes."""
    state, _ = live([look(0), look(2, hosts=20), look(30, hosts=40)])
    assert state.quiet_until == START + timedelta(days=90)


def test_an_outage_of_hosts_is_no_split(look: Look, live: Live) -> None:
    """Half of the hosts are out of reach for a day: nobody took them away."""
    outage = look(5, hosts=5)
    outage = replace(outage, consolidation=replace(outage.consolidation, hosts_listed=10))
    state, _ = live([*(look(day) for day in range(5)), outage, look(6)])
    assert (state.quiet_until, state.hosts) == (None, 10)


def test_growth_is_no_merger(look: Look, live: Live) -> None:
    """A host now and then, or one more in a tiny estate, is growth; unreadable hosts are neither."""
    state, _ = live([look(0)])
    assert live((look(day, hosts=10 + day // 15) for day in range(1, 300)), state)[0].quiet_until is None
    assert live([look(1, hosts=3)], replace(state, hosts=2))[0].quiet_until is None
    assert live([look(1, hosts=None)], state)[0].quiet_until is None


@pytest.mark.parametrize("day", [1, 15, 30, 31, 32, 61, 62], ids=str)
@pytest.mark.parametrize("hosts", [7, 13])
def test_a_merger_is_seen_on_whichever_day_it_comes(day: int, hosts: int, look: Look, daily: Daily, live: Live) -> None:
    """30 % of ten hosts come or go over night, also when the number that was kept has just become old."""
    state, _ = live([*daily(0, day - 1, stage=1), look(day, hosts=hosts)])
    assert state.quiet_until == START + timedelta(days=day + 60)


def test_what_changed_in_a_long_silence_is_no_merger(look: Look, live: Live) -> None:
    """Nobody can say that the hosts came within thirty days."""
    assert live([look(0), look(45, hosts=20)])[0].quiet_until is None
