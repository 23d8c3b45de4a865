"""A server in this process that speaks as much SOAP over TLS as a test tells it to."""

from __future__ import annotations

import datetime as dt
import gzip
import ipaddress
import json
import re
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from collector.vcenter.session import Endpoint

PASSWORD = "t0p-secret"

VERSIONS = '<namespaces version="1.0"><namespace><name>urn:vim25</name><version>7.0.3.0</version></namespace></namespaces>'
ENVELOPE = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"'
    ' xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
    "<soapenv:Body>{}</soapenv:Body></soapenv:Envelope>"
)
CONTENT = """<returnval><rootFolder type="Folder">group-d1</rootFolder>
<propertyCollector type="PropertyCollector">propertyCollector</propertyCollector>
<about><name>VMware vCenter Server</name><fullName>VMware vCenter Server 7.0.3</fullName><vendor>VMware, Inc.</vendor>
<version>7.0.3</version><build>1</build><osType>linux-x64</osType><productLineId>vpx</productLineId><apiType>{}</apiType>
<apiVersion>7.0.3.0</apiVersion><instanceUuid>11111111-2222-3333-4444-555555555555</instanceUuid></about>
<sessionManager type="SessionManager">SessionManager</sessionManager>
<authorizationManager type="AuthorizationManager">AuthorizationManager</authorizationManager></returnval>"""
USER_SESSION = """<returnval><key>52aa-key</key><userName>CORP\\svc</userName><fullName>Service Account</fullName>
<loginTime>2026-01-01T00:00:00Z</loginTime><lastActiveTime>2026-01-01T00:00:00Z</lastActiveTime><locale>en</locale>
<messageLocale>en</messageLocale><extensionSession>false</extensionSession><ipAddress>10.9.8.7</ipAddress>
<userAgent>secret-agent</userAgent><callCount>0</callCount></returnval>"""

Handler = BaseHTTPRequestHandler


@dataclass
class FakeVcenter:
    """What to answer to each SOAP method (or to ``GET``), and what was asked."""

    host: str
    port: int
    ca_file: Path
    certificate: bytes
    answers: dict[str, Callable[[Handler], object]] = field(default_factory=dict)
    received: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    packed: bool = False
    body: str = ""
    user_session: str = USER_SESSION.replace("<returnval>", '<returnval xsi:type="UserSession">', 1)
    release: threading.Event = field(default_factory=threading.Event)

    def endpoint(self, **changes: Any) -> Endpoint:  # noqa: ANN401  # the fields of Endpoint
        """How to reach it, trusting its certificate."""
        plain = Endpoint("prod", self.host, "svc@corp", PASSWORD, port=self.port, ca_file=self.ca_file, timeout=20.0)
        return replace(plain, **changes)

    def send(self, handler: Handler, body: str | bytes, status: int = 200, **headers: str) -> None:
        """Answer one request; ``headers`` with underscores for hyphens."""
        raw = body.encode() if isinstance(body, str) else body
        if self.packed and "gzip" in handler.headers.get("Accept-Encoding", ""):
            raw = gzip.compress(raw)
            headers["Content_Encoding"] = "gzip"
        handler.send_response(status)
        given = {"Content_Type": "text/xml", "Content_Length": str(len(raw))} | headers
        for name, value in given.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(raw)

    def answer(self, method: str, result: str = "") -> None:
        """Answer this method with an element ``returnval`` or several."""
        body = ENVELOPE.format(f'<{method}Response xmlns="urn:vim25">{result}</{method}Response>')
        self.answers[method] = lambda handler: self.send(handler, body)

    def each(self, method: str, result: Callable[[], str]) -> None:
        """Answer this method with something new each time."""

        def again(handler: Handler) -> None:
            self.answer(method, result())
            self.answers[method], answering = again, self.answers[method]
            answering(handler)

        self.answers[method] = again

    def fetch(self, properties: dict[str, str], **headers: str) -> None:
        """Answer reads of single properties, by the name of the property."""

        def chosen(handler: Handler) -> None:
            name = next(name for name in properties if f">{name}</prop>" in self.body)
            body = ENVELOPE.format(f'<FetchResponse xmlns="urn:vim25">{properties[name]}</FetchResponse>')
            self.send(handler, body, 200, **headers)

        self.answers["Fetch"] = chosen

    def fault(self, method: str, name: str, text: str = "", inside: str = "") -> None:
        """Answer this method with a fault of the API."""
        detail = f'<{name}Fault xmlns="urn:vim25" xsi:type="{name}">{inside}</{name}Fault>'
        fault = f"<faultcode>ServerFaultCode</faultcode><faultstring>{text}</faultstring><detail>{detail}</detail>"
        body = ENVELOPE.format(f"<soapenv:Fault>{fault}</soapenv:Fault>")
        self.answers[method] = lambda handler: self.send(handler, body, 500)

    def raw(self, method: str, body: str | bytes, status: int = 200, **headers: str) -> None:
        """Answer this method with these bytes."""
        self.answers[method] = lambda handler: self.send(handler, body, status, **headers)

    def json(self, asked: str, value: object, status: int = 200) -> None:
        """Answer a request of the REST API, named by method and path, with this as JSON."""
        self.raw(asked, json.dumps(value), status, Content_Type="application/json")

    def silent(self, method: str) -> None:
        """Leave this method without an answer until the test ends."""
        self.answers[method] = lambda _: void(self.release.wait())


