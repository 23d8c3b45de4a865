"""From a file of declared inputs to what is published: lenses of vCenters and of the fleet."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from exporters.document import document
from inference.declared import Declared, Prices, Servers, Sponsorship
from inference.judging.model import load
from vjourney.demo import recordings
from vjourney.operator_inputs import OperatorInputs
from vjourney.service import Service
from vjourney.sources import Replay
from vjourney.store import Store

DAY = date(2024, 3, 1)
DECLARED = Declared(
    sponsorship=Sponsorship(level="it_manager", declared_on=DAY),
    servers=Servers(physical=30, per_workload=1.0, declared_on=DAY),
    prices=Prices(currency="EUR", kwh=0.25, server_watts=200.0, host_watts=500.0, declared_on=DAY),
)


def published(folder: Path, declared: Declared | None, *names: str, labs: tuple[str, ...] = ()) -> dict[str, dict[str, Any]]:
    """The lenses of each scope after one poll of these recordings."""
    return {name: each["lenses"] for name, each in assessed(folder, declared, *names, labs=labs).items()}


def assessed(folder: Path, declared: Declared | None, *names: str, labs: tuple[str, ...] = ()) -> dict[str, dict[str, Any]]:
    """What is published of each scope after one poll of these recordings; the store keeps the same lenses."""
    store = Store.open(f"sqlite:///{folder / 'vjourney.db'}")
    sources = {name: Replay(name, recordings()[name]) for name in names}
    started = datetime(2026, 3, 1, tzinfo=UTC)
    inputs = OperatorInputs(declared=declared or Declared(), labs=labs)
    service = Service(sources, store, load("journey-1"), clock=lambda: started, prepare=lambda _: None, inputs=inputs)
    for name in names:
        service.poll(name)
    publication = service.publication
    assert publication is not None
    found = {each["scope"]["name"]: each for each in document(publication)["assessments"]}
    for each in found.values():
        kept = store.documents(each["scope"]["id"], datetime(2000, 1, 1, tzinfo=UTC))[-1].document
        assert kept["lenses"] == each["lenses"]
    store.close()
    return found


def amounts(lenses: dict[str, Any], part: str) -> dict[str, float | None]:
    """The amounts of one part of the ledger."""
    return {line["id"]: line["amount"] for line in lenses["value_ledger"][part]}


def test_without_declarations_nothing_is_made_up(tmp_path: Path) -> None:
    """The lenses are there, clusters have none, and no money is shown."""
    lenses = published(tmp_path, None, "it-production")
    assert lenses["fleet"]["value_ledger"]["total"] is None
    assert lenses["it-production"]["key_elements"]["elements"][1]["level"] is None
    assert [name for name, found in lenses.items() if found] == ["fleet", "it-production"]
    assert len(lenses) > 2


def test_declarations_hold_for_the_only_vcenter_and_the_fleet(tmp_path: Path) -> None:
    """One vCenter is the whole organisation, so its ledger is the fleet's."""
    lenses = published(tmp_path, DECLARED, "it-production")
    alone, fleet = lenses["it-production"], lenses["fleet"]
    assert alone["value_ledger"] == fleet["value_ledger"]
    virtualized = amounts(fleet, "things")["virtualized"]
    assert virtualized is not None
    assert 0 < virtualized < 1
    assert fleet["value_ledger"]["total"] == amounts(fleet, "money")["energy_cost"]
    assert fleet["key_elements"]["elements"][1] == {
        "id": "sponsorship",
        "level": "it_manager",
        "stage": 1,
        "statement": {"text": "The sponsor is an IT manager.", "source": "declared", "declared_on": "2024-03-01"},
    }


def test_a_laboratory_beside_it_makes_a_vcenter_no_part(tmp_path: Path) -> None:
    """The fleet is the other one alone, and has the counts of the organisation in common with it."""
    lenses = published(tmp_path, DECLARED, "it-production", "experimentation", labs=("experimentation",))
    assert lenses["it-production"]["value_ledger"] == lenses["fleet"]["value_ledger"]
    assert amounts(lenses["fleet"], "things")["virtualized"] is not None
    assert amounts(lenses["experimentation"], "things")["virtualized"] is None


def test_counts_of_the_organisation_are_not_given_to_one_of_two(tmp_path: Path) -> None:
    """The fleet has a ledger; its vCenters have none before their own counts are declared. Sponsorship holds for all."""
    lenses = published(tmp_path, DECLARED, "it-production", "business-production")
    assert amounts(lenses["fleet"], "things")["virtualized"] is not None
    assert amounts(lenses["it-production"], "things")["virtualized"] is None
    assert lenses["business-production"]["key_elements"]["elements"][1]["level"] == "it_manager"


def test_counts_of_the_organisation_are_those_of_the_fleet(tmp_path: Path) -> None:
    """What no single vCenter was told weighs in the fleet, and reads the same there as in its ledger."""
    fleet = assessed(tmp_path, DECLARED, "it-production", "experimentation")["fleet"]
    seen = next(each for each in fleet["observations"] if each["indicator"] == "pct_virtualized")
    assert (seen["numerator"], seen["denominator"]) == (
        fleet["consolidation"]["workload_vms"],
        fleet["consolidation"]["workload_vms"] + 30,
    )
    assert seen["contribution"] is not None
    assert amounts(fleet["lenses"], "things")["virtualized"] == seen["value"]


def test_the_fleet_pools_what_its_vcenters_saw(tmp_path: Path) -> None:
    """Maintenance of both vCenters counts in the fleet's service lines."""
    lenses = published(tmp_path, None, "it-production", "business-production")
    each = [amounts(lenses[name], "service")["maintenance"] or 0 for name in ("it-production", "business-production")]
    assert amounts(lenses["fleet"], "service")["maintenance"] == sum(each) > 0
