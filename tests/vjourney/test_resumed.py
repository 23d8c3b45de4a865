"""Recordings that are played into a store again, after an interruption or as a whole: nothing is told twice or anew."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from inference.judging.model import load
from vjourney.demo import recordings
from vjourney.replaying.steps import following
from vjourney.runtime import Runtime
from vjourney.service import Service
from vjourney.settings import Settings, Vcenter
from vjourney.settings import Store as StoreSettings
from vjourney.sources import Replay
from vjourney.store import Store, StoreError

NAMES = ("business-production", "it-production")
EVER = datetime(1970, 1, 1, tzinfo=UTC)
NEVER = datetime.max.replace(tzinfo=UTC)


def once(url: str) -> Mapping[str, Any]:
    """``vjourney once`` with two recordings."""
    vcenters = [Vcenter.model_construct(name=name, replay=recordings()[name], lab=False) for name in NAMES]
    settings = Settings.model_construct(vcenters=tuple(vcenters), store=StoreSettings.model_construct(url=SecretStr(url)))
    with Runtime(settings) as runtime:
        return runtime.once()


def stored(url: str) -> tuple[object, ...]:
    """All that is told of the past."""
    with Store.open(url) as store:
        scopes = [scope.id for scope in store.scopes()]
        return (
            store.transitions(),
            store.tallies(),
            store.declarations(),
            [store.documents(scope, EVER) for scope in scopes],
            [store.observations(scope, EVER) for scope in scopes],
            [store.events_since(scope, EVER) for scope in scopes],
        )


@pytest.mark.parametrize("steps", [2, 7])
def test_what_was_interrupted_goes_on_and_what_is_done_stays_as_it_is(tmp_path: Path, steps: int) -> None:
    """The store is that of one run, whether it was interrupted, and whether it is run again."""
    whole, parts = (f"sqlite:///{tmp_path / name}.db" for name in ("whole", "parts"))
    document = once(whole)
    with Store.open(parts) as store:
        sources = {name: Replay(name, recordings()[name]) for name in NAMES}
        service = Service(sources, store, load("journey-1"), clock=lambda: datetime.now(UTC), prepare=lambda each: each)
        for _ in range(steps):
            name = min(NAMES, key=lambda name: following(sources[name]) or NEVER)
            assert service.poll(name).status != "failed"
    again = once(parts)
    assert stored(parts) == stored(whole)
    assert again["assessments"] == document["assessments"] == once(whole)["assessments"]
    assert stored(parts) == stored(whole)


def test_the_first_poll_is_the_last_one_that_is_stored() -> None:
    """Neither a clock that goes back nor a store that could not be asked loses a poll."""
    answers: list[Callable[[], datetime | None]] = []
    source = Replay("prod", recordings()["it-production"], lambda _: answers.pop()())
    moments = []
    every = Replay("prod", recordings()["it-production"])
    while not every.ended:
        moments.append(every.poll(lambda _: None).taken_at)

    def away() -> None:
        raise StoreError("the store is away: start it")

    answers = [lambda: moments[2] + timedelta(hours=1), away]
    with pytest.raises(StoreError):
        source.poll(lambda _: None)
    assert [source.poll(lambda _: None).taken_at for _ in moments] == [*moments[2:], moments[-1], moments[-1]]
