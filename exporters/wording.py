"""How numbers, times and keys are written for people, on the page and in the report alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from inference.judging.positions import as_read
from inference.stages import STAGE_TITLES, STAGES
from inference.wording import digits, whole_percent

SHARED_TEMPLATES = Path(__file__).parent / "templates"

FEATURE_TITLES = {
    "vmotion": "vMotion",
    "ha": "High Availability",
    "ft": "Fault Tolerance",
    "drs": "DRS",
    "srm": "Site Recovery",
}
STATE_TITLES = {"observed": "observed", "unknown": "unknown", "not_applicable": "not applicable"}
STAGE_MEANINGS = (
    "virtual machines are being tried out, mostly for testing",
    "IT runs its own servers on virtual machines to save cost",
    "business applications run on virtual machines for better service",
    "everything new is virtual, provided on request and automated",
)
"""What each stage means to someone who never heard of it, by number."""

MILESTONE_TITLES = {
    "first_vmotion": "first live migration (vMotion)",
    "first_drs_move": "first automatic load-balancing move (DRS)",
    "first_ha_restart": "first automatic restart after a failure (HA)",
    "first_business_application": "first business application seen on a virtual machine",
    "first_recovery_test": "first recovery test (SRM)",
    "first_ft_vm": "first virtual machine protected by Fault Tolerance",
}
CAUSE_TITLES = {
    "first": "first declaration",
    "estate": "lasting evidence",
    "model": "new model",
    "rebaseline": "new baseline after a change of the estate",
}
SOURCE_TITLES = {"telemetry": "seen in vCenter", "declared": "declared", "both": "seen and declared", "none": "not known"}
QUORUM = "quorum_differs"
"""The flag of a fleet of which too little has reached the stage that it reads as a whole."""

MOST_BEHIND = 3
"""How many families are named as behind the next stage."""

SECONDS_PER_DAY = 86_400


def number(value: float | None) -> str:
    """Three significant digits, whole numbers in full; ``unknown`` where there is none."""
    return "unknown" if value is None else digits(value)


def percent(value: float | None) -> str:
    """A share in whole percent; ``unknown`` where there is none."""
    return "unknown" if value is None else whole_percent(value)


def points(gain: float) -> str:
    """A gain of probability in percentage points."""
    whole = round(100 * gain)
    return "less than 1 point" if whole < 1 else f"about {whole} point{'' if whole == 1 else 's'}"


def seconds(value: float) -> str:
    """How long something took."""
    if value < 0.1:  # noqa: PLR2004 - nobody waits for less
        return "<0.1\N{NARROW NO-BREAK SPACE}s"
    return f"{value:.1f}\N{NARROW NO-BREAK SPACE}s" if value < 10 else f"{value:.0f}\N{NARROW NO-BREAK SPACE}s"  # noqa: PLR2004


def skew(value: float) -> str:
    """How far a clock is ahead, or behind; neither where a tenth of a second would not tell."""
    return f"{round(value, 1) + 0.0:+.1f}\N{NARROW NO-BREAK SPACE}s".replace("-", "\N{MINUS SIGN}")


def when(moment: datetime | str | None) -> Markup:
    """A moment as a ``time`` element in UTC, to the minute; ``never`` where there is none."""
    return _time(moment, "%Y-%m-%d %H:%M UTC")


def day(moment: datetime | str | None) -> Markup:
    """The same to the day."""
    return _time(moment, "%Y-%m-%d")


def _time(moment: datetime | str | None, form: str) -> Markup:
    if moment is None:
        return Markup("never")
    at = as_moment(moment)
    return Markup('<time datetime="{}">{}</time>').format(at.isoformat(), at.strftime(form))


def as_signed(contribution: float) -> str:
    """A contribution with its sign, which says whether it supports the stage: ``+0.25``, ``-0.40``; ``0.00`` has none."""
    return "0.00" if round(contribution, 2) == 0 else f"{contribution:+.2f}"


def as_moment(moment: datetime | str) -> datetime:
    """A moment of a document, in UTC; a bare date is its midnight."""
    aware = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    return aware.replace(tzinfo=UTC) if aware.tzinfo is None else aware.astimezone(UTC)


def age(moment: datetime | str | None, now: datetime) -> str:
    """How long ago, in the largest unit of which one has passed."""
    if moment is None:
        return ""
    seconds = (now - as_moment(moment)).total_seconds()
    for unit, length in (("day", SECONDS_PER_DAY), ("hour", 3600), ("minute", 60)):
        if seconds >= length:
            count = int(seconds // length)
            return f"{count} {unit}{'' if count == 1 else 's'} ago"
    return "just now"


def reading(feature: Mapping[str, Any]) -> str:
    """Configured and exercised in one phrase, which never takes the one for the other."""
    configured, exercised = feature["configured"], feature["exercised"]
    if exercised:
        return "exercised"
    if configured is None and exercised is None:
        return "unknown"
    if configured == 0:
        return "not configured"
    if exercised is None:
        return "configured; use unknown"
    return "configured, not exercised" if configured else "not exercised; configuration unknown"


def words(key: str) -> str:
    """A key as words: ``very_high`` is ``very high``."""
    return key.replace("_", " ")


def milestone(key: str) -> str:
    """What happened for the first time."""
    return MILESTONE_TITLES.get(key, words(key))


def cause(key: str) -> str:
    """What brought a change of the declared stage."""
    return CAUSE_TITLES.get(key, words(key))


def counted(items: Sequence[Any], one: str, many: str) -> str:
    """``1 indicator``, ``39 indicators``."""
    return f"{len(items)} {one if len(items) == 1 else many}"


def sentence(text: str) -> str:
    """The text with a capital at its beginning and a full stop at its end."""
    plain = text.strip()
    return plain[:1].upper() + plain[1:] + ("" if plain.endswith((".", "?", "!")) else ".")


def held_back(assessment: Mapping[str, Any], families: Mapping[str, str]) -> list[str]:
    """What holds the next stage back, in sentences, the most telling first.

    ``assessment`` is an entry of the document; ``families`` maps ids of families to their titles, and one without a title is
    called by its id.
    """
    stage, found = assessment["stage"], []
    if stage["inferred"] is None:
        found.append("There is not enough evidence to name a stage; what was not seen is listed below.")
    else:
        found += [sentence(reason) for reason in stage["unconfirmed_because"]]
    found += [flag["message"] for flag in assessment["flags"] if flag["id"] == QUORUM]
    if stage["candidate"] is not None:
        found.append(
            f"Evidence for {STAGE_TITLES[stage['candidate']]} has been there since "
            f"{as_moment(stage['candidate_since']):%Y-%m-%d}; it has to last before the stage is declared."
        )
    if behind := _behind(assessment, families):
        found.append(f"Taken alone, these have not reached {behind}.")
    elements = assessment["lenses"].get("key_elements")
    if elements and elements["held_back_by"]:
        found.append(elements["diagnosis"])
    if not found and stage["inferred"] == len(STAGES) - 1:
        found.append("Nothing: this is the highest stage.")
    return found or ["Nothing in particular; the evidence as a whole has to grow."]


def _behind(assessment: Mapping[str, Any], families: Mapping[str, str]) -> str:
    """The next stage, and the families whose evidence alone lies below it, the furthest behind first."""
    inferred = assessment["stage"]["inferred"]
    if inferred is None or inferred == len(STAGES) - 1:
        return ""
    below = sorted(
        (facet["position"], facet["family"]) for facet in assessment.get("facets", ()) if facet["position"] < inferred + 1
    )
    named = [f"{families.get(family, words(family))} ({as_read(position)} of 4)" for position, family in below[:MOST_BEHIND]]
    return f"{STAGE_TITLES[inferred + 1]}: {'; '.join(named)}" if named else ""


def environment(folder: Path, **extra: Any) -> Environment:  # noqa: ANN401 - whatever templates use
    """Templates of ``folder`` and the shared ones, with every filter; ``extra`` are further globals."""
    made = Environment(
        loader=FileSystemLoader([folder, SHARED_TEMPLATES]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(
        number=number,
        percent=percent,
        points=points,
        position=as_read,
        seconds=seconds,
        skew=skew,
        when=when,
        day=day,
        age=age,
        reading=reading,
        words=words,
        counted=counted,
        sentence=sentence,
    )
    made.globals.update(
        stages=STAGES,
        stage_titles=STAGE_TITLES,
        stage_meanings=STAGE_MEANINGS,
        feature_titles=FEATURE_TITLES,
        state_titles=STATE_TITLES,
        source_titles=SOURCE_TITLES,
        **extra,
    )
    return made
