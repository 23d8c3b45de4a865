"""What all dashboards share: the data source, PromQL of one scope, names, colours and thresholds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from grafana_foundation_sdk.builders.dashboard import ThresholdsConfig
from grafana_foundation_sdk.models.dashboard import (
    DataSourceRef,
    Threshold,
    ThresholdsMode,
    ValueMap,
    ValueMapping,
    ValueMappingResult,
)

from inference.stages import STAGE_TITLES, STAGES

DATASOURCE = DataSourceRef(type_val="prometheus", uid="${datasource}")
SCOPE = "scope, vcenter, vsphere_cluster"

GREY, ORANGE, SKY, GREEN, BLUE, RED = "#8e8e8e", "#e69f00", "#56b4e9", "#009e73", "#0072b2", "#d55e00"
"""Colours of Okabe and Ito, which most colour-blind people tell apart; a text says the same each time."""

STAGE_COLOURS = (GREY, ORANGE, SKY, GREEN)
STAGE_NAMES = dict(zip(STAGES, STAGE_TITLES, strict=True))
ABSENT = -1
"""Stands for "nothing to say" where a panel would be empty otherwise; a mapping shows it as words, never as a number."""


def equal(label: str) -> str:
    """A matcher of the label by the one value chosen of the variable of that name, whatever characters are in it.

    Between backticks nothing is an escape, so names with quotes and backslashes arrive as they are.
    """
    return f"{label}=`${{{label}:raw}}`"


JOB = equal("job")
"""The service that is chosen: a Prometheus may hold several, each with a fleet of its own."""


def among(label: str, *, or_none: bool = False) -> str:
    """A matcher of the label by some or all values of the variable of that name; with ``or_none`` by the empty one too."""
    return f"{label}=~`${{{label}:regex}}{'|' if or_none else ''}`"


def best(metric: str, where: str, by: str = SCOPE) -> str:
    """A gauge of a scope, the same whichever replica or pod was scraped."""
    return f"max by ({by}) ({metric}{{{where}}})"


def or_absent(expression: str, where: str) -> str:
    """The expression, or ABSENT for each assessed scope for which it has no value."""
    return f"({expression}) or 0 * {best('vjourney_coverage_ratio', where)} - {-ABSENT}"


def or_none(expression: str, where: str, by: str) -> str:
    """The expression, or ABSENT under the name "none" where no series of it is there at all."""
    nothing = f"0 * max(vjourney_coverage_ratio{{{where}}}) - {-ABSENT}"
    return f'({expression}) or on () label_replace({nothing}, "{by}", "none", "", "")'


def counted(metric: str, where: str, by: str, window: str) -> str:
    """What a counter grew by in a window, by one label; 0 on the first scrape, and where nothing was counted so far.

    Replicas count the same events, so the larger of their series is meant and not the sum.
    """
    grown = f"sum by ({by}) (max without (instance, pod) (increase({metric}{{{where}}}[{window}])))"
    nothing = f'label_replace(0 * max(vjourney_coverage_ratio{{{where}}}), "{by}", "none", "", "")'
    return f"({grown} or 0 * sum by ({by}) ({metric}{{{where}}})) or on () {nothing}"


def words(meanings: Mapping[float, tuple[str, str]]) -> list[ValueMapping]:
    """A mapping of values to a text and a colour."""
    options = {
        f"{value:g}": ValueMappingResult(text, colour, index=i) for i, (value, (text, colour)) in enumerate(meanings.items())
    }
    return [ValueMap(options=options)]


def stages(absent: str) -> list[ValueMapping]:
    """Stage names for 0 to 3, and what is said where there is no stage."""
    named = {float(i): (f"{i} {title}", STAGE_COLOURS[i]) for i, title in enumerate(STAGE_TITLES)}
    return words({**named, ABSENT: (absent, GREY)})


def thresholds(base: str, steps: Iterable[tuple[float, str]] = ()) -> ThresholdsConfig:
    """Absolute thresholds: a colour from below, then one from each value on."""
    every = [Threshold(color=base), *(Threshold(value=value, color=colour) for value, colour in steps)]
    return ThresholdsConfig().mode(ThresholdsMode.ABSOLUTE).steps(every)


COVERAGE = ((0.35, ORANGE), (0.6, GREEN))
"""Below 0.35 no stage is shown, from 0.6 on one may change; the model says so."""
