"""Every way in which a vCenter cannot be read has its own one-line sentence."""

from __future__ import annotations

import errno
import gzip
import socket
import ssl
import threading
from http.client import BadStatusLine
from typing import TYPE_CHECKING

import pytest

from collector.vcenter import errors
from collector.vcenter.session import Endpoint, Session
from collector.vcenter.translate import translate

if TYPE_CHECKING:
    from tests.collector.vcenter.conftest import FakeVcenter

ANSWER = b'<?xml version="1.0"?><a:Envelope xmlns:a="http://schemas.xmlsoap.org/soap/envelope/"><a:Body/></a:Envelope>'

HOST_CONTENT = (
    '<returnval><rootFolder type="Folder">ha-folder-root</rootFolder><propertyCollector type="PropertyCollector">p'
    "</propertyCollector><about><name>VMware ESXi</name><fullName>VMware ESXi 7</fullName><vendor>VMware, Inc.</vendor>"
    "<version>7.0.3</version><build>1</build><osType>vmnix-x86</osType><productLineId>embeddedEsx</productLineId>"
    "<apiType>HostAgent</apiType><apiVersion>7.0.3.0</apiVersion></about></returnval>"
)


def refusal(endpoint: Endpoint) -> errors.VcenterError:
    """The error of opening a session there, after the checks that hold for every error."""
    with pytest.raises(errors.VcenterError) as failed:
        Session.open(endpoint)
    text = str(failed.value)
    assert "\n" not in text
    assert text.startswith(f"prod ({endpoint.address}): ")
    assert endpoint.password not in text
    assert len(text) < 420
    return failed.value


