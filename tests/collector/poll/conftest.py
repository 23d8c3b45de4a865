"""A poller of the scripted vCenter."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from collector.poll import Poller
from collector.vcenter.session import Session

OpenSession = Callable[[], Session]


NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def poller(open_session: OpenSession) -> Poller:
    """A poller whose clock stands two seconds behind the vCenter's."""
    return Poller(open_session, "lab", clock=lambda: NOW - timedelta(seconds=2))
