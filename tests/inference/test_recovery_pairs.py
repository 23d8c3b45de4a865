"""Recovery pairs in a fleet: placeholders here tell what is protected there."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from inference.judging.judge import Case, judge
from inference.judging.model import load
from inference.observations import Missing, share, unknown
from inference.results import Assessment, Consolidation, RecoveryTies, Scope
from inference.rollup import roll_up

MODEL = load("journey-1")
NOW = datetime(2026, 3, 1, tzinfo=UTC)
FLEET = Scope("fleet", "fleet", "fleet")


def sites(*ties: RecoveryTies) -> list[Assessment]:
    """Units of 100 workloads each, whose own events tell nothing of protection."""
    answers = [unknown("dr_protected", Missing("no event names them")), share("ha_share", 80, 90)]
    whole = Consolidation(hosts=4, workload_vms=100, powered_on_vms=90)
    units = [
        judge(Case(Scope("vcenter", name, name), NOW, answers, consolidation=whole), MODEL)
        for name, _ in zip("abc", ties, strict=False)
    ]
    return [replace(unit, recovery=tie) for unit, tie in zip(units, ties, strict=True)]


def protected_of(fleet: Assessment) -> tuple[float | None, float | None]:
    """How many machines of how many are protected by the fleet's own answer."""
    (found,) = [e.observation for e in fleet.evidence if e.observation.indicator == "dr_protected"]
    return found.numerator, found.denominator


def test_placeholders_tell_what_the_other_half_of_a_pair_protects() -> None:
    """Forty placeholders at the one site are forty protected machines of the other, and no more than it has."""
    key = "com.vmware.vcdr-pair1"
    home, away = RecoveryTies(frozenset({key})), RecoveryTies(frozenset({key}), {key: 40})
    assert protected_of(roll_up(FLEET, NOW, sites(home, away), MODEL)) == (40, 100)
    assert protected_of(roll_up(FLEET, NOW, sites(away, home), MODEL)) == (40, 100)
    assert protected_of(roll_up(FLEET, NOW, sites(home, replace(away, placeholders={key: 400})), MODEL)) == (100, 100)


def test_a_site_that_two_others_recover_has_the_placeholders_of_both() -> None:
    """Ten at the one and twenty at the other are thirty protected machines."""
    home = RecoveryTies(frozenset({"k1", "k2"}))
    away = [RecoveryTies(frozenset({key}), {key: count}) for key, count in (("k1", 10), ("k2", 20))]
    assert protected_of(roll_up(FLEET, NOW, sites(home, *away), MODEL)) == (30, 100)


def test_placeholders_without_their_other_half_tell_nothing() -> None:
    """Another pair's key, a key that three sites share, and a site alone leave protection unknown."""
    home, away = RecoveryTies(frozenset({"k1"})), RecoveryTies(frozenset({"k2"}), {"k2": 40})
    assert protected_of(roll_up(FLEET, NOW, sites(home, away), MODEL)) == (None, None)
    third = RecoveryTies(frozenset({"k1"}), {"k1": 40})
    assert protected_of(roll_up(FLEET, NOW, sites(home, home, third), MODEL)) == (None, None)
    assert protected_of(roll_up(FLEET, NOW, sites(third), MODEL)) == (None, None)


def test_what_events_told_stands_against_fewer_placeholders() -> None:
    """The larger of the two numbers counts."""
    key = "k1"
    units = sites(RecoveryTies(frozenset({key})), RecoveryTies(frozenset({key}), {key: 10}))
    told = share("dr_protected", 25, 100)
    evidence = tuple(
        replace(e, observation=told) if e.observation.indicator == "dr_protected" else e for e in units[0].evidence
    )
    assert protected_of(roll_up(FLEET, NOW, [replace(units[0], evidence=evidence), units[1]], MODEL)) == (25, 100)
