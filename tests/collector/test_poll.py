"""One poll after another against a scripted vCenter."""

# pyVmomi types its data, not its functions
# mypy: disable-error-code="no-untyped-call"
from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Protocol, cast

import pytest
from pyVmomi import vim, vmodl
from pyVmomi.VmomiSupport import GetVmodlType

from collector.facts import TOPICS, Snapshot, Tag
from collector.poll import INVENTORY, OVERLAP, Mark, Poller
from collector.tags import Tagged
from collector.vcenter.errors import LoginRejected, Refused, SessionExpired, Unreachable
from collector.vcenter.mirror import Mirror
from collector.vcenter.session import Session
from collector.wants import Vim

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
VM1 = vim.VirtualMachine("vm-1", None)
MANAGERS = ["extensions", "custom_fields", "host_profiles", "licenses", "scheduled_tasks"]


class Server(Protocol):
    """What these tests change of the scripted vCenter."""

    objects: dict[Vim, dict[str, object]]
    events: list[Vim]
    managers: dict[str, Vim]
    fail: dict[str, Exception]
    garbled: set[type]
    refused_types: set[str]
    calls: dict[str, int]
    alive: dict[str, int]


OpenSession = Callable[[], Session]


@pytest.fixture
def poller(open_session: OpenSession) -> Poller:
    """A poller whose clock stands two seconds behind the vCenter's."""
    return Poller(open_session, "lab", clock=lambda: NOW - timedelta(seconds=2))


def powered_on(key: int, minutes: float) -> Vim:
    """An event some minutes before now."""
    return vim.event.VmPoweredOnEvent(key=key, chainId=key, createdTime=NOW - timedelta(minutes=minutes), userName="ann")


def keys(snapshot: Snapshot) -> list[int]:
    """The keys of its events, in their order."""
    return [event.key for event in snapshot.events]


def mark(snapshot: Snapshot) -> Mark:
    """The high-water mark that follows."""
    return Mark(snapshot.events[-1].key, snapshot.events[-1].at)


def test_failed_login_fails_the_poll() -> None:
    """Without a session there is no snapshot."""

    def refuse() -> Session:
        raise LoginRejected("lab", "no")

    with pytest.raises(LoginRejected):
        Poller(refuse, "lab").poll(None)


def test_session_that_ends_twice_fails_the_poll(server: Server, poller: Poller) -> None:
    """A session is opened again once; a vCenter that ends that one too is left alone until the next poll."""
    server.fail["WaitForUpdatesEx"] = SessionExpired("lab", "ended")
    server.fail["CreateFilter"] = SessionExpired("lab", "ended")
    with pytest.raises(SessionExpired):
        poller.poll(None)
    assert len(poller.poll(None).vms) == 3


def test_lost_session_is_opened_again(server: Server, poller: Poller) -> None:
    """After a lost session the same poll reads everything in a new one, and nothing is reported twice."""
    server.events = [powered_on(1, 30)]
    first = poller.poll(None)
    del server.objects[VM1]
    server.fail["CurrentTime"] = SessionExpired("lab", "ended")
    second = poller.poll(mark(first))
    assert ([vm.id for vm in second.vms], keys(second)) == (["vm-2", "vm-3"], [])
    assert server.calls["Logout"] == 1
    assert server.calls["CreateFilter"] == 2


def test_broken_wire_leads_to_a_new_login(server: Server, poller: Poller) -> None:
    """After a failure of the wire the next poll starts from the login, since an answer may have been lost."""
    poller.poll(None)
    server.fail["WaitForUpdatesEx"] = Unreachable("lab", "gone")
    with pytest.raises(Unreachable):
        poller.poll(None)
    assert server.calls["Logout"] == 1
    assert poller.poll(None).changed


def test_missing_managers_are_gaps(poller: Poller) -> None:
    """A server without managers, as an old one is, loses those topics and says so; the rest is there."""
    snapshot = poller.poll(None)
    assert [gap.topic for gap in snapshot.gaps] == MANAGERS
    assert "stay unknown" in (snapshot.missed("licenses") or "")
    assert snapshot.scheduled_tasks is None
    assert snapshot.event_retention_days is None
    assert [vm.name for vm in snapshot.vms] == ["vm 1", "vm 2", "vm 3"]


