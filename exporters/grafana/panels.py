"""The kinds of panels that the dashboards are made of, each with a description and the shared data source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from grafana_foundation_sdk.builders import bargauge, common, stat, statetimeline, table, timeseries
from grafana_foundation_sdk.builders.dashboard import FieldColor, ThresholdsConfig
from grafana_foundation_sdk.builders.prometheus import Dataquery
from grafana_foundation_sdk.models.common import (
    BarGaugeDisplayMode,
    BigValueColorMode,
    BigValueGraphMode,
    LegendDisplayMode,
    LegendPlacement,
    LineInterpolation,
    StackingMode,
    TooltipDisplayMode,
    VisibilityMode,
    VizOrientation,
)
from grafana_foundation_sdk.models.dashboard import DataTransformerConfig, DynamicConfigValue, FieldColorModeId, ValueMapping
from grafana_foundation_sdk.models.prometheus import PromQueryFormat

from exporters.grafana.vocabulary import BLUE, DATASOURCE, thresholds

Panel = TypeVar("Panel", stat.Panel, timeseries.Panel, bargauge.Panel, statetimeline.Panel, table.Panel)


@dataclass(frozen=True, slots=True)
class Look:
    """Unit (a Grafana unit id), decimals, limits and what values mean."""

    unit: str = "none"
    decimals: int | None = None
    limits: tuple[float, float] | None = None
    mappings: Sequence[ValueMapping] = ()
    thresholds: ThresholdsConfig = field(default_factory=lambda: thresholds(BLUE))


def current(title: str, description: str, expression: str, look: Look, *, width: int = 4, legend: str = "") -> stat.Panel:
    """One value as of now, in words where the look has words for it."""
    panel = _common(stat.Panel(), title, description, look, (width, 4))
    return (
        panel.with_target(_query("A", expression, legend).instant())
        .graph_mode(BigValueGraphMode.NONE)
        .color_mode(BigValueColorMode.NONE if look.mappings else BigValueColorMode.VALUE)
        .reduce_options(common.ReduceDataOptions().calcs(["lastNotNull"]))
    )


def course(
    title: str, description: str, queries: Mapping[str, str], look: Look, *, width: int = 12, stacked: bool = False
) -> timeseries.Panel:
    """Values over time: expressions by the legend of their series, which is a table, so that a name stands by each colour."""
    panel = _common(timeseries.Panel(), title, description, look, (width, 8))
    for number, (legend, expression) in enumerate(queries.items()):
        panel = panel.with_target(_query(_letter(number), expression, legend).range())
    if stacked:
        panel = panel.stacking(common.StackingConfig().mode(StackingMode.NORMAL)).fill_opacity(60)
    return (
        panel.color_scheme(FieldColor().mode(FieldColorModeId.PALETTE_CLASSIC_BY_NAME))
        .line_interpolation(LineInterpolation.STEP_AFTER)
        .show_points(VisibilityMode.AUTO)
        .legend(
            common.VizLegendOptions()
            .show_legend(show_legend=True)
            .display_mode(LegendDisplayMode.TABLE)
            .placement(LegendPlacement.BOTTOM)
            .calcs(["lastNotNull"])
        )
        .tooltip(common.VizTooltipOptions().mode(TooltipDisplayMode.MULTI))
    )


def states(title: str, description: str, expression: str, legend: str, look: Look, *, height: int = 8) -> statetimeline.Panel:
    """States over time, a line for each series, with the word for the state written into it."""
    panel = _common(statetimeline.Panel(), title, description, look, (24, height))
    return (
        panel.with_target(_query("A", expression, legend).range())
        .show_value(VisibilityMode.AUTO)
        .merge_values(merge_values=True)
        .legend(common.VizLegendOptions().show_legend(show_legend=True).display_mode(LegendDisplayMode.LIST))
    )


def bars(title: str, description: str, expression: str, legend: str, look: Look, *, width: int = 12) -> bargauge.Panel:
    """One bar for each series as of now, with its value beside it."""
    panel = _common(bargauge.Panel(), title, description, look, (width, 8))
    return (
        panel.with_target(_query("A", expression, legend).instant())
        .display_mode(BarGaugeDisplayMode.BASIC)
        .orientation(VizOrientation.HORIZONTAL)
        .reduce_options(common.ReduceDataOptions().calcs(["lastNotNull"]))
    )


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its heading, what it shows and how."""

    heading: str
    expression: str
    look: Look


def overview(
    title: str,
    description: str,
    columns: Sequence[Column],
    labels: Mapping[str, str],
    *,
    hidden: Sequence[str] = (),
    link: str = "",
) -> table.Panel:
    """A table with a row for each combination of labels (name to heading); ``link`` is where the first label leads."""
    panel = _common(table.Panel(), title, description, Look(), (24, 9))
    for number, column in enumerate(columns):
        letter = _letter(number)
        panel = panel.with_target(_query(letter, column.expression, "").instant().format(PromQueryFormat.TABLE))
        panel = panel.override_by_name(f"Value #{letter}", _properties(column))
    for label, heading in labels.items():
        panel = panel.override_by_name(label, [DynamicConfigValue("displayName", heading)])
    if link:
        target = {"title": "Open the dashboard", "url": link}
        panel = panel.override_by_name(next(iter(labels)), [DynamicConfigValue("links", [target])])
    order = [*labels, *(f"Value #{_letter(number)}" for number in range(len(columns)))]
    arrangement = {
        "excludeByName": dict.fromkeys(("Time", *hidden), True),
        "indexByName": {name: i for i, name in enumerate(order)},
    }
    return panel.with_transformation(DataTransformerConfig("merge", options={})).with_transformation(
        DataTransformerConfig("organize", options=arrangement)
    )


def _properties(column: Column) -> list[DynamicConfigValue]:
    look = column.look
    properties = [DynamicConfigValue("displayName", column.heading), DynamicConfigValue("unit", look.unit)]
    if look.decimals is not None:
        properties.append(DynamicConfigValue("decimals", look.decimals))
    if look.mappings:
        properties.append(DynamicConfigValue("mappings", list(look.mappings)))
    return properties


def _common(panel: Panel, title: str, description: str, look: Look, size: tuple[int, int]) -> Panel:
    width, height = size
    panel = panel.title(title).description(description).datasource(DATASOURCE).span(width).height(height)
    panel = panel.unit(look.unit).thresholds(look.thresholds).no_value("nothing known yet")
    panel = panel.color_scheme(FieldColor().mode(FieldColorModeId.THRESHOLDS))
    if look.decimals is not None:
        panel = panel.decimals(look.decimals)
    if look.limits is not None:
        panel = panel.min(look.limits[0]).max(look.limits[1])
    if look.mappings:
        panel = panel.mappings(list(look.mappings))
    return panel


def _query(letter: str, expression: str, legend: str) -> Dataquery:
    return Dataquery().datasource(DATASOURCE).ref_id(letter).expr(expression).legend_format(legend)


def _letter(number: int) -> str:
    return "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[number]
