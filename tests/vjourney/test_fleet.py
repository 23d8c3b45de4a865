"""The fleet of several vCenters, of which not every one can be judged."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from collector.facts import Snapshot
from inference.judging.model import load
from vjourney.demo import recordings
from vjourney.judgement import Judgement
from vjourney.last_readings import Circumstances
from vjourney.sources import Replay
from vjourney.store import Store

EVER = datetime(1970, 1, 1, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty store."""
    with Store.open(f"sqlite:///{tmp_path / 'vjourney.db'}") as opened:
        yield opened


def emptied(snapshot: Snapshot) -> Snapshot:
    """Another vCenter, just set up: nothing is in it, and nothing ever happened."""
    about = replace(snapshot.about, instance_uuid="a9001631-d98f-5e01-8e0f-000000000001")
    return replace(
        snapshot, vcenter="new", about=about, vms=(), hosts=(), clusters=(), datastores=(), events=(), oldest_event=None
    )


def test_a_vcenter_that_cannot_be_judged_does_not_keep_its_fleet_undeclared(store: Store) -> None:
    """It decides nothing, so that nobody has to wait for a month of its events."""
    snapshot = Replay("prod", recordings()["business-production"]).poll(lambda _: None)
    judgement = Judgement(store, load("journey-1"), ["prod", "new"])
    prod, *_ = judgement.poll(snapshot, Circumstances(snapshot.taken_at))
    new, *_ = judgement.poll(emptied(snapshot), Circumstances(snapshot.taken_at))
    assert (prod.inferred, new.inferred) == (2, None)
    declared = store.declarations()
    assert (declared["fleet"].declared, declared[prod.scope.id].declared, declared[new.scope.id].declared) == (2, 2, None)


def test_a_part_of_a_fleet_is_shown_and_never_stored(store: Store) -> None:
    """The first vCenter that is read after a restart is no fleet, and whoever reads the store would take it for one."""
    model, names = load("journey-1"), ("business-production", "experimentation")
    large, small = (Replay(name, recordings()[name]).poll(lambda _: None) for name in names)
    before = Judgement(store, model, names)
    before.poll(large, Circumstances(large.taken_at))
    before.poll(small, Circumstances(large.taken_at))
    kept = store.documents("fleet", EVER), store.observations("fleet", EVER), store.milestones("fleet")
    assert [each.document["consolidation"]["hosts"] for each in kept[0]] == [len(large.hosts) + len(small.hosts)]

    later = replace(small, taken_at=small.taken_at + timedelta(days=1))
    after = Judgement(store, model, names)
    alone = after.poll(later, Circumstances(later.taken_at))
    shown = after.publication(later.taken_at, statuses=(), assessments=alone).assessments[0]
    assert (shown.scope.kind, shown.consolidation.hosts, shown.flags[0].id) == ("fleet", len(small.hosts), "incomplete")
    assert (store.documents("fleet", EVER), store.observations("fleet", EVER), store.milestones("fleet")) == kept
    assert store.latest()[0]["scope"]["id"] == "fleet"

    after.poll(replace(large, taken_at=later.taken_at), Circumstances(later.taken_at))
    assert store.documents("fleet", EVER)[-1].document["consolidation"]["hosts"] == len(large.hosts) + len(small.hosts)
