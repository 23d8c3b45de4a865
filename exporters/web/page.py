"""The page: every scope in a row, one scope in full, the health of every poll. No script, no other host."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from exporters.document import document
from exporters.scopes import UnknownScopeError, confidence_level, distinct_names, find
from inference.results import STAGE_TITLES, STAGES, Assessment, Declaration, Publication, Scope

TEMPLATES = Path(__file__).parent / "templates"
STYLE = (TEMPLATES / "page.css").read_text(encoding="utf-8")
STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
CONTENT_SECURITY_POLICY = (
    f"default-src 'none'; style-src 'sha256-{STYLE_HASH}'; img-src data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
"""Nothing but the style of this page and its icon."""

FEATURE_TITLES = {
    "vmotion": "vMotion",
    "ha": "High Availability",
    "ft": "Fault Tolerance",
    "drs": "DRS",
    "srm": "Site Recovery",
}
STATE_TITLES = {"observed": "observed", "unknown": "unknown", "not_applicable": "not applicable"}
LARGE = 1_000
SECONDS_PER_DAY = 86_400


def render_page(publication: Publication | None, wanted: str | None = None) -> tuple[int, str]:
    """Status and HTML: the scope ``wanted`` by id or name in full, otherwise the fleet or whatever comes first."""
    if publication is None:
        return 200, _render("waiting.html", {})
    scopes = [assessment.scope for assessment in publication.assessments]
    names = distinct_names(scopes)
    try:
        chosen = find(scopes, wanted) if wanted is not None else next(iter(sorted(scopes, key=_wideness)), None)
    except UnknownScopeError as error:
        return 404, _render("missing.html", {"reason": str(error)})
    shown = document(publication, chosen.id if chosen else "")
    return 200, _render(
        "page.html",
        {
            "document": shown,
            "taken_at": publication.taken_at,
            "rows": [_row(item, publication.declarations, names) for item in publication.assessments],
            "chosen": chosen,
            "name": names[chosen.id] if chosen else "vjourney",
            "assessment": next(iter(shown["assessments"]), None),
        },
    )


def _wideness(scope: Scope) -> int:
    return ("fleet", "vcenter", "cluster").index(scope.kind)


def _row(assessment: Assessment, declarations: Mapping[str, Declaration], names: Mapping[str, str]) -> dict[str, Any]:
    team = assessment.team_confidence
    return {
        "scope": assessment.scope,
        "name": names[assessment.scope.id],
        "declaration": declarations.get(assessment.scope.id, Declaration()),
        "inferred": assessment.inferred,
        "posterior": assessment.posterior,
        "confirmed": assessment.confirmed,
        "certainty": assessment.certainty,
        "coverage": assessment.coverage,
        "team": None if team is None else confidence_level(team.position),
    }


def number(value: float | None) -> str:
    """Three digits that matter, whole numbers in full; ``unknown`` where there is none."""
    if value is None:
        return "unknown"
    if float(value).is_integer() or abs(value) >= LARGE:
        return f"{value:,.0f}".replace(",", "\N{NARROW NO-BREAK SPACE}")
    return f"{value:.3g}"


def percent(value: float | None) -> str:
    """A ratio in percent; small and nearly whole ones are not rounded away to 0 % or 100 %."""
    if value is None:
        return "unknown"
    if 0 < value < 0.01:  # noqa: PLR2004 - one percent
        return "<1\N{NARROW NO-BREAK SPACE}%"
    if 0.99 < value < 1:  # noqa: PLR2004 - one percent below everything
        return ">99\N{NARROW NO-BREAK SPACE}%"
    return f"{value:.0%}".replace("%", "\N{NARROW NO-BREAK SPACE}%")


def when(moment: datetime | str | None) -> Markup:
    """A moment as a ``time`` element in UTC, to the minute; ``never`` where there is none."""
    return _time(moment, "%Y-%m-%d %H:%M UTC")


def day(moment: datetime | str | None) -> Markup:
    """The same to the day."""
    return _time(moment, "%Y-%m-%d")


def _time(moment: datetime | str | None, form: str) -> Markup:
    if moment is None:
        return Markup("never")
    at = _moment(moment)
    return Markup('<time datetime="{}">{}</time>').format(at.isoformat(), at.strftime(form))


def _moment(moment: datetime | str) -> datetime:
    aware = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    return aware.astimezone(UTC)


def age(moment: datetime | str | None, now: datetime) -> str:
    """How long ago, in the largest unit of which one has passed."""
    if moment is None:
        return ""
    seconds = (now - _moment(moment)).total_seconds()
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


def _words(key: str) -> str:
    return key.replace("_", " ")


def _counted(items: Sequence[Any], one: str, many: str) -> str:
    return f"{len(items)} {one if len(items) == 1 else many}"


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters.update(
        number=number, percent=percent, when=when, day=day, age=age, reading=reading, words=_words, counted=_counted
    )
    environment.globals.update(
        style=Markup(STYLE),  # noqa: S704 - our own file
        stages=STAGES,
        stage_titles=STAGE_TITLES,
        feature_titles=FEATURE_TITLES,
        state_titles=STATE_TITLES,
    )
    return environment


ENVIRONMENT = _environment()


def _render(template: str, values: Mapping[str, Any]) -> str:
    return ENVIRONMENT.get_template(template).render(values)