def test_manager_without_permission_is_a_gap(server: Server, poller: Poller) -> None:
    """A topic that the account may not read names the privilege."""
    licenses = vim.LicenseManager("LicenseManager", None)
    server.managers["licenseManager"] = licenses
    server.objects[licenses] = {"licenses": vim.fault.NoPermission(object=licenses, privilegeId="Global.Licenses")}
    reason = poller.poll(None).missed("licenses") or ""
    assert "Global.Licenses" in reason
    assert "grant it" in reason


def test_manager_that_answers_nonsense_is_a_gap(server: Server, poller: Poller) -> None:
    """A topic whose answer cannot be understood costs no other."""
    fields = vim.CustomFieldsManager("CustomFieldsManager", None)
    server.managers["customFieldsManager"] = fields
    server.objects[fields] = {"field": 7}
    assert "makes no sense" in (poller.poll(None).missed("custom_fields") or "")


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


def test_new_process_continues_at_the_mark(server: Server, poller: Poller, open_session: OpenSession) -> None:
    """A poller without memory takes what lies before its mark for known, in this poll and the next."""
    server.events = [powered_on(1, 31), powered_on(2, 30), powered_on(3, 29)]
    later = Poller(open_session, "lab")
    second = later.poll(Mark(2, NOW - timedelta(minutes=30)))
    server.events += [powered_on(4, 28)]
    assert (keys(second), keys(later.poll(mark(second)))) == ([3], [4])
    assert keys(poller.poll(None)) == [1, 2, 3, 4]


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
    assert "1 events make no sense" in (snapshot.missed("vocabulary") or "")


def test_unknown_values_are_told(open_session: OpenSession) -> None:
    """Values that the library did not know lose nothing, so they belong to no topic."""

    def opened() -> Session:
        session = open_session()
        session.unknown_values = ("vCenter sent VirtualMachinePowerState 'hibernated'",)  # type: ignore[misc]  # a fake
        return session

    snapshot = Poller(opened, "lab").poll(None)
    assert "hibernated" in (snapshot.missed("vocabulary") or "")
    assert len(snapshot.vms) == 3


def test_idle_poll_changes_nothing(server: Server, poller: Poller) -> None:
    """Nothing new is reported as such, an event or a change as news; a heartbeat is none."""
    extensions = vim.ExtensionManager("ExtensionManager", None)
    server.managers["extensionManager"] = extensions
    description = vim.Description(label="", summary="")
    heart = vim.Extension(key="com.example", description=description, version="1", lastHeartbeatTime=NOW)
    server.objects[extensions] = {"extensionList": GetVmodlType("vim.Extension[]")([heart])}
    assert poller.poll(None).changed
    assert not poller.poll(None).changed
    heart.lastHeartbeatTime = NOW + timedelta(minutes=1)
    again = poller.poll(None)
    assert (again.changed, again.extensions[0].last_heartbeat) == (False, NOW + timedelta(minutes=1))
    heart.version = "2"
    assert poller.poll(None).changed
    server.events = [powered_on(1, 1)]
    assert poller.poll(None).changed


def test_gap_that_comes_is_a_change(server: Server, poller: Poller) -> None:
    """A topic that can no longer be read is news."""
    poller.poll(None)
    server.fail["RetrievePropertiesEx"] = vim.fault.NoPermission(privilegeId="System.Read")
    snapshot = poller.poll(None)
    assert snapshot.changed
    assert "System.Read" in (snapshot.missed("clusters") or "")


def test_clock_and_identity(poller: Poller) -> None:
    """The snapshot carries vCenter's clock, its skew and its identity."""
    snapshot = poller.poll(None)
    assert (snapshot.vcenter, snapshot.taken_at, snapshot.clock_skew) == ("lab", NOW, 2.0)
    assert snapshot.about.instance_uuid == "uuid-1"


