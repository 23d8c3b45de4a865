"""What a gatherer asks of vCenter: property paths, the fields of facts that they fill, and the pure functions in between.

A reader gets the value of a property that is set and returns the values of the fields of its want, in their order. It uses
attributes of that value, but does not import pyVmomi. An unset property leaves the fields of its want at their defaults; one
that could not be read adds them to ``unreadable``.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, dataclass, field, fields, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, Generic, TypeAlias, TypeVar

from collector.facts import Allocation, Fact

_PLAIN = {"%25": "%", "%2f": "/", "%5c": "\\"}
_ESCAPED = re.compile("|".join(_PLAIN), re.IGNORECASE)

Vim: TypeAlias = Any
"""An object of the library that talks to vCenter, which has no types worth the name; readers know its attributes."""

Reader = Callable[[Vim], object]
F = TypeVar("F", bound=Fact)


@dataclass(frozen=True, slots=True)
class Want:
    """One property path; ``read`` answers the values of ``fields``, in order.

    A path is watched, so that it is sent again only when it changed, or else asked for at ``every_poll``: right for the
    few that move all the time. ``only`` is the one of the topic's types that has it, where the others have not: its objects
    are asked for it apart, at every poll too.
    """

    path: str
    fields: tuple[str, ...]
    read: Callable[[Any], tuple[object, ...]]
    every_poll: bool = False
    only: str | None = None


def want(path: str, name: str, read: Reader, *, every_poll: bool = False, only: str | None = None) -> Want:
    """A property that fills one field."""
    return Want(path, (name,), lambda value: (read(value),), every_poll, only)


def split(path: str, readers: Mapping[str, Reader], *, every_poll: bool = False) -> Want:
    """A property that fills several fields, each read from the same value."""
    calls = tuple(readers.values())
    return Want(path, tuple(readers), lambda value: tuple(read(value) for read in calls), every_poll)


@dataclass(frozen=True)
class Topic(Generic[F]):
    """The objects of one topic: API types by their short names, the fact they become and what is wanted of them.

    The first of ``types`` is the base of the others. ``by_type`` gives fields that follow from the type alone, such as a
    resource pool being a vApp. ``stamps`` are paths that fill no field: a change there says that the object changed in
    ways that are not all reported, and is reason to read it again.
    """

    name: str
    types: tuple[str, ...]
    fact: type[F]
    wants: tuple[Want, ...]
    by_type: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    stamps: tuple[str, ...] = ()

    @cached_property
    def _by_path(self) -> Mapping[str, Want]:
        return {w.path: w for w in self.wants}

    @cached_property
    def _defaults(self) -> Mapping[str, Mapping[str, object]]:
        """The values of the fields that a path fills, where the property is unset, by path."""
        defaults = {f.name: f.default for f in fields(self.fact) if f.default is not MISSING}
        return {w.path: {name: defaults[name] for name in w.fields} for w in self.wants}

    def paths(self, *, every_poll: bool) -> tuple[str, ...]:
        """The property paths that are watched, or those asked for at every poll; all objects have them."""
        return tuple(w.path for w in self.wants if w.every_poll is every_poll and w.only is None)

    @property
    def apart(self) -> Mapping[str, tuple[str, ...]]:
        """The property paths that the objects of one type alone have, by that type."""
        kinds = dict.fromkeys(w.only for w in self.wants if w.only is not None)
        return {kind: tuple(w.path for w in self.wants if w.only == kind) for kind in kinds}

    def wants_path(self, path: str) -> bool:
        """Whether this very path is wanted."""
        return path in self._by_path

    def wants_around(self, path: str) -> bool:
        """Whether the path is a part of a wanted property, or the other way round."""
        return any(_inside(path, w.path) or _inside(w.path, path) for w in self.wants)

    def under(self, path: str) -> set[str]:
        """The wanted paths that are the given one or lie inside it."""
        return {w.path for w in self.wants if w.path == path or _inside(w.path, path)}

    def parse(
        self, id_: str, kind: str, values: Mapping[str, Any], missing: Iterable[str] = (), *, known: F | None = None
    ) -> F:
        """The fact of one object: what is ``known`` of it already, updated by the properties that were just read.

        ``values`` maps wanted paths to values, ``None`` where vCenter left them unset; ``missing`` names the paths that could
        not be read. Fields of paths in neither of them stay as they are known, or at their defaults. A value that its reader
        fails on counts as not readable. ``kind`` is the API type of the object, from which the fields of ``by_type`` follow.
        """
        changes: dict[str, Any] = {}
        odd: list[str] = []
        for path, value in values.items():
            if value is None:
                changes |= self._defaults[path]
            else:
                wanted = self._by_path[path]
                try:
                    changes.update(zip(wanted.fields, wanted.read(value), strict=True))
                except (AttributeError, TypeError, ValueError):
                    odd.append(path)
        before = known.unreadable if known is not None else frozenset()
        lost: dict[str, object] = {}
        for path in (*missing, *odd):
            lost |= self._defaults[path]
        if lost or before:
            unreadable = before.difference(changes).union(lost)
            changes |= lost
            changes["unreadable"] = unreadable
        if known is None:
            return self.fact(id=id_, **{**self.by_type.get(kind, {}), **changes})
        return replace(known, **changes)


def _inside(path: str, outer: str) -> bool:
    """Whether ``path`` is a member of the property at ``outer``, or an element of its list."""
    return path.startswith((f"{outer}.", f"{outer}["))


def entity_name(value: str) -> str:
    r"""An inventory name as people typed it: vCenter hands out ``%``, ``/`` and ``\`` as ``%25``, ``%2f`` and ``%5c``."""
    return _ESCAPED.sub(lambda match: _PLAIN[match[0].lower()], str(value))


def api_type(value: Vim) -> str:
    """The name of a data object's type in the SOAP API (``ClusterAntiAffinityRuleSpec``)."""
    return str(getattr(type(value), "_wsdlName", type(value).__name__))


def api_name(kind: Vim) -> str | None:
    """The short name of a managed object type (``VirtualMachine``); ``None`` for unset."""
    return None if kind is None else str(getattr(kind, "_wsdlName", kind))


def text(value: object) -> str | None:
    """A plain string, without the type of an enumeration; ``None`` for unset or empty."""
    return None if value is None else str(value) or None


def whole(value: Vim) -> int | None:
    """A plain integer, or ``None`` for unset."""
    return None if value is None else int(value)


def moment(value: datetime | None) -> datetime | None:
    """A time in UTC, free of the library that read it; vCenter's times without a zone are UTC."""
    if value is None:
        return None
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def moid(ref: Vim) -> str:
    """The managed object id of a reference (``vm-42``)."""
    return sys.intern(ref._moId)  # noqa: SLF001 - pyVmomi offers the id nowhere else


def moids(refs: Iterable[Any]) -> tuple[str, ...]:
    """The managed object ids of a list of references."""
    return tuple(moid(ref) for ref in refs)


def allocation(value: Vim) -> Allocation | None:
    """Shares, reservation and limit; ``None`` where vCenter left out the shares, as it may for a vApp."""
    shares = value.shares
    if shares is None:
        return None
    return Allocation(
        level=str(shares.level),
        shares=int(shares.shares or 0),
        reservation=int(value.reservation or 0),
        limit=-1 if value.limit is None else int(value.limit),
    )
