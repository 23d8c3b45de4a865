"""A vCenter's clock that ran far ahead and was set right: what was stored and counted before is still there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from collector.facts import Snapshot
from collector.poll import Mark
from inference.model import load
from inference.publication import Tally
from vjourney import logs
from vjourney.demo import recordings
from vjourney.judgement import Judgement
from vjourney.service import Service
from vjourney.sources import Replay
from vjourney.store import Store

DAY = timedelta(days=1)
EVER = datetime(2000, 1, 1, tzinfo=UTC)


class Drifting:
    """A recorded vCenter, read as a whole at every poll, ``later`` than in the recording and with a clock ``ahead`` of ours."""

    def __init__(self) -> None:
        self.later = self.ahead = timedelta()
        self._source = Replay("prod", recordings()["business-production"])
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


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    """A store in an empty database."""
    logs.configure()
    with Store.open(url) as opened:
        yield opened


def live(store: Store, *days: tuple[int, int]) -> tuple[Tally, ...]:
    """Poll on these days with the clock so many days ahead; the counters in the end."""
    source = Drifting()
    service = Service(
        {"prod": source}, store, load("journey-1"), clock=lambda: datetime.now(UTC), prepare=lambda publication: publication
    )
    for later, ahead in days:
        source.later, source.ahead = later * DAY, ahead * DAY
        assert service.poll("prod").status == "ok"
    return store.tallies()


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


def test_what_is_dated_later_is_no_evidence(store: Store) -> None:
    """Events of a clock that ran ahead are in no window of the right time, and count no second time once that has come."""
    source, model = Replay("prod", recordings()["it-production"]), load("journey-1")
    polls = [source.poll(lambda _: None) for _ in range(5)]
    first = [Judgement(store, model, 1).poll(poll, ()) for poll in polls]
    tallies = store.tallies()
    again = [Judgement(store, model, 1).poll(poll, ()) for poll in polls]
    assert [[each.evidence for each in told] for told in again] == [[each.evidence for each in told] for told in first]
    assert store.tallies() == tallies
