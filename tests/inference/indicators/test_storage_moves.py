"""Live moves between datastores."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from collector.facts import Datastore, License

if TYPE_CHECKING:
    from tests.inference.conftest import EstateBuilder

FROM_EVENTS = ("vmotion_rate", "maint_evac", "vmotion_breadth", "svmotion_rate")
ESSENTIALS = License("VMware vSphere 7 Essentials", "esx.essentials.cpuPackage")


def test_an_edition_with_vmotion_alone_moves_no_storage(build: EstateBuilder) -> None:
    """Moves between hosts prove no licence for moves between datastores, which one of those does."""
    build.more["licenses"] = (License("VMware vSphere 7 Essentials Plus", "esx.essentialsPlus.cpuPackage"),)
    build.cluster().machines(20).live_move("vm-1")
    assert build.observe("svmotion_rate").state == "not_applicable"
    build.live_move("vm-2", source_datastore="d1", datastore="d2")
    assert build.observe("svmotion_rate").numerator == 1


@pytest.mark.parametrize(("hosts", "state"), [(3, "unknown"), (4, "observed")])
def test_storage_moves_that_may_not_have_been_bought_are_unknown(build: EstateBuilder, hosts: int, state: str) -> None:
    """Essentials Plus moves no storage; where the licences are hidden, a fourth host proves another edition."""
    build.gap("licenses").cluster(hosts=hosts, drs=None).machines(20)
    assert build.observe("svmotion_rate").state == state


def test_drs_in_use_proves_an_edition_that_moves_storage(build: EstateBuilder) -> None:
    """No edition with DRS lacks Storage vMotion, so that none of it is zero."""
    assert build.gap("licenses").cluster().machines(20).observe("svmotion_rate").value == 0.0


def test_storage_moves_are_counted_for_running_machines(build: EstateBuilder) -> None:
    """Live storage moves of people and of storage DRS, each machine once a day."""
    build.cluster().machines(50).machine("off", power="poweredOff")
    build.live_move("vm-1", "c1-h1", "c1-h1", source_datastore="d1", datastore="d2")
    build.event("com.vmware.vc.sdrs.StorageDrsStorageMigrationEvent", vm="vm-2", host="c1-h1")
    build.event("VmRelocatedEvent", vm="off", host="c1-h1")
    found = build.observe("svmotion_rate")
    assert (found.numerator, found.denominator) == (2, 0.5)


def test_storage_moves_of_a_quiet_month_are_zero(build: EstateBuilder) -> None:
    """Moves between hosts do not count as storage moves."""
    assert build.cluster().machines(50).live_move("vm-1").observe("svmotion_rate").value == 0.0


def test_storage_moves_on_vsan_alone_do_not_apply(build: EstateBuilder) -> None:
    """Where there is no second datastore nothing can move to one; a move that was seen counts all the same."""
    build.more["datastores"] = (Datastore(id="ds", type="vsan"),)
    build.cluster().machines(20)
    assert build.observe("svmotion_rate").state == "not_applicable"
    build.live_move("vm-1", source_datastore="d1", datastore="d2")
    assert build.observe("svmotion_rate").numerator == 1


@pytest.mark.parametrize(
    ("also", "state"),
    [
        (Datastore(id="b", type="VVOL"), "not_applicable"),
        (Datastore(id="b", type="VMFS"), "observed"),
        (Datastore(id="x"), "observed"),
    ],
)
def test_a_datastore_beside_vsan_can_be_moved_to(build: EstateBuilder, also: Datastore, state: str) -> None:
    """One of an older kind, or one of which nothing is known."""
    build.more["datastores"] = (Datastore(id="ds", type="vsan"), also)
    assert build.cluster().machines(20).machine("a", datastores=("b",)).observe("svmotion_rate").state == state
