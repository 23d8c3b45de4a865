"""What a poll leaves behind besides its events, and that it can be asked for again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import astuple
from datetime import datetime, timedelta

from inference.observations import Missing, amount, share, unknown
from inference.results import Assessment, Declaration, LastSeen, Milestone, ModelInfo, Scope, Transition
from vjourney.store import PollRecord, Store

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
Polls = Callable[..., PollRecord]
Assessments = Callable[..., Assessment]


def test_an_empty_store_knows_nothing(store: Store, uuid: str, noon: datetime) -> None:
    """Before the first poll every answer is empty, and nothing is seen."""
    assert (store.high_water(uuid), store.seen_since(uuid)) == (None, None)
    history = store.history(uuid, noon)
    assert (history.events, history.seen_since, history.motion_counts) == ((), None, ())
    assert (store.declarations(), store.transitions(), store.milestones(), store.tallies()) == ({}, (), {}, ())
    assert (store.latest(), store.latest("prod"), store.documents("prod", noon), store.observations("prod", noon)) == (
        [],
        [],
        (),
        (),
    )


def test_observations_that_say_something_else_are_kept(
    store: Store, poll: Polls, assessment: Assessments, noon: datetime
) -> None:
    """Another state, reason or number is kept; noise below a hundredth, and a repetition, once a day."""
    steps = [
        (0, share("drs_auto", 500, 1000)),
        (1, share("drs_auto", 501, 1000)),
        (2, share("drs_auto", 510, 1000)),
        (3, unknown("drs_auto", Missing("no permission"))),
        (4, unknown("drs_auto", Missing("no permission"))),
        (5, unknown("drs_auto", Missing("no clusters"))),
        (6, amount("drs_auto", 0.0)),
        (7, amount("drs_auto", 0.0)),
        (31, amount("drs_auto", 0.0)),
    ]
    for hours, observation in steps:
        at = noon + hours * timedelta(hours=1)
        store.record(poll(at, assessments=(assessment(at, observations=(observation,)),)))
    kept = [((stored.taken_at - noon) / timedelta(hours=1), stored.observation) for stored in store.observations("prod", noon)]
    assert kept == [steps[number] for number in (0, 2, 3, 5, 6, 8)]


def test_recording_the_same_moment_twice_keeps_one(store: Store, poll: Polls, assessment: Assessments, noon: datetime) -> None:
    """A recording that is replayed with every poll has one moment; the last word on it is kept."""
    for value in (5.0, 6.0, 6.0):
        store.record(poll(noon, assessments=(assessment(noon, observations=(amount("scale", value),)),)))
    assert [stored.observation.value for stored in store.observations("prod", noon)] == [6.0]
    assert len(store.documents("prod", noon)) == 1


def test_the_last_document_of_a_day_is_kept(store: Store, poll: Polls, assessment: Assessments, noon: datetime) -> None:
    """Documents are large: one a day, the latest, with the model that made it."""
    for at in (noon, noon + timedelta(hours=11, minutes=59), noon + timedelta(hours=12)):
        store.record(poll(at, assessments=(assessment(at),), model=ModelInfo("journey", "1.0.1", "def")))
    kept = store.documents("prod", noon)
    assert [stored.taken_at - noon for stored in kept] == [timedelta(hours=11, minutes=59), timedelta(hours=12)]
    assert kept[0].document == {"scope": kept[0].scope_id, "at": kept[0].taken_at.isoformat()}
    assert kept[0].model == ModelInfo("journey", "1.0.1", "def")


def test_the_latest_documents_leave_out_what_is_gone(
    store: Store, poll: Polls, assessment: Assessments, uuid: str, noon: datetime
) -> None:
    """A removed cluster has no latest assessment among all, but can still be asked for by id or name."""
    fleet, vcenter = Scope("fleet", "fleet", "fleet"), Scope("vcenter", uuid, "prod", "prod")
    old, new = (Scope("cluster", f"{uuid}/{moid}", name, "prod") for moid, name in (("domain-c1", "old"), ("domain-c2", "new")))
    store.record(poll(noon, assessments=tuple(assessment(noon, scope) for scope in (fleet, vcenter, old))))
    later = noon + MINUTE
    store.record(poll(later, assessments=tuple(assessment(later, scope) for scope in (new, vcenter, fleet))))
    assert [document["scope"] for document in store.latest()] == ["fleet", uuid, new.id]
    assert [document["scope"] for document in store.latest("old")] == [old.id]
    assert [document["scope"] for document in store.latest(old.id)] == [old.id]
    assert [document["scope"] for document in store.latest("prod/old")] == [old.id]
    assert [document["scope"] for document in store.latest(vcenters=["other"])] == ["fleet"]
    assert store.scopes() == (fleet, vcenter, new)
    assert store.latest("none") == []


def test_declarations_are_replaced(store: Store, poll: Polls, uuid: str, noon: datetime) -> None:
    """The state of hysteresis comes back as it was left, unset fields too."""
    until = noon + 60 * DAY
    full = Declaration(2, noon, 3, noon + DAY, 0.7, noon + 2 * DAY, until, 12, noon, 0.8, noon, "sha", noon, "estate")
    assert None not in astuple(full)
    store.record(poll(noon, declarations={uuid: Declaration(candidate=1), "fleet": full}))
    store.record(poll(noon + DAY, declarations={uuid: Declaration(declared=1, since=noon)}))
    assert store.declarations() == {uuid: Declaration(declared=1, since=noon), "fleet": full}


def test_what_was_last_seen_comes_back_as_it_was(store: Store, poll: Polls, uuid: str, noon: datetime) -> None:
    """With every digit: a state that differs by one was declared by another process."""
    part = LastSeen(noon + timedelta(microseconds=1), 1 / 3, share("ha_share", 2, 3, seen=0.1 + 0.2))
    plain = LastSeen(noon, 1.0, amount("scale", 12.0))
    state = Declaration(declared=1, last_seen=(part, plain))
    store.record(poll(noon, declarations={uuid: state}))
    assert store.declarations() == {uuid: state}
    store.record(poll(noon + DAY, declarations={uuid: state}, stepped_from={uuid: state}))
    assert store.declarations() == {uuid: state}


def test_transitions_are_kept_once(store: Store, poll: Polls, assessment: Assessments, uuid: str, noon: datetime) -> None:
    """The same change written again stays one; a scope can be named by id or name."""
    first, second = Transition(uuid, noon, None, 1, "first"), Transition(uuid, noon + DAY, 1, 2, "estate")
    other = Transition("fleet", noon, None, 1, "first")
    store.record(poll(noon, assessments=(assessment(noon),), transitions=(second, other)))
    store.record(poll(noon, transitions=(first, second)))
    assert store.transitions(uuid) == store.transitions("prod") == (first, second)
    assert len(store.transitions()) == 3


def test_a_milestone_keeps_its_first_date(
    store: Store, poll: Polls, assessment: Assessments, uuid: str, noon: datetime
) -> None:
    """A later sighting changes nothing, an earlier one found since does."""
    for days in (2, 3, 1):
        milestones = (Milestone("vmotion_learned", noon - days * DAY),)
        store.record(poll(noon, assessments=(assessment(noon, milestones=milestones),)))
    assert store.milestones("prod") == {uuid: (Milestone("vmotion_learned", noon - 3 * DAY),)}
