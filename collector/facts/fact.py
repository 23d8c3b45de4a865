"""The base class of facts about managed objects, and what facts of several kinds contain."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Tag:
    """A vSphere tag, such as ``Production`` of the category ``Environment``."""

    category: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A managed object. ``id`` is its managed object id (``vm-42``), which is unique within one vCenter.

    ``parent`` is the id of the object that contains it, ``unreadable`` the names of the fields that could not be read. ``tags``
    is ``None`` where tags were not read; for most kinds of objects they never are.
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
    """Shares, reservation and limit of one resource.

    ``level`` is that of the shares (``low``, ``normal``, ``high``, ``custom``). ``reservation`` and ``limit`` are in MHz for
    CPU and in MB for memory; a limit of -1 is none.
    """

    level: str
    shares: int
    reservation: int
    limit: int
