"""The value map: sound data, and what of it is lit."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from inference.declared import Trigger
from inference.judging.model import load
from inference.lenses.value_map import data, value_map
from inference.products import table
from inference.results import FEATURES

if TYPE_CHECKING:
    from tests.inference.lenses.conftest import BasisBuilder


def test_every_link_of_the_map_leads_somewhere() -> None:
    """Triggers lead to products, products to capabilities, capabilities to values that exist; all ids differ."""
    shipped = data()
    products, capabilities, values = (
        {entry.id for entry in part} for part in (shipped.products, shipped.capabilities, shipped.values)
    )
    assert all(set(trigger.leads_to) <= products for trigger in shipped.triggers)
    assert all(set(product.gives) <= capabilities for product in shipped.products)
    assert all(set(capability.serves) <= values for capability in shipped.capabilities)
    for part in (shipped.triggers, shipped.products, shipped.capabilities, shipped.values):
        assert len({entry.id for entry in part}) == len(part)


def test_every_capability_and_value_can_be_reached() -> None:
    """Nothing in the map is out of reach."""
    shipped = data()
    assert {c for product in shipped.products for c in product.gives} == {entry.id for entry in shipped.capabilities}
    assert {v for capability in shipped.capabilities for v in capability.serves} == {entry.id for entry in shipped.values}


def test_products_are_recognised_by_what_exists() -> None:
    """Registered ids are in the product table, features are those of the contract."""
    known = {product.id for product in table()}
    assert all(set(product.registered) <= known for product in data().products)
    assert {product.feature for product in data().products if product.feature} <= set(FEATURES)


def test_products_of_a_kind_are_all_on_the_map() -> None:
    """What counts as recovery or as self service elsewhere does so here; what ships with every vCenter says nothing."""
    kinds = {
        "recovery": {"recovery", "replication", "foreign_recovery"},
        "self_service": {"self_service"},
    }
    on_map = {product.id: set(product.registered) for product in data().products}
    for name, kind in kinds.items():
        known = {product.id for product in table() if product.kind in kind and not product.bundled}
        assert known - on_map["lab_management"] == on_map[name]


def test_triggers_are_documented() -> None:
    """Every trigger and product that may be declared stands in the documentation."""
    text = (Path(__file__).parents[3] / "docs/declared.md").read_text()
    assert all(f"`{trigger.id}`" in text for trigger in data().triggers)
    assert all(f"`{product.id}`" in text for product in data().products if not product.always)


def test_nothing_known_lights_nothing(scope: BasisBuilder) -> None:
    """Only the platform that was read is present; unknown is neither absent nor unused."""
    lens = value_map(scope.basis())
    assert [product.id for product in lens.products if product.present] == ["platform"]
    assert all(trigger.active is None for trigger in lens.triggers)
    assert {capability.state for capability in lens.capabilities} == {"not_known"}
    assert not any(value.lit for value in lens.values)
    assert lens.paths == ()


def test_what_was_looked_for_and_not_there_is_absent(scope: BasisBuilder) -> None:
    """Extensions were read and hold no recovery product; HA is off; hosts are of one model."""
    scope.sighted(products=frozenset({"nsx"}), looked_for=frozenset({"hardware_refresh"})).feature("ha", 0.0, 0.0)
    lens = value_map(scope.categories(dr_tests=0).basis())
    products = {product.id: product.present for product in lens.products}
    assert (products["recovery"], products["ha"], products["drs"]) == (False, False, None)
    assert next(trigger.active for trigger in lens.triggers if trigger.id == "hardware_refresh") is False
    assert next(c.state for c in lens.capabilities if c.id == "tested_recovery") == "not_seen"


def test_set_up_is_not_in_use(scope: BasisBuilder) -> None:
    """A configured capability serves no value yet, and is named as idle."""
    lens = value_map(scope.categories(drs_auto=3, drs_initiated=0).feature("drs", 1.0, 0.0).basis())
    assert next(c.state for c in lens.capabilities if c.id == "automatic_placement") == "configured"
    assert "little or no use seen: automatic load balancing" in lens.summary
    assert not any(value.lit for value in lens.values)


def test_what_is_switched_on_lights_nothing() -> None:
    """An item that shows a capability in use is one of exercise; how many machines run on a host is no switch either."""
    model = load("journey-1")
    shown = {item for capability in data().capabilities for item in capability.exercised}
    assert {item for item in shown if model.by_id[item].kind != "exercised"} == {"vm_per_host"}


def test_one_item_is_one_piece_of_evidence(scope: BasisBuilder) -> None:
    """Self service is asked whether it is used and whether it is there; its sentence stands once."""
    lens = value_map(scope.categories(self_service=1).basis())
    on_demand = next(c for c in lens.capabilities if c.id == "resources_on_demand")
    assert (on_demand.state, on_demand.evidence) == ("configured", ("self_service was observed.",))


def test_a_whole_path_is_lit_by_telemetry(scope: BasisBuilder) -> None:
    """Outages, HA, a restart and continuity form a chain."""
    seen = {"outages": ("prod: restarts by HA",)}
    scope.feature("ha", 1.0, 3.0).sighted(triggers=seen, looked_for=frozenset(seen))
    lens = value_map(scope.basis())
    assert ("outages", "ha", "automatic_restart", "business_continuity") in lens.paths
    trigger = next(trigger for trigger in lens.triggers if trigger.id == "outages")
    assert trigger.statement.text == "Consistent with this trigger: prod: restarts by HA."
    assert trigger.statement.source == "telemetry"


def test_declared_triggers_and_products_are_shown_as_declared(scope: BasisBuilder, day: date) -> None:
    """What vCenter does not show is present because somebody said so."""
    merger = Trigger(id="merger", since=day, declared_on=day)
    lens = value_map(scope.declared(triggers=(merger,), products={"desktops": day}).basis())
    trigger = next(trigger for trigger in lens.triggers if trigger.id == "merger")
    assert (trigger.active, trigger.since, trigger.statement.source) == (True, day, "declared")
    product = next(product for product in lens.products if product.id == "desktops")
    assert (product.present, product.statement.source, product.statement.declared_on) == (True, "declared", day)


def test_a_trigger_that_is_seen_and_declared_has_both_sources(scope: BasisBuilder, day: date) -> None:
    """Neither hides the other."""
    scope.sighted(triggers={"outages": ("prod: restarts",)}).declared(triggers=(Trigger(id="outages", declared_on=day),))
    trigger = next(trigger for trigger in value_map(scope.basis()).triggers if trigger.id == "outages")
    assert trigger.statement.source == "both"


def test_growing_confidence_is_a_trigger_of_its_own(scope: BasisBuilder) -> None:
    """A selective team is one, a reactive one is not."""
    states = []
    for position in (1.5, 2.5):
        lens = value_map(scope.team(position).basis())
        states.append(next(trigger.active for trigger in lens.triggers if trigger.id == "growing_confidence"))
    assert states == [False, True]


def test_a_capability_that_does_not_apply_says_why(scope: BasisBuilder) -> None:
    """Not licensed, not adopted and unknown are three things."""
    lens = value_map(scope.does_not_apply("ft", "few estates need it").basis())
    capability = next(c for c in lens.capabilities if c.id == "continuous_availability")
    assert (capability.state, capability.evidence) == ("not_applicable", ("Does not apply: few estates need it.",))


def test_what_a_path_leads_over_is_lit(scope: BasisBuilder, day: date) -> None:
    """A capability in use, a product that is there and a trigger that is active: without one of them there is no path."""
    scope.categories(dr_tests=2, vmotion_breadth=0, maint_evac=3).feature("vmotion", 1.0, 0.0)
    outages = Trigger(id="outages", declared_on=day)
    for products, triggers, expected in (
        (frozenset({"srm", "zerto"}), (outages,), {("outages", "recovery", "tested_recovery", "business_continuity")}),
        (frozenset[str](), (outages,), set[tuple[str, ...]]()),
        (frozenset({"srm", "zerto"}), (), set[tuple[str, ...]]()),
    ):
        lens = value_map(scope.sighted(products=products).declared(triggers=triggers).basis())
        assert set(lens.paths) == expected
    assert lens.summary == ("Capabilities in use serve IT operations efficiency, business continuity and quality of service.")
    serving = {value.id: value.served_by for value in lens.values if value.lit}
    assert serving == {
        "operations_efficiency": ("maintenance_without_downtime",),
        "business_continuity": ("tested_recovery",),
        "quality_of_service": ("maintenance_without_downtime",),
    }


def test_a_map_without_use_says_so(scope: BasisBuilder) -> None:
    """With what is set up, where anything is."""
    nothing = "No capability that serves a business value was seen in use."
    assert value_map(scope.basis()).summary == nothing
    idle = value_map(scope.categories(drs_auto=3, ha_admission=3).basis()).summary
    ready = "spare capacity for growth and failover and automatic load balancing"
    assert idle == f"{nothing} Set up, with little or no use seen: {ready}."


@pytest.mark.parametrize(
    ("configured", "exercised", "present", "text", "source"),
    [
        (None, None, None, "Not known: its configuration could not be read.", "none"),
        (None, 0.0, None, "Not known: its configuration could not be read.", "none"),
        (None, 3.0, True, "3 times; its configuration could not be read.", "telemetry"),
        (0.0, 3.0, True, "3 times; it is no longer set up.", "telemetry"),
        (0.002, 0.0, True, "Configured for <1% of the scope.", "telemetry"),
        (0.0, 0.0, False, "Not set up.", "telemetry"),
        (0.5, 0.0, True, "Configured for 50% of the scope.", "telemetry"),
    ],
)
def test_a_feature_is_there_where_it_is_set_up_or_used(
    scope: BasisBuilder, configured: float | None, exercised: float | None, present: bool | None, text: str, source: str
) -> None:
    """Use proves it, though its configuration is hidden."""
    lens = value_map(scope.feature("drs", configured, exercised).basis())
    product = next(product for product in lens.products if product.id == "drs")
    assert (product.present, product.statement.text, product.statement.source) == (present, text, source)


@pytest.mark.parametrize(
    ("products", "text", "source"),
    [
        (frozenset({"srm", "zerto"}), "Registered with vCenter: Site Recovery Manager and Zerto. Declared as in use.", "both"),
        (frozenset[str](), "Declared as in use; not visible in vCenter.", "declared"),
        (None, "Declared as in use; not visible in vCenter.", "declared"),
    ],
)
def test_a_declared_product_says_what_vcenter_shows(
    scope: BasisBuilder, day: date, products: frozenset[str] | None, text: str, source: str
) -> None:
    """Somebody said so, and vCenter may show it or not."""
    lens = value_map(scope.sighted(products=products).declared(products={"recovery": day}).basis())
    product = next(product for product in lens.products if product.id == "recovery")
    assert (product.present, product.statement.text, product.statement.source) == (True, text, source)


def test_triggers_say_what_was_looked_for_and_what_was_declared(scope: BasisBuilder, day: date) -> None:
    """Each for itself: skill is the trigger of no other."""
    declared = (Trigger(id="merger", since=day, declared_on=day), Trigger(id="outages", declared_on=day))
    scope.team(2.0).sighted(looked_for=frozenset({"hardware_refresh"}), triggers={"outages": ("a", "b")}).declared(
        triggers=declared
    )
    told = {trigger.id: (trigger.active, trigger.statement.text) for trigger in value_map(scope.basis()).triggers}
    assert told["growing_confidence"] == (True, "Consistent with this trigger: team confidence is selective.")
    assert told["hardware_refresh"] == (False, "No sign of it was seen.")
    assert told["merger"] == (True, f"Declared, since {day}.")
    assert told["outages"] == (True, "Consistent with this trigger: a; b. Declared.")
    assert told["cost_cutting"] == (None, "Not known: declare triggers.cost_cutting.")


@pytest.mark.parametrize(("times", "state"), [(None, "not_known"), (0.0, "not_seen"), (1.0, "exercised")])
def test_a_capability_of_a_feature_is_shown_by_its_use(scope: BasisBuilder, times: float | None, state: str) -> None:
    """One restart is use, none is not, and unseen is neither."""
    lens = value_map(scope.feature("ha", 1.0, times).basis())
    assert next(c.state for c in lens.capabilities if c.id == "automatic_restart") == state


def test_triggers_say_where_they_are_known_from(scope: BasisBuilder) -> None:
    """Seen or looked for is telemetry; a team at the end of the scale is very confident."""
    scope.team(4.0).sighted(looked_for=frozenset({"hardware_refresh"}), triggers={"outages": ("a",)})
    told = {trigger.id: trigger.statement for trigger in value_map(scope.basis()).triggers}
    sources = {name: told[name].source for name in ("outages", "hardware_refresh", "merger")}
    assert sources == {"outages": "telemetry", "hardware_refresh": "telemetry", "merger": "none"}
    assert told["growing_confidence"].text == "Consistent with this trigger: team confidence is very high."


@pytest.mark.parametrize(("category", "state"), [(None, "not_known"), (0, "not_seen"), (1, "not_seen"), (2, "configured")])
def test_what_is_only_ever_set_up_and_is_not_was_not_seen(scope: BasisBuilder, category: int | None, state: str) -> None:
    """Admission control that was read and is off is known."""
    lens = value_map((scope if category is None else scope.categories(ha_admission=category)).basis())
    assert next(c.state for c in lens.capabilities if c.id == "spare_capacity") == state


def test_what_is_not_set_up_and_cannot_be_used_was_not_seen(scope: BasisBuilder) -> None:
    """Without a licence for DRS nothing balances itself; where its use could not be read nobody knows."""
    scope.categories(drs_auto=0).does_not_apply("drs_initiated", "no DRS").not_seen("vmotion_breadth", "no events")
    lens = value_map(scope.categories(vmotion_ready=0).basis())
    states = {capability.id: capability.state for capability in lens.capabilities}
    assert (states["automatic_placement"], states["mobility"]) == ("not_seen", "not_known")


def test_what_is_not_known_says_why(scope: BasisBuilder) -> None:
    """Or that nothing of this model looks for it, as for environments of developers."""
    lens = value_map(scope.not_seen("template_share", "too little was seen: 8, at least 10 needed").basis())
    evidence = {capability.id: capability.evidence for capability in lens.capabilities}
    assert evidence["faster_provisioning"] == ("Not known: too little was seen: 8, at least 10 needed.",)
    assert evidence["development_seats"] == ("Not known: no indicator of this model covers it.",)
