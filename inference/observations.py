"""Observation: one indicator's answer, in one of three states that are never mixed up.

Observed carries its numbers, zero among them. Unknown says why the question could not be answered. Not applicable says why
the question does not arise here, and takes the indicator out of coverage altogether.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

State = Literal["observed", "unknown", "not_applicable"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """The answer of ``indicator``.

    ``value`` is the number compared with the model's cut points, in the unit of the model's item. A share also carries how
    many of how many (``numerator`` of ``denominator``), a rate its events and its exposure (``numerator`` per
    ``denominator``, so that ``value = numerator / denominator``). ``seen`` is the part of population and window that was
    visible, 0 to 1. ``evidence`` is plain English with the numbers in it.
    """

    indicator: str
    state: State
    reason: str = ""
    value: float | None = None
    numerator: float | None = None
    denominator: float | None = None
    seen: float = 1.0
    evidence: tuple[str, ...] = ()


def share(indicator: str, count: float, total: float, *, seen: float = 1.0, evidence: tuple[str, ...] = ()) -> Observation:
    """``count`` of ``total``; unknown where the total is zero, since a share of nothing says nothing."""
    if total <= 0:
        return unknown(indicator, "there is nothing to take a share of")
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
        return unknown(indicator, "nothing was exposed to the event while events could be seen")
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


def unknown(indicator: str, reason: str, *, evidence: tuple[str, ...] = ()) -> Observation:
    """The question arises and could not be answered; ``reason`` is a clause a reader understands."""
    return Observation(indicator=indicator, state="unknown", reason=reason, seen=0.0, evidence=evidence)


def not_applicable(indicator: str, reason: str, *, evidence: tuple[str, ...] = ()) -> Observation:
    """The question does not arise in this estate."""
    return Observation(indicator=indicator, state="not_applicable", reason=reason, seen=0.0, evidence=evidence)
