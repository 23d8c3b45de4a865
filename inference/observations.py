"""Observation: one indicator's answer, in one of three states that are never mixed up.

Observed carries its numbers, zero among them. Unknown says why the question could not be answered. Not applicable says why
the question does not arise here, and takes the indicator out of coverage altogether.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, Self

State = Literal["observed", "unknown", "not_applicable"]


class Remedy(StrEnum):
    """What would make known what is unknown: what can be done at once first, what has to be waited for last."""

    GRANT = "grant"
    """Give the account the privileges that it lacks."""
    CLASSIFY = "classify"
    """Say what machines are for."""
    SEPARATE_ACCOUNTS = "separate_accounts"
    """Give automation its own accounts."""
    NAME_OWNERS = "name_owners"
    """Say whose machines are."""
    DECLARE = "declare"
    """Declare it: vCenter holds no such thing."""
    UPDATE_HOSTS = "update_hosts"
    """Update hosts: where nothing is updated, nothing falls behind, and no host has to be emptied."""
    RETAIN = "retain"
    """Keep events for longer, or wait until enough have been read."""
    CANNOT_BE_SEEN = "cannot_be_seen"
    """None: it happens where vCenter does not see it."""
    WAIT = "wait"
    """Nothing is wrong, and too little has happened yet."""


class Missing(str):
    """Why there is no answer, as a clause that a reader understands, and the remedy; ``None`` where the clause has to do."""

    __slots__ = ("remedy",)
    remedy: Remedy | None

    def __new__(cls, clause: str, remedy: Remedy | None = None) -> Self:
        """A clause is text like any other; what is made of it by adding to it has to be given its remedy again."""
        made = super().__new__(cls, clause)
        made.remedy = remedy
        return made

    def followed_by(self, text: str) -> Missing:
        """The clause with more text, and the same remedy."""
        return Missing(f"{self}{text}", self.remedy)


def unreadable(clause: str) -> Missing:
    """What could not be read, as a rule because the account lacks a privilege."""
    return Missing(clause, Remedy.GRANT)


def not_yet(clause: str) -> Missing:
    """What has not happened, or not often enough."""
    return Missing(clause, Remedy.WAIT)


def first_remedy(remedies: Iterable[Remedy | None]) -> Remedy | None:
    """The remedy that comes first, of several that apply."""
    return min((remedy for remedy in remedies if remedy is not None), key=tuple(Remedy).index, default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """The answer of ``indicator``.

    ``value`` is the number compared with the model's cut points, in the unit of the model's item. A share also carries how
    many of how many (``numerator`` of ``denominator``), a rate its events and its exposure (``numerator`` per
    ``denominator``, so that ``value = numerator / denominator``). ``seen`` is the part of population and window that was
    visible, 0 to 1. ``evidence`` is plain English with the numbers in it. ``remedy`` is what would make known what is unknown.
    """

    indicator: str
    state: State
    reason: str = ""
    value: float | None = None
    numerator: float | None = None
    denominator: float | None = None
    seen: float = 1.0
    evidence: tuple[str, ...] = ()
    remedy: Remedy | None = None


def share(indicator: str, count: float, total: float, *, seen: float = 1.0, evidence: tuple[str, ...] = ()) -> Observation:
    """``count`` of ``total``; unknown where the total is zero, since a share of nothing says nothing."""
    if total <= 0:
        return unknown(indicator, not_yet("there is nothing to take a share of"))
    return Observation(
        indicator=indicator,
        state="observed",
        value=count / total,
        numerator=count,
        denominator=total,
        seen=seen,
        evidence=evidence,
    )


def rate(indicator: str, events: float, exposure: float, *, seen: float = 1.0, evidence: tuple[str, ...] = ()) -> Observation:
    """``events`` per unit of ``exposure``; unknown where nothing was exposed."""
    if exposure <= 0:
        return unknown(indicator, not_yet("nothing was exposed to the event while events could be seen"))
    return Observation(
        indicator=indicator,
        state="observed",
        value=events / exposure,
        numerator=events,
        denominator=exposure,
        seen=seen,
        evidence=evidence,
    )


def amount(indicator: str, value: float, *, seen: float = 1.0, evidence: tuple[str, ...] = ()) -> Observation:
    """A count or level that was read exactly."""
    return Observation(indicator=indicator, state="observed", value=value, seen=seen, evidence=evidence)


def unknown(indicator: str, why: Missing, *, evidence: tuple[str, ...] = ()) -> Observation:
    """The question arises and could not be answered."""
    return Observation(indicator=indicator, state="unknown", reason=str(why), seen=0.0, evidence=evidence, remedy=why.remedy)


def not_applicable(indicator: str, reason: str, *, evidence: tuple[str, ...] = ()) -> Observation:
    """The question does not arise in this estate."""
    return Observation(indicator=indicator, state="not_applicable", reason=str(reason), seen=0.0, evidence=evidence)
