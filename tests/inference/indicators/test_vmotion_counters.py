"""The clusters' own counters of vMotion as a second witness."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from collector.facts import DrsConfig
from inference.estate.history import MotionCount
from inference.observations import Remedy

if TYPE_CHECKING:
    from tests.inference.conftest import EstateBuilder


@pytest.mark.parametrize(
    ("counts", "behavior", "state", "value"),
    [
        ([100, 103], "manual", "observed", 3 / 0.1),
        ([100, 2], "manual", "observed", 2 / 0.1),
        ([100, 100], "fullyAutomated", "observed", 0.0),
        ([100, 103], "fullyAutomated", "unknown", None),
        ([100], "manual", "unknown", None),
        ([2**31 - 10, 10 - 2**31], "manual", "observed", 0.0),
        ([10 - 2**31, 16 - 2**31], "manual", "observed", 60.0),
    ],
)
def test_counters_of_clusters_witness_where_events_do_not(
    build: EstateBuilder, counts: list[int], behavior: str, state: str, value: float | None
) -> None:
    """Growth is a rate where DRS cannot have caused it; a fall is a reset; one reading is no growth."""
    build.unreadable_events = "no privilege"
    build.cluster(drs=DrsConfig(enabled=True, behavior=behavior, vmotion_rate=3)).machines(20)
    build.motion_counts = [
        MotionCount("c1", build.now - timedelta(days=15 * (len(counts) - 1 - place)), count)
        for place, count in enumerate(counts)
    ]
    found = build.observe("vmotion_rate")
    assert (found.state, found.value) == (state, None if value is None else pytest.approx(value))


def test_counters_witness_where_events_have_only_begun(build: EstateBuilder) -> None:
    """An hour of events shows no habit, which twenty days of counters do."""
    build.seen_days = 1 / 24
    build.cluster(drs=DrsConfig(enabled=True, behavior="manual")).machines(20)
    build.motion_counts = [MotionCount("c1", build.now - timedelta(days=days), 100 - days) for days in (20, 0)]
    found = build.observe("vmotion_rate")
    assert (found.state, found.numerator) == ("observed", 20)
    assert found.denominator == pytest.approx(0.2 * 20 / 30)


def test_counters_weigh_each_cluster_by_its_own_days(build: EstateBuilder) -> None:
    """A cluster read for three days exposes its machines for three days; machines outside were not seen at all."""
    build.seen_days = None
    for cluster, days in (("c1", 30), ("c2", 3)):
        build.cluster(cluster, drs=DrsConfig(enabled=True, behavior="manual")).machines(
            50, host=f"{cluster}-h1", prefix=cluster
        )
        build.motion_counts += [MotionCount(cluster, build.now - timedelta(days=ago), 100 - ago) for ago in (days, 0)]
    build.host("lone").machines(100, host="lone", prefix="x")
    found = build.observe("vmotion_rate")
    assert found.numerator == 33
    assert found.denominator == pytest.approx(0.5 + 0.05)
    assert found.seen == pytest.approx((50 * 30 + 50 * 3) / (200 * 30))


@pytest.mark.parametrize("indicator", ["vmotion_rate", "vmotion_breadth", "svmotion_rate", "drs_initiated"])
def test_counters_that_grew_without_an_event_contradict_zero(build: EstateBuilder, indicator: str) -> None:
    """An account that does not see the events of machines sees those of hosts: that nothing moved is not true."""
    build.seen_days = 30.0 if indicator != "vmotion_breadth" else 90.0
    build.cluster(total_cpu_mhz=1000, cpu_demand_mhz=500).machines(20).event("EnteringMaintenanceModeEvent", host="c1-h1")
    build.motion_counts = [MotionCount("c1", build.now - timedelta(days=days), 100 - days) for days in (20, 0)]
    found = build.observe(indicator)
    assert (found.state, found.remedy) == ("unknown", Remedy.GRANT)
    assert "the clusters counted 20 migrations in 20 days, but no event shows one" in found.reason
    assert build.event("VmMigratedEvent", vm="a", vm_name="vCLS-1").observe("vmotion_rate").value == 0.0


def test_counters_that_grew_without_an_event_are_a_rate(build: EstateBuilder) -> None:
    """Where DRS cannot have added to it, the growth is the rate that events do not tell."""
    build.cluster(drs=DrsConfig(enabled=True, behavior="manual")).machines(20)
    build.motion_counts = [MotionCount("c1", build.now - timedelta(days=days), 100 - days) for days in (15, 0)]
    found = build.observe("vmotion_rate")
    assert found.numerator == 15
    assert (found.denominator, found.seen) == pytest.approx((0.1, 0.5))


def test_counters_are_shown_beside_the_rate_of_events(build: EstateBuilder) -> None:
    """Two witnesses of the same."""
    build.cluster().machines(20).live_move("vm-1")
    build.motion_counts = [MotionCount("c1", build.now - timedelta(days=days), 100 - days) for days in (20, 0)]
    found = build.observe("vmotion_rate")
    assert (found.numerator, found.evidence[1:]) == (1, ("The clusters' own vMotion counters rose by 20 in 20 days.",))


@pytest.mark.parametrize(("days", "state"), [(0.5, "unknown"), (1.5, "observed")])
def test_counters_of_half_a_day_show_no_habit(build: EstateBuilder, days: float, state: str) -> None:
    """As events of half a day do not."""
    build.seen_days = None
    build.cluster(drs=DrsConfig(enabled=True, behavior="manual")).machines(20)
    build.motion_counts = [MotionCount("c1", build.now - timedelta(days=ago), 100) for ago in (days, 0)]
    assert build.observe("vmotion_rate").state == state


def test_a_reading_of_a_clock_that_ran_ahead_is_no_growth(build: EstateBuilder) -> None:
    """It lies in the future since the clock was set right, and the counter it read has grown since."""
    build.cluster(drs=DrsConfig(enabled=True, behavior="manual")).machines(20)
    build.motion_counts = [MotionCount("c1", build.now - timedelta(days=days), 100 - days) for days in (15, 0)]
    build.motion_counts.append(MotionCount("c1", build.now + timedelta(days=400), 90))
    found = build.observe("vmotion_rate")
    assert found.numerator == 15
    assert (found.denominator, found.seen) == pytest.approx((0.1, 0.5))
