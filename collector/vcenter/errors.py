"""Every way in which reading a vCenter fails, each with its own class and one line that says what to do."""

# ruff: noqa: N818  # a failure is named after what happened
from __future__ import annotations

from collections.abc import Callable


class VcenterError(Exception):
    """Reading a vCenter failed: ``str()`` is one line that names it (or the recording) and says what to do."""

    def __init__(self, where: object, sentence: str) -> None:
        super().__init__(" ".join(f"{where}: {sentence}".split()))

    def __reduce__(self) -> tuple[Callable[..., VcenterError], tuple[type[VcenterError], str]]:
        """As another process may be told: the class and the line."""
        return _again, (type(self), str(self))


def _again(kind: type[VcenterError], line: str) -> VcenterError:
    error = kind.__new__(kind)
    error.args = (line,)
    return error


class HostUnknown(VcenterError):
    """The host name cannot be resolved."""


class ConnectionRefused(VcenterError):
    """Nothing listens at the address."""


class Unreachable(VcenterError):
    """The network does not lead there, or the connection broke before the answer was complete."""


class TimedOut(VcenterError):
    """No answer within ``Endpoint.timeout``."""


class TlsFailed(VcenterError):
    """The TLS connection could not be set up, for a reason other than trust."""


class TlsUntrusted(TlsFailed):
    """No trusted authority vouches for the certificate or its host name; the sentence carries its SHA-256 thumbprint."""


class ThumbprintMismatch(TlsFailed):
    """The certificate is not the pinned one; the sentence carries the thumbprint that was presented."""


class CaFileUnusable(TlsFailed):
    """``tls.ca_file`` is missing, unreadable or holds no certificate."""


class LoginRejected(VcenterError):
    """User name or password are wrong, expired or locked."""


class LoginForbidden(VcenterError):
    """The password is right and the account may do nothing in this vCenter."""


class NotVsphere(VcenterError):
    """Something answers there, but not with the vSphere API."""


class NotAVcenter(VcenterError):
    """A single ESXi host answers where a vCenter was expected."""


class SameVcenter(VcenterError):
    """It is configured twice, under two names."""


class Unavailable(VcenterError):
    """The server answers that its service is not ready, as vCenter does while it starts."""


class SessionExpired(VcenterError):
    """The session ended at the server (idle, terminated, restarted): open another and read everything again."""


class MalformedAnswer(VcenterError):
    """The answer is truncated, is no SOAP, or holds what this pyVmomi cannot read."""


class Refused(VcenterError):
    """The API answered a read with a fault, such as a missing privilege: the topic is unknown, the session is fine."""


class NotOffered(Refused):
    """This release has no such API."""


class ClientMissing(VcenterError):
    """The optional client that would read this is not installed."""


class NotReadOnly(VcenterError):
    """A method outside the list of reads was called. It was not sent."""


class RecordingUnreadable(VcenterError):
    """The file is no recording, or a damaged one."""


class RecordingEnded(VcenterError):
    """The recording holds no (further) answer to this request."""


class NotRecorded(RecordingEnded):
    """It holds none at all: nobody asked for this when it was made."""
