"""What is thrown away, and that nothing else is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from collector.facts import Event
from inference.estate.history import MotionCount
from inference.publication import Tally
from inference.results import Assessment, Declaration, Milestone, Scope, Transition
from vjourney.store import KEPT, PollRecord, Store

DAY = timedelta(days=1)
Polls = Callable[..., PollRecord]
Assessments = Callable[..., Assessment]


def test_a_young_store_loses_nothing(
    store: Store, event: Callable[..., Event], poll: Polls, assessment: Assessments, uuid: str, noon: datetime
) -> None:
    """Within every limit pruning changes nothing."""
    for days in range(8):
        at = noon + days * DAY
        counts = (MotionCount("domain-c1", at, days),)
        store.record(poll(at, events=(event(days, days * 1440),), assessments=(assessment(at),), motion_counts=counts))
    before = (store.history(uuid, noon), store.documents("prod", noon), store.observations("prod", noon), store.latest())
    store.prune(noon + 90 * DAY)
    assert (
        store.history(uuid, noon),
        store.documents("prod", noon),
        store.observations("prod", noon),
        store.latest(),
    ) == before


def test_events_and_readings_go_after_400_days(
    store: Store, event: Callable[..., Event], poll: Polls, assessment: Assessments, uuid: str, noon: datetime
) -> None:
    """Old events, observations and documents go; declarations, milestones and counts stay for ever."""
    old, young = replace(event(1), at=noon - DAY), replace(event(2), at=noon)
    milestones = (Milestone("vmotion_learned", noon - DAY),)
    first = poll(
        noon,
        events=(old, young),
        assessments=(assessment(noon - DAY, milestones=milestones), assessment(noon)),
        declarations={uuid: Declaration(declared=1)},
        transitions=(Transition(uuid, noon - DAY, None, 1, "first"),),
        count=lambda new: {("migrations", "user"): len(new)},
    )
    store.record(first)
    now = noon - DAY + KEPT
    store.record(poll(now))
    store.prune(now)
    long_ago = noon - 9 * DAY
    assert store.events_since(uuid, long_ago) == (young,)
    assert {stored.taken_at for stored in store.observations("prod", long_ago)} <= {noon}
    assert [stored.taken_at for stored in store.documents("prod", long_ago)] == [noon]
    assert store.declarations() == {uuid: Declaration(declared=1)}
    assert (len(store.transitions()), store.milestones()) == (1, {uuid: milestones})
    assert store.tallies() == (Tally("prod", "migrations", "user", 2),)


def test_counts_of_motions_go_after_100_days(store: Store, poll: Polls, uuid: str, noon: datetime) -> None:
    """No window that asks for them is longer, and there is one of each cluster for every day."""
    old, young = MotionCount("domain-c1", noon - DAY, 1), MotionCount("domain-c1", noon, 2)
    for count in (old, young):
        store.record(poll(count.at, motion_counts=(count,)))
    now = noon + 99 * DAY
    assert store.history(uuid, now).motion_counts == (old, young)
    now += timedelta(seconds=1)
    assert store.history(uuid, now).motion_counts == (young,)
    store.record(poll(now))
    store.prune(now)
    assert store.history(uuid, noon).motion_counts == (young,)


def test_events_that_can_be_read_again_stay(
    store: Store, event: Callable[..., Event], poll: Polls, assessment: Assessments, noon: datetime
) -> None:
    """A recording from long ago, or a vCenter silent for years, keeps its events: read again, they would count twice."""
    fleet = assessment(noon, Scope("fleet", "fleet", "fleet"))
    counted = {"events": (event(1, -9),), "count": lambda new: {("migrations", "user"): len(new)}}
    again = poll(noon, assessments=(assessment(noon), fleet), **counted)
    store.record(again)
    store.prune(noon + 10 * KEPT)
    assert len(store.latest()) == 2
    assert store.record(again) == frozenset()
    assert store.tallies() == (Tally("prod", "migrations", "user", 1),)


def test_old_documents_are_thinned_to_one_a_week(store: Store, poll: Polls, assessment: Assessments, noon: datetime) -> None:
    """After 90 days the last document of each ISO week stays, for each scope; noon is a Monday's."""
    assert noon.isoweekday() == 1
    for days in range(10):
        at = noon + days * DAY
        store.record(poll(at, assessments=(assessment(at),)))
    now = noon + 97 * DAY
    store.record(poll(now))
    store.prune(now)
    assert [(stored.taken_at - noon).days for stored in store.documents("prod", noon)] == [6, 7, 8, 9]
    store.prune(now)
    assert len(store.documents("prod", noon)) == 4
