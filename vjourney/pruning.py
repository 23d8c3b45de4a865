"""When old rows are dropped from the store: once a day, beside the polls, which stand whatever becomes of it."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog

from vjourney.store import Store, StoreError

log = structlog.get_logger()

EVERY = timedelta(days=1)

AGAIN = timedelta(hours=1)
"""When old rows that could not be dropped are tried again: not at every poll, each of which would wait for the same lock."""


class Pruning:
    """Drops old rows of a store. Used by one thread at a time."""

    def __init__(self, store: Store) -> None:
        """Drop those of ``store``, the first time as soon as it is asked for."""
        self._store = store
        self._last: tuple[datetime, timedelta] | None = None

    def keep_up(self, now: datetime) -> None:
        """Drop what is old, where it is time; should that fail, the log tells."""
        if self._last is not None and abs(now - self._last[0]) < self._last[1]:
            return
        self._last = now, EVERY
        try:
            self._store.prune(now)
        except StoreError as error:
            self._last = now, AGAIN
            log.warning("old rows not dropped", error=str(error), next_attempt=(now + AGAIN).isoformat())
