"""A vCenter's clock that ran far ahead and was set right: what was stored and counted before is still there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from collector.facts import Snapshot
from collector.overlap import Mark
from inference.judging.model import load
from inference.publication import Tally
from vjourney.demo import recordings
from vjourney.service import Service
from vjourney.sources import Replay
from vjourney.store import Store

DAY = timedelta(days=1)
EVER = datetime(2000, 1, 1, tzinfo=UTC)


class Drifting:
    """A recorded vCenter, read as a whole at every poll, ``later`` than in the recording and with a clock ``ahead`` of ours."""

    def __init__(self, name: str = "business-production") -> None:
        self.later = self.ahead = timedelta()
        self._source = Replay(name, recordings()[name])
        self._first: Snapshot | None = None

    def poll(self, mark: Callable[[str], Mark | None]) -> Snapshot:
        """The recorded poll by the clock of now."""
        first = self._first = self._first or self._source.poll(mark)
        return replace(first, taken_at=first.taken_at + self.later + self.ahead, clock_skew=self.ahead.total_seconds())

    def requests(self) -> Mapping[str, int]:
        """None is sent."""
        return {}

    def close(self) -> None:
        """Nothing is open."""


def live(store: Store, *days: tuple[int, int]) -> tuple[Tally, ...]:
    """Poll on these days with the clock so many days ahead; the counters in the end."""
    source = Drifting()
    service = Service(
        {"business-production": source},
        store,
        load("journey-1"),
        clock=lambda: datetime.now(UTC),
        prepare=lambda publication: publication,
    )
    for later, ahead in days:
        source.later, source.ahead = later * DAY, ahead * DAY
        assert service.poll("business-production").status == "ok"
    return store.tallies()


def test_a_fleet_lives_by_our_clock(store: Store) -> None:
    """One vCenter a year ahead neither takes its fleet along nor makes it stand still once it is away."""
    now = [datetime(2026, 3, 6, tzinfo=UTC)]
    estates = {name: Drifting(name) for name in ("it-production", "business-production")}
    estates["business-production"].ahead = 400 * DAY
    service = Service(estates, store, load("journey-1"), clock=lambda: now[0], prepare=lambda publication: publication)
    moments = []
    for day in range(3):
        for name in ("it-production", "business-production")[: 1 if day == 2 else 2]:
            estates[name].later = day * DAY
            assert service.poll(name).status == "ok"
        publication = service.publication
        assert publication is not None
        looked = publication.declarations["fleet"].evaluated_at
        moments.append((publication.assessments[0].taken_at, looked))
    first, *_ = moments[0]
    assert moments == [(first + day * DAY, first + day * DAY) for day in range(3)]
    assert first == estates["it-production"].poll(lambda _: None).taken_at - 2 * DAY


@pytest.mark.parametrize("ahead", [400, 3000])
def test_a_clock_far_ahead_throws_nothing_away(store: Store, ahead: int) -> None:
    """Documents, readings and events of before the wrong clock stay, and no event that is read again counts again."""
    before = live(store, (0, 0))
    scopes = ("fleet", *(each["scope"]["id"] for each in store.latest()))
    kept = {scope: store.documents(scope, EVER)[0].taken_at for scope in scopes}

    after = live(store, (1, ahead), (2, 0), (3, 0))

    assert before
    assert after == before
    assert {scope: store.documents(scope, EVER)[0].taken_at for scope in scopes} == kept
    assert all(store.observations(scope, EVER)[0].taken_at == taken_at for scope, taken_at in kept.items())
