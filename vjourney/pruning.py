"""Deletes old rows from the store once a day. A failure does not affect polls."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog

from vjourney.store import Store, StoreError

log = structlog.get_logger()

EVERY = timedelta(days=1)

AGAIN = timedelta(hours=1)
"""How long after a failure it is attempted again: not at every poll, each of which might wait for the same lock."""


class Pruning:
    """Deletes old rows of a store when it is time. Used by one thread at a time."""

    def __init__(self, store: Store) -> None:
        """Of ``store``; the first time at the first call of ``keep_up``."""
        self._store = store
        self._last: tuple[datetime, timedelta] | None = None

    def keep_up(self, now: datetime) -> None:
        """Delete old rows if it is time. A failure is logged, not raised."""
        if self._last is not None and abs(now - self._last[0]) < self._last[1]:
            return
        self._last = now, EVERY
        try:
            self._store.prune(now)
        except StoreError as error:
            self._last = now, AGAIN
            log.warning("old rows not dropped", error=str(error), next_attempt=(now + AGAIN).isoformat())
