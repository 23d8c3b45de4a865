"""Alerts and digests: written into the outbox of the store, and sent from there to each target independently.

A poll only writes into the outbox; sending has threads of its own. The times of further attempts are in the store, so neither
a restart nor another replica sends sooner.
"""

from __future__ import annotations

import hashlib
import threading
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from functools import partial
from urllib.parse import parse_qsl, urlencode, urlsplit

import structlog

from exporters.alerts.alertmanager import Alert, Alertmanager
from exporters.alerts.changes import stage_change, stage_changes
from exporters.alerts.digest import digest
from exporters.alerts.message import DeliveryError, Message
from exporters.alerts.notification import Notifier
from inference.publication import Publication
from inference.results import Assessment, Transition
from vjourney.settings import Alerts
from vjourney.store import Delivery, Outbox, StoreError

log = structlog.get_logger()

ACTIVE = timedelta(hours=24)
"""How long a change is an alert, counted from when an Alertmanager first accepted it: long enough for every shift to see it."""

RESEND = timedelta(minutes=1)
"""How often active alerts are sent again, since an Alertmanager forgets them when it is restarted."""

LEASE = timedelta(minutes=5)
"""How long a claimed delivery belongs to the replica that claimed it; longer than the timeout of any request."""

FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(hours=1)
LONGEST_ALERT_PAUSE = timedelta(minutes=5)
KEPT_TRYING = timedelta(days=7)
"""How long a delivery is attempted before it is given up."""

NOBODY = ""
"""The target of the entry that marks the first start; digests that were missed since then are made up for."""

_SECRETS = {"pass", "password", "token"}


class Deliveries:
    """The targets of alerts and digests. Any thread may use it; the claims of the outbox keep two from sending the same."""

    def __init__(
        self, alerts: Alerts, outbox: Outbox, *, clock: Callable[[], datetime], latest: Callable[[], Publication | None]
    ) -> None:
        """Serve the targets of ``alerts``; ``clock`` gives the present, ``latest`` the last publication.

        A target whose URL belongs to no known notification service is left out with a warning in the log.
        """
        self._outbox = outbox
        self._clock = clock
        self._latest = latest
        self._started = clock()
        self._closing = False
        self._sending = 0
        self._sent_one = threading.Condition()
        managers = _by_identity([url.get_secret_value() for url in alerts.alertmanagers])
        notified = _by_identity([url.get_secret_value() for url in alerts.notify])
        digested = _by_identity([url.get_secret_value() for url in alerts.digest.to] if alerts.digest else [])
        self._alertmanagers = {
            target: Alertmanager(f"alerts.alertmanagers[{place}]", url) for target, (place, url) in managers.items()
        }
        self._notifiers = _notifiers("alerts.digest.to", digested) | _notifiers("alerts.notify", notified)
        self._of_changes = tuple(target for target in (*managers, *notified) if target in self.targets)
        self._of_digests = tuple(target for target in digested if target in self.targets)

    @property
    def targets(self) -> tuple[str, ...]:
        """The identity of every target, without secrets."""
        return (*self._alertmanagers, *self._notifiers)

    def announce(self, assessments: Sequence[Assessment], transitions: Sequence[Transition]) -> tuple[Delivery, ...]:
        """The deliveries to store along with these transitions, which belong to these assessments."""
        now = self._clock()
        return tuple(
            Delivery("change", transition.scope_id, transition.at, target, change.plain(), now)
            for transition, change in stage_changes(assessments, transitions).items()
            for target in self._of_changes
        )

    def digest(self, due: datetime) -> None:
        """Put the digest that is ``due`` into the outbox, unless it or a later one is there already.

        A digest that was due before the very first start is not written; one that was missed later is made up for.
        """
        publication = self._latest()
        try:
            last = self._outbox.last("digest")
            if last is None:
                last = Delivery("digest", "digest", self._started, NOBODY, {"told": {}}, self._started)
                self._outbox.put([last])
            if publication is None or due <= last.at:
                return
            told = {scope: datetime.fromisoformat(at) for scope, at in last.content["told"].items()}
            message = digest(publication, None if last.target == NOBODY else last.at, told)
            content = {"message": asdict(message), "told": _told(publication)}
            now = self._clock()
            self._outbox.put(Delivery("digest", "digest", due, target, content, now) for target in self._of_digests)
        except StoreError as error:
            log.warning("digest not written", error=str(error))

    def deliver(self, target: str) -> None:
        """Send what is due for a target until an attempt fails. Results go to the outbox and the log; nothing is raised."""
        with self._sent_one:
            self._sending += 1
        try:
            if target in self._alertmanagers:
                self._send_alerts(target)
            else:
                self._send_messages(target)
        except StoreError as error:
            log.warning("deliveries not read or written", error=str(error))
        finally:
            with self._sent_one:
                self._sending -= 1
                self._sent_one.notify_all()

    def close(self, grace: float) -> bool:
        """Begin no further delivery and wait up to ``grace`` seconds for those being sent; return whether all of them ended.

        A target that never answers holds its thread, which cannot be ended; its deliveries stay claimed for ``LEASE``.
        """
        self._closing = True
        with self._sent_one:
            return self._sent_one.wait_for(lambda: self._sending == 0, timeout=grace)

    def _send_messages(self, target: str) -> None:
        while not self._closing and (held := self._claim(target, most=1)):
            (delivery,) = held
            send = partial(self._notifiers[target].send, _message(delivery), _key(delivery))
            if not self._sent(send, held, LONGEST_PAUSE):
                return
            self._outbox.finish(delivery, self._clock())

    def _send_alerts(self, target: str) -> None:
        held = self._claim(target)
        if not held:
            return
        now = self._clock()
        ends = {delivery: self._ends(delivery, now) for delivery in held}
        alerts = (_alert(delivery, end) for delivery, end in ends.items())
        by_identity = {alert.change.identity: alert for alert in alerts}  # of alerts that are one to Alertmanager, the last
        send = partial(self._alertmanagers[target].post, tuple(by_identity.values()))
        if not self._sent(send, held, LONGEST_ALERT_PAUSE):
            return
        for delivery, end in ends.items():
            if end <= now:
                self._outbox.finish(delivery, now)
            else:
                self._outbox.repeat(delivery, now, min(now + RESEND, end))

    def _claim(self, target: str, most: int | None = None) -> tuple[Delivery, ...]:
        return self._outbox.claim(target, self._clock(), holder=uuid.uuid4().hex, lease=LEASE, most=most)

    def _ends(self, delivery: Delivery, now: datetime) -> datetime:
        """When the alert ends. The first time it is always sent as active, or nobody would see it."""
        if delivery.accepted_at is None:
            return now + ACTIVE
        end = delivery.accepted_at + ACTIVE
        return min(end, now) if self._outbox.superseded(delivery) else end

    def _sent(self, send: Callable[[], None], held: Sequence[Delivery], longest_pause: timedelta) -> bool:
        """Whether ``send`` succeeded; otherwise the deliveries are postponed, or given up where they are too old."""
        try:
            send()
        except DeliveryError as error:
            why = str(error)
        except Exception as error:  # what it says may hold an address with a secret  # noqa: BLE001
            why = f"vjourney itself failed to send ({type(error).__name__}); please report this"
        else:
            return True
        now = self._clock()
        attempts = max(delivery.attempts for delivery in held)
        pause = min(FIRST_PAUSE * 2 ** min(attempts, 10), longest_pause)
        log.warning("not delivered", error=why, waiting=len(held), next_attempt=(now + pause).isoformat())
        for delivery in held:
            if _is_stale(delivery, now):
                log.error("delivery given up", kind=delivery.kind, subject=delivery.subject, at=delivery.at.isoformat())
                self._outbox.give_up(delivery, now)
            else:
                self._outbox.postpone(delivery, now + pause)
        return False


