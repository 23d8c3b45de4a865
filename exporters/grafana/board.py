"""What every dashboard has: its address, links to the others, annotations, and panels with an id of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from grafana_foundation_sdk.builders.dashboard import Dashboard, DashboardLink, Row
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.models import dashboard as model

from exporters.grafana.annotations import StageChanges

TAG = "vjourney"


def board(
    uid: str,
    title: str,
    description: str,
    *,
    variables: Sequence[Builder[model.VariableModel]],
    rows: Mapping[str, Sequence[Builder[model.Panel]]],
    changes: str,
) -> model.Dashboard:
    """A dashboard of rows; ``changes`` matches the labels of the scopes whose stage changes are marked."""
    others = DashboardLink("More of vjourney").type(model.DashboardLinkType.DASHBOARDS).tags([TAG])
    made = (
        Dashboard(f"vjourney / {title}")
        .uid(uid)
        .description(description)
        .tags([TAG])
        .readonly()
        .time("now-90d", "now")
        .refresh("5m")
        .timezone("browser")
        .variables(list(variables))
        .annotation(StageChanges(changes))
        .link(others.include_vars(include_vars=True).keep_time(keep_time=True).as_dropdown(as_dropdown=True))
    )
    for heading, panels in rows.items():
        made = made.with_row(Row(heading))
        for panel in panels:
            made = made.with_panel(panel)
    built = made.build()
    for number, element in enumerate(built.panels or (), start=1):
        element.id_val = number
    return built
