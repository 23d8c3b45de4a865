"""Publication: all that one poll leaves for exporters to render, replaced as a whole. Data only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Literal

from collector.facts import Gap
from inference.results import Assessment, Declaration, ModelInfo, Scope, Transition

PollStatus = Literal["ok", "partial", "failed"]
"""The result of a poll; ``partial`` where some topics could not be read."""


@dataclass(frozen=True, slots=True)
class VcenterStatus:
    """How the last poll of one vCenter went; ``instance_uuid`` and ``version`` are empty until a login succeeded.

    ``event_retention_days`` is for how long it keeps events, ``None`` where that is unlimited or could not be read.
    """

    name: str
    instance_uuid: str
    version: str
    status: PollStatus
    error: str | None
    gaps: tuple[Gap, ...]
    poll_seconds: float
    topics: Mapping[str, bool] = field(default_factory=lambda: MappingProxyType({}))
    last_success: datetime | None = None
    clock_skew: float | None = None
    requests: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    event_retention_days: int | None = None


@dataclass(frozen=True, slots=True)
class Tally:
    """A lifetime count of one vCenter, such as ``migrations`` by ``cause``; it never falls."""

    vcenter: str
    name: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Publication:
    """Everything exporters show, replaced as a whole: readers never see half of it. Of ``unread`` only the past is known."""

    taken_at: datetime
    model: ModelInfo
    vcenters: tuple[VcenterStatus, ...] = ()
    assessments: tuple[Assessment, ...] = ()
    declarations: Mapping[str, Declaration] = field(default_factory=lambda: MappingProxyType({}))
    transitions: tuple[Transition, ...] = ()
    tallies: tuple[Tally, ...] = ()
    unread: tuple[Scope, ...] = ()
