"""A PostgreSQL server that is restarted, full of clients or behind a pooler: one sentence, and the next poll works."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack, suppress
from typing import Any

import pytest
import sqlalchemy as sa

from collector.facts import Event, EventId
from vjourney.store import PollRecord, Store, StoreError

psycopg: Any = pytest.importorskip("psycopg", reason="psycopg is not installed: pip install 'vjourney[postgres]'")
pytestmark = pytest.mark.e2e

Polls = Callable[..., PollRecord]


def end_all(address: str) -> None:
    """End every other connection to a database, as a restart of the server does."""
    others = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    with connected(address) as connection:
        connection.execute(others)


def connected(address: str) -> Any:  # noqa: ANN401  # psycopg's connection
    """A connection of another program."""
    return psycopg.connect(address.replace("postgresql+psycopg", "postgresql"), autocommit=True)


def test_a_poll_whose_connection_is_ended_is_told_and_recorded_the_next_time(
    postgresql: Callable[[], str], poll: Polls, event: Callable[..., Event], caplog: pytest.LogCaptureFixture
) -> None:
    """Nothing of it is there before, its events are new once, and the driver adds no line of its own."""
    address = postgresql()

    def counting(new: frozenset[EventId]) -> dict[tuple[str, str], int]:
        if broken:
            end_all(address)
        return {("migrations", "user"): len(new)}

    with Store.open(address) as store:
        first, second = (poll(events=(event(1, -2), event(key, -1)), count=counting) for key in (2, 3))
        broken = False
        assert store.record(first) == {event(1, -2).identity, event(2, -1).identity}
        broken = True
        with pytest.raises(
            StoreError, match="ended the connection: it was restarted, or somebody ended its sessions; try again"
        ):
            store.record(second)
        broken = False
        assert store.record(second) == {event(3, -1).identity}
        assert [tally.count for tally in store.tallies()] == [3]
    assert caplog.records == []


def test_a_server_without_room_for_another_client_says_so(postgresql: Callable[[], str], poll: Polls) -> None:
    """Who is connected goes on; who comes is told, and comes in later."""
    address = postgresql()
    with Store.open(address) as store:
        store.record(poll())
        with ExitStack() as others:
            with suppress(psycopg.OperationalError):
                for _ in range(1000):
                    others.enter_context(connected(address))
            with pytest.raises(
                StoreError, match="has no connection left: end other clients of it, or raise its max_connections"
            ):
                Store.open(address)
            assert store.record(poll()) == frozenset()
        Store.open(address).close()


def test_no_statement_is_left_in_the_server(postgresql: Callable[[], str], poll: Polls, event: Callable[..., Event]) -> None:
    """A pooler hands each transaction to another connection, where a name of ours may stand for a statement of others."""
    with Store.open(postgresql()) as store:
        for key in range(1, 13):
            store.record(poll(events=(event(key, -1), event(100 + key, -1))))
        with store._read() as connection:  # noqa: SLF001  # the connection that wrote
            assert connection.scalar(sa.text("SELECT count(*) FROM pg_prepared_statements")) == 0
