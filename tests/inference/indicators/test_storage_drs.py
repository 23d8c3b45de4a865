"""Datastore clusters that balance themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from collector.facts import (
    Datastore,
    License,
    StoragePod,
)

if TYPE_CHECKING:
    from tests.inference.conftest import EstateBuilder

STANDARD = License("VMware vSphere 7 Standard", "esx.standard.cpuPackage")


def test_storage_drs_of_vsan_alone_does_not_apply(build: EstateBuilder) -> None:
    """Datastores of vSAN and vVols balance themselves."""
    build.more["datastores"] = (Datastore(id="ds", type="vSAN"),)
    assert build.cluster().machines(4).observe("sdrs").state == "not_applicable"


def test_storage_drs_of_datastores_that_nothing_is_known_of_is_not_seen(build: EstateBuilder) -> None:
    """A datastore that the account does not see lowers what was seen; where it sees none nothing is known."""
    build.cluster().machines(3).machine("a", datastores=("gone",))
    assert build.observe("sdrs").seen == 0.75
    build.vms = build.vms[3:]
    assert build.observe("sdrs").reason == "the datastores of powered-on VMs could not be read"


def test_storage_drs_that_is_on_is_believed_before_the_licence(build: EstateBuilder) -> None:
    """What is in use was bought, whatever the licences are called."""
    build.more["licenses"] = (License("VMware vSphere 7 Standard", "esx.standard.cpuPackage"),)
    build.more["datastores"] = (Datastore(id="ds", parent="p1", type="VMFS"),)
    build.more["storage_pods"] = (StoragePod(id="p1", sdrs_enabled=True, sdrs_behavior="automated"),)
    assert build.cluster().machines(4).observe("sdrs").value == 1.0


@pytest.mark.parametrize(
    ("pod", "state", "value"),
    [
        (StoragePod(id="p1", sdrs_enabled=False, sdrs_behavior="automated"), "observed", 0.0),
        (StoragePod(id="p1", unreadable=frozenset({"sdrs_behavior"}), sdrs_enabled=True), "unknown", None),
    ],
)
def test_storage_drs_is_on_and_automatic_or_neither(
    build: EstateBuilder, pod: StoragePod, state: str, value: float | None
) -> None:
    """Its behaviour means nothing while it is off, and where it is hidden nothing is known."""
    build.more["datastores"] = (Datastore(id="ds", parent="p1", type="VMFS"),)
    build.more["storage_pods"] = (pod,)
    found = build.cluster().machines(4).observe("sdrs")
    assert (found.state, found.value) == (state, value)


def test_storage_drs_counts_what_was_read_wholly_where_some_is_hidden(build: EstateBuilder) -> None:
    """A datastore of unknown type that happens to show its automatic cluster would make the share too high.

    Those outside every datastore cluster stand for themselves, and not for those that are hidden.
    """
    build.more["datastores"] = (
        Datastore(id="auto", parent="p1", unreadable=frozenset({"type"})),
        Datastore(id="plain", type="VMFS"),
        Datastore(id="hidden", unreadable=frozenset({"parent"})),
        Datastore(id="read", parent="p1", type="VMFS"),
    )
    build.more["storage_pods"] = (StoragePod(id="p1", sdrs_enabled=True, sdrs_behavior="automated"),)
    build.cluster().machines(3, datastores=("auto",)).machines(6, prefix="b", datastores=("plain",))
    assert (build.observe("sdrs").numerator, build.observe("sdrs").denominator) == (3, 9)
    build.machines(3, prefix="c", datastores=("hidden",))
    assert build.observe("sdrs").state == "unknown"
    found = build.machines(12, prefix="d", datastores=("read",)).observe("sdrs")
    assert (found.numerator, found.denominator, found.seen) == (12, 16, 16 / 24)
    assert found.evidence[1] == "Excluded because not readable: 6 of 24, and 2 that could only be no."


def test_storage_drs_without_datastore_clusters_is_zero(build: EstateBuilder) -> None:
    """No datastore cluster is an observation."""
    found = build.cluster().machines(4).observe("sdrs")
    assert (found.state, found.value, found.denominator) == ("observed", 0.0, 4)


@pytest.mark.parametrize("topic", ["storage_pods", "datastores"])
def test_storage_drs_is_unknown_when_unreadable(build: EstateBuilder, topic: str) -> None:
    """A lost topic is no zero."""
    assert build.cluster().machines(4).gap(topic).observe("sdrs").state == "unknown"


@pytest.mark.parametrize("hidden", ["parent", "type"])
def test_storage_drs_of_hidden_datastores_is_unknown(build: EstateBuilder, hidden: str) -> None:
    """A datastore whose datastore cluster or type could not be read is not one that nobody balances."""
    build.more["datastores"] = (Datastore(id="a", unreadable=frozenset({hidden})), Datastore(id="b", type="VMFS", parent="p1"))
    build.more["storage_pods"] = (StoragePod(id="p1", sdrs_enabled=False),)
    assert build.cluster().machines(3, datastores=("a",)).observe("sdrs").state == "unknown"
    found = build.machine("x", datastores=("b",)).observe("sdrs")
    assert (found.state, found.reason.partition(" (")[2]) == ("unknown", "3 of 4 missing)")
    found = build.machines(3, prefix="y", datastores=("b",)).observe("sdrs")
    assert (found.numerator, found.denominator) == (0, 4)
    assert found.seen == pytest.approx(4 / 7)


def test_storage_drs_of_machines_whose_place_is_hidden_is_not_seen(build: EstateBuilder) -> None:
    """One machine that could be read says nothing about the three that could not."""
    build.cluster().machines(3).machine_gap("datastores").machine("x")
    found = build.observe("sdrs")
    assert (found.numerator, found.denominator, found.seen) == (0, 1, 0.25)


def test_storage_drs_counts_automatic_datastore_clusters(build: EstateBuilder) -> None:
    """Automated ones count, manual ones do not; vSAN is left out of the question."""
    build.more["datastores"] = (
        Datastore(id="auto", parent="p1", type="VMFS"),
        Datastore(id="manual", parent="p2", type="VMFS"),
        Datastore(id="vsan", type="vsan"),
    )
    build.more["storage_pods"] = (
        StoragePod(id="p1", sdrs_enabled=True, sdrs_behavior="automated"),
        StoragePod(id="p2", sdrs_enabled=True, sdrs_behavior="manual"),
    )
    build.cluster().machines(3, datastores=("auto",)).machine("a", datastores=("manual",)).machine("b", datastores=("vsan",))
    found = build.observe("sdrs")
    assert (found.numerator, found.denominator) == (3, 4)


def test_storage_drs_of_hidden_machines_is_unknown(build: EstateBuilder) -> None:
    """Nobody knows on which datastores they are."""
    assert build.cluster().gap("vms").observe("sdrs").reason.startswith("vms could not be read")
