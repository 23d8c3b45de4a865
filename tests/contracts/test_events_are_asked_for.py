"""What the inference knows the meaning of, the collector asks vCenter for."""

from __future__ import annotations

from collector.gatherers import events
from inference.events import event_kinds


def test_every_event_with_a_meaning_is_asked_for() -> None:
    """A name that no filter holds never comes, whatever the inference would make of it."""
    asked = {name.lower() for name in events.KNOWN}
    assert [name for name in event_kinds.NAMES if name not in asked] == []
