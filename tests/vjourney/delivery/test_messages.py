"""Messages: each target hears once of each change, whatever dies, hangs or is started twice, and no secret gets out."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, MutableMapping, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from inference.judging.model import load
from inference.results import Assessment, Transition
from vjourney.delivery import FIRST_PAUSE, KEPT_TRYING, LEASE
from vjourney.demo import recordings
from vjourney.service import Service
from vjourney.settings import Alerts
from vjourney.sources import Replay
from vjourney.store import Delivery, Store

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
UUID = "5cf1bb1a-0000-4000-8000-000000000001"
HOUR = timedelta(hours=1)

AlertsSection = Callable[..., Alerts]
Start = Callable[..., Any]
"""Starts a replica of the service, of which tests share no module to import the type from."""


def nobody() -> str:
    """An address on loopback at which nothing listens."""
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        return f"http://127.0.0.1:{free.getsockname()[1]}"


def test_a_first_declaration_is_not_told(replica: Start, settings: AlertsSection, web_sink: Callable[[], Any]) -> None:
    """Nothing changed when a stage is declared for the first time."""
    sink = web_sink()
    replica(settings(alertmanagers=(sink.url,), notify=(sink.url,))).deliver()
    assert sink.bodies == []


@pytest.mark.parametrize("address", ["nonsense://tok3n", "json://[tok3n"])
def test_an_unknown_address_is_left_out_and_said(
    replica: Start, settings: AlertsSection, web_sink: Callable[[], Any], logged: list[MutableMapping[str, Any]], address: str
) -> None:
    """The others are served, and the log names the key of the one that cannot be."""
    sink = web_sink()
    one = replica(settings(notify=(address, sink.url)))
    one.record(1, 2)
    one.deliver()
    assert len(sink.bodies) == 1
    (said,) = (entry["error"] for entry in logged)
    assert said.startswith("alerts.notify[0] is not an address")
    assert "tok3n" not in said


def test_every_target_hears_once(replica: Start, settings: AlertsSection, web_sink: Callable[[], Any]) -> None:
    """All Alertmanagers and all services hear of a change, and services not again in later rounds or after a restart."""
    managers, services = (web_sink(), web_sink()), (web_sink(), web_sink())
    alerts = settings(tuple(sink.url for sink in managers), tuple(sink.url for sink in services))
    one = replica(alerts)
    one.record(1, 2)
    for _ in range(3):
        one.deliver()
    replica(alerts, NOON + HOUR).deliver()
    assert [len(sink.bodies) for sink in services] == [1, 1]
    assert services[0].bodies[0]["title"] == "vCenter prod reached Business Production"
    assert all(sink.bodies[0][0]["labels"]["to"] == "business_production" for sink in managers)


def test_a_target_given_twice_hears_once(replica: Start, settings: AlertsSection, web_sink: Callable[[], Any]) -> None:
    """The same address in two places is one target."""
    sink = web_sink()
    one = replica(settings(notify=(sink.url, sink.url)))
    one.record(1, 2)
    one.deliver()
    assert len(sink.bodies) == 1


def test_two_replicas_deliver_once(replica: Start, settings: AlertsSection, web_sink: Callable[[], Any]) -> None:
    """Two processes that send at the same time share the work and repeat none of it."""
    sink = web_sink()
    both = [replica(settings(notify=(sink.url,))) for _ in range(2)]
    both[0].record(1, 2)
    both[1].record(2, 3, NOON + timedelta(seconds=1))
    threads = [threading.Thread(target=each.deliver) for each in both * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(body["title"] for body in sink.bodies) == [
        "vCenter prod reached Business Production",
        "vCenter prod reached IT as a Service",
    ]


def test_a_dead_target_is_tried_ever_more_rarely_and_delays_no_other(
    replica: Start, settings: AlertsSection, web_sink: Callable[[], Any]
) -> None:
    """The pauses double, a restart does not shorten them, and the living target has its message at once."""
    dead, living = web_sink(), web_sink()
    dead.status = 500
    alerts = settings(notify=(f"{dead.url}/dead", living.url))
    one = replica(alerts)
    one.record(1, 2)
    one.deliver()
    assert (len(dead.bodies), len(living.bodies)) == (1, 1)
    moment = NOON
    for attempt in range(4):
        pause = FIRST_PAUSE * 2**attempt
        early, due = replica(alerts, moment + pause - timedelta(seconds=1)), replica(alerts, moment + pause)
        early.deliver()
        assert len(dead.bodies) == attempt + 1
        due.deliver()
        assert len(dead.bodies) == attempt + 2
        moment += pause
    dead.status = 200
    replica(alerts, moment + HOUR).deliver()
    replica(alerts, moment + 2 * HOUR).deliver()
    assert len(dead.bodies) == 6
    assert len(living.bodies) == 1


def test_what_waits_for_a_dead_target_is_not_tried_one_by_one(
    replica: Start, settings: AlertsSection, web_sink: Callable[[], Any]
) -> None:
    """After a refusal everything for this target waits; later all of it arrives."""
    sink = web_sink()
    sink.status = 500
    one = replica(settings(notify=(sink.url,)))
    one.record(1, 2)
    one.record(2, 3, NOON + timedelta(seconds=1))
    one.deliver()
    one.deliver()
    assert len(sink.bodies) == 1
    sink.status = 200
    one.now = NOON + HOUR
    one.deliver()
    assert len(sink.bodies) == 3


def test_a_message_that_comes_twice_can_be_told(replica: Start, settings: AlertsSection, web_sink: Callable[[], Any]) -> None:
    """Whoever takes it finds the same key in it, another one in other news, and another receiver has keys of its own."""
    sink, other = web_sink(), web_sink()
    sink.status = 500  # it was taken, and the answer was lost
    one = replica(settings(notify=(sink.url, other.url)))
    one.record(1, 2)
    one.deliver()
    sink.status = 200
    one.record(2, 3, NOON + timedelta(seconds=1))
    one.now = NOON + HOUR
    one.deliver()
    keys = [headers["Idempotency-Key"] for headers in sink.headers]
    titles = [body["title"] for body in sink.bodies]
    assert len(set(zip(titles, keys, strict=True))) == 2 < len(keys)
    assert len({*keys, *(headers["Idempotency-Key"] for headers in other.headers)}) == 4


def test_closing_waits_for_what_is_being_sent_and_begins_nothing_more(
    replica: Start, settings: AlertsSection, web_sink: Callable[[], Any]
) -> None:
    """A target that does not answer is given up waiting for; the next message is left to the next start."""
    sink = web_sink()
    asked, answer = threading.Event(), threading.Event()

    def hang() -> None:
        asked.set()
        answer.wait()

    sink.before_answer = hang
    one = replica(settings(notify=(sink.url,)))
    one.record(1, 2)
    one.record(2, 3, NOON + timedelta(seconds=1))
    one.now += timedelta(seconds=1)
    thread = threading.Thread(target=one.deliver)
    thread.start()
    assert asked.wait(timeout=60)
    assert not one.deliveries.close(0)
    answer.set()
    assert one.deliveries.close(60)
    thread.join()
    assert len(sink.bodies) == 1


def test_after_a_week_it_is_given_up(
    replica: Start, settings: AlertsSection, web_sink: Callable[[], Any], logged: list[MutableMapping[str, Any]]
) -> None:
    """What nobody took for a week is not tried again, and the log says so."""
    sink = web_sink()
    sink.status = 500
    one = replica(settings(notify=(sink.url,)))
    one.record(1, 2)
    one.now = NOON + KEPT_TRYING
    one.deliver()
    assert logged[-1] == {
        "log_level": "error",
        "event": "delivery given up",
        "kind": "change",
        "subject": UUID,
        "at": NOON.isoformat(),
    }
    one.now += 2 * HOUR
    one.deliver()
    assert len(sink.bodies) == 1


def test_no_secret_gets_into_log_or_store(
    replica: Start, settings: AlertsSection, tmp_path: Path, logged: list[MutableMapping[str, Any]]
) -> None:
    """Dead addresses with passwords and tokens leave neither in the log nor in the database."""
    address = nobody().replace("://", "://us3r:s3cret@") + "/tok3n?key=k3y"
    one = replica(settings(alertmanagers=(address,), notify=(address.replace("http", "json"),)))
    one.record(1, 2)
    one.deliver()
    assert [entry["event"] for entry in logged] == ["not delivered", "not delivered"]
    written = b"".join(file.read_bytes() for file in tmp_path.iterdir()) + str(logged).encode()
    assert not [secret for secret in (b"us3r", b"s3cret", b"tok3n", b"k3y") if secret in written]


def test_a_new_password_gets_what_was_waiting(replica: Start, settings: AlertsSection, web_sink: Callable[[], Any]) -> None:
    """Correcting the password in an address loses no message."""
    sink = web_sink()
    sink.status = 401
    one = replica(settings(notify=(sink.url.replace("://", "://vjourney:wrong@"),)))
    one.record(1, 2)
    one.deliver()
    sink.status = 200
    replica(settings(notify=(sink.url.replace("://", "://vjourney:right@"),)), NOON + HOUR).deliver()
    assert len(sink.bodies) == 2


def test_a_poll_records_what_it_calls_for_along_with_its_changes(tmp_path: Path) -> None:
    """What the service announces of a poll is in the outbox once the poll is done, with the scopes that changed."""

    def announce(assessments: Sequence[Assessment], transitions: Sequence[Transition]) -> tuple[Delivery, ...]:
        kinds = {each.scope.id: each.scope.kind for each in assessments}
        return tuple(Delivery("change", each.scope_id, each.at, kinds[each.scope_id], {}, NOON) for each in transitions)

    with Store.open(f"sqlite:///{tmp_path / 'x.db'}") as store:
        service = Service(
            {"it": Replay("it", recordings()["it-production"])},
            store,
            load("journey-1"),
            clock=lambda: NOON,
            prepare=lambda publication: publication,
            announce=announce,
        )
        assert service.poll("it").error is None
        recorded = {change.scope_id for change in store.transitions()}
        held = [
            each.subject
            for kind in ("fleet", "vcenter", "cluster")
            for each in store.outbox.claim(kind, NOON, holder=kind, lease=LEASE)
        ]
    assert len(held) == len(recorded) > 2
    assert set(held) == recorded
