"""Sightings: facts beside the indicators, of one vCenter and pooled."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from collector.facts import Datastore, Extension
from inference.lenses.sightings import Sightings, pool, sight
from inference.results import Declaration

if TYPE_CHECKING:
    from tests.inference.conftest import EstateBuilder

SINCE = datetime(2024, 1, 1, tzinfo=UTC)


def test_nothing_seen_is_none_and_not_zero(build: EstateBuilder) -> None:
    """Without events and extensions nothing is counted, and outages were not looked for."""
    build.seen_days = None
    sightings = sight(build.cluster().machines(4).gap("extensions").estate())
    assert (sightings.products, sightings.maintenance, sightings.provisioned) == (None, None, None)
    assert "outages" not in sightings.looked_for


def test_facts_that_were_not_read_are_not_looked_at(build: EstateBuilder) -> None:
    """Hosts without a model and clusters without their demand say nothing about a refresh or about capacity."""
    assert sight(build.cluster().machines(4).estate()).looked_for == {"outages"}


def test_a_quiet_estate_has_no_triggers(build: EstateBuilder) -> None:
    """Everything was looked at and nothing was found."""
    build.cluster(total_cpu_mhz=1000, cpu_demand_mhz=100).machines(4)
    build.hosts = [replace(host, vendor="ACME", model="R1") for host in build.hosts]
    build.more["datastores"] = (Datastore(id="ds", multiple_host_access=True, capacity=100, free=50),)
    sightings = sight(build.estate())
    assert sightings.looked_for == {"hardware_refresh", "capacity_constraints", "outages"}
    assert sightings.triggers == {}
    assert (sightings.maintenance, sightings.provisioned) == ({}, {})


def test_several_models_in_one_cluster_look_like_a_refresh(build: EstateBuilder) -> None:
    """Models of different clusters do not."""
    build.cluster("c1").cluster("c2")
    build.hosts = [replace(host, vendor="ACME", model="R1" if host.parent == "c1" else "R2") for host in build.hosts]
    assert "hardware_refresh" not in sight(build.estate()).triggers
    build.hosts[0] = replace(build.hosts[0], model="R9")
    (sentence,) = sight(build.estate()).triggers["hardware_refresh"]
    assert sentence == "prod: cluster c1 has hosts of 2 models (ACME R1, ACME R9)"


def test_pressure_and_growth_look_like_a_shortage(build: EstateBuilder) -> None:
    """Busy processors, full storage and more hosts than at the last declaration, one sentence each."""
    build.cluster(hosts=4, total_cpu_mhz=1000, cpu_demand_mhz=850).machines(4)
    build.more["datastores"] = (Datastore(id="ds", multiple_host_access=True, capacity=100, free=5),)
    before = Declaration(hosts=3, hosts_since=datetime(2024, 1, 1, tzinfo=UTC))
    sentences = sight(build.estate(), before).triggers["capacity_constraints"]
    assert [sentence.removeprefix("prod: ") for sentence in sentences] == [
        "CPU demand in cluster c1 is 85% of capacity",
        "shared storage is 95% full",
        "it has grown from 3 to 4 hosts since 2024-01-01",
    ]


@pytest.mark.parametrize(("demand", "free", "sentences"), [(800, 10, 2), (799, 11, 0)])
def test_pressure_begins_at_a_part_of_what_there_is(build: EstateBuilder, demand: int, free: int, sentences: int) -> None:
    """Eight tenths of the processors, nine of the storage."""
    build.cluster(total_cpu_mhz=1000, cpu_demand_mhz=demand).machines(4)
    build.more["datastores"] = (Datastore(id="ds", multiple_host_access=True, capacity=100, free=free),)
    assert len(sight(build.estate()).triggers.get("capacity_constraints", ())) == sentences


@pytest.mark.parametrize(
    ("before", "grown"),
    [
        (Declaration(hosts=20, hosts_since=SINCE), True),
        (Declaration(hosts=21, hosts_since=SINCE), False),
        (Declaration(hosts=22, hosts_since=SINCE), False),
        (Declaration(hosts=20), False),
        (Declaration(hosts_since=SINCE), False),
        (Declaration(hosts=0, hosts_since=SINCE), False),
        (None, False),
    ],
)
def test_growth_is_a_tenth_of_the_hosts(build: EstateBuilder, before: Declaration | None, grown: bool) -> None:
    """Since the number that was kept; without one, and of hosts that could not be read, nothing is said."""
    triggers = sight(build.cluster(hosts=22).machines(4).estate(), before).triggers
    assert ("capacity_constraints" in triggers) is grown
    build.hosts.clear()
    assert "capacity_constraints" not in sight(build.gap("hosts").estate(), before).triggers


@pytest.mark.parametrize(
    ("clusters", "stored", "looked"),
    [
        (({"total_cpu_mhz": 1000, "cpu_demand_mhz": 100},), True, True),
        (({"total_cpu_mhz": 1000, "cpu_demand_mhz": 100},), False, False),
        (({"total_cpu_mhz": 1000, "cpu_demand_mhz": 100}, {"total_cpu_mhz": 1000}), True, False),
        (({"total_cpu_mhz": 1000, "cpu_demand_mhz": 100}, {"cpu_demand_mhz": 100}), True, False),
        (({"total_cpu_mhz": 0, "cpu_demand_mhz": 100},), True, False),
        ((), True, False),
    ],
)
def test_a_shortage_was_looked_for_where_all_was_read(
    build: EstateBuilder, clusters: tuple[dict[str, Any], ...], stored: bool, looked: bool
) -> None:
    """The demand of every cluster and the storage that hosts share."""
    for n, changes in enumerate(clusters):
        build.cluster(f"c{n}", **changes)
    build.more["datastores"] = (Datastore(id="ds", multiple_host_access=True, capacity=100, free=50 if stored else None),)
    assert ("capacity_constraints" in sight(build.estate()).looked_for) is looked


def test_maintenance_of_the_quarter_is_counted(build: EstateBuilder) -> None:
    """By its outcome; older entries are not."""
    build.seen_days = 200.0
    build.cluster().machines(2)
    for days in (110, 100, 80):
        build.event("EnteringMaintenanceModeEvent", host="c1-h1", days_ago=days).drs_move("vm-1", days_ago=days)
        build.event("EnteredMaintenanceModeEvent", host="c1-h1", days_ago=days)
    assert sight(build.estate()).maintenance == {"evacuated": 1}


def test_what_happened_counts_however_little_was_seen(build: EstateBuilder) -> None:
    """That nothing did is not known of half a day."""
    build.seen_days = 0.5
    sightings = sight(build.cluster().machines(2).estate())
    assert (sightings.maintenance, sightings.provisioned) == (None, None)
    build.event("EnteringMaintenanceModeEvent", host="c1-h1", days_ago=0.2).drs_move("vm-1", days_ago=0.2)
    build.event("EnteredMaintenanceModeEvent", host="c1-h1", days_ago=0.1).event("VmCreatedEvent", vm="vm-2", days_ago=0.1)
    sightings = sight(build.estate())
    assert (sightings.maintenance, sightings.provisioned) == ({"evacuated": 1}, {"blank": 1})


def test_local_storage_that_is_full_is_no_shortage(build: EstateBuilder) -> None:
    """Only what several hosts reach is counted."""
    build.cluster().more["datastores"] = (Datastore(id="ds", multiple_host_access=False, capacity=100, free=1),)
    assert "capacity_constraints" not in sight(build.estate()).triggers


def test_restarts_look_like_outages(build: EstateBuilder) -> None:
    """The sentence has their number and the last day."""
    build.cluster().machines(2).event("VmRestartedOnAlternateHostEvent", vm="vm-1", host="c1-h1")
    build.event("VmRestartedOnAlternateHostEvent", vm="vm-1", host="c1-h1", days_ago=9)
    build.event("VmRestartedOnAlternateHostEvent", vm="vm-1", host="c1-h1", days_ago=400)
    said = "prod: 2 VM restarts by HA in the last 365 days, the latest on 2024-05-31"
    assert sight(build.estate()).triggers["outages"] == (said,)


def test_machines_are_counted_once_by_how_they_were_made(build: EstateBuilder) -> None:
    """A deployment that was also a creation counts as a deployment."""
    build.cluster().machines(3)
    build.event("VmCreatedEvent", vm="vm-1").event("VmDeployedEvent", vm="vm-1").event("VmCreatedEvent", vm="vm-2")
    assert sight(build.estate()).provisioned == {"template": 1, "blank": 1}


def test_machines_of_the_content_library_are_not_built_blank(build: EstateBuilder) -> None:
    """The event alone cannot tell them from blank ones; the machine can, as for the share of templates."""
    build.cluster().machine("lib", from_content_library=True).machine("new")
    for name in ("lib", "new"):
        build.event("VmCreatedEvent", vm=name, vm_name=name)
    assert sight(build.estate()).provisioned == {"template": 1, "blank": 1}


def test_machines_brought_from_elsewhere_are_imports(build: EstateBuilder) -> None:
    """A registered machine was not built here."""
    build.cluster().machines(1).event("VmRegisteredEvent", vm="vm-1")
    assert sight(build.estate()).provisioned == {"import": 1}


def test_products_by_their_id(build: EstateBuilder) -> None:
    """Registered products that say something by being there."""
    build.cluster().extensions.append(Extension("com.vmware.vcDr-site2"))
    assert sight(build.estate()).products == frozenset({"srm"})


def test_pooling_adds_and_never_forgets() -> None:
    """Counts add up, sentences are joined, and what nobody saw stays unseen."""
    one = Sightings(frozenset({"srm"}), {"evacuated": 1}, None, {"outages": ("a: x",)}, frozenset({"outages"}))
    other = Sightings(None, {"evacuated": 2, "shutdown": 1}, None, {"outages": ("b: y",)}, frozenset())
    assert pool([one, other]) == Sightings(
        frozenset({"srm"}), {"evacuated": 3, "shutdown": 1}, None, {"outages": ("a: x", "b: y")}, frozenset({"outages"})
    )
    assert pool([]) == Sightings()
    made, none = Sightings(provisioned={"blank": 1}), Sightings(provisioned={"template": 2, "blank": 3})
    assert pool([made, Sightings(), none]).provisioned == {"blank": 4, "template": 2}
    assert pool([Sightings(), made]).provisioned == pool([made, Sightings()]).provisioned == {"blank": 1}


def test_an_empty_list_of_products_is_kept() -> None:
    """None registered is an observation that a vCenter without answer does not take away."""
    assert pool([Sightings(products=frozenset()), Sightings()]).products == frozenset()
