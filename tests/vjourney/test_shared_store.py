"""Configurations that share a store: who polls by turns with another is told of it, also where each process ends at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest

from collector.facts import Snapshot
from collector.overlap import Mark
from inference.judging.model import DIRECTORY, load
from inference.publication import Publication
from inference.results import Declaration
from vjourney import logs
from vjourney.demo import recordings
from vjourney.service import Service
from vjourney.sources import Replay
from vjourney.store import Store

STARTED = datetime(2026, 3, 6, tzinfo=UTC)
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
ESTATES = {"small": "it-production", "large": "business-production"}


@cache
def recorded(name: str) -> Snapshot:
    """The first poll of a recorded vCenter."""
    return Replay(name, recordings()[ESTATES[name]]).poll(lambda _: None)


class Estate:
    """A recorded vCenter in which nothing happens as time goes on."""

    def __init__(self, name: str, now: datetime) -> None:
        self._name, self._now = name, now

    def poll(self, _mark: Callable[[str], Mark | None]) -> Snapshot:
        """The recorded poll at the present."""
        return replace(recorded(self._name), taken_at=self._now)

    def requests(self) -> Mapping[str, int]:
        """None is sent."""
        return {}

    def close(self) -> None:
        """Nothing is open."""


@pytest.fixture
def other_model(tmp_path: Path) -> Path:
    """The built-in model, with another text in its file."""
    path = tmp_path / "journey-1.yaml"
    path.write_text((DIRECTORY / "journey-1.yaml").read_text() + "\n# ours\n")
    return path


def once(url: str, now: datetime, *names: str, model: str | Path = "journey-1") -> Publication:
    """A process that polls each of these vCenters and ends."""
    with closing(Store.open(url)) as store:
        estates = {name: Estate(name, now) for name in names}
        service = Service(estates, store, load(model), clock=lambda: now, prepare=lambda _: None)
        for name in names:
            assert service.poll(name).status == "ok"
        assert service.publication is not None
        return service.publication


def told(publication: Publication, flag: str = "incomplete") -> list[list[str]]:
    """What a flag says of each scope, the fleet first."""
    return [[each.message for each in made.flags if each.id == flag] for made in publication.assessments]


def fleet(url: str) -> Declaration:
    """What is declared of the fleet."""
    with closing(Store.open(url)) as store:
        return store.declarations()["fleet"]


def test_jobs_of_different_fleets_see_each_other(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Neither declares a fleet from its second turn on, and so none is declared anew for ever."""
    logs.configure()
    once(url, STARTED, "small")
    once(url, STARTED + HOUR, "large")
    before = fleet(url)
    for day in range(1, 4):
        one, two = once(url, STARTED + day * DAY, "small"), once(url, STARTED + day * DAY + HOUR, "large")
        assert told(one)[0] == ["Read by another process on the same store, and not included: large. Nothing is declared."]
        assert told(two)[0] == ["Read by another process on the same store, and not included: small. Nothing is declared."]
    assert fleet(url) == before
    assert capsys.readouterr().err.count("another process reads other vCenters into this store") == 6


def test_jobs_that_run_seldom_see_each_other_too(url: str) -> None:
    """However long ago the other one came: it came after our own last turn."""
    for week in range(3):
        one, two = (
            once(url, STARTED + 7 * week * DAY + offset, name) for name, offset in (("small", HOUR), ("large", 2 * DAY))
        )
    assert [len(told(each)[0]) for each in (one, two)] == [1, 1]


def test_a_restart_forgets_nobody(url: str) -> None:
    """Within a day of the turn of another, also where it is not the last one."""
    once(url, STARTED, "small")
    once(url, STARTED + HOUR, "large")
    found = [len(told(once(url, STARTED + hours * HOUR, "small"))[0]) for hours in (2, 3, 25, 26)]
    assert found == [1, 1, 1, 0]


def test_a_job_alone_is_alone(url: str) -> None:
    """Its own turns, those of replicas and those of what was configured before are nobody else's."""
    once(url, STARTED, "small", "large")
    found = [told(once(url, STARTED + day * DAY, "small"))[0] for day in range(1, 4)]
    assert found == [[], [], []]
    assert fleet(url).evaluated_at == STARTED + 3 * DAY


def test_another_model_is_told(url: str, other_model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """On every scope that is judged twice, with what to do, from the second turn on and until a day after the last."""
    logs.configure()
    assert not any(told(once(url, STARTED, "small"), "other_model"))
    assert not any(told(once(url, STARTED + HOUR, "small", model=other_model), "other_model"))
    assert "another model" not in capsys.readouterr().err
    both = once(url, STARTED + 2 * HOUR, "small"), once(url, STARTED + 3 * HOUR, "small", model=other_model)
    for publication, other in zip(both, both[::-1], strict=True):
        label = f"journey-1 1.0.0 (sha256 {other.model.sha256[:12]})"
        sentence = (
            f"Judged by another process on the same store with another model: {label}. While both judge, a change of stage may"
            " never be declared: give all of them the same model, or each a store of its own."
        )
        assert told(publication, "other_model") == [[sentence]] * len(publication.assessments)
        assert not any(told(publication))
    assert capsys.readouterr().err.count("another process judges by another model in this store") == 2
    alone = [once(url, STARTED + 3 * HOUR + hours * HOUR, "small") for hours in (24, 25)]
    assert [told(each, "other_model")[0] != [] for each in alone] == [True, False]


def test_a_new_model_is_no_stranger(url: str, other_model: Path) -> None:
    """Who goes on with another one is told nothing of the one before."""
    once(url, STARTED, "small")
    for hours in range(1, 4):
        assert not any(told(once(url, STARTED + hours * HOUR, "small", model=other_model), "other_model"))
