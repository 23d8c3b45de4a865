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
            "Where it stands": stage.standing(SCOPE),
            "How sure that is": (stage.probabilities(SCOPE), stage.evidence_seen(SCOPE)),
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
        "the inferred stage that vanish without it: above zero it speaks for the stage, below against it.",
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
        "What speaks most for the inferred stage stands above, what speaks against it below. Contributions do not add up: what "
        "several indicators say in common belongs to none of them.",
        f"sort_desc({or_none(best('vjourney_indicator_contribution', CHOSEN, 'indicator'), SCOPE, 'indicator')})",
        "{{indicator}}",
        LOG_ODDS,
    )


def _seen() -> timeseries.Panel:
    states = best("vjourney_indicator_state", CHOSEN, "indicator, state")
    return course(
        "What could be seen",
        "Indicators by state. Unknown means that it could not be read, and never no; the page gives the reason of each.",
        {"{{state}}": f"sum by (state) ({states})"},
        stage.COUNT,
        stacked=True,
    )


def _state_over_time() -> statetimeline.Panel:
    return states(
        "State of each indicator",
        "When an indicator became unknown, look for a lost privilege, a shorter retention of events or a failed poll.",
        _state(CHOSEN),
        "{{indicator}}",
        Look(mappings=STATES),
        height=16,
    )


def _contribution_over_time() -> timeseries.Panel:
    return course(
        "Contributions over time",
        "Which evidence made the stage rise or fall. Log-odds; choose indicators above to see few at a time.",
        {"{{indicator}}": or_none(best("vjourney_indicator_contribution", CHOSEN, "indicator"), SCOPE, "indicator")},
        LOG_ODDS,
    )


def _value_over_time() -> timeseries.Panel:
    return course(
        "Values over time",
        "Each in its own unit, which the assessment document names: shares go from 0 to 1, rates and counts as far as they go.",
        {"{{indicator}}": or_none(best("vjourney_indicator", CHOSEN, "indicator"), SCOPE, "indicator")},
        Look("none", 2, mappings=words({ABSENT: ("none is observed", GREY)})),
    )
