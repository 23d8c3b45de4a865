"""Captured vCenters in the simulator: configured, tagged and recorded."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from pyVmomi import vim, vmodl

from fixtures.simulator import Simulator
from inference.classification.lexicon import builtin
from inference.classification.rules import Rule
from vjourney import recording
from vjourney.settings import load

if TYPE_CHECKING:
    from tests.conftest import Login, StartVcsim, Tagger

Tags = Mapping[str, Sequence[str]]
Label = Callable[[Simulator, Tags], None]
Configure = Callable[..., Path]
Recordings = Mapping[str, tuple[Path, recording.Recorded]]
POLLS = 2
USERNAME, PASSWORD = "svc-vjourney", "simulated"


class Operator(NamedTuple):
    """Names that are somebody's, with the tags that machines get, by category, and rules by names and folders."""

    vcenter: str
    username: str
    password: str
    tags: Tags
    rules: tuple[Rule, ...]


def machines(service: Any) -> list[Any]:  # noqa: ANN401  # pyVmomi's
    """Every virtual machine, in the order of their ids."""
    content = service.RetrieveContent()
    view = content.viewManager.CreateContainerView(content.rootFolder, [vim.VirtualMachine], recursive=True)
    found = sorted(view.view, key=lambda vm: vm._GetMoId())  # noqa: SLF001  # pyVmomi offers the id nowhere else
    view.Destroy()
    return found


def post(service: Any, user: str) -> None:  # noqa: ANN401  # pyVmomi's
    """Have something happen to every machine, told with all its names."""
    content = service.RetrieveContent()
    datacenter = next(child for child in content.rootFolder.childEntity if isinstance(child, vim.Datacenter))
    of = vim.event
    for vm in machines(service):
        host, store = vm.runtime.host, vm.datastore[0]
        told = f"{vm.name} on {host.name} in {host.parent.name} was started by {user} from {store.name}"
        common = {
            "key": 0,
            "chainId": 0,
            "createdTime": datetime.now(UTC),
            "userName": user,
            "fullFormattedMessage": told,
            "vm": of.VmEventArgument(name=vm.name, vm=vm),
            "host": of.HostEventArgument(name=host.name, host=host),
            "computeResource": of.ComputeResourceEventArgument(name=host.parent.name, computeResource=host.parent),
            "datacenter": of.DatacenterEventArgument(name=datacenter.name, datacenter=datacenter),
            "ds": of.DatastoreEventArgument(name=store.name, datastore=store),
        }
        content.eventManager.PostEvent(of.VmPoweredOnEvent(**common, template=False), None)
        said = [vmodl.KeyAnyValue(key=vm.name, value=told)]
        about = {"objectType": vim.VirtualMachine, "objectId": vm._GetMoId(), "objectName": vm.name}  # noqa: SLF001
        restarted = "com.vmware.vc.ha.VmRestartedByHAEvent"
        extended = of.EventEx(**common, **about, eventTypeId=restarted, severity="info", message=told, arguments=said)
        content.eventManager.PostEvent(extended, None)


@pytest.fixture(scope="session")
def configuration() -> Configure:
    """``configuration(folder, port, more, rules, ...)``: a file with one simulated vCenter, with ``more`` in its entry."""

    def write(
        folder: Path,
        port: int,
        more: str = "",
        rules: str = "",
        *,
        name: str = "sim",
        username: str = USERNAME,
        password: str = PASSWORD,
        tls: str = "verify: false",
    ) -> Path:
        folder.mkdir(exist_ok=True)
        (folder / "password").write_text(password)
        where = f"name: {name}, host: 127.0.0.1, port: {port}, tls: {{{tls}}}"
        entry = f"{where}, username: {username}, password_file: password{more}"
        file = folder / "vjourney.yaml"
        file.write_text(f"vcenters:\n  - {{{entry}}}\n{'workloads: workloads.yaml' if rules else ''}\n")
        if rules:
            (folder / "workloads.yaml").write_text(rules)
        return file

    return write


@pytest.fixture(scope="session")
def label(login: Login, tagger: Callable[[Simulator], Tagger]) -> Label:
    """``label(simulator, tags)``: put each tag onto other machines, so that most have several and some have none."""

    def put(simulator: Simulator, tags: Tags) -> None:
        with login(simulator) as service:
            ids = [vm._GetMoId() for vm in machines(service)]  # noqa: SLF001  # pyVmomi offers the id nowhere else
        assert ids
        make = tagger(simulator)
        for number, (category, names) in enumerate(tags.items(), 2):
            id_ = make.category(category)
            for turn, name in enumerate(names):
                make.attach(make.tag(id_, name), "VirtualMachine", *ids[turn :: number + 1])

    return put


@pytest.fixture(scope="session")
def operator() -> Operator:
    """Who records the captured vCenters. Their tags and rules are new to them, and hold in the recording too."""
    return Operator(
        vcenter="vc-of-acme",
        username="svc-jane.doe",
        password="very-secret-word",
        tags={
            "Rax application": ("Raxcorp SAP", "raxcorp-exchange"),
            "RaxOwner": ("jane.doe@raxcorp.example", "Raxcorp Mail", "none"),
            "Environment": ("Raxproduction", "production"),
            "Backup at raxcorp": ("Raxgold", "no raxbackup"),
            "Raxplace": ("Raxberlin",),
        },
        rules=(Rule(name="*a*", app=builtin().apps["sap"], environment="production"), Rule(folder="*", nothing=True)),
    )


@pytest.fixture(scope="session")
def recorded(
    vcsim: StartVcsim,
    captures: Mapping[str, Path],
    login: Login,
    label: Label,
    configuration: Configure,
    operator: Operator,
    tmp_path_factory: pytest.TempPathFactory,
) -> Recordings:
    """Each captured vCenter, with tags, recorded and anonymised: the file, and what was read while it was made."""
    found = {}
    who = {"username": operator.username, "password": operator.password}
    for name, directory in captures.items():
        simulator = vcsim("-load", str(directory), "-username", operator.username, "-password", operator.password)
        folder = tmp_path_factory.mktemp("recorded")
        out = folder / "recording.yaml.gz"
        label(simulator, operator.tags)
        with login(simulator) as service:

            def happen(_: float, service: Any = service) -> None:  # noqa: ANN401  # pyVmomi's
                post(service, operator.username)

            file = configuration(folder, simulator.port, name=operator.vcenter, **who)
            (where,) = load(file).vcenters
            made = recording.record(where, out, polls=POLLS, tags=True, rules=operator.rules, wait=happen)
            found[name] = (out, made)
        simulator.stop()
    return found
