"""The service as it is deployed: a process of its own beside a simulated vCenter, scraped by a real Prometheus."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from vjourney.demo import recordings

if TYPE_CHECKING:
    from tests.conftest import Eventually, Running

pytestmark = pytest.mark.e2e

PATIENCE = 90.0
"""Seconds a busy machine may take for what takes two."""

STOP_SECONDS = 5.0
"""The contract: how long the service may take to stop."""

USERNAME, PASSWORD = "svc-vjourney", "simulated"


def free_port() -> int:
    """A port on loopback that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def configuration(folder: Path, port: int, *, replay: str | None = None) -> Path:
    """A configuration of a simulated vCenter at ``port`` and, where named, a recording."""
    (folder / "password").write_text(PASSWORD)
    account = f"username: {USERNAME}, password_file: password, tls: {{verify: false}}"
    entries = [f"  - {{name: live, host: 127.0.0.1, port: {port}, {account}, poll_interval: 1s}}"]
    if replay is not None:
        entries.append(f"  - {{name: {replay}, replay: {recordings()[replay]}, poll_interval: 1s}}")
    file = folder / "vjourney.yaml"
    listen = f'web: {{listen: "127.0.0.1:{free_port()}"}}'
    file.write_text("\n".join(["vcenters:", *entries, listen, ""]))
    return file


@contextlib.contextmanager
def prometheus(folder: Path, target: str) -> Iterator[str]:
    """A real Prometheus that scrapes ``target`` every second."""
    program = shutil.which("prometheus")
    if program is None:
        pytest.skip("prometheus is not installed: apt install prometheus")
    config = folder / "prometheus.yml"
    jobs = [{"job_name": "vjourney", "static_configs": [{"targets": [target.removeprefix("http://")]}]}]
    config.write_text(json.dumps({"global": {"scrape_interval": "1s"}, "scrape_configs": jobs}))
    address = f"127.0.0.1:{free_port()}"
    command = [program, f"--config.file={config}", f"--storage.tsdb.path={folder / 'tsdb'}", f"--web.listen-address={address}"]
    with (folder / "prometheus.log").open("w") as log, subprocess.Popen(command, stdout=log, stderr=log) as process:  # noqa: S603  # Debian's
        try:
            yield f"http://{address}"
        finally:
            process.terminate()


@pytest.fixture
def sessions(login: Callable[..., Any]) -> Callable[[Any], int]:
    """How many sessions a simulator has besides the one that asks."""

    def ask(simulator: Any) -> int:  # noqa: ANN401  # the simulator of the shared fixture
        with login(simulator) as service:
            return len(service.content.sessionManager.sessionList) - 1

    return ask


@pytest.fixture
def vcenter(vcsim: Callable[..., Any]) -> Any:  # noqa: ANN401  # the simulator of the shared fixture
    """A simulated vCenter of two clusters."""
    account = ("-username", USERNAME, "-password", PASSWORD)
    return vcsim("-cluster", "2", "-host", "3", "-vm", "4", *account)


def test_prometheus_reads_the_stage(tmp_path: Path, vcenter: Any, running: Running, eventually: Eventually) -> None:  # noqa: ANN401
    """What the API says of stage, probabilities and counts is what a query of Prometheus returns."""
    config = configuration(tmp_path, vcenter.port, replay="business-production")
    with running(config) as (_, address), prometheus(tmp_path, address) as server:

        def ask(query: str) -> list[dict[str, Any]]:
            answer = httpx.get(f"{server}/api/v1/query", params={"query": query}).raise_for_status().json()
            found: list[dict[str, Any]] = answer["data"]["result"]
            return found

        query = 'vjourney_stage{scope="vcenter",vcenter="business-production"}'
        stage = eventually(lambda: ask(query))
        assert [float(each["value"][1]) for each in stage] == [2.0]
        probabilities = eventually(lambda: ask('sum by (vcenter) (vjourney_stage_probability{scope="vcenter"})'))
        assert {each["metric"]["vcenter"] for each in probabilities} == {"live", "business-production"}
        assert all(abs(float(each["value"][1]) - 1) < 1e-6 for each in probabilities)
        hosts = eventually(lambda: ask('vjourney_hosts{scope="vcenter",vcenter="live"}'))
        assert float(hosts[0]["value"][1]) == 7.0
        assert [each["value"][1] for each in eventually(lambda: ask("vjourney_up"))] == ["1", "1"]
        assert ask('up{job="vjourney"}')[0]["value"][1] == "1"