def void(_: object) -> None:
    """Drop a result."""


def _handler(fake: FakeVcenter) -> type[Handler]:
    class Scripted(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path.startswith(("/api", "/rest")):
                self.rest("GET")
                return
            fake.received.append(f"GET {self.path}")
            fake.answers["GET"](self)

        def do_DELETE(self) -> None:
            self.rest("DELETE")

        def rest(self, method: str) -> None:
            """Answer as scripted for this method and path, else that there is no such path."""
            asked = f"{method} {self.path}"
            fake.received.append(asked)
            fake.headers.append(dict(self.headers))
            answer = fake.answers.get(asked)
            if answer is None:
                fake.send(self, "no such path", 404)
            else:
                answer(self)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            if self.path.startswith(("/api", "/rest")):
                fake.body = body
                self.rest("POST")
                return
            found = re.search(r"Body><(\w+)", body)
            method = found[1] if found else "?"
            fake.body = body
            fake.received.append(method)
            fake.answers[method](self)

        def log_message(self, *_: object) -> None:
            """Keep the test's output clean."""

    return Scripted


class _Server(ThreadingHTTPServer):
    daemon_threads = False

    def handle_error(self, *_: object) -> None:
        """A client that gives up is what several tests are about."""


Message = Callable[[str], bytes]


@pytest.fixture(scope="session")
def message() -> Message:
    """``message(body)``: a SOAP message with this body."""
    return lambda body: ENVELOPE.format(body).encode()


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A self-signed certificate for 127.0.0.1 with its key, in one PEM file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "vcenter.test")])
    start = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + dt.timedelta(days=365 * 100))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file = tmp_path_factory.mktemp("certificate") / "server.pem"
    file.write_bytes(made.public_bytes(serialization.Encoding.PEM) + secret)
    return file


@pytest.fixture
def fake(certificate: Path) -> Iterator[FakeVcenter]:
    """A server that lets anyone log in and tells the time; a test changes its answers."""
    der = ssl.PEM_cert_to_DER_cert(certificate.read_text().partition("-----BEGIN PRIVATE")[0])
    server = _Server(("127.0.0.1", 0), BaseHTTPRequestHandler)
    vcenter = FakeVcenter("127.0.0.1", server.server_address[1], certificate, der)
    server.RequestHandlerClass = _handler(vcenter)
    secured = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    secured.load_cert_chain(certificate)
    server.socket = secured.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    vcenter.raw("GET", VERSIONS)
    vcenter.answer("RetrieveServiceContent", CONTENT.format("VirtualCenter"))
    vcenter.answer("Login", USER_SESSION)
    vcenter.answer("Logout")
    vcenter.answer("CurrentTime", "<returnval>2026-03-01T13:00:00+01:00</returnval>")
    serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    serving.start()
    yield vcenter
    vcenter.release.set()
    server.shutdown()
    serving.join()
    server.server_close()
