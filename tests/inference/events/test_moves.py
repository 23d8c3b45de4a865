"""Migrations reconstructed from events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from collector.facts import Folder
from inference.events.event_kinds import Kind
from inference.events.timeline import AHEAD

if TYPE_CHECKING:
    from tests.inference.conftest import EstateBuilder


@pytest.mark.parametrize("failure", ["VmFailedMigrateEvent", "VmRelocateFailedEvent"])
def test_a_failed_migration_is_no_move(build: EstateBuilder, failure: str) -> None:
    """A begin that ends in a failure leaves no move, and does not lend its manner to the next one."""
    build.cluster().machine("a", power="poweredOff")
    build.event("VmBeingHotMigratedEvent", vm="a", host="c1-h1").event(failure, vm="a", host="c1-h1")
    assert build.estate().moves == ()
    build.event("VmMigratedEvent", vm="a", source_host="c1-h1", host="c1-h2")
    assert [move.manner for move in build.estate().moves] == ["cold"]


def test_a_begin_without_end_is_no_move(build: EstateBuilder) -> None:
    """A migration that is still running, or whose end was lost, does not count."""
    build.cluster().machine("a").event("VmBeingHotMigratedEvent", vm="a", host="c1-h1", dest_host="c1-h2")
    assert build.estate().moves == ()


@pytest.mark.parametrize(
    ("begin", "manner"),
    [
        ("VmBeingHotMigratedEvent", "live"),
        ("VmBeingMigratedEvent", "cold"),
        ("com.vmware.vc.vm.VmHotMigratingWithEncryptionEvent", "live"),
        ("com.vmware.vc.vm.VmMigratingWithEncryptionEvent", "cold"),
    ],
)
def test_the_begin_tells_live_from_cold(build: EstateBuilder, begin: str, manner: str) -> None:
    """The event that begins a migration decides its manner, whatever the power state is now."""
    build.cluster().machine("a", power="poweredOff" if manner == "live" else "poweredOn")
    build.event(begin, vm="a", host="c1-h1", dest_host="c1-h2")
    build.event("VmMigratedEvent", vm="a", source_host="c1-h1", host="c1-h2")
    (move,) = build.estate().moves
    assert (move.manner, move.cause, move.host_changed, move.storage_changed) == (manner, "user", True, False)
    assert (move.source, move.dest) == ("c1-h1", "c1-h2")


@pytest.mark.parametrize(
    ("power", "later", "manner"),
    [
        ("poweredOn", None, "live"),
        ("poweredOff", None, "cold"),
        ("suspended", None, "cold"),
        (None, None, "unknown"),
        ("poweredOn", "VmPoweredOnEvent", "unknown"),
        ("poweredOff", "VmPoweredOffEvent", "live"),
        ("suspended", "VmSuspendedEvent", "live"),
        (None, "VmPoweredOffEvent", "live"),
        ("poweredOff", "com.vmware.vc.ha.VmRestartedByHAEvent", "live"),
    ],
)
def test_without_a_begin_the_power_state_tells(build: EstateBuilder, power: str | None, later: str | None, manner: str) -> None:
    """A lone completion goes by the stop that follows, since what is stopped ran; by the present state if nothing follows."""
    build.cluster().machine("a", power=power)
    build.event("VmMigratedEvent", vm="a", source_host="c1-h1", host="c1-h2")
    if later:
        build.event(later, vm="a", host="c1-h2")
    assert [move.manner for move in build.estate().moves] == [manner]


def test_a_power_event_before_the_move_tells_too(build: EstateBuilder) -> None:
    """The last power event before a lone completion is better evidence than the state of today."""
    build.cluster().machine("a", power="poweredOff").event("VmPoweredOnEvent", vm="a", host="c1-h1")
    build.event("VmMigratedEvent", vm="a", source_host="c1-h1", host="c1-h2").event("VmPoweredOffEvent", vm="a", host="c1-h2")
    assert [move.manner for move in build.estate().moves] == ["live"]


def test_moves_of_a_machine_that_is_gone_are_told_by_its_end(build: EstateBuilder) -> None:
    """Each of those before it was stopped, and none of those after."""
    build.cluster()
    for source, dest in (("c1-h1", "c1-h2"), ("c1-h2", "c1-h1")):
        build.event("VmMigratedEvent", vm="gone", source_host=source, host=dest)
    build.event("VmPoweredOffEvent", vm="gone", host="c1-h1")
    build.event("VmMigratedEvent", vm="gone", source_host="c1-h1", host="c1-h2").event("VmRemovedEvent", vm="gone")
    assert [move.manner for move in build.estate().moves] == ["live", "live", "cold"]


def test_the_begin_is_believed_before_a_power_event(build: EstateBuilder) -> None:
    """The start after a stop may be lost; what began as a live migration is one."""
    build.cluster().machine("a").event("VmPoweredOffEvent", vm="a", host="c1-h1").live_move("a")
    assert [move.manner for move in build.estate().moves] == ["live"]


@pytest.mark.parametrize("fields", [{}, {"source_host": "c1-h1", "host": "c1-h1", "source_datastore": "ds", "datastore": "ds"}])
def test_a_drs_move_alone_is_live_and_between_hosts(build: EstateBuilder, fields: dict[str, Any]) -> None:
    """An event of DRS counts with nothing around it, not even two hosts, and whatever became of the machine."""
    build.cluster().machine("a", power="poweredOff").event("DrsVmMigratedEvent", vm="a", **fields)
    (move,) = build.estate().moves
    assert (move.manner, move.cause, move.host_changed, move.source) == ("live", "drs", True, fields.get("source_host"))


def test_a_stopped_machine_that_drs_moves_was_not_moved_live(build: EstateBuilder) -> None:
    """For maintenance it also moves what is powered off; the beginning of the move says so, or the last power event."""
    build.cluster().machine("a", power="poweredOff").machine("b", power="poweredOff")
    build.event("VmBeingMigratedEvent", vm="a", host="c1-h1", dest_host="c1-h2").drs_move("a")
    build.event("VmPoweredOffEvent", vm="b", host="c1-h1").drs_move("b")
    assert [(move.manner, move.cause) for move in build.estate().moves] == [("cold", "drs"), ("cold", "drs")]


def test_a_missing_source_host_is_taken_from_where_the_machine_was_seen(build: EstateBuilder) -> None:
    """The previous host of a machine serves where its migration names none, for evacuations too."""
    build.cluster().machine("a").event("VmPoweredOnEvent", vm="a", host="c1-h1")
    build.event("EnteringMaintenanceModeEvent", host="c1-h1").drs_move("a", source=None)
    (move,) = build.estate().moves
    assert (move.source, move.cause) == ("c1-h1", "evacuation")


def test_hosts_are_taken_from_the_begin_and_from_earlier_events(build: EstateBuilder) -> None:
    """A completion may name neither host; events without a host in between do not make a machine homeless."""
    build.cluster().machines(2).event("VmBeingHotMigratedEvent", vm="vm-1", host="c1-h1", dest_host="c1-h2")
    build.event("VmMigratedEvent", vm="vm-1").event("VmPoweredOnEvent", vm="vm-2", host="c1-h1")
    build.event("VmPoweredOnEvent", vm="vm-2").event("VmMigratedEvent", vm="vm-2", host="c1-h2")
    assert [(move.source, move.dest) for move in build.estate().moves] == [("c1-h1", "c1-h2"), ("c1-h1", "c1-h2")]


def test_a_machine_came_from_elsewhere(build: EstateBuilder) -> None:
    """Where it was seen last on the host that it moved to, its source was not seen."""
    build.cluster().machine("a").event("VmPoweredOnEvent", vm="a", host="c1-h2").event("VmMigratedEvent", vm="a", host="c1-h2")
    assert [(move.source, move.host_changed) for move in build.estate().moves] == [(None, True)]


@pytest.mark.parametrize(
    ("fields", "host_changed", "storage_changed"),
    [
        ({"source_host": "c1-h1", "host": "c1-h1", "source_datastore": "d1", "datastore": "d2"}, False, True),
        ({"source_host": "c1-h1", "host": "c1-h2", "source_datastore": "d1", "datastore": "d2"}, True, True),
        ({"source_host": "c1-h1", "host": "c1-h2", "source_datastore": "d1", "datastore": "d1"}, True, False),
        ({"source_host": "c1-h1", "host": "c1-h1"}, True, False),
        ({"source_host": "c1-h1", "host": "c1-h1", "datastore": "d2"}, True, False),
        ({"source_host": "c1-h1", "host": "c1-h1", "source_datastore": "d1"}, True, False),
        ({"host": "c1-h2", "source_datastore": "d1", "datastore": "d2"}, False, True),
        ({"source_host": "c1-h1", "source_datastore": "d1", "datastore": "d2"}, False, True),
        ({"source_datastore": "d1", "datastore": "d1"}, True, False),
        ({}, True, False),
    ],
)
def test_what_changed_follows_from_hosts_and_datastores(
    build: EstateBuilder, fields: dict[str, Any], host_changed: bool, storage_changed: bool
) -> None:
    """Two hosts, two datastores or both; a migration that names no difference at all is one between hosts by its type."""
    build.cluster().machine("a").event("VmMigratedEvent", vm="a", **fields)
    (move,) = build.estate().moves
    assert (move.host_changed, move.storage_changed) == (host_changed, storage_changed)


@pytest.mark.parametrize(("now_on", "host_changed"), [("c1-h2", True), ("c1-h1", False)])
def test_a_move_written_before_the_machine_moved_is_settled_by_its_next_host(
    build: EstateBuilder, now_on: str, host_changed: bool
) -> None:
    """Where both ends name the old host, as vcsim does, the place of the machine now tells a move from one of single disks."""
    build.cluster().machine("a", host=now_on)
    build.event("VmMigratedEvent", vm="a", source_host="c1-h1", host="c1-h1", source_datastore="ds", datastore="ds")
    (move,) = build.estate().moves
    assert (move.host_changed, move.dest) == (host_changed, now_on)


def test_a_move_written_before_the_machine_moved_is_settled_by_the_next_event_that_names_a_host(build: EstateBuilder) -> None:
    """Not by one that names none, nor by where the machine went later; of a machine never seen again no host changed."""
    same: dict[str, Any] = {"source_host": "c1-h1", "host": "c1-h1", "source_datastore": "ds", "datastore": "ds"}
    build.cluster(hosts=3).machine("a", host="c1-h3").event("VmMigratedEvent", vm="a", **same)
    build.event("VmPoweredOnEvent", vm="a").event("VmPoweredOnEvent", vm="a", host="c1-h2")
    build.event("VmMigratedEvent", vm="gone", **same)
    moves = [(move.host_changed, move.storage_changed, move.dest) for move in build.estate().moves]
    assert moves == [(True, False, "c1-h2"), (False, True, "c1-h1")]


def test_a_move_between_datastores_stays_one_when_the_machine_moves_on(build: EstateBuilder) -> None:
    """Its own event says that it stayed on its host."""
    build.cluster().machine("a", host="c1-h2")
    build.event("VmMigratedEvent", vm="a", source_host="c1-h1", host="c1-h1", source_datastore="d1", datastore="d2")
    build.drs_move("a")
    assert [(move.host_changed, move.storage_changed) for move in build.estate().moves] == [(False, True), (True, False)]


def test_storage_drs_moves_disks_only(build: EstateBuilder) -> None:
    """Its event is an extended one, compared without case, and changes no host."""
    build.cluster().machine("a").event("com.vmware.vc.SDRS.StorageDrsStorageMigrationEvent", vm="a", host="c1-h1")
    (move,) = build.estate().moves
    assert (move.cause, move.host_changed, move.storage_changed, move.manner) == ("storage_drs", False, True, "live")


def test_a_relocation_changes_the_datastore(build: EstateBuilder) -> None:
    """A relocated machine has a new datastore, and a new host where two are named."""
    build.cluster().machine("a").event("VmBeingRelocatedEvent", vm="a", host="c1-h1").event(
        "VmRelocatedEvent", vm="a", host="c1-h1"
    )
    build.event("VmRelocatedEvent", vm="a", source_host="c1-h1", host="c1-h2").event("VmRelocatedEvent", vm="b", host="c1-h1")
    assert [(m.host_changed, m.storage_changed) for m in build.estate().moves] == [(False, True), (True, True), (False, True)]


@pytest.mark.parametrize(
    ("fields", "host_changed", "storage_changed"),
    [
        ({"host": "c1-h2", "source_datastore": "d1", "datastore": "d1"}, True, False),
        ({"host": "c1-h2", "source_datastore": "d1", "datastore": "d2"}, True, True),
        ({"host": "c1-h1", "source_datastore": "d1", "datastore": "d1"}, False, True),
    ],
)
def test_a_relocation_that_names_its_datastores_is_compared(
    build: EstateBuilder, fields: dict[str, Any], host_changed: bool, storage_changed: bool
) -> None:
    """One that changed neither moved single disks."""
    build.cluster().machine("a").event("VmRelocatedEvent", vm="a", source_host="c1-h1", **fields)
    (move,) = build.estate().moves
    assert (move.host_changed, move.storage_changed) == (host_changed, storage_changed)


def test_moves_follow_keys_and_not_the_order_given(build: EstateBuilder) -> None:
    """Events that arrive out of order are put in the order of their keys."""
    build.cluster().machine("a", power="poweredOff").live_move("a")
    build.events.reverse()
    assert [move.manner for move in build.estate().moves] == ["live"]


def test_agents_of_the_platform_do_not_move(build: EstateBuilder) -> None:
    """Moves of vCLS count for nothing, whether the agent is still there or known by its name alone."""
    build.cluster().machine("vCLS-1").drs_move("vCLS-1").event("DrsVmMigratedEvent", vm="vm-99", vm_name="vCLS (3)")
    build.event("DrsVmMigratedEvent", vm="vm-98", vm_name="sql01")
    assert [move.vm for move in build.estate().moves] == ["vm-98"]


def test_a_desktop_named_like_servers_hides_no_deleted_server(build: EstateBuilder) -> None:
    """Where every machine is called by the number of an asset, the number says nothing of what a deleted one was."""
    build.cluster().machines(20, prefix="VM").machine("d", name="VM-900", guest_id="windows9_64Guest", parent="f")
    build.more["folders"] = (Folder(id="f", name="VDI"),)
    build.drs_move("gone", vm_name="VM-77").drs_move("d")
    assert [move.vm for move in build.estate().moves] == ["gone"]


def test_a_machine_that_is_here_is_known_by_what_it_is_now(build: EstateBuilder) -> None:
    """Once it was called like an agent of the platform."""
    build.cluster().machine("a", name="sql01").drs_move("a", vm_name="vCLS (3)")
    assert [move.vm for move in build.estate().moves] == ["a"]


def test_an_event_that_is_given_twice_counts_once(build: EstateBuilder) -> None:
    """Keys are the identity of events."""
    build.cluster().machine("a").live_move("a").event("com.vmware.vc.ha.VmRestartedByHAEvent", vm="a", host="c1-h2")
    build.events += build.events
    estate = build.estate()
    assert (len(estate.moves), len(estate.events[Kind.HA_RESTART])) == (1, 1)


def test_an_event_of_the_future_is_left_out(build: EstateBuilder) -> None:
    """A clock that ran ahead dated it: it would stay inside every window until the day comes."""
    build.cluster().machine("a").live_move("a", days_ago=-0.9 / 24).live_move("a", days_ago=-1.1 / 24)
    assert [move.at < build.now + AHEAD for move in build.estate().moves] == [True]
