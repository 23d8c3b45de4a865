"""Fleets of units that are small, hidden, configured twice or told of servers."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from inference.declared import Servers
from inference.judging.judge import Case, judge
from inference.judging.model import load
from inference.observations import Missing, Observation, rate, share, unknown
from inference.results import Assessment, Consolidation, FeatureUse, Milestone, Posterior, RecoveryTies, Scope
from inference.rollup import heterogeneity, quorum, roll_up

if TYPE_CHECKING:
    from tests.inference.conftest import Answers

MODEL = load("journey-1")
NOW = datetime(2026, 3, 1, tzinfo=UTC)
FLEET = Scope("fleet", "fleet", "fleet")


def unit(name: str, stage: int | None, weight: float, *answers: Observation) -> Assessment:
    """A vCenter that is surely at a stage, or could not be judged where that is ``None``."""
    judged = judge(Case(Scope("vcenter", name, name, name), NOW, answers), MODEL)
    shares = tuple(1.0 if at == (stage or 0) else 0.0 for at in range(4))
    posterior = Posterior((shares[0], shares[1], shares[2], shares[3]), (stage or 0) + 0.5, 0.04, (0.0, 4.0))
    return replace(judged, posterior=posterior, inferred=stage, weight=weight)


def business(count: float) -> Observation:
    """So many business machines."""
    return share("biz_share", count, 100)


def told(fleet: Assessment, indicator: str) -> Observation:
    """The answer of a fleet."""
    return next(e.observation for e in fleet.evidence if e.observation.indicator == indicator)


@pytest.mark.parametrize(
    ("units", "expected"),
    [
        ([unit("a", 2, 45), unit("b", 1, 25), unit("c", None, 30)], 2),
        ([unit("a", 2, 60), unit("b", None, 40)], 2),
        ([unit("a", 2, 1), unit("b", 0, 0)], 2),
        ([unit("a", 2, 70, business(0)), unit("b", 1, 30, business(1))], 1),
        ([unit("a", 2, 70, unknown("biz_share", Missing("no names"))), unit("b", 1, 30, business(6))], 1),
    ],
)
def test_a_quorum_is_of_those_that_were_judged_and_hold_something(units: list[Assessment], expected: int) -> None:
    """Machines of units without a stage are in no share, and units that hold nothing have no say."""
    assert quorum(units, MODEL) == expected


def test_a_quorum_is_of_production(production: Answers) -> None:
    """However many machines for tests and development run in one vCenter, they do not speak for the organisation."""

    def of(name: str, stage: int, running: int, own: int | None) -> Assessment:
        found = unit(name, stage, running, *production.values())
        return replace(found, consolidation=Consolidation(powered_on_vms=running, production_vms=own))

    assert quorum([of("core", 2, 40, 40), of("tests", 1, 100, 100)], MODEL) == 1
    assert quorum([of("core", 2, 40, 40), of("tests", 1, 100, 20)], MODEL) == 2
    assert quorum([of("core", 2, 40, None), of("tests", 1, 100, 20)], MODEL) == 2
    assert quorum([of("labs", 2, 40, 0), of("tests", 1, 100, 0)], MODEL) == 1


def test_as_likely_as_not_is_reached() -> None:
    """One half for the stage is enough."""
    even = replace(unit("a", 1, 10), posterior=Posterior((0.0, 0.5, 0.5, 0.0), 2.0, 0.04, (0.0, 4.0)))
    assert quorum([even], MODEL) == 2


def test_numbers_too_few_for_one_vcenter_add_up_in_the_fleet() -> None:
    """Branches of nine machines each hold what none of them may say alone; what stays too little is said so of the whole."""
    few = (share("biz_share", 2, 9), share("drs_initiated", 1, 4), rate("svmotion_rate", 1, 0.09))
    branches = [unit(name, 1, 9, *few) for name in "abc"]
    assert {told(branch, answer.indicator).state for branch in branches for answer in few} == {"unknown"}
    fleet = roll_up(FLEET, NOW, branches, MODEL)
    pooled = told(fleet, "biz_share"), told(fleet, "drs_initiated")
    assert [(found.numerator, found.denominator, found.seen) for found in pooled] == [(6, 27, 1), (3, 12, 1)]
    little = told(fleet, "svmotion_rate")
    assert (little.state, little.numerator) == ("unknown", None)
    assert little.reason.startswith("too little was seen: 0.27, at least 0.5 needed")


def test_many_small_numbers_meet_the_least_that_they_sum_up_to() -> None:
    """Ten machines for thirty days are enough, though ten hundredths are less than a tenth to a computer."""
    branches = [unit(f"branch{n}", 1, 1, rate("vmotion_rate", 0, 0.01)) for n in range(10)]
    assert told(roll_up(FLEET, NOW, branches, MODEL), "vmotion_rate").value == 0.0


def test_a_rate_on_a_cut_has_its_category_however_it_is_split() -> None:
    """Three moves of thirty machines are ten of a hundred, though a tenth and two tenths are over three to a computer."""
    whole = [unit("all", 1, 30, rate("vmotion_rate", 3, 0.3))]
    split = [unit("a", 1, 10, rate("vmotion_rate", 1, 0.1)), unit("b", 1, 20, rate("vmotion_rate", 2, 0.2))]
    for units in (whole, split):
        fleet = roll_up(FLEET, NOW, units, MODEL)
        assert [e.category for e in fleet.evidence if e.observation.indicator == "vmotion_rate"] == [2]


def test_numbers_that_cannot_be_right_add_nothing_to_a_fleet() -> None:
    """They are no few ones."""
    fleet = roll_up(FLEET, NOW, [unit("a", 1, 9, share("biz_share", 9, 4)), unit("b", 1, 91, share("biz_share", 1, 91))], MODEL)
    found = told(fleet, "biz_share")
    assert (found.numerator, found.denominator, found.seen) == (1, 91, 0.91)


def test_business_machines_of_small_vcenters_have_their_say() -> None:
    """Most business applications are in branches that have not come so far, though no branch has ten machines."""
    branches = [unit(name, 1, 9, share("biz_share", 2, 9)) for name in "abc"]
    assert quorum([unit("core", 2, 73, share("biz_share", 5, 73)), *branches], MODEL) == 1
    assert quorum([unit("core", 2, 73, share("biz_share", 6, 73)), *branches], MODEL) == 2


def test_units_without_a_stage_make_no_difference() -> None:
    """Their positions are none."""
    units = [unit("a", 2, 50), unit("b", 2, 50)]
    assert heterogeneity([*units, unit("c", None, 500)]) == heterogeneity(units)
    assert heterogeneity([units[0], unit("c", None, 500)]) is None


def test_a_mixed_fleet_names_three_of_many() -> None:
    """In the order of their names, with the number of the others."""
    fleet = roll_up(FLEET, NOW, [unit("core", 3, 50), *(unit(name, 0, 10) for name in "edcba")], MODEL)
    (message,) = [flag.message for flag in fleet.flags if flag.id == "mixed"]
    assert "Experimentation in a, b, c and 2 more; IT as a Service in core" in message
    fleet = roll_up(FLEET, NOW, [unit("core", 3, 50), *(unit(name, 0, 10) for name in "cba")], MODEL)
    assert "in a, b, c; IT" in next(flag.message for flag in fleet.flags if flag.id == "mixed")


@pytest.mark.parametrize("stage", [1, 2, 3, None])
def test_a_quorum_that_differs_from_the_pooled_stage_is_said(production: Answers, stage: int | None) -> None:
    """A reader sees one stage and is told of another only where there are two."""
    fleet = roll_up(FLEET, NOW, [unit("a", stage, 10, *production.values())], MODEL)
    assert (fleet.inferred, fleet.quorum) == (2, stage)
    assert ("quorum_differs" in {flag.id for flag in fleet.flags}) is (stage in {1, 3})
    assert "quorum_differs" not in {flag.id for flag in roll_up(FLEET, NOW, [unit("a", stage, 10)], MODEL).flags}


def test_the_first_of_a_vcenter_that_is_configured_twice_counts() -> None:
    """And units keep their order."""
    answers = [share("ha_share", count, 10, evidence=(name,)) for name, count in (("x", 1), ("y", 2), ("z", 9))]
    fleet = roll_up(FLEET, NOW, [unit(name, 1, 10, answer) for name, answer in zip("abb", answers, strict=True)], MODEL)
    found = told(fleet, "ha_share")
    assert (found.numerator, found.denominator, found.evidence[1:]) == (3, 20, ("x", "y"))
    assert fleet.weight == 20


def test_servers_of_the_whole_stand_beside_all_workloads() -> None:
    """Whatever single units were told of theirs; where nothing was declared for the whole, those stand."""
    sizes = Consolidation(workload_vms=100)
    units = [replace(unit(name, 1, 90, share("pct_virtualized", 100, 110)), consolidation=sizes) for name in "ab"]
    found = told(
        roll_up(FLEET, NOW, units, MODEL, servers=Servers(declared_on=date(2026, 1, 1), physical=50)), "pct_virtualized"
    )
    assert (found.numerator, found.denominator) == (200, 250)
    for servers in (None, Servers(declared_on=date(2026, 1, 1), replaced=4)):
        found = told(roll_up(FLEET, NOW, units, MODEL, servers=servers), "pct_virtualized")
        assert (found.numerator, found.denominator) == (200, 220)
    assert told(roll_up(FLEET, NOW, units, MODEL), "ha_share").state == "unknown"


@pytest.mark.parametrize("ratio", ["vcpus_per_core", "vram_per_ram"])
def test_overcommitment_is_that_of_all_units_or_none(ratio: str) -> None:
    """Sums over sums; one that could not be read leaves it open."""
    units = [unit("a", 1, 10, rate(ratio, 60, 20), share("ha_share", 1, 2)), unit("b", 1, 10, rate(ratio, 20, 20))]
    assert getattr(roll_up(FLEET, NOW, units, MODEL).consolidation, ratio) == 2.0
    units[1] = unit("b", 1, 10, unknown(ratio, Missing("not read")))
    assert getattr(roll_up(FLEET, NOW, units, MODEL).consolidation, ratio) is None


def test_features_of_some_units_are_features_of_the_fleet() -> None:
    """What nobody could read is unknown, and units without machines count alike."""
    used, idle = FeatureUse(1.0, 3.0, "in 30 days", NOW, 30.0), FeatureUse(0.0, None, "in 30 days", None, 0.0)
    blind = FeatureUse(None, None, "in 30 days", None, 0.0)
    units = [replace(unit("a", 1, 10), features={"drs": used}), replace(unit("b", 1, 10), features={"ha": blind})]
    found = roll_up(FLEET, NOW, units, MODEL).features
    assert found == {"drs": used, "ha": blind}
    empty = [replace(unit(name, 1, 0), features={"drs": use}) for name, use in (("a", used), ("b", idle))]
    assert roll_up(FLEET, NOW, empty, MODEL).features["drs"].configured == 0.5
    small = [replace(unit(name, 1, weight), features={"drs": use}) for name, use, weight in (("a", used, 1), ("b", idle, 0))]
    assert roll_up(FLEET, NOW, small, MODEL).features["drs"].configured == 1.0
    aside = [*small[1:], replace(unit("c", 1, 10), features={"drs": blind})]
    assert roll_up(FLEET, NOW, aside, MODEL).features["drs"].configured == 0.0


@pytest.mark.parametrize(("hosts", "running", "ratio"), [(2, 10, 5.0), (0, 10, None), (None, 10, None), (2, None, None)])
def test_density_of_a_fleet_needs_hosts_and_machines(hosts: int | None, running: int | None, ratio: float | None) -> None:
    """One that could not be read, or no host, leaves it open."""
    sizes = Consolidation(hosts=hosts, powered_on_vms=running)
    assert roll_up(FLEET, NOW, [replace(unit("a", 1, 10), consolidation=sizes)], MODEL).consolidation.vms_per_host == ratio


@pytest.mark.parametrize("order", [1, -1])
def test_the_first_date_of_a_milestone_wins_in_any_order(order: int) -> None:
    """And milestones follow their dates."""
    first, second = (Milestone("first_vmotion", NOW - timedelta(days=ago)) for ago in (9, 1))
    drs = Milestone("first_drs_move", NOW - timedelta(days=20))
    units = [replace(unit("a", 1, 10), milestones=(first,)), replace(unit("b", 1, 10), milestones=(second, drs))]
    assert roll_up(FLEET, NOW, units[::order], MODEL).milestones == (drs, first)


@pytest.mark.parametrize(("machines", "expected"), [(100, (1, 100)), (None, (None, None)), (0, (None, None))])
def test_one_placeholder_is_one_protected_machine(machines: int | None, expected: tuple[int | None, int | None]) -> None:
    """Where there are workloads that it can be of."""
    sizes = Consolidation(workload_vms=machines)
    home = replace(unit("a", 1, 10), consolidation=sizes, recovery=RecoveryTies(frozenset({"k"})))
    away = replace(unit("b", 1, 10), recovery=RecoveryTies(frozenset({"k"}), {"k": 1}))
    found = told(roll_up(FLEET, NOW, [home, away], MODEL), "dr_protected")
    assert (found.numerator, found.denominator) == expected
