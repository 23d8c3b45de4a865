"""Opening a database: connections that lose nothing, the schema brought up to date, failures in one sentence."""

from __future__ import annotations

import json
import logging
import sqlite3
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError

from vjourney.store.tables import metadata

_MIGRATIONS = Path(__file__).parent / "migrations"

READING: dict[str, Any] = {"reading": True}
"""Execution options of a connection that only reads, which needs no lock."""


LOCK = 0x766A6F75726E6579
"""The advisory lock of PostgreSQL that whoever writes a poll holds: an arbitrary number that is ours."""

LOCK_SECONDS = 60
"""How long that lock is waited for, and how long one who holds it may do nothing, before PostgreSQL ends it."""


_SIGNS_OF_LIFE = {
    "keepalives_idle": 20,
    "keepalives_interval": 10,
    "keepalives_count": 4,
    "tcp_user_timeout": LOCK_SECONDS * 1000,
}
"""After a minute without any from PostgreSQL's machine the connection has ended; by default that takes up to two hours."""


class StoreError(Exception):
    """The store cannot be used; the message is one sentence that says what to do."""


class OvertakenError(StoreError):
    """Another process changed meanwhile what this one went on from; nothing was written, and it has to look again."""


def open_engine(url: str, wait: float) -> sa.Engine:
    """An engine for ``url`` with the current schema in it; another program's lock is waited for ``wait`` seconds.

    Raises ``StoreError``.
    """
    try:
        address = sa.make_url(url)
        engine = sa.create_engine(address, **_options(address, wait))
    except (ArgumentError, NoSuchModuleError):
        raise StoreError("the store URL is not one of sqlite:///FILE and postgresql+psycopg://USER@HOST/DATABASE") from None
    except ModuleNotFoundError as error:
        raise StoreError(f"the store needs the Python package {error.name}: pip install 'vjourney[postgres]'") from None
    if address.get_backend_name() == "sqlite":
        _check_file(address)
        sa.event.listen(engine, "connect", _prepare_sqlite)
        sa.event.listen(engine, "begin", _begin_sqlite)
    try:
        with sentences(engine), engine.begin() as connection:
            _migrate(connection)
    except BaseException:
        engine.dispose()
        raise
    return engine


def alone(connection: sa.Connection) -> None:
    """Wait until nobody else writes a poll, and let nobody do so until this transaction ends.

    SQLite has one writer at a time anyway.
    """
    if connection.dialect.name == "postgresql":
        for setting in ("lock_timeout", "idle_in_transaction_session_timeout"):
            connection.execute(sa.select(sa.func.set_config(setting, f"{LOCK_SECONDS}s", True)))  # noqa: FBT003  # for this transaction
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK)))


@contextmanager
def sentences(engine: sa.Engine) -> Iterator[None]:
    """Turn what the database says into a ``StoreError`` that a user understands."""
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error) as error:  # the second where a new connection is prepared
        said = str(error.orig if isinstance(error, DBAPIError) else error).strip().splitlines()[0]
        raise StoreError(f"{_shown(engine.url)} {_advice(said.lower(), said)}") from error
    except (UnicodeDecodeError, json.JSONDecodeError) as error:  # SQLite hands out what is there, whatever it has become
        raise StoreError(f"{_shown(engine.url)} {_DAMAGED}") from error


def _options(address: sa.URL, wait: float) -> dict[str, Any]:
    if address.get_backend_name() == "sqlite":
        return {"connect_args": {"timeout": wait}}
    # a server may be set to another isolation, in which whoever waited for the lock would still see what was before it
    asked = {"isolation_level": "READ COMMITTED", "pool_pre_ping": True}
    # behind a pooler the next transaction may be on a connection where that name stands for another program's statement
    unprepared = {"prepare_threshold": None}
    logging.getLogger("psycopg").setLevel(logging.ERROR)  # of a connection that is lost whoever uses it tells
    return asked | {"connect_args": {"connect_timeout": max(2, round(wait)), **unprepared, **_SIGNS_OF_LIFE}}


def _check_file(address: sa.URL) -> None:
    if not address.database or address.database == ":memory:":
        raise StoreError("the store URL names no file: write sqlite:///FILE")
    if not Path(address.database).parent.is_dir():
        raise StoreError(
            f"the store {address.database} is in a folder that does not exist: create {Path(address.database).parent}"
        )


