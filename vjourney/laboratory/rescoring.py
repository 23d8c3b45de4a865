"""Rescoring: what the model of now makes of observations that were stored under another one. Nothing is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from exporters.numbers import rounded
from inference.judging.judge import Case, judge
from inference.judging.model import Model
from inference.observations import Observation
from inference.results import Assessment, Scope
from vjourney.store import OBSERVED, Store

LOOK_BACK = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Reading:
    """One scope on one day: the last stored assessment of that day, and that of the model of now."""

    scope: str
    name: str
    day: date
    old_model: str | None
    old_stage: int | None
    old_position: float | None
    new_stage: int | None
    new_position: float | None

    def plain(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return asdict(self) | {"day": self.day.isoformat()}


def rescore(store: Store, model: Model, scope: str | None = None) -> tuple[Reading, ...]:
    """Every scope and day of the 400 days before its last assessment that observations are kept for, oldest first.

    A day is judged by the answers in its document. One without a document is judged by the last known answer of every
    indicator: an answer is stored when it changes, but for small changes of its numbers.

    Raises:
        StoreError: the database fails.
    """
    return tuple(reading for document in store.latest(scope) for reading in _of_scope(store, model, document))


def _of_scope(store: Store, model: Model, document: dict[str, Any]) -> Iterator[Reading]:
    scope, since = document["scope"], datetime.fromisoformat(document["taken_at"]) - LOOK_BACK
    about = Scope(scope["kind"], scope["id"], scope["name"], scope["vcenter"])
    before = {stored.taken_at.date(): stored for stored in store.documents(about.id, since)}
    known: dict[str, Observation] = {}
    stored = [entry for entry in store.observations(about.id, since) if entry.scope_id == about.id]
    for day, entries in groupby(stored, key=lambda entry: entry.taken_at.date()):
        for entry in entries:
            if entry.observation.indicator in model.by_id:
                known[entry.observation.indicator] = entry.observation
            latest = entry.taken_at
        old = before.get(day)
        if old is not None:
            known |= _answers(old.document, model)
        new = judge(Case(about, latest, known.values()), model)
        stage = old.document["stage"] if old else {}
        yield Reading(
            scope=about.id,
            name=about.name,
            day=day,
            old_model=old.model.version if old else None,
            old_stage=stage.get("inferred"),
            old_position=stage.get("position"),
            new_stage=new.inferred,
            new_position=_position(new),
        )


def _answers(document: Mapping[str, Any], model: Model) -> dict[str, Observation]:
    """The answers of a stored document to what this model asks, by indicator; what it cannot use is for the judge to say."""
    return {
        entry["indicator"]: Observation(**{name: entry[name] for name in OBSERVED})
        for entry in document["observations"]
        if entry["indicator"] in model.by_id
    }


def _position(assessment: Assessment) -> float | None:
    return None if assessment.inferred is None else rounded(assessment.posterior.position)  # as the old one was stored
