"""Obstacles and phases: telemetry where it speaks, declarations elsewhere."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from inference.declared import Obstacle, Prerequisite, Readiness
from inference.lenses.obstacles import obstacles
from inference.lenses.phases import TITLES, Phases, ReadinessReading, data, phases
from inference.observations import share

if TYPE_CHECKING:
    from tests.inference.lenses.conftest import BasisBuilder


def need(lens: Phases, name: str) -> ReadinessReading:
    """The prerequisite with this id."""
    return next(need for need in lens.prerequisites if need.id == name)


def test_obstacles_not_looked_at_are_not_known(scope: BasisBuilder) -> None:
    """Nothing is in the way, and nothing is out of it, before somebody looked."""
    found = obstacles(scope.not_seen("shared_storage_share", "datastores could not be read").basis())
    assert [obstacle.state for obstacle in found] == ["not_known"] * 3
    assert "datastores could not be read" in found[0].statement.text


@pytest.mark.parametrize(("category", "state"), [(0, "in_the_way"), (1, "in_the_way"), (2, "none"), (3, "none")])
def test_storage_is_judged_by_telemetry(scope: BasisBuilder, category: int, state: str) -> None:
    """Workloads on local storage cannot move or be restarted elsewhere."""
    storage = obstacles(scope.observation(share("shared_storage_share", 3 * category, 10), category).basis())[0]
    assert (storage.state, storage.statement.source) == (state, "telemetry")
    ending = "so storage is not in the way." if state == "none" else "HA cannot restart them elsewhere."
    assert storage.statement.text.startswith(f"{30 * category}% of powered-on workload VMs use only shared storage")
    assert storage.statement.text.endswith(ending)


def test_people_are_judged_by_the_operator(scope: BasisBuilder, day: date) -> None:
    """Team communication and doubts are shown as declared, with their notes."""
    said = {"fud": Obstacle(state="in_the_way", note="the ledger team.", declared_on=day)}
    _, communication, fud = obstacles(scope.declared(obstacles=said).basis())
    assert communication.state == "not_known"
    said = {"team_communication": Obstacle(state="handled", declared_on=day)}
    assert obstacles(scope.declared(obstacles=said).basis())[1].statement.text == "Handled."
    assert (fud.state, fud.statement.text, fud.statement.declared_on) == ("in_the_way", "In the way: the ledger team.", day)


def test_there_is_no_phase_below_the_evidence_floor(scope: BasisBuilder) -> None:
    """The prerequisites are not known either, and each says what to declare."""
    lens = phases(scope.basis())
    assert (lens.phase, lens.title, lens.ready) == (None, None, None)
    assert lens.summary == "There is not enough evidence to name a phase."
    assert all("no indicator of this model covers it" in sign.statement.text for sign in lens.signs)
    assert len(lens.prerequisites) == 4
    assert all("declare prerequisites." in need.statement.text for need in lens.prerequisites)


@pytest.mark.parametrize(("position", "phase"), [(0.2, 1), (1.99, 1), (2.0, 2), (3.49, 2), (3.5, 3)])
def test_the_phase_follows_the_position(scope: BasisBuilder, position: float, phase: int) -> None:
    """Phase 2 begins with business production, phase 3 half way through the last stage."""
    lens = phases(scope.stage(int(position), position).basis())
    assert (lens.phase, lens.title) == (phase, TITLES[phase - 1])


@pytest.mark.parametrize(
    ("templates", "sizes", "state"), [(3, 2, "ready"), (3, 0, "partly"), (0, 1, "not_ready"), (2, None, "ready")]
)
def test_a_prerequisite_follows_its_indicators(scope: BasisBuilder, templates: int, sizes: int | None, state: str) -> None:
    """All, some or none of those that could be read are in place."""
    scope.categories(template_share=templates, **({} if sizes is None else {"size_std": sizes}))
    reading = need(phases(scope.basis()), "templates")
    assert (reading.state, reading.statement.source) == (state, "telemetry")


def test_a_prerequisite_that_vcenter_does_not_show_is_declared(scope: BasisBuilder, day: date) -> None:
    """The declaration stands alone, with its day."""
    said = {"processes": Prerequisite(state="partly", note="not for storage", declared_on=day)}
    reading = need(phases(scope.declared(prerequisites=said).basis()), "processes")
    assert (reading.state, reading.statement.source, reading.statement.declared_on) == ("partly", "declared", day)
    assert reading.statement.text == "Declared as partly: not for storage."


@pytest.mark.parametrize(
    ("category", "stated", "state"),
    [
        (0, "ready", "not_ready"),
        (0, "partly", "not_ready"),
        (0, "not_ready", "not_ready"),
        (3, "not_ready", "not_ready"),
        (3, "partly", "partly"),
        (3, "ready", "ready"),
    ],
)
def test_the_lower_of_shown_and_stated_counts(
    scope: BasisBuilder, day: date, category: int, stated: Readiness, state: str
) -> None:
    """A claim that is too high is corrected and none is proved; both are shown."""
    said = {"templates": Prerequisite(state=stated, declared_on=day)}
    reading = need(phases(scope.categories(template_share=category).declared(prerequisites=said).basis()), "templates")
    assert (reading.state, reading.statement.source) == (state, "both")
    shown = "vCenter shows that" if category else "Not yet the case:"
    assert reading.statement.text == f"Declared as {stated.replace('_', ' ')}. {shown} new VMs come from templates."


def test_a_declaration_fills_what_vcenter_left_open(scope: BasisBuilder, day: date) -> None:
    """Where all that could be read is in place, the operator speaks for the rest; where something is missing, not."""
    said = {"templates": Prerequisite(state="ready", declared_on=day)}
    scope.not_seen("template_share", "too few new machines").declared(prerequisites=said)
    assert need(phases(scope.categories(size_std=3).basis()), "templates").state == "ready"
    said = {"processes": Prerequisite(state="ready", declared_on=day)}
    scope.not_seen("auto_ops", "operators could not be told apart").declared(prerequisites=said)
    assert need(phases(scope.categories(maint_evac=0).basis()), "processes").state == "not_ready"


def test_ready_needs_all_four(scope: BasisBuilder, day: date) -> None:
    """One that is not known leaves it open, one that is missing decides."""
    ready = {part.id: Prerequisite(state="ready", declared_on=day) for part in data().prerequisites}
    assert phases(scope.declared(prerequisites=ready).basis()).ready is True
    three = {name: said for name, said in ready.items() if name != "processes"}
    assert phases(scope.declared(prerequisites=three).basis()).ready is None
    for state in ("partly", "not_ready"):
        scope.declared(prerequisites={**three, "processes": Prerequisite(state=state, declared_on=day)})
        assert phases(scope.basis()).ready is False


def test_some_of_a_prerequisite_is_not_all_whatever_is_stated(scope: BasisBuilder, day: date) -> None:
    """Templates are used and sizes are any."""
    said = {"templates": Prerequisite(state="ready", declared_on=day)}
    reading = need(phases(scope.categories(template_share=3, size_std=0).declared(prerequisites=said).basis()), "templates")
    assert reading.state == "partly"
    assert reading.statement.text == (
        "Declared as ready. vCenter shows that new VMs come from templates."
        " Not yet the case: new VMs come in a few standard sizes."
    )


def test_automation_before_its_prerequisites_is_pointed_out(scope: BasisBuilder) -> None:
    """Workloads that move by themselves in an estate without templates deserve a word."""
    lens = phases(scope.stage(2).categories(drs_initiated=2, template_share=0).basis())
    assert lens.summary == (
        "Phase 2 of 3. Workloads already move by themselves although these are not yet in place: standard server and"
        " application templates. Not known: standard processes, formal change and configuration management and"
        " performance and capacity management."
    )


@pytest.mark.parametrize(
    ("stage", "said"), [(1, "Phase 1 of 3. Needed for phase 2:"), (2, "Phase 2 of 3. Not fully in place:")]
)
def test_the_summary_says_what_is_missing(scope: BasisBuilder, day: date, stage: int, said: str) -> None:
    """By phase; what is partly there is missing too, and where all is known nothing more is said."""
    states = ("partly", "not_ready", "ready", "ready")
    parts = dict(zip((part.id for part in data().prerequisites), states, strict=True))
    stated = {name: Prerequisite(state=state, declared_on=day) for name, state in parts.items()}  # type: ignore[arg-type]  # literals
    lens = phases(scope.stage(stage).categories(dr_tests=3, drs_initiated=0).declared(prerequisites=stated).basis())
    assert lens.summary == f"{said} standard server and application templates and standard processes."
    ready = {name: Prerequisite(state="ready", declared_on=day) for name in parts}
    assert phases(scope.declared(prerequisites=ready).basis()).summary == f"Phase {stage} of 3."
    moving = phases(scope.declared(prerequisites={}).basis()).summary
    assert moving.startswith(f"Phase {stage} of 3. Not known: standard server")


def test_a_prerequisite_half_unread_is_not_ready(scope: BasisBuilder) -> None:
    """What could not be read may be missing; a question that the model does not ask takes no part."""
    scope.categories(size_std=3).not_seen("template_share", "too few new machines")
    reading = need(phases(scope.basis()), "templates")
    assert reading.state == "partly"
    assert "Not known whether new VMs come from templates" in reading.statement.text


def test_what_does_not_apply_is_neither_missing_nor_unknown(scope: BasisBuilder) -> None:
    """An edition without DRS has not failed to use it."""
    lens = phases(scope.stage(1).does_not_apply("drs_initiated", "the host licences do not include DRS").basis())
    sign = next(sign for sign in lens.signs if sign.id == "moves_by_itself")
    assert sign.state == "not_applicable"
    assert sign.statement.text == "Does not apply: the host licences do not include DRS."


def test_evidence_of_a_fleet_has_the_pooled_numbers(scope: BasisBuilder) -> None:
    """Sentences of single vCenters would be about something else."""
    seen = share("template_share", 30, 40, evidence=("pooled from 2 of 2 vCenters", "10 of 20 in one"))
    reading = need(phases(scope.fleet().observation(seen, 2, "share of new VMs").basis()), "templates")
    assert reading.evidence == ("template share: 30 of 40 new VMs, pooled from 2 of 2 vCenters.",)
