"""Points of the journey with the date they were first seen."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from inference.milestones import milestones

if TYPE_CHECKING:
    from tests.inference.conftest import EstateBuilder


def dates(build: EstateBuilder) -> dict[str, datetime]:
    """First sights by milestone."""
    return {found.id: found.first_seen for found in milestones(build.estate())}


def test_a_new_estate_has_reached_none(build: EstateBuilder) -> None:
    """Machines and hosts alone are no milestone; nor are migrations that are cold or of disks alone, or a name alone."""
    build.cluster().machines(3).machine("sql01").machine("off", power="poweredOff")
    build.event("VmMigratedEvent", vm="off", source_host="c1-h1", host="c1-h2")
    build.live_move("vm-1", dest="c1-h1", source_datastore="d1", datastore="d2")
    assert dates(build) == {}


def test_each_is_dated_by_its_first_event(build: EstateBuilder) -> None:
    """Events date themselves; states are dated by the snapshot that shows them."""
    build.cluster().machines(3).machine("sql01", vcpus=8).machine("p", ft_role=1, ft_state="running")
    build.live_move("vm-1", days_ago=20).drs_move("vm-2", days_ago=10).drs_move("vm-2", days_ago=5)
    build.event("com.vmware.vc.ha.VmRestartedByHAEvent", vm="vm-1", days_ago=4).event(
        "com.vmware.vcDr.PlanExecTestEnd", days_ago=3
    )
    assert dates(build) == {
        "first_vmotion": build.now - timedelta(days=20),
        "first_drs_move": build.now - timedelta(days=10),
        "first_ha_restart": build.now - timedelta(days=4),
        "first_business_application": build.now,
        "first_recovery_test": build.now - timedelta(days=3),
        "first_ft_vm": build.now,
    }


def test_a_counter_of_the_cluster_shows_that_vmotion_was_learned(build: EstateBuilder) -> None:
    """A total without events is a milestone reached at some time, and no use now."""
    assert dates(build.cluster(num_vmotions=10151).machines(3)) == {"first_vmotion": build.now}
