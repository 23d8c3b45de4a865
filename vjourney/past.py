"""The past as stored: what ``vjourney history`` prints and what the API adds to the present."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from exporters.schema import History
from vjourney.store import KEPT, Store


def readings(store: Store, scope_id: str, now: datetime) -> list[dict[str, Any]]:
    """The kept assessments of a scope in brief, oldest first."""
    return [
        {"scope": scope_id, "taken_at": stored.document["taken_at"], "model": stored.model.version}
        | {name: stored.document["stage"][name] for name in ("inferred", "position", "interval80", "declared")}
        | {name: stored.document[name] for name in ("certainty", "coverage")}
        for stored in store.documents(scope_id, now - KEPT)
    ]


def history(store: Store, scope: str | None, now: datetime) -> dict[str, Any]:
    """Declarations, transitions, milestones and readings of the scopes of the last assessments, or of one by id or name.

    The document is that of ``/api/v1/history``; its ``scopes`` are empty where nothing is stored.
    """
    documents = store.latest(scope)
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
