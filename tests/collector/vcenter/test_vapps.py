"""vApps: where they lie among virtual machines, which they alone know."""

# pyVmomi types its data, not its functions
# mypy: disable-error-code="no-untyped-call"
from __future__ import annotations

import gzip
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml
from pyVmomi import vim

from collector.facts import Snapshot
from collector.poll import INVENTORY, Poller
from collector.vcenter.cassette import record, replay
from collector.vcenter.endpoint import Endpoint
from collector.vcenter.errors import NotRecorded, RecordingEnded
from collector.vcenter.inventory import Inventory
from collector.vcenter.session import Session
from collector.vcenter.tls import connection_class
from collector.wants import Vim
from fixtures.simulator import Simulator

if TYPE_CHECKING:
    from tests.collector.conftest import Server
    from tests.conftest import StartVcsim


def at(simulator: Simulator) -> Endpoint:
    """Where it is."""
    return Endpoint("sim", simulator.host, simulator.username, simulator.password, port=simulator.port, verify=False)


def replayed(file: Path) -> Snapshot:
    """What a recording of one poll says."""
    return Poller(lambda: replay(file).open("sim"), "sim").poll(None)


def test_vapps_alone_are_asked_where_they_lie(server: Server, session: Session) -> None:
    """Only they have the property; they are asked at every poll, since nobody tells that one was moved."""
    pool, vapp = vim.ResourcePool("resgroup-1", None), vim.VirtualApp("resgroup-v2", None)
    server.objects |= {pool: {"name": "p"}, vapp: {"name": "v", "parent": pool, "parentFolder": vim.Folder("group-v1", None)}}
    inventory = Inventory(session, INVENTORY)
    inventory.sync()
    assert [getattr(fact, "folder", None) for fact in inventory.facts("resource_pools")] == [None, "group-v1"]
    assert all("parentFolder" not in wanted.pathSet for spec in server.filters for wanted in spec.propSet)
    assert not inventory.sync()
    server.objects[vapp]["parentFolder"] = vim.Folder("group-v7", None)
    assert inventory.sync()
    assert [getattr(fact, "folder", None) for fact in inventory.facts("resource_pools")] == [None, "group-v7"]


@pytest.mark.parametrize("ended", [False, True])
def test_recording_of_before_vapps_were_asked(
    server: Server, session: Session, monkeypatch: pytest.MonkeyPatch, ended: bool
) -> None:
    """It leaves unknown where they lie, and nothing else; one that ends there is over."""
    vapp = vim.VirtualApp("resgroup-v2", None)
    server.objects[vapp] = {"name": "v", "parentFolder": vim.Folder("group-v1", None)}
    retrieve = session.content.propertyCollector.RetrievePropertiesEx

    def replay(specs: Vim, options: Vim) -> Vim:
        if specs[0].propSet[0].type is vim.VirtualApp:
            raise (RecordingEnded if ended else NotRecorded)("lab.yaml.gz", "no answer")
        return retrieve(specs, options)

    monkeypatch.setattr(session.content.propertyCollector, "RetrievePropertiesEx", replay)
    inventory = Inventory(session, INVENTORY)
    if ended:
        with pytest.raises(RecordingEnded):
            inventory.sync()
        return
    inventory.sync()
    (fact,) = inventory.facts("resource_pools")
    assert (fact.name, set(fact.unreadable), inventory.gaps) == ("v", {"folder"}, ())
    assert not inventory.sync()


@pytest.mark.vcsim
def test_machines_in_vapps_of_a_captured_vcenter_have_folders(vcsim: StartVcsim, captures: dict[str, Path]) -> None:
    """More than half of its machines are in vApps, which lie in folders."""
    simulator = vcsim("-load", str(captures["lab-4-hosts-97-vms-vc67"]))
    poller = Poller(lambda: Session.open(at(simulator)), "sim")
    snapshot = poller.poll(None)
    poller.close()
    inside = {vm.id: vm.vapp for vm in snapshot.vms if vm.vapp}
    lies = {pool.id: pool.folder for pool in snapshot.resource_pools if pool.is_vapp}
    assert (len(inside), len(snapshot.vms)) == (53, 97)
    assert {lies[vapp] for vapp in inside.values()} <= {folder.id for folder in snapshot.folders}


@pytest.mark.vcsim
def test_recording_without_folders_of_vapps_still_replays(vcsim: StartVcsim, tmp_path: Path) -> None:
    """A recording says where its vApps lie; one of an older program, which did not ask, says all the rest."""
    simulator = vcsim("-app", "1", "-vm", "2", "-standalone-host", "0")
    file, old = tmp_path / "new.yaml.gz", tmp_path / "old.yaml.gz"
    with record(file, base=connection_class(at(simulator))) as tape:
        poller = Poller(lambda: Session.open(at(simulator), connection=tape.connection), "sim")
        told = poller.poll(None)
        poller.close()
    cassette = yaml.safe_load(gzip.decompress(file.read_bytes()))
    kept = [each for each in cassette["interactions"] if "<type>VirtualApp<" not in str(each["request"]["body"])]
    assert len(kept) == len(cassette["interactions"]) - 1
    old.write_bytes(gzip.compress(yaml.safe_dump({"interactions": kept, "version": 1}).encode()))

    assert replayed(file).resource_pools == told.resource_pools
    before = replayed(old)
    assert (before.gaps, before.vms) == ((), told.vms)
    vapp, known = (next(pool for pool in each.resource_pools if pool.is_vapp) for each in (before, told))
    assert known.folder in {folder.id for folder in told.folders}
    assert vapp == replace(known, folder=None, unreadable=frozenset({"folder"}))
