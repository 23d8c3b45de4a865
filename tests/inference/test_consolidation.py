"""Ratios of complete and possible numbers only."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from collector.facts import Gap
from inference.consolidation import consolidation

if TYPE_CHECKING:
    from tests.inference.conftest import EstateBuilder


@pytest.mark.parametrize(("size", "ratio"), [("vcpus", "vcpus_per_core"), ("memory_mb", "vram_per_ram")])
@pytest.mark.parametrize("number", [-4, 0, None])
def test_impossible_sizes_give_no_ratio(build: EstateBuilder, size: str, ratio: str, number: int | None) -> None:
    """One machine without a believable size leaves the ratio unknown, and not small."""
    build.cluster().machines(3).machine("odd", **{size: number})
    assert getattr(consolidation(build.estate()), ratio) is None
    build.vms[-1] = replace(build.vms[-1], vcpus=1, memory_mb=1)
    assert getattr(consolidation(build.estate()), ratio) == {"vcpus": 7 / 32, "memory_mb": (3 * 4096 + 1) / (256 * 1024)}[size]


@pytest.mark.parametrize(("size", "ratio"), [("cores", "vcpus_per_core"), ("memory_bytes", "vram_per_ram")])
@pytest.mark.parametrize("number", [-(2**30), 0, None])
def test_hosts_of_impossible_sizes_give_no_ratio(build: EstateBuilder, size: str, ratio: str, number: int | None) -> None:
    """No memory or no core at all is a reading that failed."""
    build.cluster().machines(3)
    build.hosts[0] = replace(build.hosts[0], **{size: number})  # type: ignore[arg-type]  # either is a number
    assert getattr(consolidation(build.estate()), ratio) is None


def test_no_host_gives_no_ratio(build: EstateBuilder) -> None:
    """Machines alone are on nothing."""
    found = consolidation(build.machines(3).estate())
    assert (found.vcpus_per_core, found.vram_per_ram, found.vms_per_host) == (None, None, None)


def test_what_does_not_run_shares_no_host(build: EstateBuilder) -> None:
    """Three of five workloads run, on two hosts."""
    found = consolidation(build.cluster().machines(3).machines(2, prefix="off", power="poweredOff").estate())
    assert (found.workload_vms, found.powered_on_vms, found.vms_per_host) == (5, 3, 1.5)


def test_objects_that_are_listed_twice_count_once(build: EstateBuilder) -> None:
    """An id names one object."""
    build.cluster().machines(4)
    once = consolidation(build.estate())
    build.vms, build.hosts, build.clusters = build.vms * 2, build.hosts * 2, build.clusters * 2
    assert consolidation(build.estate()) == once
    assert len(build.estate().parts()) == 1


def test_hosts_out_of_reach_are_listed(build: EstateBuilder) -> None:
    """They carry nothing now, and an outage takes no host away; unread hosts are neither."""
    build.cluster(hosts=3).machines(4)
    build.hosts[0] = replace(build.hosts[0], connection="notResponding")
    whole, part = consolidation(build.estate()), consolidation(build.estate().parts()[0])
    assert (whole.hosts, whole.hosts_listed) == (part.hosts, part.hosts_listed) == (2, 3)
    build.hosts, build.gaps = [], [Gap("hosts", "no privilege")]
    assert (consolidation(build.estate()).hosts, consolidation(build.estate()).hosts_listed) == (None, None)


def test_what_is_for_tests_or_development_is_no_production(build: EstateBuilder) -> None:
    """Of what runs; a machine that says nothing of its purpose is production, since most do not."""
    build.cluster().machines(3).machine("sql-test-01").machine("dev-web01").machine("off-test", power="poweredOff")
    build.cluster("c2").machine("qa-app01", host="c2-h1")
    whole = build.estate()
    assert consolidation(whole).production_vms == 3
    assert [consolidation(part).production_vms for part in whole.parts()] == [3, 0]
    build.gap("vms").vms.clear()
    assert consolidation(build.estate()).production_vms is None
