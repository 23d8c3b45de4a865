"""Tags of the simulator, through the REST API that it serves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from collector.facts import Snapshot, Tag
from collector.poll import Poller
from collector.tags import Tagged
from collector.vcenter.endpoint import Endpoint
from collector.vcenter.session import Session
from collector.vcenter.tagging import Tagging
from fixtures.simulator import Simulator

if TYPE_CHECKING:
    from tests.conftest import StartVcsim, Tagger

pytestmark = pytest.mark.vcsim


class Sessions:
    """Opens sessions, with a vCenter clock that a test moves on."""

    def __init__(self, simulator: Simulator) -> None:
        self.endpoint = Endpoint("sim", simulator.host, simulator.username, simulator.password, simulator.port, verify=False)
        self.opened: list[Session] = []

    def open(self) -> Session:
        """Log in."""
        self.opened.append(Session.open(self.endpoint))
        return self.opened[-1]


@pytest.fixture
def simulator(vcsim: StartVcsim) -> Simulator:
    """One of its own: tags stay."""
    return vcsim()


def poller(sessions: Sessions) -> Poller:
    """A poller that reads tags."""
    return Poller(sessions.open, "sim", tags=lambda session: Tagged(Tagging(session)))


def of(snapshot: Snapshot) -> dict[str, tuple[Tag, ...] | None]:
    """The tags of the machines, by their names."""
    return {vm.name: vm.tags for vm in snapshot.vms}


def rest(poller: Poller) -> dict[str, int]:
    """Requests to the REST API so far."""
    return {name: number for name, number in poller.requests().items() if " " in name}


def test_a_vcenter_without_tags_has_none(simulator: Simulator) -> None:
    """Read and none, for two logins in two dialects and one list."""
    polling = poller(Sessions(simulator))
    snapshot = polling.poll(None)
    polling.close()
    assert (snapshot.gaps, snapshot.tags) == ((), ())
    assert {vm.tags for vm in snapshot.vms} == {()}
    assert rest(polling) == {"POST /session": 2, "GET /cis/tagging/category": 1, "DELETE /session": 1}


def test_tags_reach_machines_hosts_and_clusters(simulator: Simulator, tagger: Callable[[Simulator], Tagger]) -> None:
    """Names with odd signs, several tags on one machine, and nothing asked for by an idle poll."""
    sessions = Sessions(simulator)
    with sessions.open() as before:
        bare = Poller(lambda: before, "sim").poll(None)
    make = tagger(simulator)
    owner, environment = make.category("Owner"), make.category("Umgebung / Größe")
    team, production = make.tag(owner, "Team A/B: 100%"), make.tag(environment, "Production")
    make.attach(team, "VirtualMachine", bare.vms[0].id, bare.vms[1].id)
    make.attach(production, "VirtualMachine", bare.vms[0].id)
    make.attach(production, "HostSystem", bare.hosts[0].id)
    make.attach(production, "ClusterComputeResource", bare.clusters[0].id)
    make.attach(production, "Datacenter", bare.datacenters[0].id)
    labels = Tag("Owner", "Team A/B: 100%"), Tag("Umgebung / Größe", "Production")
    polling = poller(sessions)
    snapshot = polling.poll(None)
    assert snapshot.gaps == ()
    assert snapshot.tags == labels
    assert [vm.tags for vm in snapshot.vms] == [labels, labels[:1], *[()] * (len(snapshot.vms) - 2)]
    assert snapshot.hosts[0].tags == snapshot.clusters[0].tags == snapshot.datacenters[0].tags == labels[1:]
    asked = rest(polling)
    assert polling.poll(None).tags == labels
    assert rest(polling) == asked
    polling.close()


def test_a_tag_attached_later_is_seen_after_an_hour(
    simulator: Simulator, tagger: Callable[[Simulator], Tagger], monkeypatch: pytest.MonkeyPatch
) -> None:
    """And makes the snapshot a changed one."""
    sessions = Sessions(simulator)
    polling = poller(sessions)
    polling.poll(None)
    polling.poll(None)
    make = tagger(simulator)
    machine = polling.poll(None).vms[0]
    make.attach(make.tag(make.category("Owner"), "Team A"), "VirtualMachine", machine.id)
    assert polling.poll(None).vms[0].tags == ()
    monkeypatch.setattr("collector.tags.REREAD", timedelta(0))
    snapshot = polling.poll(None)
    assert (snapshot.vms[0].tags, snapshot.changed) == ((Tag("Owner", "Team A"),), True)
    polling.close()


def test_a_refused_rest_login_is_a_gap(vcsim: StartVcsim) -> None:
    """Everything else of the poll is there."""
    sessions = Sessions(vcsim("-username", "svc", "-password", "right"))

    def stranger(session: Session) -> Tagged:
        session.endpoint = replace(session.endpoint, password="wrong")
        return Tagged(Tagging(session))

    polling = Poller(sessions.open, "sim", tags=stranger)
    snapshot = polling.poll(None)
    polling.close()
    assert "does not accept the login of" in (snapshot.missed("tags") or "")
    assert "wrong" not in str(snapshot.gaps)
    assert snapshot.vms
    assert {vm.tags for vm in snapshot.vms} == {None}
