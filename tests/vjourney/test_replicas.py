"""Several processes on one store: what one of them declared the others go on from, and nothing is recorded twice."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from collector.facts import Snapshot
from collector.overlap import Mark
from exporters.prometheus.exposition import Exposition
from inference.judging.model import load
from inference.publication import Publication
from inference.results import Assessment, Declaration, Transition
from vjourney.demo import recordings
from vjourney.service import Service
from vjourney.sources import Replay
from vjourney.store import Delivery, PollRecord, Store, StoreError

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


class Estate:
    """What one replica sees of a vCenter in which nothing happens: its clock is ``later`` than in the recording."""

    def __init__(self) -> None:
        self.later = timedelta()
        self._source = Replay("prod", recordings()["business-production"])
        self._snapshot: Snapshot | None = None

    def poll(self, mark: Callable[[str], Mark | None]) -> Snapshot:
        """The recorded vCenter at the present of its clock; a poll is a read of everything."""
        first = self._snapshot or self._source.poll(mark)
        self._snapshot = first
        return replace(first, taken_at=first.taken_at + self.later)

    def requests(self) -> Mapping[str, int]:
        """None is sent."""
        return {}

    def close(self) -> None:
        """Nothing is open."""


class Replica:
    """A process of the service on a store that others use as well."""

    def __init__(self, url: str) -> None:
        self.estate = Estate()
        self.store = Store.open(url)
        self.meanwhile: Callable[[], object] = lambda: None
        self.service = Service(
            {"prod": self.estate},
            self.store,
            load("journey-1"),
            clock=lambda: datetime.now(UTC),
            prepare=lambda publication: publication,
            announce=self._announce,
        )

    def poll(self, later: timedelta) -> Publication:
        """A poll when vCenter's clock is so much later; it must not fail."""
        self.estate.later = later
        status = self.service.poll("prod")
        assert status.status == "ok", status.error
        publication = self.service.publication
        assert publication is not None
        return publication

    def _announce(self, _: Sequence[Assessment], transitions: Sequence[Transition]) -> tuple[Delivery, ...]:
        """Something happens between thinking and recording, once."""
        meanwhile, self.meanwhile = self.meanwhile, lambda: None
        meanwhile()
        return tuple(Delivery("change", each.scope_id, each.at, "mail", {}, each.at) for each in transitions)


@pytest.fixture
def replica(url: str) -> Iterator[Callable[[], Replica]]:
    """``replica()``: one more process on the same store."""
    made: list[Replica] = []

    def start() -> Replica:
        made.append(Replica(url))
        return made[-1]

    yield start
    for each in made:
        each.store.close()


def counted(publication: Publication) -> list[str]:
    """The samples of changes of stage that are not zero."""
    body, _ = Exposition(lambda: publication, version="1").render("text/plain")
    return [
        line for line in body.decode().splitlines() if line.startswith("vjourney_stage_changes_total{") and line[-4:] != " 0.0"
    ]


def held_back(store: Store, publication: Publication) -> None:
    """Let it look as if a lower stage had been declared, and the present one been a candidate for a month."""
    whole = next(each for each in publication.assessments if each.scope.kind == "vcenter")
    state = publication.declarations[whole.scope.id]
    assert state.declared is not None
    since = whole.taken_at - 30 * DAY
    lower = replace(
        state,
        declared=state.declared - 1,
        since=since,
        candidate=state.declared,
        candidate_since=since,
        candidate_coverage=whole.coverage,
        candidate_cause="estate",
    )
    store.record(
        PollRecord(
            instance_uuid=whole.scope.id,
            vcenter="prod",
            taken_at=whole.taken_at,
            model=publication.model,
            declarations={whole.scope.id: lower},
            stepped_from={whole.scope.id: state},
        )
    )


def test_a_first_declaration_is_recorded_once(replica: Callable[[], Replica]) -> None:
    """Replicas that start together poll at moments of their own; the second goes on from what the first declared."""
    one, other = replica(), replica()
    first = one.poll(timedelta())
    second = other.poll(7 * MINUTE)
    scopes = [change.scope_id for change in one.store.transitions()]
    assert sorted(scopes) == sorted(set(scopes))
    assert len(scopes) > 1
    assert counted(second) == counted(first)
    assert second.declarations == first.declarations


