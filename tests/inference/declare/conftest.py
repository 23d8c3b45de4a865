"""Looks at an estate, and the changes of its declared stage that come of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import pytest

from inference.declare import step
from inference.judging.model import load
from inference.results import Assessment, Consolidation, Declaration, Posterior, Scope

MODEL = load("journey-1")
OTHER = replace(MODEL, sha256="f" * 64)
START = datetime(2026, 1, 1, tzinfo=UTC)
SURE = ((0.9, 0.1, 0.0, 0.0), (0.05, 0.9, 0.05, 0.0), (0.0, 0.05, 0.9, 0.05), (0.0, 0.0, 0.1, 0.9))
"""The probabilities of an estate that is all but certainly at a stage, by stage."""


class Change(NamedTuple):
    """A change of the declared stage: on which day, from where, to where and why."""

    day: float
    before: int | None
    after: int
    cause: str


Shares = tuple[float, float, float, float]
Look = Callable[..., Assessment]
Daily = Callable[..., Iterator[Assessment]]
Live = Callable[..., tuple[Declaration, list[Change]]]
Declared = Callable[..., Declaration]


@pytest.fixture(scope="session")
def look() -> Look:
    """``look(day, shares, stage=1, coverage=0.9, hosts=10, quorum=None)``: an assessment on a day.

    Of these probabilities, else of an estate that is all but certainly at the stage; of a fleet where there is a quorum.
    """

    def taken(
        day: float,
        shares: Shares | None = None,
        *,
        stage: int = 1,
        coverage: float = 0.9,
        hosts: int | None = 10,
        quorum: int | None = None,
    ) -> Assessment:
        shares = shares or SURE[stage]
        return Assessment(
            scope=Scope("vcenter", "uuid", "prod", "prod") if quorum is None else Scope("fleet", "fleet", "fleet"),
            taken_at=START + timedelta(days=day),
            posterior=Posterior(shares, 0.0, 0.0, (0.0, 4.0)),
            inferred=None if coverage < 0.35 else shares.index(max(shares)),
            certainty=0.5,
            coverage=coverage,
            evidence=(),
            consolidation=Consolidation(hosts=hosts),
            quorum=quorum,
        )

    return taken


@pytest.fixture(scope="session")
def daily(look: Look) -> Daily:
    """``daily(first, last, ...)``: one look a day, with the options of ``look``."""

    def taken(first: int, last: int, *shares: Shares, **more: float | None) -> Iterator[Assessment]:
        return (look(day, *shares, **more) for day in range(first, last + 1))

    return taken


@pytest.fixture(scope="session")
def declared(look: Look) -> Declared:
    """``declared(stage)``: what is declared by a first look at such an estate, on day 0."""

    def state(stage: int = 1) -> Declaration:
        found, _ = step(Declaration(), look(0, stage=stage), model=MODEL, evidence_days=30)
        assert found.declared == stage
        return found

    return state


@pytest.fixture(scope="session")
def live() -> Live:
    """``live(looks, state, other=False, profile="default")``: live through looks, under another model where asked for.

    The state after them, and the changes that came of them.
    """

    def lived(
        looks: Iterable[Assessment], state: Declaration | None = None, *, other: bool = False, profile: str = "default"
    ) -> tuple[Declaration, list[Change]]:
        state, seen = state or Declaration(), list[Change]()
        for each in looks:
            state, found = step(state, each, model=OTHER if other else MODEL, evidence_days=90, profile=profile)
            seen += [
                Change((change.at - START) / timedelta(days=1), change.from_stage, change.to_stage, change.cause)
                for change in found
            ]
        return state, seen

    return lived
