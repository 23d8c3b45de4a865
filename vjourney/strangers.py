"""vCenters that another process reads into the same store and this one is not configured for: their fleet is not ours."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Protocol

import structlog

log = structlog.get_logger()

REMEMBERED = timedelta(days=1)
"""How long after its last poll somebody else's vCenter counts: a process that was ended reads nothing more."""


class Polls(Protocol):
    """What the store tells of the polls in it."""

    def polls(self) -> Mapping[str, tuple[str, datetime]]:
        """By instance UUID the configured name of each vCenter and when it was last polled, by its own clock."""


class Strangers:
    """Notices polls of others. What was polled before this process came may be what is configured no longer, and is nobody's.

    Used by one thread at a time.
    """

    def __init__(self, names: Collection[str], store: Polls) -> None:
        """Know the vCenters of these ``names`` as our own."""
        self._names = frozenset(names)
        self._store = store
        self._polled: dict[str, datetime] | None = None
        self._noticed: dict[str, datetime] = {}

    def present(self, own: Collection[str], now: datetime) -> tuple[str, ...]:
        """The names of those that others have polled within a day; ``own`` are the instance UUIDs that we poll.

        Raises:
            StoreError: the store cannot be read.
        """
        others = {uuid: poll for uuid, poll in self._store.polls().items() if uuid not in own and poll[0] not in self._names}
        polled = {uuid: polled_at for uuid, (_, polled_at) in others.items()}
        before, self._polled = polled if self._polled is None else self._polled, polled
        for name in sorted(name for uuid, (name, polled_at) in others.items() if before.get(uuid) != polled_at):
            if name not in self._noticed:
                advice = "give every configuration a store of its own, or all of them the same vCenters"
                log.warning("another process reads other vCenters into this store", vcenter=name, advice=advice)
            self._noticed[name] = now
        here = {name for name, _ in others.values()}
        self._noticed = {name: at for name, at in self._noticed.items() if name in here and abs(now - at) <= REMEMBERED}
        return tuple(sorted(self._noticed))
