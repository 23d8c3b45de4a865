"""Real processes on one PostgreSQL: a change is told once, also when whoever recorded it is killed before telling."""

from __future__ import annotations

import contextlib
import json
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import yaml

from fixtures.activity import play
from fixtures.directory import write
from fixtures.expand import expand
from fixtures.loading import estates, load
from inference.judging.model import load as load_model
from inference.results import Declaration
from vjourney.store import PollRecord, Store

if TYPE_CHECKING:
    from tests.conftest import Eventually, Running

pytestmark = pytest.mark.e2e

PATIENCE = 90.0
"""Seconds a busy machine may take for what takes two."""

STOP_SECONDS = 5.0
"""The contract: how long the service may take to stop."""

DAY = timedelta(days=1)
Changes = Callable[[str], list[str]]
MODEL = Path(__file__).parents[3] / "inference/models/journey-1.yaml"


@pytest.fixture
def council(tmp_path: Path, vcsim: Callable[..., Any]) -> Any:  # noqa: ANN401  # the simulator of the shared fixture
    """A vCenter whose inventory reads as IT Production, now."""
    inventory = expand(load(estates()["it-production"]))
    play(inventory)[-1].state.restore()
    folder = tmp_path / "council"
    folder.mkdir()
    write(inventory, folder, datetime.now(UTC))
    return vcsim("-load", str(folder), "-username", "svc-vjourney", "-password", "simulated")


class Site:
    """A vCenter, a store and who listens: everything that replicas share."""

    def __init__(self, folder: Path, url: str, vcenter: Any, web: Any, mail: Any) -> None:  # noqa: ANN401  # of shared fixtures
        self.web, self.mail = web, mail
        self._folder = folder
        self.store = Store.open(url)
        # no event was ever seen, so the model must ask for less coverage than the shipped one
        model = yaml.safe_load(MODEL.read_text(encoding="utf-8"))
        model["hysteresis"]["coverage"]["value"] = 0.3
        (folder / "model.yaml").write_text(yaml.safe_dump(model, sort_keys=False), encoding="utf-8")
        (folder / "password").write_text("simulated")
        account = "username: svc-vjourney, password_file: password, tls: {verify: false}, poll_interval: 1s"
        to = f"mailto://127.0.0.1:{mail.port}/ops@b.example.com?from=vjourney@a.example.com"
        self._config = f"""vcenters: [{{name: live, host: 127.0.0.1, port: {vcenter.port}, {account}}}]
store: {{url: "{url}"}}
model: model.yaml
"""
        self.targets = {"alertmanagers": [f"{web.url}/am"], "notify": [f"{web.url}/hook", to]}

    def config(self) -> str:
        """A configuration for one more process, which listens at a port of its own."""
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        file = self._folder / f"{port}.yaml"
        alerts = json.dumps(self.targets)
        file.write_text(f'{self._config}alerts: {alerts}\nweb: {{listen: "127.0.0.1:{port}"}}\n')
        return str(file)

    def hold_back(self) -> None:
        """Let Experimentation be declared, and IT Production have been a candidate for a month."""
        command = [sys.executable, "-m", "vjourney", "once", "--config", self.config(), "--json"]
        done = subprocess.run(command, capture_output=True, check=False, timeout=PATIENCE)  # noqa: S603  # ourselves
        assert done.returncode == 0, done.stderr
        (whole,) = (each for each in self.store.latest() if each["scope"]["kind"] == "vcenter")
        assert whole["stage"]["inferred"] == 1
        taken_at = datetime.fromisoformat(whole["taken_at"])
        since, uuid = taken_at - 30 * DAY, whole["scope"]["id"]
        lower = Declaration(
            declared=0,
            since=since,
            candidate=1,
            candidate_since=since,
            candidate_coverage=whole["coverage"],
            candidate_cause="estate",
            evaluated_at=taken_at - DAY,
        )
        model = load_model(str(self._folder / "model.yaml")).info
        self.store.record(
            PollRecord(instance_uuid=uuid, vcenter="live", taken_at=taken_at, model=model, declarations={uuid: lower})
        )

    def told(self) -> tuple[int, int, int]:
        """How many messages and mails came, and how many different alerts."""
        alerts = {(alert["labels"]["to"], alert["startsAt"]) for body in self._at("/am") for alert in body}
        return len(self._at("/hook")), len(self.mail.mails), len(alerts)

    def _at(self, start: str) -> list[Any]:
        return [body for path, body in zip(self.web.paths, self.web.bodies, strict=False) if path.startswith(start)]


