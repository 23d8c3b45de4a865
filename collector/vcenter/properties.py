"""Reading properties: filter specifications, paged reads, and watches that report only what changed."""

# pyVmomi types its data, not its functions
# mypy: disable-error-code="no-untyped-call"
from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pyVmomi import vim, vmodl

from collector.vcenter.errors import VcenterError
from collector.vcenter.session import Session
from collector.wants import Vim

PAGE = 500
"""Objects asked for at once; a vCenter may send fewer. Pages keep the library's large objects short-lived."""

_Pc = vmodl.query.PropertyCollector


def properties(kind: type, paths: Sequence[str]) -> Vim:
    """These paths of every object of a type and its subtypes."""
    return _Pc.PropertySpec(type=kind, pathSet=list(paths), all=False)


def inside(view: Vim) -> Vim:
    """Every object of a view."""
    step = _Pc.TraversalSpec(type=vim.view.ContainerView, path="view", skip=False)
    return _Pc.ObjectSpec(obj=view, skip=True, selectSet=[step])


def this(obj: Vim) -> Vim:
    """One object."""
    return _Pc.ObjectSpec(obj=obj, skip=False)


def retrieve(session: Session, kind: type, objects: Sequence[Any], paths: Sequence[str]) -> Iterator[list[Any]]:
    """Object contents of these objects in pages; an object that is gone is left out.

    Raises:
        VcenterError: the wire or the session failed.
        vmodl.MethodFault: the API refused, as for a path that this release does not offer.
    """
    collector = session.content.propertyCollector
    spec = _Pc.FilterSpec(
        propSet=[properties(kind, paths)],
        objectSet=[this(obj) for obj in objects],
        reportMissingObjectsInResults=True,
    )
    result = collector.RetrievePropertiesEx([spec], _Pc.RetrieveOptions(maxObjects=PAGE))
    while result is not None:
        yield result.objects
        result = collector.ContinueRetrievePropertiesEx(result.token) if result.token else None


def retrieve_one(session: Session, obj: Vim, paths: Sequence[str]) -> tuple[Mapping[str, Vim], Mapping[str, Vim]]:
    """The properties of one object that are set, and the faults of those that could not be read, by path.

    Raises:
        VcenterError: the wire or the session failed.
        vmodl.MethodFault: the API refused.
    """
    for page in retrieve(session, type(obj), [obj], paths):
        for content in page:
            return (
                {prop.name: prop.val for prop in content.propSet},
                {entry.path: entry.fault for entry in content.missingSet},
            )
    return {}, {}


class Watch:
    """A property collector of our own with one filter: the first ``pages`` bring everything, later ones what changed.

    ``view`` is the view that ``objects`` name, to be destroyed with the watch. A change inside a wanted property reports the
    whole property. After any failure the watch is of no more use, since a page may be lost: close it and begin another.
    """

    def __init__(
        self,
        session: Session,
        wanted: Sequence[Any],
        objects: Sequence[Any],
        *,
        view: vim.view.View | None = None,
    ) -> None:
        self.version = ""
        self._view = view
        self._collector = session.content.propertyCollector.CreatePropertyCollector()
        spec = _Pc.FilterSpec(propSet=list(wanted), objectSet=list(objects))
        try:
            self._collector.CreateFilter(spec, partialUpdates=False)
        except vmodl.MethodFault:
            self._collector.Destroy()
            raise

    def pages(self) -> Iterator[list[Any]]:
        """Object updates, page by page, until vCenter has no more at this moment."""
        more = True
        while more:
            options = _Pc.WaitOptions(maxWaitSeconds=0, maxObjectUpdates=PAGE)
            answer = self._collector.WaitForUpdatesEx(self.version, options)
            if answer is None:
                return
            self.version = answer.version
            more = bool(answer.truncated)
            yield [update for part in answer.filterSet for update in part.objectSet]

    def close(self) -> None:
        """Destroy the collector with its filter, and the view it looks at; a session that has ended took them along."""
        for made in (self._collector, self._view):
            with contextlib.suppress(VcenterError, vmodl.MethodFault):
                if made is not None:
                    made.Destroy()
