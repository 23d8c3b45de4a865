"""What names and folders say, and who is a workload at all."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from collector.facts import Folder, ManagedBy, ResourcePool
from inference.classification.lexicon import builtin

if TYPE_CHECKING:
    from tests.inference.conftest import EstateBuilder


@pytest.mark.parametrize(
    "name",
    [
        *("sapphire", "aurora01", "asap", "asap01", "vm-101", "developer-portal", "winsrv2019", "k8s-node-1", "", "x"),
        *("testament", "webex01", "dcops01", "vmlx0042", "message01", "ghana01", "fedora33", "pandora1", "possum", "node-s4"),
        *("DC0_C0_RP0_VM1", "DC1_H0_VM1", "dc2-lnx-0017", "contest01", "navigator01", "excel01", "R & D", "dc1-x-7"),
        *("Non-Critical", "not critical"),
        *(
            "workerp01",
            "dockerp02",
            "SERVERP01",
            "userp01t",
            "builderp01",
            "salesapp01",
            "gisapp2",
            "whatsapp01",
            "exchange-rates",
            "exchangerate-svc",
        ),
        *("Teams", "oracle-linux-8", "oraclelinux8-base", "oraclevm-mgr", "data-exchange", "scm01", "Product Development"),
        *("tkg-cluster-01-md-0-67b69c558f-bdb4j", "tkg-01-md-0-6db4c-db4jx", "Aurora-7bfs4"),
    ],
)
def test_words_do_not_match_inside_other_words(name: str) -> None:
    """A name that only contains the letters of a product, or nothing known, says nothing."""
    meaning = builtin().read(name)
    assert meaning.app is None
    assert not meaning.appliance


@pytest.mark.parametrize(
    ("name", "app", "environment"),
    [
        ("sql01", "database", None),
        ("prd-sql-03", "database", "production"),
        ("PRDSQL03", "database", "production"),
        ("lonsql01", "database", None),
        ("SQLDEV01", "database", "development"),
        ("preprod-sql", "database", "test"),
        ("EXCH2019", "exchange", None),
        ("oracle", "oracle", None),
        ("ora19c-prd", "oracle", "production"),
        ("s4hana", "sap", None),
        ("sap-prd-app1", "sap", "production"),
        ("db2", "db2", None),
        ("sql01.sapient.example.com", "database", None),
        ("dc1-sharepoint-2", "sharepoint", None),
        ("nycdc01", "domain_controller", None),
        ("print.example.local", "print", None),
        ("webapp-dev-1", "web", "development"),
        ("HarborTest", "build", "test"),
        ("NYC-P-SQLCL01-N2", "database", "production"),
        ("nyc-t-sql01", "database", "test"),
        ("LONSQLD02", "database", "development"),
        ("GBLONEXCH01", "exchange", None),
        ("FRPARSAPT01", "sap", "test"),
        ("VSQL01", "database", None),
        ("USCHISQL01T", "database", "test"),
        ("01db", "database", None),
        ("PRDSAPHANA01", "sap", "production"),
        ("SRVERP01", "erp", None),
        ("DESAPERP02", "erp", None),
        ("storefront1", "citrix", None),
        ("file-exchange", "file", None),
        ("splunkidx03", "management", None),
        ("nycdb01", "database", None),
        ("crmdb01", "crm", None),
        ("webdb01", "database", None),
        ("mail-relay", "dns", None),
        ("mailrelay01", "dns", None),
        ("RDS01", "citrix", None),
        ("ORCL01", "oracle", None),
        ("E-Commerce 2", "commerce", None),
        ("Tier 1", "tier1", None),
        ("DC01", "domain_controller", None),
        ("DC02-NYC", "domain_controller", None),
        ("db-2", "database", None),
    ],
)
def test_names_tell_class_and_environment(name: str, app: str, environment: str | None) -> None:
    """Whole tokens, tokens made of known words and products after a site code are recognised."""
    meaning = builtin().read(name)
    assert meaning.app is not None
    assert (meaning.app.id, meaning.environment) == (app, environment)


@pytest.mark.parametrize(
    ("name", "environment"),
    [
        *[
            (name, "production")
            for name in ("Produktion", "sql-produccion-01", "Producción", "sqlprd01", "Post-Live", "Production")
        ],
        *[
            (name, "test")
            for name in ("Abnahme", "recette", "Pruebas", "collaudo", "Acceptatie", "Homologação", "Préprod", "QA")
        ],
        *[
            (name, "test")
            for name in ("non-prod-sql", "Non Production", "NonProd", "sql-pre-prod-01", "Pre-Production", "pre-01")
        ],
        *[(name, "development") for name in ("Entwicklung", "Schulung", "Développement", "desarrollo", "sviluppo", "DEV-02")],
        *[(name, None) for name in ("Tier 3", "Pre-Sales CRM", "Antwerp", "Q & A", "t-sql01", "sql-x-01", "Information")],
    ],
)
def test_names_tell_the_environment_in_the_language_of_who_gave_them(name: str, environment: str | None) -> None:
    """Words of several languages with and without accents, and what is before or not production is none of it."""
    assert builtin().read(name).environment == environment


@pytest.mark.parametrize(
    "name",
    [
        *(
            "NSX-Manager-0",
            "nsxmgr01",
            "nsxctrl03-NSX-controller-5",
            "hcx-ix-1",
            "backup-proxy-02",
            "VBRPROXY01",
            "bkp-proxy-3",
        ),
        *("Z-VRA-esx1x", "Z-VRA-esx01.example.local", "zvra-1", "vRPA1", "dal-vrpa-02", "recoverpoint_vRPA_1"),
        *("NTNX-16SM6B260127-A-CVM", "OmniStackVC-10-20-30-40", "stCtlVM-FCH1842V1JT", "ScaleIO-10.0.0.1"),
    ],
)
def test_appliances_are_known_by_name(name: str) -> None:
    """System work says so in its name."""
    assert builtin().read(name).appliance


@pytest.mark.parametrize(
    "name", ["vra01", "vra-x012345678z-1", "proxy01", "zone-vrack", "ntnx-test", "cvm-crm01", "scale-out-1"]
)
def test_words_of_appliances_count_together_alone(name: str) -> None:
    """Half of a pair of words names no appliance, nor does a letter that only stands beside digits."""
    assert not builtin().read(name).appliance


@pytest.mark.parametrize(
    ("reason", "fields"),
    [
        ("template", {"template": True}),
        ("agent", {"managed_by": ManagedBy("com.vmware.vim.eam", "cluster-agent")}),
        ("agent", {"name": "vCLS-4c4c4544"}),
        ("agent", {"name": "vCLS (23)"}),
        ("ft_secondary", {"ft_role": 2}),
        ("srm_placeholder", {"managed_by": ManagedBy("com.vmware.vcDr", "placeholderVm")}),
        ("srm_test", {"managed_by": ManagedBy("com.vmware.VCDR-custom", "testVm")}),
        ("srm_test", {"managed_by": ManagedBy("com.vmware.vlr.site2", "testVm")}),
        ("replica", {"name": "SQL01_Replica", "power": "poweredOff"}),
        ("appliance", {"name": "NSX-Edge-1"}),
        ("appliance", {"managed_by": ManagedBy("com.vmware.hybridity", "ix")}),
        ("nested_host", {"guest_id": "vmkernel7Guest"}),
        ("desktop_parent", {"name": "cp-replica-17"}),
        ("desktop", {"name": "VDI-win10-7", "guest_id": "windows9_64Guest"}),
        ("desktop", {"name": "VDI-win10-7", "unreadable": frozenset({"guest_id"})}),
        ("unavailable", {"connection": "inaccessible"}),
        ("unavailable", {"connection": "orphaned"}),
    ],
)
def test_what_is_no_workload_is_counted_apart(build: EstateBuilder, reason: str, fields: dict[str, Any]) -> None:
    """Each kind of machine that is no workload has its bucket, and is in no count."""
    build.cluster().machine("plain").machine("other", **fields)
    estate = build.estate()
    assert [vm.id for vm in estate.workloads.items] == ["plain"]
    assert {why: len(vms) for why, vms in estate.excluded.items()} == {reason: 1}


@pytest.mark.parametrize(
    "fields",
    [
        {"name": "sql01_replica"},
        {"name": "sql01_replica", "power": "suspended"},
        {"name": "sql01_replica", "power": None, "unreadable": frozenset({"power"})},
        {"name": "sql01_replica2", "power": "poweredOff"},
    ],
)
def test_a_replica_that_may_run_is_a_workload(build: EstateBuilder, fields: dict[str, Any]) -> None:
    """After a failover the copy is what works."""
    assert len(build.cluster().machine("plain").machine("other", **fields).estate().workloads.items) == 2


def test_a_numbered_series_of_desktop_guests_is_a_pool(build: EstateBuilder) -> None:
    """Ten desktop guests under one name are virtual desktops; nine, a lone one and servers of the same series are workloads."""
    build.cluster()
    for n in range(10):
        build.machine(f"ACC{n:03}", guest_id="windows9_64Guest")
    build.machine("Windows10-x64", guest_id="windows9_64Guest").machine("ACC999", guest_id="windows9Server64Guest")
    for n in range(9):
        build.machine(f"LAB{n}", guest_id="windows9_64Guest")
    estate = build.estate()
    assert [vm.id for vm in estate.workloads.items] == ["Windows10-x64", "ACC999", *(f"LAB{n}" for n in range(9))]
    assert len(estate.excluded["desktop"]) == 10


def test_the_folder_comes_before_the_name(build: EstateBuilder) -> None:
    """A machine filed under a class is of that class, whatever its name says; the innermost folder that speaks counts."""
    folders = (
        Folder(id="f1", name="Business Apps"),
        Folder(id="f2", name="Exchange", parent="f1"),
        Folder(id="f3", name="A", parent="f2"),
    )
    build.more["folders"] = folders
    build.cluster().machine("web01", parent="f3").machine("sql01", parent="f1")
    estate = build.estate()
    found = {vm.id: estate.workload_of(vm) for vm in estate.workloads.items}
    assert (found["web01"].app.id, found["web01"].source, found["web01"].confidence) == ("exchange", "folder", 0.8)  # type: ignore[union-attr]
    assert (found["sql01"].app.id, found["sql01"].source, found["sql01"].confidence) == ("database", "name", 0.6)  # type: ignore[union-attr]


def test_a_vapp_speaks_for_its_machines(build: EstateBuilder) -> None:
    """A machine in a vApp has no folder; the names of the vApp, of one around it and of the folder around that count."""
    build.more["resource_pools"] = (
        ResourcePool(id="v1", name="SAP", parent="r1", folder="f1", is_vapp=True),
        ResourcePool(id="v2", name="inner", parent="v1", is_vapp=True),
    )
    build.more["folders"] = (Folder(id="f1", name="Test"),)
    build.cluster().machine("x1", vapp="v2")
    estate = build.estate()
    workload = estate.workload_of(estate.workloads.items[0])
    assert (workload.app and workload.app.id, workload.environment, workload.is_business) == ("sap", "test", False)


def test_folders_in_a_circle_end(build: EstateBuilder) -> None:
    """A damaged inventory whose folders contain each other does not hang."""
    build.more["folders"] = (Folder(id="f1", name="SQL", parent="f2"), Folder(id="f2", name="b", parent="f1"))
    build.cluster().machine("x1", parent="f1")
    estate = build.estate()
    assert estate.workload_of(estate.workloads.items[0]).is_business


@pytest.mark.parametrize(
    ("fields", "corroborated"),
    [
        ({}, ()),
        ({"vcpus": 8}, ("size",)),
        ({"memory_mb": 65536}, ("size",)),
        ({"annotation": "Last Backup: yesterday"}, ("backup",)),
        ({"annotation": "Do not back up. No backup needed"}, ()),
        ({"annotation": "Backup: none"}, ()),
        ({"annotation": "No owner yet.\nVeeam Backup: job nightly"}, ("backup",)),
        ({"ft_role": 1, "ft_state": "running"}, ("protection",)),
    ],
)
def test_corroboration_is_more_than_a_name(build: EstateBuilder, fields: dict[str, Any], corroborated: tuple[str, ...]) -> None:
    """Size, backup and protection stand beside the name of a business application."""
    build.cluster().machines(5).machine("sql01", **fields)
    (machine,) = build.estate().business
    assert machine.corroborated_by == corroborated


def test_time_in_service_corroborates(build: EstateBuilder) -> None:
    """A machine made more than 90 days ago that still runs is in service."""
    build.cluster().machines(5)
    build.machine("sql01", created=build.now - timedelta(days=100)).machine("sql02", created=build.now - timedelta(days=50))
    build.machine("sql03", created=build.now - timedelta(days=100), power="poweredOff")
    assert [(m.vm.id, m.corroborated_by) for m in build.estate().business] == [("sql01", ("time in service",)), ("sql02", ())]
