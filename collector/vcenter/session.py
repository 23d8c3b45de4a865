"""One login to one vCenter: its stub, its clock, and a clean end."""

# pyVmomi types its data, not its functions; vCenter sets all managers
# mypy: disable-error-code="no-untyped-call,union-attr"
from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from http.client import HTTPConnection
from types import TracebackType
from typing import Self

from pyVmomi import vim, vmodl

from collector.facts import About
from collector.vcenter.endpoint import Endpoint
from collector.vcenter.errors import MalformedAnswer, NotAVcenter, NotVsphere, VcenterError
from collector.vcenter.stub import ReadOnlyStub
from collector.vcenter.tls import connection_class, context
from collector.vcenter.translate import explain, login, translate
from collector.vcenter.versions import ask, newer, to_name

__all__ = ["Endpoint", "Session"]

GOODBYE_SECONDS = 2.0
"""How long closing waits for the answer to Logout."""


class Session:
    """A login at a vCenter, for one thread.

    ``service_instance`` and ``content`` are pyVmomi's. Whatever is asked through them raises ``VcenterError`` where the
    wire or the session fails (``SessionExpired``: open another and read everything again) and pyVmomi's ``MethodFault``
    where the API says no. A vCenter ends a session that is idle for 30 minutes: ``now`` once a poll keeps it alive.
    """

    def __init__(self, endpoint: Endpoint, stub: ReadOnlyStub, content: vim.ServiceInstanceContent, key: str) -> None:
        self.endpoint = endpoint
        self.service_instance = vim.ServiceInstance("ServiceInstance", stub)
        self.content = content
        self.about = _about(content.about)
        self.key = key
        self._stub = stub

    @classmethod
    def open(
        cls, endpoint: Endpoint, *, connection: type[HTTPConnection] | None = None, api_version: str | None = None
    ) -> Self:
        """Log in.

        ``connection`` replaces the class of the connections of this session alone, to record or replay it.
        ``api_version`` (as in ``8.0.3.0``) leaves out asking the server which versions it speaks.

        Raises:
            VcenterError: one of its subclasses, for every way this can fail.
        """
        settings = context(endpoint)
        wire = connection or connection_class(endpoint)
        version = to_name(api_version, endpoint) if api_version else ask(endpoint, settings, wire)
        stub = ReadOnlyStub(endpoint, version, settings, wire)
        try:
            return cls._log_in(endpoint, stub)
        except BaseException:
            stub.DropConnections()
            raise

    @classmethod
    def _log_in(cls, endpoint: Endpoint, stub: ReadOnlyStub) -> Self:
        try:
            content = vim.ServiceInstance("ServiceInstance", stub).RetrieveContent()
        except vmodl.MethodFault as fault:
            raise explain(fault, endpoint, "RetrieveServiceContent") from None
        about = getattr(content, "about", None)
        if about is None:
            raise NotVsphere(endpoint, "what answers there is not the vSphere API; check host and port")
        if about.apiType != "VirtualCenter":
            raise NotAVcenter(endpoint, "this is a single ESXi host; name the vCenter that manages it")
        try:
            user_session = content.sessionManager.Login(endpoint.username, endpoint.password, "en_US")
        except vmodl.MethodFault as fault:
            raise login(fault, endpoint) from None
        if user_session is None:
            raise MalformedAnswer(endpoint, "the answer to Login holds no session; try again")
        return cls(endpoint, stub, content, user_session.key)

    @property
    def api_version(self) -> str:
        """The version of the API spoken here, as in ``8.0.3.0``."""
        return str(self._stub.versionId).strip('"').rpartition("/")[2]

    def is_newer(self, kind: type, path: str) -> bool:
        """Whether a property path of a managed object type came with a later version of the API than is spoken here."""
        return newer(kind, path, self._stub.version)

    @property
    def unknown_values(self) -> tuple[str, ...]:
        """One sentence for each enumeration value that this pyVmomi did not know and kept as text."""
        return tuple(self._stub.unknown_values)

    def now(self) -> datetime:
        """The vCenter's clock, in UTC.

        Raises:
            VcenterError: it cannot be asked; ``SessionExpired`` where the session has ended.
        """
        try:
            told: datetime = self.service_instance.CurrentTime()
        except vmodl.MethodFault as fault:
            raise explain(fault, self.endpoint, "CurrentTime") from None
        return told.replace(tzinfo=UTC) if told.tzinfo is None else told.astimezone(UTC)

    def requests(self) -> Mapping[str, int]:
        """How often each SOAP method was called, and each request of the REST API sent, so far."""
        return dict(self._stub.requests)

    def count(self, request: str) -> None:
        """Count a request that went over a connection from ``another_connection``."""
        self._stub.requests[request] += 1

    def another_connection(self, seconds: float) -> HTTPConnection:
        """A connection of the same kind, trust and recording, that waits so long for an answer at most."""
        endpoint = self.endpoint
        timeout = min(seconds, endpoint.timeout)
        context = self._stub.schemeArgs["context"]
        return self._stub.scheme(endpoint.host.strip("[]"), port=endpoint.port, timeout=timeout, context=context)  # type: ignore[call-arg]  # of HTTPS

    def explain(self, error: Exception, asked: str = "the request") -> VcenterError:
        """One line for whatever a call through this session raised."""
        return translate(error, self.endpoint, asked)

    @contextlib.contextmanager
    def patience(self, seconds: float) -> Iterator[None]:
        """Wait no longer than ``seconds`` for each answer, nor longer than the endpoint allows."""
        self._stub.hurry(min(self.endpoint.timeout, seconds))
        try:
            yield
        finally:
            self._stub.hurry(self.endpoint.timeout)

    def close(self) -> None:
        """Log out and close the connections. Waits ``GOODBYE_SECONDS`` at most for each and never raises."""
        self._stub.hurry(GOODBYE_SECONDS)
        with contextlib.suppress(Exception):
            self.content.sessionManager.Logout()
        with contextlib.suppress(Exception):
            self._stub.DropConnections()

    def __enter__(self) -> Self:
        """Use the session in a ``with`` statement."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Close it at the end, whatever happened."""
        self.close()


def _about(told: vim.AboutInfo) -> About:
    return About(
        instance_uuid=told.instanceUuid or "",
        version=told.version or "",
        build=told.build or "",
        api_type=told.apiType or "",
        api_version=told.apiVersion or "",
        full_name=told.fullName or "",
    )
