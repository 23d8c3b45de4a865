"""Debian's Alertmanager takes changes of stage: active, known again after it forgot them, and resolved."""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from exporters.alerts.alertmanager import Alertmanager
from inference.results import Assessment, Declaration, ModelInfo, Posterior, Scope, Transition
from vjourney.delivery import ACTIVE, RESEND, Deliveries
from vjourney.settings import Alerts
from vjourney.store import PollRecord, Store

pytestmark = pytest.mark.e2e

UUID = "5cf1bb1a-0000-4000-8000-000000000001"
CLUSTER = Scope("cluster", f"{UUID}/domain-c8", 'Compute "A" \\ Zürich', "prod")
PATIENCE = 60.0

CONFIG = """
route: {{receiver: sink, group_by: [...], group_wait: 0s, group_interval: 1s, repeat_interval: 1h}}
receivers: [{{name: sink, webhook_configs: [{{url: "{url}/", send_resolved: true}}]}}]
"""


class Told:
    """What Alertmanager tells its receiver, by state and stage, as it comes in."""

    def __init__(self, sink: Any) -> None:  # noqa: ANN401  # tests share no module to import its type from
        self._sink = sink
        self._arrived = threading.Semaphore(0)
        sink.before_answer = self._arrived.release

    def wait_for(self, status: str, stage: str) -> dict[str, Any]:
        """The alert in this state for a change to this stage, once it is told."""
        while True:
            for body in self._sink.bodies:
                alert: dict[str, Any]
                for alert in body["alerts"]:
                    if (alert["status"], alert["labels"]["to"]) == (status, stage):
                        return alert
            if not self._arrived.acquire(timeout=PATIENCE):
                pytest.fail(f"{status} {stage} was not told; what was: {self._sink.bodies}")


