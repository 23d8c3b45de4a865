"""A scripted vCenter: inventory objects as dictionaries, answers in pyVmomi's own types, failures on demand."""

# pyVmomi types its data, not its functions
# mypy: disable-error-code="no-untyped-call"
from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import cast

import pytest
from pyVmomi import vim, vmodl
from pyVmomi.VmomiSupport import GetVmodlType

from collector.facts import About
from collector.vcenter.endpoint import Endpoint
from collector.vcenter.session import Session
from collector.vcenter.translate import translate
from collector.vcenter.versions import known, newer
from collector.wants import Vim, moid

PC = vmodl.query.PropertyCollector
ENDPOINT = Endpoint("lab", "vcenter.test", "user", "secret", timeout=30.0)
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@dataclass
class Server:
    """What the scripted vCenter holds and how it misbehaves.

    ``objects`` maps references to properties, where a fault in place of a value is a property that cannot be read.
    ``not_offered`` are paths this release lacks, named as ``naming`` says; ``garbled`` types whose answers cannot be parsed.
    ``fail`` maps a method to the error of its next call.
    """

    objects: dict[Vim, dict[str, object]] = field(default_factory=dict)
    events: list[Vim] = field(default_factory=list)
    not_offered: set[str] = field(default_factory=set)
    naming: Callable[[str], str] = str
    garbled: set[type] = field(default_factory=set)
    fail: dict[str, Exception] = field(default_factory=dict)
    managers: dict[str, Vim] = field(default_factory=dict)
    calls: Counter[str] = field(default_factory=Counter)
    alive: Counter[str] = field(default_factory=Counter)
    timeouts: list[float] = field(default_factory=list)
    filters: list[Vim] = field(default_factory=list)
    refused_types: set[str] = field(default_factory=set)

    def call(self, method: str) -> None:
        """Count a call, and fail it where that was asked for."""
        self.calls[method] += 1
        if method in self.fail:
            raise self.fail.pop(method)

    def check(self, spec: Vim) -> None:
        """Refuse a path that is not offered, fail on a type whose answers are garbled."""
        for wanted in spec.propSet:
            for path in wanted.pathSet:
                if path in self.not_offered:
                    raise vmodl.query.InvalidProperty(name=self.naming(path))

    def garble(self, spec: Vim) -> None:
        """Fail as the parser does."""
        for wanted in spec.propSet:
            if wanted.type in self.garbled:
                raise translate(EOFError("no element"), ENDPOINT, "WaitForUpdatesEx")

    def selected(self, spec: Vim) -> dict[Vim, dict[str, object]]:
        """The objects of a filter with the properties it wants of them."""
        named = {moid(entry.obj) for entry in spec.objectSet}
        whole = any(entry.skip for entry in spec.objectSet)
        found: dict[Vim, dict[str, object]] = {}
        for obj, values in self.objects.items():
            paths = {path for wanted in spec.propSet if isinstance(obj, wanted.type) for path in wanted.pathSet}
            if paths and (whole or moid(obj) in named):
                found[obj] = {path: value for path, value in values.items() if path in paths}
        return found


class Collector:
    """A property collector with one filter."""

    def __init__(self, server: Server) -> None:
        self.server, self.spec, self.sent = server, None, dict[Vim, dict[str, object]]()
        self.rest: list[Vim] = []
        self.version = 0

    def CreatePropertyCollector(self) -> Collector:  # noqa: N802 - as in the API
        """Another collector."""
        self.server.call("CreatePropertyCollector")
        self.server.alive["collector"] += 1
        return Collector(self.server)

    def CreateFilter(self, spec: Vim, partialUpdates: bool) -> None:  # noqa: N802, N803 - as in the API
        """Take the filter."""
        assert not partialUpdates
        self.server.call("CreateFilter")
        self.server.check(spec)
        self.server.filters.append(spec)
        self.spec = spec

    def WaitForUpdatesEx(self, version: str, options: Vim) -> Vim:  # noqa: N802 - as in the API
        """Everything at first, then what changed, two objects a page."""
        assert options.maxWaitSeconds == 0
        self.server.call("WaitForUpdatesEx")
        self.server.garble(self.spec)
        if not self.rest:
            self.rest = self._updates()
            if not self.rest and version:
                return None
        page, self.rest = self.rest[:2], self.rest[2:]
        self.version += 1
        part = PC.FilterUpdate(filter=PC.Filter("filter-1", None), objectSet=page)
        return PC.UpdateSet(version=str(self.version), filterSet=[part], truncated=bool(self.rest))

    def _updates(self) -> list[Vim]:
        now = self.server.selected(self.spec)
        updates = [PC.ObjectUpdate(kind="leave", obj=obj) for obj in self.sent if obj not in now]
        for obj, values in now.items():
            before = self.sent.get(obj, {})
            changed = {path: value for path, value in values.items() if obj not in self.sent or before.get(path) != value}
            if changed or obj not in self.sent:
                updates.append(
                    PC.ObjectUpdate(
                        kind="modify" if obj in self.sent else "enter",
                        obj=obj,
                        changeSet=[
                            PC.Change(name=path, op="assign", val=value)
                            for path, value in changed.items()
                            if not isinstance(value, Exception)
                        ],
                        missingSet=_missing(changed),
                    )
                )
        self.sent = now
        return updates

    def RetrievePropertiesEx(self, specs: list[Vim], options: Vim) -> Vim:  # noqa: N802 - as in the API
        """Everything in one page."""
        assert options.maxObjects > 0
        self.server.call("RetrievePropertiesEx")
        (spec,) = specs
        self.server.check(spec)
        self.server.garble(spec)
        contents = [
            PC.ObjectContent(
                obj=obj,
                propSet=[
                    vmodl.DynamicProperty(name=path, val=value)
                    for path, value in values.items()
                    if not isinstance(value, Exception)
                ],
                missingSet=_missing(values),
            )
            for obj, values in self.server.selected(spec).items()
        ]
        return PC.RetrieveResult(objects=contents)

    def Destroy(self) -> None:  # noqa: N802 - as in the API
        """Forget it."""
        self.server.call("DestroyPropertyCollector")
        self.server.alive["collector"] -= 1


