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
        "Virtual machines that do work: templates, agents and placeholders are left out.",
        {legend: or_absent(best("vjourney_virtual_machines", where), where)},
        RATIO,
    )


def density(where: str, legend: str) -> timeseries.Panel:
    """Powered-on machines for each host of each scope."""
    return course(
        "VMs per host",
        "Powered-on virtual machines for each host. Old hosts held 5 to 15; beyond 12 the number says nothing about the stage.",
        {legend: or_absent(best("vjourney_vms_per_host", where), where)},
        RATIO,
    )


def moves(where: str) -> timeseries.Panel:
    """Migrations by cause."""
    return _happened(
        "Migrations",
        "Migrations in the 30 days before each point, by cause. Those of people and DRS show who masters live migration.",
        "vjourney_migrations_total",
        where,
        "cause",
    )


def provisioned(where: str) -> timeseries.Panel:
    """New machines by method."""
    return _happened(
        "New virtual machines",
        "Machines created in the 30 days before each point, by method. Blank machines are built as physical servers were.",
        "vjourney_provisioned_vms_total",
        where,
        "method",
    )


def maintenance(where: str) -> timeseries.Panel:
    """Maintenance entries by what happened to the machines."""
    return _happened(
        "Maintenance of hosts",
        "Hosts that entered maintenance in the 30 days before each point: emptied by live migration, or by shutting down.",
        "vjourney_maintenance_entries_total",
        where,
        "method",
    )


def recovery(where: str) -> timeseries.Panel:
    """Restarts by HA and tests of recovery plans."""
    return course(
        "Recovery",
        "Restarts by HA and tests of recovery plans in the 30 days before each point.",
        {
            "HA restarts": counted("vjourney_ha_restarts_total", where, "vcenter", "30d"),
            "Recovery tests": counted("vjourney_recovery_tests_total", where, "vcenter", "30d"),
        },
        COUNT,
    )


def _happened(title: str, description: str, metric: str, where: str, by: str) -> timeseries.Panel:
    return course(title, description, {f"{{{{{by}}}}}": counted(metric, where, by, "30d")}, COUNT)
