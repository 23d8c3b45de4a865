"""When tags are read, and how they get into the facts.

Reading tags costs a login and one request for every thousand objects, so they are read once an hour, and between that only
those of objects that are new. Their names cost a request each, and are kept for a day.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Protocol

from collector.facts import Tag
from collector.gatherers import tags
from collector.vcenter.errors import VcenterError
from collector.vcenter.mirror import Mirror

REREAD = timedelta(hours=1)
"""How long the tags of an object are used before they are read again."""

RETRY = timedelta(minutes=15)
"""How long tags are not read after a failure, since each attempt is a login."""

NAMES_FOR = timedelta(hours=24)
"""How long the names of tags and categories are used before they are read again."""

MOST_NAMES = 1000
"""How many names one poll reads at most; the next polls read the others."""


VANISHED = (
    "no category is visible any more, though some were before: grant the account Read-only as a global permission, "
    "or set tags: false if there are none left"
)
"""Assumed where categories disappear: vCenter does not say what an account may not see, and hardly anyone deletes them all."""


class Reading(Protocol):
    """What can be read while logged in; ``categories`` are the ids of those that the account sees."""

    categories: tuple[str, ...]

    def attached(self, objects: Mapping[str, str]) -> Mapping[str, tuple[str, ...]]:
        """The ids of the tags of objects, given as API types by id; every object is in the answer."""

    def tag(self, id_: str) -> tuple[str, str] | None:
        """Category id and name of a tag, ``None`` where it is gone."""

    def category(self, id_: str) -> str | None:
        """Name of a category, ``None`` where it is gone."""


class TagReader(Protocol):
    """Reads tags from one vCenter."""

    def reading(self) -> AbstractContextManager[Reading]:
        """Be logged in within the block; nothing but ``VcenterError`` is raised."""

    def interrupt(self) -> None:
        """Give up what is being read; called by another thread."""


class Tagged:
    """Keeps the tags of the objects in a mirror up to date.

    ``gap`` is the reason why tags are unknown or incomplete, if they are; ``in_use`` are all tags of the objects. Times are by
    the vCenter's clock, so that a recording is replayed as it was recorded.
    """

    def __init__(self, reader: TagReader) -> None:
        self.gap: str | None = None
        self.in_use: tuple[Tag, ...] | None = None
        self._reader = reader
        self._found: Mapping[str, tuple[Tag, ...]] = {}
        self._attached: dict[str, tuple[str, ...]] = {}
        self._tags: dict[str, tuple[str, str] | None] = {}
        self._categories: dict[str, str | None] = {}
        self._read_at: datetime | None = None
        self._named_at: datetime | None = None
        self._failed_at: datetime | None = None
        self._saw_categories = False
        self._given_up = False

    def sync(self, mirror: Mirror, now: datetime) -> None:
        """Bring the tags of every fact up to date; a failure becomes the ``gap``.

        Raises:
            VcenterError: the reading was given up.
        """
        present = {id_: kind for topic, kind in tags.TYPES.items() for id_ in mirror.ids(topic)}
        changed = self._forget(present)
        if not _within(self._failed_at, now, RETRY):
            try:
                changed = self._read(present, now) or changed
            except VcenterError as error:
                if self._given_up:
                    raise
                self._fail(str(error), now)
                changed = True
        if changed:
            found = {} if self.gap else tags.parse(self._attached, self._tags, self._categories)
            self.in_use = None if self.gap else tuple(sorted({tag for every in found.values() for tag in every}))
            self._found = found
        for topic in tags.TYPES:
            mirror.tag(topic, self._found)

    def interrupt(self) -> None:
        """Give up what is being read; called by another thread."""
        self._given_up = True
        self._reader.interrupt()

    def _read(self, present: Mapping[str, str], now: datetime) -> bool:
        """Read what is due; return whether anything was."""
        due = not _within(self._read_at, now, REREAD)
        wanted = {id_: kind for id_, kind in present.items() if due or id_ not in self._attached}
        if not wanted and not self._nameless():
            return False
        if not _within(self._named_at, now, NAMES_FOR):
            self._tags, self._categories, self._named_at = {}, {}, now
        with self._reader.reading() as reading:
            if self._saw_categories and not reading.categories:
                self._fail(VANISHED, now)
                return True
            self._saw_categories = bool(reading.categories)
            if wanted:
                self._attached.update(reading.attached(wanted) if reading.categories else dict.fromkeys(wanted, ()))
            if due:
                self._read_at = now
            for id_ in self._nameless()[:MOST_NAMES]:
                found = self._tags[id_] = reading.tag(id_)
                if found is not None and found[0] not in self._categories:
                    self._categories[found[0]] = reading.category(found[0])
        self._failed_at = None
        left = len(self._nameless())
        self.gap = (
            f"{left} tag names are still to be read; the next polls will do so, and no action is needed" if left else None
        )
        return True

    def _nameless(self) -> list[str]:
        """Ids of tags in use whose names are not known."""
        return sorted({id_ for ids in self._attached.values() for id_ in ids} - self._tags.keys())

    def _forget(self, present: Iterable[str]) -> bool:
        """Forget objects that are gone; return whether there were any."""
        gone = self._attached.keys() - set(present)
        for id_ in gone:
            del self._attached[id_]
        return bool(gone)

    def _fail(self, reason: str, now: datetime) -> None:
        self._attached, self._read_at = {}, None
        self.gap, self._failed_at = reason, now


def _within(then: datetime | None, now: datetime, span: timedelta) -> bool:
    """Whether ``then`` is less than ``span`` before ``now``; false if it is in the future, as after a clock was set back."""
    return then is not None and timedelta(0) <= now - then < span
