"""What the page shows, prepared for its templates: rows of scopes, evidence by family, the gains, chains of the value map."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from exporters.wording import as_signed, percent, sentence
from exporters.wording import number as shown
from inference.publication import Publication
from inference.results import Assessment, Declaration, Scope
from inference.stages import confidence_level

FEW_CLUSTERS = 12
"""Up to so many clusters are shown without being asked for."""

MOST_GAINS = 5
MOST_STEPS = 3
FLEET_NAME = "The fleet"


def overview(publication: Publication, names: Mapping[str, str], chosen: Scope | None) -> dict[str, Any]:
    """The scopes beside the chosen one: ``rows`` of the fleet and its vCenters, ``groups`` of clusters, ``path`` to it.

    A vCenter and its clusters show the clusters of that vCenter alone; everything else is one step up.
    """
    rows = [_row(item, publication.declarations, names) for item in publication.assessments]
    above = [row for row in rows if row["scope"].kind != "cluster"]
    inside = [row for row in rows if row["scope"].kind == "cluster"]
    if chosen is None or chosen.kind == "fleet" or len(above) == 1:
        return {"rows": above, "groups": _groups(inside), "path": []}
    own = [row for row in inside if row["scope"].vcenter == chosen.vcenter]
    path = [row for row in above if row["scope"] != chosen and row["scope"].vcenter in {"", chosen.vcenter}]
    return {"rows": [], "groups": _groups(own), "path": path}


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


def _groups(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The clusters of each vCenter, open where all of them together are few."""
    by_vcenter: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        by_vcenter.setdefault(row["scope"].vcenter, []).append(row)
    return [{"vcenter": vcenter, "rows": own, "open": len(rows) <= FEW_CLUSTERS} for vcenter, own in by_vcenter.items()]


def by_family(assessment: Mapping[str, Any], families: Mapping[str, str]) -> list[dict[str, Any]]:
    """The observations of each family in the order of the model, with what the family alone says."""
    facets = {facet["family"]: facet for facet in assessment["facets"]}
    order = dict.fromkeys((*families, *(observation["family"] for observation in assessment["observations"])))
    groups = [
        {
            "title": families.get(family, family.replace("_", " ").capitalize()),
            "facet": facets.get(family),
            "observations": [each for each in assessment["observations"] if each["family"] == family],
        }
        for family in order
    ]
    return [group for group in groups if group["observations"]]


def told(observation: Mapping[str, Any], *, pooled: bool) -> list[str]:
    """The reason and the evidence of an observation; of a ``pooled`` one only from what, since its parts are not named."""
    reason = [sentence(observation["reason"])] if observation["reason"] else []
    evidence = observation["evidence"][:1] if pooled else observation["evidence"]
    return reason + [sentence(line) for line in evidence]


def steps_inside(publication: Publication, names: Mapping[str, str]) -> list[dict[str, Any]]:
    """The first next step of each of the vCenters furthest behind: where a fleet as a whole has none, they have."""
    behind = sorted(
        (each for each in publication.assessments if each.scope.kind == "vcenter" and each.next_steps),
        key=lambda each: each.posterior.position,
    )
    return [{"scope": each.scope, "name": names[each.scope.id], "step": each.next_steps[0]} for each in behind[:MOST_STEPS]]


def cut_points(question: Mapping[str, Any] | None) -> str:
    """Where categories 1, 2 and 3 begin, in one phrase; empty for what is shown and not scored."""
    if question is None or not question["cuts"]:
        return ""
    figure = percent if question["unit"].startswith("share") else shown
    starts = ["any" if cut == 0 else figure(cut) for cut in question["cuts"]]
    return f"{'from' if question['better'] == 'higher' else 'below'} {', '.join(starts)}"


def signed(contribution: float) -> str:
    """A contribution or a shift with its sign."""
    return as_signed(contribution).replace("-", "\N{MINUS SIGN}")


def gains(ledger: Mapping[str, Any] | None) -> list[Mapping[str, Any]]:
    """The lines of the value ledger that show a gain, those in money last: their sum stands in the summary."""
    if ledger is None:
        return []
    lines: Iterable[Mapping[str, Any]] = (*ledger["things"], *ledger["service"])
    return [line for line in lines if line["amount"] is not None and line["amount"] > 0][:MOST_GAINS]


def chains(value_map: Mapping[str, Any] | None) -> list[dict[str, Any]]:
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
