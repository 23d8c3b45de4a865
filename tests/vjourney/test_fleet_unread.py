"""A fleet of which a vCenter cannot be read for long: its numbers stay, and it decides nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from collector.facts import Snapshot
from collector.poll import Mark
from collector.vcenter.errors import Unreachable
from inference.model import load
from inference.results import Assessment
from vjourney import logs
from vjourney.demo import recordings
from vjourney.service import Service
from vjourney.sources import Replay
from vjourney.store import Store

STARTED = datetime(2026, 3, 1, tzinfo=UTC)
DAY = timedelta(days=1)


class Present:
    """The clock of everything here."""

    def __init__(self) -> None:
        self.later = timedelta()

    def __call__(self) -> datetime:
        """Our clock."""
        return STARTED + self.later


class Estate:
    """A recorded vCenter in which nothing happens as time goes on, and which may be away."""

    def __init__(self, name: str, present: Present) -> None:
        self.is_away = False
        self._name, self._present, self._source = name, present, Replay(name, recordings()[name])
        self._first: Snapshot | None = None

    def poll(self, mark: Callable[[str], Mark | None]) -> Snapshot:
        """The recorded poll at the present."""
        if self.is_away:
            raise Unreachable(self._name, "gone")
        first = self._first = self._first or self._source.poll(mark)
        return replace(first, taken_at=first.taken_at + self._present.later)

    def requests(self) -> Mapping[str, int]:
        """None is sent."""
        return {}

    def close(self) -> None:
        """Nothing is open."""


@pytest.mark.parametrize(("days", "decides"), [(7, True), (7.1, False), (60, False)])
def test_what_was_read_long_ago_decides_nothing(tmp_path: Path, days: float, decides: bool) -> None:
    """The larger one is away: what it last showed holds for a week, then no quorum is left until it is back."""
    logs.configure()
    present = Present()
    estates = {name: Estate(name, present) for name in ("experimentation", "business-production")}
    store = Store.open(f"sqlite:///{tmp_path / 'vjourney.db'}")
    service = Service(estates, store, load("journey-1"), clock=present, prepare=lambda publication: publication)

    def fleet() -> Assessment:
        for name in estates:
            service.poll(name)
        publication = service.publication
        assert publication is not None
        return publication.assessments[0]

    before = fleet()
    assert before.quorum == 2
    present.later, estates["business-production"].is_away = days * DAY, True
    away = fleet()
    assert (away.quorum, away.consolidation) == (2 if decides else None, before.consolidation)
    messages = [flag.message for flag in away.flags if flag.id == "incomplete"]
    told = "business-production could not be read for days; these numbers hold what was read last."
    assert messages == ([] if decides else [told])
    estates["business-production"].is_away = False
    assert fleet().quorum is not None
    store.close()
