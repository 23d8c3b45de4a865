"""Sight that was lost: of a vCenter that cannot be read for long, and of what one vCenter shows no more."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from collector.facts import Gap, Snapshot
from collector.overlap import Mark
from collector.vcenter.errors import Unreachable
from exporters.document import document
from inference.judging.model import load
from inference.results import Assessment, Declaration
from vjourney.demo import recordings
from vjourney.service import Service
from vjourney.sources import Replay
from vjourney.store import Store

STARTED = datetime(2026, 3, 1, tzinfo=UTC)
DAY = timedelta(days=1)


VCENTERS = ("business-production", "experimentation")


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
        self.shown: int | None = None
        """How many of its machines there are; all where ``None``."""

        self.gaps: tuple[Gap, ...] = ()
        self._name, self._present, self._source = name, present, Replay(name, recordings()[name])
        self._first: Snapshot | None = None

    def poll(self, mark: Callable[[str], Mark | None]) -> Snapshot:
        """The recorded poll at the present."""
        if self.is_away:
            raise Unreachable(self._name, "gone")
        first = self._first = self._first or self._source.poll(mark)
        return replace(first, taken_at=first.taken_at + self._present.later, vms=first.vms[: self.shown], gaps=self.gaps)

    def requests(self) -> Mapping[str, int]:
        """None is sent."""
        return {}

    def close(self) -> None:
        """Nothing is open."""


@pytest.mark.parametrize(("days", "decides"), [(7, True), (7.1, False), (60, False)])
def test_what_was_read_long_ago_decides_nothing(tmp_path: Path, days: float, decides: bool) -> None:
    """The larger one is away: what it last showed holds for a week, then no quorum is left until it is back."""
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
    told = "Not readable for days: business-production. These numbers include what was last read there."
    assert messages == ([] if decides else [told])
    estates["business-production"].is_away = False
    assert fleet().quorum is not None
    store.close()


def test_no_fleet_rises_because_a_vcenter_is_away(tmp_path: Path) -> None:
    """The rest of it has a higher quorum, and that is not declared while what the absent one showed is remembered."""
    present = Present()
    estates = {name: Estate(name, present) for name in ("it-as-a-service", "business-production", "it-production")}
    estates["business-production"].shown = 60
    store = Store.open(f"sqlite:///{tmp_path / 'vjourney.db'}")
    service = Service(estates, store, load("journey-1"), clock=present, prepare=lambda publication: publication)

    def fleet() -> tuple[int | None, int | None]:
        for name in estates:
            service.poll(name)
        assert service.publication is not None
        return service.publication.assessments[0].quorum, service.publication.declarations["fleet"].declared

    assert fleet() == (2, 2)
    estates["business-production"].is_away = True
    found = []
    for days in (6, 8, 14, 20, 26, 32):
        present.later = days * DAY
        found.append(fleet())
    assert found == [(2, 2)] + 5 * [(3, 2)]
    store.close()


Start = Callable[[Mapping[str, Estate], Present], Service]


@pytest.fixture
def start(url: str) -> Iterator[Start]:
    """``start(estates, present)``: one more process of the service on the store of this test."""
    with ExitStack() as stores:

        def started(estates: Mapping[str, Estate], present: Present) -> Service:
            store = stores.enter_context(Store.open(url))
            return Service(estates, store, load("journey-1"), clock=present, prepare=lambda publication: publication)

        yield started


def fleet_of(service: Service, order: Sequence[str] = VCENTERS) -> tuple[dict[str, Any], Declaration]:
    """The fleet as the service shows it after polls in this order, and what is declared of it."""
    for name in order:
        service.poll(name)
    assert service.publication is not None
    (shown,) = (each for each in document(service.publication)["assessments"] if each["scope"]["kind"] == "fleet")
    return shown, service.publication.declarations["fleet"]


@pytest.mark.parametrize("days", [0.1, 7, 7.1, 40])
def test_a_fleet_goes_on_over_a_restart_while_a_vcenter_is_away(start: Start, days: float) -> None:
    """To the letter as if there had been none: with what was last read there, which decides for a week."""
    present = Present()
    estates = {name: Estate(name, present) for name in VCENTERS}
    first = start(estates, present)
    before, _ = fleet_of(first)
    estates["business-production"].is_away = True
    present.later = days * DAY
    restarted, declared = fleet_of(start(estates, present))
    assert (restarted, declared) == fleet_of(first)
    assert (restarted["taken_at"], restarted["consolidation"]) != (before["taken_at"], None)
    assert restarted["consolidation"] == before["consolidation"]
    (told,) = (flag for flag in restarted["flags"] if flag["id"] in {"incomplete", "not_current"})
    assert (told["id"], "2025-12-05" in told["message"]) == (("not_current", True) if days <= 7 else ("incomplete", False))


def test_a_run_that_ends_with_a_failure_has_a_fleet_too(start: Start) -> None:
    """As a scheduled job, which does not come back to those that it has read."""
    present = Present()
    estates = {name: Estate(name, present) for name in VCENTERS}
    before, _ = fleet_of(start(estates, present))
    estates["business-production"].is_away = True
    present.later = DAY
    after, declared = fleet_of(start(estates, present), VCENTERS[::-1])
    assert after["consolidation"] == before["consolidation"]
    assert [flag["id"] for flag in after["flags"]].count("not_current") == 1
    assert declared.evaluated_at == datetime.fromisoformat(after["taken_at"])


def test_scheduled_runs_judge_a_fleet_by_what_they_read_themselves(start: Start, url: str) -> None:
    """What was read a week ago is not how things are, as long as everything can be read."""
    present = Present()
    estates = {name: Estate(name, present) for name in VCENTERS}
    for week in range(4):
        present.later = timedelta(weeks=week, minutes=week)
        shown, declared = fleet_of(start(estates, present))
        assert declared.evaluated_at == datetime.fromisoformat(shown["taken_at"])
    with Store.open(url) as store:
        stored = store.documents("fleet", STARTED - timedelta(days=400))
    assert len(stored) == 4
    assert [flag for each in stored for flag in each.document["flags"] if flag["id"] in {"incomplete", "not_current"}] == []


def test_a_vcenter_that_another_process_reads_is_no_silent_one(start: Start) -> None:
    """Its account may be locked here, and its numbers be fresh: the store has them."""
    present = Present()
    seeing, blind = ({name: Estate(name, present) for name in VCENTERS} for _ in range(2))
    both = start(seeing, present), start(blind, present)
    for service in both:
        fleet_of(service)
    blind["business-production"].is_away = True
    for days in (4, 8):
        present.later = days * DAY
        shown = [fleet_of(service)[0] for service in both]
        assert [[flag["id"] for flag in each["flags"]].count("incomplete") for each in shown] == [0, 0]
        assert shown[0]["consolidation"] == shown[1]["consolidation"]


def test_a_vcenter_that_was_never_read_is_waited_for(start: Start) -> None:
    """Nothing is known of it, which is not the same as nothing there."""
    present = Present()
    estates = {name: Estate(name, present) for name in VCENTERS}
    estates["business-production"].is_away = True
    for _ in range(2):
        service = start(estates, present)
        service.poll("experimentation")
        service.poll("business-production")
        assert service.publication is not None
        assert "fleet" not in service.publication.declarations
        assert service.publication.assessments[0].flags[0].message.startswith("Only 1 of 2 vCenters could be read so far")


def test_what_a_vcenter_shows_no_more_is_told_after_a_restart_too(tmp_path: Path) -> None:
    """Without its events it would read higher; what they told counts on for the declared stage, and a flag says so."""
    present = Present()
    estate = Estate("business-production", present)

    def read() -> tuple[int | None, list[str]]:
        store = Store.open(f"sqlite:///{tmp_path / 'vjourney.db'}")
        service = Service(
            {"business-production": estate}, store, load("journey-1"), clock=present, prepare=lambda publication: publication
        )
        service.poll("business-production")
        assert service.publication is not None
        found = next(each for each in service.publication.assessments if each.scope.kind == "vcenter")
        store.close()
        return found.inferred, [flag.message for flag in found.flags if flag.id == "lost_evidence"]

    assert read() == (2, [])
    present.later, estate.gaps = DAY, (Gap("events", "the account may not read events"),)
    stage, told = read()
    assert stage == 3
    assert len(told) == 1
    assert "vmotion_rate (2025-12-05)" in told[0]
    assert told[0].endswith("Included, they would make this reading Business Production.")
    present.later = 95 * DAY
    assert read()[1] == []
