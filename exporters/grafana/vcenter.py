"""The dashboard of one vCenter: its stage, its clusters, what is configured against what is exercised, and what it does."""

from __future__ import annotations

from dataclasses import replace

from grafana_foundation_sdk.builders import bargauge, timeseries
from grafana_foundation_sdk.models.dashboard import Dashboard

from exporters.grafana import activity_panels as activity
from exporters.grafana import stage_panels as stage
from exporters.grafana import variables
from exporters.grafana.board import board
from exporters.grafana.fleet import comparison
from exporters.grafana.panels import Look, bars, course
from exporters.grafana.vocabulary import ABSENT, GREY, JOB, among, best, equal, or_none, words

VCENTER = f'{JOB}, scope="vcenter", {equal("vcenter")}'
INSIDE = f'{JOB}, scope=~"vcenter|cluster", {equal("vcenter")}, {among("vsphere_cluster", or_none=True)}'
"""The clusters that are chosen, and the vCenter itself: hosts need not be in clusters."""

EVIDENCE = (
    "/d/vjourney-evidence?var-scope=${__data.fields.scope:percentencode}&var-vcenter=${vcenter:percentencode}"
    "&var-vsphere_cluster="
)


def vcenter() -> Dashboard:
    """One vCenter."""
    name = "{{scope}} {{vsphere_cluster}}"
    return board(
        "vjourney-vcenter",
        "One vCenter",
        "How far one vCenter and its clusters have come, and what they use.",
        variables=(*variables.service(), variables.vcenter(), variables.clusters()),
        changes=INSIDE,
        rows={
            "Current stage": stage.standing(VCENTER),
            "How certain it is": (stage.probabilities(VCENTER), stage.evidence_seen(VCENTER)),
            "Clusters": (
                comparison(INSIDE, {"vsphere_cluster": "Cluster", "scope": "Scope"}, ("vcenter",), EVIDENCE),
                stage.declared_over_time(INSIDE, name),
            ),
            "Configured against exercised": (_configured(), _exercised(), _last_used(), _use_over_time()),
            "Team": (stage.team_confidence(INSIDE, name),),
            "What it runs and does": (
                activity.machines(INSIDE, name),
                activity.density(INSIDE, name),
                activity.moves(VCENTER),
                activity.maintenance(VCENTER),
                activity.provisioned(VCENTER),
                activity.recovery(VCENTER),
            ),
        },
    )


def _configured() -> bargauge.Panel:
    return bars(
        "Configured",
        "Share of the vCenter in which a feature is configured. Features often come enabled, so this alone says little.",
        or_none(best("vjourney_feature_configured_ratio", VCENTER, "feature"), VCENTER, "feature"),
        "{{feature}}",
        Look("percentunit", 0, (0, 1), mappings=stage.UNREAD),
        width=8,
    )


def _exercised() -> bargauge.Panel:
    return bars(
        "Exercised",
        "How often a feature was used: migrations by vMotion and DRS in 30 days, HA restarts and recovery tests in 365 days, "
        "and VMs protected by FT now. A feature without a bar could not be read.",
        or_none(best("vjourney_feature_exercised", VCENTER, "feature"), VCENTER, "feature"),
        "{{feature}}",
        replace(stage.COUNT, mappings=stage.UNREAD),
        width=8,
    )


def _last_used() -> bargauge.Panel:
    return bars(
        "Time since last use",
        "How long ago a feature was last seen in use. A feature without a bar was never seen in use.",
        or_none(f"time() - {best('vjourney_feature_last_seen_timestamp_seconds', VCENTER, 'feature')}", VCENTER, "feature"),
        "{{feature}}",
        Look("s", 0, mappings=words({ABSENT: ("no use was seen", GREY)})),
        width=8,
    )


def _use_over_time() -> timeseries.Panel:
    return course(
        "Exercised over time",
        "The same over time: a practice that stops shows here before the stage is at risk.",
        {"{{feature}}": or_none(best("vjourney_feature_exercised", VCENTER, "feature"), VCENTER, "feature")},
        replace(stage.COUNT, mappings=stage.UNREAD),
        width=24,
    )
