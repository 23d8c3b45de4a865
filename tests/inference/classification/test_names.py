"""What the parts of a name say beside each other."""

from __future__ import annotations

import pytest

from inference.classification.lexicon import builtin


@pytest.mark.parametrize(
    ("name", "app"),
    [
        *[(name, "management") for name in ("wsus-sql01", "sql-sccm-prod", "vcdb01", "wsus-db2", "zabbix-mysql")],
        *[
            ("citrix-sql-2", "citrix"),
            ("gitlab-postgres", "build"),
            ("dbadmin-jump", "management"),
            ("db-jump", "dns"),
            ("horizon-sql01", None),
            ("vdi-db", None),
        ],
        *[(name, "database") for name in ("ca-sql01", "mon-sql-2", "sql-web-1")],
        *[
            ("sql-sap01", "sap"),
            ("db2-crm", "crm"),
            ("erp-wsus", "erp"),
            ("tier0-dc01", "domain_controller"),
            ("critical-web01", "tier1"),
        ],
    ],
)
def test_a_database_belongs_to_what_is_named_beside_it(name: str, app: str | None) -> None:
    """One of a product with which IT works is no application of the business, and a place is no product."""
    found = builtin().read(name).app
    assert (found.id if found else None) == app


@pytest.mark.parametrize(
    ("app", "names"),
    [
        (
            "database",
            (
                "usfin-psql02",
                "SQLVS03-prod",
                "vsqlp-001",
                "MUCSQLCLN2",
                "cgsql2k8",
                "dbstandby1",
                "mongocfg2",
                "pg-cluster-a",
                "patroni-node3",
                "greenplum-seg1",
                "Bases de datos",
                "Bases de données",
                "neo4jprd01",
            ),
        ),
        ("oracle", ("psoft-hcm-prd", "psfthrprd", "essbase01", "goldengate-hub", "siebelcc-prd2")),
        ("sap", ("SAPBW-QAS", "SAPS4P01", "sapewm01", "s4h-app-2", "PLWAWSAPPRD01", "FIORI-PRD", "SAPP01", "lonsap01")),
        ("exchange", ("Email", "exchhyb01", "exchangedag1", "poczta01")),
        ("sharepoint", ("documentum-cs1", "FileNet-CE", "SP2019-WFE")),
        ("erp", ("lonerp001", "erpdev02", "ax2012-aos01", "sagex3-prod", "unit4-web", "gestionale01")),
        ("finance", ("t24uat3", "temenosqa", "murexgrid-4", "avaloqprd1", "guidewire-pc", "kernbank-01")),
        ("health", ("SRVHIS02", "PACSARCHIVE", "dicom-router", "hix-app-p")),
        ("commerce", ("kasse-filiale-07", "shopware1")),
        ("middleware", ("Middleware", "ibmmq-gw", "webmethods-is")),
        ("analytics", ("QlikSense-PRD", "talend-etl")),
        ("manufacturing", ("scadahist", "wincc-srv1", "enovia-app", "osipi-da01", "pdm-vault")),
        ("hr", ("hcm-app01", "personio-sync")),
    ],
)
def test_products_of_the_business_are_known(app: str, names: tuple[str, ...]) -> None:
    """In the ways in which their names are shortened, and in compounds with the names of others."""
    found = {name: builtin().read(name).app for name in names}
    assert {name: said and said.id for name, said in found.items()} == dict.fromkeys(names, app)


@pytest.mark.parametrize(
    ("app", "names"),
    [
        ("domain_controller", ("openldap1", "pdc-emu", "aadconnect", "Domänencontroller", "Contrôleurs de domaine")),
        ("file", ("dfsr02", "serwer-plikow")),
        ("print", ("papercut", "stampa01", "utskrift1")),
        ("web", ("bigip-ve2", "traefik-1")),
        ("citrix", ("remoteapp2", "avd-sh-3", "CTXPVS01", "uag-01")),
        ("dns", ("pfsense", "fortigate-vm64", "panorama", "smtpgw2")),
        ("management", ("subca02", "flexlm02", "awx01", "vra8-01", "rubrik-edge", "tenable-sc", "license-srv", "otrs-db")),
        ("build", ("gerrit", "buildagent07")),
    ],
)
def test_products_of_it_are_known(app: str, names: tuple[str, ...]) -> None:
    """Which are no applications of the business, with their databases and gateways for mail."""
    found = {name: builtin().read(name).app for name in names}
    assert {name: said and said.id for name, said in found.items()} == dict.fromkeys(names, app)


