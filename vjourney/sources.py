"""What can be polled: configured vCenters, and recordings that stand in for one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from http.client import HTTPConnection
from pathlib import Path

from collector.facts import Snapshot
from collector.poll import Mark, Poller
from collector.vcenter.cassette import replay, replay_endpoint
from collector.vcenter.endpoint import Endpoint
from collector.vcenter.errors import RecordingEnded, RecordingUnreadable
from collector.vcenter.session import Session
from vjourney.service import Polling
from vjourney.settings import Vcenter

Progress = Callable[[str, str, int], None]


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


def source(vcenter: Vcenter, progress: Progress) -> Polling:
    """What polls this entry of the configuration; nothing is sent before its first poll."""

    def read(topic: str, objects: int) -> None:
        progress(vcenter.name, topic, objects)

    if vcenter.replay is not None:
        return Replay(vcenter.name, vcenter.replay)
    return Live(Poller(lambda: Session.open(endpoint(vcenter)), vcenter.name, progress=read))


class Live:
    """A vCenter."""

    def __init__(self, poller: Poller) -> None:
        """Poll by ``poller``."""
        self._poller = poller

    def poll(self, mark: Callable[[str], Mark | None]) -> Snapshot:
        """Read what is new; ``mark`` is asked for the mark of whichever vCenter answers."""
        return self._poller.poll(mark(self._poller.identify()))

    def requests(self) -> Mapping[str, int]:
        """SOAP calls of this process so far, by method."""
        return self._poller.requests()

    def close(self) -> None:
        """Log out."""
        self._poller.close()


class Replay:
    """A recording as a vCenter: each poll replays the next recorded one; behind the last, nothing changes any more."""

    def __init__(self, name: str, file: Path) -> None:
        """Read ``file`` when first polled; the clock stands where the recording's stood."""
        self._poller = Poller(self._open, name)
        self._name = name
        self._file = file
        self._last: Snapshot | None = None
        self._mark: Mark | None = None
        self.ended = False
        """Whether the last recorded poll has been replayed."""
        self._connection: tuple[type[HTTPConnection], str] | None = None

    def poll(self, _mark: Callable[[str], Mark | None]) -> Snapshot:
        """The next recorded poll, or the last one again without anything new.

        The mark is the recording's own: it must ask for the same events again, whatever a store already knows of them.
        """
        if not self.ended:
            try:
                self._last = self._poller.poll(self._mark)
            except RecordingEnded:
                self.ended = True
        if self._last is None:
            raise RecordingUnreadable(self._file, "it holds no complete poll; record it again")
        if self.ended:
            self._last = replace(self._last, events=(), changed=False)
        elif self._last.events:
            self._mark = Mark(self._last.events[-1].key, self._last.events[-1].at)
        return self._last

    def requests(self) -> Mapping[str, int]:
        """SOAP calls that were answered from the recording."""
        return self._poller.requests()

    def close(self) -> None:
        """Nothing is open."""

    def _open(self) -> Session:
        """A session over the recording, which goes on where the session before ended."""
        if self._connection is None:
            self._connection = replay(self._file)
        connection, api_version = self._connection
        return Session.open(replay_endpoint(self._name), connection=connection, api_version=api_version)
