"""A scripted vCenter with events, and a poller of it."""

# pyVmomi types its data, not its functions
# mypy: disable-error-code="no-untyped-call"
from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from pyVmomi import vmodl

from collector.poll import Poller
from collector.vcenter.session import Session
from collector.wants import Vim

if TYPE_CHECKING:
    from tests.collector.conftest import Server

OpenSession = Callable[[], Session]
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Events:
    """An event manager and the one collector it hands out."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.page: list[Vim] = []

    def CreateCollectorForEvents(self, spec: Vim) -> Events:  # noqa: N802 - as in the API
        """A collector at its oldest event."""
        self.server.call("CreateCollectorForEvents")
        assert spec.disableFullMessage
        if self.server.refused_types & set(spec.eventTypeId):
            raise vmodl.fault.InvalidArgument(invalidProperty="eventTypeId")
        made = Events(self.server)
        made.page = [
            event
            for event in self.server.events
            if (not spec.eventTypeId or type(event)._wsdlName in spec.eventTypeId)  # noqa: SLF001 - the name in the API
            and (spec.time is None or event.createdTime >= spec.time.beginTime)
        ]
        self.server.alive["events"] += 1
        return made

    def ReadNextEvents(self, count: int) -> list[Vim]:  # noqa: N802 - as in the API
        """At most two events at a time."""
        self.server.call("ReadNextEvents")
        assert 0 < count <= 1000
        page, self.page = self.page[: min(2, count)], self.page[min(2, count) :]
        return page

    def DestroyCollector(self) -> None:  # noqa: N802 - as in the API
        """Forget it."""
        self.server.alive["events"] -= 1


@pytest.fixture
def server(server: Server) -> Server:
    """The scripted vCenter, which has an event manager."""
    server.managers["eventManager"] = Events(server)
    return server


@pytest.fixture
def poller(open_session: OpenSession) -> Poller:
    """A poller whose clock stands two seconds behind the vCenter's."""
    return Poller(open_session, "lab", clock=lambda: NOW - timedelta(seconds=2))
