"""The dashboard of the collector itself: polls, topics, requests, clocks and versions."""

from __future__ import annotations

from grafana_foundation_sdk.builders import stat, statetimeline, table, timeseries
from grafana_foundation_sdk.models.dashboard import Dashboard

from exporters.grafana import variables
from exporters.grafana.board import board
from exporters.grafana.panels import Column, Look, course, current, overview, states
from exporters.grafana.stage_panels import COUNT
from exporters.grafana.vocabulary import BLUE, JOB, ORANGE, RED, SKY, among, best, thresholds, words

VCENTERS = f"{JOB}, {among('vcenter')}"
NAME = "{{vcenter}}"
UP = words({1: ("answers", BLUE), 0: ("down", RED)})
READ = words({1: ("read", SKY), 0: ("not read", RED)})
SECONDS = Look("s", 2)


def health() -> Dashboard:
    """Collector health."""
    return board(
        "vjourney-collector",
        "Collector health",
        "Whether vjourney reads everything it should, how long that takes and how many requests each vCenter gets.",
        variables=(*variables.service(), variables.vcenters()),
        changes=f'{JOB}, scope="fleet"',
        rows={
            "vCenters": (_up(), _age(), _reachable()),
            "What is read": (_topics(),),
            "Cost and clocks": (_duration(), _requests(), _skew(), _series()),
            "Versions": (_versions(),),
        },
    )


def _up() -> stat.Panel:
    return current(
        "Last poll",
        "Whether the last poll of each vCenter succeeded, fully or partly.",
        best("vjourney_up", VCENTERS, "vcenter"),
        Look(mappings=UP),
        width=12,
        legend=NAME,
    )


def _age() -> stat.Panel:
    age = f"time() - {best('vjourney_last_poll_success_timestamp_seconds', VCENTERS, 'vcenter')}"
    return current(
        "Age of the data",
        "How long ago the last poll succeeded. More than a few poll intervals is too old.",
        age,
        Look("s", 0, thresholds=thresholds(BLUE, ((3600, ORANGE), (86400, RED)))),
        width=12,
        legend=NAME,
    )


def _reachable() -> statetimeline.Panel:
    return states(
        "Polls over time",
        "When polls of a vCenter failed. Events are caught up later, as long as vCenter still keeps them.",
        best("vjourney_up", VCENTERS, "vcenter"),
        NAME,
        Look(mappings=UP),
        height=6,
    )


def _topics() -> statetimeline.Panel:
    return states(
        "Topics",
        "Whether each topic could be read. What needs an unread topic is unknown; vjourney check names the missing privilege.",
        best("vjourney_topic_success", VCENTERS, "vcenter, topic"),
        "{{vcenter}} {{topic}}",
        Look(mappings=READ),
        height=14,
    )


def _duration() -> timeseries.Panel:
    return course(
        "Duration of polls",
        "The first poll reads everything, later polls only what changed.",
        {NAME: best("vjourney_poll_duration_seconds", VCENTERS, "vcenter")},
        SECONDS,
    )


def _requests() -> timeseries.Panel:
    every = f"vjourney_vcenter_requests_total{{{VCENTERS}}}"
    rate = f"sum by (vcenter) (rate({every}[$__rate_interval])) or 0 * sum by (vcenter) ({every})"
    return course(
        "Requests to vCenter",
        "Requests per second, all read-only. The method is a label of the metric.",
        {NAME: rate},
        Look("reqps", 3),
    )


def _skew() -> timeseries.Panel:
    return course(
        "vCenter clock offset",
        "vCenter's clock minus ours. Time windows use vCenter's clock; above a minute, check its time source.",
        {NAME: best("vjourney_clock_skew_seconds", VCENTERS, "vcenter")},
        SECONDS,
    )


def _series() -> timeseries.Panel:
    return course(
        "Assessed scopes",
        "The fleet, vCenters and clusters with an assessment. The number of series grows with these, never with VMs.",
        {"{{scope}}": f"count by (scope) ({best('vjourney_coverage_ratio', JOB)})"},
        COUNT,
    )


def _versions() -> table.Panel:
    def named(series: str, name: str) -> str:
        return f'label_replace({series}, "part", "{name}", "", "")'

    columns = (
        Column("vjourney", named(f"max by (instance, version) (vjourney_build_info{{{JOB}}})", "vjourney"), COUNT),
        Column("Model", named(f"max by (instance, version, sha256) (vjourney_model_info{{{JOB}}})", "inference model"), COUNT),
    )
    return overview(
        "Versions",
        "The version of each running vjourney and of its inference model, with the SHA-256 of the model file.",
        columns,
        {"part": "Part", "instance": "Instance", "version": "Version", "sha256": "SHA-256"},
        hidden=("Value #A", "Value #B"),
    )
