"""Builders for lenses: an assessment with the observations that a test names, and what the operator declared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from types import MappingProxyType
from typing import Any

import pytest

from inference.declared import Declared
from inference.lenses.basis import Basis
from inference.lenses.sightings import Sightings
from inference.observations import Missing, Observation, amount, not_applicable, unknown
from inference.results import Assessment, Consolidation, Evidence, FeatureUse, Milestone, Posterior, Scope

NOW = datetime(2024, 6, 1, 12, tzinfo=UTC)
DAY = date(2024, 5, 1)


def posterior(position: float) -> Posterior:
    """A posterior at a position."""
    return Posterior((0.25, 0.25, 0.25, 0.25), position, 0.1, (position, position))


class BasisBuilder:
    """A scope in the making: nothing is known unless told."""

    def __init__(self) -> None:
        self._evidence: list[Evidence] = []
        self._changes: dict[str, Any] = {}
        self._declared = Declared()
        self._sightings = Sightings()

    def stage(self, stage: int, position: float | None = None) -> BasisBuilder:
        """Infer a stage, in its middle unless told otherwise."""
        return self._with(inferred=stage, posterior=posterior(stage + 0.5 if position is None else position))

    def team(self, position: float) -> BasisBuilder:
        """Set the position of team confidence."""
        return self._with(team_confidence=posterior(position))

    def workloads_at(self, position: float) -> BasisBuilder:
        """Set the position of the business workloads taken alone."""
        return self._with(facets=MappingProxyType({"workloads": posterior(position)}))

    def categories(self, **items: int) -> BasisBuilder:
        """Add observed items with their categories."""
        for name, category in items.items():
            seen = amount(name, float(category), evidence=(f"{name} was observed.",))
            self._evidence.append(Evidence(seen, "family", "exercised", "unit", category, 0.0))
        return self

    def observation(self, observation: Observation, category: int | None = None, unit: str = "unit") -> BasisBuilder:
        """Add an observation as it is."""
        self._evidence.append(Evidence(observation, "family", "exercised", unit, category))
        return self

    def not_seen(self, indicator: str, reason: str) -> BasisBuilder:
        """Add an item that could not be answered."""
        return self.observation(unknown(indicator, Missing(reason)))

    def does_not_apply(self, indicator: str, reason: str) -> BasisBuilder:
        """Add an item that does not apply."""
        return self.observation(not_applicable(indicator, reason))

    def fleet(self) -> BasisBuilder:
        """Make it the fleet."""
        return self._with(scope=Scope("fleet", "fleet", "fleet"))

    def feature(self, name: str, configured: float | None, exercised: float | None, unit: str = "times") -> BasisBuilder:
        """Add the use of a feature, last seen now where it was exercised."""
        uses: Mapping[str, FeatureUse] = self._changes.get("features", {})
        use = FeatureUse(configured, exercised, unit, NOW if exercised else None)
        return self._with(features=MappingProxyType({**uses, name: use}))

    def milestone(self, name: str, at: datetime) -> BasisBuilder:
        """Add a milestone."""
        return self._with(milestones=(*self._changes.get("milestones", ()), Milestone(name, at)))

    def sizes(self, hosts: int, running: int) -> BasisBuilder:
        """Set the counts of hosts and of workloads, all of them running."""
        return self._with(consolidation=Consolidation(hosts, running, running, running / hosts))

    def declared(self, **sections: Any) -> BasisBuilder:  # noqa: ANN401 - any section
        """Declare sections."""
        self._declared = replace(self._declared, **sections)
        return self

    def sighted(self, **changes: Any) -> BasisBuilder:  # noqa: ANN401 - any field
        """Set what was sighted besides the indicators."""
        self._sightings = replace(self._sightings, **changes)
        return self

    def basis(self) -> Basis:
        """The basis as it stands."""
        nothing = Assessment(
            scope=Scope("vcenter", "uuid", "prod", "prod"),
            taken_at=NOW,
            posterior=posterior(2.1),
            inferred=None,
            certainty=0.0,
            coverage=0.0,
            evidence=tuple(self._evidence),
        )
        return Basis(replace(nothing, **self._changes), self._declared, self._sightings)

    def _with(self, **changes: Any) -> BasisBuilder:  # noqa: ANN401 - any field
        self._changes |= changes
        return self


@pytest.fixture
def scope() -> BasisBuilder:
    """A scope about which nothing is known yet."""
    return BasisBuilder()


@pytest.fixture
def day() -> date:
    """The day on which tests declare."""
    return DAY
