"""Serves an ASGI application from a thread of its own until it is told to stop."""

from __future__ import annotations

import errno
import socket
import ssl
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread

import uvicorn
from starlette.types import ASGIApp

GRACE_SECONDS = 1
"""How long answers in flight may take once a stop is asked for."""

STOP_SECONDS = 2.0
BACKLOG = 128

CIPHERS = "ECDHE+AESGCM:ECDHE+CHACHA20"
"""Ciphers of TLS 1.2; those of TLS 1.3 are not chosen here."""


class ServeError(RuntimeError):
    """The server cannot listen; the message says what to change."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """Certificate chain and private key in PEM files, and what is asked of clients.

    With ``client_ca_file`` a certificate of a client must be of these authorities; ``client_required`` refuses those without.
    """

    cert_file: Path
    key_file: Path
    client_ca_file: Path | None = None
    client_required: bool = False
    versions: tuple[ssl.TLSVersion, ssl.TLSVersion] = (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3)


class RunningServer:
    """A server that listens; ``host`` and ``port`` are the real ones, also where port 0 asked for any."""

    def __init__(self, server: uvicorn.Server, listener: socket.socket, *, tls: bool) -> None:
        self.host, self.port = listener.getsockname()[:2]
        self.tls = tls
        self._server = server
        self._ended = Event()
        self._thread = Thread(target=self._run, args=(listener,), name="web", daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """Where a browser on this machine finds the page."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104 - any address is read here, not bound
        shown = f"[{host}]" if ":" in host else host
        return f"{'https' if self.tls else 'http'}://{shown}:{self.port}/"

    def stop(self) -> None:
        """Finish the answers in flight, at most ``GRACE_SECONDS``, and close the port; a second call does nothing."""
        self._server.should_exit = True
        if not self._ended.wait(STOP_SECONDS):
            self._server.force_exit = True
            self._ended.wait(STOP_SECONDS)

    def _run(self, listener: socket.socket) -> None:
        try:
            self._server.run(sockets=[listener])
        finally:
            listener.close()
            self._ended.set()


def serve(app: ASGIApp, host: str, port: int, certificate: Certificate | None = None) -> RunningServer:
    """Listen on ``host`` and ``port`` (0 for any free one) and answer from a thread; it accepts connections on return.

    Raises:
        ServeError: the address is taken, not ours or not allowed, or the certificate cannot be used.
    """
    config = uvicorn.Config(
        app,
        log_config=None,  # its messages go where the program sends its own
        log_level="warning",
        access_log=False,
        server_header=False,
        lifespan="off",
        ws="none",
        timeout_graceful_shutdown=GRACE_SECONDS,
        ssl_certfile=certificate.cert_file if certificate else None,
        ssl_keyfile=certificate.key_file if certificate else None,
        ssl_ciphers=CIPHERS,
    )
    try:
        config.load()
        if certificate and config.ssl:
            _demand(config.ssl, certificate)
    except (OSError, ssl.SSLError) as error:
        files = f"{certificate.cert_file} and {certificate.key_file}" if certificate else ""
        raise ServeError(f"The certificate and key {files} cannot be used: {error}.") from error
    return RunningServer(uvicorn.Server(config), _listen(host, port), tls=certificate is not None)


def _demand(context: ssl.SSLContext, certificate: Certificate) -> None:
    """Ask of clients what the certificate says."""
    context.minimum_version, context.maximum_version = certificate.versions
    if certificate.client_ca_file:
        context.load_verify_locations(certificate.client_ca_file)
        context.verify_mode = ssl.CERT_REQUIRED if certificate.client_required else ssl.CERT_OPTIONAL


def _listen(host: str, port: int) -> socket.socket:
    try:
        found = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (socket.gaierror, UnicodeError, OverflowError) as error:
        raise ServeError(
            f"{host!r} is not an address to listen on; use an address of this machine such as 127.0.0.1."
        ) from error
    family, kind, protocol, _, address = found[0]
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise ServeError(_explain(error, host, port)) from error
    return listener


def _explain(error: OSError, host: str, port: int) -> str:
    match error.errno:
        case errno.EADDRINUSE:
            return f"Port {port} on {host} is in use by another program; choose another port or stop that program."
        case errno.EADDRNOTAVAIL:
            return f"{host} is not an address of this machine; listen on one that is, such as 127.0.0.1."
        case errno.EACCES:
            return f"This account may not listen on port {port}; choose a port above 1023."
        case _:
            return f"Cannot listen on {host} port {port}: {error.strerror or error}."
