"""Opening a store: the schema is the one that the tables say, and every failure is one sentence."""

from __future__ import annotations

import os
import sqlite3
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import fields
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from collector.facts import Event
from inference.results import Declaration, Transition
from vjourney.store import PollRecord, Store, StoreError
from vjourney.store.database import alone
from vjourney.store.record import write
from vjourney.store.tables import metadata


def refusal(url: str) -> str:
    """The one sentence with which a store cannot be opened."""
    with pytest.raises(StoreError) as caught:
        Store.open(url, wait=0.05)
    message = str(caught.value)
    assert "\n" not in message
    return message


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    """A path into a folder that is not there says which to create."""
    assert refusal(f"sqlite:///{tmp_path}/none/x.db") == (
        f"the store {tmp_path}/none/x.db is in a folder that does not exist: create {tmp_path}/none"
    )


def test_a_folder_where_the_file_should_be_is_refused(tmp_path: Path) -> None:
    """A folder cannot be opened as a database."""
    assert "make the file and its folder readable and writable" in refusal(f"sqlite:///{tmp_path}")


def test_an_unwritable_folder_is_refused(tmp_path: Path) -> None:
    """A folder without write permission says so; for root, whom permissions do not stop, /proc is one."""
    folder = tmp_path / "sealed"
    folder.mkdir(mode=0o500)
    place = folder if os.geteuid() else Path("/proc")
    assert "make the file and its folder readable and writable" in refusal(f"sqlite:///{place}/vjourney.db")


def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path) -> None:
    """Some other file is refused and stays as it is."""
    path = tmp_path / "x.db"
    path.write_bytes(b"certainly no database " * 99)
    assert "is not an SQLite database: restore a backup" in refusal(f"sqlite:///{path}")
    assert path.read_bytes() == b"certainly no database " * 99


def test_a_damaged_database_says_so(tmp_path: Path) -> None:
    """A store with its pages overwritten is reported as damaged."""
    path = tmp_path / "x.db"
    Store.open(f"sqlite:///{path}").close()
    content = bytearray(path.read_bytes())
    content[100:] = b"\xff" * (len(content) - 100)
    path.write_bytes(content)
    assert "is damaged: restore a backup" in refusal(f"sqlite:///{path}")


@pytest.mark.parametrize("document", ["CAST(x'7b93' AS TEXT)", "'{'"])
def test_a_database_with_damaged_content_says_so(tmp_path: Path, document: str) -> None:
    """SQLite does not notice where only what is stored was overwritten."""
    path = tmp_path / "x.db"
    with Store.open(f"sqlite:///{path}") as store, closing(sqlite3.connect(path)) as other:
        other.execute("INSERT INTO scope VALUES ('fleet', 'fleet', 'fleet', '', '', '2026-03-01 12:00:00.000000')")
        written = f"'fleet', '2026-03-01 12:00:00.000000', 'journey-1', '1.0.0', '', {document}"
        other.execute(f"INSERT INTO assessment VALUES ({written})")  # noqa: S608  # ours
        other.commit()
        with pytest.raises(StoreError, match="is damaged: restore a backup"):
            store.latest()


def test_a_locked_database_says_so(tmp_path: Path) -> None:
    """When another program holds the lock for longer than the wait, the sentence says what to do."""
    path = tmp_path / "x.db"
    Store.open(f"sqlite:///{path}").close()
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert "is locked by another program" in refusal(f"sqlite:///{path}")
    Store.open(f"sqlite:///{path}").close()


def test_a_newer_database_is_left_alone(url: str) -> None:
    """A store of a later version is refused and not changed."""
    Store.open(url).close()
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    assert "was written by a newer vjourney (schema 9999): upgrade vjourney" in refusal(url)
    with engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT version_num FROM alembic_version")) == "9999"
    engine.dispose()


def test_a_database_of_another_program_is_left_alone(url: str) -> None:
    """A database that has a table of the same name from elsewhere is refused."""
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE event (id INTEGER)"))
    assert "belongs to another program (it has a table event)" in refusal(url)
    engine.dispose()


@pytest.mark.parametrize("versions", [("ae1027a6acf",), ("ae1027a6acf", "27c6a30d7c24")])
def test_a_database_that_another_program_migrates_is_left_alone(url: str, versions: tuple[str, ...]) -> None:
    """Its versions, however many, are not those of a newer vjourney, and get no tables beside them."""
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
        for version in versions:
            connection.execute(sa.text("INSERT INTO alembic_version VALUES (:version)"), {"version": version})
    assert f"belongs to another program (its schema is {', '.join(sorted(versions))})" in refusal(url)
    assert sa.inspect(engine).get_table_names() == ["alembic_version"]
    engine.dispose()


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "oracle://h/d", "mongodb://h/d", "nonsense", ""])
def test_other_stores_are_refused(url: str) -> None:
    """Only SQLite files and PostgreSQL are stores."""
    assert refusal(url).startswith("the store ")


