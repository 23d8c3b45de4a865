"""A login: what it knows, its clock, and its end."""

# pyVmomi types its data, not its functions
# mypy: disable-error-code="no-untyped-call,union-attr"
from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from collector.facts import About
from collector.vcenter.errors import (
    ConnectionRefused,
    LoginRejected,
    NotAVcenter,
    NotVsphere,
    Refused,
    SessionExpired,
    VcenterError,
)
from collector.vcenter.session import Endpoint, Session
from fixtures.simulator import Simulator

if TYPE_CHECKING:
    from pathlib import Path

    from tests.collector.vcenter.conftest import FakeVcenter
    from tests.conftest import Login, StartVcsim


def at(simulator: Simulator, **changes: str) -> Endpoint:
    """The endpoint of a simulator."""
    login = {"username": simulator.username, "password": simulator.password} | changes
    return Endpoint("sim", simulator.host, login["username"], login["password"], port=simulator.port, verify=False)


def test_an_endpoint_never_shows_its_password() -> None:
    """Neither in a log of the object nor in the name errors use."""
    endpoint = Endpoint("prod", "2001:db8::1", "svc", "hush-hush", port=8443)
    assert "hush" not in repr(endpoint) + str(endpoint)
    assert str(endpoint) == "prod ([2001:db8::1]:8443)"


def test_a_version_pyvmomi_does_not_know_is_refused(fake: FakeVcenter) -> None:
    """A recording of a newer program asks for an upgrade instead of guessing."""
    with pytest.raises(NotVsphere, match=r"does not know version 99\.1"):
        Session.open(fake.endpoint(), api_version="99.1")
    assert fake.received == []


def test_what_the_server_says_about_itself(fake: FakeVcenter) -> None:
    """Identity, the newest common version, and the calls it took."""
    with Session.open(fake.endpoint()) as session:
        assert session.about == About(
            instance_uuid="11111111-2222-3333-4444-555555555555",
            version="7.0.3",
            build="1",
            api_type="VirtualCenter",
            api_version="7.0.3.0",
            full_name="VMware vCenter Server 7.0.3",
        )
        assert session.api_version == "7.0.3.0"
        assert session.requests() == {"RetrieveServiceContent": 1, "Login": 1}
    assert fake.received == ["GET /sdk/vimServiceVersions.xml", "RetrieveServiceContent", "Login", "Logout"]


def test_a_given_version_is_spoken_without_asking(fake: FakeVcenter) -> None:
    """Then nothing but SOAP is sent."""
    with Session.open(fake.endpoint(), api_version="6.5") as session:
        assert session.api_version == "6.5"
    assert fake.received == ["RetrieveServiceContent", "Login", "Logout"]


def test_the_clock_is_the_vcenters_in_utc(fake: FakeVcenter) -> None:
    """Whatever zone the server writes it in."""
    with Session.open(fake.endpoint()) as session:
        assert session.now() == datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
        assert session.now().utcoffset() == timedelta(0)


def test_a_clock_that_is_refused_is_explained(fake: FakeVcenter) -> None:
    """A fault of the API is one line like any other failure, and an ended session is what it is."""
    with Session.open(fake.endpoint()) as session:
        fake.fault("CurrentTime", "HostNotConnected", "starting up")
        with pytest.raises(Refused, match=r"^prod \(.*\): vCenter answered CurrentTime with HostNotConnected \(starting up\)$"):
            session.now()
        fake.fault("CurrentTime", "NotAuthenticated")
        with pytest.raises(SessionExpired):
            session.now()


def test_closing_never_fails_and_never_waits_long(fake: FakeVcenter) -> None:
    """A server that refuses, or is gone, does not keep a service from ending; nor does closing twice."""
    session = Session.open(fake.endpoint())
    fake.fault("Logout", "NotAuthenticated")
    session.close()
    session.close()
    assert fake.received.count("Logout") == 2


def test_a_failed_login_leaves_no_session_behind(fake: FakeVcenter) -> None:
    """After a refusal nothing more is sent."""
    fake.fault("Login", "InvalidLogin")
    with pytest.raises(LoginRejected):
        Session.open(fake.endpoint())
    assert fake.received[-1] == "Login"


def test_sessions_in_threads_do_not_mix(fake: FakeVcenter) -> None:
    """Each has its own stub, counts and connections."""
    counts: list[int] = []

    def poll(times: int) -> None:
        with Session.open(fake.endpoint()) as session:
            for _ in range(times):
                session.now()
            counts.append(session.requests()["CurrentTime"])

    threads = [threading.Thread(target=poll, args=(times,)) for times in (1, 2, 3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(counts) == [1, 2, 3]


@pytest.mark.vcsim
def test_a_wrong_password_at_the_simulator(vcsim: StartVcsim) -> None:
    """The real fault of a login."""
    simulator = vcsim("-username", "svc", "-password", "right")
    Session.open(at(simulator, username="svc", password="right")).close()
    with pytest.raises(LoginRejected):
        Session.open(at(simulator, username="svc", password="wrong"))


@pytest.mark.vcsim
def test_a_lone_host_at_the_simulator(vcsim: StartVcsim) -> None:
    """A real ESXi inventory is no vCenter."""
    with pytest.raises(NotAVcenter, match="name the vCenter that manages it"):
        Session.open(at(vcsim("-esx")))


@pytest.mark.vcsim
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_terminated_session_at_the_simulator(vcsim: StartVcsim, login: Login) -> None:
    """An administrator ends the session: the next call of any kind says so, and a new login works."""
    simulator = vcsim()
    session = Session.open(at(simulator))
    session.now()
    with login(simulator) as other:
        other.content.sessionManager.TerminateSession([session.key])
    for call in (session.now, lambda: session.content.rootFolder.name, lambda: session.content.sessionManager.sessionList):
        with pytest.raises(SessionExpired):
            call()
    session.close()
    with Session.open(at(simulator)) as again:
        assert again.content.rootFolder.name


@pytest.mark.vcsim
def test_a_vcenter_that_goes_away(vcsim: StartVcsim) -> None:
    """Its end is a failure of the wire, and closing the session still works."""
    simulator = vcsim()
    session = Session.open(at(simulator))
    simulator.stop()
    with pytest.raises(VcenterError):
        session.now()
    with pytest.raises(ConnectionRefused):
        session.now()
    session.close()


@pytest.mark.vcsim
def test_captured_vcenters_are_opened(vcsim: StartVcsim, captures: dict[str, Path]) -> None:
    """Each real inventory answers with its own identity."""
    seen = set()
    for directory in captures.values():
        simulator = vcsim("-load", str(directory))
        with Session.open(at(simulator)) as session:
            assert session.about.api_type == "VirtualCenter"
            assert session.about.version.startswith(("6.", "7.", "8."))
            assert session.now().tzinfo is UTC
            seen.add(session.about.instance_uuid)
        simulator.stop()
    assert len(seen) == len(captures)
    assert all(seen)
