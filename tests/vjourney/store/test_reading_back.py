"""What the page and the API read back: readings in brief, and the last events."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from collector.facts import Event
from inference.results import Assessment, Milestone, Scope, Transition
from vjourney.past import MOST_EVENTS, last_events
from vjourney.store import PollRecord, Store

DAY = timedelta(days=1)
Events = Callable[..., Event]
Polls = Callable[..., PollRecord]
Assessments = Callable[..., Assessment]


def document(at: datetime, position: float | None) -> dict[str, Any]:
    """The parts of a stored document that are read back, and one that is not."""
    flags = [{"id": "incomplete", "message": "1 of 2 vCenters could be read so far."}] if position is None else []
    stage = {"inferred": 1, "position": position, "interval80": [0.5, 2.5], "declared": None, "name": "it_production"}
    return {
        "taken_at": at.isoformat(),
        "stage": stage,
        "certainty": 0.25,
        "coverage": 0.75,
        "flags": flags,
        "lenses": {"large": "x" * 1000},
    }


def test_readings_are_brief_and_of_one_scope_alone(
    store: Store, poll: Polls, assessment: Assessments, uuid: str, noon: datetime
) -> None:
    """Oldest first; a cluster that is called like the id of another scope does not come along."""
    twin = Scope("cluster", f"{uuid}/domain-c1", uuid, "prod")
    for days, position in ((0, None), (1, 1.5)):
        at = noon + days * DAY
        made = (assessment(at), assessment(at, twin))
        store.record(poll(at, assessments=made, documents={each.scope.id: document(at, position) for each in made}))
    found = store.readings(uuid, noon - DAY)
    assert [(each["scope"], each["model"], each["position"]) for each in found] == [(uuid, "1.0.0", None), (uuid, "1.0.0", 1.5)]
    assert set(found[0]) == {
        "scope",
        "taken_at",
        "model",
        "inferred",
        "position",
        "interval80",
        "declared",
        "certainty",
        "coverage",
        "whole",
    }
    assert [each["whole"] for each in found] == [False, True], "vCenters were missing in the first"
    assert found[1]["interval80"] == [0.5, 2.5]
    assert store.readings(uuid, noon + DAY) == found[1:]


def test_a_scope_that_is_called_like_the_id_of_another_does_not_come_along(
    store: Store, poll: Polls, assessment: Assessments, uuid: str, noon: datetime
) -> None:
    """A cluster called fleet is not the fleet, and is asked for by its own id; any other name is as good as an id."""
    scopes = (Scope("vcenter", uuid, "prod", "prod"), Scope("cluster", f"{uuid}/domain-c1", "fleet", "prod"))
    made = (assessment(noon, Scope("fleet", "fleet", "fleet")), *(assessment(noon, scope) for scope in scopes))
    written = {each.scope.id: document(noon, 1.5) | {"scope": {"id": each.scope.id}} for each in made}
    store.record(poll(noon, assessments=made, documents=written))
    for asked, meant in (("fleet", "fleet"), ("prod", uuid), (f"{uuid}/domain-c1", f"{uuid}/domain-c1")):
        assert [each["scope"]["id"] for each in store.latest(asked)] == [meant]
        assert [each.scope_id for each in store.documents(asked, noon - DAY)] == [meant]
        assert {each.scope_id for each in store.observations(asked, noon - DAY)} <= {meant}


def test_the_last_events_are_those_that_count(store: Store, event: Events, poll: Polls, uuid: str, noon: datetime) -> None:
    """Newest first and not too many; what only leads up to an event is left out, and a fleet has none."""
    events = [event(key, key) for key in range(1, MOST_EVENTS + 5)]
    store.record(poll(noon + DAY, events=(*events, event(999, 999, "VmEmigratingEvent"))))
    found = last_events(store, Scope("vcenter", uuid, "prod", "prod"))
    assert [each["key"] for each in found] == list(range(MOST_EVENTS + 4, 4, -1))
    assert (found[0]["what"], found[0]["machine"], found[0]["host"]) == ("migrated", "naïve name 🙂", "host-1")
    assert last_events(store, Scope("fleet", "fleet", "fleet")) == []


def test_a_cluster_has_its_own_events(store: Store, event: Events, poll: Polls, uuid: str, noon: datetime) -> None:
    """By the object id behind the slash of its scope."""
    store.record(poll(noon, events=(event(1),)))
    cluster = event(1).cluster
    assert [each["key"] for each in last_events(store, Scope("cluster", f"{uuid}/{cluster}", "A", "prod"))] == [1]
    assert last_events(store, Scope("cluster", f"{uuid}/domain-other", "B", "prod")) == []


def test_what_is_of_one_moment_has_one_order(store: Store, poll: Polls, assessment: Assessments, noon: datetime) -> None:
    """By id, whatever was written first: every database tells the same."""
    ids = ("b", "a/domain-c2", "a")
    milestones = tuple(Milestone(name, noon) for name in ("vmotion_learned", "chasm_crossed"))
    store.record(
        poll(
            assessments=(assessment(milestones=milestones),),
            transitions=tuple(Transition(scope_id, noon, None, 1, "first") for scope_id in ids),
        )
    )
    assert [change.scope_id for change in store.transitions()] == sorted(ids)
    (found,) = store.milestones().values()
    assert [milestone.id for milestone in found] == ["chasm_crossed", "vmotion_learned"]