def test_everything_is_read_again_after_a_day(poller: Poller, sessions: list[Vim], server: Server) -> None:
    """Changes alone are not trusted for ever."""
    poller.poll(None)
    sessions[0].now_at = NOW + timedelta(hours=23)
    poller.poll(None)
    assert server.calls["CreateFilter"] == 1
    sessions[0].now_at = NOW + timedelta(hours=24)
    assert len(poller.poll(None).vms) == 3
    assert server.calls["CreateFilter"] == 2
    assert server.alive["collector"] == server.alive["view"] == 1


def test_durations_name_what_took_time(poller: Poller) -> None:
    """The inventory and every other topic has its duration."""
    poller.poll(None)
    assert set(poller.durations) == {"inventory", *TOPICS[len(INVENTORY) :]}


def test_closing_logs_out(server: Server, poller: Poller) -> None:
    """Closing ends the session, which takes along what was made in it; closing again is nothing, and counts are kept."""
    poller.poll(None)
    poller.close()
    poller.close()
    assert server.calls["Logout"] == 1
    assert server.alive["events"] == 0
    assert poller.requests()["CreateFilter"] == 1
    poller.poll(None)
    assert poller.requests()["CreateFilter"] > 1


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


def test_one_topic_is_garbled(server: Server, poller: Poller) -> None:
    """A topic whose answers cannot be parsed is a gap of the snapshot; everything else is in it."""
    server.garbled = {vim.Folder}
    snapshot = poller.poll(None)
    assert snapshot.missed("folders")
    assert (snapshot.folders, len(snapshot.vms)) == ((), 3)


def test_fault_of_a_read_is_explained(server: Server, poller: Poller) -> None:
    """A fault of the API during the first read ends in words for every topic that it hits."""
    server.fail["CreateFilter"] = vmodl.fault.InvalidArgument(invalidProperty="specSet")
    snapshot = poller.poll(None)
    assert [gap.topic for gap in snapshot.gaps] == MANAGERS
    assert len(snapshot.vms) == 3


class Labels:
    """What reads tags in place of the REST API."""

    def __init__(self, gap: str | None) -> None:
        self.gap, self.in_use = gap, None if gap else (Tag("Owner", "Team A"),)
        self.interrupted = False

    def sync(self, mirror: Mirror, now: datetime) -> None:
        """Every machine has the one tag, or nobody knows."""
        assert now == NOW
        mirror.tag("vms", {} if self.in_use is None else dict.fromkeys(mirror.ids("vms"), self.in_use))

    def interrupt(self) -> None:
        """Noted."""
        self.interrupted = True


def labelled(open_session: OpenSession, labels: Labels) -> Poller:
    """A poller that reads tags this way."""
    return Poller(open_session, "lab", tags=lambda _: cast("Tagged", labels))


def test_tags_come_with_the_machines_they_are_on(open_session: OpenSession) -> None:
    """They are a topic of their own, with its duration; an idle poll sees nothing changed."""
    poller = labelled(open_session, Labels(None))
    snapshot = poller.poll(None)
    assert snapshot.tags == snapshot.vms[0].tags == (Tag("Owner", "Team A"),)
    assert (snapshot.changed, "tags" in snapshot.topics, "tags" in poller.durations) == (True, True, True)
    assert not poller.poll(None).changed


def test_tags_that_cannot_be_read_are_a_gap_and_no_lost_poll(open_session: OpenSession) -> None:
    """Everything else is there."""
    snapshot = labelled(open_session, Labels("lab: may not read tags")).poll(None)
    assert snapshot.missed("tags") == "lab: may not read tags"
    assert (snapshot.tags, snapshot.vms[0].tags, len(snapshot.vms)) == (None, None, 3)
    assert "tags" in snapshot.topics


def test_tags_that_nobody_asks_for_are_no_topic(poller: Poller) -> None:
    """Neither read nor missed."""
    snapshot = poller.poll(None)
    assert (snapshot.tags, snapshot.missed("tags"), snapshot.topics) == (None, None, TOPICS)


def test_closing_gives_up_a_read_of_tags(open_session: OpenSession) -> None:
    """It goes over a connection of its own."""
    labels = Labels(None)
    poller = labelled(open_session, labels)
    poller.poll(None)
    poller.close()
    assert labels.interrupted
