"""Maintenance of the store beside polls: what was recorded stands, whatever becomes of the rows that are too old."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from inference.judging.model import load
from vjourney.demo import recordings
from vjourney.judgement import Judgement
from vjourney.last_readings import Circumstances
from vjourney.sources import Replay
from vjourney.store import KEPT, Store

EVER = datetime(1970, 1, 1, tzinfo=UTC)
REFUSED = """CREATE TRIGGER refused BEFORE DELETE ON event BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The file of a store."""
    return tmp_path / "vjourney.db"


@pytest.fixture
def store(file: Path) -> Iterator[Store]:
    """An empty store."""
    with Store.open(f"sqlite:///{file}") as opened:
        yield opened


def test_old_rows_that_cannot_be_dropped_fail_no_poll(store: Store, file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The log has a sentence of its own for it, an hour later it is tried again, and then a day later as always."""

    def sql(statement: str) -> None:
        with closing(sqlite3.connect(file)) as connection:
            connection.execute(statement)

    def poll(later: timedelta) -> int:
        whole, *_ = judgement.poll(
            replace(first, taken_at=first.taken_at + later, events=()), Circumstances(first.taken_at + later)
        )
        assert store.latest()[0]["taken_at"] == whole.taken_at.isoformat().replace("+00:00", "Z")
        return len(store.events_since(first.about.instance_uuid, EVER))

    def told() -> list[str]:
        return [line for line in capsys.readouterr().err.splitlines() if 'event="old rows not dropped"' in line]

    judgement = Judgement(store, load("journey-1"), ["prod"])
    first = Replay("prod", recordings()["business-production"]).poll(lambda _: None)
    judgement.poll(first, Circumstances(first.taken_at))
    sql(REFUSED)
    refused = 2 * KEPT
    assert poll(refused) == len(first.events)
    (line,) = told()
    assert f'error="the store {file} has no room left: free some disk space"' in line
    assert (poll(refused + timedelta(minutes=59)), told()) == (len(first.events), [])
    sql("DROP TRIGGER refused")
    assert (poll(refused + timedelta(hours=1)), told()) == (0, [])
