"""Shares of populations and rates over windows, in which what could not be read is never counted as zero.

Every indicator that counts uses these functions, so that all treat missing answers alike. The sentences that say how far
events reach back are written here, too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Protocol, TypeVar

from inference.estate.estate import LEAST_READ, NEARLY_ALL, Estate, Window
from inference.estate.population import Population
from inference.estate.residents import Answer, Count
from inference.observations import Missing, Observation, Remedy, not_yet, rate, share, unknown
from inference.wording import counted, digits

T = TypeVar("T")


class Happened(Protocol):
    """Anything that happened at a certain time."""

    @property
    def at(self) -> datetime:
        """When it happened."""


MIN_DAYS = 1.0
"""The fewest days of events for a rate: less would show an hour of work and not a habit."""

RATE_DAYS = 30.0
"""Rates are for each 100 powered-on virtual machines and 30 days."""

YEAR = 365.0
"""The window in days for what is done a few times a year, such as recovery tests."""

ALL_BUT = 0.95
"""A window of which at least this share was seen is described by its full length."""

MINUTE = 1 / (24 * 60)
"""In days."""

NO_HOSTS = Missing("no host is connected")
NO_RUNNING = Missing("no workload VM is powered on")
NO_WORKLOADS = not_yet("there are no workload VMs")


def share_of(
    indicator: str,
    population: Population[T],
    answer: Callable[[T], Answer],
    *,
    nothing: Missing,
    unread: Missing,
    says: Callable[[int, int], Iterable[str]],
    wholly_read: Callable[[T], bool] | None = None,
) -> Observation:
    """The share of a population for which ``answer`` is true.

    Args:
        indicator: the id of the observation.
        population: the items to ask.
        answer: true or false; ``None`` where it could not be read; ``"never"`` for a no that is certain without reading, which
            is counted only in proportion to the other answers that could be read (see ``Answer``).
        nothing: the reason for an unknown observation where the population is empty.
        unread: the reason where too few answers could be read.
        says: makes the sentences of evidence of the number of yes answers and the number of all answers.
        wholly_read: whether everything about an item could be read. To be given where one sign is enough for a yes but a no
            needs all of them: as soon as an answer is missing, and unless nearly all are yes, only items that were wholly read
            count, since the share would be too high with those that happen to show a sign.
    """
    said = [answer(item) for item in population.items]
    if wholly_read is not None and None in said and said.count(True) < NEARLY_ALL * len(said):
        said = [own if wholly_read(item) else None for item, own in zip(population.items, said, strict=True)]
    count = Count(said.count(True), said.count(False), said.count(None), said.count("never"), said.count("lost"))
    return share_counted(indicator, population, count, nothing=nothing, unread=unread, says=says)


def share_counted(
    indicator: str,
    population: Population[T],
    count: Count,
    *,
    nothing: Missing,
    unread: Missing,
    says: Callable[[int, int], Iterable[str]],
) -> Observation:
    """As ``share_of``, for a population whose answers are counted already."""
    if population.missing:
        return unknown(indicator, population.missing)
    if not count.all:
        return unknown(indicator, nothing)
    if not count.known:
        return unknown(indicator, unread)
    if count.known < LEAST_READ * count.all:
        return unknown(indicator, unread.followed_by(f" ({count.all - count.known} of {count.all} missing)"))
    evidence = [*says(count.yes, count.known)]
    if unread_ones := count.unread + count.lost:
        also = f", and {apart} that could only be no" if (apart := count.never - count.beside) else ""
        evidence.append(f"Excluded because not readable: {unread_ones} of {count.all}{also}.")
    seen = population.seen * count.known / count.all
    return share(indicator, count.yes, count.known, seen=seen, evidence=tuple(evidence))


def too_short(window: Window, least_days: float = MIN_DAYS) -> Missing | None:
    """Why too little of a window was seen for a rate; ``None`` where it was enough."""
    if window.unseen:
        return window.unseen
    if window.days < least_days:
        told = f"events reach back {span(window.days)} of {window.length:.0f} days, at least {span(least_days)} needed"
        return Missing(told, Remedy.RETAIN)
    return None


def span(days: float) -> str:
    """A number of days as text: ``12 days``, ``3.5 hours``, ``1 minute``, ``less than a minute``."""
    if days >= 1:
        return _counted(f"{days:.3g}", "day")
    minutes = days / MINUTE
    if minutes < 1:
        return "less than a minute"
    if round(minutes, 1) < 60:  # noqa: PLR2004 - an hour
        return _counted(f"{minutes:.2g}", "minute")
    return _counted(f"{minutes / 60:.2g}", "hour")


def _counted(number: str, unit: str) -> str:
    return f"{number} {unit}" if number == "1" else f"{number} {unit}s"


def reach(window: Window, since: datetime | None = None) -> str:
    """How far events reach back, for evidence: ``in the last 30 days``.

    ``since`` is the time of the oldest event that is counted. It may be older than the part of the window that was seen without
    interruption; the text then says both.
    """
    whole = f"in the last {window.length:.0f} days"
    if window.share >= 1:
        return whole
    told = _seen_days(window.days)
    if _is_before_sight(window, since):
        return f"{whole} (the last {told} seen in full)"
    return f"in the last {told} (events go no further back)"


def none_seen(what: str, window: Window) -> Missing:
    """That nothing of the kind was seen in a window, such as "no VM was seen", and how far events reach back."""
    return Missing(f"{what} {reach(window)}", Remedy.WAIT if window.share >= 1 else Remedy.RETAIN)


def of_days(window: Window, since: datetime | None = None) -> str:
    """The days in which something was counted: ``in 365 days``, or how many of them were seen; ``since`` as in ``reach``."""
    length = f"{window.length:.0f} days"
    if window.unseen or window.share >= ALL_BUT:
        return f"in {length}"
    told = _seen_days(window.days)
    if _is_before_sight(window, since):
        return f"in {length} (the last {told} seen in full)"
    return f"in the {told} seen (of {window.length:.0f})"


def _seen_days(days: float) -> str:
    """How long was seen, to follow the word "the"; rounded down to full days."""
    if days < MINUTE:
        return "minute"
    return span(float(int(days)) if days >= 1 else days)


def oldest(happened: Iterable[Happened]) -> datetime | None:
    """The time of the oldest of these; ``None`` where there is none."""
    return min((each.at for each in happened), default=None)


def _is_before_sight(window: Window, since: datetime | None) -> bool:
    return since is not None and since < window.seen_from


def rate_per_100(
    indicator: str, estate: Estate, happened: Sequence[tuple[str, datetime]], window: Window, what: str
) -> Observation:
    """Migrations per 100 powered-on workloads and 30 days, at most one for each machine and day.

    ``happened`` holds machine ids and times; those count that are in the part of the window that was seen. ``what`` they are
    begins the sentence of evidence. Machines whose power state could not be read are assumed to run as often as the others,
    since events are of all machines.
    """
    if reason := too_short(window) or estate.powered_on.missing:
        return unknown(indicator, reason)
    if not estate.powered_on.items:
        return unknown(indicator, NO_RUNNING)
    start = window.seen_from
    days = [(vm, at.date()) for vm, at in happened if at >= start]
    count = len(set(days))
    exposure = estate.running / 100 * window.days / RATE_DAYS
    seen = window.share * estate.powered_on.seen
    every = f"{digits(count / exposure)} per 100 VMs and 30 days"
    evidence = [f"{what} {reach(window)}: {count} with {running(estate)} powered-on VMs, or {every}."]
    if again := len(days) - count:
        evidence.append(f"{again:,} more moved a VM again on the same day and {'is' if again == 1 else 'are'} not counted.")
    return rate(indicator, count, exposure, seen=seen, evidence=tuple(evidence))


def running(estate: Estate) -> str:
    """The number of running workloads as text: ``12``, or ``about 12`` where the power state of some could not be read."""
    return f"{'' if estate.running == len(estate.powered_on.items) else 'about '}{estate.running:.0f}"


def beside_unclear(found: Observation, live: int, unclear: int) -> Observation:
    """An observation from ``live`` migrations, less seen for each of the ``unclear`` ones that may have been live or cold."""
    if found.state != "observed" or not unclear:
        return found
    if not live:
        return unknown(found.indicator, untold(unclear))
    told = f"{counted(unclear, 'more migration')} could not be classified as live or cold."
    return replace(found, seen=found.seen * live / (live + unclear), evidence=(*found.evidence, told))


def untold(unclear: int) -> Missing:
    """The reason where no migration is known to be live, and ``unclear`` ones may have been."""
    return not_yet(f"{counted(unclear, 'migration')} could not be classified as live or cold, and none is known to be live")
