"""What happened and no event shows: vCenter shows only events of what the account may see."""

from __future__ import annotations

from inference.estate.estate import Estate, Window
from inference.events.event_kinds import MAINTENANCE_KINDS
from inference.observations import Missing, unreadable
from inference.vmotion_counters import counted_motions
from inference.wording import counted


def hidden_motions(estate: Estate, window: Window) -> Missing | None:
    """That clusters counted migrations while no event of a window tells whose, not even that it was an agent's.

    Then it is not true that nothing moved.
    """
    newest = estate.base.newest_migration
    if newest is not None and newest >= window.seen_from:
        return None
    nameless = estate.base.newest_nameless_migration
    if nameless is not None and nameless >= window.seen_from:
        return unreadable("events tell of migrations, and of none which machine it was")
    grown = counted_motions(estate, window.seen_from)
    if grown is None or not grown.count:
        return None
    moved = counted(grown.count, "migration")
    return unreadable(f"the clusters counted {moved} in {grown.days:.3g} days, but no event shows one")


def hidden_maintenance(estate: Estate) -> Missing | None:
    """That neither a host nor what was done to one can be seen.

    Whether moves by DRS balanced load or emptied a host for maintenance is told by events of hosts alone.
    """
    hosts, gap = estate.snapshot.hosts, estate.gap("hosts")
    if hosts or not (gap or estate.snapshot.vms) or any(kind in estate.base.events for kind in MAINTENANCE_KINDS):
        return None
    return unreadable(f"{gap or 'hosts could not be read'}; no event shows host maintenance")
