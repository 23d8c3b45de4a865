"""Who is behind an account."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from inference.events.accounts import is_import, makes_agents, role_of, works_like_a_machine

MONDAY = datetime(2026, 3, 2, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("user", "role"),
    [
        ("", "platform"),
        ("System", "platform"),
        ("vpxuser", "platform"),
        ("VSPHERE.LOCAL\\vpxd-extension-0a1b", "platform"),
        ("com.vmware.vim.eam", "platform"),
        ("CORP\\svc-veeam01", "tool"),
        ("svc_commvault@corp.example", "tool"),
        ("CORP\\horizon-composer", "tool"),
        ("VSPHERE.LOCAL\\SRM-0a1b", "tool"),
        ("CORP\\svc-vra", "self_service"),
        ("vcloud7@corp", "self_service"),
        ("CORP\\svcdeploy", "automation"),
        ("CORP\\jenkins", "automation"),
        ("CORP\\svc-admin", "shared"),
        ("CORP\\VCSRV01$", "automation"),
        ("CORP\\gmsa-vmdeploy$", "automation"),
        ("CORP\\VEEAM01$", "tool"),
        ("VSPHERE.LOCAL\\topologysvc-5d1f3a2b-9c1e-4d7a-8b2f-0123456789ab", "platform"),
        ("VSPHERE.LOCAL\\wcp-5d1f3a2b-9c1e-4d7a-8b2f-0123456789ab", "self_service"),
        ("VSPHERE.LOCAL\\workload_storage_management-5d1f", "platform"),
        ("com.vmware.vsan.health", "platform"),
        ("com.vmware.vcHms", "tool"),
        ("com.vmware.vcDr-site2", "tool"),
        ("CORP\\svc_backupexec", "tool"),
        ("CORP\\svc-logicmonitor", "tool"),
        ("CORP\\vmware-admin", "person"),
        ("CORP\\vmware-svc", "automation"),
        ("CORP\\srv_vmware", "automation"),
        ("CORP\\rundeck", "automation"),
        ("CORP\\sa-deploy", "automation"),
        ("CORP\\sa-jdoe", "shared"),
        ("sa_vmware@corp.example", "shared"),
        ("CORP\\sasha", "person"),
        ("CORP\\sa.jones", "person"),
        ("CORP\\svcVeeamBackup", "tool"),
        ("CORP\\monitoringuser", "tool"),
        ("CORP\\vmbackup", "tool"),
        ("CORP\\svc_emcnetworker", "tool"),
        ("CORP\\svc-citrixmcs", "tool"),
        ("CORP\\vraprovision", "self_service"),
        ("CORP\\hans.dienst", "person"),
        ("CORP\\vmuser", "person"),
        ("CORP\\svc_ariaops", "tool"),
        ("CORP\\svc_trendmicro", "tool"),
        ("CORP\\Sicherung", "tool"),
        ("CORP\\Überwachung", "tool"),
        ("CORP\\vrasvc", "self_service"),
        ("svc-aria-automation@corp.example", "automation"),
        ("CORP\\automatisation", "automation"),
        ("CORP\\packeruser", "automation"),
        ("CORP\\cuenta.servicio.vm", "automation"),
        ("S-1-5-21-3623811015-3361044348-30300820-1013", "shared"),
        ("CORP\\s-1jones", "person"),
        ("CORP\\usero", "person"),
        ("CORP\\serviceman.k", "person"),
        ("CORP\\ann", "person"),
        ("administrator@vsphere.local", "person"),
        ("CORP\\apiwat", "person"),
        ("CORP\\andrea", "person"),
        ("CORP\\dr.snow", "person"),
        ("aria@corp.example", "person"),
    ],
)
def test_names_tell_who_is_behind(user: str, role: str) -> None:
    """Whole runs of letters and known beginnings count; the domain and other letters in a name do not."""
    assert role_of(user) == role


@pytest.mark.parametrize(
    ("text", "expected"), [("CORP\\vconverter", False), ("CORP\\svc-converter", True), ("p2v-web01", True), ("web01", False)]
)
def test_imports_are_told_by_names(text: str, expected: bool) -> None:
    """Of accounts and of machines."""
    assert is_import(text) is expected


def test_few_operations_say_nothing_about_sleep() -> None:
    """Below two dozen even a timer is no timer."""
    assert not works_like_a_machine([MONDAY + timedelta(hours=n) for n in range(23)])


def test_office_hours_are_a_person() -> None:
    """Working days from eight to five, at irregular times."""
    assert not works_like_a_machine([MONDAY + timedelta(days=day, hours=n * n % 9) for day in range(5) for n in range(6)])


def test_a_timer_is_a_machine() -> None:
    """One operation each day at eight sharp."""
    assert works_like_a_machine([MONDAY + timedelta(days=n) for n in range(30)])


def test_never_sleeping_is_a_machine() -> None:
    """All hours of all days, however irregular."""
    times = [MONDAY + timedelta(days=n % 14, hours=n * 7 % 24, minutes=n * n % 60) for n in range(100)]
    assert works_like_a_machine(times)
    assert not works_like_a_machine([at for at in times if 6 <= at.hour <= 16])


@pytest.mark.parametrize(("hours", "days", "machine"), [(18, 7, True), (17, 7, False), (24, 5, False)])
def test_sleep_and_weekends_are_of_people(hours: int, days: int, machine: bool) -> None:
    """Seventeen hours of each day leave a night, and those who take turns from Monday to Friday have a weekend."""
    worked = [(day, hour) for day in range(days) for hour in range(hours)]
    times = [MONDAY + timedelta(days=day, hours=hour, minutes=(7 * day + 11 * hour) % 60) for day, hour in worked]
    assert works_like_a_machine(times) is machine


@pytest.mark.parametrize(("late", "machine"), [(2, True), (3, False)])
def test_a_timer_may_be_a_little_late(late: int, machine: bool) -> None:
    """By less than a tenth of the time between one operation and the next."""
    assert works_like_a_machine([MONDAY + timedelta(days=n, hours=late * (n % 2)) for n in range(30)]) is machine


def test_operations_at_one_moment_are_no_timer() -> None:
    """A batch has no time between its operations."""
    assert not works_like_a_machine([MONDAY] * 40)


@pytest.mark.parametrize(
    ("user", "expected"),
    [
        ("com.vmware.vim.eam", True),
        ("vmware-eam", True),
        ("VSPHERE.LOCAL\\eam-0f0f0f0f-1111-2222-3333-444444444444", True),
        ("VSPHERE.LOCAL\\vpxd-extension-0f0f0f0f-1111-2222-3333-444444444444", False),
        ("CORP\\eamon", False),
        ("", False),
    ],
)
def test_the_agency_is_told_by_its_account(user: str, expected: bool) -> None:
    """Other accounts of the platform act for whoever asked them, as for a library of templates."""
    assert makes_agents(user) is expected
