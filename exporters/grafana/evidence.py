"""The dashboard of the evidence of one scope: what was seen, what it contributed, and what is unknown."""

from __future__ import annotations

from grafana_foundation_sdk.builders import bargauge, statetimeline, table, timeseries
from grafana_foundation_sdk.models.dashboard import Dashboard

from exporters.grafana import stage_panels as stage
from exporters.grafana import variables
from exporters.grafana.board import board
from exporters.grafana.panels import Column, Look, bars, course, overview, states
from exporters.grafana.vocabulary import ABSENT, BLUE, GREY, ORANGE, among, best, equal, or_none, thresholds, words

SCOPE = ", ".join(map(equal, ("job", "scope", "vcenter", "vsphere_cluster")))
CHOSEN = f"{SCOPE}, {among('indicator')}"

NOT_APPLICABLE, UNKNOWN, OBSERVED = 0.0, 1.0, 2.0
STATES = words({OBSERVED: ("observed", BLUE), UNKNOWN: ("unknown", ORANGE), NOT_APPLICABLE: ("not applicable", GREY)})
SILENT = words({ABSENT: ("none is scored", GREY)})
LOG_ODDS = Look("none", 2, mappings=SILENT, thresholds=thresholds(ORANGE, ((0, BLUE),)))


def evidence() -> Dashboard:
    """Evidence of one scope."""
    return board(
        "vjourney-evidence",
        "Evidence of one scope",
        "Every indicator of the fleet, a vCenter or a cluster: its value, what it contributes and whether it could be seen.",
        variables=(*variables.service(), *variables.one_scope(), variables.indicators()),
        changes=SCOPE,
        rows={
            "Current stage": stage.standing(SCOPE),
            "How certain it is": (stage.probabilities(SCOPE), stage.evidence_seen(SCOPE)),
            "Indicators now": (_table(), _contributions(), _seen()),
            "Indicators over time": (_state_over_time(), _contribution_over_time(), _value_over_time()),
        },
    )


def _state(where: str) -> str:
    observed = best("vjourney_indicator_state", f'{where}, state="observed"', "indicator, state")
    unknown = best("vjourney_indicator_state", f'{where}, state="unknown"', "indicator, state")
    return f"sum by (indicator) ({OBSERVED:g} * {observed} or {UNKNOWN:g} * {unknown})"


def _table() -> table.Panel:
    return overview(
        "Evidence",
        "Values are in the unit that the assessment document names for the indicator. Contribution is the log-odds of reaching "
        "the inferred stage that would be lost without it: above zero it supports the stage, below zero it speaks against it.",
        (
            Column("State", _state(CHOSEN), Look(mappings=STATES)),
            Column("Value", best("vjourney_indicator", CHOSEN, "indicator"), Look("none", 2)),
            Column("Contribution", best("vjourney_indicator_contribution", CHOSEN, "indicator"), Look("none", 2)),
        ),
        {"indicator": "Indicator"},
    )


def _contributions() -> bargauge.Panel:
    return bars(
        "Contribution to the stage",
        "What supports the inferred stage most is at the top, what speaks against it at the bottom. Contributions do not add "
        "up: evidence that several indicators share is credited to none of them.",
        f"sort_desc({or_none(best('vjourney_indicator_contribution', CHOSEN, 'indicator'), SCOPE, 'indicator')})",
        "{{indicator}}",
        LOG_ODDS,
    )


def _seen() -> timeseries.Panel:
    states = best("vjourney_indicator_state", CHOSEN, "indicator, state")
    return course(
        "What could be seen",
        "Indicators by state. Unknown means that it could not be read, never no; the page gives each reason.",
        {"{{state}}": f"sum by (state) ({states})"},
        stage.COUNT,
        stacked=True,
    )


def _state_over_time() -> statetimeline.Panel:
    return states(
        "State of each indicator",
        "If an indicator became unknown, check for a lost privilege, a shorter event retention or a failed poll.",
        _state(CHOSEN),
        "{{indicator}}",
        Look(mappings=STATES),
        height=16,
    )


def _contribution_over_time() -> timeseries.Panel:
    return course(
        "Contributions over time",
        "Which evidence moved the inferred stage up or down. Log-odds; choose indicators above to see a few at a time.",
        {"{{indicator}}": or_none(best("vjourney_indicator_contribution", CHOSEN, "indicator"), SCOPE, "indicator")},
        LOG_ODDS,
    )


def _value_over_time() -> timeseries.Panel:
    return course(
        "Values over time",
        "Each in its own unit, which the assessment document names: shares run from 0 to 1, rates and counts are open-ended.",
        {"{{indicator}}": or_none(best("vjourney_indicator", CHOSEN, "indicator"), SCOPE, "indicator")},
        Look("none", 2, mappings=words({ABSENT: ("none is observed", GREY)})),
    )
