"""The command line against simulated vCenters: captured ones, counted independently, and every way to be refused."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pyVmomi import vim, vmodl

from exporters.schema import Document

if TYPE_CHECKING:
    from tests.conftest import Login, StartVcsim
    from tests.vjourney.conftest import Run
    from tests.vjourney.simulated.conftest import Configure

pytestmark = pytest.mark.vcsim

PASSWORD = "simulated"
ACCOUNT = ("-username", "svc-vjourney", "-password", PASSWORD)
PLATFORM_GUESTS = ("vmkernel",)
PLATFORM_NAMES = ("vCLS", "NSX-Edge", "NSX-Manager", "nsxmgr", "nsxctrl", "nsxesg", "nsxdlr")
PROPERTIES = {
    vim.VirtualMachine: ["name", "config.template", "config.guestId", "runtime.powerState", "runtime.connectionState"],
    vim.HostSystem: ["runtime.connectionState", "summary.hardware.numCpuCores", "summary.hardware.memorySize"],
}


def ask(service: Any, kind: type[vim.ManagedEntity]) -> list[Mapping[str, Any]]:  # noqa: ANN401  # a ServiceInstance
    """The wanted properties of every object of a kind, by pyVmomi alone."""
    content = service.RetrieveContent()
    view = content.viewManager.CreateContainerView(content.rootFolder, [kind], recursive=True)
    collector = vmodl.query.PropertyCollector
    walk = collector.TraversalSpec(type=vim.view.ContainerView, path="view", skip=False)
    spec = collector.FilterSpec(
        propSet=[collector.PropertySpec(type=kind, pathSet=PROPERTIES[kind])],
        objectSet=[collector.ObjectSpec(obj=view, skip=True, selectSet=[walk])],
    )
    answer = content.propertyCollector.RetrieveProperties([spec])
    return [{prop.name: prop.val for prop in found.propSet} for found in answer]


def is_workload(vm: Mapping[str, Any]) -> bool:
    """The rule of the captured vCenters, written down anew."""
    return (
        not vm.get("config.template")
        and not str(vm.get("config.guestId", "")).startswith(PLATFORM_GUESTS)
        and not vm["name"].startswith(PLATFORM_NAMES)
        and vm["runtime.connectionState"] == "connected"
    )


def test_captured_vcenters_are_counted_right(
    tmp_path: Path, vcsim: StartVcsim, login: Login, captures: Mapping[str, Path], run: Run, configuration: Configure
) -> None:
    """Hosts, workloads and powered-on workloads equal an independent query of the same vCenter."""
    for directory in captures.values():
        simulator = vcsim("-load", str(directory), *ACCOUNT)
        result = run("once", "--config", configuration(tmp_path, simulator.port), "--json")
        with login(simulator) as service:
            vms, hosts = ask(service, vim.VirtualMachine), ask(service, vim.HostSystem)
        simulator.stop()

        assert result.exit_code == 0, result.stderr
        document = Document.model_validate(json.loads(result.stdout))
        counts = next(each for each in document.assessments if each.scope.kind == "vcenter").consolidation
        workloads = [vm for vm in vms if is_workload(vm)]
        assert counts.workload_vms == len(workloads)
        assert counts.powered_on_vms == sum(vm["runtime.powerState"] == "poweredOn" for vm in workloads)
        assert counts.hosts == sum(host["runtime.connectionState"] == "connected" for host in hosts)


def test_a_short_look_is_no_evidence_of_absence(
    tmp_path: Path, vcsim: StartVcsim, captures: Mapping[str, Path], run: Run, configuration: Configure
) -> None:
    """A simulator that started a moment ago has shown nothing of what is exercised: null, not zero."""
    simulator = vcsim("-load", str(next(iter(captures.values()))), *ACCOUNT)

    document = json.loads(run("once", "--config", configuration(tmp_path, simulator.port), "--json").stdout)

    features = document["assessments"][0]["features"]
    assert {name: features[name]["exercised"] for name in ("vmotion", "ha", "drs", "srm")} == dict.fromkeys(
        ("vmotion", "ha", "drs", "srm")
    )


def test_simulators_share_an_instance_uuid_and_are_two(
    tmp_path: Path, vcsim: StartVcsim, run: Run, configuration: Configure
) -> None:
    """Both are read, each as itself, by every later run too; one of them at two addresses is refused."""
    first, second = vcsim(*ACCOUNT), vcsim("-host", "5", *ACCOUNT)
    file = configuration(tmp_path, first.port)
    entries = file.read_text()
    file.write_text(
        entries + entries.splitlines()[1].replace("sim", "other", 1).replace(str(first.port), str(second.port)) + "\n"
    )

    for _ in range(2):
        document = json.loads(run("once", "--config", file, "--json").stdout)
        hosts = {each["scope"]["vcenter"]: each["consolidation"]["hosts"] for each in document["assessments"][::-1]}
        assert [vcenter["status"] for vcenter in document["vcenters"]] == ["ok", "ok"]
        assert hosts == {"": 10, "sim": 4, "other": 6}

    file.write_text(entries + entries.splitlines()[1].replace("sim", "again", 1).replace("127.0.0.1", "localhost") + "\n")
    refused = run("once", "--config", file, "--json")
    assert refused.exit_code == 3
    assert "this is the same vCenter as" in refused.stderr


def test_check_passes_where_once_would(tmp_path: Path, vcsim: StartVcsim, run: Run, configuration: Configure) -> None:
    """Every step is answered, with the clock and the privileges."""
    simulator = vcsim(*ACCOUNT)

    result = run("check", "--config", configuration(tmp_path, simulator.port), "--json")

    assert result.exit_code == 0, result.stderr
    answer = json.loads(result.stdout)["vcenters"][0]
    assert [step["step"] for step in answer["steps"]] == ["reach", "tls", "login", "clock", "privileges", "tags"]
    assert abs(answer["clock_skew_seconds"]) < 60
    assert {each["name"] for each in answer["privileges"]} >= {"System.View", "System.Read"}


def test_check_says_where_nothing_can_be_seen(tmp_path: Path, vcsim: StartVcsim, run: Run, configuration: Configure) -> None:
    """A role on the root folder alone looks like an empty vCenter, and the other way round: it is no failure."""
    simulator = vcsim("-dc", "0", "-cluster", "0", "-standalone-host", "0", "-vm", "0", *ACCOUNT)

    result = run("check", "--config", configuration(tmp_path, simulator.port), "--json")

    assert result.exit_code == 0, result.stderr
    (step,) = [each for each in json.loads(result.stdout)["vcenters"][0]["steps"] if each["step"] == "privileges"]
    assert step["ok"] is None
    assert "without propagation" in step["message"]


def test_polling_twice_on_one_store_counts_once(tmp_path: Path, vcsim: StartVcsim, run: Run, configuration: Configure) -> None:
    """The second run of the program knows the events of the first."""
    simulator = vcsim(*ACCOUNT)
    file = configuration(tmp_path, simulator.port)

    first, second = (json.loads(run("once", "--config", file, "--json").stdout) for _ in range(2))

    assert [each["consolidation"] for each in first["assessments"]] == [each["consolidation"] for each in second["assessments"]]
    assert [each["features"] for each in first["assessments"]] == [each["features"] for each in second["assessments"]]


@pytest.mark.parametrize(
    ("arguments", "options", "step", "told"),
    [
        (ACCOUNT, {"password": "wrong"}, "login", "password"),
        (("-esx", *ACCOUNT), {}, "reach", "single ESXi host"),
        (ACCOUNT, {"tls": ""}, "tls", "thumbprint"),
        (ACCOUNT, {"tls": f'thumbprint: "{"AB:" * 31}AB"'}, "tls", "thumbprint"),
    ],
    ids=["wrong password", "an ESXi host", "an untrusted certificate", "another certificate"],
)
def test_refusals_have_one_line_and_their_step(
    tmp_path: Path,
    vcsim: StartVcsim,
    arguments: tuple[str, ...],
    options: dict[str, str],
    step: str,
    told: str,
    run: Run,
    configuration: Configure,
) -> None:
    """``once`` fails with the sentence that ``check`` shows at the step that failed, and no password in it."""
    simulator = vcsim(*arguments)
    file = configuration(tmp_path, simulator.port, **options)

    once, check = run("once", "--config", file, "--json"), run("check", "--config", file, "--json")

    assert (once.exit_code, check.exit_code) == (4, 4)
    error = json.loads(once.stdout)["vcenters"][0]["error"]
    answer = json.loads(check.stdout)["vcenters"][0]
    assert told in error
    assert "\n" not in error
    assert answer["error"] == error
    assert answer["steps"][-1]["step"] == step
    assert options.get("password", PASSWORD) not in error