def _missing(values: dict[str, object]) -> list[Vim]:
    return [PC.MissingProperty(path=path, fault=fault) for path, fault in values.items() if isinstance(fault, Exception)]


class View(vim.view.ContainerView):
    """A container view that counts how many there are."""

    def __init__(self, server: Server) -> None:
        super().__init__("view-1", None)
        object.__setattr__(self, "server", server)
        server.alive["view"] += 1

    def Destroy(self) -> None:  # noqa: N802 - as in the API
        """Forget it."""
        self.server.alive["view"] -= 1


class FakeSession:
    """A session with the scripted vCenter."""

    def __init__(self, server: Server) -> None:
        self.endpoint, self.server, self.now_at = ENDPOINT, server, NOW
        self.unknown_values: tuple[str, ...] = ()
        self.about = About("uuid-1", "8.0.3", "1", "VirtualCenter", "8.0.3.0")
        self.service_instance = SimpleNamespace(_stub=None)
        no_managers = dict.fromkeys(
            (
                "extensionManager",
                "customFieldsManager",
                "licenseManager",
                "scheduledTaskManager",
                "hostProfileManager",
                "setting",
                "eventManager",
            )
        )
        self.content = SimpleNamespace(
            rootFolder=vim.Folder("group-d1", None),
            viewManager=SimpleNamespace(CreateContainerView=lambda *_, **__: View(server)),
            propertyCollector=Collector(server),
            **{**no_managers, **server.managers},
        )

    def is_newer(self, kind: type, path: str) -> bool:
        """As the real one of vSphere 6.5."""
        return newer(kind, path, known()["6.5"])

    def explain(self, error: Exception, asked: str) -> Exception:
        """As the real one does."""
        return translate(error, ENDPOINT, asked)

    @contextmanager
    def patience(self, seconds: float) -> Iterator[None]:
        """As the real one, whose limits are noted."""
        self.server.timeouts.append(min(seconds, ENDPOINT.timeout))
        yield
        self.server.timeouts.append(ENDPOINT.timeout)

    def now(self) -> datetime:
        """The vCenter's clock."""
        self.server.call("CurrentTime")
        return self.now_at

    def requests(self) -> dict[str, int]:
        """Calls so far."""
        return dict(self.server.calls)

    def close(self) -> None:
        """Log out."""
        self.server.calls["Logout"] += 1


@pytest.fixture
def server() -> Server:
    """A scripted vCenter with a root folder, one cluster, one host and three virtual machines."""
    host = vim.HostSystem("host-1", None)
    made = Server()
    made.objects = {
        vim.Folder("group-d1", None): {"name": "Datacenters"},
        vim.ClusterComputeResource("domain-c1", None): {"name": "c", "host": GetVmodlType("vim.HostSystem[]")([host])},
        host: {"name": "esx", "runtime.inMaintenanceMode": False},
    }
    for number in (1, 2, 3):
        machine = vim.VirtualMachine(f"vm-{number}", None)
        made.objects[machine] = {"name": f"vm {number}", "runtime.powerState": "poweredOn", "config.changeVersion": "1"}
    return made


@pytest.fixture
def sessions() -> list[FakeSession]:
    """Every session that was opened."""
    return []


@pytest.fixture
def open_session(server: Server, sessions: list[FakeSession]) -> Callable[[], Session]:
    """Opens a session with it."""

    def opened() -> Session:
        sessions.append(FakeSession(server))
        return cast("Session", sessions[-1])

    return opened


@pytest.fixture
def session(open_session: Callable[[], Session]) -> Session:
    """A session with it."""
    return open_session()
