"""HA and fault tolerance."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from collector.facts import HaConfig, HaOverride, License
from inference.features import features

if TYPE_CHECKING:
    from tests.inference.conftest import EstateBuilder

INDICATORS = ("ha_share", "ha_admission", "ha_vm_monitoring")


@pytest.mark.parametrize("indicator", INDICATORS)
def test_hidden_settings_are_unknown(build: EstateBuilder, indicator: str) -> None:
    """HA that could not be read is not off."""
    assert build.cluster().machines(4).cluster_gap("ha").observe(indicator).state == "unknown"


@pytest.mark.parametrize("indicator", ["ha_share", "ha_vm_monitoring"])
def test_hidden_settings_of_machines_are_unknown(build: EstateBuilder, indicator: str) -> None:
    """Machines may have restart disabled, or be watched, by a setting of their own."""
    assert build.cluster().machines(4).cluster_gap("ha_overrides").observe(indicator).state == "unknown"


@pytest.mark.parametrize("indicator", INDICATORS)
def test_lost_clusters_are_unknown(build: EstateBuilder, indicator: str) -> None:
    """Without the clusters nothing can be said."""
    found = build.host("h1").machines(4, host="h1").gap("clusters").observe(indicator)
    assert (found.state, found.reason.partition(":")[0]) == ("unknown", "clusters could not be read")


@pytest.mark.parametrize(
    ("indicator", "state"),
    [("ha_share", "observed"), ("ha_admission", "not_applicable"), ("ha_vm_monitoring", "not_applicable")],
)
def test_ha_off_is_zero_once(build: EstateBuilder, indicator: str, state: str) -> None:
    """That HA is off is told by its share; how it is set up then is no question."""
    found = build.cluster(ha=HaConfig(enabled=False)).machines(4).observe(indicator)
    assert (found.state, found.value) == (state, 0.0 if state == "observed" else None)
    assert found.reason == ("" if state == "observed" else "HA is not enabled on any cluster")


def test_ha_share_of_machines_outside_clusters_is_zero(build: EstateBuilder) -> None:
    """A lone host restarts nothing."""
    assert build.host("h1").machines(4, host="h1").observe("ha_share").value == 0.0


def test_ha_share_does_not_apply_without_licence(build: EstateBuilder) -> None:
    """Not licensed is not the same as not adopted."""
    build.more["licenses"] = (License("vSphere Essentials", "esx.essentials"),)
    assert build.cluster(ha=None).machines(4).observe("ha_share").state == "not_applicable"
    assert build.cluster("c2").observe("ha_share").value == 0.0  # what is on somewhere is believed before the licence


def test_ha_that_watches_no_host_restarts_nothing(build: EstateBuilder) -> None:
    """Host monitoring is switched off for work on the network, and forgotten."""
    build.cluster(ha=HaConfig(enabled=True, host_monitoring="disabled", restart_priority="medium")).machines(3)
    build.cluster("c2", ha=HaConfig(enabled=True, host_monitoring="enabled", restart_priority="medium"))
    found = build.machines(1, host="c2-h1", prefix="b").observe("ha_share")
    assert (found.numerator, found.denominator) == (1, 4)


def test_ha_share_counts_machines_that_would_restart(build: EstateBuilder) -> None:
    """Machines whose restart is disabled, by themselves or by their cluster, and machines elsewhere do not count."""
    own = (HaOverride("vm-1", restart_priority="disabled"), HaOverride("vm-2", restart_priority="clusterRestartPriority"))
    build.cluster("c1", ha_overrides=own).machines(4)
    off = (HaOverride("b-1", restart_priority="high"),)
    build.cluster("c2", ha=HaConfig(enabled=True, restart_priority="disabled"), ha_overrides=off).machines(
        2, host="c2-h1", prefix="b"
    )
    found = build.observe("ha_share")
    assert (found.numerator, found.denominator) == (4, 6)
    assert found.evidence == ("4 of 6 powered-on VMs are in HA clusters of two or more hosts, with restart not disabled.",)


@pytest.mark.parametrize("own", ["clusterRestartPriority", "", None])
@pytest.mark.parametrize(
    ("default", "restarted", "watched"), [("high", 3, 3), ("medium", 3, 0), ("disabled", 0, 0), (None, 3, 0)]
)
def test_a_machine_without_a_priority_of_its_own_has_that_of_its_cluster(
    build: EstateBuilder, own: str | None, default: str | None, restarted: int, watched: int
) -> None:
    """Whether it says so or says nothing; one that is disabled for itself is not restarted."""
    settings = (HaOverride("vm-1", restart_priority=own), HaOverride("vm-4", restart_priority="disabled"))
    build.cluster(ha=HaConfig(enabled=True, restart_priority=default), ha_overrides=settings).machines(4)
    assert (build.observe("ha_share").numerator, build.observe("ha_vm_monitoring").numerator) == (restarted, watched)


def test_one_hidden_cluster_lowers_what_was_seen(build: EstateBuilder) -> None:
    """Machines of a cluster that could not be read are left out."""
    build.cluster("c1").machines(3).cluster("c2", ha=None, unreadable=frozenset({"ha"})).machines(1, host="c2-h1", prefix="b")
    found = build.observe("ha_share")
    assert (found.numerator, found.denominator, found.seen) == (3, 3, 0.75)


def test_admission_control_is_counted_by_cluster(build: EstateBuilder) -> None:
    """Of two clusters with HA one keeps capacity free; a cluster without HA and an empty one are not asked."""
    build.cluster("c1").cluster("c2", ha=HaConfig(enabled=True, admission_control=False)).cluster("c3", ha=None).cluster(
        "c4", hosts=0
    )
    found = build.observe("ha_admission")
    assert (found.value, found.denominator) == (0.5, 2)
    assert build.cluster("c5", ha=None, unreadable=frozenset({"ha"})).observe("ha_admission").seen == pytest.approx(2 / 3)


def test_admission_control_unset_is_unknown(build: EstateBuilder) -> None:
    """A setting that vCenter left out is not off: it is on by default."""
    assert build.cluster(ha=HaConfig(enabled=True)).observe("ha_admission").state == "unknown"


def test_monitoring_left_at_defaults_is_zero(build: EstateBuilder) -> None:
    """No monitoring and medium priority are what everybody has."""
    found = build.cluster().machines(4).observe("ha_vm_monitoring")
    assert (found.state, found.value, found.denominator) == ("observed", 0.0, 4)


def test_monitoring_and_chosen_priorities_count(build: EstateBuilder) -> None:
    """Monitored by cluster or by override, or with a priority of its own; a disabled restart is no priority."""
    own = (
        HaOverride("vm-1", restart_priority="high"),
        HaOverride("vm-2", vm_monitoring="vmMonitoringOnly"),
        HaOverride("vm-3", restart_priority="disabled"),
    )
    build.cluster("c1", ha_overrides=own).machines(4)
    build.cluster("c2", ha=HaConfig(enabled=True, vm_monitoring="vmAndAppMonitoring")).machines(2, host="c2-h1", prefix="b")
    found = build.observe("ha_vm_monitoring")
    assert (found.numerator, found.denominator) == (4, 6)


def test_monitoring_of_machines_whose_place_is_hidden_is_not_seen(build: EstateBuilder) -> None:
    """Machines whose host could not be read may be in a cluster with HA or not."""
    build.cluster().machines(6).machine_gap("host")
    build.vms = [replace(vm, host=None) for vm in build.vms]
    assert build.observe("ha_vm_monitoring").reason == "which hosts the VMs run on could not be read"
    found = build.machines(4, prefix="b").observe("ha_vm_monitoring")
    assert (found.denominator, found.seen) == (4, 0.4)


def test_monitoring_is_seen_where_machines_are_known_to_be_elsewhere(build: EstateBuilder) -> None:
    """On a lone host; a cluster whose settings are hidden takes its part, and one without hosts none."""
    build.cluster().machines(4).host("lone").machines(4, prefix="b", host="lone")
    hidden = frozenset({"ha"})
    assert build.cluster("empty", hosts=0, ha=None, unreadable=hidden).observe("ha_vm_monitoring").seen == 1.0
    assert build.cluster("c3").cluster("c2", ha=None, unreadable=hidden).observe("ha_vm_monitoring").seen == pytest.approx(
        2 / 3
    )
    build.vms.clear()
    assert build.gap("vms").observe("ha_vm_monitoring").reason.startswith("vms could not be read")


@pytest.mark.parametrize("machines", [0, 4])
def test_fault_tolerance_unused_does_not_apply(build: EstateBuilder, machines: int) -> None:
    """A niche: its absence says nothing."""
    assert build.cluster().machines(machines).observe("ft").state == "not_applicable"


def test_fault_tolerance_hidden_is_unknown(build: EstateBuilder) -> None:
    """Unread is neither zero nor unused; beside what was read it lowers what was seen."""
    assert build.cluster().machines(3).machine_gap("ft_role", "ft_state").observe("ft").state == "unknown"
    found = build.machine("p1", ft_role=1).observe("ft")
    assert (found.value, found.seen) == (1, 0.25)


@pytest.mark.parametrize(
    ("role", "state", "protected"),
    [
        (1, None, True),
        (1, "running", True),
        (1, "needSecondary", True),
        (1, "disabled", False),
        (1, "notConfigured", False),
        (2, "running", False),
        (None, "enabled", True),
        (None, "running", True),
        (None, "starting", True),
        (None, "needSecondary", True),
        (None, "disabled", False),
        (None, "notConfigured", False),
    ],
)
def test_fault_tolerance_counts_pairs_once(build: EstateBuilder, role: int | None, state: str | None, protected: bool) -> None:
    """Primaries count, secondaries and pairs that are switched off do not; without a role the state tells."""
    found = build.cluster().machines(2).machine("a", ft_role=role, ft_state=state).observe("ft")
    assert found.value == (1 if protected else None)


def test_a_cluster_of_one_host_restarts_nothing(build: EstateBuilder) -> None:
    """When its host fails there is no other; that HA watches the guests there is another question."""
    watching = HaConfig(enabled=True, admission_control=True, vm_monitoring="vmMonitoringOnly")
    build.cluster("c1", hosts=1, ha=watching).machines(4)
    assert build.observe("ha_share").value == 0.0
    assert build.observe("ha_admission").reason == "no HA cluster has a second host"
    assert build.observe("ha_vm_monitoring").value == 1.0
    build.cluster("c2", ha=None, unreadable=frozenset({"ha"}))
    found = build.observe("ha_admission")
    assert (found.state, found.reason) == ("unknown", "the HA settings of the clusters could not be read")


def test_admission_control_of_lone_hosts_is_not_counted(build: EstateBuilder) -> None:
    """A cluster of one host keeps nothing free for a failover."""
    build.cluster("c1", hosts=1).cluster("c2", ha=HaConfig(enabled=True, admission_control=False))
    found = build.observe("ha_admission")
    assert (found.numerator, found.denominator) == (0, 1)


def test_hidden_settings_of_a_lone_host_hide_no_admission_control(build: EstateBuilder) -> None:
    """Whatever they are, there is nothing to keep free: they take nothing from what was seen."""
    build.cluster("c1", hosts=1, ha=None, unreadable=frozenset({"ha"}))
    assert build.observe("ha_admission").reason == "no HA cluster has a second host"
    found = build.cluster("c2").observe("ha_admission")
    assert (found.numerator, found.denominator, found.seen) == (1, 1, 1.0)


def test_a_minority_that_could_be_read_does_not_speak_for_all(build: EstateBuilder) -> None:
    """Where the settings of the cluster are hidden, its machines are unknown and not as those of lone hosts are."""
    build.cluster(unreadable=frozenset({"ha"}), ha=None).machines(7).host("lone", parent="s1").machines(
        3, host="lone", prefix="l"
    )
    found = build.observe("ha_share")
    assert found.state == "unknown"
    assert found.reason == "the HA settings of the clusters could not be read"


@pytest.mark.parametrize(("hidden", "blank"), [("ha", None), ("ha_overrides", ())])
def test_a_majority_outside_the_hidden_clusters_makes_no_answer_either(
    build: EstateBuilder, hidden: str, blank: object
) -> None:
    """Lone hosts and a cluster with HA off would have all of them unprotected, and nothing was read of where HA is on."""
    build.cluster().machines(4).cluster("off", ha=HaConfig(enabled=False)).machines(1, host="off-h1", prefix="o")
    build.host("lone", parent="s1").machines(5, host="lone", prefix="l")
    assert (build.observe("ha_share").value, features(build.estate())["ha"].configured) == (0.4, 0.4)
    changes: dict[str, Any] = {hidden: blank}
    build.clusters = [replace(cluster, unreadable=frozenset({hidden}), **changes) for cluster in build.clusters]
    found = build.observe("ha_share")
    assert (found.state, found.reason) == ("unknown", "the HA settings of the clusters could not be read")
    assert features(build.estate())["ha"].configured is None


def test_machines_that_hide_where_they_run_leave_the_others_as_they_are(build: EstateBuilder) -> None:
    """They may be on lone hosts or in clusters: the share of those whose place is known stands for them."""
    build.cluster().machines(6).host("lone", parent="s1").machines(4, host="lone", prefix="l")
    build.machines(6, host="", prefix="x", unreadable=frozenset({"host"}))
    found = build.observe("ha_share")
    assert (found.numerator, found.denominator, found.seen) == (6, 10, 10 / 16)
    assert found.evidence[1] == "Excluded because not readable: 6 of 16."


def test_lone_hosts_count_as_far_as_clusters_could_be_read(build: EstateBuilder) -> None:
    """Of two like clusters one is hidden: the share stays what it is, in half as many."""
    build.cluster().machines(6).cluster("c2").machines(6, host="c2-h1", prefix="b").host("lone", parent="s1")
    build.machines(8, host="lone", prefix="l")
    assert build.observe("ha_share").value == 0.6
    build.clusters[1] = replace(build.clusters[1], ha=None, unreadable=frozenset({"ha"}))
    found = build.observe("ha_share")
    assert (found.numerator, found.denominator, found.value) == (6, 10, 0.6)
    assert found.evidence[1] == "Excluded because not readable: 6 of 20, and 4 that could only be no."