def test_a_milestone_keeps_its_date_whichever_replica_is_asked(replica: Callable[[], Replica]) -> None:
    """What is a state and no event is dated by the first snapshot of all that showed it, also by one that saw it later."""
    one, other = replica(), replica()
    first, second = one.poll(timedelta()), other.poll(7 * MINUTE)
    dates = [each.milestones for each in first.assessments]
    assert any(milestone.id == "first_business_application" for milestones in dates for milestone in milestones)
    assert [each.milestones for each in second.assessments] == dates


@pytest.mark.parametrize("at_once", [False, True])
def test_a_change_is_recorded_counted_and_told_once(replica: Callable[[], Replica], at_once: bool) -> None:
    """Whichever replica looks first declares; one that was thinking meanwhile thinks again."""
    one, other = replica(), replica()
    held_back(one.store, one.poll(timedelta()))
    if at_once:
        other.meanwhile = lambda: one.poll(DAY + MINUTE)
    else:
        one.poll(DAY + MINUTE)
    second = other.poll(DAY + 2 * MINUTE)

    changes = [change for change in one.store.transitions() if change.cause == "estate"]
    assert [(change.from_stage, change.to_stage) for change in changes] == [(1, 2)]
    assert len(one.store.outbox.claim("mail", datetime.now(UTC) + DAY, holder="a", lease=DAY)) == len(one.store.transitions())
    assert counted(second) == counted(one.poll(DAY + 3 * MINUTE)) == counted(replica().poll(DAY + 4 * MINUTE))
    assert [line[-3:] for line in counted(second) if 'from_stage="it_production"' in line] == ["1.0"]


def test_a_replica_without_news_of_its_own_shows_what_another_declared(replica: Callable[[], Replica]) -> None:
    """Every replica publishes the same stage, whichever of them a scrape reaches."""
    one, other = replica(), replica()
    held_back(one.store, one.poll(timedelta()))
    uuid = one.estate.poll(lambda _: None).about.instance_uuid
    assert other.poll(MINUTE).declarations[uuid].declared == 1
    one.poll(DAY + MINUTE)
    idle = replace(other.estate.poll(lambda _: None), changed=False)
    other.estate.poll = lambda _: idle  # type: ignore[assignment, method-assign]
    assert other.poll(MINUTE).declarations[uuid].declared == one.store.declarations()[uuid].declared == 2


def test_polls_at_the_same_moment_all_succeed(replica: Callable[[], Replica]) -> None:
    """Writers wait for each other; an event that both have read is counted once, and neither poll fails."""
    replicas = [replica() for _ in range(3)]
    failed: list[BaseException] = []

    def polls(each: Replica) -> None:
        try:
            for day in range(3):
                each.poll(day * DAY)
        except BaseException as error:  # noqa: BLE001  # it is told below, by the thread that may fail a test
            failed.append(error)

    threads = [threading.Thread(target=polls, args=(each,)) for each in replicas]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    alone = replica().poll(3 * DAY)
    assert alone.tallies == replicas[0].store.tallies()
    scopes = [change.scope_id for change in replicas[0].store.transitions()]
    assert sorted(scopes) == sorted(set(scopes))


def test_what_was_known_is_published_while_the_store_is_away(
    replica: Callable[[], Replica], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A database that is down fails the poll in one sentence and changes no stage that is shown."""
    one = replica()
    before = one.poll(timedelta())

    def away(*_: Any) -> Any:  # noqa: ANN401  # stands for any question
        raise StoreError("the store is away: start it")

    for question in ("declarations", "transitions", "tallies", "record", "high_water", "history"):
        monkeypatch.setattr(one.store, question, away)
    one.estate.later = DAY
    status = one.service.poll("prod")
    assert (status.status, status.error) == ("failed", "the store is away: start it")
    after = one.service.publication
    assert after is not None
    assert after.vcenters == (status,)
    assert (after.declarations, after.transitions, after.tallies) == (before.declarations, before.transitions, before.tallies)


def test_an_overtaken_record_leaves_nothing(replica: Callable[[], Replica]) -> None:
    """What was stepped from a state that no longer holds is refused as a whole."""
    one = replica()
    publication = one.poll(timedelta())
    uuid = publication.assessments[-1].scope.id
    stale = PollRecord(
        instance_uuid="another",
        vcenter="other",
        taken_at=publication.assessments[0].taken_at,
        model=publication.model,
        declarations={uuid: Declaration(declared=3)},
        stepped_from={uuid: Declaration()},
    )
    with pytest.raises(StoreError, match="another process"):
        one.store.record(stale)
    assert one.store.high_water("another") is None
    assert one.store.declarations() == publication.declarations