@pytest.fixture
def site(
    tmp_path: Path,
    postgresql: Callable[[], str],
    council: Any,  # noqa: ANN401  # tests share no module to import types from
    web_sink: Callable[[], Any],
    mail_sink: Any,  # noqa: ANN401  # the same
) -> Iterator[Site]:
    """A site at which a change of stage is due."""
    made = Site(tmp_path, postgresql(), council, web_sink(), mail_sink)
    try:
        made.hold_back()
        yield made
    finally:
        made.store.close()


@pytest.fixture
def changes(eventually: Eventually) -> Changes:
    """``changes(address)``: the samples of changes of the vCenter's stage that are not zero, once it was read."""

    def read(address: str) -> list[str]:
        said = str(eventually(lambda: text if "vjourney_stage{" in (text := httpx.get(f"{address}/metrics").text) else ""))
        return [line for line in said.splitlines() if re.match(r'vjourney_stage_changes_total\{.*scope="vcenter".* [^0]', line)]

    return read


def last_poll(address: str) -> float:
    """When the last poll succeeded, in seconds."""
    said = httpx.get(f"{address}/metrics").text
    found = re.search(r"^vjourney_last_poll_success_timestamp_seconds\{.*\} (.*)$", said, re.MULTILINE)
    return float(found[1]) if found else 0.0


@contextlib.contextmanager
def black_hole() -> Iterator[tuple[str, list[socket.socket]]]:
    """An address at which everything is taken and nothing answered, and the connections that were made there."""
    held: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def take() -> None:
            with contextlib.suppress(OSError):
                while True:
                    held.append(server.accept()[0])

        thread = threading.Thread(target=take, daemon=True)
        thread.start()
        yield f"127.0.0.1:{server.getsockname()[1]}", held
        server.shutdown(socket.SHUT_RDWR)
        thread.join(timeout=PATIENCE)
        for each in held:
            each.close()


def stop(process: subprocess.Popen[str]) -> None:
    """Let it end as a service manager would."""
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=PATIENCE) == 0


def test_two_processes_tell_a_change_once(site: Site, running: Running, eventually: Eventually, changes: Changes) -> None:
    """Both poll, one of them declares; every target hears once, both count one change, and a third one starts with it."""
    with running(site.config()) as (one, first), running(site.config()) as (other, second):
        assert eventually(lambda: site.told() == (1, 1, 1))
        assert changes(first) == changes(second)
        assert len(changes(first)) == 1
        one.kill()  # the other goes on from the same state
        one.wait(timeout=PATIENCE)
        assert len(changes(second)) == 1
        stop(other)
    with running(site.config()) as (third, address):
        assert len(changes(address)) == 1
        stop(third)
    assert site.told() == (1, 1, 1)
    assert [(change.from_stage, change.to_stage) for change in site.store.transitions()] == [(0, 1)]


def test_what_a_killed_process_recorded_is_told_by_the_others_once(
    site: Site, running: Running, eventually: Eventually, changes: Changes
) -> None:
    """SIGKILL between the commit and the first message: two others that start at once tell of it, once."""
    with running(site.config()) as (victim, _):
        eventually(site.store.transitions)
        victim.kill()
        victim.wait(timeout=PATIENCE)
    assert site.told() == (0, 0, 0)
    with running(site.config()) as (one, first), running(site.config()) as (other, second):
        assert eventually(lambda: site.told() == (1, 1, 1))
        assert len(changes(first)) == len(changes(second)) == 1
        stop(one)
        stop(other)
    assert site.told() == (1, 1, 1)


def test_a_target_that_never_answers_holds_up_neither_polls_nor_the_end(
    site: Site, running: Running, eventually: Eventually
) -> None:
    """While every target hangs, polls go on, the living target is told, and the service stops as fast as ever."""
    with black_hole() as (address, held):
        site.targets["alertmanagers"].append(f"http://{address}")
        site.targets["notify"] += [
            f"http://{address}/hook",
            f"mailto://{address}/ops@b.example.com?from=vjourney@a.example.com",
        ]
        with running(site.config()) as (process, page):
            eventually(lambda: len(held) >= 3)  # each of the three
            seen = last_poll(page)
            for _ in range(3):
                seen = eventually(lambda: (now := last_poll(page)) > seen and now)  # noqa: B023  # called at once
            assert eventually(lambda: site.told() == (1, 1, 1))
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=STOP_SECONDS) == 0
