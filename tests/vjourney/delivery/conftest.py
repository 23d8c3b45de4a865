"""Replicas of a service that only delivers, on one store, with clocks that tests set."""

from __future__ import annotations

from collections.abc import Callable, Iterator, MutableMapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from inference.publication import Publication
from inference.results import Assessment, Declaration, ModelInfo, Posterior, Scope, Transition
from vjourney.delivery import Deliveries
from vjourney.settings import Alerts
from vjourney.store import PollRecord, Store

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
UUID = "5cf1bb1a-0000-4000-8000-000000000001"
PROD = Scope("vcenter", UUID, "prod", "prod")


def assessment(at: datetime) -> Assessment:
    """An assessment of the vCenter with nothing else in it."""
    return Assessment(PROD, at, Posterior((0.1, 0.2, 0.6, 0.1), 2.2, 1.0, (1.5, 3.0)), 2, 0.5, 0.8, ())


class Replica:
    """A process of the service on a store that others may use as well, with a clock that tests set."""

    def __init__(self, file: Path, alerts: Alerts, now: datetime = NOON) -> None:
        self.now = now
        self.store = Store.open(f"sqlite:///{file}")
        self.transitions: tuple[Transition, ...] = ()
        self.deliveries = Deliveries(alerts, self.store.outbox, clock=lambda: self.now, latest=self.publication)

    def publication(self) -> Publication:
        """What is published: the vCenter with its changes."""
        return Publication(self.now, ModelInfo("journey", "1", "x"), (), (assessment(self.now),), {}, self.transitions)

    def record(self, before: int | None, after: int, at: datetime | None = None) -> None:
        """A poll that changed the declared stage."""
        change = Transition(UUID, at or self.now, before, after, "estate")
        self.transitions += (change,)
        self.store.record(
            PollRecord(
                instance_uuid=UUID,
                vcenter="prod",
                taken_at=change.at,
                model=ModelInfo("journey", "1", "x"),
                declarations={UUID: Declaration(declared=after)},
                transitions=(change,),
                deliveries=self.deliveries.announce((assessment(change.at),), (change,)),
            )
        )

    def deliver(self) -> None:
        """A round for every target."""
        for target in self.deliveries.targets:
            self.deliveries.deliver(target)


@pytest.fixture
def replica(tmp_path: Path) -> Iterator[Callable[..., Replica]]:
    """``replica(alerts, now)``: one more process on the same store, in which IT Production is declared."""
    made: list[Replica] = []

    def start(alerts: Alerts, now: datetime = NOON) -> Replica:
        made.append(Replica(tmp_path / "x.db", alerts, now))
        if len(made) == 1:
            made[0].record(None, 1, NOON - timedelta(days=30))
        return made[-1]

    yield start
    for each in made:
        each.store.close()


@pytest.fixture(autouse=True)
def logged() -> Iterator[list[MutableMapping[str, Any]]]:
    """What the program writes to its log."""
    with capture_logs() as entries:
        yield entries


@pytest.fixture
def settings() -> Callable[..., Alerts]:
    """``settings(alertmanagers, notify, to)``: the section of the configuration."""

    def make(alertmanagers: tuple[str, ...] = (), notify: tuple[str, ...] = (), to: tuple[str, ...] = ()) -> Alerts:
        digest = {"digest": {"schedule": "0 8 * * MON", "to": to}} if to else {}
        return Alerts.model_validate({"alertmanagers": alertmanagers, "notify": notify, **digest}, strict=False)

    return make
