"""The map from triggers over products and capabilities to business value, and what of it is lit in one estate.

Sources: "IT Production Phase Drill Down", "Virtualization Journey Stages", "Business Production key elements". The map itself
is ``data/value_map.yaml``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib import resources
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field

from inference.lenses.basis import Basis, Source, Statement, joined, lowered
from inference.products import table
from inference.results import FeatureUse
from inference.stages import confidence_level
from inference.wording import whole_percent

CapabilityState = Literal["exercised", "configured", "not_seen", "not_known", "not_applicable"]
Category = Annotated[int, Field(ge=1, le=3)]
SELECTIVE = 2.0
"""Team confidence from which growing skill is itself a trigger."""


class Data(BaseModel):
    """Immutable data of the map; unknown keys are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    id: str
    title: str


class ValueData(Data):
    """A kind of business value and the stage at which it leads."""

    stage: Annotated[int, Field(ge=0, le=3)]


class CapabilityData(Data):
    """What an organisation can do, the items that show it, and the values it serves."""

    exercised: dict[str, Category] = {}
    exercised_feature: str | None = None
    configured: dict[str, Category] = {}
    serves: tuple[str, ...]


class ProductData(Data):
    """A product or feature, how it is recognised, and the capabilities it gives."""

    always: bool = False
    feature: str | None = None
    registered: tuple[str, ...] = ()
    gives: tuple[str, ...]


class TriggerData(Data):
    """A business trigger and the products it leads to."""

    leads_to: tuple[str, ...]


