"""Numbers of several units as those of one, where some have no weight or nothing to say."""

from __future__ import annotations

import pytest

from inference.judging.model import load
from inference.observations import Missing, Observation, amount, not_applicable, rate, share, unknown
from inference.pooling import Part, pool

MODEL = load("journey-1")


def pooled(name: str, *parts: tuple[Observation | None, float]) -> Observation:
    """One pooled answer of parts with at most one observation, and a weight each."""
    units = [Part((observation,) if observation else (), weight) for observation, weight in parts]
    return next(found for found in pool(units, MODEL) if found.indicator == name)


def test_no_part_at_all_is_unknown() -> None:
    """Nobody said that a question does not arise."""
    assert {(found.state, found.reason) for found in pool([], MODEL)} == {("unknown", "it was not observed")}
    assert pooled("ha_share", (None, 10), (None, 20)).reason == "it was not observed"


@pytest.mark.parametrize("weight", [0, 10])
def test_the_only_answer_may_be_of_a_unit_without_machines(weight: float) -> None:
    """Its numbers stand as they are, and nothing that runs was seen."""
    aside = (not_applicable("sdrs", "vSAN"), 10.0)
    found = pooled("sdrs", (share("sdrs", 1, 4), weight), aside)
    assert (found.numerator, found.denominator, found.seen) == (1, 4, 1.0 if weight else 0.0)


def test_an_exact_value_without_any_weight_is_unknown() -> None:
    """There is nothing that it would be a share of; a level is one all the same."""
    found = pooled("sdrs", (amount("sdrs", 0.5), 0), (not_applicable("sdrs", "vSAN"), 10))
    assert (found.state, found.reason) == ("unknown", "none of the vCenters has a number to pool")
    level = pooled("self_service", (amount("self_service", 2), 0), (not_applicable("self_service", "none"), 10))
    assert level.value == 2


def test_one_machine_is_weight_enough() -> None:
    """The unit that runs it counts, and the one that runs none does not."""
    found = pooled("ha_share", (share("ha_share", 1, 1), 1), (unknown("ha_share", Missing("no rights")), 0))
    assert (found.value, found.seen) == (1.0, 1.0)
    assert pooled("vmotion_rate", (rate("vmotion_rate", 1, 0.3), 30), (rate("vmotion_rate", 0, 0.2), 20)).value == 2.0


def test_reasons_are_given_once_and_in_order() -> None:
    """Whoever gave them first."""
    parts = [(unknown("ha_share", Missing(reason)), 1.0) for reason in ("no rights", "lost", "no rights")]
    assert pooled("ha_share", *parts).reason == "lost; no rights"
    assert pooled("sdrs", (not_applicable("sdrs", "b"), 1), (not_applicable("sdrs", "a"), 1)).reason == "a; b"


def test_evidence_is_of_the_first_units() -> None:
    """Five sentences are what a reader takes in, after one that says of how many they are."""
    parts = [(share("ha_share", 1, 2, evidence=(f"unit {n}",)), 1.0) for n in range(7)]
    found = pooled("ha_share", *parts, (unknown("ha_share", Missing("lost")), 1.0))
    assert found.evidence == ("pooled from 7 of 8 vCenters", "unit 0", "unit 1", "unit 2", "unit 3", "unit 4")


def test_units_without_desktops_are_part_of_what_they_are_a_share_of() -> None:
    """A hundred desktops in one vCenter are a small part of a fleet; where nobody has any, the question does not arise."""
    none = not_applicable("vdi_share", "no virtual desktop runs here")
    found = pooled("vdi_share", (share("vdi_share", 100, 150), 50), (none, 850), (none, 0))
    assert (found.numerator, found.denominator, found.seen) == (100, 1000, 1.0)
    assert found.evidence[0] == "pooled from 2 of 3 vCenters"
    assert pooled("vdi_share", (none, 850), (none, 10)).state == "not_applicable"
    hidden = (unknown("vdi_share", Missing("no rights")), 50.0)
    assert pooled("vdi_share", hidden, (none, 50)).reason == "no rights"
    assert pooled("vdi_share", hidden, (none, 25), (share("vdi_share", 9, 34), 25)).seen == 0.5


@pytest.mark.parametrize(
    ("indicator", "how", "value"),
    [("scale", "pooled from", 90), ("dr_tests", "highest value of", 60), ("self_service", "weighted mean of", 50)],
)
def test_evidence_says_how_counts_were_joined(indicator: str, how: str, value: float) -> None:
    """A reader who adds up what two vCenters say finds another number where they are not added up."""
    found = pooled(
        indicator, (amount(indicator, 60), 2.0), (amount(indicator, 30), 1.0), (unknown(indicator, Missing("lost")), 1.0)
    )
    assert (found.value, found.evidence) == (value, (f"{how} 2 of 3 vCenters",))
