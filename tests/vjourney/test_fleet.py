"""The fleet of several vCenters, of which not every one can be judged."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from collector.facts import Snapshot
from inference.model import load
from vjourney.demo import recordings
from vjourney.judgement import Judgement
from vjourney.sources import Replay
from vjourney.store import Store


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
    judgement = Judgement(store, load("journey-1"), 2)
    prod, *_ = judgement.poll(snapshot, ())
    new, *_ = judgement.poll(emptied(snapshot), [prod])
    assert (prod.inferred, new.inferred) == (2, None)
    declared = store.declarations()
    assert (declared["fleet"].declared, declared[prod.scope.id].declared, declared[new.scope.id].declared) == (2, 2, None)
