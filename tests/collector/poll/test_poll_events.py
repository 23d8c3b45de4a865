"""Events of polls: each comes once, whatever is lost, numbered anew or refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from pyVmomi import vim

from collector.facts import Snapshot
from collector.gatherers.events import type_ids
from collector.overlap import OVERLAP, Mark
from collector.poll import Poller
from collector.vcenter.errors import Refused, SessionExpired
from collector.vcenter.session import Session
from collector.wants import Vim

if TYPE_CHECKING:
    from tests.collector.conftest import Server

OpenSession = Callable[[], Session]


NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def powered_on(key: int, minutes: float) -> Vim:
    """An event some minutes before now."""
    return vim.event.VmPoweredOnEvent(key=key, chainId=key, createdTime=NOW - timedelta(minutes=minutes), userName="ann")


def keys(snapshot: Snapshot) -> list[int]:
    """The keys of its events, in their order."""
    return [event.key for event in snapshot.events]


def mark(snapshot: Snapshot) -> Mark:
    """The high-water mark that follows."""
    return Mark(snapshot.events[-1].key, snapshot.events[-1].at)


def test_lost_session_is_opened_again(server: Server, poller: Poller) -> None:
    """After a lost session the same poll reads everything in a new one, and nothing is reported twice."""
    server.events = [powered_on(1, 30)]
    first = poller.poll(None)
    del server.objects[vim.VirtualMachine("vm-1", None)]
    server.fail["CurrentTime"] = SessionExpired("lab", "ended")
    second = poller.poll(mark(first))
    assert ([vm.id for vm in second.vms], keys(second)) == (["vm-2", "vm-3"], [])
    assert server.calls["Logout"] == 1
    assert server.calls["CreateFilter"] == 2


def test_refused_events_are_a_gap(server: Server, poller: Poller) -> None:
    """Events that may not be read are a gap and not an empty list that looks like quiet."""
    server.fail["CreateCollectorForEvents"] = vim.fault.NoPermission(privilegeId="System.View")
    snapshot = poller.poll(None)
    assert "System.View" in (snapshot.missed("events") or "")
    assert (snapshot.events, snapshot.oldest_event) == ((), None)


def test_events_half_read_come_again_whole(server: Server, poller: Poller) -> None:
    """A failure between two pages hands out nothing, and the next poll everything."""
    server.events = [powered_on(key, 60 - key) for key in range(1, 6)]
    poller.poll(None)
    first = poller.poll(None)
    server.events += [powered_on(key, 50 - key) for key in range(6, 12)]
    server.fail["ReadNextEvents"] = Refused("lab", "not now")
    assert keys(poller.poll(mark(first))) == []
    assert keys(poller.poll(mark(first))) == [6, 7, 8, 9, 10, 11]


def test_refused_event_type_costs_only_itself(server: Server, poller: Poller) -> None:
    """A vCenter that does not take one of the ids still gives the events of all the others."""
    server.events = [powered_on(1, 10), vim.event.VmRemovedEvent(key=2, chainId=2, createdTime=NOW, userName="")]
    server.refused_types = {"VmMigratedEvent", "com.vmware.vcDr.PlanCreate"}
    snapshot = poller.poll(None)
    assert (keys(snapshot), snapshot.missed("events")) == ([1, 2], None)
    assert server.alive["events"] == 0


def test_filter_that_is_refused_whatever_it_asks_for_is_a_gap(server: Server, poller: Poller) -> None:
    """A vCenter that takes no id at all has not said that nothing happened."""
    server.events = [powered_on(1, 10)]
    server.refused_types = set(type_ids(()))
    snapshot = poller.poll(None)
    assert (keys(snapshot), snapshot.oldest_event) == ([], None)
    assert "InvalidArgument" in (snapshot.missed("events") or "")
    server.refused_types = set()
    assert keys(poller.poll(None)) == [1]


def test_events_come_once_across_polls(server: Server, poller: Poller) -> None:
    """The overlap at the mark brings late events, and no event twice."""
    server.events = [powered_on(2, 30), powered_on(1, 31)]
    first = poller.poll(None)
    assert keys(first) == [1, 2]
    second = poller.poll(mark(first))
    server.events += [powered_on(5, 20)]
    third = poller.poll(mark(first))
    server.events += [powered_on(4, 21), powered_on(6, 10)]
    fourth = poller.poll(mark(third))
    fifth = poller.poll(mark(fourth))
    assert [keys(poll) for poll in (second, third, fourth, fifth)] == [[], [5], [4, 6], []]


def test_unsaved_events_come_again(server: Server, poller: Poller) -> None:
    """When the caller keeps its mark, because it could not store what it got, the events are handed out again."""
    server.events = [powered_on(1, 30)]
    first = poller.poll(None)
    server.events += [powered_on(2, 20)]
    assert keys(poller.poll(mark(first))) == [2]
    assert keys(poller.poll(mark(first))) == [2]


def test_new_process_continues_a_little_before_the_mark(server: Server, poller: Poller, open_session: OpenSession) -> None:
    """A poller without memory hands out the overlap again: nobody knows what of it was stored late, and none of it is lost."""
    server.events = [powered_on(1, 36), powered_on(2, 31), powered_on(3, 30), powered_on(4, 29)]
    later = Poller(open_session, "lab")
    second = later.poll(Mark(3, NOW - timedelta(minutes=30)))
    server.events += [powered_on(5, 28)]
    assert (keys(second), keys(later.poll(mark(second)))) == ([2, 3, 4], [5])
    assert keys(poller.poll(None)) == [1, 2, 3, 4, 5]


def test_late_events_alone_are_not_lost(server: Server, poller: Poller) -> None:
    """They move no mark, so that they come until one moves, and whatever is late after them comes too; only once as news."""
    server.events = [powered_on(9, 30)]
    first = poller.poll(None)
    server.events += [powered_on(5, 31)]
    polls = [poller.poll(mark(first)) for _ in range(2)]
    server.events += [powered_on(4, 32), powered_on(3, 33)]
    polls.append(poller.poll(mark(first)))
    server.events += [powered_on(12, 29)]
    polls.append(poller.poll(mark(first)))
    server.events += [powered_on(11, 31)]
    polls += [poller.poll(mark(polls[-1])), poller.poll(mark(polls[-1]))]
    assert [keys(poll) for poll in polls] == [[5], [5], [3, 4, 5], [3, 4, 5, 12], [11], [11]]
    assert [poll.changed for poll in polls] == [True, False, True, True, True, False]


def test_keys_that_start_again_hide_nothing(server: Server, poller: Poller) -> None:
    """A vCenter restored from a backup gives old keys to new events."""
    server.events = [powered_on(500, 30)]
    first = poller.poll(None)
    server.events = [powered_on(500, 20), powered_on(3, 10)]
    assert keys(poller.poll(mark(first))) == [3, 500]


def test_events_before_the_overlap_are_not_asked_for(server: Server, poller: Poller) -> None:
    """Reading begins a few minutes before the mark."""
    at = NOW - timedelta(minutes=30)
    server.events = [powered_on(1, 40), powered_on(7, 30 + OVERLAP.total_seconds() / 60)]
    assert keys(poller.poll(Mark(5, at))) == [7]


def test_oldest_event_is_of_any_type(server: Server, poller: Poller) -> None:
    """How far back vCenter remembers does not depend on what is asked for."""
    other = vim.event.UserLoginSessionEvent(
        key=1,
        chainId=1,
        createdTime=NOW - timedelta(days=29),
        userName="",
        ipAddress="",
        locale="",
        sessionId="",
    )
    server.events = [other, powered_on(2, 1)]
    snapshot = poller.poll(None)
    assert (snapshot.oldest_event, keys(snapshot)) == (NOW - timedelta(days=29), [2])


def test_no_events_at_all(poller: Poller) -> None:
    """A vCenter that keeps no event has no oldest one, and that is no gap."""
    snapshot = poller.poll(None)
    assert (snapshot.oldest_event, snapshot.missed("events")) == (None, None)


def test_event_without_time_is_left_out(server: Server, poller: Poller) -> None:
    """An event that makes no sense is named and costs no other."""
    server.events = [powered_on(2, 1), vim.event.VmPoweredOnEvent(key=1, chainId=1)]
    snapshot = poller.poll(None)
    assert keys(snapshot) == [2]
    assert "events that could not be interpreted and are left out: 1" in (snapshot.missed("vocabulary") or "")


def test_mark_of_another_vcenter_says_nothing(server: Server, sessions: list[Vim], open_session: OpenSession) -> None:
    """Where a lost session leads to another vCenter at the same address, its events are read from the oldest on."""

    def opened() -> Session:
        session = open_session()
        sessions[-1].about = replace(session.about, instance_uuid=f"uuid-{len(sessions)}")
        return session

    server.events = [powered_on(3, 30)]
    poller = Poller(opened, "lab")
    first = poller.poll(None)
    server.fail["CurrentTime"] = SessionExpired("lab", "ended")
    assert keys(poller.poll(mark(first))) == [3]
    assert poller.identify() == "uuid-2"
