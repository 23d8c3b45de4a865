"""A service on a store of its own, and what it polls: bundled recordings, and a source that fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest

from collector.facts import Snapshot
from collector.overlap import Mark
from inference.judging.model import load
from inference.publication import Publication
from inference.results import Assessment
from vjourney.demo import recordings
from vjourney.operator_inputs import OperatorInputs
from vjourney.service import Polling, Service
from vjourney.sources import Replay
from vjourney.store import Store

MarkOf = Callable[[str], Mark | None]
STARTED = datetime(2026, 3, 1, tzinfo=UTC)


class Broken:
    """A source whose poll fails as it is told to."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.polls = 0

    def poll(self, _mark: MarkOf) -> Snapshot:
        """Fail."""
        self.polls += 1
        raise self.errors[min(self.polls, len(self.errors)) - 1]

    def requests(self) -> Mapping[str, int]:
        """None was answered."""
        return {}

    def close(self) -> None:
        """Nothing is open."""


class Bench:
    """A service on a store of its own, with a clock that tests set."""

    def __init__(self, folder: Path, labs: tuple[str, ...] = (), /, **sources: Polling) -> None:
        self.now = STARTED
        self.published: list[Publication] = []
        self.store = Store.open(f"sqlite:///{folder / 'vjourney.db'}")
        self.service = Service(
            sources,
            self.store,
            load("journey-1"),
            clock=lambda: self.now,
            prepare=self.published.append,
            inputs=OperatorInputs(labs=labs),
        )

    def play(self, name: str, polls: int = 8) -> None:
        """Poll a replayed recording past its end."""
        for _ in range(polls):
            self.service.poll(name)

    def publication(self) -> Publication:
        """What is published now."""
        publication = self.service.publication
        assert publication is not None
        return publication

    def assessment(self, kind: str) -> Assessment:
        """The first published assessment of this kind of scope."""
        return next(each for each in self.publication().assessments if each.scope.kind == kind)


Serve = Callable[..., Bench]
Replays = Callable[..., Replay]


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """``serve(labs, a=source, ...)``: a service over these sources, on the store of this test, which is closed after it."""
    with ExitStack() as benches:

        def make(labs: tuple[str, ...] = (), /, **sources: Polling) -> Bench:
            bench = Bench(tmp_path, labs, **sources)
            benches.callback(bench.store.close)
            return bench

        yield make


@pytest.fixture
def replay() -> Replays:
    """``replay(name, vcenter)``: the bundled recording of an estate as a source, for a vCenter of that configured name."""

    def source(name: str, vcenter: str = "a") -> Replay:
        return Replay(vcenter, recordings()[name])

    return source


@pytest.fixture
def broken() -> type[Broken]:
    """``broken(*errors)``: a source whose polls fail with these, the last one again and again."""
    return Broken
