"""Ratios of complete and possible numbers only."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from inference.consolidation import consolidation

if TYPE_CHECKING:
    from tests.inference.conftest import EstateBuilder


@pytest.mark.parametrize("vcpus", [-4, 0, None])
def test_impossible_sizes_give_no_ratio(build: EstateBuilder, vcpus: int | None) -> None:
    """One machine without a believable number of processors leaves the ratio unknown, and not small."""
    build.cluster().machines(3).machine("odd", vcpus=vcpus)
    assert consolidation(build.estate()).vcpus_per_core is None
    build.vms[-1] = replace(build.vms[-1], vcpus=2)
    assert consolidation(build.estate()).vcpus_per_core == 8 / 32


def test_hosts_without_memory_give_no_ratio(build: EstateBuilder) -> None:
    """No memory at all is a reading that failed."""
    build.cluster().machines(3)
    build.hosts[0] = replace(build.hosts[0], memory_bytes=0)
    assert consolidation(build.estate()).vram_per_ram is None


def test_objects_that_are_listed_twice_count_once(build: EstateBuilder) -> None:
    """An id names one object."""
    build.cluster().machines(4)
    once = consolidation(build.estate())
    build.vms, build.hosts, build.clusters = build.vms * 2, build.hosts * 2, build.clusters * 2
    assert consolidation(build.estate()) == once
    assert len(build.estate().parts()) == 1
