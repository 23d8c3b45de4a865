"""Deliveries: each target hears once of each change, whatever dies, hangs or is started twice, and no secret gets out."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from inference.results import (
    Assessment,
    Declaration,
    ModelInfo,
    Posterior,
    Publication,
    Scope,
    Transition,
)
from vjourney.delivery import ACTIVE, FIRST_PAUSE, KEPT_TRYING, LEASE, RESEND, Deliveries
from vjourney.settings import Alerts
from vjourney.store import PollRecord, Store

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
UUID = "5cf1bb1a-0000-4000-8000-000000000001"
PROD = Scope("vcenter", UUID, "prod", "prod")
HOUR = timedelta(hours=1)


def assessment(at: datetime) -> Assessment:
    """An assessment of the vCenter with nothing else in it."""
    return Assessment(PROD, at, Posterior((0.1, 0.2, 0.6, 0.1), 2.2, 1.0, (1.5, 3.0)), 2, 0.5, 0.8, ())


class Replica:
    """A process of the service on a store that others may use as well, with a clock that tests set."""

    def __init__(self, file: Path, alerts: Alerts, now: datetime = NOON) -> None:
        self.now = now
        self.store = Store.open(f"sqlite:///{file}")
        self.transitions: tuple[Transition, ...] = ()
        self.deliveries = Deliveries(alerts, self.store.outbox, clock=lambda: self.now, latest=self.publication)

    def publication(self) -> Publication:
        """What is published: the vCenter with its changes."""
        return Publication(self.now, ModelInfo("journey", "1", "x"), (), (assessment(self.now),), {}, self.transitions)

    def record(self, before: int | None, after: int, at: datetime | None = None) -> None:
        """A poll that changed the declared stage."""
        change = Transition(UUID, at or self.now, before, after, "estate")
        self.transitions += (change,)
        self.store.record(
            PollRecord(
                instance_uuid=UUID,
                vcenter="prod",
                taken_at=change.at,
                model=ModelInfo("journey", "1", "x"),
                declarations={UUID: Declaration(declared=after)},
                transitions=(change,),
                deliveries=self.deliveries.announce((assessment(change.at),), (change,)),
            )
        )

    def deliver(self) -> None:
        """A round for every target."""
        for target in self.deliveries.targets:
            self.deliveries.deliver(target)


@pytest.fixture
def replica(tmp_path: Path) -> Iterator[Callable[..., Replica]]:
    """``replica(alerts, now)``: one more process on the same store, in which IT Production is declared."""
    made: list[Replica] = []

    def start(alerts: Alerts, now: datetime = NOON) -> Replica:
        made.append(Replica(tmp_path / "x.db", alerts, now))
        if len(made) == 1:
            made[0].record(None, 1, NOON - timedelta(days=30))
        return made[-1]

    yield start
    for each in made:
        each.store.close()


@pytest.fixture(autouse=True)
def logged() -> Iterator[list[MutableMapping[str, Any]]]:
    """What the program writes to its log."""
    with capture_logs() as entries:
        yield entries


def nobody() -> str:
    """An address on loopback at which nothing listens."""
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        return f"http://127.0.0.1:{free.getsockname()[1]}"


def settings(alertmanagers: tuple[str, ...] = (), notify: tuple[str, ...] = (), to: tuple[str, ...] = ()) -> Alerts:
    """The section of the configuration."""
    digest = {"digest": {"schedule": "0 8 * * MON", "to": to}} if to else {}
    return Alerts.model_validate({"alertmanagers": alertmanagers, "notify": notify, **digest}, strict=False)


def test_a_first_declaration_is_not_told(replica: Callable[..., Replica], web_sink: Callable[[], Any]) -> None:
    """Nothing changed when a stage is declared for the first time."""
    sink = web_sink()
    replica(settings(alertmanagers=(sink.url,), notify=(sink.url,))).deliver()
    assert sink.bodies == []


def test_an_unknown_address_is_left_out_and_said(
    replica: Callable[..., Replica], web_sink: Callable[[], Any], logged: list[MutableMapping[str, Any]]
) -> None:
    """The others are served, and the log names the key of the one that cannot be."""
    sink = web_sink()
    one = replica(settings(notify=("nonsense://tok3n", sink.url)))
    one.record(1, 2)
    one.deliver()
    assert len(sink.bodies) == 1
    (said,) = (entry["error"] for entry in logged)
    assert said.startswith("alerts.notify[0] is no address")
    assert "tok3n" not in said


def test_every_target_hears_once(replica: Callable[..., Replica], web_sink: Callable[[], Any]) -> None:
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


def test_a_target_given_twice_hears_once(replica: Callable[..., Replica], web_sink: Callable[[], Any]) -> None:
    """The same address in two places is one target."""
    sink = web_sink()
    one = replica(settings(notify=(sink.url, sink.url)))
    one.record(1, 2)
    one.deliver()
    assert len(sink.bodies) == 1


def test_two_replicas_deliver_once(replica: Callable[..., Replica], web_sink: Callable[[], Any]) -> None:
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


def test_two_replicas_that_see_the_same_change_tell_it_once(
    replica: Callable[..., Replica], web_sink: Callable[[], Any]
) -> None:
    """Replicas poll at moments of their own; what one has recorded is no news when the other sees it."""
    sink = web_sink()
    one, other = (replica(settings(notify=(sink.url,))) for _ in range(2))
    one.record(1, 2, NOON)
    other.record(1, 2, NOON + timedelta(seconds=7))
    one.deliver()
    other.deliver()
    assert len(sink.bodies) == 1


def test_a_claim_of_a_dead_process_ends(replica: Callable[..., Replica], web_sink: Callable[[], Any]) -> None:
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


def test_a_dead_target_is_tried_ever_more_rarely_and_delays_no_other(
    replica: Callable[..., Replica], web_sink: Callable[[], Any]
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
    replica: Callable[..., Replica], web_sink: Callable[[], Any]
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


def test_after_a_week_it_is_given_up(
    replica: Callable[..., Replica], web_sink: Callable[[], Any], logged: list[MutableMapping[str, Any]]
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


def test_an_alert_is_sent_again_and_resolved_at_its_end(replica: Callable[..., Replica], web_sink: Callable[[], Any]) -> None:
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


def test_the_day_of_an_alert_begins_when_it_is_taken(replica: Callable[..., Replica], web_sink: Callable[[], Any]) -> None:
    """An Alertmanager that was down for two days gets an active alert, or nobody would ever hear of it."""
    sink = web_sink()
    one = replica(settings(alertmanagers=(sink.url,)))
    one.record(1, 2)
    one.now = NOON + timedelta(days=2)
    one.deliver()
    assert sink.bodies[0][0]["endsAt"] == "2026-03-05T12:00:00Z"


def test_the_next_change_resolves_the_one_before(replica: Callable[..., Replica], web_sink: Callable[[], Any]) -> None:
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


def test_no_secret_gets_into_log_or_store(
    replica: Callable[..., Replica], tmp_path: Path, logged: list[MutableMapping[str, Any]]
) -> None:
    """Dead addresses with passwords and tokens leave neither in the log nor in the database."""
    address = nobody().replace("://", "://us3r:s3cret@") + "/tok3n?key=k3y"
    one = replica(settings(alertmanagers=(address,), notify=(address.replace("http", "json"),)))
    one.record(1, 2)
    one.deliver()
    assert [entry["event"] for entry in logged] == ["not delivered", "not delivered"]
    written = b"".join(file.read_bytes() for file in tmp_path.iterdir()) + str(logged).encode()
    assert not [secret for secret in (b"us3r", b"s3cret", b"tok3n", b"k3y") if secret in written]


def test_a_new_password_gets_what_was_waiting(replica: Callable[..., Replica], web_sink: Callable[[], Any]) -> None:
    """Correcting the password in an address loses no message."""
    sink = web_sink()
    sink.status = 401
    one = replica(settings(notify=(sink.url.replace("://", "://vjourney:wrong@"),)))
    one.record(1, 2)
    one.deliver()
    sink.status = 200
    replica(settings(notify=(sink.url.replace("://", "://vjourney:right@"),)), NOON + HOUR).deliver()
    assert len(sink.bodies) == 2


def test_a_digest_due_before_the_first_start_is_not_sent(replica: Callable[..., Replica], web_sink: Callable[[], Any]) -> None:
    """A new installation waits for the next time of its schedule."""
    sink = web_sink()
    one = replica(settings(to=(sink.url,)))
    one.deliveries.digest(NOON - HOUR)
    one.deliver()
    assert sink.bodies == []


def test_each_digest_is_sent_once_with_what_is_new(replica: Callable[..., Replica], web_sink: Callable[[], Any]) -> None:
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
