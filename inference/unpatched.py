"""Unpatched hosts: an estate that nobody updates keeps everything alike by itself, which shows no care."""

from __future__ import annotations

from datetime import timedelta

from inference.estate.estate import Estate
from inference.events.event_kinds import Kind
from inference.observations import Missing, Observation, Remedy, unknown
from inference.products import is_outdated

UNTOUCHED = 0.9
"""So good an answer is what standing still gives; a worse one shows that something was left behind, however long ago."""

_YEAR = timedelta(days=365)


def unless_unpatched(estate: Estate, found: Observation) -> Observation:
    """The answer of an indicator of drift, or unknown where it is good because no host was updated for a year.

    No host was updated where every build is surely over a year old and no maintenance was seen in the last year. Where every
    build was so already a year ago, maintenance since then was for something else. Where hosts could not be read, nobody knows.
    """
    if found.state != "observed" or found.value is None or found.value < UNTOUCHED:
        return found
    if hidden := estate.hosts.missing:
        return unknown(
            found.indicator, hidden.followed_by("; being current may only mean that nothing changes"), evidence=found.evidence
        )
    if not _is_unpatched(estate):
        return found
    reason = Missing("no host was updated for a year, so being current says nothing about upkeep", Remedy.UPDATE_HOSTS)
    return unknown(found.indicator, reason, evidence=found.evidence)


def _is_unpatched(estate: Estate) -> bool:
    builds, year = [host.build for host in estate.hosts.items], estate.now - _YEAR
    if not builds or not all(is_outdated(build, estate.now) for build in builds):
        return False
    return all(is_outdated(build, year) for build in builds) or not estate.events_since(Kind.MAINTENANCE, year)