class MapData(BaseModel):
    """The whole map."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    version: int
    values: tuple[ValueData, ...]
    capabilities: tuple[CapabilityData, ...]
    products: tuple[ProductData, ...]
    triggers: tuple[TriggerData, ...]


@lru_cache(maxsize=1)
def data() -> MapData:
    """The map that is shipped."""
    text = resources.files("inference.lenses").joinpath("data/value_map.yaml").read_text(encoding="utf-8")
    return MapData.model_validate(yaml.safe_load(text))


@dataclass(frozen=True, slots=True)
class TriggerReading:
    """A trigger: detected or declared (``active`` true), looked for and not seen (false), or not known (``None``)."""

    id: str
    title: str
    active: bool | None
    since: date | None
    statement: Statement
    leads_to: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ProductReading:
    """A product: present, absent or not known."""

    id: str
    title: str
    present: bool | None
    statement: Statement
    gives: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CapabilityReading:
    """A capability: exercised, only configured, not seen, not known, or not applicable here (not licensed, not needed)."""

    id: str
    title: str
    state: CapabilityState
    evidence: tuple[str, ...]
    serves: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ValueReading:
    """A business value and the exercised capabilities that serve it."""

    id: str
    title: str
    stage: int
    lit: bool
    served_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ValueMap:
    """The map of one estate. ``paths`` are the chains of ids, trigger to value, in which every link is lit."""

    summary: str
    triggers: tuple[TriggerReading, ...]
    products: tuple[ProductReading, ...]
    capabilities: tuple[CapabilityReading, ...]
    values: tuple[ValueReading, ...]
    paths: tuple[tuple[str, str, str, str], ...]


def value_map(basis: Basis) -> ValueMap:
    """What of the map is lit by telemetry and declarations."""
    shipped = data()
    triggers = tuple(_trigger(entry, basis) for entry in shipped.triggers)
    products = tuple(_product(entry, basis) for entry in shipped.products)
    capabilities = tuple(_capability(entry, basis) for entry in shipped.capabilities)
    exercised = {c.id: c for c in capabilities if c.state == "exercised"}
    values = tuple(
        ValueReading(
            entry.id,
            entry.title,
            entry.stage,
            lit=any(entry.id in c.serves for c in exercised.values()),
            served_by=tuple(c.id for c in exercised.values() if entry.id in c.serves),
        )
        for entry in shipped.values
    )
    present = {product.id: product for product in products if product.present}
    paths = tuple(
        (trigger.id, product, capability, value)
        for trigger in triggers
        if trigger.active
        for product in trigger.leads_to
        if product in present
        for capability in present[product].gives
        if capability in exercised
        for value in exercised[capability].serves
    )
    return ValueMap(_summary(capabilities, values), triggers, products, capabilities, values, paths)


def _summary(capabilities: tuple[CapabilityReading, ...], values: tuple[ValueReading, ...]) -> str:
    lit = [lowered(value.title) for value in values if value.lit]
    idle = [lowered(capability.title) for capability in capabilities if capability.state == "configured"]
    said = f"Capabilities in use serve {joined(lit)}." if lit else "No capability that serves a business value was seen in use."
    return f"{said} Set up, with little or no use seen: {joined(idle)}." if idle else said


def _trigger(entry: TriggerData, basis: Basis) -> TriggerReading:
    said = next((trigger for trigger in basis.declared.triggers if trigger.id == entry.id), None)
    seen = list(basis.sightings.triggers.get(entry.id, ()))
    team = basis.assessment.team_confidence
    if entry.id == "growing_confidence" and team is not None and team.position >= SELECTIVE:
        seen.append(f"team confidence is {confidence_level(team.position).replace('_', ' ')}")
    looked = entry.id in basis.sightings.looked_for or (entry.id == "growing_confidence" and team is not None)
    clauses = [f"Consistent with this trigger: {'; '.join(seen)}."] if seen else []
    if said:
        clauses.append(f"Declared{f', since {said.since}' if said.since else ''}.")
    source: Source = "both" if said and seen else "declared" if said else "telemetry" if seen or looked else "none"
    text = " ".join(clauses) or ("No sign of it was seen." if looked else f"Not known: declare triggers.{entry.id}.")
    active = True if said or seen else False if looked else None
    declared_on, since = (said.declared_on, said.since) if said else (None, None)
    return TriggerReading(entry.id, entry.title, active, since, Statement(text, source, declared_on), entry.leads_to)


def _product(entry: ProductData, basis: Basis) -> ProductReading:
    present, text = _seen(entry, basis)
    said = basis.declared.products.get(entry.id)
    source: Source = "none" if present is None else "telemetry"
    if said:
        source = "both" if present else "declared"
        text = f"{text} Declared as in use." if present else "Declared as in use; not visible in vCenter."
        present = True
    return ProductReading(entry.id, entry.title, present, Statement(text, source, said), entry.gives)


def _seen(entry: ProductData, basis: Basis) -> tuple[bool | None, str]:
    if entry.always:
        return True, "vCenter was read."
    if entry.feature:
        use = basis.assessment.features.get(entry.feature)
        if use is None or (use.configured is None and not use.exercised):
            return None, "Not known: its configuration could not be read."
        return (True, _set_up(use)) if use.configured or use.exercised else (False, "Not set up.")
    if basis.sightings.products is None:
        return None, "Not known: the products registered with vCenter could not be read."
    found = [name for name in entry.registered if name in basis.sightings.products]
    titles = [product.title for product in table() if product.id in found]
    return (True, f"Registered with vCenter: {joined(titles)}.") if found else (False, "Not registered with vCenter.")


def _set_up(use: FeatureUse) -> str:
    """How far a feature is set up; one that was used may not be any more, or its settings could not be read."""
    if use.configured:
        return f"Configured for {whole_percent(use.configured)} of the scope."
    now = "its configuration could not be read" if use.configured is None else "it is no longer set up"
    return f"{use.exercised or 0:,.0f} {use.exercised_unit}; {now}."


def _capability(entry: CapabilityData, basis: Basis) -> CapabilityReading:
    asked = dict.fromkeys((*entry.exercised, *entry.configured))
    state: CapabilityState = "not_known"
    exercised, configured = _reached(entry.exercised, basis), _reached(entry.configured, basis)
    if entry.exercised_feature:
        use = basis.assessment.features.get(entry.exercised_feature)
        exercised = None if use is None or use.exercised is None else use.exercised > 0
    if exercised:
        state = "exercised"
    elif configured:
        state = "configured"
    elif exercised is False or (configured is False and not _may_be_used(entry, basis)):
        state = "not_seen"
    elif reason := basis.not_applicable(asked):
        return CapabilityReading(entry.id, entry.title, "not_applicable", (f"Does not apply: {reason}.",), entry.serves)
    shown = basis.evidence(asked)
    if state == "not_known" and not shown:
        shown = (f"Not known: {basis.why_unknown(asked)}.",)
    return CapabilityReading(entry.id, entry.title, state, shown, entry.serves)


def _may_be_used(entry: CapabilityData, basis: Basis) -> bool:
    """Whether a capability that is not set up may be in use all the same, since its use could not be read."""
    return entry.exercised_feature is not None or any(basis.is_unknown(item) for item in entry.exercised)


def _reached(items: dict[str, int], basis: Basis) -> bool | None:
    """Whether one of the items is at its category; ``None`` where none of them is observed."""
    found = [category >= items[item] for item in items if (category := basis.category(item)) is not None]
    return any(found) if found else None
