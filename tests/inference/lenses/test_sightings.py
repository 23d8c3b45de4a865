"""Sightings: facts beside the indicators, of one vCenter and pooled."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from collector.facts import Datastore, Extension
from inference.lenses.sightings import Sightings, pool, sight
from inference.results import Declaration

if TYPE_CHECKING:
    from tests.inference.conftest import EstateBuilder


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
    assert sentence == "prod: hosts of 2 models share the cluster c1 (ACME R1, ACME R9)"


def test_pressure_and_growth_look_like_a_shortage(build: EstateBuilder) -> None:
    """Busy processors, full storage and more hosts than at the last declaration, one sentence each."""
    build.cluster(hosts=4, total_cpu_mhz=1000, cpu_demand_mhz=850).machines(4)
    build.more["datastores"] = (Datastore(id="ds", multiple_host_access=True, capacity=100, free=5),)
    before = Declaration(hosts=3, hosts_since=datetime(2024, 1, 1, tzinfo=UTC))
    sentences = sight(build.estate(), before).triggers["capacity_constraints"]
    assert [sentence.removeprefix("prod: ") for sentence in sentences] == [
        "85% of the processors of the cluster c1 are in demand",
        "95% of the shared storage is in use",
        "it grew from 3 to 4 hosts since 2024-01-01",
    ]


def test_local_storage_that_is_full_is_no_shortage(build: EstateBuilder) -> None:
    """Only what several hosts reach is counted."""
    build.cluster().more["datastores"] = (Datastore(id="ds", multiple_host_access=False, capacity=100, free=1),)
    assert "capacity_constraints" not in sight(build.estate()).triggers


def test_restarts_look_like_outages(build: EstateBuilder) -> None:
    """The sentence has their number and the last day."""
    build.cluster().machines(2).event("VmRestartedOnAlternateHostEvent", vm="vm-1", host="c1-h1")
    said = "prod: restarts by HA seen in the last 365 days: 1, the last on 2024-05-31"
    assert sight(build.estate()).triggers["outages"] == (said,)


def test_machines_are_counted_once_by_how_they_were_made(build: EstateBuilder) -> None:
    """A deployment that was also a creation counts as a deployment."""
    build.cluster().machines(3)
    build.event("VmCreatedEvent", vm="vm-1").event("VmDeployedEvent", vm="vm-1").event("VmCreatedEvent", vm="vm-2")
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


def test_an_empty_list_of_products_is_kept() -> None:
    """None registered is an observation that a vCenter without answer does not take away."""
    assert pool([Sightings(products=frozenset()), Sightings()]).products == frozenset()
