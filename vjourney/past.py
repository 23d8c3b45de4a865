"""Stored readings, events, explanations and history, as ``vjourney explain``, ``vjourney history`` and the API show them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from exporters.history import History
from inference.events.event_kinds import kind_of
from inference.results import Scope
from vjourney.store import KEPT, Store

MOST_EVENTS = 100
"""How many events are shown at most; the others are in vCenter, and in the store as long as they count."""

MOST_READ = 4 * MOST_EVENTS
"""How many events are read at most for those to be shown: some only lead up to one that counts."""


def readings(store: Store, scope_id: str, now: datetime) -> list[dict[str, Any]]:
    """The stored readings of a scope within the retention time, oldest first."""
    return store.readings(scope_id, now - KEPT)


def last_events(store: Store, scope: Scope) -> list[dict[str, Any]]:
    """The last events of a vCenter or cluster that count for an indicator, newest first; none for a fleet."""
    if scope.kind == "fleet":
        return []
    uuid, _, cluster = scope.id.partition("/")
    known = ((event, kind_of(event.type)) for event in store.last_events(uuid, cluster or None, MOST_READ))
    found = [
        {
            "key": event.key,
            "at": event.at,
            "what": kind.value,
            "type": event.type,
            "machine": event.vm_name or event.vm,
            "host": event.host,
        }
        for event, kind in known
        if kind is not None
    ]
    return found[:MOST_EVENTS]


def explanation(store: Store, scope: str | None, vcenters: Collection[str]) -> dict[str, Any]:
    """The last stored assessments as an assessment document; an empty mapping where none is stored.

    They are those of one ``scope``, given by id or name, or else those of ``vcenters``, given by configured names, since the
    store may still have others. The results of polls are not stored, so ``vcenters`` of the document is empty.
    """
    documents = _latest(store, scope, vcenters)
    if not documents:
        return {}
    newest = max(documents, key=lambda document: datetime.fromisoformat(document["taken_at"]))
    taken_at, scope_id = newest["taken_at"], newest["scope"]["id"]
    kept = store.documents(scope_id, datetime.fromisoformat(taken_at))
    model = [each.model for each in kept if each.scope_id == scope_id][-1]
    return {
        "schema": 1,
        "taken_at": taken_at,
        "model": {"name": model.name, "version": model.version, "sha256": model.sha256},
        "vcenters": [],
        "assessments": documents,
    }


def history(store: Store, scope: str | None, vcenters: Collection[str], now: datetime) -> dict[str, Any]:
    """Declarations, transitions, milestones and readings as the document of ``/api/v1/history``.

    They are those of one ``scope`` or of the scopes of ``vcenters``, as in ``explanation``. Where nothing is stored, the
    document has no ``scopes``.
    """
    documents = _latest(store, scope, vcenters)
    scopes = [document["scope"] for document in documents]
    found = History(
        scopes=scopes,
        declarations=[
            {"scope": document["scope"]["id"]}
            | {name: document["stage"][name] for name in ("declared", "declared_since", "candidate", "candidate_since")}
            for document in documents
        ],
        transitions=[{"scope": doc["scope"]["id"], **change} for doc in documents for change in doc["transitions"]],
        milestones=[{"scope": doc["scope"]["id"], **milestone} for doc in documents for milestone in doc["milestones"]],
        readings=[reading for each in scopes for reading in readings(store, each["id"], now)],
    )
    return found.model_dump(mode="json", by_alias=True)


def _latest(store: Store, scope: str | None, vcenters: Collection[str]) -> list[dict[str, Any]]:
    return store.latest(scope) if scope is not None else store.latest(vcenters=vcenters)
