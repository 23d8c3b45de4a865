"""What the managers know: extensions, custom attributes, licences, host profiles, scheduled tasks."""

# pyVmomi types its data, not its functions
# mypy: disable-error-code="no-untyped-call"
from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime

from pyVmomi import vim

from collector.facts import CustomField, Extension, HostProfile, License
from collector.gatherers import custom_fields, extensions, host_profiles, licenses, scheduled_tasks

AT = datetime(2026, 3, 1, tzinfo=UTC)
NOTHING = vim.Description(label="", summary="")


def test_bare_extension() -> None:
    """An extension that registered nothing but its key is still seen."""
    (bare,) = extensions.parse([vim.Extension(key="com.example", description=NOTHING, version="", lastHeartbeatTime=AT)])
    assert bare == Extension("com.example", last_heartbeat=AT)


def test_extensions_in_order_of_key() -> None:
    """Version, company, managed types and event ids are read; the order does not depend on vCenter's."""
    srm = vim.Extension(
        key="com.vmware.vcDr",
        description=NOTHING,
        version="8.3.0",
        company="VMware, Inc.",
        lastHeartbeatTime=AT,
        managedEntityInfo=[vim.ext.ManagedEntityInfo(type="placeholderVm")],
        eventList=[vim.Extension.EventTypeInfo(eventID="com.vmware.vcDr.PlanCreate")],
    )
    other = vim.Extension(key="com.a", description=NOTHING, version="1", lastHeartbeatTime=AT)
    first, second = extensions.parse([srm, other])
    assert first.key == "com.a"
    assert second == Extension(
        "com.vmware.vcDr", "8.3.0", "VMware, Inc.", AT, ("placeholderVm",), ("com.vmware.vcDr.PlanCreate",)
    )


def test_custom_fields() -> None:
    """A definition for all kinds of objects names none."""
    found = custom_fields.parse(
        [
            vim.CustomFieldsManager.FieldDef(key=9, name="owner", type=str, managedObjectType=vim.VirtualMachine),
            vim.CustomFieldsManager.FieldDef(key=3, name="cost centre", type=str),
        ]
    )
    assert found == (CustomField(3, "cost centre"), CustomField(9, "owner", "VirtualMachine"))


def test_licence_keys_are_never_read() -> None:
    """A licence is known by name and edition; no field holds its key."""
    secret = "AAAAA-BBBBB-CCCCC-DDDDD-EEEEE"
    (found,) = licenses.parse(
        [vim.LicenseManager.LicenseInfo(licenseKey=secret, editionKey="vc.standard", name="vCenter Standard", total=0, used=1)]
    )
    assert found == License("vCenter Standard", "vc.standard", 0, 1)
    assert secret not in {getattr(found, field.name) for field in fields(found)}


def test_host_profiles() -> None:
    """A profile whose attachments or compliance are not readable is still a profile."""
    found = host_profiles.parse(
        [
            {"name": "gold", "entity": [vim.HostSystem("host-1", None)], "complianceStatus": "nonCompliant"},
            {"name": "bare"},
        ]
    )
    assert found == (HostProfile("bare"), HostProfile("gold", ("host-1",), "nonCompliant"))


def test_scheduled_tasks_are_counted() -> None:
    """None scheduled is zero, which is not the same as not read."""
    assert scheduled_tasks.parse([]) == 0
    assert scheduled_tasks.parse([vim.scheduler.ScheduledTask("schedule-1", None)]) == 1
