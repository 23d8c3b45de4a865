"""Events from a high-water mark on, oldest first, and how far back vCenter remembers."""

# pyVmomi types its data, not its functions; vCenter sets all managers
# mypy: disable-error-code="no-untyped-call,union-attr"
from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from pyVmomi import vim, vmodl

from collector.vcenter.errors import VcenterError
from collector.vcenter.session import Session
from collector.wants import Vim

PAGE = 1000
"""Events in one answer; vCenter allows no more."""


def read(session: Session, type_ids: Sequence[str], since: datetime | None) -> Iterator[list[Any]]:
    """Pages of events of these types, from ``since`` on or from the oldest.

    Within one filter events come in the order of their time. A filter that vCenter refuses as an argument is split until
    the id it does not take stands alone, and that one is left out; then the order holds within each part only.

    Raises:
        VcenterError: events cannot be read, or the session failed; also where vCenter takes none of the ids.
    """
    refused: list[vmodl.fault.InvalidArgument] = []
    yield from _accepted(session, type_ids, since, refused)
    if len(refused) == max(1, len(type_ids)):  # it is not the ids that are wrong
        raise session.explain(refused[0], "the request for events")


def _accepted(
    session: Session, type_ids: Sequence[str], since: datetime | None, refused: list[vmodl.fault.InvalidArgument]
) -> Iterator[list[Any]]:
    """Pages of events of those types that vCenter takes; one fault of each other is added to ``refused``."""
    try:
        yield from _scroll(session, _filter(type_ids, since))
    except vmodl.fault.InvalidArgument as fault:
        if len(type_ids) <= 1:
            refused.append(fault)
            return
        half = len(type_ids) // 2
        yield from _accepted(session, type_ids[:half], since, refused)
        yield from _accepted(session, type_ids[half:], since, refused)
    except vmodl.MethodFault as fault:
        raise session.explain(fault, "the request for events") from None


def oldest(session: Session) -> datetime | None:
    """The time of the oldest event of any type that vCenter still keeps; ``None`` where it keeps none.

    Raises:
        VcenterError: events cannot be read, or the session failed.
    """
    try:
        with _collector(session, _filter((), None)) as collector:
            first = collector.ReadNextEvents(1)
    except vmodl.MethodFault as fault:
        raise session.explain(fault, "the request for events") from None
    return first[0].createdTime if first else None


def _filter(type_ids: Sequence[str], since: datetime | None) -> Vim:
    spec = vim.event.EventFilterSpec(disableFullMessage=True)
    if type_ids:
        spec.eventTypeId = list(type_ids)
    if since is not None:
        spec.time = vim.event.EventFilterSpec.ByTime(beginTime=since)
    return spec


def _scroll(session: Session, spec: Vim) -> Iterator[list[Vim]]:
    with _collector(session, spec) as collector:
        while page := collector.ReadNextEvents(PAGE):
            yield page


@contextlib.contextmanager
def _collector(session: Session, spec: Vim) -> Iterator[Vim]:
    """A collector that stands at its oldest event, where the API puts a new one, and that is destroyed in the end.

    It is not rewound: that is a no-op for a vCenter, and the simulator then leaves out the oldest event.
    """
    collector = session.content.eventManager.CreateCollectorForEvents(spec)
    try:
        yield collector
    finally:
        with contextlib.suppress(VcenterError, vmodl.MethodFault):
            collector.DestroyCollector()
