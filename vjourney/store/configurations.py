"""Configurations under which polls are recorded, in the order of their turns: which of them share the store at present."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from vjourney.store.database import alone
from vjourney.store.outbox import Connecting
from vjourney.store.tables import metadata

_TABLE = metadata.tables["configuration"]


@dataclass(frozen=True, slots=True)
class Configuration:
    """Vcenters by configured name with their instance UUIDs, as far as they were read, and the model that judges them.

    ``seen_at`` is the time of its last turn by the clock of whoever had it. Turns count all polls of a store, so that they
    tell what came after what although clocks differ.
    """

    id: str
    vcenters: Mapping[str, str]
    model: str
    model_sha256: str
    first_turn: int
    last_turn: int
    seen_at: datetime


class Configurations:
    """Configurations of a store. Any thread may use it; a method raises ``StoreError`` where the database fails."""

    def __init__(self, write: Connecting) -> None:
        """Use connections of the store, one transaction each."""
        self._write = write

    def take_turn(
        self, id_: str, vcenters: Mapping[str, str], model: str, model_sha256: str, now: datetime
    ) -> dict[str, Configuration]:
        """Note that a configuration polls ``vcenters``, and return all of them by id as they were before."""
        with self._write() as connection:
            alone(connection)
            known = {row["id"]: Configuration(**row) for row in connection.execute(_TABLE.select()).mappings()}
            turn = 1 + max((each.last_turn for each in known.values()), default=0)
            own = known.get(id_)
            row: dict[str, Any] = {
                "vcenters": {**(own.vcenters if own else {}), **vcenters},
                "model": model,
                "model_sha256": model_sha256,
                "first_turn": own.first_turn if own else turn,
                "last_turn": turn,
                "seen_at": now,
            }
            if own is None:
                connection.execute(_TABLE.insert().values(id=id_, **row))
            else:
                connection.execute(_TABLE.update().where(_TABLE.c.id == id_).values(**row))
        return known
