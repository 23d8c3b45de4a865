"""One poll of one vCenter: every topic, each failing for itself, into one Snapshot."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from collector.facts import Event, Gap, Snapshot
from collector.gatherers import (
    clusters,
    custom_fields,
    datacenters,
    datastores,
    events,
    extensions,
    folders,
    host_profiles,
    hosts,
    licenses,
    resource_pools,
    scheduled_tasks,
    storage_pods,
    switches,
    tags,
    vms,
)
from collector.overlap import Mark, Overlap
from collector.tags import Tagged
from collector.vcenter import events as event_pages
from collector.vcenter.errors import RecordingEnded, SessionExpired, VcenterError
from collector.vcenter.inventory import Inventory, Progress
from collector.vcenter.managers import Managers
from collector.vcenter.session import Session
from collector.wants import Topic, moment

INVENTORY: tuple[Topic[Any], ...] = tuple(
    gatherer.TOPIC
    for gatherer in (clusters, hosts, vms, datastores, storage_pods, resource_pools, folders, datacenters, switches)
)
"""The topics that are inventory objects."""

FULL_SYNC = timedelta(hours=24)
"""How long changes alone are trusted before everything is read again."""


@dataclass(slots=True)
class _Connection:
    """What lives as long as one session."""

    session: Session
    inventory: Inventory
    managers: Managers
    since: datetime
    tagged: Tagged | None


@dataclass(slots=True)
class _Read:
    """What one poll has read so far besides the inventory."""

    values: dict[str, Any] = field(default_factory=dict)
    gaps: list[Gap] = field(default_factory=list)


class Poller:
    """Polls one vCenter, ``name``, on one thread, and keeps session and inventory between polls.

    ``progress`` hears of each topic and the number of its objects while everything is read for the first time. ``clock``
    is ours, to measure the skew of vCenter's. ``tags`` gives what reads the tags of a session, or nothing to leave them out.
    """

    def __init__(
        self,
        open_session: Callable[[], Session],
        name: str,
        *,
        progress: Progress | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        tags: Callable[[Session], Tagged | None] = lambda _: None,
    ) -> None:
        self.name = name
        self.durations: Mapping[str, float] = {}
        """Seconds the last poll took for ``inventory`` and for each other topic."""
        self._open_session = open_session
        self._progress = progress
        self._clock = clock
        self._tags = tags
        self._connection: _Connection | None = None
        self._requests: Counter[str] = Counter()
        self._known: dict[str, Any] = {}
        self._overlap = Overlap()

    def poll(self, mark: Mark | None) -> Snapshot:
        """Read everything that can be read; what cannot is a gap with its reason.

        ``events`` are those from a little before ``mark`` on, by key, but for those that came before and were kept, as a mark
        that has moved on shows; so each comes once, unless the mark stays where it was. A session that vCenter has ended is
        opened again, once.

        Raises:
            VcenterError: nothing could be read: no login, or no inventory at all.
        """
        try:
            try:
                return self._poll(mark)
            except SessionExpired:
                before = self.identify()
                self.close()
                # at the same address another vCenter may have come up, to whose events the mark says nothing
                return self._poll(mark if self.identify() == before else None)
        except Exception:
            # Whatever failed, the next poll starts from a login: a page lost unnoticed would be worse than a full read.
            self.close()
            raise

    def identify(self) -> str:
        """The instance UUID of the vCenter, after a login where there is none yet.

        Raises:
            VcenterError: the login failed.
        """
        return self._connect().session.about.instance_uuid

    def requests(self) -> Mapping[str, int]:
        """How often each SOAP method was called and each REST request sent, over all sessions."""
        connection = self._connection
        return self._requests + Counter(connection.session.requests()) if connection else self._requests

    def close(self) -> None:
        """Log out, which ends all that was made in the session; the next poll logs in again and reads everything.

        Another thread may call it to end a poll in flight, which then fails.
        """
        connection, self._connection = self._connection, None
        if connection is not None:
            if connection.tagged is not None:
                connection.tagged.interrupt()
            connection.session.close()
            self._requests.update(connection.session.requests())

    def _poll(self, mark: Mark | None) -> Snapshot:
        connection = self._connect()
        session = connection.session
        took: dict[str, float] = {}
        taken_at = session.now()
        skew = (taken_at - self._clock()).total_seconds()
        if not timedelta() <= taken_at - connection.since < FULL_SYNC:  # a clock that was set back proves nothing
            connection.inventory.close()
            connection.inventory = Inventory(session, INVENTORY, progress=self._progress)
            connection.since = taken_at
        with _timed(took, "inventory"):
            connection.inventory.sync()
        read = _Read(gaps=list(connection.inventory.gaps))
        self._ask_managers(connection.managers, read, took)
        found, oldest = self._events(session, read, mark, took)
        read.gaps += [Gap("vocabulary", sentence) for sentence in session.unknown_values]
        self._label(connection, read, taken_at, took)
        values = {topic.name: connection.inventory.facts(topic.name) for topic in INVENTORY} | read.values
        now_known = {**read.values, "gaps": tuple(read.gaps), "oldest": oldest}
        if extensions.TOPIC in now_known:  # a heartbeat is no news
            now_known[extensions.TOPIC] = [replace(entry, last_heartbeat=None) for entry in now_known[extensions.TOPIC]]
        changed = connection.inventory.mirror.changed or self._overlap.news or now_known != self._known
        self._known, self.durations = now_known, took
        return Snapshot(
            vcenter=self.name,
            about=session.about,
            taken_at=taken_at,
            events=found,
            oldest_event=oldest,
            gaps=tuple(read.gaps),
            clock_skew=skew,
            changed=changed,
            **values,
        )

    def _connect(self) -> _Connection:
        """The present session, or a new one with nothing read yet."""
        if self._connection is None:
            session = self._open_session()
            inventory = Inventory(session, INVENTORY, progress=self._progress)
            self._known = {}
            try:
                since = session.now()
            except VcenterError:
                session.close()
                raise
            self._connection = _Connection(session, inventory, Managers(session), since, self._tags(session))
        return self._connection

    def _ask_managers(self, managers: Managers, read: _Read, took: dict[str, float]) -> None:
        """The topics that managers answer."""
        questions: dict[str, Callable[[], Any]] = {
            extensions.TOPIC: lambda: extensions.parse(managers.extensions()),
            custom_fields.TOPIC: lambda: custom_fields.parse(managers.custom_fields()),
            host_profiles.TOPIC: lambda: host_profiles.parse(managers.host_profiles(host_profiles.PATHS)),
            licenses.TOPIC: lambda: licenses.parse(managers.licenses()),
            scheduled_tasks.TOPIC: lambda: scheduled_tasks.parse(managers.scheduled_tasks()),
        }
        for topic, ask in questions.items():
            with _timed(took, topic):
                try:
                    read.values[topic] = ask()
                except (SessionExpired, RecordingEnded):
                    raise
                except VcenterError as error:
                    read.gaps.append(Gap(topic, str(error)))
                except (AttributeError, TypeError, ValueError) as error:
                    read.gaps.append(Gap(topic, f"{self.name}: {_odd(topic, error)}"))
        read.values["event_retention_days"] = managers.event_retention_days()

    def _label(self, connection: _Connection, read: _Read, now: datetime, took: dict[str, float]) -> None:
        """Put the tags onto the inventory."""
        if (tagged := connection.tagged) is not None:
            with _timed(took, tags.TOPIC):
                tagged.sync(connection.inventory.mirror, now)
            read.values[tags.TOPIC] = tagged.in_use
            read.gaps += [Gap(tags.TOPIC, tagged.gap)] if tagged.gap else []

    def _events(
        self, session: Session, read: _Read, mark: Mark | None, took: dict[str, float]
    ) -> tuple[tuple[Event, ...], datetime | None]:
        """The events after the mark, and the time of the oldest that is kept."""
        since = self._overlap.begin(mark)
        fresh: dict[int, Event] = {}
        met: dict[int, datetime] = {}
        odd = 0
        try:
            with _timed(took, events.TOPIC):
                oldest = moment(event_pages.oldest(session))
                for page in event_pages.read(session, events.type_ids(read.values.get(extensions.TOPIC, ())), since):
                    for entry in page:
                        try:
                            event = events.parse(entry)
                        except (AttributeError, TypeError, ValueError):
                            odd += 1
                            continue
                        met[event.key] = event.at
                        if not self._overlap.is_kept(event):
                            fresh[event.key] = event
                    if self._progress is not None:
                        self._progress(events.TOPIC, len(fresh))
        except (SessionExpired, RecordingEnded):
            raise
        except VcenterError as error:
            read.gaps.append(Gap(events.TOPIC, str(error)))
            return (), None
        if odd:
            read.gaps.append(
                Gap(
                    "vocabulary",
                    f"{self.name}: events that could not be interpreted and are left out: {odd}; no action is needed",
                )
            )
        found = tuple(event for _, event in sorted(fresh.items()))
        self._overlap.end(mark, found, met)
        return found, oldest


def _odd(topic: str, error: Exception) -> str:
    """What to tell of an answer that makes no sense."""
    return f"the answer about {topic.replace('_', ' ')} could not be interpreted ({error}); please report it with a recording"


@contextmanager
def _timed(took: dict[str, float], what: str) -> Iterator[None]:
    """Note how long something took."""
    started = time.monotonic()
    try:
        yield
    finally:
        took[what] = time.monotonic() - started
