"""The server on real loopback ports: it starts, says why it cannot, and stops."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from starlette.responses import PlainTextResponse

from exporters.web.server import Certificate, RunningServer, ServeError, serve

APP = PlainTextResponse("here")


@contextmanager
def running(port: int = 0, certificate: Certificate | None = None) -> Iterator[RunningServer]:
    """A server on loopback that is stopped at the end."""
    server = serve(APP, "127.0.0.1", port, certificate)
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture
def certificate(tmp_path: Path) -> Certificate:
    """A certificate for 127.0.0.1 that signs itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "vjourney")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    made = Certificate(tmp_path / "cert.pem", tmp_path / "key.pem")
    made.cert_file.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    made.key_file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return made


def test_a_taken_port_is_named() -> None:
    """The sentence says which port, and what to do."""
    with (
        running() as first,
        pytest.raises(ServeError, match=f"Port {first.port} on 127.0.0.1 is in use by another program; choose"),
    ):
        serve(APP, "127.0.0.1", first.port)


@pytest.mark.parametrize("host", ["192.0.2.1", "no such host", "a" * 300])
def test_an_address_that_is_not_ours_is_named(host: str) -> None:
    """A wrong address is told apart from a taken port."""
    with pytest.raises(ServeError, match="address"):
        serve(APP, host, 0)


def test_a_missing_certificate_is_named(tmp_path: Path) -> None:
    """The error stands before the first request, with the files."""
    with pytest.raises(ServeError, match=r"certificate and key .*cert\.pem"):
        serve(APP, "127.0.0.1", 0, Certificate(tmp_path / "cert.pem", tmp_path / "key.pem"))


def test_port_zero_reports_the_real_port() -> None:
    """It answers at the address it says."""
    with running() as server:
        assert server.port > 0
        assert httpx.get(server.url, trust_env=False).text == "here"


def test_stop_frees_the_port_and_may_be_called_twice() -> None:
    """Another server can take the port at once, also while a client keeps a connection open."""
    server = serve(APP, "127.0.0.1", 0)
    with socket.create_connection((server.host, server.port)):
        server.stop()
        server.stop()
    with running(server.port) as second:
        assert second.port == server.port


def test_the_answer_does_not_name_the_server_software() -> None:
    """Versions are nobody's business."""
    with running() as server:
        assert "server" not in httpx.get(server.url, trust_env=False).headers


def test_tls_is_served_with_the_given_certificate(certificate: Certificate) -> None:
    """A client that trusts the certificate reads over TLS 1.2 and 1.3."""
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        context = ssl.create_default_context(cafile=str(certificate.cert_file))
        context.minimum_version = context.maximum_version = version
        with running(certificate=certificate) as server:
            assert server.url.startswith("https://")
            assert httpx.get(server.url, verify=context, trust_env=False).text == "here"


def test_only_the_asked_versions_of_tls_are_spoken(certificate: Certificate) -> None:
    """Whoever asks for TLS 1.3 gets nothing older."""
    context = ssl.create_default_context(cafile=str(certificate.cert_file))
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    only = replace(certificate, versions=(ssl.TLSVersion.TLSv1_3, ssl.TLSVersion.TLSv1_3))
    with running(certificate=only) as server, pytest.raises(httpx.ConnectError):
        httpx.get(server.url, verify=context, trust_env=False)


@pytest.mark.parametrize("required", [True, False])
def test_certificates_of_clients_are_checked(certificate: Certificate, *, required: bool) -> None:
    """One of the authorities lets in; without one it depends on whether one is required."""
    asking = replace(certificate, client_ca_file=certificate.cert_file, client_required=required)
    bare = ssl.create_default_context(cafile=str(certificate.cert_file))
    shown = ssl.create_default_context(cafile=str(certificate.cert_file))
    shown.load_cert_chain(certificate.cert_file, certificate.key_file)
    with running(certificate=asking) as server:
        assert httpx.get(server.url, verify=shown, trust_env=False).text == "here"
        if required:
            with pytest.raises(httpx.TransportError):
                httpx.get(server.url, verify=bare, trust_env=False)
        else:
            assert httpx.get(server.url, verify=bare, trust_env=False).text == "here"
