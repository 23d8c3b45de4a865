"""The dashboard of the fleet: where it stands, how its vCenters differ, and what they do."""

from __future__ import annotations

from dataclasses import replace

from grafana_foundation_sdk.builders import table
from grafana_foundation_sdk.models.dashboard import Dashboard

from exporters.grafana import activity_panels as activity
from exporters.grafana import stage_panels as stage
from exporters.grafana import variables
from exporters.grafana.board import board
from exporters.grafana.panels import Column, Look, overview
from exporters.grafana.vocabulary import JOB, among, best, or_absent, stages

FLEET = f'{JOB}, scope="fleet"'
VCENTERS = f'{JOB}, scope="vcenter", {among("vcenter")}'
NAME = "{{vcenter}}"


def fleet() -> Dashboard:
    """Fleet overview."""
    return board(
        "vjourney-fleet",
        "Fleet overview",
        "How far the organisation has adopted virtualization, across all its vCenters.",
        variables=(*variables.service(), variables.vcenters()),
        changes=f'{JOB}, scope=~"fleet|vcenter"',
        rows={
            "Current stage of the fleet": stage.standing(FLEET),
            "How certain it is": (stage.probabilities(FLEET), stage.evidence_seen(FLEET)),
            "vCenters": (
                comparison(VCENTERS, {"vcenter": "vCenter"}, ("scope", "vsphere_cluster"), "/d/vjourney-vcenter?var-vcenter="),
                stage.declared_over_time(VCENTERS, NAME),
                stage.team_confidence(VCENTERS, NAME),
            ),
            "What they run and do": (
                activity.machines(VCENTERS, NAME),
                activity.density(VCENTERS, NAME),
                activity.moves(VCENTERS),
                activity.provisioned(VCENTERS),
            ),
        },
    )


def comparison(where: str, labels: dict[str, str], hidden: tuple[str, ...], link: str) -> table.Panel:
    """Scopes side by side; ``link`` is the address to which the value of the first label is appended."""

    def known(metric: str) -> str:
        return or_absent(best(metric, where), where)

    unread = replace(stage.COUNT, mappings=stage.UNREAD)
    return overview(
        f"{next(reversed(labels.values()))}s side by side",
        "Stages are never averaged: every row stands on its own. A name links to its dashboard.",
        (
            Column("Declared", known("vjourney_stage"), stage.STAGE),
            Column("Candidate", known("vjourney_stage_candidate"), Look(mappings=stages("none"))),
            Column("Position", known("vjourney_stage_position"), stage.POSITION),
            Column("Coverage", best("vjourney_coverage_ratio", where), stage.PERCENT),
            Column("Certainty", best("vjourney_certainty_ratio", where), stage.PERCENT),
            Column("Hosts", known("vjourney_hosts"), unread),
            Column("Workload VMs", known("vjourney_virtual_machines"), unread),
        ),
        labels,
        hidden=hidden,
        link=f"{link}${{__value.raw:percentencode}}&${{datasource:queryparam}}&${{job:queryparam}}&${{__url_time_range}}",
    )
