"""A conversation with the server of these tests, and its recording."""

# pyVmomi types its data, not its functions
# mypy: disable-error-code="no-untyped-call,union-attr"
from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pyVmomi import vim

from collector.vcenter.cassette import record
from collector.vcenter.session import Session
from collector.vcenter.tls import connection_class

if TYPE_CHECKING:
    from tests.collector.vcenter.conftest import FakeVcenter

LICENSES = (
    '<returnval xsi:type="ArrayOfLicenseManagerLicenseInfo"><LicenseManagerLicenseInfo><licenseKey>A1B2C-SECRET</licenseKey>'
    "<editionKey>esx</editionKey><name>vSphere 8 &lt;Plus&gt;</name><total>4</total></LicenseManagerLicenseInfo></returnval>"
)

Converse = Callable[[Session], tuple[str, ...]]
Recorded = Callable[[Path], tuple[str, ...]]


@pytest.fixture
def converse() -> Converse:
    """``converse(session)``: a short conversation that brings up everything worth hiding; what it said."""

    def talk(session: Session) -> tuple[str, ...]:
        licenses = vim.LicenseManager("LicenseManager", session.service_instance._stub).licenses  # noqa: SLF001
        user = session.content.sessionManager.currentSession.userName
        alive = session.content.sessionManager.SessionIsActive(session.key, user)
        told = (session.now().isoformat(), session.now().isoformat(), licenses[0].name, str(alive))
        session.close()
        return told

    return talk


@pytest.fixture
def recorded(fake: FakeVcenter, converse: Converse) -> Recorded:
    """``recorded(file)``: what that conversation said while it was recorded."""

    def talk(file: Path) -> tuple[str, ...]:
        answers = {"licenses": LICENSES, "currentSession": fake.user_session}
        cookie = {"Set_Cookie": 'vmware_soap_session="cookie-of-mine"; Path=/'}
        fake.fetch(answers, **cookie)
        fake.answer("SessionIsActive", "<returnval>true</returnval>")
        times = iter(["2026-03-01T12:00:00Z", "2026-03-01T12:00:05Z"] * 2)
        fake.each("CurrentTime", lambda: f"<returnval>{next(times)}</returnval>")
        with record(file, base=connection_class(fake.endpoint())) as tape:
            return converse(Session.open(fake.endpoint(), connection=tape.connection))

    return talk


@pytest.fixture
def recording(recorded: Recorded, tmp_path: Path) -> Path:
    """A recording of the conversation with the fake vCenter."""
    file = tmp_path / "conversation.yaml.gz"
    recorded(file)
    return file
