"""What vCenters last said to their fleet: as it was when it comes back, and left out where it cannot be understood."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from math import inf

import pytest
import sqlalchemy as sa

from inference.lenses.sightings import Sightings
from inference.observations import Missing, Remedy, amount, share, unknown
from inference.results import Assessment, FeatureUse, RecoveryTies
from vjourney.store import KEPT, LastReading, PollRecord, Store

Assessments = Callable[..., Assessment]
Polls = Callable[..., PollRecord]
MODEL = "abc"


@pytest.fixture
def reading(assessment: Assessments, noon: datetime) -> LastReading:
    """A reading with something in every part, and numbers that JSON does not have."""
    observations = (
        amount("scale", 5.0),
        share("ha_share", 1, 3, evidence=("one of three",)),
        unknown("ft_share", Missing("no right", Remedy.GRANT)),
    )
    unit = replace(
        assessment(noon, observations=observations),
        features={"ha": FeatureUse(configured=1 / 3, exercised=2.0, exercised_unit="restarts", last_seen=noon, seen_days=30.0)},
        recovery=RecoveryTies(frozenset({"com.vmware.vcdr"}), {"com.vmware.vcdr": 4}),
        lenses={"phases": {"reached": "2"}},
    )
    sightings = Sightings(
        products=frozenset({"srm"}),
        maintenance={"evacuated": 3},
        triggers={"outages": ("prod: 2 VM restarts by HA",)},
        looked_for=frozenset({"outages"}),
        reach=inf,
    )
    return LastReading(unit, replace(unit, coverage=0.5), sightings, inf, noon, noon + timedelta(minutes=1, microseconds=7))


def without_lenses(reading: LastReading) -> LastReading:
    """A fleet reads its lenses from what its vCenters counted."""
    recalled = reading.recalled and replace(reading.recalled, lenses={})
    return replace(reading, unit=replace(reading.unit, lenses={}), recalled=recalled)


def test_a_reading_comes_back_as_it_was(store: Store, poll: Polls, reading: LastReading, noon: datetime) -> None:
    """The last one of each vCenter that is asked for, whatever else is in the store."""
    later = replace(reading, recalled=None, evidence_days=12.5, polled_at=noon + timedelta(hours=1))
    elsewhere = replace(reading, unit=replace(reading.unit, scope=replace(reading.unit.scope, vcenter="elsewhere")))
    for each in (reading, elsewhere):
        store.record(poll(noon, reading=each))
    assert store.last_readings(["prod", "new"], MODEL) == {"prod": without_lenses(reading)}
    store.record(poll(noon, reading=later))
    store.record(poll(noon + timedelta(hours=2)))
    assert store.last_readings(["prod"], MODEL) == {"prod": without_lenses(later)}


def test_a_reading_of_another_model_is_left_out(store: Store, poll: Polls, reading: LastReading, noon: datetime) -> None:
    """Its stage was read by other cut points."""
    store.record(poll(noon, reading=reading))
    assert store.last_readings(["prod"], "another") == {}


def test_a_reading_of_another_form_is_left_out(
    url: str, store: Store, poll: Polls, reading: LastReading, noon: datetime, capsys: pytest.CaptureFixture[str]
) -> None:
    """An earlier or a later version may know other fields; its vCenter is waited for, and the log says so."""
    store.record(poll(noon, reading=reading))
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.execute(sa.text('UPDATE last_reading SET reading = \'{"reading": {"unit": 7}}\''))
    engine.dispose()
    assert store.last_readings(["prod"], MODEL) == {}
    assert "last reading of another version not used" in capsys.readouterr().err


def test_a_reading_from_before_there_were_remedies_is_used(
    url: str, store: Store, poll: Polls, reading: LastReading, noon: datetime
) -> None:
    """What is unknown in it has a reason and no remedy."""
    store.record(poll(noon, reading=reading))
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        (written,) = connection.execute(sa.text("SELECT reading FROM last_reading")).scalars()
        text = written if isinstance(written, str) else json.dumps(written)
        older = re.sub(r', "remedy": ("grant"|null)', "", text)
        assert "remedy" not in older
        connection.execute(sa.text("UPDATE last_reading SET reading = :older"), {"older": older})
    engine.dispose()
    unit = store.last_readings(["prod"], MODEL)["prod"].unit
    assert [each.observation.remedy for each in unit.evidence] == [None] * 3
    assert unit.evidence[-1].observation.reason == "no right"


def test_a_reading_is_dropped_when_nothing_remembers_its_vcenter(
    store: Store, poll: Polls, reading: LastReading, noon: datetime
) -> None:
    """As all else is."""
    store.record(poll(noon, reading=reading))
    store.prune(reading.polled_at + KEPT - timedelta(seconds=1))
    assert "prod" in store.last_readings(["prod"], MODEL)
    store.prune(reading.polled_at + KEPT)
    assert store.last_readings(["prod"], MODEL) == {}
