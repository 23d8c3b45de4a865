"""From a snapshot and its history to assessments, for ordinary estates and for odd ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.facts import TOPICS
from inference.assess import assess
from inference.consolidation import consolidation
from inference.estate.estate import Estate
from inference.features import features
from inference.indicators import INDICATORS, observe
from inference.judging.model import Model, load
from inference.milestones import milestones
from inference.results import Consolidation

if TYPE_CHECKING:
    from tests.inference.conftest import EstateBuilder


@pytest.fixture(scope="module")
def model() -> Model:
    """The model that comes with the program."""
    return load("journey-1")


def nothing(build: EstateBuilder) -> EstateBuilder:
    """A vCenter just installed."""
    return build


def empty_cluster(build: EstateBuilder) -> EstateBuilder:
    """A cluster without hosts."""
    return build.cluster(hosts=0)


def idle(build: EstateBuilder) -> EstateBuilder:
    """Hosts without machines."""
    return build.cluster()


def lone_host(build: EstateBuilder) -> EstateBuilder:
    """One host outside any cluster with a few machines."""
    return build.host("h1", parent="domain-s1").machines(3, host="h1")


def all_templates(build: EstateBuilder) -> EstateBuilder:
    """Nothing but templates."""
    return build.cluster().machines(5, template=True, power="poweredOff")


def all_disconnected(build: EstateBuilder) -> EstateBuilder:
    """Hosts out of reach, and their machines with them."""
    build.cluster().machines(5, connection="disconnected")
    build.hosts = [replace(host, connection="disconnected") for host in build.hosts]
    return build


def all_off(build: EstateBuilder) -> EstateBuilder:
    """Everything powered off."""
    return build.cluster().machines(5, power="poweredOff")


def blind(build: EstateBuilder) -> EstateBuilder:
    """An account that may read nothing."""
    for topic in TOPICS:
        build.gap(topic)
    build.seen_days, build.unreadable_events = None, "no privilege"
    return build


def blindfolded(build: EstateBuilder) -> EstateBuilder:
    """Objects without a single readable property."""
    build.cluster().machines(5)
    build.vms = [replace(vm, power=None, host=None, datastores=(), unreadable=frozenset(vm.__slots__)) for vm in build.vms]
    build.hosts = [replace(host, unreadable=frozenset(host.__slots__)) for host in build.hosts]
    return build.cluster_gap(*build.clusters[0].__slots__)


ODD = (nothing, empty_cluster, idle, lone_host, all_templates, all_disconnected, all_off, blind, blindfolded)


@pytest.mark.parametrize("odd", ODD)
def test_odd_estates_are_assessed(build: EstateBuilder, model: Model, odd: Callable[[EstateBuilder], EstateBuilder]) -> None:
    """Nothing fails, every indicator answers once, and whoever did not answer says why."""
    odd(build)
    assessed = assess(build.snapshot(), build.history(), model)
    assert assessed[0].scope.id == "uuid"
    observations = observe(build.estate())
    assert [found.indicator for found in observations] == [indicator.__name__ for indicator in INDICATORS]
    assert all(found.reason for found in observations if found.state != "observed")


def test_a_blind_account_yields_no_number(build: EstateBuilder, model: Model) -> None:
    """Where nothing could be read nothing is observed, no stage is shown, and no count is zero."""
    blind(build)
    (assessment,) = assess(build.snapshot(), build.history(), model)
    observations = observe(build.estate())
    assert {found.indicator for found in observations if found.state != "unknown"} == {"pct_virtualized"}
    assert (assessment.inferred, assessment.consolidation, assessment.milestones) == (None, Consolidation(), ())
    assert all(use.configured is None and use.exercised is None for use in features(build.estate()).values())


def test_objects_without_properties_yield_no_share(build: EstateBuilder) -> None:
    """Hidden properties make no indicator say zero; what does not hang on them may still speak."""
    states = {found.indicator: found.state for found in observe(blindfolded(build).estate())}
    observed = {name for name, state in states.items() if state == "observed"}
    assert observed <= {"cluster_share", "dr_registered", "dr_protected", "dr_tests", "tenants"}


def test_clusters_with_hosts_are_assessed_apart(build: EstateBuilder, model: Model) -> None:
    """The vCenter comes first, then each cluster that has hosts, weighed by its running workloads."""
    build.cluster("c1").cluster("c2").cluster("empty", hosts=0).machines(3).machines(2, host="c2-h1", prefix="b").host("lone")
    build.machines(1, host="lone", prefix="l")
    scopes = {found.scope.id: (found.scope.kind, found.weight) for found in assess(build.snapshot(), build.history(), model)}
    assert scopes == {"uuid": ("vcenter", 6.0), "uuid/c1": ("cluster", 3.0), "uuid/c2": ("cluster", 2.0)}


def test_a_cluster_sees_its_own_alone(build: EstateBuilder) -> None:
    """Moves, maintenance and machines of one cluster are not those of another."""
    build.cluster("c1").cluster("c2").machines(50).machines(50, host="c2-h1", prefix="b").live_move("vm-1")
    build.event("EnteringMaintenanceModeEvent", host="c2-h1").drs_move("b-1", "c2-h1", "c2-h2")
    build.event("EnteredMaintenanceModeEvent", host="c2-h1")
    first, second = ({found.indicator: found for found in observe(part)} for part in build.estate().parts())
    assert (first["vmotion_rate"].numerator, first["vmotion_rate"].denominator, first["maint_evac"].state) == (
        1,
        0.5,
        "unknown",
    )
    assert (second["vmotion_rate"].numerator, second["maint_evac"].value, second["scale"].value) == (1, 1.0, 50)


def test_machines_without_a_host_belong_to_the_cluster_of_their_pool(build: EstateBuilder) -> None:
    """A machine whose host could not be read is found by its resource pool."""
    from collector.facts import ResourcePool  # noqa: PLC0415 - this test alone has pools

    build.more["resource_pools"] = (ResourcePool(id="r1", owner="c1"),)
    build.cluster().machine("a", host=None, resource_pool="r1")
    (part,) = build.estate().parts()
    assert [vm.id for vm in part.workloads.items] == ["a"]


def test_consolidation_counts_workloads_on_connected_hosts(build: EstateBuilder) -> None:
    """Ratios have both their numbers, or are not there."""
    build.cluster().machines(4).machine("off", power="poweredOff").machine("t", template=True)
    assert consolidation(build.estate()) == Consolidation(2, 5, 4, 2.0, 8 / 32, 16 / 256, 2, 4)
    assert consolidation(all_disconnected(build).estate()).vms_per_host is None


@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_order_of_hosts_and_machines_changes_nothing(new: Callable[[], EstateBuilder], data: st.DataObject) -> None:
    """Whatever order vCenter answers in, the answers are the same."""
    build = new().cluster("c1", hosts=3).cluster("c2").machines(6).machine("sql01", vcpus=8).machine("t", template=True)
    build.machine("dc01", host="c2-h1").machine("x", unreadable=frozenset({"power"})).live_move("vm-1").drs_move("vm-2")
    snapshot, history = build.snapshot(), build.history()
    shuffled = replace(
        snapshot,
        hosts=tuple(data.draw(st.permutations(snapshot.hosts))),
        vms=tuple(data.draw(st.permutations(snapshot.vms))),
        clusters=tuple(data.draw(st.permutations(snapshot.clusters))),
    )
    other = replace(history, events=tuple(data.draw(st.permutations(history.events))))
    before, after = Estate.of(snapshot, history), Estate.of(shuffled, other)
    assert observe(before) == observe(after)
    assert (consolidation(before), features(before), milestones(before)) == (
        consolidation(after),
        features(after),
        milestones(after),
    )
