"""One scope's view: the whole vCenter or one cluster, and how much of a window was seen."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from inference.events.event_kinds import Kind

if TYPE_CHECKING:
    from tests.inference.conftest import EstateBuilder

RESTART = "com.vmware.vc.ha.VmRestartedByHAEvent"


def two(build: EstateBuilder) -> EstateBuilder:
    """Two clusters of two hosts with a business application each, and desktops in the second."""
    build.cluster("c1").cluster("c2").machine("sql01", vcpus=8).machine("sql02", vcpus=8, host="c2-h1")
    build.machines(10, prefix="desk", host="c2-h2", guest_id="windows9_64Guest")
    return build.event(RESTART, vm="sql01", host="c1-h1").event(RESTART, vm="sql02", host="c2-h1")


def test_a_part_is_one_cluster_and_nothing_else(build: EstateBuilder) -> None:
    """Its hosts, machines, applications and events, and what is counted apart there."""
    first, second = two(build).estate().parts()
    assert [cluster.id for cluster in second.clusters.items] == ["c2"]
    assert [host.id for host in second.hosts.items] == ["c2-h1", "c2-h2"]
    assert [vm.id for vm in second.workloads.items] == ["sql02"]
    assert [machine.vm.id for machine in second.business] == ["sql02"]
    assert [event.vm for event in second.events[Kind.HA_RESTART]] == ["sql02"]
    assert (first.counted_apart, second.counted_apart) == ((), ("Not counted as workloads: 10 virtual desktops.",))


def test_operations_before_a_moment_are_not_since_then(build: EstateBuilder) -> None:
    """What is stored longer than a window is not in it."""
    build.cluster().machine("a").event("VmPoweredOffEvent", vm="a", user="ann", days_ago=40)
    estate = build.event("VmPoweredOnEvent", vm="a", user="ann", days_ago=29).estate()
    assert len(estate.operations_since(estate.window(30).start)) == 1
    assert len(estate.operations_since(estate.window(50).start)) == 2


@pytest.mark.parametrize(("placeholders", "mostly"), [(4, False), (5, True)])
def test_a_recovery_site_holds_mostly_placeholders(build: EstateBuilder, placeholders: int, mostly: bool) -> None:
    """More of them than workloads."""
    told = build.cluster().machines(4).placeholders(placeholders).estate().counted_apart
    assert len(told) == (2 if mostly else 1)


@pytest.mark.parametrize(
    ("seen_days", "days", "whole"), [(60.0, 30.0, True), (27.0, 27.0, True), (26.9, 26.9, False), (-1.0, 0.0, False)]
)
def test_a_window_is_whole_where_nine_tenths_were_seen(
    build: EstateBuilder, seen_days: float, days: float, whole: bool
) -> None:
    """Not more than all of it, and nothing of what is still to come."""
    build.seen_days = seen_days
    window = build.estate().window(30.0)
    assert window.days == pytest.approx(days)
    assert (window.is_whole, window.unseen) == (whole, None)
    assert window.seen_from == build.now - timedelta(days=days)


def test_a_window_without_events_says_why(build: EstateBuilder) -> None:
    """They broke off with nothing read; with something read they tell of the days that they reach."""
    found = build.gap("events").estate().window(30.0)
    assert (found.days, found.unseen) == (0.0, "events could not be read: the account may not read it; grant it Read-only")
    assert found.start == build.now - timedelta(days=30)
    assert build.event(RESTART, vm="a").estate().window(30.0).unseen is None
    build.gaps.clear()
    build.seen_days = None
    found = build.estate().window(30.0)
    assert (found.days, found.start) == (0.0, build.now - timedelta(days=30))


def test_what_broke_off_is_half_seen_and_what_was_lost_not_at_all(build: EstateBuilder) -> None:
    """How much is missing is not known."""
    estate = build.cluster().machines(3).gap("hosts").gap("vms").estate()
    assert (estate.hosts.seen, estate.workloads.seen, estate.clusters.seen) == (0.5, 0.5, 1.0)
    build.vms.clear()
    lost = build.estate().workloads
    assert (lost.seen, lost.items, bool(lost.missing)) == (0.0, (), True)


def test_no_machine_at_all_is_wholly_seen(build: EstateBuilder) -> None:
    """There is nobody whose power state could be hidden."""
    assert build.cluster().estate().powered_on.seen == 1.0
    assert build.machines(2).machine_gap("power").estate().powered_on.seen == 0.0
