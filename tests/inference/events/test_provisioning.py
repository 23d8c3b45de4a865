"""How new machines came to be, and when each first ran."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.inference.conftest import EstateBuilder


def methods(build: EstateBuilder) -> list[tuple[str, str]]:
    """How each machine was made, in the order of keys."""
    return [(new.machine, new.method) for new in build.estate().base.made]


def test_a_first_start_is_the_first_after_the_making(build: EstateBuilder) -> None:
    """Not a start of its template before, nor a stop, nor a later start; machines that nobody made have none."""
    build.cluster().event("VmPoweredOnEvent", vm="new", days_ago=9).event("VmDeployedEvent", vm="new", days_ago=8)
    build.event("VmPoweredOffEvent", vm="new", days_ago=7).event("VmPoweredOnEvent", vm="new", days_ago=6)
    build.event("VmPoweredOnEvent", vm="new", days_ago=5).event("VmPoweredOnEvent", vm="old", days_ago=5)
    assert build.estate().base.first_runs == {"new": build.now - timedelta(days=6)}


def test_new_machines_are_in_the_order_of_their_making(build: EstateBuilder) -> None:
    """Whatever the events that made them are called."""
    build.cluster().event("VmCreatedEvent", vm="a").event("VmDeployedEvent", vm="b").event("VmRegisteredEvent", vm="c")
    build.event("VmClonedEvent", vm="d")
    assert methods(build) == [("a", "blank"), ("b", "template"), ("c", "registered"), ("d", "clone")]


def test_a_machine_without_an_id_is_known_by_its_name(build: EstateBuilder) -> None:
    """Two events of one name are one machine; events that name nothing are a machine each."""
    build.cluster().event("VmCreatedEvent", vm_name="erp01").event("VmDeployedEvent", vm_name="erp01")
    build.event("VmCreatedEvent").event("VmCreatedEvent")
    assert methods(build) == [("erp01", "template"), ("3", "blank"), ("4", "blank")]
    assert [new.is_import for new in build.estate().base.made] == [False, False, False]


def test_clones_of_nothing_known_are_not_of_one_golden_machine(build: EstateBuilder) -> None:
    """Events that do not say what was cloned have nothing in common."""
    build.cluster()
    for vm in ("a", "b", "c"):
        build.event("VmClonedEvent", vm=vm)
    assert {method for _, method in methods(build)} == {"clone"}


@pytest.mark.parametrize(
    ("type_", "standard"), [("com.vmware.vc.VmInstantClonedEvent", True), ("VmDeployedEvent", True), ("VmClonedEvent", False)]
)
def test_what_is_made_of_something_tested_is_standard(build: EstateBuilder, type_: str, standard: bool) -> None:
    """An instant clone is a copy of a machine that runs."""
    build.cluster().event(type_, vm="a", source_vm="b")
    assert [new.is_standard for new in build.estate().base.made] == [standard]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"vm_name": "p2v-erp01"}, True),
        ({"user": "CORP\\svc-converter"}, True),
        ({"vm_name": "erp01", "user": "CORP\\ann"}, False),
    ],
)
def test_imports_are_told_by_account_or_name(build: EstateBuilder, fields: dict[str, Any], expected: bool) -> None:
    """A converter works under an account of its own, or names its machines."""
    build.cluster().event("VmCreatedEvent", vm="a", **fields)
    assert [new.is_import for new in build.estate().base.made] == [expected]
