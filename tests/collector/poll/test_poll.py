"""One poll after another against a scripted vCenter."""

# pyVmomi types its data, not its functions
# mypy: disable-error-code="no-untyped-call"
from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from pyVmomi import vim, vmodl
from pyVmomi.VmomiSupport import GetVmodlType

from collector.poll import Poller
from collector.vcenter.errors import LoginRejected, SessionExpired, Unreachable
from collector.vcenter.session import Session
from collector.wants import Vim

if TYPE_CHECKING:
    from tests.collector.conftest import Server

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
MANAGERS = ["extensions", "custom_fields", "host_profiles", "licenses", "scheduled_tasks"]


OpenSession = Callable[[], Session]


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


@pytest.mark.parametrize("failure", [Unreachable("lab", "gone"), KeyError("a mistake of ours")])
def test_broken_poll_leads_to_a_new_login(server: Server, poller: Poller, failure: Exception) -> None:
    """After a failure of the wire the next poll starts from the login, since an answer may have been lost; so after ours."""
    poller.poll(None)
    server.fail["WaitForUpdatesEx"] = failure
    with pytest.raises(type(failure)):
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
    assert "could not be interpreted" in (poller.poll(None).missed("custom_fields") or "")


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
    server.events = [vim.event.VmPoweredOnEvent(key=1, chainId=1, createdTime=NOW, userName="ann")]
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


def test_everything_is_read_again_when_the_clock_was_set_back(poller: Poller, sessions: list[Vim], server: Server) -> None:
    """How old the full read is is not known then, and the day begins anew."""
    poller.poll(None)
    sessions[0].now_at = NOW - timedelta(days=300)
    poller.poll(None)
    sessions[0].now_at += timedelta(hours=23)
    poller.poll(None)
    assert server.calls["CreateFilter"] == 2


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