class Program:
    """Debian's Alertmanager on a free port of loopback; what it knows is gone when it starts again."""

    def __init__(self, binary: str, folder: Path, receiver: str) -> None:
        with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as free:
            self.url = f"http://127.0.0.1:{free.getsockname()[1]}"
        self._config = folder / "alertmanager.yml"
        self._config.write_text(CONFIG.format(url=receiver), encoding="utf-8")
        self._binary = binary
        self._log = folder / "alertmanager.log"
        self._process = self._start()

    def restart(self) -> None:
        """End it and start it anew."""
        self.stop()
        self._process = self._start()

    def stop(self) -> None:
        """End it, by its own process."""
        self._process.kill()
        self._process.communicate(timeout=PATIENCE)

    def active(self) -> dict[str, dict[str, Any]]:
        """Its active alerts by the stage that was reached."""
        answer = httpx.get(f"{self.url}/api/v2/alerts", params={"active": "true"}, timeout=PATIENCE, trust_env=False)
        return {alert["labels"]["to"]: alert for alert in answer.raise_for_status().json()}

    def _start(self) -> subprocess.Popen[str]:
        listen = f"--web.listen-address={self.url.removeprefix('http://')}"
        storage = f"--storage.path={self._config.parent / 'data'}"
        process = subprocess.Popen(  # noqa: S603  # Alertmanager itself
            [self._binary, f"--config.file={self._config}", storage, listen, "--cluster.listen-address="],
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stderr is not None
        said = []
        for line in process.stderr:  # it says when it listens
            said.append(line)
            if "Listening on" in line or "TLS is disabled" in line:
                threading.Thread(target=process.stderr.read, daemon=True).start()
                return process
        pytest.fail(f"Alertmanager did not start: {''.join(said)[-800:]}")


@pytest.fixture
def receiver(web_sink: Callable[[], Any]) -> Any:  # noqa: ANN401  # tests share no module to import its type from
    """Who is told by Alertmanager."""
    return web_sink()


@pytest.fixture
def alertmanager(tmp_path: Path, receiver: Any) -> Iterator[Program]:  # noqa: ANN401  # the same
    """A running Alertmanager."""
    binary = shutil.which("prometheus-alertmanager")
    if binary is None:
        pytest.skip("Alertmanager is not installed: on Debian, apt install prometheus-alertmanager")
    program = Program(binary, tmp_path, receiver.url)
    yield program
    program.stop()


class Sender:
    """The deliveries of a service whose clock tests move on."""

    def __init__(self, folder: Path, url: str) -> None:
        self.now = datetime.now(UTC) - timedelta(minutes=10)  # tests move on faster than the clock of Alertmanager
        self.store = Store.open(f"sqlite:///{folder / 'x.db'}")
        alerts = Alerts.model_validate({"alertmanagers": (url,)}, strict=False)
        self._deliveries = Deliveries(alerts, self.store.outbox, clock=lambda: self.now, latest=lambda: None)

    def change(self, before: int | None, after: int) -> None:
        """A poll that changes the declared stage of the cluster."""
        change = Transition(CLUSTER.id, self.now, before, after, "estate")
        posterior = Posterior((0.1, 0.2, 0.6, 0.1), 2.2, 1.0, (1.5, 3.0))
        assessment = Assessment(CLUSTER, self.now, posterior, after, 0.5, 0.8, ())
        self.store.record(
            PollRecord(
                instance_uuid=UUID,
                vcenter="prod",
                taken_at=self.now,
                model=ModelInfo("journey", "1", "x"),
                declarations={CLUSTER.id: Declaration(declared=after)},
                transitions=(change,),
                deliveries=self._deliveries.announce((assessment,), (change,)),
            )
        )

    def deliver(self) -> None:
        """A round for the Alertmanager."""
        (target,) = self._deliveries.targets
        self._deliveries.deliver(target)


@pytest.fixture
def sender(tmp_path: Path, alertmanager: Program) -> Iterator[Sender]:
    """A service for which IT Production was declared at first."""
    made = Sender(tmp_path, alertmanager.url)
    made.change(None, 1)
    made.now += timedelta(milliseconds=1)
    yield made
    made.store.close()


def test_a_change_is_active_survives_a_restart_and_is_resolved_by_the_next(
    alertmanager: Program,
    receiver: Any,  # noqa: ANN401  # tests share no module to import its type from
    sender: Sender,
) -> None:
    """Alertmanager shows it with its labels, knows it again after a restart, and tells of its end."""
    told = Told(receiver)
    assert Alertmanager("alerts.alertmanagers[0]", alertmanager.url).reach().startswith("answers: Alertmanager 0.")
    sender.change(1, 2)
    sender.deliver()
    assert told.wait_for("firing", "business_production")["labels"] == {
        "alertname": "VjourneyStageChange",
        "scope": "cluster",
        "vcenter": "prod",
        "vsphere_cluster": CLUSTER.name,
        "from": "it_production",
        "to": "business_production",
        "severity": "info",
    }
    assert list(alertmanager.active()) == ["business_production"]

    alertmanager.restart()
    assert alertmanager.active() == {}
    sender.now += RESEND
    sender.deliver()
    (again,) = alertmanager.active().values()
    assert again["status"]["state"] in {"active", "unprocessed"}

    sender.now += RESEND
    sender.change(2, 1)
    sender.deliver()
    told.wait_for("firing", "it_production")
    told.wait_for("resolved", "business_production")
    assert list(alertmanager.active()) == ["it_production"]


def test_a_change_ends_by_itself_when_nobody_sends_it_any_more(
    alertmanager: Program,
    receiver: Any,  # noqa: ANN401  # tests share no module to import its type from
    sender: Sender,
) -> None:
    """The end of an alert is sent with it, so that a stopped service leaves none behind."""
    told = Told(receiver)
    sender.now = datetime.now(UTC) - ACTIVE + timedelta(seconds=3)
    sender.change(1, 2)
    sender.deliver()
    told.wait_for("firing", "business_production")
    told.wait_for("resolved", "business_production")
    assert alertmanager.active() == {}
