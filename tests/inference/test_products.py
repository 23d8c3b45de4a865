"""Products by their keys, editions and what they leave out, and the age of builds."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from collector.facts import Extension, License
from inference.events.event_kinds import Kind, kind_of
from inference.products import (
    is_backup_snapshot,
    is_outdated,
    may_lack,
    newest_hardware,
    registered,
    self_service_keys,
    self_service_products,
    tells_editions,
    unlicensed,
)

STANDARD = License("VMware vSphere 7 Standard", "esx.standard.cpuPackage")
VCENTER = License("VMware vCenter Server 7 Standard", "vc.standard.instance")
PLUS = License("VMware vSphere 8 Enterprise Plus", "esx.enterprisePlus.cpuPackage")


@pytest.mark.parametrize(
    "key", ["com.example.vcDr", "com.vmware.vcIntegrity", "com.vmware.vcenter.wcp", "com.vmware.vrops.install", ""]
)
def test_unknown_and_bundled_extensions_say_nothing(key: str) -> None:
    """A key counts from its start, and what ships with every vCenter does not."""
    assert registered([Extension(key)]) == ()


def test_products_are_found_by_prefix_without_case() -> None:
    """Each product once, in the order of the table."""
    found = registered([Extension("com.vmware.vCops"), Extension("COM.VMWARE.vcDr-a"), Extension("com.vmware.vcDr-b")])
    assert [product.id for product in found] == ["srm", "operations"]


@pytest.mark.parametrize("key", ["com.vmware.vra.7f4e", "com.vmware.vcfa", "com.cloudbolt.cmp", "com.embotics.vcommander"])
def test_products_of_self_service_are_known_by_their_keys(key: str) -> None:
    """Those of the vendor under any of its names, and those of others."""
    assert [product.kind for product in registered([Extension(key)])] == ["self_service"]
    assert key.startswith(self_service_keys())


def test_products_of_other_kinds_are_none_of_self_service() -> None:
    """Neither when they are registered nor when they own machines."""
    others = [Extension("com.vmware.vcDr"), Extension("com.vmware.vcops"), Extension("com.vmware.orchestrator")]
    assert self_service_products(others) == ()
    assert not any(extension.key.startswith(self_service_keys()) for extension in others)


@pytest.mark.parametrize(
    ("version", "newest"),
    [("6.7.0", 14), ("7.0.0", 17), ("7.0.3", 19), ("8.0.1", 20), ("8.0.3", 21), ("8.0.10", 21), ("12.0.0", None), (None, None)],
)
def test_the_closest_release_says_what_a_host_runs(version: str | None, newest: int | None) -> None:
    """An update of its own before the release that it belongs to."""
    assert newest_hardware(version) == newest


@pytest.mark.parametrize(
    "licenses",
    [(), (VCENTER,), (PLUS,), (STANDARD, PLUS), (License("Evaluation Mode", "eval"),), (License("vSphere X", "esx.new"),)],
)
def test_a_feature_is_not_called_missing_without_proof(licenses: tuple[License, ...]) -> None:
    """No licence, one of vCenter alone, a better one beside, a trial and an unknown edition prove nothing."""
    assert unlicensed("drs", licenses) is None


def test_an_edition_without_the_feature_is_named() -> None:
    """A better licence that nothing uses does not help."""
    assert unlicensed("drs", (STANDARD, VCENTER, License(PLUS.name, PLUS.edition, used=0))) == "VMware vSphere 7 Standard"
    assert unlicensed("ha", (STANDARD,)) is None


def test_editions_are_named_once_and_in_order() -> None:
    """By their names, or by their keys where they have none."""
    basic = License("", "esx.basic.cpuPackage")
    assert unlicensed("drs", (STANDARD, basic, STANDARD)) == "VMware vSphere 7 Standard, esx.basic.cpuPackage"
    assert unlicensed("drs", (basic, STANDARD)) == "VMware vSphere 7 Standard, esx.basic.cpuPackage"


@pytest.mark.parametrize(
    "beside",
    [
        License("VMware Cloud Foundation (cores)", ""),
        License("VCF 5", "vcf.ent"),
        License("VMware Cloud Foundation (cores)", "esx.vcf.entitlement.cpuCoreMin"),
        License("VMware vSphere Foundation", "esx.vvf.cpuCoreMin"),
    ],
)
def test_hosts_under_a_foundation_have_every_feature(beside: License) -> None:
    """A lesser edition on some hosts proves nothing about those of a subscription, however that is written."""
    assert unlicensed("drs", (STANDARD, beside)) is None


def test_the_trial_that_every_vcenter_lists_is_no_proof() -> None:
    """A vCenter lists its trial beside the licences in use and need not say that nothing uses it."""
    trial, used = License("Product Evaluation", "eval", total=0), License(STANDARD.name, STANDARD.edition, used=4)
    assert unlicensed("drs", (trial, used)) == "VMware vSphere 7 Standard"
    assert unlicensed("drs", (License("Product Evaluation", "eval", used=2), used)) is None


def test_licences_of_other_products_are_not_those_of_hosts() -> None:
    """What is licensed for vSphere does not license vSphere."""
    for other in (
        License("NSX for vSphere - Enterprise", "nsx.vsphere.cpuPackage"),
        License("Aria Suite Advanced", "aria.adv"),
    ):
        assert unlicensed("drs", (STANDARD, other)) == "VMware vSphere 7 Standard"
        assert not tells_editions((other,))


@pytest.mark.parametrize(
    ("edition", "feature", "missing"),
    [
        ("Essentials Plus", "vmotion", False),
        ("Essentials Plus", "svmotion", True),
        ("Standard", "svmotion", False),
        ("Enterprise", "drs", False),
        ("Enterprise", "sdrs", True),
        ("Enterprise Plus", "sdrs", False),
    ],
)
def test_editions_differ_in_what_moves_storage(edition: str, feature: str, missing: bool) -> None:
    """Storage vMotion begins with Standard and storage DRS with Enterprise Plus."""
    assert bool(unlicensed(feature, (License(f"VMware vSphere 6 {edition}", ""),))) is missing


@pytest.mark.parametrize(
    ("feature", "used", "hosts", "may"),
    [
        ("svmotion", [], 3, True),
        ("svmotion", [], 4, False),
        ("svmotion", ["drs"], 3, False),
        ("drs", [], 4, True),
        ("drs", ["sdrs"], 4, False),
        ("sdrs", ["drs"], 4, False),
        ("vds", [], 200, True),
        ("vmotion", [], 1, False),
        ("ha", [], 1, False),
    ],
)
def test_what_hosts_of_an_unread_edition_may_lack(feature: str, used: list[str], hosts: int, may: bool) -> None:
    """Essentials Plus moves no storage and has three hosts at most, Standard has no DRS; all common editions have the rest."""
    assert may_lack(feature, frozenset(used), hosts) is may


@pytest.mark.parametrize(
    ("build", "now", "outdated"),
    [
        (None, (2030, 1, 1), False),
        ("releasebuild", (2030, 1, 1), False),
        ("99999999", (2030, 1, 1), False),
        ("1", (2018, 7, 28), True),
        ("17630552", (2023, 1, 27), False),
        ("17630552", (2023, 1, 28), True),
        ("19193899", (2023, 1, 28), True),
        ("19193900", (2023, 1, 28), False),
    ],
)
def test_a_build_is_outdated_a_year_after_its_successor(build: str | None, now: tuple[int, int, int], outdated: bool) -> None:
    """A build of the table, or between two of it, is as old as the next one at least; a newer one may be of today."""
    assert is_outdated(build, datetime(*now, tzinfo=UTC)) is outdated


@pytest.mark.parametrize(
    ("event_type", "kind"),
    [
        ("VmReconfiguredEvent", None),
        ("com.vmware.vcDr.PlanExecTestBegin", Kind.RECOVERY_BEGIN),
        ("com.vmware.vcDr.RecoveryPlanExecuteCleanupEnd", Kind.RECOVERY_END),
        ("com.vmware.vcDr.dr.PlanExecTestEnd", Kind.RECOVERY_TEST),
        ("com.vmware.vcDr-site.RecoveryPlanExecuteTestEndEvent", Kind.RECOVERY_TEST),
        ("com.vmware.vc.HA.VmRestartedByHAEvent", Kind.HA_RESTART),
        ("DrsVmMigratedEvent", Kind.DRS_MOVED),
        ("hbr.primary.DeltaCompletedEvent", None),
        ("hbr.primary.VmReplicationConfigurationChangedEvent", Kind.REPLICATION_CHANGED),
    ],
)
def test_event_ids_are_classified_in_every_spelling(event_type: str, kind: Kind | None) -> None:
    """Case, site suffixes and the Event ending do not matter."""
    assert kind_of(event_type) is kind


@pytest.mark.parametrize(
    "name",
    [
        *(
            "VEEAM BACKUP TEMPORARY SNAPSHOT",
            "__GX_BACKUP__",
            "NBU_SNAPSHOT vm01 1717200000",
            "Restore Point 6/1/2024 01:00:12 AM",
        ),
        *(
            "Rubrik-Snapshot-7f4e",
            "Cohesity-Snap",
            "NAKIVO Backup & Replication temporary snapshot",
            "TSM-VM Snapshot",
            "smvi_7f4e",
        ),
        *(
            "Synology Active Backup for Business",
            "bareosTmpSnapshot_1",
            "ghettoVCB-snapshot-2024",
            "AzureBackup-7f4e",
            "Zerto-tmp",
        ),
        *("Nightly backup", "vSphere Replication snapshot"),
    ],
)
def test_snapshots_of_backup_products_are_known_by_name(name: str) -> None:
    """As the products call them, whatever their case."""
    assert is_backup_snapshot(name)


@pytest.mark.parametrize(
    "name",
    [
        *("Backup before patch", "backup vor Update", "manual backup", "pre-upgrade backup", "Datum", ""),
        *("Before Veeam upgrade", "prior to Zerto agent", "vor NetBackup Update", "cleanbuild", "win2019-winbuild"),
    ],
)
def test_snapshots_that_people_take_in_place_of_a_backup_are_theirs(name: str) -> None:
    """Their names say before what, which no product does; a short word of a product may be met inside another."""
    assert not is_backup_snapshot(name)
