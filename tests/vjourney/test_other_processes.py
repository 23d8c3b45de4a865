"""Processes with different configurations on one store: a fleet is declared by who reads all of it, and the others say so."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from collector.facts import Snapshot
from collector.overlap import Mark
from inference.judging.model import load
from inference.results import Assessment
from vjourney.demo import recordings
from vjourney.service import Service
from vjourney.sources import Replay
from vjourney.store import Store

STARTED = datetime(2026, 3, 6, tzinfo=UTC)
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
ESTATES = {"small": "it-production", "large": "business-production"}


class Estate:
    """A recorded vCenter in which nothing happens as time goes on."""

    def __init__(self, name: str, clock: Callable[[], datetime]) -> None:
        self._clock, self._source = clock, Replay(name, recordings()[ESTATES[name]])
        self._first: Snapshot | None = None

    def poll(self, mark: Callable[[str], Mark | None]) -> Snapshot:
        """The recorded poll at the present."""
        first = self._first = self._first or self._source.poll(mark)
        return replace(first, taken_at=self._clock())

    def requests(self) -> Mapping[str, int]:
        """None is sent."""
        return {}

    def close(self) -> None:
        """Nothing is open."""


class Process:
    """A service with a configuration of its own."""

    def __init__(self, url: str, *names: str) -> None:
        self.names, self.now, self.store = names, STARTED, Store.open(url)
        estates = {name: Estate(name, lambda: self.now) for name in names}
        self.service = Service(estates, self.store, load("journey-1"), clock=lambda: self.now, prepare=lambda each: each)

    def poll(self, now: datetime) -> Assessment:
        """Poll every vCenter; the fleet that is published."""
        self.now = now
        for name in self.names:
            status = self.service.poll(name)
            assert status.status == "ok", status.error
        publication = self.service.publication
        assert publication is not None
        return publication.assessments[0]


def incomplete(fleet: Assessment) -> list[str]:
    """Why a fleet is not whole."""
    return [flag.message for flag in fleet.flags if flag.id == "incomplete"]


def test_the_fleet_is_that_of_who_reads_all_of_it(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Who reads a part neither declares nor stores it, until the other process is gone for a day."""
    part, whole = Process(url, "small"), Process(url, "small", "large")
    assert incomplete(part.poll(STARTED)) == []  # nobody else is to be seen yet
    for day in range(3):
        now = STARTED + (day + 1) * DAY
        both = whole.poll(now)
        alone = part.poll(now + MINUTE)
        stored = part.store.documents("fleet", now)
        assert [each.document["consolidation"]["hosts"] for each in stored] == [both.consolidation.hosts]
        assert part.store.declarations()["fleet"].evaluated_at == now
        assert incomplete(both) == []
    told = "Read by another process on the same store, and not included: large. Nothing is declared."
    assert incomplete(alone) == [told]
    assert capsys.readouterr().err.count("another process reads other vCenters into this store") == 1
    later = now + DAY + 2 * MINUTE
    assert incomplete(part.poll(later)) == []
    assert part.store.declarations()["fleet"].evaluated_at == later
    for process in (part, whole):
        process.store.close()


def test_what_is_configured_no_longer_is_nobodys(url: str) -> None:
    """The fleet that is left declares at once."""
    before = Process(url, "small", "large")
    before.poll(STARTED)
    before.store.close()
    after = Process(url, "small")
    for now in (STARTED + DAY, STARTED + 2 * DAY):
        assert incomplete(after.poll(now)) == []
        assert after.store.declarations()["fleet"].evaluated_at == now
    after.store.close()
