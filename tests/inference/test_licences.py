"""What an indicator answers where nothing of a feature is in use."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from collector.facts import DrsConfig, License, StoragePod
from inference.licences import unless_bought

if TYPE_CHECKING:
    from tests.inference.conftest import EstateBuilder

STANDARD = License("VMware vSphere 7 Standard", "esx.standard.cpuPackage")
ON, OFF = DrsConfig(enabled=True, behavior="manual"), DrsConfig(enabled=False)


def answer(build: EstateBuilder, feature: str) -> str:
    """The state of the answer, ``zero`` where the feature was bought."""
    found = unless_bought(build.estate(), "x", feature)
    return "zero" if found is None else found.state


@pytest.mark.parametrize(("feature", "expected"), [("drs", "not_applicable"), ("vds", "not_applicable"), ("ha", "zero")])
def test_editions_that_were_read_decide(build: EstateBuilder, feature: str, expected: str) -> None:
    """Not licensed is not the same as not adopted."""
    build.more["licenses"] = (STANDARD,)
    assert answer(build.cluster(drs=None), feature) == expected


@pytest.mark.parametrize("hidden", [True, False])
@pytest.mark.parametrize(("feature", "expected"), [("drs", "unknown"), ("vds", "unknown"), ("ha", "zero"), ("vmotion", "zero")])
def test_hidden_editions_leave_open_what_common_ones_lack(
    build: EstateBuilder, hidden: bool, feature: str, expected: str
) -> None:
    """Whether the list broke off after some, or names none of hosts."""
    build.cluster(drs=None)
    if hidden:
        build.gap("licenses")
    else:
        build.more["licenses"] = (License("VMware vCenter Server 7 Standard", "vc.standard.instance"),)
    assert answer(build, feature) == expected


def test_a_list_that_broke_off_may_hold_a_better_edition(build: EstateBuilder) -> None:
    """Of those that could be read none has DRS."""
    build.more["licenses"] = (STANDARD,)
    assert answer(build.gap("licenses").cluster(drs=None), "drs") == "unknown"


@pytest.mark.parametrize(
    ("first", "second", "pods", "expected"),
    [
        (None, OFF, (), "unknown"),
        (OFF, ON, (), "zero"),
        (None, None, (StoragePod(id="p1", sdrs_enabled=False),), "unknown"),
        (None, None, (StoragePod(id="p1", sdrs_enabled=False), StoragePod(id="p2", sdrs_enabled=True)), "zero"),
    ],
)
def test_what_is_on_somewhere_proves_the_edition(
    build: EstateBuilder, first: DrsConfig | None, second: DrsConfig | None, pods: tuple[StoragePod, ...], expected: str
) -> None:
    """DRS or storage DRS in any cluster."""
    build.more["storage_pods"] = pods
    build.gap("licenses").cluster("c1", drs=first).cluster("c2", drs=second)
    assert answer(build, "drs") == expected


def test_the_hosts_of_the_whole_vcenter_count(build: EstateBuilder) -> None:
    """A small cluster is not a small estate: four hosts have an edition that moves storage."""
    build.gap("licenses").cluster("c1", drs=None).cluster("c2", hosts=1, drs=None)
    assert answer(build, "svmotion") == "unknown"
    build.cluster("c3", hosts=1, drs=None)
    (part, *_) = build.estate().parts()
    assert unless_bought(part, "x", "svmotion") is None
