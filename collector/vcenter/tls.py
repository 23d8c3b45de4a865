"""Whom to believe: authorities, a pinned thumbprint, or (on request, and warned about elsewhere) anyone."""

from __future__ import annotations

import hashlib
import socket
import ssl
from http.client import HTTPConnection, HTTPSConnection

from collector.vcenter.endpoint import Endpoint
from collector.vcenter.errors import CaFileUnusable, ThumbprintMismatch, TlsFailed, TlsUntrusted

ALGORITHMS = {40: "sha1", 64: "sha256"}
"""Hash algorithm by the number of hexadecimal digits of a thumbprint."""

HOSTNAME_MISMATCH = 62
"""OpenSSL's verification code for a certificate made for another name."""


def thumbprint(certificate: bytes, algorithm: str = "sha256") -> str:
    """The thumbprint of a DER certificate in the usual notation: upper-case pairs with colons."""
    return hashlib.new(algorithm, certificate).digest().hex(":").upper()


def normal(pinned: str) -> str:
    """A configured thumbprint as bare lower-case digits.

    Raises:
        ValueError: it is neither a SHA-1 nor a SHA-256 thumbprint.
    """
    digits = pinned.replace(":", "").replace(" ", "").lower()
    if len(digits) not in ALGORITHMS or set(digits) - set("0123456789abcdef"):
        raise ValueError("a thumbprint has 40 (SHA-1) or 64 (SHA-256) hexadecimal digits, with or without colons")
    return digits


def context(endpoint: Endpoint) -> ssl.SSLContext:
    """The TLS settings for this vCenter.

    Raises:
        CaFileUnusable: ``ca_file`` cannot be used.
    """
    if endpoint.thumbprint is not None or not endpoint.verify:
        settings = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # no authority is asked, so none need be read from the disk
        settings.check_hostname = False
        settings.verify_mode = ssl.CERT_NONE
        return settings
    try:
        return ssl.create_default_context(cafile=endpoint.ca_file)
    except FileNotFoundError:
        raise CaFileUnusable(endpoint, f"tls.ca_file {endpoint.ca_file} does not exist") from None
    except ssl.SSLError:
        raise CaFileUnusable(endpoint, f"tls.ca_file {endpoint.ca_file} holds no certificate in PEM form") from None
    except OSError as error:
        raise CaFileUnusable(endpoint, f"tls.ca_file {endpoint.ca_file} cannot be read ({error.strerror})") from None


def connection_class(endpoint: Endpoint) -> type[HTTPConnection]:
    """The class of the connections to this vCenter, which check the pinned thumbprint if there is one.

    Raises:
        TlsFailed: the configured thumbprint is malformed.
    """
    if endpoint.thumbprint is None:
        return HTTPSConnection
    try:
        digits = normal(endpoint.thumbprint)
    except ValueError as error:
        raise TlsFailed(endpoint, f"tls.thumbprint cannot be used: {error}") from None

    class Pinned(HTTPSConnection):
        """A connection that trusts the pinned certificate and no other."""

        def connect(self) -> None:
            super().connect()
            certificate = self.sock.getpeercert(binary_form=True) or b""
            presented = thumbprint(certificate, ALGORITHMS[len(digits)])
            if normal(presented) != digits:
                self.close()
                raise ThumbprintMismatch(
                    endpoint,
                    f"its certificate has the thumbprint {presented}, not the one in tls.thumbprint; "
                    "if the certificate was renewed, compare it with vCenter's and change the setting",
                )

    return Pinned


def untrusted(error: ssl.SSLCertVerificationError, endpoint: Endpoint) -> TlsUntrusted:
    """The error for a certificate nobody vouches for, with the thumbprint it has, so that the user can compare and pin it."""
    why = (
        f"its certificate is for a name other than {endpoint.host}"
        if error.verify_code == HOSTNAME_MISMATCH
        else f"its certificate is not trusted ({error.verify_message})"
    )
    presented = _presented(endpoint)
    pin = f'tls.thumbprint to "{presented}" after comparing it with vCenter\'s own' if presented else "tls.thumbprint"
    return TlsUntrusted(endpoint, f"{why}; set tls.ca_file to the authority that signed it, or {pin}")


def _presented(endpoint: Endpoint) -> str | None:
    """The SHA-256 thumbprint of the certificate presented now; ``None`` where it cannot be fetched."""
    settings = ssl.create_default_context()
    settings.check_hostname = False
    settings.verify_mode = ssl.CERT_NONE
    try:
        with (
            socket.create_connection((endpoint.host.strip("[]"), endpoint.port), timeout=endpoint.timeout) as plain,
            settings.wrap_socket(plain, server_hostname=endpoint.host.strip("[]")) as secured,
        ):
            certificate = secured.getpeercert(binary_form=True)
    except OSError:
        return None
    return thumbprint(certificate) if certificate else None
