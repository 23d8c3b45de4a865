"""``vjourney demo``: the bundled recordings as vCenters, and a temporary store."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from pydantic import SecretStr

import fixtures.recordings
from vjourney.settings import Listen, Settings, Store, Vcenter, Web

REPLAY_INTERVAL = timedelta(seconds=5)
"""The interval of polls, each of which replays the next recorded one."""

REMOVALS = 20
PAUSE_SECONDS = 0.1
"""How often, and with which pauses, the removal of the temporary folder is attempted."""


@contextmanager
def settings(port: int) -> Iterator[Settings]:
    """A configuration of all bundled recordings, served on ``port`` of loopback, with SQLite in a temporary folder."""
    with _temporary_folder() as folder:
        yield Settings.model_construct(
            vcenters=tuple(
                Vcenter.model_construct(name=name, replay=file, poll_interval=REPLAY_INTERVAL)
                for name, file in recordings().items()
            ),
            web=Web.model_construct(listen=Listen("127.0.0.1", port)),
            store=Store.model_construct(url=SecretStr(f"sqlite:///{folder / 'demo.db'}")),
        )


@contextmanager
def _temporary_folder() -> Iterator[Path]:
    """A folder that is removed afterwards, even if a poll in flight still creates a journal of the database in it."""
    folder = Path(tempfile.mkdtemp(prefix="vjourney-demo-"))
    try:
        yield folder
    finally:
        for _ in range(REMOVALS):
            shutil.rmtree(folder, ignore_errors=True)
            if not folder.exists():
                break
            time.sleep(PAUSE_SECONDS)


def recordings() -> dict[str, Path]:
    """The files of the bundled recordings by the name of their estate.

    They are a package without modules, the only one of ``fixtures`` that is installed.
    """
    files = (file for folder in fixtures.recordings.__path__ for file in Path(folder).glob("*.yaml.gz"))
    return {file.name.removesuffix(".yaml.gz"): file for file in sorted(files)}
