"""What is configured and what is exercised, kept apart."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from collector.facts import DrsConfig, Extension, HaConfig
from inference.estate.history import MotionCount
from inference.features import features
from inference.indicators.recovery import dr_tests
from inference.results import FEATURES, FeatureUse

if TYPE_CHECKING:
    from tests.inference.conftest import EstateBuilder


def test_every_feature_of_the_contract_is_there(build: EstateBuilder) -> None:
    """An empty vCenter has every feature, none of them configured."""
    found = features(build.estate())
    assert tuple(found) == FEATURES
    assert {name: use.configured for name, use in found.items()} == {
        "vmotion": None,
        "ha": None,
        "ft": None,
        "drs": None,
        "srm": 0.0,
    }


@pytest.mark.parametrize("feature", ["vmotion", "ha", "drs", "srm"])
def test_unseen_events_are_not_zero(build: EstateBuilder, feature: str) -> None:
    """What is exercised is unknown where no event was seen, and zero where events were and it was not among them."""
    build.cluster().machines(4)
    assert features(build.estate())[feature].exercised == 0
    build.seen_days = None
    assert features(build.estate())[feature].exercised is None


@pytest.mark.parametrize(
    ("seen_days", "unit"),
    [
        (400.0, "recovery tests in 365 days"),
        (360.0, "recovery tests in 365 days"),
        (89.8, "recovery tests in the 89 days seen (of 365)"),
        (7.0, "recovery tests in the 7 days seen (of 365)"),
        (1.0, "recovery tests in the 1 day seen (of 365)"),
    ],
)
def test_a_count_says_of_how_many_days_it_is(build: EstateBuilder, seen_days: float, unit: str) -> None:
    """Nothing in a week that was seen is not nothing in a year."""
    build.cluster().machines(4)
    build.seen_days = seen_days
    use = features(build.estate())["srm"]
    assert (use.exercised, use.exercised_unit) == (0, unit)


@pytest.mark.parametrize(
    ("seen_days", "happened", "exercised", "unit"),
    [
        (0.5, False, None, "in the 12 hours seen (of 30)"),
        (0.5, True, 1, "in the 12 hours seen (of 30)"),
        (None, False, None, "in 30 days"),
        (None, True, None, "in 30 days"),
    ],
)
def test_hours_show_what_happened_and_not_what_did_not(
    build: EstateBuilder, seen_days: float | None, happened: bool, exercised: int | None, unit: str
) -> None:
    """Of events that are out of reach now, those from before say nothing of the month."""
    build.seen_days = seen_days
    build.cluster().machines(4)
    if happened:
        build.live_move("vm-1", days_ago=0.1)
    use = features(build.estate())["vmotion"]
    assert (use.exercised, use.exercised_unit) == (exercised, f"live migrations {unit}")


def test_what_is_remembered_from_before_sight_was_lost_is_of_days_before_it(build: EstateBuilder) -> None:
    """Stored events from before a break count, and then the count is not of the days since the break."""
    build.cluster().machines(4).event("com.vmware.vcDr.PlanExecTestEnd", days_ago=100)
    build.extensions = [Extension("com.vmware.vcDr")]
    build.seen_days = 7.0
    estate = build.estate()
    use = features(estate)["srm"]
    days = "365 days (the last 7 days seen in full)"
    assert (use.exercised, use.exercised_unit) == (1, f"recovery tests in {days}")
    assert use.seen_days == pytest.approx(100)
    assert dr_tests(estate).evidence == (f"1 recovery plan test completed in the last {days}.",)
    build.event("com.vmware.vcDr.PlanExecTestEnd", days_ago=3).events.pop(0)
    use = features(build.estate())["srm"]
    assert (use.exercised, use.exercised_unit) == (1, "recovery tests in the 7 days seen (of 365)")


def test_vmotion_is_live_and_between_hosts(build: EstateBuilder) -> None:
    """Cold moves and moves of disks are none; half of the hosts that could be read are ready for it."""
    build.cluster(hosts=3).machines(4).machine("off", power="poweredOff").live_move("vm-1")
    build.event("VmMigratedEvent", vm="off", source_host="c1-h1", host="c1-h2")
    build.live_move("vm-2", dest="c1-h1", source_datastore="d1", datastore="d2")
    build.hosts[0] = replace(build.hosts[0], vmotion_enabled=False)
    build.hosts[1] = replace(build.hosts[1], vmotion_enabled=None, unreadable=frozenset({"vmotion_enabled"}))
    found = features(build.estate())
    assert (found["vmotion"].configured, found["vmotion"].exercised, found["drs"].exercised) == (0.5, 1, 0)


def test_hidden_clusters_are_not_zero(build: EstateBuilder) -> None:
    """Machines outside every cluster that can be seen may be in one."""
    found = features(build.host("h1").machines(4, host="h1").gap("clusters").estate())
    assert (found["ha"].configured, found["drs"].configured) == (None, None)


def test_fault_tolerance_is_seen_now_or_not_at_all(build: EstateBuilder) -> None:
    """It leaves no date; without workloads none is protected."""
    use = features(build.cluster().estate())["ft"]
    assert (use.exercised, use.last_seen) == (0, None)
    use = features(build.machine("p", ft_role=1).estate())["ft"]
    assert (use.exercised, use.last_seen) == (1, build.now)
    build.vms.clear()
    assert features(build.gap("vms").estate())["ft"].exercised is None


@pytest.mark.parametrize(("feature", "hidden"), [("ha", "ha"), ("drs", "drs")])
def test_hidden_settings_are_not_zero(build: EstateBuilder, feature: str, hidden: str) -> None:
    """What is configured is unknown where it could not be read."""
    assert features(build.cluster().machines(4).cluster_gap(hidden).estate())[feature].configured is None


def test_migrations_that_only_the_clusters_counted_are_not_zero(build: EstateBuilder) -> None:
    """An account that may not see them is told of no event; then nobody knows who moved what."""
    build.cluster().machines(4)
    assert [features(build.estate())[name].exercised for name in ("vmotion", "drs")] == [0, 0]
    build.motion_counts = [MotionCount("c1", build.now - timedelta(days=days), 900 - days) for days in (20, 1)]
    assert [features(build.estate())[name].exercised for name in ("vmotion", "drs")] == [None, None]


def test_stopped_machines_that_drs_moves_balance_nothing(build: EstateBuilder) -> None:
    """They are no live migrations, and no more are they moves that balance load."""
    build.cluster().machine("a", power="poweredOff")
    build.event("VmBeingMigratedEvent", vm="a", host="c1-h1", dest_host="c1-h2").drs_move("a")
    assert [features(build.estate())[name].exercised for name in ("vmotion", "drs")] == [0, 0]


def test_recovery_is_not_counted_in_a_cluster(build: EstateBuilder) -> None:
    """Products and plans belong to the vCenter: that none is in a cluster says nothing of it."""
    build.cluster().machines(4).event("com.vmware.vcDr.PlanExecTestEnd", days_ago=9)
    build.extensions = [Extension("com.vmware.vcDr")]
    whole = build.estate()
    (part,) = whole.parts()
    assert (features(whole)["srm"].configured, features(whole)["srm"].exercised) == (1.0, 1)
    assert features(part)["srm"] == FeatureUse(None, None, "recovery tests in the 30 days seen (of 365)")


def test_hidden_extensions_and_machines_are_not_zero(build: EstateBuilder) -> None:
    """The same for recovery and fault tolerance."""
    build.cluster().machines(4).machine_gap("ft_role", "ft_state").gap("extensions")
    found = features(build.estate())
    assert (found["srm"].configured, found["ft"].configured, found["ft"].exercised) == (None, None, None)


def test_configured_and_exercised_are_counted_apart(build: EstateBuilder) -> None:
    """Half of the machines under automation and HA; moves and restarts of their windows only."""
    build.cluster("c1").cluster("c2", ha=HaConfig(enabled=False), drs=DrsConfig(enabled=True, behavior="manual"))
    build.machines(4).machines(4, host="c2-h1", prefix="b").machine("p", ft_role=1, ft_state="running")
    build.extensions = [Extension("com.vmware.vcDr")]
    build.drs_move("vm-1", days_ago=40).drs_move("vm-1", days_ago=3).live_move("vm-2", days_ago=2)
    build.event("com.vmware.vc.HA.VmRestartedByHAEvent", vm="vm-3", days_ago=200).event(
        "VmRestartedOnAlternateHostEvent", vm="vm-3"
    )
    build.event("com.vmware.vcDr.PlanExecTestEnd", days_ago=100)
    build.seen_days = 300.0
    found = features(build.estate())
    assert {name: use.exercised for name, use in found.items()} == {"vmotion": 2, "ha": 2, "ft": 1, "drs": 1, "srm": 1}
    assert {name: use.configured for name, use in found.items()} == {
        "vmotion": 1.0,
        "ha": pytest.approx(5 / 9),
        "ft": pytest.approx(1 / 9),
        "drs": pytest.approx(5 / 9),
        "srm": 1.0,
    }
    assert found["vmotion"].last_seen == build.now - timedelta(days=2)
    assert found["srm"].last_seen == build.now - timedelta(days=100)
