"""Inflection points: the turns of the journey, with the date each was first seen and what shows it.

Sources: "IT Production Phase Drill Down" (vMotion learned), "Virtualization Journey Stages" (the first business applications,
which is the chasm, and the virtualization-first policy), "Business Production key elements" (recovery, HA, FT, DRS and View).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal

from inference.lenses.basis import UNSEEN, Basis, Source, Statement, not_known
from inference.wording import whole_percent

State = Literal["reached", "not_seen", "not_known"]
LEARNED = (
    ("vmotion_learned", "vMotion mastered", "first_vmotion", "vmotion"),
    ("drs_learned", "DRS mastered", "first_drs_move", "drs"),
    ("ha_learned", "HA has restarted a workload VM", "first_ha_restart", "ha"),
    ("ft_learned", "Fault Tolerance mastered", "first_ft_vm", "ft"),
    ("recovery_learned", "Recovery tested", "first_recovery_test", "srm"),
)
"""Inflection points of confidence: id, title, the milestone that dates it and the feature that shows it."""


PRODUCT_OF = {
    "vmotion_learned": "vmotion",
    "drs_learned": "drs",
    "ha_learned": "ha",
    "ft_learned": "ft",
    "recovery_learned": "recovery",
}
"""The product, as the operator declares it, of each of these."""


@dataclass(frozen=True, slots=True)
class Inflection:
    """One turn: whether it was reached, the moment it was first seen or declared for, and its evidence."""

    id: str
    title: str
    state: State
    first_seen: datetime | date | None
    statement: Statement
    evidence: tuple[str, ...] = ()


def inflection_points(basis: Basis) -> tuple[Inflection, ...]:
    """The turns in the order of the journey."""
    vmotion, *later = [_beside_declared(basis, _learned(basis, *entry), PRODUCT_OF[entry[0]]) for entry in LEARNED]
    desktops = _beside_declared(basis, _desktops(basis), "desktops")
    return (vmotion, _business(basis), *later, desktops, _policy_declared(basis), _policy_enforced(basis))


def _beside_declared(basis: Basis, turn: Inflection, product: str) -> Inflection:
    """The turn with what was declared of its product. In use is not yet learned or tested, so it does not make the turn."""
    said = basis.declared.products.get(product)
    if said is None or turn.state == "reached":
        return turn
    source: Source = "declared" if turn.statement.source == "none" else "both"
    return replace(turn, statement=Statement(f"{turn.statement.text} The product is declared as in use.", source, said))


def _learned(basis: Basis, id_: str, title: str, milestone: str, feature: str) -> Inflection:
    use, first = basis.assessment.features.get(feature), _milestone(basis, milestone)
    evidence: tuple[str, ...] = ()
    if use is not None and use.exercised is not None:
        last = f", last on {use.last_seen:%Y-%m-%d}" if use.last_seen else ""
        evidence = (f"{use.exercised:,.0f} {use.exercised_unit}{last}.",)
    if first is not None:
        return Inflection(id_, title, "reached", first, Statement(f"First seen on {first:%Y-%m-%d}.", "telemetry"), evidence)
    if use is not None and use.exercised is not None:
        return Inflection(id_, title, "not_seen", None, Statement("Not seen yet.", "telemetry"), evidence)
    return Inflection(id_, title, "not_known", None, Statement(UNSEEN, "none"))


def _business(basis: Basis) -> Inflection:
    id_, title = "first_business_applications", "First business applications virtualized"
    first, kinds = _milestone(basis, "first_business_application"), basis.observed("biz_div")
    evidence = basis.evidence(("biz_div", "biz_share", "business_in_ha"))
    if first is not None:
        text = f"First seen on {first:%Y-%m-%d}."
        if kinds is not None and kinds.value is not None and not kinds.value:
            text += " None is seen any more."
        return Inflection(id_, title, "reached", first, Statement(text, "telemetry"), evidence)
    if kinds is not None:
        text = "No business application was found with evidence beyond its name: this chasm is still to be crossed."
        return Inflection(id_, title, "not_seen", None, Statement(text, "telemetry"), evidence)
    text = f"Not known: {basis.why_unknown(('biz_div',))}."
    return Inflection(id_, title, "not_known", None, Statement(text, "none"))


def _desktops(basis: Basis) -> Inflection:
    id_, title, share = "desktops_learned", "Desktops virtualized", basis.observed("vdi_share")
    if reason := basis.not_applicable(("vdi_share",)):
        return Inflection(id_, title, "not_seen", None, Statement(f"Not seen: {reason}.", "telemetry"))
    if share is None or share.value is None:
        text = f"Not known: {basis.why_unknown(('vdi_share',))}."
        return Inflection(id_, title, "not_known", None, Statement(text, "none"))
    state: State = "reached" if share.value else "not_seen"
    text = (
        f"{whole_percent(share.value)} of powered-on VMs are virtual desktops."
        if share.value
        else "No virtual desktop was seen."
    )
    return Inflection(id_, title, state, None, Statement(text, "telemetry"), basis.evidence(("vdi_share",)))


def _policy_declared(basis: Basis) -> Inflection:
    id_, title, said = "policy_declared", "Virtualization-first policy declared", basis.declared.policy
    if said is None:
        return Inflection(id_, title, "not_known", None, Statement(not_known("policy.in_place"), "none"))
    if not said.in_place:
        statement = Statement("No such policy is in place.", "declared", said.declared_on)
        return Inflection(id_, title, "not_seen", None, statement)
    text = "The policy has been in place since " + (f"{said.since}." if said.since else "a day that is not declared.")
    return Inflection(id_, title, "reached", said.since, Statement(text, "declared", said.declared_on))


def _policy_enforced(basis: Basis) -> Inflection:
    id_, title, said = "policy_enforced", "Virtualization-first policy enforced", basis.declared.policy
    if said is None or (said.in_place and said.enforced is None):
        return Inflection(id_, title, "not_known", None, Statement(not_known("policy.enforced"), "none"))
    if not said.in_place or not said.enforced:
        text = (
            "It is in place but not enforced, so physical servers may still be easy to get."
            if said.in_place
            else "There is no policy to enforce."
        )
        return Inflection(id_, title, "not_seen", None, Statement(text, "declared", said.declared_on))
    since = f"{said.enforced_since}." if said.enforced_since else "a day that is not declared."
    text = f"It has been enforced since {since}"
    return Inflection(id_, title, "reached", said.enforced_since, Statement(text, "declared", said.declared_on))


def _milestone(basis: Basis, name: str) -> datetime | None:
    return next((milestone.first_seen for milestone in basis.assessment.milestones if milestone.id == name), None)
