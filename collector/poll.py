"""One poll of one vCenter: reads every topic into one Snapshot. A topic that fails becomes a gap and stops no other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
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
"""How long the inventory is kept by changes alone before everything is read again."""


@dataclass(slots=True)
class _Connection:
    """A session and what was made in it; ``since`` is when its inventory was begun, by the vCenter's clock."""

    session: Session
    inventory: Inventory
    managers: Managers
    since: datetime
    tagged: Tagged | None


@dataclass(slots=True)
class _Read:
    """What one poll has read besides the inventory: values by field of ``Snapshot``, and gaps."""

    values: dict[str, Any] = field(default_factory=dict)
    gaps: list[Gap] = field(default_factory=list)


class Poller:
    """Polls one vCenter on one thread, and keeps its session and its inventory from poll to poll.

    ``name`` is the configured name of the vCenter. ``progress`` is called with a topic and the number of its objects so far
    while everything is read for the first time. ``clock`` is our own, from which the skew of vCenter's clock is measured.
    ``tags`` gives the reader of tags for a session, or ``None`` to leave tags out.
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
        self._open_session = open_session
        self._progress = progress
        self._clock = clock
        self._tags = tags
        self._connection: _Connection | None = None
        self._requests: Counter[str] = Counter()
        self._told: dict[str, Any] = {}
        self._overlap = Overlap()

    def poll(self, mark: Mark | None) -> Snapshot:
        """Read everything that can be read; whatever cannot be is a gap with its reason.

        ``mark`` is the newest event that the caller has stored, ``None`` to read all events. The snapshot holds the events
        from ``collector.overlap.OVERLAP`` before the mark on, without those that an earlier poll handed out and that a mark
        moved forward shows to be stored. If vCenter has ended the session, another one is opened, once.

        Raises:
            VcenterError: the login failed, or no inventory could be read at all.
        """
        try:
            try:
                return self._poll(mark)
            except SessionExpired:
                before = self.identify()
                self.close()
                # another vCenter may have taken over the address, and the mark is not about its events
                return self._poll(mark if self.identify() == before else None)
        except Exception:
            # The next poll starts with a login and a full read: a page of changes may have been lost on the way.
            self.close()
            raise

    def identify(self) -> str:
        """The instance UUID of the vCenter; logs in first if there is no session.

        Raises:
            VcenterError: the login failed.
        """
        return self._connect().session.about.instance_uuid

    def requests(self) -> Mapping[str, int]:
        """The number of calls so far, over all sessions, by SOAP method or REST request."""
        connection = self._connection
        return self._requests + Counter(connection.session.requests()) if connection else self._requests

    def close(self) -> None:
        """Log out. The next poll logs in again and reads everything.

        Another thread may call this to end a poll that is running, which then fails.
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
        taken_at = session.now()
        skew = (taken_at - self._clock()).total_seconds()
        if not timedelta() <= taken_at - connection.since < FULL_SYNC:  # a clock that was set back proves nothing
            connection.inventory.close()
            connection.inventory = Inventory(session, INVENTORY, progress=self._progress)
            connection.since = taken_at
        connection.inventory.sync()
        read = _Read(gaps=list(connection.inventory.gaps))
        self._ask_managers(connection.managers, read)
        found, oldest = self._events(session, read, mark)
        read.gaps += [Gap("vocabulary", sentence) for sentence in session.unknown_values]
        self._label(connection, read, taken_at)
        values = {topic.name: connection.inventory.facts(topic.name) for topic in INVENTORY} | read.values
        told = {**read.values, "gaps": tuple(read.gaps), "oldest": oldest}
        if extensions.TOPIC in told:  # a heartbeat alone is no change
            told[extensions.TOPIC] = [replace(entry, last_heartbeat=None) for entry in told[extensions.TOPIC]]
        changed = connection.inventory.mirror.changed or self._overlap.news or told != self._told
        self._told = told
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
            self._told = {}
            try:
                since = session.now()
            except VcenterError:
                session.close()
                raise
            self._connection = _Connection(session, inventory, Managers(session), since, self._tags(session))
        return self._connection

    def _ask_managers(self, managers: Managers, read: _Read) -> None:
        """Read the topics that managers answer; one that fails becomes a gap."""
        questions: dict[str, Callable[[], Any]] = {
            extensions.TOPIC: lambda: extensions.parse(managers.extensions()),
            custom_fields.TOPIC: lambda: custom_fields.parse(managers.custom_fields()),
            host_profiles.TOPIC: lambda: host_profiles.parse(managers.host_profiles(host_profiles.PATHS)),
            licenses.TOPIC: lambda: licenses.parse(managers.licenses()),
            scheduled_tasks.TOPIC: lambda: scheduled_tasks.parse(managers.scheduled_tasks()),
        }
        for topic, ask in questions.items():
            try:
                read.values[topic] = ask()
            except (SessionExpired, RecordingEnded):
                raise
            except VcenterError as error:
                read.gaps.append(Gap(topic, str(error)))
            except (AttributeError, TypeError, ValueError) as error:
                read.gaps.append(Gap(topic, f"{self.name}: {_odd(topic, error)}"))
        read.values["event_retention_days"] = managers.event_retention_days()

    def _label(self, connection: _Connection, read: _Read, now: datetime) -> None:
        """Read tags, where they are wanted, and write them onto the facts of the inventory."""
        if (tagged := connection.tagged) is not None:
            tagged.sync(connection.inventory.mirror, now)
            read.values[tags.TOPIC] = tagged.in_use
            read.gaps += [Gap(tags.TOPIC, tagged.gap)] if tagged.gap else []

    def _events(self, session: Session, read: _Read, mark: Mark | None) -> tuple[tuple[Event, ...], datetime | None]:
        """The events from a little before ``mark`` on that were not kept yet, and the time of the oldest event there is."""
        since = self._overlap.begin(mark)
        fresh: dict[int, Event] = {}
        met: dict[int, datetime] = {}
        odd = 0
        try:
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
