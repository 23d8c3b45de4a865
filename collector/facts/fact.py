"""Fact: what every managed object has, and what several kinds of them hold."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Tag:
    """A vSphere tag by the names of its category and its own: ``Environment``, ``Production``."""

    category: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One managed object, named by its managed object id (``vm-42``), unique inside one vCenter.

    ``tags`` is ``None`` where tags were not read, which for kinds of objects that nobody asks the tags of is always.
    """

    id: str
    name: str = ""
    parent: str | None = None
    unreadable: frozenset[str] = frozenset()
    tags: tuple[Tag, ...] | None = None

    def knows(self, *fields: str) -> bool:
        """Whether every one of these fields could be read."""
        return not self.unreadable or self.unreadable.isdisjoint(fields)


@dataclass(frozen=True, slots=True)
class Allocation:
    """Shares, reservation and limit of one resource; reservation and limit in MHz (CPU) or MB (memory), limit -1 is none."""

    level: str
    shares: int
    reservation: int
    limit: int