@pytest.mark.parametrize("name", ["SupervisorControlPlaneVM (2)", "Avi-se-xkqpz", "avi-controller-1"])
def test_machines_of_the_platform_are_known(name: str) -> None:
    """Those of the Supervisor and of its load balancer."""
    assert builtin().read(name).appliance


@pytest.mark.parametrize(
    "name",
    [
        *(
            "hisham-vm",
            "history01",
            "medicore",
            "sapling",
            "this-vm",
            "position-api",
            "epicurus",
            "kassenberg",
            "emailer",
            "sqlalchemy-x",
            "salesappprd01",
            "sqlite3",
        ),
    ],
)
def test_their_letters_inside_other_words_are_none(name: str) -> None:
    """Whatever a word begins with."""
    app = builtin().read(name).app
    assert app is None or app.kind == "infrastructure"


@pytest.mark.parametrize(
    ("name", "environment"),
    [
        *[
            (name, "production")
            for name in (
                "p-sap-app01",
                "hana-p01",
                "usw2psql01",
                "db2prod",
                "mqprd02",
                "crm-app-p",
                "vsqlp-001",
                "PLWAWSAPPRD01",
            )
        ],
        *[
            (name, "test")
            for name in ("t-web-03", "crm-q02-n1", "qsql01", "sap-app-q", "testvm-jk", "Testumgebung", "Testmiljø", "Akzeptanz")
        ],
        *[(name, "development") for name in ("d-app-001", "Entwicklungsumgebung", "Utveckling", "udvikling")],
        *[(name, None) for name in ("core-t24-app", "nas-gw-d", "t-sql01", "store-x12", "sql-node-1")],
    ],
)
def test_codes_of_an_environment_stand_in_several_places(name: str, environment: str | None) -> None:
    """At the beginning and the end, before a number, and in words that are made of others."""
    assert builtin().read(name).environment == environment


@pytest.mark.parametrize(
    ("name", "environment"),
    [
        ("sql01.dev.example.com", "development"),
        ("sql01.uat.corp.local", "test"),
        ("sql01.lab.local", "development"),
        ("sql01.prod.example.co.uk", "production"),
        ("tst-sql01.prod.example.com", "test"),
        ("sql01.demo.com", None),
        ("sql01.corp.test", None),
        ("sql01.example.edu", None),
    ],
)
def test_a_domain_tells_the_environment_and_nothing_else(name: str, environment: str | None) -> None:
    """Unless the name does, and not by the name that an organisation registered."""
    found = builtin().read(name)
    assert (found.app and found.app.id, found.environment) == ("database", environment)


@pytest.mark.parametrize("name", ["usw2psql01", "FRPAR01SQL007", "db2prod", "mqprd02", "smtpgw2"])
def test_words_with_digits_and_sites_with_numbers_stand_beside_others(name: str) -> None:
    """As the words of letters do."""
    assert builtin().read(name).app is not None


@pytest.mark.parametrize(
    "name",
    [
        "vm-3fdb1234-5db2",
        "instance-12ab34db-9dc1-4d12-8db4-0123456789db",
        "1c2e3d4b-d123",
        "node-1dc2db34-4fb1 (2)",
        "tkc-md-0-jh4shp6tsn-sql9l",
    ],
)
def test_an_identifier_is_made_of_no_words(name: str) -> None:
    """Whatever letters it holds by chance."""
    assert builtin().read(name) == builtin().read("")