def _is_stale(delivery: Delivery, now: datetime) -> bool:
    """Whether a further attempt is of no use: it is too old, or it was accepted once and has ended by now."""
    if delivery.accepted_at is not None:
        return now >= delivery.accepted_at + ACTIVE
    return now >= delivery.recorded_at + KEPT_TRYING


def _alert(delivery: Delivery, ends_at: datetime) -> Alert:
    change = stage_change(delivery.content)
    return Alert(change, min(change.at, delivery.recorded_at), ends_at)


def _message(delivery: Delivery) -> Message:
    return stage_change(delivery.content).message() if delivery.kind == "change" else Message(**delivery.content["message"])


def _key(delivery: Delivery) -> str:
    """The idempotency key: the same for every attempt and every replica."""
    return _digest(f"{delivery.kind} {delivery.subject} {delivery.at.isoformat()} {delivery.target}")


def _told(publication: Publication) -> dict[str, str]:
    """The time of the last change that this publication knows, by scope; the next digest tells of those that are later."""
    return {change.scope_id: change.at.isoformat() for change in sorted(publication.transitions, key=lambda each: each.at)}


def _notifiers(key: str, targets: Mapping[str, tuple[int, str]]) -> dict[str, Notifier]:
    usable = {}
    for target, (place, url) in targets.items():
        try:
            usable[target] = Notifier(f"{key}[{place}]", url)
        except ValueError as error:
            log.warning("nothing will be sent to a target", error=str(error))
    return usable


def _by_identity(urls: Sequence[str]) -> dict[str, tuple[int, str]]:
    """Place in the configuration and URL of each target by its identity; of a target given twice, the first."""
    found: dict[str, tuple[int, str]] = {}
    for place, url in enumerate(urls):
        found.setdefault(_identity(url), (place, url))
    return found


def _identity(url: str) -> str:
    """The name of a target in the store: unchanged when its password changes, and a hash, so that it gives away no token."""
    try:
        parts = urlsplit(url)
    except ValueError:  # brackets that belong to no IPv6 address
        return f"?:{_digest(url)}"
    user, _, host = parts.netloc.rpartition("@")
    query = urlencode([pair for pair in parse_qsl(parts.query) if pair[0].lower() not in _SECRETS])
    bare = parts._replace(netloc=f"{user.partition(':')[0]}@{host}", query=query).geturl()
    return f"{parts.scheme}:{_digest(bare)}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]