def test_an_unreachable_server_is_named_without_its_password(tmp_path: Path) -> None:
    """The sentence names the server and what it said, and hides the password."""
    message = refusal(f"postgresql+psycopg://user:secret@/db?host={tmp_path}")
    assert "No such file or directory" in message
    assert "secret" not in message


def test_a_missing_driver_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the extra package, PostgreSQL says how to get it."""
    monkeypatch.setitem(sys.modules, "psycopg", None)
    assert refusal("postgresql+psycopg://user@h/db").endswith(
        "needs the Python package psycopg: pip install 'vjourney[postgres]'"
    )


def test_the_schema_is_the_one_of_the_tables(url: str) -> None:
    """Migrations lead exactly to the tables that the program uses, and opening again changes nothing."""
    Store.open(url).close()
    Store.open(url).close()
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, metadata) == []
    engine.dispose()


@pytest.mark.parametrize(("table", "kind"), [("event", Event), ("declaration", Declaration), ("transition", Transition)])
def test_a_table_has_every_field_of_what_it_keeps(table: str, kind: type) -> None:
    """A field that is added to a fact or a result must find its column, or it would be lost."""
    owners = {"instance_uuid", "scope_id"}
    assert {column.name for column in metadata.tables[table].columns} - owners == {
        field.name for field in fields(kind)
    } - owners


def test_sqlite_is_set_up_to_lose_nothing(tmp_path: Path) -> None:
    """The write-ahead log is on, so that readers and a writer do not wait for each other."""
    Store.open(f"sqlite:///{tmp_path}/x.db").close()
    with closing(sqlite3.connect(tmp_path / "x.db")) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


@pytest.mark.e2e
def test_a_standby_says_so(postgresql: Callable[[], str], poll: Callable[..., PollRecord]) -> None:
    """A server that takes nothing new is no file whose permissions could be changed."""
    address = postgresql()
    Store.open(address).close()
    with Store.open(f"{address}&options=-cdefault_transaction_read_only%3Don") as store:
        with pytest.raises(StoreError, match="accepts no writes: it is a standby or read-only"):
            store.record(poll())
        assert store.declarations() == {}


@pytest.mark.e2e
def test_a_server_that_falls_silent_is_not_waited_for_for_hours(postgresql: Callable[[], str]) -> None:
    """Where the way to it is cut, nothing ever comes back: the connection itself has to find out."""
    with Store.open(postgresql()) as store, store._engine.connect() as connection:  # noqa: SLF001  # to look at its options
        asked = connection.connection.driver_connection.info.get_parameters()  # type: ignore[union-attr]  # psycopg's own
    assert asked["tcp_user_timeout"] == "60000"
    assert int(asked["keepalives_idle"]) + int(asked["keepalives_interval"]) * int(asked["keepalives_count"]) == 60


@pytest.mark.e2e
def test_writers_see_what_they_waited_for(
    postgresql: Callable[[], str], poll: Callable[..., PollRecord], event: Callable[..., Event]
) -> None:
    """Also on a server that is set to show each transaction what was there at its start."""
    address = f"{postgresql()}&options=-cdefault_transaction_isolation%3Dserializable"
    with Store.open(address) as one, Store.open(address) as other, ThreadPoolExecutor() as threads:
        one.record(poll())
        with one._write() as connection:  # noqa: SLF001  # to stop in the middle
            alone(connection)
            waits = sa.text("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
            second = threads.submit(other.record, poll(events=(event(1, -1),)))
            while connection.execute(waits).first() is None:
                assert not second.done()
            assert write(connection, poll(events=(event(1, -1),))) == {event(1, -1).identity}
        assert second.result() == frozenset()


@pytest.mark.e2e
def test_a_writer_that_never_ends_is_not_waited_for_for_ever(
    postgresql: Callable[[], str],
    poll: Callable[..., PollRecord],
    event: Callable[..., Event],
    uuid: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A replica that hangs in the middle of its poll fails the poll of another in one sentence, and is then ended."""
    address = postgresql()
    record = poll(events=(event(1, -1),))
    with Store.open(address) as hanging, Store.open(address) as other:

        def hang() -> None:
            with hanging._write() as connection:  # noqa: SLF001  # to stop in the middle
                monkeypatch.setattr("vjourney.store.database.LOCK_SECONDS", 2)
                alone(connection)
                monkeypatch.setattr("vjourney.store.database.LOCK_SECONDS", 1)
                with pytest.raises(StoreError, match="is locked by another process: end the one whose transaction hangs"):
                    other.record(record)
                monkeypatch.setattr("vjourney.store.database.LOCK_SECONDS", 60)
                assert other.record(record) == {event(1, -1).identity}
                connection.execute(sa.text("SELECT 1"))

        with pytest.raises(StoreError, match="ended this transaction"):
            hang()
        assert hanging.high_water(uuid) == (1, event(1, -1).at)
