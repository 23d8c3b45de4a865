"""Large machines, protection of business applications, virtual desktops, and the declared share of servers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from collector.facts import Allocation, ClusterRule, Extension, HaConfig, HaOverride
from inference.declared import Servers
from inference.estate.estate import Estate
from inference.indicators.foundation import pct_virtualized

if TYPE_CHECKING:
    from tests.inference.conftest import EstateBuilder

SRM = Extension("com.vmware.vcDr")


@pytest.mark.parametrize("indicator", ["big_vm", "biz_protected", "vdi_share"])
def test_hidden_power_state_is_unknown(build: EstateBuilder, indicator: str) -> None:
    """Machines that may not run are not counted."""
    build.cluster().machine("sql01").machines(10, prefix="desktop", guest_id="windows9_64Guest").machine_gap("power")
    assert build.observe(indicator).state == "unknown"


def test_nobody_running_is_neither_large_nor_protected(build: EstateBuilder) -> None:
    """There is nobody to ask."""
    build.cluster().machine("sql01", power="poweredOff")
    assert build.observe("big_vm").state == build.observe("biz_protected").state == "unknown"


def test_hidden_sizes_are_unknown(build: EstateBuilder) -> None:
    """A size that could not be read is not small."""
    assert build.cluster().machines(3, vcpus=None).observe("big_vm").state == "unknown"
    assert build.machines(1, prefix="b", memory_mb=None).observe("big_vm").state == "unknown"


def test_machines_of_one_size_are_not_large(build: EstateBuilder) -> None:
    """However many processors they have: large is relative."""
    assert build.cluster().machines(12, vcpus=32, memory_mb=2**18).observe("big_vm").value == 0.0


def test_four_times_the_middle_is_large(build: EstateBuilder) -> None:
    """By processors or by memory, and the middle is that of the whole vCenter."""
    build.cluster("c1").cluster("c2").machines(9).machine("wide", vcpus=8).machine("deep", memory_mb=16384)
    build.machine("nearly", vcpus=7, memory_mb=16383).machine("other", host="c2-h1", vcpus=8)
    found = build.observe("big_vm")
    assert (found.numerator, found.denominator) == (3, 13)


def test_without_business_nothing_is_to_be_protected(build: EstateBuilder) -> None:
    """Where names speak and of no business application, the question does not arise."""
    found = build.cluster().machine("dc01").machine("file01").observe("biz_protected")
    assert (found.state, found.reason) == ("not_applicable", "no business application was found")


def test_unprotected_business_is_zero(build: EstateBuilder) -> None:
    """Three applications that nobody did anything for, however large and old."""
    build.cluster().machine("sql01", vcpus=16).machine("sap01").machine("exch01")
    found = build.observe("biz_protected")
    assert (found.value, found.denominator) == (0.0, 3)
    assert build.host("lone").machine("sql02", host="lone").observe("biz_protected").denominator == 4


def test_protection_in_hidden_clusters_is_unknown(build: EstateBuilder) -> None:
    """Their rules and priorities may protect any machine."""
    assert build.host("h1").machine("sql01", host="h1").gap("clusters").observe("biz_protected").state == "unknown"


def test_protection_by_recovery_that_cannot_be_seen_is_unknown(build: EstateBuilder) -> None:
    """Whether a product is there, or which machines its events name."""
    build.cluster().machine("sql01").extensions.append(SRM)
    build.unreadable_events = "no privilege"
    assert build.observe("biz_protected").reason == "events could not be read: no privilege"
    build.extensions.clear()
    assert build.observe("biz_protected").value == 0.0
    assert build.gap("extensions").observe("biz_protected").reason.startswith("extensions could not be read")


def test_each_kind_of_protection_counts_once(build: EstateBuilder) -> None:
    """Priority, anti-affinity, claim, backup, fault tolerance and recovery; keeping together is no protection."""
    rules = (
        ClusterRule("apart", "ClusterAntiAffinityRuleSpec", enabled=True, vms=("sql01", "sql02")),
        ClusterRule("together", "ClusterAffinityRuleSpec", enabled=True, vms=("sql06", "sql07")),
    )
    build.cluster(rules=rules, ha_overrides=(HaOverride("sql01", restart_priority="high"),))
    build.machine("sql01", cpu=Allocation("normal", 1000, 500, -1)).machine("sql02")
    build.machine("sql03", memory=Allocation("normal", 1000, 4096, -1)).machine("sql04", annotation="Backup: daily")
    build.machine("sql05", ft_role=1).machine("sql06").machine("sql07")
    build.event("com.vmware.vcDr.ProtVmCreatedEvent", vm="sql06")
    found = build.observe("biz_protected")
    assert (found.numerator, found.denominator) == (6, 7)
    assert found.evidence[0].endswith(
        "anti-affinity, backup, fault tolerance, recovery, reserved or high-share resources, restart priority."
    )


@pytest.mark.parametrize(("on", "protected"), [(True, 1), (False, 0), (None, 1)])
def test_a_restart_priority_needs_ha(build: EstateBuilder, on: bool | None, protected: int) -> None:
    """The priorities of machines outlive HA that is switched off; where HA is hidden they are believed."""
    hidden = frozenset[str]() if on is not None else frozenset({"ha"})
    build.cluster(ha=HaConfig(enabled=on), ha_overrides=(HaOverride("sql01", restart_priority="high"),), unreadable=hidden)
    assert build.machine("sql01").observe("biz_protected").numerator == protected


def test_protection_that_leaves_no_trace_is_unknown(build: EstateBuilder) -> None:
    """A recovery product that names no machine may protect any, and hidden rules may separate any: one of one would be all."""
    build.cluster().machine("sql01").machine("sql02", annotation="backup daily").extensions.append(SRM)
    reason = "Site Recovery Manager may protect business applications that no event names in the last 30 days"
    assert build.observe("biz_protected").reason.startswith(reason)
    build.seen_days = 365.0
    assert "no retained event names one" in build.observe("biz_protected").reason
    build.extensions.clear()
    assert build.cluster_gap("rules").observe("biz_protected").state == "unknown"


def test_machines_that_are_all_seen_to_be_protected_leave_nothing_open(build: EstateBuilder) -> None:
    """Whatever a recovery product does besides, there are no more to protect."""
    build.cluster().machine("sql01", annotation="backup daily").machine("sql02", annotation="backup daily").extensions.append(
        SRM
    )
    found = build.observe("biz_protected")
    assert (found.numerator, found.denominator, found.seen) == (2, 2, 1.0)


def test_a_share_counts_whole_machines_where_parts_are_hidden(build: EstateBuilder) -> None:
    """Machines whose claims are hidden are left out, those with a backup note among them."""
    build.cluster().machine("sql01").machine("sql02", annotation="backup daily")
    hidden = frozenset({"cpu", "memory"})
    build.machine("sql03", unreadable=hidden).machine("sql04", annotation="backup daily", unreadable=hidden)
    found = build.observe("biz_protected")
    assert (found.numerator, found.denominator, found.seen) == (1, 2, 0.5)


@pytest.mark.parametrize(("days", "state"), [(30.0, "unknown"), (365.0, "observed")])
def test_recovery_that_names_some_tells_all_after_a_year(build: EstateBuilder, days: float, state: str) -> None:
    """Events name a machine once, when its protection is set up."""
    build.cluster().machine("sql01").machine("sql02").extensions.append(SRM)
    build.seen_days = days
    build.event("com.vmware.vcDr.ProtVmCreatedEvent", vm="sql01")
    assert build.observe("biz_protected").state == state


def test_an_estate_without_desktops_is_not_asked(build: EstateBuilder) -> None:
    """Absence says nothing."""
    build.cluster().machines(20).machine("desktop-1", guest_id="windows9_64Guest", power="poweredOff")
    assert build.observe("vdi_share").state == "not_applicable"


def test_desktops_out_of_reach_are_counted_no_more_than_servers(build: EstateBuilder) -> None:
    """A lost host keeps the last power state of its machines."""
    build.cluster().machines(8).machines(2, prefix="desktop", guest_id="windows9_64Guest")
    lost: dict[str, Any] = {"connection": "disconnected", "host": "c1-h2"}
    build.machines(8, prefix="far", **lost).machines(40, prefix="vdi", guest_id="windows9_64Guest", **lost)
    found = build.observe("vdi_share")
    assert (found.numerator, found.denominator) == (2, 10)


def test_desktops_are_a_share_of_all_that_runs(build: EstateBuilder) -> None:
    """Ten of a pool beside thirty workloads, parents and those switched off left out."""
    build.cluster().machines(30).machines(10, prefix="desk", guest_id="windows9_64Guest")
    build.machine("cp-parent-1").machine("desk-11", guest_id="windows9_64Guest", power="poweredOff")
    found = build.observe("vdi_share")
    assert (found.numerator, found.denominator, found.seen) == (10, 40, 1.0)


@pytest.mark.parametrize(("hidden", "state", "seen"), [(4, "observed", 0.9), (5, "observed", 35 / 40), (6, "unknown", 0.0)])
def test_desktops_whose_power_is_hidden_may_run(build: EstateBuilder, hidden: int, state: str, seen: float) -> None:
    """They lower what was seen, and where they are most of all desktops nothing is known."""
    build.cluster().machines(10 - hidden, prefix="desk", guest_id="windows9_64Guest")
    build.machines(hidden, prefix="desk-x", guest_id="windows9_64Guest", power=None, unreadable=frozenset({"power"}))
    build.vms = [replace(vm, name=f"desk-{n}") for n, vm in enumerate(build.vms)]
    found = build.machines(30).observe("vdi_share")
    assert found.state == state
    assert found.seen == pytest.approx(seen)


def test_undeclared_servers_are_not_asked(build: EstateBuilder) -> None:
    """What vCenter cannot see is asked only of those who said it."""
    build.cluster().machines(3)
    assert build.observe("pct_virtualized").state == "not_applicable"
    partly = Servers(declared_on=date(2026, 1, 1), replaced=4)
    assert pct_virtualized(Estate.of(build.snapshot(), servers=partly)).state == "not_applicable"


def test_declared_servers_stand_beside_the_workloads(build: EstateBuilder) -> None:
    """Thirty workloads and ten declared servers; a vCenter that hides its machines stays unknown; none at all is zero."""
    servers = Servers(declared_on=date(2026, 1, 1), physical=10)
    assert pct_virtualized(Estate.of(build.snapshot(), servers=servers)).value == 0.0
    found = pct_virtualized(Estate.of(build.cluster().machines(30).snapshot(), servers=servers))
    assert (found.numerator, found.denominator) == (30, 40)
    build.vms.clear()
    assert pct_virtualized(Estate.of(build.gap("vms").snapshot(), servers=servers)).state == "unknown"
