"""Milestones: points of the journey, with the date each was first seen in what is at hand.

Pure: the caller keeps the earliest date ever found. What is a state and no event is dated by the first snapshot that shows it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from inference.estate.estate import Estate
from inference.event_visibility import hidden_maintenance
from inference.events.event_kinds import Kind
from inference.results import Milestone


def milestones(estate: Estate) -> tuple[Milestone, ...]:
    """The milestones that this scope has reached, in the order of the journey."""
    live = [move for move in estate.moves if move.manner == "live" and move.host_changed]
    counted = any(cluster.num_vmotions for cluster in estate.clusters.items if cluster.knows("num_vmotions"))
    business = any(machine.corroborated_by for machine in estate.business)
    protected = estate.base.verdicts.ft_protected.of(estate.cluster_id).yes > 0
    dates = {
        "first_vmotion": _first((move.at for move in live), estate.now if counted else None),
        "first_drs_move": None if hidden_maintenance(estate) else _first(move.at for move in live if move.cause == "drs"),
        "first_ha_restart": _first(_moments(estate, Kind.HA_RESTART)),
        "first_business_application": estate.now if business else None,
        "first_recovery_test": _first(_moments(estate, Kind.RECOVERY_TEST)),
        "first_ft_vm": _first(_moments(estate, Kind.FT_ADDED), estate.now if protected else None),
    }
    return tuple(Milestone(name, date) for name, date in dates.items() if date is not None)


def _moments(estate: Estate, kind: Kind) -> Iterable[datetime]:
    return (event.at for event in estate.events.get(kind, ()))


def _first(moments: Iterable[datetime], otherwise: datetime | None = None) -> datetime | None:
    """The earliest moment, or what is known otherwise."""
    return min(moments, default=otherwise)
