"""What tests of the program need: its logs, its command line, an empty database for each test, bundled estates recorded.

The database is SQLite by default, and PostgreSQL as well where tests marked e2e run.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from collector.vcenter import cassette
from vjourney import logs, recording
from vjourney.cli import app
from vjourney.demo import recordings
from vjourney.settings import Vcenter
from vjourney.store import Store


@pytest.fixture(autouse=True)
def _logs() -> None:
    """Logs go where the program sends them."""
    logs.configure()


Run = Callable[..., Result]


@pytest.fixture(scope="session")
def run() -> Run:
    """``run(*arguments, given=None)``: the command line in this process, with this on its standard input."""

    def called(*arguments: object, given: str | None = None) -> Result:
        return CliRunner().invoke(app, [str(argument) for argument in arguments], input=given)

    return called


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Callable[[], str]]:
    """A private PostgreSQL server on a socket of its own; each call makes a database and returns its URL."""
    psycopg = pytest.importorskip("psycopg", reason="psycopg is not installed: pip install 'vjourney[postgres]'")
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    server = shutil.which("postgres") or (str(installed[-1]) if installed else None)
    if server is None:
        pytest.skip("PostgreSQL is not installed: on Debian, apt install postgresql")
    binaries = Path(server).resolve().parent
    # The server refuses to run as root, and who it runs as must reach its files: not under pytest's own folder.
    names = {entry.pw_name for entry in pwd.getpwall()}
    user = None if os.geteuid() else "postgres" if "postgres" in names else "nobody"
    folder = Path(tempfile.mkdtemp(prefix="vjourney-pg-"))
    try:
        if user:
            shutil.chown(folder, user)
        data = str(folder / "data")
        made = [str(binaries / "initdb"), "-D", data, "-U", "vjourney", "--auth=trust", "-E", "UTF8", "--no-sync"]
        subprocess.run(made, user=user, cwd=folder, check=True, capture_output=True)  # noqa: S603  # PostgreSQL's own program
        options = ["-c", "listen_addresses=", "-k", str(folder), "-c", "fsync=off", "-c", "timezone=Asia/Kolkata"]
        with subprocess.Popen(  # noqa: S603  # the same
            [server, "-D", data, *options], user=user, cwd=folder, stderr=subprocess.PIPE, text=True
        ) as process:
            try:
                for line in process.stderr or ():
                    if "ready to accept connections" in line:
                        break
                numbers = count()

                def database() -> str:
                    name = f"test{next(numbers)}"
                    with closing(
                        psycopg.connect(host=str(folder), user="vjourney", dbname="postgres", autocommit=True)
                    ) as connection:
                        connection.execute(f"CREATE DATABASE {name}")
                    return f"postgresql+psycopg://vjourney@/{name}?host={folder}"

                yield database
            finally:
                process.send_signal(signal.SIGINT)  # with SIGTERM it would wait for whoever is still connected
    finally:
        shutil.rmtree(folder)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.e2e)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/vjourney.db"
    address: str = request.getfixturevalue("postgresql")()
    return address


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    """A store in an empty database."""
    with Store.open(url) as opened:
        yield opened


@pytest.fixture
def record_bundled(monkeypatch: pytest.MonkeyPatch) -> Callable[..., recording.Recorded]:
    """Record a bundled estate as ``vjourney record`` does, its recording being the vCenter."""
    where = Vcenter.model_construct(name="vc-acme", host="vcenter.acme.example", username="u", replay=None)

    def record(name: str, out: Path, polls: int, **options: object) -> recording.Recorded:
        base = cassette.replay(recordings()[name]).connection
        with monkeypatch.context() as patched:
            patched.setattr(recording, "connection_class", lambda _: base)
            patched.setattr(recording, "endpoint", lambda _: cassette.replay_endpoint("vc-acme"))
            plan: dict[str, Any] = {"every": timedelta(days=1), "wait": lambda _: None, **options}
            return recording.record(where, out, polls=polls, **plan)

    return record
