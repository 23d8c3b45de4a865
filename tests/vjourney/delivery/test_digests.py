"""Digests: one at each time of the schedule, with what is new since the last one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from vjourney.settings import Alerts

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
UUID = "5cf1bb1a-0000-4000-8000-000000000001"
HOUR = timedelta(hours=1)

AlertsSection = Callable[..., Alerts]
Start = Callable[..., Any]
"""Starts a replica of the service, of which tests share no module to import the type from."""


def test_a_digest_due_before_the_first_start_is_not_sent(
    replica: Start, settings: AlertsSection, web_sink: Callable[[], Any]
) -> None:
    """A new installation waits for the next time of its schedule."""
    sink = web_sink()
    one = replica(settings(to=(sink.url,)))
    one.deliveries.digest(NOON - HOUR)
    one.deliver()
    assert sink.bodies == []


def test_the_very_first_digest_is_made_up_for_after_a_restart(
    replica: Start, settings: AlertsSection, web_sink: Callable[[], Any]
) -> None:
    """A machine that was down at the first time of the schedule sends it when it is back, as the first one."""
    sink = web_sink()
    replica(settings(to=(sink.url,))).deliveries.digest(NOON - HOUR)
    later = replica(settings(to=(sink.url,)), NOON + 2 * HOUR)
    for _ in range(2):
        later.deliveries.digest(NOON + HOUR)
        later.deliver()
    assert [body["title"] for body in sink.bodies] == ["Virtualization journey: no stage changed"]


def test_each_digest_is_sent_once_with_what_is_new(
    replica: Start, settings: AlertsSection, web_sink: Callable[[], Any]
) -> None:
    """Replicas and repeated calls send one; the next tells only of later changes; a missed one is made up for."""
    sink = web_sink()
    both = [replica(settings(to=(sink.url,))) for _ in range(2)]
    week = timedelta(days=7)
    for due in (NOON, NOON + week):
        if due > NOON:
            both[0].record(1, 2)
        for each in both:
            each.now = due + timedelta(minutes=1)
            each.transitions = both[0].transitions
            each.deliveries.digest(due + timedelta(seconds=1))
            each.deliveries.digest(due + timedelta(seconds=1))
            each.deliver()
    assert [body["title"] for body in sink.bodies] == [
        "Virtualization journey: no stage changed",
        "Virtualization journey: 1 stage changed since 2026-03-02",
    ]
    late = replica(settings(to=(sink.url,)), NOON + 2 * week + HOUR)
    late.transitions = both[0].transitions
    late.deliveries.digest(NOON + 2 * week)
    late.deliver()
    assert sink.bodies[-1]["title"] == "Virtualization journey: no stage changed since 2026-03-09"
    assert len(sink.bodies) == 3
