"""Panels that answer where one scope stands; the same on the fleet's, a vCenter's and a scope's dashboard."""

from __future__ import annotations

from grafana_foundation_sdk.builders import stat, statetimeline, timeseries

from exporters.grafana.panels import Look, course, current, states
from exporters.grafana.vocabulary import (
    ABSENT,
    COVERAGE,
    GREY,
    ORANGE,
    STAGE_COLOURS,
    STAGE_NAMES,
    best,
    or_absent,
    stages,
    thresholds,
    words,
)
from inference.stages import CONFIDENCE_LEVELS

DECLARED = stages("not declared yet")
NONE_YET = words({ABSENT: ("not declared yet", GREY)})
TOO_LITTLE = words({ABSENT: ("too little evidence", GREY)})
UNREAD = words({ABSENT: ("could not be read", GREY)})
STAGE = Look(mappings=DECLARED)
POSITION = Look(decimals=2, limits=(0, 4), mappings=TOO_LITTLE)
SHARE = Look("percentunit", 0, (0, 1), thresholds=thresholds(ORANGE, COVERAGE))
PERCENT = Look("percentunit", 0, (0, 1))
COUNT = Look("short", 0)


def standing(where: str) -> list[stat.Panel]:
    """Six values: stage, how long, candidate, position, coverage and certainty."""
    since = f"time() - {best('vjourney_stage_since_timestamp_seconds', where)}"
    return [
        current(
            "Declared stage",
            "The stage that holds until lasting evidence changes it. The first is declared once 30 days of events were seen.",
            or_absent(best("vjourney_stage", where), where),
            STAGE,
        ),
        current(
            "Declared for",
            "How long the declared stage has held. Only lasting evidence changes it.",
            or_absent(since, where),
            Look("s", 0, mappings=NONE_YET),
        ),
        current(
            "Candidate",
            "The stage that will be declared if the evidence for it lasts: two weeks upwards, four weeks downwards by default.",
            or_absent(best("vjourney_stage_candidate", where), where),
            Look(mappings=stages("none")),
        ),
        current(
            "Position",
            "Expected position on the journey, 0 to 4. None is given below the evidence floor.",
            or_absent(best("vjourney_stage_position", where), where),
            POSITION,
        ),
        current(
            "Coverage",
            "Share of the informative evidence seen. Below 35% no stage is shown; from 60% the declared stage may change.",
            best("vjourney_coverage_ratio", where),
            SHARE,
        ),
        current(
            "Certainty",
            "How clearly the evidence points to one stage. Low certainty with high coverage: an estate between stages.",
            best("vjourney_certainty_ratio", where),
            PERCENT,
        ),
    ]


def probabilities(where: str) -> timeseries.Panel:
    """The four probabilities, stacked to 100 %."""
    names = {
        title: best("vjourney_stage_probability", f'{where}, adoption_stage="{stage}"', "adoption_stage")
        for stage, title in STAGE_NAMES.items()
    }
    return course(
        "Probability of each stage",
        "What the evidence of each poll says, before hysteresis. The four add up to 100%.",
        names,
        PERCENT,
        stacked=True,
    )


def evidence_seen(where: str) -> timeseries.Panel:
    """Coverage and certainty over time."""
    return course(
        "Coverage and certainty",
        "A drop in coverage is lost visibility, never a lower stage. Check for lost privileges or a vCenter that is down.",
        {
            "Coverage": best("vjourney_coverage_ratio", where, "scope"),
            "Certainty": best("vjourney_certainty_ratio", where, "scope"),
        },
        PERCENT,
    )


def declared_over_time(where: str, legend: str) -> statetimeline.Panel:
    """The declared stage of each scope over time."""
    return states(
        "Declared stages",
        "The declared stage over time. It moves one step at a time, and only on lasting evidence.",
        or_absent(best("vjourney_stage", where), where),
        legend,
        STAGE,
    )


def team_confidence(where: str, legend: str) -> statetimeline.Panel:
    """The level of team confidence over time."""
    levels = zip(CONFIDENCE_LEVELS, STAGE_COLOURS, strict=True)
    meanings = {float(number): (level.replace("_", " "), colour) for number, (level, colour) in enumerate(levels)}
    position = best("vjourney_team_confidence_position", where)
    return states(
        "Team confidence",
        "Team skill judged by exercised features alone: experimenting, reactive, selective or very high.",
        or_absent(f"clamp_max(floor({position}), {len(CONFIDENCE_LEVELS) - 1})", where),
        legend,
        Look(mappings=words({**meanings, ABSENT: ("too little exercised evidence", GREY)})),
        height=6,
    )
