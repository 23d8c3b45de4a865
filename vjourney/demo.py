"""``vjourney demo``: the bundled recordings as vCenters, and a store that is gone afterwards."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from pydantic import SecretStr

import fixtures
from vjourney.settings import Listen, Settings, Store, Vcenter, Web

REPLAY_INTERVAL = timedelta(seconds=5)
"""How long the page of the demonstration stays at one recorded day before it goes on to the next."""

REMOVALS = 20
PAUSE_SECONDS = 0.1
"""How often, and after which pauses, a folder is removed in which a poll in flight still writes."""


@contextmanager
def settings(port: int) -> Iterator[Settings]:
    """A configuration of every bundled recording, served at ``port`` on loopback, with SQLite in a temporary folder."""
    with _passing_folder() as folder:
        yield Settings.model_construct(
            vcenters=tuple(
                Vcenter.model_construct(name=name, replay=file, poll_interval=REPLAY_INTERVAL)
                for name, file in recordings().items()
            ),
            web=Web.model_construct(listen=Listen("127.0.0.1", port)),
            store=Store.model_construct(url=SecretStr(f"sqlite:///{folder / 'demo.db'}")),
        )


@contextmanager
def _passing_folder() -> Iterator[Path]:
    """A folder that is gone afterwards, also where a poll in flight still makes a journal of the database in it."""
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
    """The bundled recordings by the name of the estate they were made from."""
    folder = Path(fixtures.__file__).parent / "recordings"
    return {file.name.removesuffix(".yaml.gz"): file for file in sorted(folder.glob("*.yaml.gz"))}
