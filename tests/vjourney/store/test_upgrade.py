"""A store of an earlier version: its schema is brought up to date with everything in it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from collector.facts import Event
from vjourney.store import PollRecord, Store
from vjourney.store.database import _MIGRATIONS

DAY = timedelta(days=1)
Events = Callable[..., Event]
Polls = Callable[..., PollRecord]


def move_to(url: str, revision: str) -> None:
    """Bring the schema back, or on, to a revision."""
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        at = command.downgrade if revision < "0006" else command.upgrade
        at(config, revision)
    engine.dispose()


@pytest.fixture
def old(url: str, event: Events, poll: Polls, noon: datetime) -> str:
    """The URL of a store in which an event was one by its key alone."""
    with Store.open(url) as store:
        store.record(poll(noon, events=[event(key, key - 100) for key in range(1, 100)]))
    move_to(url, "0005")
    return url


def test_every_event_is_still_there(old: str, event: Events, poll: Polls, uuid: str, noon: datetime) -> None:
    """As it was, known when it is read again, and kept when its key is given to another."""
    before = tuple(event(key, key - 100) for key in range(1, 100))
    with Store.open(old) as store:
        assert store.events_since(uuid, noon - DAY) == before
        assert store.record(poll(noon, events=before)) == frozenset()
        assert store.record(poll(noon + DAY, events=(event(7, 60),))) == {event(7, 60).identity}
        assert store.events_since(uuid, noon - DAY) == (*before, event(7, 60))
    with Store.open(old) as store:
        assert len(store.events_since(uuid, noon - DAY)) == 100


def test_the_step_can_be_taken_back(url: str, event: Events, poll: Polls, uuid: str, noon: datetime) -> None:
    """Of two events with one key the earlier version keeps the later, as it would have."""
    with Store.open(url) as store:
        store.record(poll(noon + DAY, events=(event(1, -9), event(2, -8), event(1, 60))))
    move_to(url, "0005")
    with Store.open(url) as store:
        assert store.events_since(uuid, noon - DAY) == (event(2, -8), event(1, 60))
