"""Tags in a poll: a topic of their own where they are asked for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import cast

from collector.facts import TOPICS, Tag
from collector.poll import Poller
from collector.tags import Tagged
from collector.vcenter.mirror import Mirror
from collector.vcenter.session import Session

OpenSession = Callable[[], Session]

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


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
    """They are a topic of their own; an idle poll sees nothing changed."""
    poller = labelled(open_session, Labels(None))
    snapshot = poller.poll(None)
    assert snapshot.tags == snapshot.vms[0].tags == (Tag("Owner", "Team A"),)
    assert (snapshot.changed, "tags" in snapshot.topics) == (True, True)
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
