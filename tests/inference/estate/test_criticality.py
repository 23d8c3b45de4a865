"""What speaks for a business application besides its name."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from collector.facts import Allocation, ClusterRule, HaOverride

if TYPE_CHECKING:
    from tests.inference.conftest import EstateBuilder

PLAIN = Allocation("normal", 4000, 0, -1)
SMALL: dict[str, Any] = {"vcpus": 1, "memory_mb": 1024}
BIG: dict[str, Any] = {"vcpus": 16, "memory_mb": 65536}


def corroboration(build: EstateBuilder, **changes: Any) -> tuple[str, ...]:  # noqa: ANN401 - any field
    """What speaks for one business application, a machine of one vCPU and 1 GB unless told otherwise."""
    (found,) = build.machine("sql01", **SMALL | changes).estate().business
    return found.corroborated_by


@pytest.mark.parametrize(
    ("others", "changes", "large"),
    [
        (BIG, {"vcpus": 4}, True),
        (BIG, {"vcpus": 3}, False),
        (BIG, {"memory_mb": 16384}, True),
        (BIG, {"memory_mb": 16383}, False),
        (SMALL, {"vcpus": 2}, True),
        (SMALL, {"memory_mb": 2048}, True),
        (SMALL, {"memory_mb": 2047}, False),
        ({"vcpus": None, "memory_mb": None}, {"vcpus": None, "memory_mb": None}, False),
    ],
)
def test_large_is_large_for_any_era_or_twice_the_middle(
    build: EstateBuilder, others: dict[str, Any], changes: dict[str, Any], large: bool
) -> None:
    """Four vCPUs or 16 GB, or twice what the middle machine has of either; a size that was not read is not large."""
    assert corroboration(build.cluster().machines(9, **others), **changes) == (("size",) if large else ())


@pytest.mark.parametrize(("days", "spoken"), [(90, ("time in service",)), (89.9, ()), (None, ())])
def test_a_machine_of_90_days_is_in_service(build: EstateBuilder, days: float | None, spoken: tuple[str, ...]) -> None:
    """Longer than the shortest projects; a date that was not read is none."""
    created = None if days is None else build.now - timedelta(days=days)
    assert corroboration(build.cluster().machines(9, **SMALL), created=created) == spoken


@pytest.mark.parametrize("resource", ["cpu", "memory"])
@pytest.mark.parametrize(
    ("own", "claims"), [(PLAIN, False), (Allocation("normal", 4000, 1, -1), True), (Allocation("high", 8000, 0, -1), True)]
)
def test_a_reservation_or_high_shares_are_a_claim(build: EstateBuilder, resource: str, own: Allocation, claims: bool) -> None:
    """What every machine has by default is none."""
    expected = ("reserved or high-share resources",) if claims else ()
    assert corroboration(build.cluster().machines(9, **SMALL), **{resource: own}) == expected


@pytest.mark.parametrize(
    ("rule", "spoken", "protected"),
    [
        (ClusterRule("apart", "ClusterAntiAffinityRuleSpec", enabled=True, vms=("sql01", "vm-1")), True, ("anti-affinity",)),
        (ClusterRule("together", "ClusterAffinityRuleSpec", enabled=True, vms=("sql01", "vm-1")), True, ()),
        (ClusterRule("off", "ClusterAntiAffinityRuleSpec", enabled=False, vms=("sql01", "vm-1")), False, ()),
        (ClusterRule("alone", "ClusterAntiAffinityRuleSpec", enabled=True, vms=("sql01",)), False, ()),
        (ClusterRule("others", "ClusterAntiAffinityRuleSpec", enabled=True, vms=("vm-1", "vm-2")), False, ()),
    ],
)
def test_a_rule_that_names_a_machine_speaks_for_it(
    build: EstateBuilder, rule: ClusterRule, spoken: bool, protected: tuple[str, ...]
) -> None:
    """While it is on and names another one too; only one that keeps machines apart protects."""
    build.cluster(rules=(rule,)).machines(9, **SMALL).machine("sql01", **SMALL)
    (found,) = build.estate().business
    assert (found.corroborated_by, found.protected_by) == (("protection",) if spoken else (), protected)


@pytest.mark.parametrize(("priority", "high"), [("highest", True), ("high", True), ("medium", False), ("disabled", False)])
def test_a_high_restart_priority_protects(build: EstateBuilder, priority: str, high: bool) -> None:
    """One that is not is as good as none."""
    build.cluster(ha_overrides=(HaOverride("sql01", restart_priority=priority),)).machines(9, **SMALL)
    assert corroboration(build) == (("protection",) if high else ())
    assert build.estate().business[0].protected_by == (("restart priority",) if high else ())


def test_recovery_and_fault_tolerance_protect(build: EstateBuilder) -> None:
    """By events of a recovery product, and by the state of the machine."""
    build.cluster().machines(9, **SMALL).event("com.vmware.vcDr.ProtVmCreatedEvent", vm="sql01")
    assert corroboration(build) == ("protection",)
    build.events.clear()
    build.vms.pop()
    assert corroboration(build, ft_role=1, ft_state="running") == ("protection",)
    assert build.estate().business[0].protected_by == ("fault tolerance",)


def unsettled(build: EstateBuilder, **changes: Any) -> bool:  # noqa: ANN401 - any field
    """Whether more may speak for one business application, a small and young machine unless told otherwise."""
    (found,) = build.cluster().machines(9, **SMALL).machine("sql01", **SMALL | changes).estate().business
    return found.unsettled


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, False),
        ({"vcpus": 16, "created": None}, False),
        ({"created": None}, True),
        ({"created": None, "unreadable": frozenset({"created"})}, True),
        ({"memory_mb": None}, True),
        ({"unreadable": frozenset({"cpu"})}, True),
        ({"unreadable": frozenset({"annotation"})}, True),
        ({"unreadable": frozenset({"ft_role"})}, False),
        ({"unreadable": frozenset({"ft_role", "ft_state"})}, True),
        ({"unreadable": frozenset({"tools_version"})}, False),
    ],
)
def test_what_was_not_read_may_speak_for_a_machine(build: EstateBuilder, changes: dict[str, Any], expected: bool) -> None:
    """Unless something that was read does already."""
    assert unsettled(build, **changes) is expected


@pytest.mark.parametrize("field", ["ha_overrides", "rules"])
def test_hidden_settings_of_its_cluster_may_speak_for_a_machine(build: EstateBuilder, field: str) -> None:
    """Those of another cluster do not."""
    hidden = frozenset({field})
    build.cluster("c1").cluster("c2", unreadable=hidden).machine("sql01", **SMALL).machine("sql02", host="c2-h1", **SMALL)
    assert [machine.unsettled for machine in build.machines(9, **SMALL).estate().business] == [False, True]


def test_events_tell_the_age_of_a_machine_without_a_date(build: EstateBuilder) -> None:
    """Releases before 6.7 give none: what was not made in 90 days that were seen is older, what was is not."""
    build.cluster().machines(9, **SMALL).machine("sql01", **SMALL | {"created": None}).machine(
        "sql02", **SMALL | {"created": None}
    )
    build.event("VmDeployedEvent", vm="sql02", vm_name="sql02", days_ago=10)
    for seen, expected in ((90.0, [("time in service",), ()]), (89.0, [(), ()])):
        build.seen_days = seen
        found = build.estate().business
        assert [machine.corroborated_by for machine in found] == expected
        assert [machine.unsettled for machine in found] == [seen < 90] * 2
    build.seen_days, build.unreadable_events = 90.0, "no rights"
    assert [machine.corroborated_by for machine in build.estate().business] == [(), ()]
