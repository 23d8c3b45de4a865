"""Hysteresis: what is remembered of earlier looks, on whichever day of a long watch something happens."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from inference.declare import step
from inference.model import load
from inference.results import Assessment, Consolidation, Declaration, Posterior, Scope, Transition

MODEL = load("journey-1")
OTHER = replace(MODEL, sha256="f" * 64)
START = datetime(2026, 1, 1, tzinfo=UTC)
STAGE0, STAGE1, STAGE2 = ((0.9, 0.1, 0.0, 0.0), (0.05, 0.9, 0.05, 0.0), (0.0, 0.05, 0.9, 0.05))
Shares = tuple[float, float, float, float]


def looked(day: float, shares: Shares = STAGE1, coverage: float = 0.9, hosts: int = 10) -> Assessment:
    """An assessment on a day."""
    return Assessment(
        scope=Scope("vcenter", "uuid", "prod", "prod"),
        taken_at=START + timedelta(days=day),
        posterior=Posterior(shares, 0.0, 0.0, (0.0, 4.0)),
        inferred=max(range(4), key=lambda stage: shares[stage]),
        certainty=0.5,
        coverage=coverage,
        evidence=(),
        consolidation=Consolidation(hosts=hosts),
    )


def live(looks: Iterable[Assessment], other_model_from: int = 9999) -> tuple[Declaration, list[Transition]]:
    """Live through assessments; the changes but for the first declaration."""
    state, seen = Declaration(), list[Transition]()
    for assessment in looks:
        model = OTHER if assessment.taken_at >= START + timedelta(days=other_model_from) else MODEL
        state, transitions = step(state, assessment, model=model, evidence_days=90)
        seen.extend(transitions)
    return state, seen[1:]


def days(transitions: Iterable[Transition]) -> list[float]:
    """The days of transitions."""
    return [(transition.at - START) / timedelta(days=1) for transition in transitions]


@pytest.mark.parametrize("lost", [1, 45, 88, 89, 90, 91, 150, 300])
@pytest.mark.parametrize("shares", [STAGE0, STAGE2], ids=["down", "up"])
def test_a_loss_of_sight_counts_for_ninety_days_whenever_it_comes(lost: int, shares: Shares) -> None:
    """The best sight was long ago and the usual one is a little worse: what is lost is measured by it all the same."""
    usual = [looked(day, coverage=0.9 if day == 0 else 0.88) for day in range(lost)]
    blind = [looked(day, shares, coverage=0.7) for day in range(lost, lost + 130)]
    assert live([*usual, *blind[:90]])[1] == []
    assert live([*usual, *blind])[1] != []


def test_one_good_day_is_no_measure_for_ever() -> None:
    """A sight that was seen once, and by which the usual one is a loss, is forgotten after ninety days."""
    swinging = (
        looked(day, STAGE1 if day < 100 else STAGE2, coverage=0.95 if day == 1 else 0.78 + day % 2 / 20) for day in range(130)
    )
    assert days(live(swinging)[1]) == [114]


def test_a_candidate_keeps_the_sight_that_it_began_with() -> None:
    """What fades slowly enough to be no loss for the estate may still be one within a dwell."""
    steady = [looked(day, coverage=0.9) for day in range(50)]
    fading = [looked(50 + day, STAGE0, coverage=0.9 - 0.0058 * day) for day in range(29)]
    assert live([*steady, *fading])[1] == []


def test_a_model_that_comes_in_a_quiet_time_declares_nothing_anew() -> None:
    """After a merger on day 10 the old model read the same stage to the end; what the new one reads is no estate's change."""
    merged = [looked(day, hosts=10 if day < 10 else 20) for day in range(69)]
    reread = [looked(day, STAGE2, hosts=20) for day in range(69, 110)]
    changes = live([*merged, *reread], other_model_from=69)[1]
    assert [(change.to_stage, change.cause) for change in changes] == [(2, "model")]
    assert days(changes) == [84]
    assert [(change.to_stage, change.cause) for change in live([*merged, *reread])[1]] == [(2, "rebaseline")]


@pytest.mark.parametrize("first", [1, 14, 28, 29, 30, 31, 32, 60])
@pytest.mark.parametrize(("days_between", "merged"), [(1, True), (7, True), (29, True), (40, False)])
@pytest.mark.parametrize("hosts", [(10, 12, 14), (10, 8, 7)], ids=["join", "split"])
def test_a_merger_in_two_steps_is_one_on_whichever_days(
    first: int, days_between: int, merged: bool, hosts: tuple[int, int, int]
) -> None:
    """Neither step is thirty per cent; both together are, if they come within thirty days."""
    before, between, after = hosts
    second = first + days_between
    looks = [looked(day, hosts=before if day < first else between if day < second else after) for day in range(second + 1)]
    quiet_until = live(looks)[0].quiet_until
    assert quiet_until == (START + timedelta(days=second + 60) if merged else None)


def test_an_outage_of_hosts_is_no_split() -> None:
    """Half of the hosts are out of reach for a day: nobody took them away."""
    outage = looked(5, hosts=5)
    outage = replace(outage, consolidation=replace(outage.consolidation, hosts_listed=10))
    state, _ = live([*(looked(day) for day in range(5)), outage, looked(6)])
    assert (state.quiet_until, state.hosts) == (None, 10)