def test_sigterm_ends_the_service_and_its_session(
    tmp_path: Path,
    vcenter: Any,  # noqa: ANN401
    sessions: Callable[[Any], int],
    running: Running,
    eventually: Eventually,
) -> None:
    """The process leaves with 0 in time and is logged out of the vCenter."""
    with running(configuration(tmp_path, vcenter.port)) as (process, address):
        eventually(lambda: httpx.get(f"{address}/-/ready").status_code == httpx.codes.OK)
        assert sessions(vcenter) == 1

        process.send_signal(signal.SIGTERM)

        assert process.wait(STOP_SECONDS) == 0
        assert sessions(vcenter) == 0


def test_sigterm_does_not_wait_for_a_slow_vcenter(
    tmp_path: Path, vcsim: Callable[..., Any], sessions: Callable[[Any], int], running: Running, eventually: Eventually
) -> None:
    """A poll in flight is given up."""
    slow = vcsim("-method-delay", "WaitForUpdatesEx:60000", "-username", USERNAME, "-password", PASSWORD)
    with running(configuration(tmp_path, slow.port)) as (process, address):
        eventually(lambda: sessions(slow) == 1)
        assert httpx.get(f"{address}/-/ready").status_code == httpx.codes.SERVICE_UNAVAILABLE

        process.send_signal(signal.SIGTERM)

        assert process.wait(STOP_SECONDS) == 0


def test_sigterm_does_not_wait_for_one_that_never_answers(tmp_path: Path, running: Running) -> None:
    """Nor for a login: what takes connections and keeps silent, as firewalls do, is left where it is."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(PATIENCE)
        with running(configuration(tmp_path, silent.getsockname()[1])) as (process, _):
            connection, _ = silent.accept()
            with connection:
                process.send_signal(signal.SIGTERM)

                assert process.wait(STOP_SECONDS) == 0


@pytest.mark.parametrize("command", ["once", "check"])
def test_an_interrupt_does_not_wait_for_one_that_never_answers(command: str, tmp_path: Path) -> None:
    """Whoever presses Ctrl-C at a single poll or a check has the terminal back."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(PATIENCE)
        config = configuration(tmp_path, silent.getsockname()[1])
        with subprocess.Popen([sys.executable, "-m", "vjourney", command, "--config", str(config)]) as process:  # noqa: S603  # ourselves
            try:
                connection, _ = silent.accept()
                with connection:
                    process.send_signal(signal.SIGINT)

                    assert process.wait(STOP_SECONDS) == -signal.SIGINT
            finally:
                process.kill()


def test_a_vcenter_that_comes_back_is_read_again(
    tmp_path: Path, vcsim: Callable[..., Any], running: Running, eventually: Eventually
) -> None:
    """While it is away the metrics say so; afterwards polls succeed again, without a restart of the service."""
    port = free_port()
    account = ("-username", USERNAME, "-password", PASSWORD)
    first = vcsim("-l", f"127.0.0.1:{port}", *account)

    def up(address: str) -> str:
        lines = httpx.get(f"{address}/metrics").text.splitlines()
        return next((line.split()[-1] for line in lines if line.startswith('vjourney_up{vcenter="live"}')), "")

    with running(configuration(tmp_path, port)) as (_, address):
        assert eventually(lambda: up(address) == "1.0")
        first.stop()
        assert eventually(lambda: up(address) == "0.0")
        vcsim("-l", f"127.0.0.1:{port}", *account)
        assert eventually(lambda: up(address) == "1.0")


def test_interrupting_the_demo_ends_it_cleanly(tmp_path: Path, eventually: Eventually) -> None:
    """Ctrl-C leaves with 0, nothing on standard error, and no store behind."""
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    command = [sys.executable, "-m", "vjourney", "demo", "--port", "0"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, env=environment, text=True, **pipes) as process:  # type: ignore[call-overload]  # noqa: S603  # ourselves
        address = next(word for word in process.stdout.readline().split() if word.startswith("http")).rstrip("/")
        eventually(lambda: httpx.get(f"{address}/-/ready").status_code == httpx.codes.OK)
        assert "vjourney_stage_position" in httpx.get(f"{address}/metrics").text
        assert "<html" in httpx.get(address).text

        process.send_signal(signal.SIGINT)

        assert process.wait(STOP_SECONDS) == 0
        assert process.stderr.read() == ""
    assert list(tmp_path.iterdir()) == []
