"""From what went wrong on the wire, or what the API answered, to the one line that says what to do."""

from __future__ import annotations

import re
import socket
import ssl
import zlib
from http.client import (
    BAD_GATEWAY,
    GATEWAY_TIMEOUT,
    SERVICE_UNAVAILABLE,
    BadStatusLine,
    HTTPException,
    IncompleteRead,
    RemoteDisconnected,
)
from xml.parsers.expat import ExpatError

from pyVmomi import version_info_str, vim, vmodl

from collector.vcenter.endpoint import Endpoint
from collector.vcenter.errors import (
    ConnectionRefused,
    HostUnknown,
    LoginForbidden,
    LoginRejected,
    MalformedAnswer,
    NotVsphere,
    Refused,
    SessionExpired,
    TimedOut,
    TlsFailed,
    Unavailable,
    Unreachable,
    VcenterError,
)
from collector.vcenter.tls import untrusted

STARTING = {BAD_GATEWAY, SERVICE_UNAVAILABLE, GATEWAY_TIMEOUT}
"""What the front end of a vCenter answers while the service behind it is not up."""


def translate(error: Exception, endpoint: Endpoint, asked: str) -> VcenterError:  # noqa: PLR0911  # a table, in order
    """The error of ours for a failed request ``asked`` (a SOAP method, or what else was read)."""
    if isinstance(error, VcenterError):
        return error
    if isinstance(error, vmodl.MethodFault):
        return explain(error, endpoint, asked)
    if isinstance(error, ssl.SSLError):
        return _tls(error, endpoint)
    if isinstance(error, RemoteDisconnected):
        return Unreachable(endpoint, f"it closed the connection without an answer to {asked}; try again, or look at its log")
    if isinstance(error, OSError | UnicodeError) and not isinstance(error, UnicodeDecodeError):
        return _network(error, endpoint, asked)
    if isinstance(error, IncompleteRead | ExpatError | zlib.error | EOFError):
        return MalformedAnswer(
            endpoint, f"the answer to {asked} is cut short or is not XML ({detail(error, endpoint)}); try again"
        )
    if isinstance(error, BadStatusLine):
        return NotVsphere(endpoint, "what answers there does not speak HTTP; check host and port")
    if isinstance(error, HTTPException) and str(error)[:3].isdigit():  # pyVmomi gives a status it does not expect as text
        return status(int(str(error)[:3]), endpoint, asked)
    return MalformedAnswer(
        endpoint,
        f"the answer to {asked} contains what pyVmomi {version_info_str} cannot read "
        f"({type(error).__name__}: {detail(error, endpoint)}): upgrade pyvmomi",
    )


def explain(fault: vmodl.MethodFault, endpoint: Endpoint, asked: str = "the request") -> VcenterError:
    """The error of ours for a fault of the API."""
    if isinstance(fault, vim.fault.NotAuthenticated):
        return SessionExpired(endpoint, "vCenter ended the session; the next poll logs in again and reads everything")
    if isinstance(fault, vim.fault.NoPermission):
        missing = ", ".join(sorted(missing_privileges(fault))) or "a privilege"
        return Refused(
            endpoint, f"the account has no permission for {asked}: it lacks {missing}; grant it, or leave this topic unknown"
        )
    kind = type(fault).__name__.rpartition(".")[2]
    return Refused(endpoint, f"vCenter answered {asked} with {kind} ({detail(fault, endpoint) or 'no message'})")


def login(fault: vmodl.MethodFault, endpoint: Endpoint) -> VcenterError:
    """The error of ours for a login that the API turned down."""
    if isinstance(fault, vim.fault.PasswordExpired):
        return LoginRejected(
            endpoint, f"the password of {endpoint.username} has expired; set a new one there and in the configuration"
        )
    if isinstance(fault, vim.fault.InvalidLogin):
        return LoginRejected(
            endpoint,
            f"user name or password of {endpoint.username} was not accepted; check username and password_file or password_env",
        )
    if isinstance(fault, vim.fault.NoPermission):
        return LoginForbidden(
            endpoint, f"{endpoint.username} may not read anything; grant it the role Read-only at the vCenter, with propagation"
        )
    return explain(fault, endpoint, "Login")


def status(code: int, endpoint: Endpoint, asked: str) -> VcenterError:
    """The error of ours for an HTTP status that is no answer of the API."""
    if code in STARTING:
        return Unavailable(
            endpoint, f"it answered HTTP {code}: the service is not ready, as while vCenter starts; try again in a few minutes"
        )
    return NotVsphere(endpoint, f"it answered HTTP {code} to {asked}, which a vCenter would not; check host and port")


def detail(error: Exception, endpoint: Endpoint) -> str:
    """What the server or library said, in one line of bounded length, without the password."""
    text = " ".join(str(getattr(error, "msg", None) or error).split())
    if len(endpoint.password) >= SHORT:
        text = text.replace(endpoint.password, "***")
    elif endpoint.password:  # its letters are in every other word
        text = re.sub(rf"(?<!\w){re.escape(endpoint.password)}(?!\w)", "***", text)
    return text[:MOST_DETAIL]


SHORT = 4
"""Passwords with fewer characters are only found where they stand alone."""

MOST_DETAIL = 200
"""Characters of a message of others that an error repeats."""


def missing_privileges(fault: vim.fault.NoPermission) -> set[str]:
    """The privileges a fault names: newer releases list several objects, older ones give one id."""
    several = getattr(fault, "missingPrivileges", None) or ()
    named = {privilege for entry in several for privilege in entry.privilegeIds}
    return named or ({fault.privilegeId} if fault.privilegeId else set())


def _network(error: OSError | UnicodeError, endpoint: Endpoint, asked: str) -> VcenterError:
    if isinstance(error, socket.gaierror | UnicodeError):
        return HostUnknown(endpoint, f"the name {endpoint.host} cannot be resolved; check host, or the DNS of this machine")
    if isinstance(error, TimeoutError):
        return TimedOut(
            endpoint, f"no answer to {asked} within {endpoint.timeout:g} s; check the network and its load, or raise timeout"
        )
    if isinstance(error, ConnectionRefusedError):
        return ConnectionRefused(endpoint, "nothing listens there; check host and port, and that vCenter is running")
    return Unreachable(
        endpoint, f"the connection failed ({detail(error, endpoint)}); check the network and firewalls in between"
    )


def _tls(error: ssl.SSLError, endpoint: Endpoint) -> VcenterError:
    if isinstance(error, ssl.SSLCertVerificationError):
        return untrusted(error, endpoint)
    if isinstance(error, TimeoutError):
        return _network(error, endpoint, "the TLS handshake")
    if getattr(error, "reason", None) in {"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "RECORD_LAYER_FAILURE"}:
        return NotVsphere(endpoint, "what answers there does not speak TLS; check the port")
    if isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError):
        return Unreachable(
            endpoint, "it closed the connection, as a stopping vCenter does; check that it is running, and the port"
        )
    return TlsFailed(
        endpoint, f"the TLS connection failed ({detail(error, endpoint)}); check the TLS versions and ciphers it offers"
    )
