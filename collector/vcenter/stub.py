"""The SOAP stub that sends every request: reads only, counted, with errors of ours and tolerance for new enumeration values."""

# pyVmomi types its data, not its functions
# mypy: disable-error-code="no-untyped-call"
from __future__ import annotations

import contextlib
import gzip
import io
import socket
import zlib
from collections import Counter
from functools import cached_property
from http.client import INTERNAL_SERVER_ERROR, OK, HTTPConnection, HTTPResponse
from ssl import SSLContext
from typing import Any

from pyVmomi import version_info_str, vim, vmodl
from pyVmomi.SoapAdapter import SoapResponseDeserializer, SoapStubAdapter
from pyVmomi.VmomiSupport import Enum

from collector.vcenter.endpoint import Endpoint
from collector.vcenter.errors import MalformedAnswer, NotReadOnly, VcenterError
from collector.vcenter.methods import ALLOWED
from collector.vcenter.salvage import ENTRIES, OBJECTS, salvage
from collector.vcenter.translate import detail, explain, translate

IDLE_SECONDS = 10
"""A connection that was idle for longer is not used again, since the server may have closed it."""

MOST_NEW_VALUES = 100
"""An answer with more unknown values than this is damaged, and not from a new release."""


class Answer(io.BytesIO):
    """A whole answer as it came over the wire, so that it can be read a second time."""

    def __init__(self, response: HTTPResponse) -> None:
        super().__init__(response.read())
        self.status, self.reason, self.getheader = response.status, response.reason, response.getheader

    @cached_property
    def plain(self) -> bytes:
        """What it says, unpacked."""
        packed = self.getheader("Content-Encoding", "").lower() == "gzip"
        return gzip.decompress(self.getvalue()) if packed else self.getvalue()


class Keeping:
    """A pooled connection that keeps the last answer whole."""

    def __init__(self, connection: HTTPConnection) -> None:
        self.connection = connection
        self.request, self.close = connection.request, connection.close
        self.answer: Answer | None = None

    def getresponse(self) -> Answer:
        """The answer, read to its end: an answer cut short fails here."""
        self.answer = None
        self.answer = Answer(self.connection.getresponse())
        return self.answer

    def give_up(self) -> None:
        """Break the connection, so that whoever reads from it stops waiting."""
        if self.connection.sock is not None:
            with contextlib.suppress(OSError):
                self.connection.sock.shutdown(socket.SHUT_RDWR)

    def patience(self, seconds: float) -> None:
        """From now on wait no longer than this for an answer."""
        if self.connection.sock is not None:
            self.connection.sock.settimeout(seconds)


