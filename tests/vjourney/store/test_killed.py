"""A process that is killed while it records a poll: all of the poll is there afterwards, or nothing of it."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from collector.facts import Event
from inference.publication import Tally
from inference.results import Declaration, Transition
from vjourney.store import PollRecord, Store

VICTIM = """
import os, signal, sys
from datetime import UTC, datetime, timedelta
from collector.facts import Event
from inference.results import *
from vjourney.store import PollRecord, Store

def die():
    os.kill(os.getpid(), signal.SIGKILL)

class Dying(dict):
    def items(self):
        die()

url, moment, noon, uuid = sys.argv[1], sys.argv[2], datetime.fromisoformat(sys.argv[3]), sys.argv[4]

def events():
    for key in range(1, 2001):
        if moment == "reading" and key == 999:
            die()
        yield Event(key=key, type="VmMigratedEvent", at=noon + timedelta(microseconds=key))

def count(new):
    if moment == "counting":
        die()
    return {("migrations", "user"): len(new)}

store = Store.open(url)
store.record(PollRecord(
    instance_uuid=uuid, vcenter="prod", taken_at=noon + timedelta(minutes=1), model=ModelInfo("m", "1", "x"),
    events=events(), oldest_event=noon, count=count,
    declarations=Dying() if moment == "declaring" else {uuid: Declaration(declared=1)},
    transitions=(Transition(uuid, noon, None, 1, "first"),),
))
die()
"""


@pytest.mark.parametrize("moment", ["reading", "counting", "declaring", "after the commit"])
def test_a_kill_leaves_all_or_nothing(
    url: str, moment: str, noon: datetime, uuid: str, event: Callable[..., Event], poll: Callable[..., PollRecord]
) -> None:
    """After SIGKILL at any point and a restart, the same poll adds what is missing, and every event is counted once."""
    earlier = noon - timedelta(minutes=5)
    with Store.open(url) as store:
        store.record(poll(earlier, events=(event(0, -9),), oldest_event=noon - timedelta(days=1)))

    victim = subprocess.run(  # noqa: S603  # this program, with the text above
        [sys.executable, "-c", VICTIM, url, moment, noon.isoformat(), uuid], check=False, capture_output=True, text=True
    )
    assert victim.returncode == -signal.SIGKILL, victim.stderr

    everything = moment == "after the commit"
    events = [Event(key=key, type="VmMigratedEvent", at=noon + timedelta(microseconds=key)) for key in range(1, 2001)]
    with Store.open(url) as store:
        assert len(store.events_since(uuid, noon - timedelta(days=1))) == (2001 if everything else 1)
        assert store.high_water(uuid) == ((2000, events[-1].at) if everything else (0, event(0, -9).at))
        assert store.seen_since(uuid) == (noon if everything else noon - timedelta(days=1))
        assert store.tallies() == ((Tally("prod", "migrations", "user", 2000),) if everything else ())
        assert store.declarations() == ({uuid: Declaration(declared=1)} if everything else {})
        assert store.transitions() == ((Transition(uuid, noon, None, 1, "first"),) if everything else ())

        again = poll(noon + timedelta(minutes=1), events=events, count=lambda new: {("migrations", "user"): len(new)})
        assert len(store.record(again)) == (0 if everything else 2000)
        assert store.tallies() == (Tally("prod", "migrations", "user", 2000),)
