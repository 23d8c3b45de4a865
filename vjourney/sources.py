"""What can be polled: configured vCenters, and recordings that stand in for one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from collector.facts import Event, Snapshot
from collector.overlap import Mark
from collector.poll import Poller
from collector.tags import Tagged
from collector.vcenter.cassette import Playback, description, replay
from collector.vcenter.endpoint import Endpoint
from collector.vcenter.errors import RecordingEnded, RecordingUnreadable
from collector.vcenter.session import Session
from collector.vcenter.tagging import Tagging, installed
from vjourney.rulings import Rulings

if TYPE_CHECKING:  # who only replays does without all that is behind them
    from vjourney.service import Polling
    from vjourney.settings import Settings, Vcenter

Progress = Callable[[str, str, int], None]
"""Is told the name of a vCenter, the topic that is being read from it, and the number of its objects so far."""

PolledAt = Callable[[str], datetime | None]
"""When the vCenter of an instance UUID was last polled, by its own clock and as stored; ``None`` before the first poll."""


def _never(_: str) -> None:
    return None


def endpoint(vcenter: Vcenter) -> Endpoint:
    """Address, account and TLS settings of a configured vCenter."""
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
    """Whether to read tags: as configured for this vCenter; else if VMware's client is installed or a rule needs them."""
    if vcenter.tags is not None:
        return vcenter.tags
    return installed() or any(rule.tag for rule in settings.workloads)


def reads_tags(session: Session) -> Tagged:
    """The reader of tags for a poller that reads them."""
    return Tagged(Tagging(session))


def no_tags(_: Session) -> None:
    """The reader of tags for a poller that does not read them: none."""


def source(vcenter: Vcenter, progress: Progress, *, tags: bool = False, polled_at: PolledAt | None = None) -> Polling:
    """What polls this entry of the configuration, with ``tags`` or without. No request is sent before the first poll.

    A recording is resumed after its last stored poll, whose time ``polled_at`` gives.
    """
    if vcenter.replay is not None:
        return Replay(vcenter.name, vcenter.replay, polled_at or _never)
    labels = reads_tags if tags else no_tags
    progress_here = partial(progress, vcenter.name)
    return Live(Poller(lambda: Session.open(endpoint(vcenter)), vcenter.name, progress=progress_here, tags=labels))


class Live:
    """A vCenter that answers over the network."""

    def __init__(self, poller: Poller) -> None:
        """Poll with ``poller``."""
        self._poller = poller

    def poll(self, mark: Callable[[str], Mark | None]) -> Snapshot:
        """The present state, and the events after the mark that ``mark`` gives for the instance UUID of the vCenter."""
        return self._poller.poll(mark(self._poller.identify()))

    def requests(self) -> Mapping[str, int]:
        """Requests of this process so far, by method."""
        return self._poller.requests()

    def close(self) -> None:
        """Log out."""
        self._poller.close()


class Replay:
    """A recording in place of a vCenter: each poll replays the next recorded one; after the last, nothing changes any more."""

    def __init__(self, name: str, file: Path, polled_at: PolledAt = _never) -> None:
        """Read ``file`` when first asked.

        Where polls of this recording are stored already, as ``polled_at`` tells, the first poll replays the last of them.
        """
        self._polled_at = polled_at
        self._poller = Poller(self._open, name, tags=self._tags)
        self._name = name
        self._file = file
        self._resuming: Snapshot | None = None
        self._last: Snapshot | None = None
        self._mark: Mark | None = None
        self._broke_off: RecordingEnded | None = None
        self._rulings: Rulings | None = None
        self._playback: Playback | None = None

    @property
    def ended(self) -> bool:
        """Whether the last recorded poll has been replayed."""
        return self.upcoming() is None

    def upcoming(self) -> datetime | None:
        """The time of the next recorded poll; ``None`` after the last.

        Raises:
            RecordingUnreadable: the file is missing, damaged or no recording.
        """
        return None if self._broke_off else self._recorded().upcoming()

    def poll(self, _mark: Callable[[str], Mark | None]) -> Snapshot:
        """The next recorded poll, or the last one again without events and unchanged.

        The mark is the recording's own, since the requests must be the recorded ones, whatever events the store has.

        Raises:
            RecordingUnreadable: the file cannot be read, or holds no complete poll.
        """
        if self._last is None:
            self._last = self._resumed()
        else:
            self._last = self._next() or replace(self._last, events=(), changed=False)
        return self._last

    def _resumed(self) -> Snapshot:
        """The first recorded poll, or the last of those that are stored, so that nothing is stored a second time."""
        self._resuming = self._resuming or self._next()
        if self._resuming is None:
            reason = f" ({self._broke_off})" if self._broke_off else ""
            sentence = f"it holds no complete poll{reason}; record it again"
            raise RecordingUnreadable(self._file, sentence) from self._broke_off
        stored = self._polled_at(self._resuming.about.instance_uuid)
        while stored is not None and (moment := self.upcoming()) is not None and moment <= stored:
            self._resuming = self._next() or self._resuming
        resumed, self._resuming = self._resuming, None
        return resumed

    def _next(self) -> Snapshot | None:
        """The next recorded poll; ``None`` after the last, and where the recording breaks off within the next one."""
        if self.ended:
            return None
        try:
            snapshot = self._poller.poll(self._mark)
        except RecordingEnded as reason:
            self._broke_off = reason
            return None
        self._mark = newest(snapshot.events) or self._mark
        if self._rulings is None:
            self._rulings = Rulings(self._file, description(self._file))
        # the recorded times are in the past, so a clock skew to the present would mean nothing
        return replace(snapshot, clock_skew=0.0, rulings=self._rulings.following())

    def requests(self) -> Mapping[str, int]:
        """Requests that were answered from the recording."""
        return self._poller.requests()

    def close(self) -> None:
        """Nothing is open."""

    def _recorded(self) -> Playback:
        """The playback of the recording, begun once, so that a new session continues where the one before ended."""
        if self._playback is None:
            self._playback = replay(self._file)
        return self._playback

    def _tags(self, session: Session) -> Tagged | None:
        """The reader of tags if the recording has them; without VMware's client their absence is reported as a gap."""
        return reads_tags(session) if self._recorded().holds_tags() else None

    def _open(self) -> Session:
        return self._recorded().open(self._name)


def newest(events: Sequence[Event]) -> Mark | None:
    """The mark after these events, which are in the order of their keys; ``None`` if there are none."""
    return Mark(events[-1].key, events[-1].at) if events else None