class ReadOnlyStub(SoapStubAdapter):
    """A SOAP stub of one session.

    ``connection`` is the class of its HTTP connections. ``requests`` counts the calls of each SOAP method.
    ``unknown_values`` are the sentences about enumeration values that pyVmomi did not know: vCenter releases bring new
    ones, and one of them must not hide an inventory. They are kept as text, under their type, and the answer is read
    again from memory; nothing is asked twice, so a request that moves a cursor in the server needs no care. What could
    not be read of an answer that was salvaged has its sentence there too.
    """

    def __init__(self, endpoint: Endpoint, version: str, context: SSLContext, connection: type[HTTPConnection]) -> None:
        super().__init__(
            host=endpoint.host,
            port=endpoint.port,
            version=version,
            sslContext=context,
            httpConnectionTimeout=endpoint.timeout,
            poolSize=1,
            connectionPoolTimeout=IDLE_SECONDS,
            # pyVmomi offers deflate too and cannot read it on Python 3.
            acceptCompressedResponses=False,
            customHeaders={"Accept-Encoding": "gzip", "User-Agent": f"vjourney pyvmomi/{version_info_str}"},
        )
        self.endpoint = endpoint
        self.scheme: type[HTTPConnection] = connection  # type: ignore[assignment]  # its type is guessed from one of several
        self.requests: Counter[str] = Counter()
        self.unknown_values: list[str] = []
        self._wire: Keeping | None = None
        self._sending = False

    def GetConnection(self) -> Keeping:  # noqa: N802  # overrides pyVmomi's
        """A pooled or new connection; from here on a failure is the wire's and not the caller's."""
        self._sending = True
        connection = super().GetConnection()
        self._wire = connection if isinstance(connection, Keeping) else Keeping(connection)
        return self._wire

    def InvokeMethod(self, mo: object, info: Any, args: object, outerStub: object = None) -> Any:  # noqa: N802, N803, ANN401  # as pyVmomi's
        """Send one request and read its answer.

        Raises:
            NotReadOnly: the method is not in the list of reads; nothing was sent.
            VcenterError: the session ended or the wire failed.
            vmodl.MethodFault: the API said no; ``explain`` of the session turns it into one line.
        """
        method = info.wsdlName
        if method not in ALLOWED:
            raise NotReadOnly(self.endpoint, f"{method} is not among the reading methods and was not sent")
        self.requests[method] += 1
        self._wire, self._sending = None, False
        try:
            result = super().InvokeMethod(mo, info, args, outerStub)
        except vim.fault.NotAuthenticated as fault:
            raise explain(fault, self.endpoint, method) from None
        except vmodl.MethodFault:
            raise
        except Exception as error:
            if not self._sending:  # the caller's arguments were wrong
                raise
            result = self._read_again(error, info, method)
        finally:
            self._sending = False
            if self._wire is not None:
                self._wire.answer = None
        if _says_not_authenticated(result):
            raise explain(vim.fault.NotAuthenticated(), self.endpoint, method)
        return result

    def hurry(self, seconds: float) -> None:
        """From now on wait no longer than this for any answer, and give up a request that another thread waits for."""
        self.schemeArgs["timeout"] = seconds
        if self._sending and self._wire is not None:
            self._wire.give_up()
        for connection, _ in self.pool:
            connection.patience(seconds)

    def _damage(self, error: Exception, method: str) -> VcenterError:
        """What to tell of an answer that was no answer of the API."""
        answer = self._wire.answer if self._wire is not None else None
        if answer is None or answer.status != INTERNAL_SERVER_ERROR:  # with which faults come, and what is none
            return translate(error, self.endpoint, method)
        return MalformedAnswer(
            self.endpoint,
            f"it answered HTTP {INTERNAL_SERVER_ERROR} to {method} without a fault of the API; try again, "
            "and if that lasts look at the logs of vCenter and of what stands in front of it",
        )

    def _read_again(self, error: Exception, info: Any, method: str) -> Any:  # noqa: ANN401  # whatever the method returns
        """What can be read of the kept answer after all, once new values are learnt; else the error that says why not."""
        answer = self._wire.answer if self._wire is not None else None
        in_parts = answer is not None and answer.status == OK and method in ENTRIES | OBJECTS
        if answer is None or not (_unknown_value(error) or in_parts):
            raise self._damage(error, method) from error
        try:
            body = answer.plain
        except (OSError, EOFError, zlib.error):  # the first error tells of it in words of its own
            raise self._damage(error, method) from error
        try:
            return self._parse(body, answer.status, info, method)
        except (vmodl.MethodFault, VcenterError):
            raise
        except Exception as again:
            if in_parts:
                return self._salvaged(again, body, info, method)
            raise self._damage(again, method) from again

    def _parse(self, body: bytes, status: int, info: Any, method: str) -> Any:  # noqa: ANN401  # whatever the method returns
        """Parse a body as often as there are new values in it."""
        for _ in range(MOST_NEW_VALUES):
            try:
                # as a file: of bytes pyVmomi takes a beginning for the whole
                result = SoapResponseDeserializer(self).Deserialize(io.BytesIO(body), info.result)
            except AttributeError as error:
                if not _unknown_value(error):
                    raise
                self.unknown_values.append(_learn(error))
            else:
                if isinstance(result, vmodl.MethodFault) and status != OK:
                    raise result
                return result
        raise MalformedAnswer(
            self.endpoint, f"more than {MOST_NEW_VALUES} unknown values in one answer to {method}: upgrade pyvmomi"
        )

    def _salvaged(self, damage: Exception, body: bytes, info: Any, method: str) -> Any:  # noqa: ANN401  # whatever it returns
        """What can be read of an answer of which a part cannot; that it is not all is said once."""
        readable = salvage(method, body, lambda text: self._parse(text, OK, info, method))
        if readable is None:
            raise self._damage(damage, method) from damage
        lost, become = ("entries", "left out") if method in ENTRIES else ("properties", "unknown")
        sentence = (
            f"of the answers to {method} some {lost} contain what pyVmomi {version_info_str} cannot read "
            f"({type(damage).__name__}: {detail(damage, self.endpoint)}) and are {become}: upgrade pyvmomi"
        )
        if sentence not in self.unknown_values:
            self.unknown_values.append(sentence)
        return self._parse(readable, OK, info, method)


def _unknown_value(error: Exception) -> bool:
    """Whether parsing failed at an enumeration value: pyVmomi looks it up as an attribute of the enumeration."""
    return isinstance(error, AttributeError) and isinstance(error.obj, type) and issubclass(error.obj, Enum)


def _learn(error: Any) -> str:  # noqa: ANN401  # an AttributeError whose attributes are those of an enumeration
    """Add the value to its enumeration for this process, and note it in ``unknown_values``."""
    kind: Any = error.obj
    setattr(kind, error.name, kind(error.name))
    sent = f"{kind._wsdlName} {error.name!r}"  # noqa: SLF001  # the name in the API
    return f"vCenter sent {sent}, which pyVmomi {version_info_str} does not know; it is kept as it is: upgrade pyvmomi"


def _says_not_authenticated(result: object) -> bool:
    """Whether a property read answered "not authenticated" for its properties, as it does instead of a fault."""
    objects = getattr(result, "objects", result)
    if isinstance(result, vmodl.query.PropertyCollector.UpdateSet):
        objects = next((part.objectSet for part in result.filterSet if part.objectSet), [])
    first = objects[0] if isinstance(objects, list) and objects else None
    missing = getattr(first, "missingSet", None) or []
    return any(isinstance(entry.fault, vim.fault.NotAuthenticated) for entry in missing)
