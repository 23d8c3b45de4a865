"""Maintenance that empties hosts by live migration."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.inference.conftest import EstateBuilder


def test_evacuation_without_entries_is_unknown(build: EstateBuilder) -> None:
    """No maintenance shows neither skill nor the lack of it."""
    found = build.cluster().machines(20).observe("maint_evac")
    assert found.reason == "no host entered maintenance mode in the last 30 days (events go no further back)"


def test_evacuation_notes_hosts_that_nobody_patches(build: EstateBuilder) -> None:
    """Half a year without maintenance on builds over a year old is told apart from a quiet month."""
    build.seen_days = 180.0
    build.cluster().machines(20)
    build.hosts = [replace(host, build="17630552") for host in build.hosts]
    assert "hosts not being patched" in build.observe("maint_evac").reason
    build.seen_days = 170.0
    assert "hosts not being patched" not in build.observe("maint_evac").reason


@pytest.mark.parametrize(("days", "blamed"), [(120, False), (190, True)])
def test_maintenance_before_the_quarter_is_maintenance(build: EstateBuilder, days: int, blamed: bool) -> None:
    """Somebody was at the hosts within half a year."""
    build.seen_days = 200.0
    build.cluster().machines(20).event("EnteringMaintenanceModeEvent", host="c1-h2", days_ago=days)
    build.event("EnteredMaintenanceModeEvent", host="c1-h2", days_ago=days)
    build.hosts = [replace(host, build="17630552") for host in build.hosts]
    assert ("hosts not being patched" in build.observe("maint_evac").reason) is blamed


def test_one_host_of_today_was_patched(build: EstateBuilder) -> None:
    """Though all others are old."""
    build.seen_days = 200.0
    build.cluster().machines(20)
    build.hosts = [replace(host, build=number) for host, number in zip(build.hosts, ("17630552", "99999999"), strict=True)]
    assert "hosts not being patched" not in build.observe("maint_evac").reason


def test_nobody_is_blamed_for_hosts_that_could_not_be_read(build: EstateBuilder) -> None:
    """Their builds may be of today."""
    build.seen_days = 200.0
    assert "hosts not being patched" not in build.gap("hosts").observe("maint_evac").reason


def test_evacuation_of_empty_hosts_is_unknown(build: EstateBuilder) -> None:
    """Nothing ran there before."""
    build.cluster().machines(2).event("EnteringMaintenanceModeEvent", host="c1-h2").event(
        "EnteredMaintenanceModeEvent", host="c1-h2"
    )
    assert build.observe("maint_evac").reason == "in 1 maintenance mode entry nothing was running on the host"


def test_evacuation_by_shutdown_is_zero(build: EstateBuilder) -> None:
    """The physical habit: power everything off."""
    build.cluster().machines(2).event("EnteringMaintenanceModeEvent", host="c1-h1")
    build.event("VmPoweredOffEvent", vm="vm-1", host="c1-h1").event("EnteredMaintenanceModeEvent", host="c1-h1")
    found = build.observe("maint_evac")
    assert (found.state, found.value, found.numerator, found.denominator) == ("observed", 0.0, 0, 1)
    assert found.seen == pytest.approx(30 / 90)


def test_a_storage_controller_that_goes_down_with_its_host_is_no_shutdown(build: EstateBuilder) -> None:
    """On a hyperconverged platform every maintenance stops the one that is bound to the host."""
    build.cluster().machines(2).machine("cvm", name="NTNX-16SM6B260127-A-CVM")
    build.event("EnteringMaintenanceModeEvent", host="c1-h1").drs_move("vm-1")
    build.event("VmPoweredOffEvent", vm="cvm", host="c1-h1").event("EnteredMaintenanceModeEvent", host="c1-h1")
    assert build.observe("maint_evac").value == 1.0


def test_evacuation_counts_entries_that_moved_everything(build: EstateBuilder) -> None:
    """One of two entries, an old one left out."""
    build.cluster().machines(4)
    for days, event, vm in ((100, "drs", "vm-1"), (5, "drs", "vm-2"), (3, "off", "vm-3")):
        build.event("EnteringMaintenanceModeEvent", host="c1-h1", days_ago=days)
        if event == "drs":
            build.drs_move(vm, days_ago=days)
        else:
            build.event("VmPoweredOffEvent", vm=vm, host="c1-h1", days_ago=days)
        build.event("EnteredMaintenanceModeEvent", host="c1-h1", days_ago=days)
    build.seen_days = 120.0
    found = build.observe("maint_evac")
    assert (found.numerator, found.denominator, found.seen) == (1, 2, 1.0)
    assert "In 1 of them VMs were powered off or suspended." in found.evidence


def test_evacuation_says_nothing_of_builds_newer_than_the_table(build: EstateBuilder) -> None:
    """Nobody is blamed for the age of a build that the program does not know."""
    build.seen_days = 200.0
    build.cluster().machines(20)
    build.hosts = [replace(host, build="99999999") for host in build.hosts]
    assert "hosts not being patched" not in build.observe("maint_evac").reason


def test_entries_that_cannot_be_told_lower_what_was_seen(build: EstateBuilder) -> None:
    """Machines may have left live or cold: alone such an entry says nothing, beside others it is in no share."""
    build.seen_days = 90.0
    build.cluster().machines(20).event("EnteringMaintenanceModeEvent", host="c1-h1")
    build.event("VmMigratedEvent", vm="vm-1", source_host="c1-h1", host="c1-h2")
    build.event("EnteredMaintenanceModeEvent", host="c1-h1").event("VmPoweredOnEvent", vm="vm-1", host="c1-h2")
    found = build.observe("maint_evac")
    assert (found.state, found.reason) == (
        "unknown",
        "in 1 maintenance mode entry the migrations could not be classified as live or cold",
    )
    build.event("EnteringMaintenanceModeEvent", host="c1-h1").drs_move("vm-2").event(
        "EnteredMaintenanceModeEvent", host="c1-h1"
    )
    found = build.observe("maint_evac")
    assert (found.numerator, found.denominator, found.seen) == (1, 1, 0.5)


def test_entries_without_machines_are_unknown(build: EstateBuilder) -> None:
    """A stop of what the platform runs for itself is no shutdown, and which machines those are cannot be told."""
    build.cluster().machine("a").machine("shadow", ft_role=2).event("EnteringMaintenanceModeEvent", host="c1-h1").drs_move("a")
    build.event("VmPoweredOffEvent", vm="shadow", host="c1-h1").event("EnteredMaintenanceModeEvent", host="c1-h1")
    assert build.observe("maint_evac").value == 1.0
    build.vms.clear()
    assert build.gap("vms").observe("maint_evac").reason.startswith("vms could not be read")
