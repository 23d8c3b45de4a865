"""What can be polled: configured vCenters, and recordings that stand in for one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING

from collector.facts import Event, Snapshot
from collector.overlap import Mark
from collector.poll import Poller
from collector.tags import Tagged
from collector.vcenter.cassette import description, holds_tags, replay, replay_endpoint, upcoming
from collector.vcenter.endpoint import Endpoint
from collector.vcenter.errors import RecordingEnded, RecordingUnreadable
from collector.vcenter.session import Session
from collector.vcenter.tagging import Tagging, installed
from vjourney.rulings import Rulings

if TYPE_CHECKING:  # who only replays does without all that is behind them
    from vjourney.service import Polling
    from vjourney.settings import Settings, Vcenter

Progress = Callable[[str, str, int], None]
PolledAt = Callable[[str], datetime | None]
"""When the vCenter of an instance UUID was last polled, by its own clock and as stored; ``None`` before the first poll."""


def _never(_: str) -> None:
    return None


def endpoint(vcenter: Vcenter) -> Endpoint:
    """Where the wire finds a configured vCenter."""
    return Endpoint(
        name=vcenter.name,
        host=vcenter.host,
        username=vcenter.username,
        password=vcenter.password.get_secret_value(),
        port=vcenter.port,
        ca_file=vcenter.tls.ca_file,
        thumbprint=vcenter.tls.thumbprint,
        verify=vcenter.tls.verify,
        timeout=vcenter.timeout.total_seconds(),
    )


def wants_tags(vcenter: Vcenter, settings: Settings) -> bool:
    """Whether tags are read: as the configuration says, else where a rule goes by them or it simply can be done."""
    return (installed() or any(rule.tag for rule in settings.workloads)) if vcenter.tags is None else vcenter.tags


def reads_tags(session: Session) -> Tagged:
    """What reads the tags in a session."""
    return Tagged(Tagging(session))


def no_tags(_: Session) -> None:
    """Leaves tags alone."""


def source(vcenter: Vcenter, progress: Progress, *, tags: bool = False, polled_at: PolledAt | None = None) -> Polling:
    """What polls this entry of the configuration, with ``tags`` or without; nothing is sent before its first poll.

    A recording goes on behind its last poll that is stored, which ``polled_at`` tells.
    """

    def read(topic: str, objects: int) -> None:
        progress(vcenter.name, topic, objects)

    if vcenter.replay is not None:
        return Replay(vcenter.name, vcenter.replay, polled_at or _never)
    labels = reads_tags if tags else no_tags
    return Live(Poller(lambda: Session.open(endpoint(vcenter)), vcenter.name, progress=read, tags=labels))


class Live:
    """A vCenter."""

    def __init__(self, poller: Poller) -> None:
        """Poll by ``poller``."""
        self._poller = poller

    def poll(self, mark: Callable[[str], Mark | None]) -> Snapshot:
        """Read what is new; ``mark`` is asked for the mark of whichever vCenter answers."""
        return self._poller.poll(mark(self._poller.identify()))

    def requests(self) -> Mapping[str, int]:
        """Requests of this process so far, by method."""
        return self._poller.requests()

    def close(self) -> None:
        """Log out."""
        self._poller.close()


class Replay:
    """A recording as a vCenter: each poll replays the next recorded one; behind the last, nothing changes any more."""

    def __init__(self, name: str, file: Path, polled_at: PolledAt = _never) -> None:
        """Read ``file`` when first asked; the clock stands where the recording's stood.

        Of polls that are stored already, as ``polled_at`` tells, the first poll is the last one.
        """
        self._polled_at = polled_at
        self._poller = Poller(self._open, name, tags=self._tags)
        self._name = name
        self._file = file
        self._first: Snapshot | None = None
        self._last: Snapshot | None = None
        self._mark: Mark | None = None
        self._broke_off = False
        self._rulings: Rulings | None = None
        self._connection: tuple[type[HTTPConnection], str] | None = None

    @property
    def ended(self) -> bool:
        """Whether the last recorded poll has been replayed."""
        return self.upcoming() is None

    def upcoming(self) -> datetime | None:
        """The moment of the next recorded poll; ``None`` after the last.

        Raises:
            RecordingUnreadable: the file is missing, damaged or no recording.
        """
        return None if self._broke_off else upcoming(self._recorded()[0])

    def poll(self, _mark: Callable[[str], Mark | None]) -> Snapshot:
        """The next recorded poll, or the last one again without anything new.

        The mark is the recording's own: it must ask for the same events again, whatever a store already knows of them.
        What it would say of our clock is left out: the moment of a recording is not now.
        """
        snapshot = self._resumed() if self._last is None else None if self.ended else self._read()
        if snapshot is None:
            if self._last is None:
                raise RecordingUnreadable(self._file, "it holds no complete poll; record it again")
            snapshot = replace(self._last, events=(), changed=False)
        self._last = snapshot
        return snapshot

    def _resumed(self) -> Snapshot | None:
        """The first poll, or the last of those that are stored: what was told of a moment stays as it was told then."""
        self._first = first = self._first or (None if self.ended else self._read())
        if first is None:
            return None
        stored, last = self._polled_at(first.about.instance_uuid), first
        while stored is not None and (moment := self.upcoming()) is not None and moment <= stored:
            self._last = last  # so that it may break off
            last = self._read() or last
        self._first = None
        return last

    def _read(self) -> Snapshot | None:
        """The next recorded poll; ``None`` where the recording breaks off in it."""
        try:
            snapshot = self._poller.poll(self._mark)
        except RecordingEnded as reason:
            if self._last is None:
                raise RecordingUnreadable(self._file, f"it holds no complete poll ({reason}); record it again") from reason
            self._broke_off = True
            return None
        self._mark = newest(snapshot.events) or self._mark
        if self._rulings is None:
            self._rulings = Rulings(self._file, description(self._file))
        return replace(snapshot, clock_skew=0.0, rulings=self._rulings.following())

    def requests(self) -> Mapping[str, int]:
        """Requests that were answered from the recording."""
        return self._poller.requests()

    def close(self) -> None:
        """Nothing is open."""

    def _recorded(self) -> tuple[type[HTTPConnection], str]:
        """The recording, read once: a session over it goes on where the session before ended."""
        if self._connection is None:
            self._connection = replay(self._file)
        return self._connection

    def _tags(self, session: Session) -> Tagged | None:
        """What reads tags as they were read, if they were; without the client that is a gap."""
        return reads_tags(session) if holds_tags(self._recorded()[0]) else None

    def _open(self) -> Session:
        connection, api_version = self._recorded()
        return Session.open(replay_endpoint(self._name), connection=connection, api_version=api_version)


def newest(events: Sequence[Event]) -> Mark | None:
    """The mark behind these events, which are in the order of their keys; ``None`` without any."""
    return Mark(events[-1].key, events[-1].at) if events else None
