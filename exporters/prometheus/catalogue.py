"""Every metric of vjourney, once: what /metrics may contain and what docs/metrics.md says about it.

Run ``python -m exporters.prometheus.catalogue`` to print docs/metrics.md.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Literal

SCOPE = ("scope", "vcenter", "vsphere_cluster")
"""Labels that say what a series is about: ``fleet``, ``vcenter`` or ``cluster``, and which one."""


@dataclass(frozen=True, slots=True)
class MetricSpec:
    """One metric: full name as scraped, type, help, labels in order, unit (a suffix of the name) and when it is left out."""

    name: str
    kind: Literal["gauge", "counter"]
    help: str
    labels: tuple[str, ...] = SCOPE
    unit: str = ""
    absent: str = ""


UNDECLARED = "no stage is declared yet"
NO_CANDIDATE = "no other stage is a candidate"
FLOOR = "the evidence is below the floor"
UNREAD = "it could not be read"

METRICS = (
    MetricSpec("vjourney_stage", "gauge", "Declared stage of the journey, 0 to 3.", absent=UNDECLARED),
    MetricSpec(
        "vjourney_stage_candidate",
        "gauge",
        "Stage that will be declared if the evidence for it lasts, 0 to 3.",
        absent=NO_CANDIDATE,
    ),
    MetricSpec(
        "vjourney_stage_candidate_since_timestamp_seconds",
        "gauge",
        "Unix time since which the evidence has pointed to the candidate.",
        unit="seconds",
        absent=NO_CANDIDATE,
    ),
    MetricSpec("vjourney_stage_inferred", "gauge", "Stage that the evidence of this poll points to, 0 to 3.", absent=FLOOR),
    MetricSpec("vjourney_stage_position", "gauge", "Expected position on the journey, 0 to 4.", absent=FLOOR),
    MetricSpec(
        "vjourney_stage_probability",
        "gauge",
        "Probability of each stage given the evidence; the four add up to 1.",
        (*SCOPE, "adoption_stage"),
    ),
    MetricSpec(
        "vjourney_stage_since_timestamp_seconds",
        "gauge",
        "Unix time since which the declared stage has held.",
        unit="seconds",
        absent=UNDECLARED,
    ),
    MetricSpec(
        "vjourney_stage_changes_total",
        "counter",
        "Changes of the declared stage. One step up and one down from the current stage are shown from 0.",
        (*SCOPE, "from_stage", "to_stage", "cause"),
        absent=UNDECLARED,
    ),
    MetricSpec("vjourney_certainty_ratio", "gauge", "How clearly the probabilities point to one stage, 0 to 1.", unit="ratio"),
    MetricSpec(
        "vjourney_coverage_ratio", "gauge", "Share of the informative evidence that could be seen, 0 to 1.", unit="ratio"
    ),
    MetricSpec(
        "vjourney_team_confidence",
        "gauge",
        "1 for the current level of team confidence, 0 for the others.",
        (*SCOPE, "level"),
        absent="too little exercised evidence was seen",
    ),
    MetricSpec(
        "vjourney_team_confidence_position",
        "gauge",
        "Position of team confidence, from exercised evidence alone, 0 to 4.",
        absent="too little exercised evidence was seen",
    ),
    MetricSpec(
        "vjourney_feature_configured_ratio",
        "gauge",
        "Share of the scope in which a feature is configured, 0 to 1.",
        (*SCOPE, "feature"),
        unit="ratio",
        absent=UNREAD,
    ),
    MetricSpec(
        "vjourney_feature_exercised",
        "gauge",
        "How much a feature is exercised, in the unit that the assessment document names for it.",
        (*SCOPE, "feature"),
        absent=UNREAD,
    ),
    MetricSpec(
        "vjourney_feature_last_seen_timestamp_seconds",
        "gauge",
        "Unix time at which a feature was last seen in use.",
        (*SCOPE, "feature"),
        unit="seconds",
        absent="no use was seen",
    ),
    MetricSpec("vjourney_hosts", "gauge", "ESXi hosts.", absent=UNREAD),
    MetricSpec(
        "vjourney_virtual_machines",
        "gauge",
        "Workload virtual machines: no templates, agents or placeholders.",
        absent=UNREAD,
    ),
    MetricSpec(
        "vjourney_virtual_machines_powered_on", "gauge", "Workload virtual machines that are powered on.", absent=UNREAD
    ),
    MetricSpec("vjourney_vms_per_host", "gauge", "Powered-on workload virtual machines per host.", absent=UNREAD),
    MetricSpec(
        "vjourney_vcpus_per_core",
        "gauge",
        "vCPU:pCPU: virtual CPUs of powered-on virtual machines per physical core.",
        absent=UNREAD,
    ),
    MetricSpec(
        "vjourney_vram_per_ram_ratio",
        "gauge",
        "vRAM to RAM: memory configured for powered-on virtual machines per memory of the hosts.",
        unit="ratio",
        absent=UNREAD,
    ),
    MetricSpec("vjourney_migrations_total", "counter", "Migrations seen since the first poll.", (*SCOPE, "cause")),
    MetricSpec("vjourney_ha_restarts_total", "counter", "Restarts by vSphere HA seen since the first poll.", (*SCOPE, "cause")),
    MetricSpec(
        "vjourney_recovery_tests_total", "counter", "Recovery plan tests seen since the first poll.", (*SCOPE, "method")
    ),
    MetricSpec(
        "vjourney_provisioned_vms_total", "counter", "Virtual machines created since the first poll.", (*SCOPE, "method")
    ),
    MetricSpec(
        "vjourney_maintenance_entries_total",
        "counter",
        "Hosts that entered maintenance mode since the first poll.",
        (*SCOPE, "method"),
    ),
    MetricSpec(
        "vjourney_indicator",
        "gauge",
        "Value of an indicator, in the unit that the assessment document names for it.",
        (*SCOPE, "indicator"),
        absent="the indicator is not observed",
    ),
    MetricSpec(
        "vjourney_indicator_contribution",
        "gauge",
        "Log-odds of reaching the inferred stage that would be lost without this indicator.",
        (*SCOPE, "indicator"),
        absent="the indicator is not observed or not scored",
    ),
    MetricSpec(
        "vjourney_indicator_state",
        "gauge",
        "1 for the state an indicator is in (observed, unknown or not_applicable), 0 for the others.",
        (*SCOPE, "indicator", "state"),
    ),
    MetricSpec("vjourney_up", "gauge", "1 if the last poll of this vCenter succeeded, fully or partly.", ("vcenter",)),
    MetricSpec(
        "vjourney_last_poll_success_timestamp_seconds",
        "gauge",
        "Unix time of the last poll that succeeded, fully or partly.",
        ("vcenter",),
        unit="seconds",
        absent="no poll has succeeded yet",
    ),
    MetricSpec("vjourney_poll_duration_seconds", "gauge", "Duration of the last poll.", ("vcenter",), unit="seconds"),
    MetricSpec("vjourney_topic_success", "gauge", "1 if the last poll could read this topic.", ("vcenter", "topic")),
    MetricSpec("vjourney_vcenter_requests_total", "counter", "Requests sent to this vCenter.", ("vcenter", "method")),
    MetricSpec(
        "vjourney_clock_skew_seconds",
        "gauge",
        "Clock of this vCenter minus the clock of vjourney.",
        ("vcenter",),
        unit="seconds",
        absent="no poll has succeeded yet",
    ),
    MetricSpec("vjourney_build_info", "gauge", "Always 1; the label is the version of vjourney.", ("version",)),
    MetricSpec("vjourney_model_info", "gauge", "Always 1; the labels name the inference model.", ("version", "sha256")),
)
"""Every metric, in the order of a scrape."""

TALLIES = {
    "migrations": "vjourney_migrations_total",
    "ha_restarts": "vjourney_ha_restarts_total",
    "recovery_tests": "vjourney_recovery_tests_total",
    "provisioned_vms": "vjourney_provisioned_vms_total",
    "maintenance_entries": "vjourney_maintenance_entries_total",
}
"""Which counter shows the ``Tally`` of this name; the tally's label is its ``cause`` or ``method``."""

