"""What looks cared for because nobody touched it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from collector.facts import SnapshotEntry
from inference.observations import Remedy

if TYPE_CHECKING:
    from tests.inference.conftest import EstateBuilder

DRIFT = ("hw_version", "tools_current", "build_homogeneity", "snapshot_hygiene")
OLD, AGEING, LATEST = "17630552", "20513097", "24755229"


def estate(build: EstateBuilder, esxi: str | None, **changes: Any) -> EstateBuilder:  # noqa: ANN401 - any field
    """Four hosts of one build with machines that are as new as their hosts allow."""
    usual = {"hardware_version": "vmx-19", "tools_version": "guestToolsCurrent"}
    build.cluster(hosts=4).machines(20, **usual | changes)
    build.hosts = [replace(host, build=esxi, version="7.0.3") for host in build.hosts]
    return build


@pytest.mark.parametrize("indicator", DRIFT)
def test_an_estate_that_nobody_updates_shows_no_care(build: EstateBuilder, indicator: str) -> None:
    """All builds are surely over a year old and no host was in maintenance: nothing could fall behind."""
    found = estate(build, OLD).observe(indicator)
    assert (found.state, found.reason, found.remedy) == (
        "unknown",
        "no host was updated for a year, so being current says nothing about upkeep",
        Remedy.UPDATE_HOSTS,
    )


@pytest.mark.parametrize("indicator", DRIFT)
@pytest.mark.parametrize("esxi", [LATEST, None, "releasebuild"])
def test_hosts_that_may_be_new_are_believed(build: EstateBuilder, indicator: str, esxi: str | None) -> None:
    """A build newer than the table, or none that could be read, is no standstill."""
    found = estate(build, esxi).observe(indicator)
    expected = "unknown" if indicator == "build_homogeneity" and esxi is None else "observed"
    assert found.state == expected
    assert "updated" not in found.reason


@pytest.mark.parametrize("indicator", DRIFT)
@pytest.mark.parametrize(
    ("esxi", "days", "state"), [(AGEING, 100, "observed"), (AGEING, 370, "unknown"), (OLD, 100, "unknown")]
)
def test_maintenance_within_a_year_ends_the_standstill(
    build: EstateBuilder, indicator: str, esxi: str, days: float, state: str
) -> None:
    """Somebody took a host out of service and may have updated it, unless its build was over a year old by then too."""
    build.seen_days = 400.0
    estate(build, esxi).event("EnteringMaintenanceModeEvent", host="c1-h1", days_ago=days)
    build.event("EnteredMaintenanceModeEvent", host="c1-h1", days_ago=days)
    assert build.observe(indicator).state == state


@pytest.mark.parametrize(
    ("indicator", "changes"),
    [("hw_version", {"hardware_version": "vmx-9"}), ("tools_current", {"tools_version": "guestToolsNeedUpgrade"})],
)
def test_what_was_left_behind_still_shows(build: EstateBuilder, indicator: str, changes: dict[str, Any]) -> None:
    """A poor answer on an estate that stands still is an answer."""
    assert estate(build, OLD, **changes).observe(indicator).value == 0.0


def test_snapshots_that_somebody_takes_show_what_becomes_of_them(build: EstateBuilder) -> None:
    """People take snapshots here and remove them in time; those of backup products say nothing."""
    fresh = SnapshotEntry("before patch", build.now)
    assert estate(build, OLD, snapshots=(fresh,)).observe("snapshot_hygiene").value == 1.0
    build.vms = [replace(vm, snapshots=(replace(fresh, name="VEEAM BACKUP TEMPORARY SNAPSHOT"),)) for vm in build.vms]
    assert build.observe("snapshot_hygiene").state == "unknown"


@pytest.mark.parametrize(("old", "state"), [(2, "unknown"), (3, "observed")])
def test_nine_of_ten_is_what_standing_still_gives(build: EstateBuilder, old: int, state: str) -> None:
    """A worse answer shows that something was left behind."""
    estate(build, OLD)
    build.vms[:old] = [replace(vm, tools_version="guestToolsNeedUpgrade") for vm in build.vms[:old]]
    assert build.observe("tools_current").state == state


def test_one_host_of_today_is_no_standstill(build: EstateBuilder) -> None:
    """It was updated at some time in the year, though no event of it is kept."""
    estate(build, OLD)
    build.hosts[1] = replace(build.hosts[1], build=LATEST)
    assert build.observe("tools_current").state == "observed"


@pytest.mark.parametrize(("second", "state"), [(LATEST, "observed"), (AGEING, "observed"), (OLD, "unknown")])
def test_one_host_that_may_have_been_updated_ends_the_standstill(build: EstateBuilder, second: str, state: str) -> None:
    """One whose build may be new, or was not yet old when a host was in maintenance."""
    build.seen_days = 400.0
    estate(build, OLD).event("EnteringMaintenanceModeEvent", host="c1-h1", days_ago=100)
    build.event("EnteredMaintenanceModeEvent", host="c1-h1", days_ago=100)
    build.hosts[1] = replace(build.hosts[1], build=second)
    assert build.observe("tools_current").state == state


def test_good_order_on_hidden_hosts_may_be_a_standstill(build: EstateBuilder) -> None:
    """Nobody knows how old their builds are; of hosts that are only out of reach nothing is said."""
    estate(build, OLD)
    build.hosts = [replace(host, connection="notResponding") for host in build.hosts]
    assert build.observe("tools_current").state == "observed"
    build.hosts.clear()
    found = build.gap("hosts").observe("tools_current")
    assert (found.state, found.reason.rpartition("; ")[2]) == ("unknown", "being current may only mean that nothing changes")
