"""The outbox: what is in it, who may send it, and when it is due again."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from inference.results import Declaration, Transition
from vjourney.store import KEPT, Delivery, PollRecord, Store

MINUTE = timedelta(minutes=1)
LEASE = 5 * MINUTE


@pytest.fixture
def delivery(noon: datetime, uuid: str) -> Delivery:
    """News of a change for one target."""
    return Delivery("change", uuid, noon, "mail", {"to": 2}, noon)


def keys(store: Store, target: str, now: datetime, holder: str, most: int | None = None) -> list[tuple[str, datetime]]:
    """Subject and time of what is claimed."""
    return [(each.subject, each.at) for each in store.outbox.claim(target, now, holder=holder, lease=LEASE, most=most)]


def test_nothing_waits_in_an_empty_outbox(store: Store, noon: datetime) -> None:
    """A target that nobody wrote to has nothing, and there is no last delivery."""
    assert keys(store, "mail", noon, "a") == []
    assert store.outbox.last("digest") is None


def test_a_change_is_recorded_with_its_deliveries_once(
    store: Store, poll: Callable[..., PollRecord], noon: datetime, uuid: str, delivery: Delivery
) -> None:
    """Recording the same poll again adds nothing, also after the target had its message."""
    store.record(poll(noon - MINUTE, declarations={uuid: Declaration(declared=1)}))
    change = Transition(uuid, noon, 1, 2, "estate")
    record = poll(noon, declarations={uuid: Declaration(declared=2)}, transitions=(change,), deliveries=(delivery,))
    store.record(record)
    (held,) = store.outbox.claim("mail", noon, holder="a", lease=LEASE)
    assert (held, held.content) == (delivery, {"to": 2})
    store.outbox.finish(held, noon)
    store.record(record)
    assert keys(store, "mail", noon + timedelta(days=1), "b") == []


def test_what_one_holds_nobody_else_gets_until_its_lease_is_over(store: Store, noon: datetime, delivery: Delivery) -> None:
    """A claim lasts to the end of the lease, and then the next one has it."""
    store.outbox.put([delivery])
    mine = [(delivery.subject, delivery.at)]
    assert keys(store, "mail", noon, "a") == mine
    assert keys(store, "mail", noon + LEASE - MINUTE, "b") == []
    assert keys(store, "chat", noon + LEASE, "c") == []
    assert keys(store, "mail", noon + LEASE, "d") == mine


def test_many_claims_at_once_share_what_is_due(store: Store, noon: datetime, delivery: Delivery) -> None:
    """Of twelve deliveries claimed by four threads one at a time, each is had once."""
    store.outbox.put(replace(delivery, at=noon + number * MINUTE) for number in range(12))
    had: list[tuple[str, datetime]] = []

    def take(thread: int) -> None:
        for number in range(12):
            had.extend(keys(store, "mail", noon, f"{thread}-{number}", most=1))

    threads = [threading.Thread(target=take, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(had) == [(delivery.subject, noon + number * MINUTE) for number in range(12)]


def test_a_failure_puts_off_everything_for_its_target_alone(store: Store, noon: datetime, delivery: Delivery) -> None:
    """Others behind the same target wait as well; the least tried comes first when the time has come."""
    later = replace(delivery, at=noon + MINUTE)
    chat = replace(delivery, target="chat")
    store.outbox.put([delivery, later, chat])
    (held,) = store.outbox.claim("mail", noon, holder="a", lease=LEASE, most=1)
    store.outbox.postpone(held, noon + 10 * MINUTE)
    assert keys(store, "mail", noon + 9 * MINUTE, "b") == []
    assert keys(store, "chat", noon, "c") == [(chat.subject, chat.at)]
    again = store.outbox.claim("mail", noon + 10 * MINUTE, holder="d", lease=LEASE)
    assert [(each.at, each.attempts) for each in again] == [(later.at, 0), (delivery.at, 1)]


def test_what_has_to_be_repeated_keeps_when_it_was_first_taken(store: Store, noon: datetime, delivery: Delivery) -> None:
    """Repeating forgets failures and not the first success; later news supersedes it."""
    store.outbox.put([delivery])
    (held,) = store.outbox.claim("mail", noon, holder="a", lease=LEASE)
    store.outbox.repeat(held, noon, noon + MINUTE)
    assert keys(store, "mail", noon, "b") == []
    (held,) = store.outbox.claim("mail", noon + MINUTE, holder="c", lease=LEASE)
    store.outbox.repeat(held, noon + MINUTE, noon + 2 * MINUTE)
    (held,) = store.outbox.claim("mail", noon + 2 * MINUTE, holder="d", lease=LEASE)
    assert held.accepted_at == noon
    assert not store.outbox.superseded(held)
    store.outbox.put([replace(delivery, at=noon + MINUTE, target="chat")])
    assert not store.outbox.superseded(held)
    store.outbox.put([replace(delivery, at=noon + MINUTE)])
    assert store.outbox.superseded(held)


def test_the_last_of_a_kind(store: Store, noon: datetime, delivery: Delivery) -> None:
    """The latest digest is known, whether it was sent or not."""
    digests = [replace(delivery, kind="digest", subject="digest", at=noon + number * MINUTE) for number in (2, 1)]
    store.outbox.put([delivery, *digests])
    store.outbox.give_up(digests[0], noon)
    last = store.outbox.last("digest")
    assert last is not None
    assert last.at == noon + 2 * MINUTE


def test_old_deliveries_are_pruned(store: Store, noon: datetime, delivery: Delivery) -> None:
    """They go with everything else that is older than what is kept."""
    store.outbox.put([delivery])
    store.prune(noon + KEPT - MINUTE)
    assert keys(store, "mail", noon, "a") == [(delivery.subject, delivery.at)]
    store.prune(noon + KEPT)
    assert keys(store, "mail", noon + LEASE, "b") == []
