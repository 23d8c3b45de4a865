"""Indicators: one function each, from an ``Estate`` to an ``Observation``. ``INDICATORS`` is the only list of them."""

from __future__ import annotations

from collections.abc import Callable

from inference.estate.estate import Estate
from inference.indicators import (
    availability,
    baseline,
    business,
    foundation,
    mobility,
    placement,
    recovery,
    service,
    standards,
    workloads,
)
from inference.observations import Observation

Indicator = Callable[[Estate], Observation]

INDICATORS: tuple[Indicator, ...] = (
    foundation.cluster_share,
    foundation.shared_storage_share,
    foundation.scale,
    foundation.vm_per_host,
    mobility.vmotion_ready,
    mobility.vmotion_rate,
    mobility.maint_evac,
    mobility.vmotion_breadth,
    mobility.svmotion_rate,
    placement.drs_auto,
    placement.drs_initiated,
    placement.sdrs,
    placement.rules_pools,
    availability.ha_share,
    availability.ha_admission,
    availability.ha_vm_monitoring,
    availability.ft,
    recovery.dr_registered,
    recovery.dr_protected,
    recovery.dr_tests,
    workloads.biz_share,
    workloads.biz_div,
    business.big_vm,
    business.biz_protected,
    business.vdi_share,
    standards.template_share,
    standards.size_std,
    standards.hw_version,
    standards.tools_current,
    standards.dvs_share,
    baseline.host_baseline,
    baseline.build_homogeneity,
    baseline.snapshot_hygiene,
    service.auto_ops,
    service.self_service,
    service.tenants,
    service.churn,
    service.prov_gap,
    service.owner_tags,
    foundation.pct_virtualized,
    foundation.vcpus_per_core,
    foundation.vram_per_ram,
    workloads.infra_share,
    workloads.business_in_ha,
)
"""Every indicator, the scored ones first. The name of a function is the id of its indicator."""


def observe(estate: Estate) -> tuple[Observation, ...]:
    """The observation of every indicator, in the order of ``INDICATORS``."""
    return tuple(indicator(estate) for indicator in INDICATORS)
