"""What tests of several packages need: the vCenter simulator and captured vCenters to load into it."""

from __future__ import annotations

import contextlib
import os
import select
import shutil
import socket
import subprocess
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

import pytest
from pyVim.connect import Disconnect, SmartConnect

START_SECONDS = 120.0
"""A loaded inventory of 10,000 virtual machines takes some ten seconds; a busy machine several times that."""


@dataclass(frozen=True, slots=True)
class Simulator:
    """A running vcsim. It ends with ``stop()``, or with the process that started it."""

    host: str
    port: int
    username: str
    password: str
    process: subprocess.Popen[str]

    @property
    def pid(self) -> int:
        """Its process id."""
        return self.process.pid

    def stop(self) -> None:
        """End it, by its own process; ending it twice is fine."""
        for stream in (self.process.stdin, self.process.stdout):
            if stream is not None:
                stream.close()
        self.process.kill()
        self.process.wait(timeout=10)


Login = Callable[[Simulator], contextlib.AbstractContextManager[Any]]
"""``login(simulator)``: a session by pyVmomi alone, independent of the collector; gives its ServiceInstance."""

StartVcsim = Callable[..., Simulator]
"""``start(*arguments, cwd=None)``: arguments as on vcsim's command line, ``cwd`` a directory of its own by default."""


def _vcsim_binary() -> str | None:
    """``vcsim`` from the path, else from where Go installs programs."""
    if found := shutil.which("vcsim"):
        return found
    folders = [Path(os.environ.get("GOPATH", Path.home() / "go"))]
    if go := shutil.which("go"):
        said = subprocess.run([go, "env", "GOPATH"], capture_output=True, text=True, check=False).stdout.strip()  # noqa: S603  # go itself
        folders += [Path(said)] if said else []
    return next((str(folder / "bin/vcsim") for folder in folders if (folder / "bin/vcsim").is_file()), None)


def _start(binary: str, arguments: tuple[str, ...], cwd: Path) -> Simulator:
    log = cwd / "vcsim.log"
    with log.open("w") as errors:
        process = subprocess.Popen(  # noqa: S603  # the simulator that was found above
            [binary, "-l", "127.0.0.1:0", "-stdinexit", *arguments],
            cwd=cwd,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
    try:
        url = _printed_url(process, log)
        host, port = url.hostname or "127.0.0.1", url.port or 443
        socket.create_connection((host, port), timeout=10).close()
    except BaseException:
        process.kill()
        process.communicate()
        raise
    return Simulator(host, port, url.username or "user", url.password or "pass", process)


def _printed_url(process: subprocess.Popen[str], log: Path) -> SplitResult:
    """The address in the one line that vcsim prints once it listens."""
    stdout = process.stdout
    if stdout is not None and select.select([stdout], [], [], START_SECONDS)[0]:
        for word in stdout.readline().split():
            if word.startswith("GOVC_URL="):
                return urlsplit(word.removeprefix("GOVC_URL="))
    pytest.fail(f"vcsim did not start: {log.read_text()[-500:]}")


@pytest.fixture(scope="session")
def vcsim(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StartVcsim]:
    """Start simulators on free loopback ports, each in a directory of its own; all end with the tests."""
    binary = _vcsim_binary()
    if binary is None:
        pytest.skip("vcsim is not installed: make vcsim (needs Go), or put it into the PATH")
    with contextlib.ExitStack() as running:

        def start(*arguments: str, cwd: Path | None = None) -> Simulator:
            simulator = _start(binary, arguments, cwd or tmp_path_factory.mktemp("vcsim"))
            running.callback(simulator.stop)
            return simulator

        yield start


@pytest.fixture(scope="session")
def login() -> Login:
    """Ask a simulator without any code of the collector."""

    @contextlib.contextmanager
    def session(simulator: Simulator) -> Iterator[Any]:
        account = {"user": simulator.username, "pwd": simulator.password}
        service: Any = SmartConnect(host=simulator.host, port=simulator.port, disableSslCertValidation=True, **account)
        try:
            yield service
        finally:
            Disconnect(service)
            service._stub.DropConnections()  # noqa: SLF001  # pyVmomi leaves them open

    return session


@pytest.fixture(scope="session")
def captures(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The directory to give to ``vcsim -load`` for each captured vCenter, by the name of its archive."""
    folder = Path(os.environ.get("VJOURNEY_CAPTURES") or Path(__file__).parents[2] / "shared/recordings")
    archives = sorted(folder.glob("*.tar.xz")) if folder.is_dir() else []
    if not archives:
        pytest.skip(f"there are no captured vCenters in {folder}: set VJOURNEY_CAPTURES to a folder of *.tar.xz")
    unpacked = {}
    for archive in archives:
        place = tmp_path_factory.mktemp("capture")
        with tarfile.open(archive) as tar:
            tar.extractall(place, filter="data")
        about = next(place.rglob("*-ServiceInstance-*.xml"), None)
        if about is None:
            pytest.fail(f"{archive} holds no captured vCenter")
        unpacked[archive.name.removesuffix(".tar.xz")] = about.parent
    return unpacked
