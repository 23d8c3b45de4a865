"""Alerts: active for a day from when they are taken, sent again, resolved once, and the same after a crash."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from vjourney.delivery import ACTIVE, LEASE, RESEND
from vjourney.settings import Alerts

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
UUID = "5cf1bb1a-0000-4000-8000-000000000001"
HOUR = timedelta(hours=1)

AlertsSection = Callable[..., Alerts]
Start = Callable[..., Any]
"""Starts a replica of the service, of which tests share no module to import the type from."""

VICTIM = """
import sys
from datetime import datetime
from vjourney.delivery import Deliveries
from vjourney.settings import Alerts
from vjourney.store import Store
store, url, now = Store.open(sys.argv[1]), sys.argv[2], datetime.fromisoformat(sys.argv[3])
alerts = Alerts.model_validate({"alertmanagers": (url,)}, strict=False)
deliveries = Deliveries(alerts, store.outbox, clock=lambda: now, latest=lambda: None)
deliveries.deliver(deliveries.targets[0])
"""


def test_a_claim_of_a_dead_process_ends(replica: Start, settings: AlertsSection, web_sink: Callable[[], Any]) -> None:
    """A process that is killed between sending and marking leaves its message to others, after its claim is over.

    What is sent again is the same alert to an Alertmanager, since its labels and its start are the same.
    """
    sink = web_sink()
    alerts = settings(alertmanagers=(sink.url,))
    one = replica(alerts)
    one.record(1, 2)
    victim = subprocess.Popen([sys.executable, "-c", VICTIM, str(one.store._engine.url), sink.url, NOON.isoformat()])  # noqa: S603, SLF001  # this program, with the text below, on the same store
    sink.before_answer = lambda: os.kill(victim.pid, signal.SIGKILL)
    assert victim.wait(timeout=60) == -signal.SIGKILL
    assert len(sink.bodies) == 1
    sink.before_answer = lambda: None

    one.now = NOON + LEASE / 2
    one.deliver()
    assert len(sink.bodies) == 1
    one.now = NOON + LEASE
    one.deliver()
    first, again = (body[0] for body in sink.bodies)
    assert (first["labels"], first["startsAt"]) == (again["labels"], again["startsAt"])


def test_an_alert_is_sent_again_and_resolved_at_its_end(
    replica: Start, settings: AlertsSection, web_sink: Callable[[], Any]
) -> None:
    """It is active for a day with one and the same end, then sent as resolved once, and not after that."""
    sink = web_sink()
    one = replica(settings(alertmanagers=(sink.url,)))
    one.record(1, 2, NOON - HOUR)
    one.deliver()
    one.deliver()
    assert len(sink.bodies) == 1
    for moment in (NOON + RESEND, NOON + 5 * HOUR, NOON + ACTIVE, NOON + ACTIVE + HOUR):
        one.now = moment
        one.deliver()
    (sent,) = {(alert["startsAt"], alert["endsAt"]) for body in sink.bodies for alert in body}
    assert sent == ("2026-03-02T11:00:00Z", "2026-03-03T12:00:00Z")
    assert len(sink.bodies) == 4


def test_the_day_of_an_alert_begins_when_it_is_taken(
    replica: Start, settings: AlertsSection, web_sink: Callable[[], Any]
) -> None:
    """An Alertmanager that was down for two days gets an active alert, or nobody would ever hear of it."""
    sink = web_sink()
    one = replica(settings(alertmanagers=(sink.url,)))
    one.record(1, 2)
    one.now = NOON + timedelta(days=2)
    one.deliver()
    assert sink.bodies[0][0]["endsAt"] == "2026-03-05T12:00:00Z"


def test_the_next_change_resolves_the_one_before(replica: Start, settings: AlertsSection, web_sink: Callable[[], Any]) -> None:
    """Two stages of one scope are not both the newest."""
    sink = web_sink()
    one = replica(settings(alertmanagers=(sink.url,)))
    one.record(1, 2)
    one.deliver()
    one.now = NOON + HOUR
    one.record(2, 1)
    one.deliver()
    ends = {alert["labels"]["to"]: alert["endsAt"] for alert in sink.bodies[-1]}
    assert ends == {"business_production": "2026-03-02T13:00:00Z", "it_production": "2026-03-03T13:00:00Z"}
    one.now = NOON + 2 * HOUR
    one.deliver()
    assert [alert["labels"]["to"] for alert in sink.bodies[-1]] == ["it_production"]
