"""The page: one scope at a glance, the scopes beside it, the scope in full, every poll. No script, no other host."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from markupsafe import Markup

from exporters.charts import position_chart, time_line
from exporters.document import document
from exporters.scopes import UnknownScopeError, distinct_names, find
from exporters.web.advice import by_advice
from exporters.web.views import FLEET_NAME, by_family, chains, cut_points, gains, overview, signed, steps_inside, told
from exporters.wording import QUORUM, as_moment, environment, held_back
from inference.publication import Publication, VcenterStatus
from inference.results import Scope

TEMPLATES = Path(__file__).parent / "templates"
STYLE = (TEMPLATES / "page.css").read_text(encoding="utf-8")
STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
CONTENT_SECURITY_POLICY = (
    f"default-src 'none'; style-src 'sha256-{STYLE_HASH}'; img-src data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
"""Nothing but the style of this page and its icon."""

ENVIRONMENT = environment(TEMPLATES, style=Markup(STYLE), chart_style="")  # noqa: S704 - our own file
ENVIRONMENT.filters.update(cut_points=cut_points, signed=signed, told=told)

Readings = Callable[[str], Sequence[Mapping[str, Any]] | None]
"""The stored readings of a scope id, oldest first; ``None`` while they cannot be read."""

Events = Callable[[Scope], Sequence[Mapping[str, Any]] | None]
"""The last stored events of a vCenter or a cluster, newest first; ``None`` while they cannot be read."""


def nothing(_of: object) -> Sequence[Mapping[str, Any]]:
    """No past: what is shown of a service without a store."""
    return ()


def render_page(
    publication: Publication | None,
    wanted: str | None = None,
    readings: Readings = nothing,
    events: Events = nothing,
) -> tuple[int, str]:
    """Status and HTML: the scope ``wanted`` by id or name in full, otherwise the fleet or whatever comes first.

    Where its stored ``readings`` or ``events`` cannot be read, all the rest is shown.
    """
    if publication is None:
        return 200, _render("waiting.html", {})
    scopes = [assessment.scope for assessment in publication.assessments]
    try:
        chosen = find(scopes, wanted, publication.vcenters) if wanted else next(iter(sorted(scopes, key=_wideness)), None)
    except UnknownScopeError as error:
        return 404, render_missing(str(error))
    shown = document(publication, chosen.id if chosen else "")
    names = {scope_id: name if name.strip() else scope_id for scope_id, name in distinct_names(scopes).items()}
    names |= {scope.id: FLEET_NAME for scope in scopes if scope.kind == "fleet"}
    vcenters = [status for status in publication.vcenters if chosen is None or chosen.vcenter in {"", status.name}]
    values = {
        "document": shown,
        "taken_at": publication.taken_at,
        "chosen": chosen,
        "name": names[chosen.id] if chosen else "vjourney",
        "assessment": None,
        "vcenters": vcenters,
        "others": len(publication.vcenters) - len(vcenters),
        **overview(publication, names, chosen),
    }
    if chosen is not None:
        [assessment] = shown["assessments"]
        past = readings(chosen.id)
        values |= _in_full(assessment, shown["model"]) | {
            "unseen": _unseen(assessment, vcenters),
            "past_is_readable": past is not None,
            "chart": position_chart([reading for reading in past or () if reading["whole"]]),
            "happened": events(chosen),
            "steps_inside": steps_inside(publication, names) if chosen.kind == "fleet" else [],
        }
    return 200, _render("page.html", values)


def render_missing(sentence: str) -> str:
    """The page in place of one that is not there."""
    return _render("missing.html", {"reason": sentence})


def _in_full(assessment: Mapping[str, Any], model: Mapping[str, Any]) -> dict[str, Any]:
    """Everything about one assessment that the templates do not read from it directly."""
    families = {family["family"]: family["title"] for family in model["families"]}
    lenses = assessment["lenses"]
    return {
        "assessment": assessment,
        "seen_at": as_moment(assessment["taken_at"]),
        "held_back": held_back(assessment, families),
        "flags": [flag for flag in assessment["flags"] if flag["id"] != QUORUM],
        "families": by_family(assessment, families),
        "questions": {question["indicator"]: question for question in model["questions"]},
        "line": time_line(assessment),
        "gains": gains(lenses.get("value_ledger")),
        "paths": chains(lenses.get("value_map")),
    }


def _unseen(assessment: Mapping[str, Any], vcenters: Iterable[VcenterStatus]) -> list[tuple[str, list[Mapping[str, Any]]]]:
    """What is unknown, by what makes it known, given what the vCenters tell of their events."""
    unknown = (observation for observation in assessment["observations"] if observation["state"] == "unknown")
    return by_advice(unknown, [days for vcenter in vcenters if (days := vcenter.event_retention_days) is not None])


def _wideness(scope: Scope) -> int:
    return ("fleet", "vcenter", "cluster").index(scope.kind)


def _render(template: str, values: Mapping[str, Any]) -> str:
    return ENVIRONMENT.get_template(template).render(values)