def _prepare_sqlite(connection: Any, _record: object) -> None:  # noqa: ANN401  # sqlite3's connection, or a wrapper of it
    # The driver's own transactions start late and end at schema changes; here _begin_sqlite starts them.
    connection.isolation_level = None
    connection.execute("PRAGMA journal_mode = WAL")  # readers see the last commit while a poll is written
    connection.execute("PRAGMA synchronous = FULL")  # one flush a poll is cheap, and a power cut loses no commit either
    connection.execute("PRAGMA foreign_keys = ON")


def _begin_sqlite(connection: sa.Connection) -> None:
    # A transaction that reads first and writes later fails at once when another one wrote in between, whatever the
    # busy timeout; taking the write lock at the start waits for it instead.
    reading = connection.get_execution_options().get("reading", False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def _migrate(connection: sa.Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    logging.getLogger("alembic").setLevel(logging.WARNING)
    scripts = ScriptDirectory.from_config(config)
    newest = (scripts.get_current_head(),)
    if MigrationContext.configure(connection).get_current_heads() == newest:
        return
    alone(connection)  # replicas start together; who comes second finds everything done
    _check_ours(connection, {script.revision for script in scripts.walk_revisions()})
    if MigrationContext.configure(connection).get_current_heads() != newest:
        command.upgrade(config, "head")


def _check_ours(connection: sa.Connection, known: Collection[str]) -> None:
    """Refuse a schema that is not one of those ``known``: a later one, or one that another program made."""
    found = MigrationContext.configure(connection).get_current_heads()
    where, names = _shown(connection.engine.url), set(sa.inspect(connection).get_table_names())
    ours = names & set(metadata.tables)
    if not found and ours:
        raise StoreError(f"{where} belongs to another program (it has a table {min(ours)}): use another store")
    if set(found) <= set(known):
        return
    if len(found) > 1 or not ours:
        raise StoreError(f"{where} belongs to another program (its schema is {', '.join(sorted(found))}): use another store")
    raise StoreError(f"{where} was written by a newer vjourney (schema {found[0]}): upgrade vjourney, or use another store")


def _shown(address: sa.URL) -> str:
    if address.get_backend_name() == "sqlite":
        return f"the store {address.database}"
    return f"the store {address.render_as_string(hide_password=True)}"


_DAMAGED = "is damaged: restore a backup, or move the file away to start anew"

_ENDED = "ended the connection: it was restarted, or somebody ended its sessions; try again"
_FULL = "has no connection left: end other clients of it, or raise its max_connections"
_SOON = "is starting or stopping: try again in a moment"

_ADVICE = (
    ("lock timeout", "is locked by another process: end the one whose transaction hangs, then try again"),
    ("idle-in-transaction timeout", "ended this transaction, which did nothing for too long: is the machine overloaded?"),
    ("too many clients", _FULL),
    ("connection slots", _FULL),
    ("too many connections", _FULL),
    ("starting up", _SOON),
    ("shutting down", _SOON),
    ("not yet accepting connections", _SOON),
    ("in recovery mode", _SOON),
    ("connection refused", "is not there (connection refused): start it, or correct host and port of the store URL"),
    ("terminating connection", _ENDED),
    ("closed the connection", _ENDED),
    ("connection is lost", _ENDED),
    ("locked", "is locked by another program: end that program, or use another store"),
    (
        "read-only transaction",
        "accepts no writes: it is a standby or read-only; name the primary server in the store URL",
    ),
    ("readonly", "cannot be written: make the file and its folder writable for this user"),
    ("read-only", "cannot be written: make the file and its folder writable for this user"),
    ("unable to open", "cannot be opened: make the file and its folder readable and writable for this user"),
    ("not a database", "is not an SQLite database: restore a backup, or move the file away to start anew"),
    ("malformed", _DAMAGED),
    ("could not decode", _DAMAGED),
    ("disk is full", "has no room left: free some disk space"),
    ("no space left", "has no room left: free some disk space"),
    ("disk i/o", "cannot be read or written (disk I/O error): check its disk"),
    ("authentication failed", "refuses this user or password: check username and password of the store URL"),
    ("no password supplied", "requires a password: give store.password_file or store.password_env"),
)


def _advice(said: str, verbatim: str) -> str:
    return next((advice for words, advice in _ADVICE if words in said), f"cannot be used: {verbatim}")