def test_a_refused_port_says_so(fake: FakeVcenter) -> None:
    """Nothing listens on a port that was just given back."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free = probe.getsockname()[1]
    assert isinstance(refusal(fake.endpoint(port=free)), errors.ConnectionRefused)


def test_an_unknown_host_says_so(fake: FakeVcenter, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name without an address, and a name that cannot have one."""

    def fail(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    assert isinstance(refusal(fake.endpoint(host="x" * 64 + ".test")), errors.HostUnknown)
    monkeypatch.setattr(socket, "getaddrinfo", fail)
    error = refusal(fake.endpoint(host="vc.test"))
    assert isinstance(error, errors.HostUnknown)
    assert "vc.test cannot be resolved" in str(error)


@pytest.mark.parametrize("method", ["GET", "RetrieveServiceContent", "Login"])
def test_a_silent_server_is_given_up(fake: FakeVcenter, method: str) -> None:
    """An answer slower than the timeout ends the attempt at every step, and says what was asked."""
    fake.silent(method)
    error = refusal(fake.endpoint(timeout=0.2))
    assert isinstance(error, errors.TimedOut)
    assert "within 0.2 s" in str(error)


def test_a_server_that_never_shakes_hands_is_given_up(fake: FakeVcenter) -> None:
    """A port that accepts and stays silent is a timeout too."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        error = refusal(fake.endpoint(port=listening.getsockname()[1], timeout=0.2))
    assert isinstance(error, errors.TimedOut)


@pytest.mark.parametrize("code", [502, 503, 504])
@pytest.mark.parametrize("method", ["GET", "RetrieveServiceContent"])
def test_a_vcenter_that_starts_is_not_mistaken_for_a_wrong_address(fake: FakeVcenter, method: str, code: int) -> None:
    """Its front end answers before its service does."""
    fake.raw(method, "no healthy upstream", code)
    error = refusal(fake.endpoint())
    assert isinstance(error, errors.Unavailable)
    assert f"HTTP {code}" in str(error)


@pytest.mark.parametrize("method", ["GET", "RetrieveServiceContent"])
def test_another_web_server_is_no_vsphere(fake: FakeVcenter, method: str) -> None:
    """It lacks the path of the API."""
    fake.raw(method, "<html>not here</html>", 404)
    assert isinstance(refusal(fake.endpoint()), errors.NotVsphere)


@pytest.mark.parametrize(
    ("method", "body"),
    [
        ("GET", b"<html><p>Welcome"),
        ("GET", b"<namespaces version='1.0'/>"),
        ("GET", b"<namespaces><namespace><name>urn:vim25</name><version>99.0</version></namespace></namespaces>"),
        ("RetrieveServiceContent", ANSWER),
        ("RetrieveServiceContent", b"<html/>"),
    ],
)
def test_an_answer_that_is_not_of_the_api_is_no_vsphere(fake: FakeVcenter, method: str, body: bytes) -> None:
    """A page that answers everything with 200 does not pass for a vCenter."""
    fake.raw(method, body)
    assert isinstance(refusal(fake.endpoint()), errors.NotVsphere)


def test_a_port_without_tls_is_no_vsphere(fake: FakeVcenter) -> None:
    """A server that answers the handshake in plain text is named as such."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(20)
        endpoint = fake.endpoint(port=listening.getsockname()[1])

        def answer() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.recv(1)
                connection.sendall(b"HTTP/1.0 400 Bad Request\r\n\r\n")

        answering = threading.Thread(target=answer)
        answering.start()
        error = refusal(endpoint)
        answering.join()
    assert isinstance(error, errors.NotVsphere)
    assert "TLS" in str(error)


@pytest.mark.parametrize(
    ("error", "kind", "says"),
    [
        (ssl.SSLError(1, "[SSL: UNSUPPORTED_PROTOCOL] unsupported protocol"), errors.TlsFailed, "unsupported protocol"),
        (ssl.SSLEOFError(8, "EOF occurred in violation of protocol"), errors.Unreachable, "it closed the connection"),
        (OSError(errno.EHOSTUNREACH, "No route to host"), errors.Unreachable, "No route to host"),
        (ConnectionResetError(errno.ECONNRESET, "Connection reset by peer"), errors.Unreachable, "reset by peer"),
        (BadStatusLine("SSH-2.0-OpenSSH_9.6"), errors.NotVsphere, "does not speak HTTP"),
        (RuntimeError("odd"), errors.MalformedAnswer, "RuntimeError: odd"),
    ],
)
def test_failures_that_need_a_broken_network_have_their_sentences(error: Exception, kind: type, says: str) -> None:
    """What cannot be provoked on one machine is translated all the same."""
    told = translate(error, Endpoint("prod", "vc.test", "svc", "secret"), "CurrentTime")
    assert type(told) is kind
    assert says in str(told)
    assert str(told).startswith("prod (vc.test:443): ")


@pytest.mark.parametrize(
    ("password", "says"), [("p", "the port of *** is shut"), ("shut", "the port of p is ***"), ("por", "the port of p is shut")]
)
def test_a_short_password_leaves_other_words_whole(password: str, says: str) -> None:
    """It is hidden where it stands, and sentences stay readable."""
    told = translate(
        OSError(errno.EHOSTUNREACH, "the port of p is shut"), Endpoint("prod", "vc.test", "svc", password), "Login"
    )
    assert says in str(told)


@pytest.mark.parametrize("method", ["RetrieveServiceContent", "Login"])
@pytest.mark.parametrize(
    "body",
    [ANSWER[:-20], b"", b"\x00\x01", b"<a><b></a>", gzip.compress(ANSWER, mtime=0)],
    ids=["cut", "empty", "binary", "crossed", "packed without saying so"],
)
def test_an_answer_that_is_no_xml_is_malformed(fake: FakeVcenter, method: str, body: bytes) -> None:
    """Cut short or garbled, the answer is not taken for anything."""
    fake.raw(method, body)
    assert isinstance(refusal(fake.endpoint()), errors.MalformedAnswer)


def test_an_answer_shorter_than_announced_is_malformed(fake: FakeVcenter) -> None:
    """The connection ended in the middle of the answer."""
    fake.raw("RetrieveServiceContent", ANSWER, Content_Length="9000")
    error = refusal(fake.endpoint())
    assert isinstance(error, errors.MalformedAnswer)
    assert "cut short" in str(error)


def test_a_login_answered_with_nothing_is_malformed(fake: FakeVcenter) -> None:
    """Well-formed and empty is no login."""
    fake.answer("Login")
    assert isinstance(refusal(fake.endpoint()), errors.MalformedAnswer)


def test_an_api_without_identity_is_no_vsphere(fake: FakeVcenter) -> None:
    """Well-formed and without its required parts is no vCenter."""
    fake.answer("RetrieveServiceContent", '<returnval><rootFolder type="Folder">f</rootFolder></returnval>')
    assert isinstance(refusal(fake.endpoint()), errors.NotVsphere)


@pytest.mark.parametrize("packed", [gzip.compress(ANSWER * 50, mtime=0)[:-30], b"no gzip at all"])
def test_a_compressed_answer_that_is_damaged_is_malformed(fake: FakeVcenter, packed: bytes) -> None:
    """Damage under the compression is found as well."""
    fake.raw("RetrieveServiceContent", packed, Content_Encoding="gzip")
    assert isinstance(refusal(fake.endpoint()), errors.MalformedAnswer)


def test_an_answer_pyvmomi_has_no_type_for_says_to_upgrade(fake: FakeVcenter) -> None:
    """A type newer than this pyVmomi is its own case: the wire is fine."""
    fake.answer("Login", '<returnval xsi:type="UserSessionOfTomorrow"><key>1</key></returnval>')
    error = refusal(fake.endpoint())
    assert isinstance(error, errors.MalformedAnswer)
    assert "upgrade pyvmomi" in str(error)


def test_a_connection_closed_without_an_answer_is_unreachable(fake: FakeVcenter) -> None:
    """The server hung up."""
    fake.answers["RetrieveServiceContent"] = lambda _: None
    assert isinstance(refusal(fake.endpoint()), errors.Unreachable)


def test_a_rejected_login_names_the_account_and_not_the_password(fake: FakeVcenter) -> None:
    """Even a server that repeats the password in its fault does not get it into a log."""
    fake.fault("Login", "InvalidLogin", f"Cannot complete login with {fake.endpoint().password}.")
    error = refusal(fake.endpoint())
    assert isinstance(error, errors.LoginRejected)
    assert "svc@corp" in str(error)


def test_an_expired_password_is_told_from_a_wrong_one(fake: FakeVcenter) -> None:
    """The remedy differs."""
    fake.fault("Login", "PasswordExpired")
    error = refusal(fake.endpoint())
    assert isinstance(error, errors.LoginRejected)
    assert "expired" in str(error)


def test_an_account_without_any_permission_is_told_to_ask_for_one(fake: FakeVcenter) -> None:
    """The password was right; the role is missing."""
    fake.fault("Login", "NoPermission", inside='<object type="Folder">group-d1</object><privilegeId>System.View</privilegeId>')
    error = refusal(fake.endpoint())
    assert isinstance(error, errors.LoginForbidden)
    assert "Read-only" in str(error)


def test_any_other_fault_of_a_login_is_repeated_without_the_password(fake: FakeVcenter) -> None:
    """What the server said helps; what the server should not have said is taken out."""
    fake.fault("Login", "InvalidArgument", f"bad\nargument {fake.endpoint().password}")
    error = refusal(fake.endpoint())
    assert isinstance(error, errors.Refused)
    assert "bad argument ***" in str(error)


def test_an_esxi_host_is_told_from_a_vcenter_before_the_password_is_sent(fake: FakeVcenter) -> None:
    """One host of many is no base for an assessment."""
    fake.answer("RetrieveServiceContent", HOST_CONTENT)
    error = refusal(fake.endpoint())
    assert isinstance(error, errors.NotAVcenter)
    assert "Login" not in fake.received
