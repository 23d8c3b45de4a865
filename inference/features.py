"""Features: how far vMotion, HA, FT, DRS and SRM are configured and how much they are exercised, kept apart."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import TypeVar

from collector.facts import Host
from inference.counting import RATE_DAYS, YEAR, of_days, too_short
from inference.estate.estate import Estate, Window
from inference.estate.population import Population
from inference.estate.residents import Counts
from inference.event_visibility import hidden_maintenance, hidden_motions
from inference.events.event_kinds import Kind
from inference.results import FeatureUse

T = TypeVar("T")

DAY = timedelta(days=1)


def features(estate: Estate) -> Mapping[str, FeatureUse]:
    """The use of each feature: configured 0 to 1, exercised a count; ``None`` where it could not be read or was not seen."""
    return MappingProxyType(
        {"vmotion": _vmotion(estate), "ha": _ha(estate), "ft": _ft(estate), "drs": _drs(estate), "srm": _srm(estate)}
    )


def _vmotion(estate: Estate) -> FeatureUse:
    def ready(host: Host) -> bool | None:
        return bool(host.vmotion_enabled) if host.knows("vmotion_enabled") else None

    live = [m.at for m in estate.moves if m.host_changed and m.manner == "live"]
    window = estate.window(RATE_DAYS)
    return _use(window, _part(estate.hosts, ready), live, "live migrations", hidden=hidden_motions(estate, window))


def _ha(estate: Estate) -> FeatureUse:
    restarts = [event.at for event in estate.events.get(Kind.HA_RESTART, ())]
    configured = None if estate.gap("clusters") else _told(estate, estate.base.verdicts.restarted)
    return _use(estate.window(YEAR), configured, restarts, "VM restarts by HA")


def _ft(estate: Estate) -> FeatureUse:
    running = estate.base.running_verdicts.ft_protected.of(estate.cluster_id)
    configured = None if estate.powered_on.missing else running.share
    protected = estate.base.verdicts.ft_protected.of(estate.cluster_id)
    readable = not estate.workloads.missing and bool(protected.known or not protected.all)
    seen_now = estate.now if protected.yes else None
    return FeatureUse(configured, protected.yes if readable else None, "VMs protected by FT now", seen_now)


def _drs(estate: Estate) -> FeatureUse:
    moved = [m.at for m in estate.moves if m.cause == "drs" and m.host_changed and m.manner == "live"]
    untold = hidden_maintenance(estate) if moved else None
    configured = None if estate.gap("clusters") else _told(estate, estate.base.verdicts.automated)
    window = estate.window(RATE_DAYS)
    hidden = untold or hidden_motions(estate, window)
    return _use(window, configured, () if untold else moved, "load-balancing moves by DRS", hidden=hidden)


def _srm(estate: Estate) -> FeatureUse:
    window = estate.window(YEAR)
    if estate.is_cluster:  # products and plans belong to the vCenter, so that nothing in a cluster is not a no
        return FeatureUse(exercised_unit=f"recovery tests {of_days(window)}")
    recovery = any(product.kind == "recovery" for product in estate.base.protection.products)
    tests = [event.at for event in estate.events.get(Kind.RECOVERY_TEST, ())]
    configured = None if estate.gap("extensions") else float(recovery)
    return _use(window, configured, tests, "recovery tests")


def _use(
    window: Window, configured: float | None, happened: Iterable[datetime], what: str, *, hidden: str | None = None
) -> FeatureUse:
    """A feature whose exercise is counted from events: within its window, and when it was last seen at all.

    What happened counts however little was seen; that nothing happened is known only of a window that was seen long enough,
    and the unit says how much of it that was. ``hidden`` says why it may have happened although no event tells of it.
    """
    moments = tuple(happened)
    counted = [at for at in moments if at >= window.start]
    exercised = None if window.unseen or (not counted and (hidden or too_short(window))) else len(counted)
    since = min(counted, default=window.seen_from)
    days = max(window.days, window.length - (since - window.start) / DAY)
    return FeatureUse(configured, exercised, f"{what} {of_days(window, since)}", max(moments, default=None), days)


def _part(population: Population[T], answer: Callable[[T], bool | None]) -> float | None:
    """The part of a population that answers yes, of those that could be read."""
    answers = [said for item in population.items if (said := answer(item)) is not None]
    return sum(answers) / len(answers) if answers and not population.missing else None


def _told(estate: Estate, verdict: Counts) -> float | None:
    """The part of workloads of which a verdict says yes, of those that could be read."""
    return None if estate.workloads.missing else verdict.of(estate.cluster_id).share
