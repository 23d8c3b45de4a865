"""What tests of several packages need: the vCenter simulator, captured vCenters, running services, who takes messages."""

from __future__ import annotations

import contextlib
import http.server
import importlib
import json
import os
import signal
import socketserver
import subprocess
import sys
import tarfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from pathlib import Path
from typing import Any

import httpx
import pytest
from pyVim.connect import Disconnect, SmartConnect

from fixtures import simulator as simulators
from fixtures.simulator import Simulator


@pytest.fixture(scope="session", autouse=True)
def hearing() -> None:
    """Hear what a shell, or nohup, makes those deaf to that it starts in the background: they, and all that they start."""
    for number, usual in ((signal.SIGINT, signal.default_int_handler), (signal.SIGHUP, signal.SIG_DFL)):
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, usual)


Login = Callable[[Simulator], contextlib.AbstractContextManager[Any]]
"""``login(simulator)``: a session by pyVmomi alone, independent of the collector; gives its ServiceInstance."""

StartVcsim = Callable[..., Simulator]
"""``start(*arguments)``: arguments as on vcsim's command line."""


@pytest.fixture(scope="session")
def vcsim(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StartVcsim]:
    """Start simulators on free loopback ports, each in a directory of its own; all end with the tests."""
    if simulators.binary() is None:
        pytest.skip("vcsim is not installed: make vcsim (needs Go), or put it into the PATH")
    with contextlib.ExitStack() as running:

        def start(*arguments: str) -> Simulator:
            simulator = simulators.start(*arguments, folder=tmp_path_factory.mktemp("vcsim"))
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


class Tagger:
    """Makes tags in a simulator, by plain requests to its REST API."""

    def __init__(self, simulator: Simulator) -> None:
        self.simulator = simulator
        self.session = self._ask("POST", "/session")

    def category(self, name: str) -> str:
        """A new category; its id."""
        spec = {"name": name, "description": f"{name} of the corporation", "cardinality": "MULTIPLE", "associable_types": []}
        return self._ask("POST", "/tagging/category", {"create_spec": spec})

    def tag(self, category: str, name: str) -> str:
        """A new tag in the category of this id; its id."""
        spec = {"name": name, "description": f"{name} of the corporation", "category_id": category}
        return self._ask("POST", "/tagging/tag", {"create_spec": spec})

    def attach(self, tag: str, kind: str, *ids: str) -> None:
        """Put a tag onto objects of a type."""
        for id_ in ids:
            asked = {"object_id": {"id": id_, "type": kind}}
            self._ask("POST", f"/tagging/tag-association/id:{tag}?~action=attach", asked)

    def _ask(self, method: str, path: str, body: object = None) -> str:
        at = self.simulator
        who: dict[str, Any] = (
            {"headers": {"vmware-api-session-id": self.session}} if path != "/session" else {"auth": (at.username, at.password)}
        )
        url = f"https://{at.host}:{at.port}/rest/com/vmware/cis{path}"
        answer = httpx.request(method, url, json=body, verify=False, timeout=30, **who)  # noqa: S501  # it makes its own certificate
        assert answer.status_code == httpx.codes.OK, f"{method} {path}: {answer.status_code} {answer.text}"
        return str(answer.json()["value"]) if answer.text.strip() else ""


@pytest.fixture(scope="session")
def tagger() -> Callable[[Simulator], Tagger]:
    """Who makes tags in a simulator."""
    return Tagger


@pytest.fixture(scope="session")
def pdf_libraries() -> None:
    """What WeasyPrint loads from the system; the rest of the report does without it."""
    try:
        importlib.import_module("weasyprint")
    except OSError as missing:
        pytest.skip(f"no PDF can be made here: apt install libpangoft2-1.0-0 libharfbuzz-subset0 ({missing})")


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


@dataclass(slots=True)
class WebSink:
    """A web server on loopback that keeps what is posted to it and answers with ``status``, after ``before_answer``.

    Whoever only asks gets ``answer``.
    """

    url: str = ""
    status: int = 200
    answer: object = None
    paths: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    bodies: list[Any] = field(default_factory=list)
    before_answer: Callable[[], None] = lambda: None


@dataclass(slots=True)
class MailSink:
    """A mail server on loopback that keeps what it is sent."""

    port: int = 0
    mails: list[Message] = field(default_factory=list)


@pytest.fixture
def web_sink() -> Iterator[Callable[[], WebSink]]:
    """Start web servers that end with the test."""
    with contextlib.ExitStack() as running:
        yield lambda: running.enter_context(_web_sink())


@pytest.fixture
def mail_sink() -> Iterator[MailSink]:
    """A mail server that ends with the test."""
    sink = MailSink()

    class Conversation(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            with contextlib.suppress(ConnectionError):  # somebody only looked whether a server is there
                self._talk()

        def _talk(self) -> None:
            self._say("220 sink")
            while line := self.rfile.readline().strip().upper():
                if line == b"DATA":
                    self._say("354 go on")
                    lines = iter(self.rfile.readline, b".\r\n")
                    sink.mails.append(message_from_bytes(b"".join(lines)))
                self._say("221 bye" if line == b"QUIT" else "250 fine")
                if line == b"QUIT":
                    return

        def _say(self, line: str) -> None:
            self.wfile.write(f"{line}\r\n".encode())

    with _serving(socketserver.ThreadingTCPServer(("127.0.0.1", 0), Conversation)) as port:
        sink.port = port
        yield sink


@contextlib.contextmanager
def _web_sink() -> Iterator[WebSink]:
    sink = WebSink()

    class Request(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            sink.paths.append(self.path)
            sink.headers.append(dict(self.headers))
            sink.bodies.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            sink.before_answer()
            self.send_response(sink.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def do_GET(self) -> None:
            sink.paths.append(self.path)
            body = json.dumps(sink.answer).encode()
            self.send_response(sink.status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing is written to standard error."""

    with _serving(http.server.ThreadingHTTPServer(("127.0.0.1", 0), Request)) as port:
        sink.url = f"http://127.0.0.1:{port}"
        yield sink


@contextlib.contextmanager
def _serving(server: socketserver.TCPServer) -> Iterator[int]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=10)


Running = Callable[[Path | str], contextlib.AbstractContextManager[tuple[subprocess.Popen[str], str]]]
"""``running(configuration)``: ``vjourney run`` as a process, and the address that it printed."""

Eventually = Callable[[Callable[[], Any]], Any]
"""``eventually(question)``: ask until the answer is true; that answer."""


@pytest.fixture(scope="session")
def running() -> Running:
    """Run the program as a process that ends with the block."""

    @contextlib.contextmanager
    def run(configuration: Path | str) -> Iterator[tuple[subprocess.Popen[str], str]]:
        command = [sys.executable, "-m", "vjourney", "run", "--config", str(configuration)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:  # noqa: S603  # ourselves
            try:
                assert process.stdout is not None
                words = process.stdout.readline().split()
                yield process, next(word for word in words if word.startswith("http")).rstrip("/")
            finally:
                process.kill()

    return run


@pytest.fixture(scope="session")
def eventually() -> Eventually:
    """Wait for what other processes do, for as long as a busy machine may take."""

    def ask(question: Callable[[], Any]) -> Any:  # noqa: ANN401  # whatever is asked for
        deadline = time.monotonic() + 90.0
        while time.monotonic() < deadline:
            with contextlib.suppress(httpx.HTTPError):
                if answer := question():
                    return answer
            time.sleep(0.2)
        pytest.fail("the answer never came")

    return ask