COUNTED = {
    "migrations": ("user", "drs", "evacuation", "ha", "storage", "storage_drs", "cold"),
    "ha_restarts": ("host_failure",),
    "recovery_tests": ("plan",),
    "provisioned_vms": ("template", "instant_clone", "clone", "registered", "blank"),
    "maintenance_entries": ("evacuated", "shutdown", "empty", "unclear"),
}
"""The labels of each tally. They are shown from 0 on: of a series that begins with 1 Prometheus sees no increase."""

INTRODUCTION = """\
# Metrics

Generated from `exporters/prometheus/catalogue.py` by `make docs`; change it there.

`/metrics` answers in the Prometheus text format 0.0.4 or, where the scraper asks for it, in OpenMetrics 1.0. All series of
one scrape come from one published result. Their number depends on scopes and indicators, never on virtual machines, whose
names are not labels; nor are those of hosts.

Scope labels: `scope` is `fleet`, `vcenter` or `cluster`; `vcenter` is the name from the configuration file, empty for the
fleet; `vsphere_cluster` is the name of the cluster, empty for the others. Clusters of one vCenter that share a name carry
their managed object id behind it, as in `Compute (domain-c8)`. Stages are called `experimentation`, `it_production`,
`business_production` and `it_as_a_service` in labels, and `none` before the first declaration; in values they are 0 to 3.

A series is left out where there is nothing to say: missing is not zero.

"""


def markdown() -> str:
    """The text of docs/metrics.md."""
    rows = ["| metric | type | labels | unit | meaning | left out when |", "|---|---|---|---|---|---|"]
    for metric in METRICS:
        labels = ", ".join(f"`{label}`" for label in metric.labels)
        rows.append(f"| `{metric.name}` | {metric.kind} | {labels} | {metric.unit} | {metric.help} | {metric.absent} |")
    return INTRODUCTION + "\n".join(rows) + "\n"


if __name__ == "__main__":
    sys.stdout.write(markdown())
