"""Captured vCenters that were recorded: what is in the recording, and that it is assessed as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from exporters.document import assessment_document
from inference.assess import assess_estate
from inference.estate.estate import Estate
from inference.estate.history import History
from inference.judging.model import load as load_model
from vjourney.sources import Replay

if TYPE_CHECKING:
    from tests.vjourney.simulated.conftest import Operator, Recordings

pytestmark = pytest.mark.vcsim


def test_events_were_recorded(recorded: Recordings, operator: Operator) -> None:
    """What happened to machines is among what was searched, with who did it and what vCenter wrote about it."""
    for _, original in recorded.values():
        told = [event for snapshot in original.snapshots for event in snapshot.events]
        assert {event.type for event in told} >= {"VmPoweredOnEvent", "com.vmware.vc.ha.VmRestartedByHAEvent"}
        assert {event.user for event in told} == {operator.username}
        assert all(event.vm_name for event in told)


def test_tags_were_recorded(recorded: Recordings, operator: Operator) -> None:
    """They are among what was searched, and say something in every vCenter."""
    for _, original in recorded.values():
        for snapshot in original.snapshots:
            assert snapshot.missed("tags") is None
            assert {tag.category for tag in snapshot.tags or ()} == set(operator.tags)


def test_a_recording_of_a_captured_vcenter_is_assessed_as_it_is(recorded: Recordings, operator: Operator) -> None:
    """Every poll gives the same observations, probabilities, features and sentences as the vCenter itself."""
    model = load_model("journey-1")
    for out, original in recorded.values():
        source = Replay("again", out)
        for snapshot in original.snapshots:
            copies = []
            for taken, applied in ((snapshot, operator.rules), (source.poll(lambda _: None), ())):
                estate = Estate.of(taken, History(events=taken.events, seen_since=taken.oldest_event), rules=applied)
                documents = [assessment_document(found) for found in assess_estate(estate, model)]
                copies.append([document | {"scope": document["scope"]["kind"]} for document in documents])
            assert copies[0] == copies[1]
        assert source.ended
