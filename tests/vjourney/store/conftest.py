"""What tests put into a store."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from collector.facts import Event
from inference.observations import Observation, amount
from inference.results import Assessment, Evidence, Milestone, ModelInfo, Posterior, Scope
from vjourney.store import PollRecord

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
UUID = "5cf1bb1a-0000-4000-8000-000000000001"


@pytest.fixture
def noon() -> datetime:
    """The moment that tests start from."""
    return NOON


@pytest.fixture
def uuid() -> str:
    """The instance UUID of the vCenter in tests."""
    return UUID


@pytest.fixture
def event() -> Callable[..., Event]:
    """``event(key, minutes)``: an event that long after noon, with a value in every field."""

    def make(key: int, minutes: float = 0, kind: str = "VmMigratedEvent") -> Event:
        return Event(
            key=key,
            type=kind,
            at=NOON + timedelta(minutes=minutes, microseconds=key),
            chain=key - 1,
            user="CORP\\operator",
            vm="vm-1",
            vm_name="naïve name 🙂",
            host="host-1",
            cluster="domain-c1",
            datacenter="datacenter-1",
            datastore="datastore-1",
            source_host="host-2",
            source_datastore="datastore-2",
            dest_host="host-3",
            source_vm="vm-2",
            object_id="vm-1",
            arguments=(("reason", 'it\'s "quoted"'), ("empty", "")),
        )

    return make


@pytest.fixture
def assessment() -> Callable[..., Assessment]:
    """``assessment(at, scope, observations, milestones)``: an assessment with nothing else in it."""

    def make(
        at: datetime = NOON,
        scope: Scope | None = None,
        observations: tuple[Observation, ...] = (amount("scale", 5.0),),
        milestones: tuple[Milestone, ...] = (),
    ) -> Assessment:
        return Assessment(
            scope=scope or Scope("vcenter", UUID, "prod", "prod"),
            taken_at=at,
            posterior=Posterior((0.25, 0.25, 0.25, 0.25), 2.0, 1.0, (0.5, 3.5)),
            inferred=None,
            certainty=0.0,
            coverage=0.0,
            evidence=tuple(Evidence(observation, "F0", "configured", "machines") for observation in observations),
            milestones=milestones,
        )

    return make


@pytest.fixture
def poll() -> Callable[..., PollRecord]:
    """``poll(at, **what)``: the record of a poll, with a document for each assessment."""

    def make(at: datetime = NOON, **what: object) -> PollRecord:
        given = {"instance_uuid": UUID, "vcenter": "prod", "taken_at": at, "model": ModelInfo("journey", "1.0.0", "abc")} | what
        assessments = given.get("assessments", ())
        documents = {made.scope.id: {"scope": made.scope.id, "at": made.taken_at.isoformat()} for made in assessments}  # type: ignore[attr-defined]  # assessments, by the line above
        return PollRecord(**({"documents": documents} | given))  # type: ignore[arg-type]  # the keywords of PollRecord

    return make
