"""Flags: readings that deserve a second look before anybody acts on them."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil, sqrt

import numpy as np

from inference.judging.model import CATEGORIES, Model
from inference.judging.positions import as_read
from inference.judging.posterior import normalised, summary
from inference.judging.reading import Answers
from inference.judging.scenarios import Scenarios, coverage
from inference.results import Checks, Flag, Posterior
from inference.stages import STAGE_TITLES

BOUGHT = "bought_not_exercised"
"""The flag of configuration that runs ahead of exercise."""


def flags(
    model: Model, answers: Answers, scenarios: Scenarios, *, seen: float, certainty: float, reference: int
) -> tuple[Flag, ...]:
    """What to investigate, given coverage, certainty and the stage of ``reference`` (declared, else inferred)."""
    if seen < model.specification.evidence.floor.value:
        return (_too_little(model, answers, seen),)
    found = (
        _between(model, scenarios.actual.summary, seen, certainty),
        _depends_on_unknown(scenarios, reference),
        _depends_on_prior(model, scenarios),
        _gap(model, scenarios),
        _held_back(model, answers, scenarios),
        _disagreement(model, scenarios),
        _odd_pattern(model, answers, scenarios),
    )
    return tuple(flag for flag in found if flag is not None)


def checks(model: Model, answers: Answers, scenarios: Scenarios) -> Checks:
    """The figures that flags are raised by, whether or not one is."""
    stages, errors = gap(scenarios)
    return Checks(
        gap=stages,
        gap_errors=errors,
        disagreement=disagreement(model, scenarios),
        outfit=outfit(model, answers, scenarios),
        absent=scenarios.absent.summary,
        complete=scenarios.complete.summary,
    )


def gap(scenarios: Scenarios) -> tuple[float, float]:
    """How far configuration is ahead of exercise: in stages, and in standard errors."""
    configured, exercised = scenarios.configured.summary, scenarios.exercised.summary
    difference = configured.position - exercised.position
    return difference, difference / sqrt(configured.variance + exercised.variance)


def disagreement(model: Model, scenarios: Scenarios) -> float:
    """Mean squared distance of the families from the whole, in units of what chance and their offsets explain."""
    whole, spread = float(scenarios.actual.probabilities @ model.grid), model.specification.family_spread.value
    terms = [(family.position - whole) ** 2 / (family.variance + spread**2) for family in scenarios.families.values()]
    return sum(terms) / len(terms) if terms else 0.0


def outfit(model: Model, answers: Answers, scenarios: Scenarios) -> float:
    """Mean square of the standardised residuals of the observed items at the estimated position; about 1 is expected."""
    counted = answers.reading.present & ~model.positive_only
    if not counted.any():
        return 0.0
    point = model.nearest_point(float(scenarios.actual.probabilities @ model.grid))
    curves = model.curves[:, :, point][counted]
    ranks = np.arange(CATEGORIES)
    expected = curves @ ranks
    variance = curves @ ranks**2 - expected**2
    scores = answers.reading.weights[counted] @ ranks
    return float(((scores - expected) ** 2 / variance).mean())


def _too_little(model: Model, answers: Answers, seen: float) -> Flag:
    blind = ", ".join(_blind_families(model, answers)) or "no family in particular"
    needed = model.specification.evidence.floor.value
    told = min(round(100 * seen), ceil(100 * needed) - 1)  # rounded as elsewhere, but never up to what is needed
    return Flag(
        "not_enough_evidence",
        f"Only {told}% of the evidence that tells the stages apart could be seen; at least {needed:.0%} is needed. "
        f"Mostly unseen: {blind}. Each observation gives its reason.",
    )


def _blind_families(model: Model, answers: Answers) -> Iterator[str]:
    """Families of which less than half could be seen."""
    for family, items in zip(model.specification.families, model.member, strict=True):
        applicable = items & answers.applies
        if applicable.any() and answers.seen[applicable].mean() < 0.5:  # noqa: PLR2004 - less than half, as the docstring says
            yield family.title


def _between(model: Model, whole: Posterior, seen: float, certainty: float) -> Flag | None:
    rules = model.specification.flags
    if seen < rules.between_coverage.value or certainty >= rules.between_certainty.value:
        return None
    first, second = sorted(np.argsort(whole.probabilities)[-2:])
    return Flag(
        "between_stages",
        f"The evidence falls between {STAGE_TITLES[first]} ({whole.probabilities[first]:.0%}) and "
        f"{STAGE_TITLES[second]} ({whole.probabilities[second]:.0%}). Enough was seen, so more access will not settle it.",
    )


def _depends_on_unknown(scenarios: Scenarios, reference: int) -> Flag | None:
    low, high = (int(np.argmax(each.summary.probabilities)) for each in (scenarios.absent, scenarios.complete))
    if low == high or not low <= reference <= high:
        return None
    return Flag(
        "depends_on_unknown",
        f"What could not be seen may change the stage: {STAGE_TITLES[low]} if none of it is in use, {STAGE_TITLES[high]} if "
        "all of it is in full use.",
    )


def _depends_on_prior(model: Model, scenarios: Scenarios) -> Flag | None:
    with_flat_prior = summary(model, normalised(np.log(scenarios.actual.probabilities) - model.prior))
    ours, theirs = (int(np.argmax(each.probabilities)) for each in (scenarios.actual.summary, with_flat_prior))
    if ours == theirs:
        return None
    return Flag(
        "depends_on_prior",
        f"The stage depends on how common each stage is taken to be: {STAGE_TITLES[ours]} as the model assumes, "
        f"{STAGE_TITLES[theirs]} if all stages are equally common.",
    )


def _held_back(model: Model, answers: Answers, scenarios: Scenarios) -> Flag | None:
    """A confident team without business workloads: what the articles ask about, and telemetry cannot answer."""
    rules = model.specification.evidence
    team, business = float(scenarios.team.probabilities @ model.grid), scenarios.families.get("workloads")
    if business is None or coverage(model, answers, scenarios.team.probabilities, model.team) < rules.team_floor.value:
        return None
    if team < model.specification.flags.held_back.value or business.position >= model.specification.flags.held_back.value:
        return None
    return Flag(
        "skill_without_business",
        f"Team confidence is at {as_read(team)} of 4, business workloads alone at {as_read(business.position)}: consistent"
        " with push-back from application owners or missing sponsorship, which telemetry cannot see.",
    )


def _gap(model: Model, scenarios: Scenarios) -> Flag | None:
    stages, errors = gap(scenarios)
    if errors > model.specification.flags.gap.value:
        return Flag(
            BOUGHT,
            f"Configuration is {stages:.1f} stages ahead of what is exercised: bought or enabled, but not used. "
            "No higher stage is declared while this lasts.",
        )
    if errors < -model.specification.flags.gap.value:
        return Flag(
            "skill_ahead_of_platform",
            f"Actual use is {-stages:.1f} stages ahead of what is configured: check for push-back or a missing licence.",
        )
    return None


def _disagreement(model: Model, scenarios: Scenarios) -> Flag | None:
    if disagreement(model, scenarios) <= model.specification.flags.facets.value:
        return None
    titles = {family.id: family.title for family in model.specification.families}
    families = scenarios.families
    ordered = sorted(families, key=lambda family: families[family].position)
    low, high = ordered[0], ordered[-1]
    return Flag(
        "families_disagree",
        f"{titles[high]} alone is at {families[high].position:.1f} of 4 and {titles[low]} alone at "
        f"{families[low].position:.1f}: further apart than one journey explains. Check both before trusting the stage.",
    )


def _odd_pattern(model: Model, answers: Answers, scenarios: Scenarios) -> Flag | None:
    rules = model.specification.flags
    counted = int((answers.reading.present & ~model.positive_only).sum())
    size = outfit(model, answers, scenarios)
    if counted < rules.outfit_items.value or size <= rules.outfit.value:
        return None
    return Flag(
        "unusual_pattern",
        f"The observations contradict each other more than is usual for one estate (mean square {size:.1f}, normally about 1): "
        "check for merged estates, a script or a wrong reading.",
    )
