"""The page: one scope at a glance, every scope in a row, the scope in full, every poll. No script, no other host."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from markupsafe import Markup

from exporters.charts import position_chart, time_line
from exporters.document import document
from exporters.scopes import UnknownScopeError, confidence_level, distinct_names, find
from exporters.wording import as_moment, environment, held_back
from inference.results import Assessment, Declaration, Publication, Scope

TEMPLATES = Path(__file__).parent / "templates"
STYLE = (TEMPLATES / "page.css").read_text(encoding="utf-8")
STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
CONTENT_SECURITY_POLICY = (
    f"default-src 'none'; style-src 'sha256-{STYLE_HASH}'; img-src data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
"""Nothing but the style of this page and its icon."""

FEW_CLUSTERS = 12
"""Up to so many clusters of a vCenter are shown without being asked for."""

ENVIRONMENT = environment(TEMPLATES, style=Markup(STYLE), chart_style="")  # noqa: S704 - our own file

Readings = Callable[[str], Sequence[Mapping[str, Any]] | None]
"""The stored readings of a scope id, oldest first; ``None`` while they cannot be read."""


def render_page(
    publication: Publication | None, wanted: str | None = None, readings: Readings | None = None
) -> tuple[int, str]:
    """Status and HTML: the scope ``wanted`` by id or name in full, otherwise the fleet or whatever comes first.

    Where its stored ``readings`` cannot be read, all the rest is shown.
    """
    if publication is None:
        return 200, _render("waiting.html", {})
    scopes = [assessment.scope for assessment in publication.assessments]
    names = distinct_names(scopes)
    try:
        chosen = find(scopes, wanted) if wanted is not None else next(iter(sorted(scopes, key=_wideness)), None)
    except UnknownScopeError as error:
        return 404, _render("missing.html", {"reason": str(error)})
    shown = document(publication, chosen.id if chosen else "")
    assessment = next(iter(shown["assessments"]), None)
    rows = [_row(item, publication.declarations, names) for item in publication.assessments]
    values = {
        "document": shown,
        "taken_at": publication.taken_at,
        "rows": [row for row in rows if row["scope"].kind != "cluster"],
        "groups": _groups([row for row in rows if row["scope"].kind == "cluster"], chosen),
        "chosen": chosen,
        "name": names[chosen.id] if chosen else "vjourney",
        "assessment": assessment,
    }
    if chosen is not None and assessment is not None:
        past = readings(chosen.id) if readings else ()
        values |= {
            "seen_at": as_moment(assessment["taken_at"]),
            "held_back": held_back(assessment),
            "past_is_readable": past is not None,
            "chart": position_chart(past or ()),
            "line": time_line(assessment),
            "paths": _paths(assessment["lenses"].get("value_map")),
        }
    return 200, _render("page.html", values)


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


def _groups(rows: Sequence[Mapping[str, Any]], chosen: Scope | None) -> list[dict[str, Any]]:
    """The clusters of each vCenter, open where they are few or one of them is shown."""
    by_vcenter: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        by_vcenter.setdefault(row["scope"].vcenter, []).append(row)
    return [
        {"vcenter": vcenter, "rows": own, "open": len(own) <= FEW_CLUSTERS or any(row["scope"] == chosen for row in own)}
        for vcenter, own in by_vcenter.items()
    ]


def _paths(value_map: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """The chains in which every link is lit, with the values that one capability serves together, by their titles."""
    if value_map is None:
        return []
    titles = {
        entry["id"]: entry["title"] for kind in ("triggers", "products", "capabilities", "values") for entry in value_map[kind]
    }
    served: dict[tuple[str, ...], list[str]] = {}
    for *chain, value in value_map["paths"]:
        served.setdefault(tuple(titles[link] for link in chain), []).append(titles[value])
    return [{"links": chain, "values": values} for chain, values in served.items()]


def _render(template: str, values: Mapping[str, Any]) -> str:
    return ENVIRONMENT.get_template(template).render(values)
