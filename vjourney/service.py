"""The tick: one poll goes through collector, inference and store, and is published by one assignment.

It decides nothing about stages and formats nothing. Polls of several vCenters may overlap; what they share, the store and
the publication, is touched by one of them at a time.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Protocol

import structlog

from collector.facts import TOPICS, Snapshot
from collector.overlap import Mark
from collector.vcenter.errors import LoginRejected, VcenterError
from inference.judging.model import Model
from inference.publication import Publication, VcenterStatus
from inference.results import Assessment
from vjourney.identities import Identities
from vjourney.judgement import Announce, Judgement
from vjourney.last_readings import Circumstances
from vjourney.operator_inputs import NO_INPUTS, OperatorInputs
from vjourney.other_processes import OtherProcesses
from vjourney.store import Store, StoreError
from vjourney.unused_rules import UnusedRules

log = structlog.get_logger()

REASSESS_AFTER = timedelta(hours=1)
"""An unchanged vCenter is assessed again after this long, since windows move on with time."""

LOCKOUT_PAUSE = timedelta(minutes=30)
"""After a rejected login no further one is tried for so long: directories lock an account that keeps failing."""


GRACE_SECONDS = 2.0
"""How long a poll in flight may take to end once the service closes."""


class Polling(Protocol):
    """What the service needs of a vCenter: a poll, its requests so far, an end."""

    def poll(self, mark: Callable[[str], Mark | None]) -> Snapshot:
        """Read what is new; ``mark`` gives the high-water mark of events of an instance UUID."""

    def requests(self) -> Mapping[str, int]:
        """SOAP calls of this process so far, by method."""

    def close(self) -> None:
        """Log out."""


@dataclass(slots=True)
class Monitored:
    """One configured vCenter with what is known of it in this process."""

    name: str
    poller: Polling
    status: VcenterStatus | None = None
    snapshot: Snapshot | None = None
    assessments: tuple[Assessment, ...] = ()
    not_before: datetime | None = None
    polling: threading.Lock = field(default_factory=threading.Lock)


class Service:
    """Polls vCenters on request and holds the last Publication."""

    def __init__(
        self,
        pollers: Mapping[str, Polling],
        store: Store,
        model: Model,
        *,
        clock: Callable[[], datetime],
        prepare: Callable[[Publication], object],
        stopwatch: Callable[[], float] = time.monotonic,
        inputs: OperatorInputs = NO_INPUTS,
        announce: Announce | None = None,
    ) -> None:
        """Hold ``pollers`` by configured name.

        ``clock`` gives the present as aware UTC datetime; ``prepare`` sees each publication just before it is published;
        ``stopwatch`` gives seconds, to tell how long a poll took; ``announce`` gives what is recorded to be delivered.
        """
        self._vcenters = {name: Monitored(name, poller) for name, poller in pollers.items()}
        self._store = store
        self._identities = Identities(self._vcenters, store)
        self._other_processes = OtherProcesses(self._vcenters, model.info, store.configurations)
        self._unused_rules = UnusedRules(inputs.rules, self._vcenters)
        self._judgement = Judgement(store, model, self._vcenters, inputs, announce)
        self._longest_gap = timedelta(days=model.specification.hysteresis.longest_gap_days.value)
        self._clock = clock
        self._prepare = prepare
        self._stopwatch = stopwatch
        self._sharing = threading.Lock()
        self._closing = threading.Event()
        self._publication: Publication | None = None

    @property
    def publication(self) -> Publication | None:
        """The last published result; ``None`` until the first poll is done."""
        return self._publication

    def poll(self, name: str) -> VcenterStatus:
        """Poll one vCenter, whatever happens to it; the outcome is in the status and in the publication."""
        vcenter = self._vcenters[name]
        with vcenter.polling:
            if self._closing.is_set() or (self._is_paused(vcenter) and vcenter.status is not None):
                return _last(vcenter)
            started = self._stopwatch()
            try:
                snapshot = vcenter.poller.poll(lambda instance_uuid: self._mark(name, instance_uuid))
                return self._succeeded(vcenter, snapshot, self._stopwatch() - started)
            except (VcenterError, StoreError) as error:
                return self._failed(vcenter, error, self._stopwatch() - started)
            except Exception as error:
                if not self._closing.is_set():
                    log.exception("poll failed", vcenter=name)
                fault = VcenterError(name, f"vjourney itself failed ({type(error).__name__}: {error}); please report this")
                return self._failed(vcenter, fault, self._stopwatch() - started)

    def polled_at(self, name: str, instance_uuid: str) -> datetime | None:
        """When the vCenter that answers under this name with this UUID was last polled, by its own clock; ``None`` before that.

        Raises:
            StoreError: the store cannot be read.
        """
        return self._store.polled_at(self._identities.expected(name, instance_uuid))

    def close(self) -> None:
        """Log out of every vCenter; a poll in flight ends early, and is waited for no longer than ``GRACE_SECONDS``."""
        self._closing.set()
        for vcenter in self._vcenters.values():
            vcenter.poller.close()
        deadline = time.monotonic() + GRACE_SECONDS
        for vcenter in self._vcenters.values():
            if vcenter.polling.acquire(timeout=max(0.0, deadline - time.monotonic())):
                vcenter.polling.release()

    def _mark(self, name: str, instance_uuid: str) -> Mark | None:
        known = self._store.high_water(self._identities.expected(name, instance_uuid))
        return None if known is None else Mark(*known)

    def _failed(self, vcenter: Monitored, error: VcenterError | StoreError, seconds: float) -> VcenterStatus:
        if self._closing.is_set():  # the store may be gone already, and nobody reads any more
            return _last(vcenter)
        log.error("poll failed", vcenter=vcenter.name, error=str(error))
        if isinstance(error, LoginRejected):
            vcenter.not_before = self._clock() + LOCKOUT_PAUSE
        status = replace(
            _last(vcenter),
            status="failed",
            error=str(error),
            gaps=(),
            poll_seconds=seconds,
            topics=MappingProxyType(dict.fromkeys(_last(vcenter).topics or TOPICS, False)),
            requests=MappingProxyType(dict(vcenter.poller.requests())),
        )
        with self._sharing:
            is_first, vcenter.status = vcenter.status is None, status
            # what was read may not have been recorded: the next poll is thought about in any case
            vcenter.snapshot = None
            if is_first:
                self._go_on_without()
            self._publish()
        return status

    def _go_on_without(self) -> None:
        """Assess one of those that were read again: their fleet need not wait any longer for one that turned out to be away."""
        for other in self._vcenters.values():
            if other.snapshot is not None:
                with suppress(StoreError):  # its next poll comes, and says what is wrong with the store
                    self._judge(other, other.snapshot)
                return

    def _succeeded(self, vcenter: Monitored, snapshot: Snapshot, seconds: float) -> VcenterStatus:
        for gap in snapshot.gaps:
            if vcenter.snapshot is None or gap not in vcenter.snapshot.gaps:
                log.warning("topic not read", vcenter=vcenter.name, topic=gap.topic, reason=gap.reason)
        status = VcenterStatus(
            name=vcenter.name,
            instance_uuid=snapshot.about.instance_uuid,
            version=snapshot.about.version,
            status="partial" if snapshot.gaps else "ok",
            error=None,
            gaps=snapshot.gaps,
            poll_seconds=seconds,
            topics=MappingProxyType({topic: snapshot.missed(topic) is None for topic in snapshot.topics}),
            last_success=self._clock(),
            clock_skew=snapshot.clock_skew,
            requests=MappingProxyType(dict(vcenter.poller.requests())),
            event_retention_days=snapshot.event_retention_days,
        )
        with self._sharing:
            self._tell_unused_rules(vcenter.name, snapshot)
            snapshot = self._identities.settled(snapshot)
            if _is_due(vcenter, snapshot):
                self._judge(vcenter, snapshot)
            # the events are in the store now; what stays in memory is the inventory
            vcenter.snapshot = replace(snapshot, events=())
            vcenter.not_before = None
            vcenter.status = status
            self._publish()
        return status

    def _tell_unused_rules(self, name: str, snapshot: Snapshot) -> None:
        for place in self._unused_rules.found(name, snapshot):
            advice = "correct its patterns or remove it; an earlier rule may have decided for its VMs"
            log.warning("workload rule decides for no VM", rule=f"rules[{place}]", advice=advice)

    def _is_paused(self, vcenter: Monitored) -> bool:
        """Whether its login was rejected lately. A pause that is longer than any began before our clock was set back."""
        return vcenter.not_before is not None and timedelta() < vcenter.not_before - self._clock() <= LOCKOUT_PAUSE

    def _judge(self, vcenter: Monitored, snapshot: Snapshot) -> None:
        vcenter.assessments = self._judgement.poll(snapshot, self._circumstances(vcenter, snapshot))

    def _circumstances(self, vcenter: Monitored, snapshot: Snapshot) -> Circumstances:
        """What is around the poll of a vCenter."""
        now = self._clock()
        others = [other.status for other in self._vcenters.values() if other is not vcenter and other.status]
        return Circumstances(
            now,
            # so long ago that a declaration would count as interrupted
            unread=[each.name for each in others if each.last_success and now - each.last_success > self._longest_gap],
            failed=[each.name for each in others if each.status == "failed"],
            others=self._other_processes.present(vcenter.name, snapshot.about.instance_uuid, now),
        )

    def _publish(self) -> None:
        judged = [vcenter.assessments for vcenter in self._vcenters.values() if vcenter.assessments]
        publication = self._judgement.publication(
            self._clock(),
            statuses=tuple(vcenter.status for vcenter in self._vcenters.values() if vcenter.status is not None),
            assessments=tuple(assessment for group in judged for assessment in group),
        )
        self._prepare(publication)
        self._publication = publication


def _last(vcenter: Monitored) -> VcenterStatus:
    """How the last poll went; failed before the first one."""
    return vcenter.status or VcenterStatus(vcenter.name, "", "", "failed", None, (), 0.0)


def _is_due(vcenter: Monitored, snapshot: Snapshot) -> bool:
    """Whether there may be something new to think about."""
    before = vcenter.snapshot
    if before is None or not vcenter.assessments or snapshot.changed or snapshot.gaps != before.gaps:
        return True
    return abs(snapshot.taken_at - vcenter.assessments[0].taken_at) >= REASSESS_AFTER
