"""Events of the simulator: each once, and the oldest one too."""

# pyVmomi types its data, not its functions
# mypy: disable-error-code="no-untyped-call,union-attr,call-arg"
from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pyVmomi import vim

if TYPE_CHECKING:
    from tests.collector.simulated.conftest import Benches

pytestmark = pytest.mark.vcsim


def test_posted_events_are_read_once_each(bench: Benches) -> None:
    """Events of the API and of extensions arrive once over several polls, in the order of their keys."""
    sim = bench("-vm", "2", "-standalone-host", "0")
    first = sim.poll()
    restarted, tested = "com.vmware.vc.HA.VmRestartedByHAEvent", "com.vmware.vcDr.RecoveryPlanExecuteTestEnd"
    arrived = "com.vmware.vc.vm.DstVmMigratedEvent"
    sim.post(vim.event.DrsVmMigratedEvent)
    sim.post(vim.event.EventEx, eventTypeId=restarted)
    second = sim.poll(first)
    for _ in range(30):
        sim.post(vim.event.VmMigratedEvent)
    sim.post(vim.event.EventEx, eventTypeId=tested)
    sim.post(vim.event.EventEx, eventTypeId=arrived)
    sim.post(vim.event.EventEx, eventTypeId="com.example.nobody.asks")
    third = sim.poll(second)
    fourth = sim.poll(third)
    assert [event.type for event in second.events] == ["DrsVmMigratedEvent", restarted]
    assert [event.type for event in third.events] == ["VmMigratedEvent"] * 30 + [tested, arrived]
    assert fourth.events == ()
    keys = [event.key for snapshot in (first, second, third) for event in snapshot.events]
    assert keys == sorted(set(keys))
    assert {event.host for event in second.events} == {first.hosts[0].id}


def test_first_event_is_not_left_out(bench: Benches) -> None:
    """The oldest event that is kept is read too: creating the inventory left one for each machine."""
    sim = bench("-vm", "5", "-standalone-host", "0")
    snapshot = sim.poll()
    created = [event for event in snapshot.events if event.type == "VmCreatedEvent"]
    assert len(created) == len(snapshot.vms) == 5
    assert snapshot.oldest_event is not None
    assert snapshot.oldest_event <= min(event.at for event in snapshot.events)
