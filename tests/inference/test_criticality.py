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
    expected = ("a claim on resources",) if claims else ()
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
