"""Panels that show what is run and what is done: consolidation, and events counted over 30 days."""

from __future__ import annotations

from grafana_foundation_sdk.builders import timeseries

from exporters.grafana.panels import Look, course
from exporters.grafana.stage_panels import COUNT, UNREAD
from exporters.grafana.vocabulary import best, counted, or_absent

RATIO = Look("short", 1, mappings=UNREAD)


def machines(where: str, legend: str) -> timeseries.Panel:
    """Workload machines of each scope."""
    return course(
        "Workload VMs",
        "Workload VMs: templates, agents and placeholders are not counted.",
        {legend: or_absent(best("vjourney_virtual_machines", where), where)},
        RATIO,
    )


def density(where: str, legend: str) -> timeseries.Panel:
    """Powered-on machines for each host of each scope."""
    return course(
        "VMs per host",
        "Powered-on workload VMs per host. Older hosts ran 5 to 15; beyond 12 the number says nothing about the stage.",
        {legend: or_absent(best("vjourney_vms_per_host", where), where)},
        RATIO,
    )


def moves(where: str) -> timeseries.Panel:
    """Migrations by cause."""
    return _happened(
        "Migrations",
        "Migrations in the 30 days before each point, by cause. People and DRS show how well live migration is mastered.",
        "vjourney_migrations_total",
        where,
        "cause",
    )


def provisioned(where: str) -> timeseries.Panel:
    """New machines by method."""
    return _happened(
        "New virtual machines",
        "VMs created in the 30 days before each point, by method. Blank VMs are built the way physical servers were.",
        "vjourney_provisioned_vms_total",
        where,
        "method",
    )


def maintenance(where: str) -> timeseries.Panel:
    """Maintenance entries by what happened to the machines."""
    return _happened(
        "Host maintenance",
        "Hosts that entered maintenance mode in the 30 days before each point: emptied by live migration, or VMs shut down.",
        "vjourney_maintenance_entries_total",
        where,
        "method",
    )


def recovery(where: str) -> timeseries.Panel:
    """Restarts by HA and tests of recovery plans."""
    return course(
        "Recovery",
        "HA restarts and recovery plan tests in the 30 days before each point.",
        {
            "HA restarts": counted("vjourney_ha_restarts_total", where, "vcenter", "30d"),
            "Recovery tests": counted("vjourney_recovery_tests_total", where, "vcenter", "30d"),
        },
        COUNT,
    )


def _happened(title: str, description: str, metric: str, where: str, by: str) -> timeseries.Panel:
    return course(title, description, {f"{{{{{by}}}}}": counted(metric, where, by, "30d")}, COUNT)
