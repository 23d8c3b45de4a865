"""Roll-up: several vCenters as one fleet, by pooling what was counted. Stages are never averaged."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from math import inf

import numpy as np

from inference.declared import Servers, pct_virtualized
from inference.judging.judge import Case, judge
from inference.judging.model import Model
from inference.observations import Observation, share
from inference.pooling import Part, pool
from inference.results import Assessment, Consolidation, Evidence, FeatureUse, Flag, Milestone, Scope, Spread
from inference.stages import STAGE_TITLES, STAGES

PAIR = 2
ROUNDING = 1e-9
"""Sums of shares may miss a tenth that they are meant to meet by as much."""


@dataclass(frozen=True, slots=True)
class Heterogeneity:
    """How far units differ: their mean position, the variance between them beyond chance, and the weighted variance."""

    position: float
    between: float
    variance: float


def roll_up(
    scope: Scope,
    taken_at: datetime,
    units: Iterable[Assessment],
    model: Model,
    *,
    declared: int | None = None,
    servers: Servers | None = None,
) -> Assessment:
    """Assess several vCenters as one: pool their numbers, judge again, and add the quorum and what a single stage hides.

    Numbers that are too few to say anything about one vCenter add up too: whether they say enough is asked of the whole.
    A vCenter that is configured twice (the same scope id) counts once, and placeholders of a recovery site tell what the other
    half of the pair protects. ``servers`` are those declared for the whole, whatever single units were told of theirs. With no
    unit at all nothing is known.
    """
    distinct = paired(tuple({unit.scope.id: unit for unit in reversed(tuple(units))}.values())[::-1])
    parts = [Part(tuple(evidence.counted for evidence in unit.evidence), unit.weight) for unit in distinct]
    sizes = _sizes(distinct)
    case = Case(
        scope,
        taken_at,
        _beside(servers, sizes, pool(parts, model)),
        consolidation=sizes,
        features=_features(distinct),
        milestones=_milestones(distinct),
        declared=declared,
    )
    whole = judge(case, model)
    reached = quorum(distinct, model)
    extra = (_mixed(distinct, model), _behind(whole, reached))
    return replace(
        whole,
        quorum=reached,
        flags=whole.flags + tuple(flag for flag in extra if flag is not None),
        weight=sum(unit.weight for unit in distinct),
    )


def _beside(servers: Servers | None, sizes: Consolidation, pooled: tuple[Observation, ...]) -> tuple[Observation, ...]:
    """The pooled observations, with the share of virtual servers beside those that the organisation still has."""
    if servers is None or servers.physical is None:
        return pooled
    told = pct_virtualized(servers, sizes.workload_vms)
    return tuple(told if observation.indicator == told.indicator else observation for observation in pooled)


def quorum(units: Sequence[Assessment], model: Model) -> int | None:
    """The highest stage that units with enough of the production VMs, and enough of the business VMs, have reached.

    Units below the evidence floor count neither for nor against; ``None`` where they hold so much that no quorum is left.
    """
    rules, judged = model.specification.rollup, [unit for unit in units if unit.inferred is not None]
    if not judged or _share(_production(units), [unit.inferred is not None for unit in units]) < rules.quorum_vms.value:
        return None
    weights, business = _production(judged), [_business(unit) for unit in judged]
    highest = 0
    for stage in range(1, len(STAGES)):
        there = [sum(unit.posterior.probabilities[stage:]) >= rules.reach.value for unit in judged]
        if _share(weights, there) < rules.quorum_vms.value or _share(business, there) < rules.quorum_business.value:
            break
        highest = stage
    return highest


def spread(parts: Sequence[Assessment]) -> Spread | None:
    """How the positions of the judged parts are spread by their workload VMs; ``None`` where no part was judged."""
    judged = sorted((unit for unit in parts if unit.inferred is not None), key=lambda unit: unit.posterior.position)
    if not judged:
        return None
    shares = np.cumsum(_weights(judged)) / sum(_weights(judged))
    at = [judged[int(np.searchsorted(shares, share - ROUNDING))].posterior.position for share in (0.1, 0.5, 0.9)]
    return Spread(at[0], at[1], at[2], len(judged), len(parts))


def paired(units: Sequence[Assessment]) -> tuple[Assessment, ...]:
    """The units, protected machines told by the placeholders of their recovery site where both halves are here.

    Both halves register the same key of Site Recovery Manager. Where more than two do, nobody can say who protects whom.
    """
    sides: defaultdict[str, list[Assessment]] = defaultdict(list)
    for unit in units:
        for key in unit.recovery.keys:
            sides[key].append(unit)
    kept: defaultdict[str, int] = defaultdict(int)
    for key, halves in sides.items():
        if len(halves) == PAIR:
            for unit, other in (halves, halves[::-1]):
                kept[unit.scope.id] += other.recovery.placeholders.get(key, 0)
    return tuple(_protected(unit, kept[unit.scope.id]) for unit in units)


def _protected(unit: Assessment, placeholders: int) -> Assessment:
    """The unit with at least so many protected machines, as far as it has workloads."""
    machines = unit.consolidation.workload_vms
    if not placeholders or not machines:
        return unit
    count = min(placeholders, machines)
    says = f"{count} of {machines} workload VMs have a placeholder on a recovery site in this fleet."
    told = share("dr_protected", count, machines, evidence=(says,))
    return replace(unit, evidence=tuple(_told(evidence, told) for evidence in unit.evidence))


def _told(evidence: Evidence, told: Observation) -> Evidence:
    before = evidence.counted
    if before.indicator != told.indicator or (before.numerator or 0.0) >= (told.numerator or 0.0):
        return evidence
    return replace(evidence, observation=told, few=None)


def heterogeneity(units: Sequence[Assessment]) -> Heterogeneity | None:
    """Compare the positions of units, the variance between them by DerSimonian and Laird; ``None`` below two judged units."""
    judged = [unit for unit in units if unit.inferred is not None]
    if len(judged) < 2:  # noqa: PLR2004 - one unit has nothing to differ from
        return None
    positions = np.array([unit.posterior.position for unit in judged])
    variances = np.array([unit.posterior.variance for unit in judged])
    shares = np.array(_production(judged)) / sum(_production(judged))
    precision = 1.0 / variances
    centre = (precision @ positions) / precision.sum()
    excess = precision @ (positions - centre) ** 2 - (positions.size - 1)
    between = max(0.0, float(excess / (precision.sum() - (precision**2).sum() / precision.sum())))
    pull = shares / (variances + between)
    position = float(pull @ positions / pull.sum())
    return Heterogeneity(position, between, float(shares @ (positions - position) ** 2))


def _weights(units: Sequence[Assessment]) -> list[float]:
    weights = [unit.weight for unit in units]
    return weights if sum(weights) > 0 else [1.0] * len(weights)


def _production(units: Sequence[Assessment]) -> list[float]:
    """Production VMs of each unit; all that run where in none of them any is for production."""
    found = [unit.weight if (own := unit.consolidation.production_vms) is None else float(own) for unit in units]
    return found if sum(found) > 0 else _weights(units)


def _share(weights: Sequence[float], chosen: Sequence[bool]) -> float:
    """The chosen part of the weight; all of it where there is none, since nothing then speaks against."""
    total = sum(weights)
    return sum(weight for weight, is_in in zip(weights, chosen, strict=True) if is_in) / total if total > 0 else 1.0


def _business(unit: Assessment) -> float:
    found = next((e.counted for e in unit.evidence if e.counted.indicator == "biz_share"), None)
    return found.numerator or 0.0 if found is not None and found.state == "observed" else 0.0


def _mixed(units: Sequence[Assessment], model: Model) -> Flag | None:
    differences = heterogeneity(units)
    if differences is None or differences.variance <= model.specification.rollup.mixed.value:
        return None
    groups = []
    for stage, title in enumerate(STAGE_TITLES):
        names = sorted(unit.scope.name for unit in units if unit.inferred == stage)
        if names:
            more = f" and {len(names) - 3} more" if len(names) > 3 else ""  # noqa: PLR2004 - names that a reader takes in
            groups.append(f"{title} in {', '.join(names[:3])}{more}")
    return Flag("mixed", f"A single stage hides differences: {'; '.join(groups)}.")


def _behind(whole: Assessment, reached: int | None) -> Flag | None:
    if whole.inferred is None or reached is None or reached == whole.inferred:
        return None
    return Flag(
        "quorum_differs",
        f"The pooled evidence points to {STAGE_TITLES[whole.inferred]}, but the stage that enough production and business VMs "
        f"have reached, and that can be declared, is {STAGE_TITLES[reached]}.",
    )


def _sizes(units: Sequence[Assessment]) -> Consolidation:
    """Counts added up, unknown as soon as one is; ratios are left to their pooled observations, except VMs per host."""

    def total(pick: Callable[[Consolidation], int | None]) -> int | None:
        numbers = [pick(unit.consolidation) for unit in units]
        known = [number for number in numbers if number is not None]
        return sum(known) if units and len(known) == len(numbers) else None

    hosts, running = total(lambda sizes: sizes.hosts), total(lambda sizes: sizes.powered_on_vms)
    return Consolidation(
        hosts=hosts,
        hosts_listed=total(lambda sizes: sizes.hosts_listed),
        production_vms=total(lambda sizes: sizes.production_vms),
        workload_vms=total(lambda sizes: sizes.workload_vms),
        powered_on_vms=running,
        vms_per_host=running / hosts if hosts and running is not None else None,
        vcpus_per_core=_ratio(units, "vcpus_per_core"),
        vram_per_ram=_ratio(units, "vram_per_ram"),
    )


def _ratio(units: Sequence[Assessment], indicator: str) -> float | None:
    """The ratio of all units, unknown as soon as one is; a unit that is known to be empty adds nothing to either side."""
    units = [unit for unit in units if (unit.consolidation.hosts, unit.consolidation.powered_on_vms) != (0, 0)]
    found = [e.observation for unit in units for e in unit.evidence if e.observation.indicator == indicator]
    pairs = [(o.numerator, o.denominator) for o in found if o.numerator is not None and o.denominator]
    return sum(x for x, _ in pairs) / sum(n for _, n in pairs) if pairs and len(pairs) == len(units) else None


def _features(units: Sequence[Assessment]) -> Mapping[str, FeatureUse]:
    """Features of all units: configuration by weight, exercise, which is counted, added up."""
    names = dict.fromkeys(name for unit in units for name in unit.features)
    return {
        name: _feature([(u.features[name], w) for u, w in zip(units, _weights(units), strict=True) if name in u.features])
        for name in names
    }


def _feature(uses: Sequence[tuple[FeatureUse, float]]) -> FeatureUse:
    """The feature of a fleet, and the days that its count is of.

    What happened counts however little was seen, so those days are the most that any unit with a part in it saw. That nothing
    happened is known only where every unit tells, and of no more days than the unit that was seen least.
    """
    configured = [(use.configured, weight) for use, weight in uses if use.configured is not None]
    exercised = [use.exercised for use, _ in uses if use.exercised is not None]
    counted = [use for use, _ in uses if use.exercised is not None] or [use for use, _ in uses]
    having = [use for use in counted if use.exercised]
    told = max(having, key=_seen_days) if having else min(counted, key=_seen_days)
    return FeatureUse(
        configured=_mean(configured),
        exercised=sum(exercised) if any(exercised) or len(exercised) == len(uses) else None,
        exercised_unit=told.exercised_unit,
        last_seen=max((use.last_seen for use, _ in uses if use.last_seen is not None), default=None),
        seen_days=told.seen_days,
    )


def _seen_days(use: FeatureUse) -> float:
    """How many days were seen; what is not counted over days has no end of them."""
    return inf if use.seen_days is None else use.seen_days


def _mean(weighted: Sequence[tuple[float, float]]) -> float | None:
    total = sum(weight for _, weight in weighted)
    if not weighted:
        return None
    return (
        sum(number * weight for number, weight in weighted) / total if total > 0 else float(np.mean([n for n, _ in weighted]))
    )


def _milestones(units: Sequence[Assessment]) -> tuple[Milestone, ...]:
    first: dict[str, datetime] = {}
    for milestone in (m for unit in units for m in unit.milestones):
        first[milestone.id] = min(milestone.first_seen, first.get(milestone.id, milestone.first_seen))
    return tuple(Milestone(name, at) for name, at in sorted(first.items(), key=lambda pair: (pair[1], pair[0])))
