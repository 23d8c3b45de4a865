"""DRS, storage DRS, rules and pools."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from collector.facts import (
    DrsConfig,
    DrsOverride,
    HaConfig,
    License,
)

if TYPE_CHECKING:
    from tests.inference.conftest import EstateBuilder

STANDARD = License("VMware vSphere 7 Standard", "esx.standard.cpuPackage")


@pytest.mark.parametrize(
    ("drs", "automated"),
    [
        (None, False),
        (DrsConfig(enabled=False, behavior="fullyAutomated", vmotion_rate=3), False),
        (DrsConfig(enabled=True, behavior="partiallyAutomated", vmotion_rate=3), False),
        (DrsConfig(enabled=True, behavior="fullyAutomated", vmotion_rate=5), False),
        (DrsConfig(enabled=True, behavior="fullyAutomated", vmotion_rate=4), True),
        (DrsConfig(enabled=None, behavior="fullyAutomated", vmotion_rate=None), True),
    ],
)
def test_effective_automation_is_behaviour_and_threshold(build: EstateBuilder, drs: DrsConfig | None, automated: bool) -> None:
    """Full automation at the most conservative threshold is as good as off; an unset switch says nothing."""
    found = build.cluster(drs=drs).machines(4).observe("drs_auto")
    assert (found.value, found.denominator) == (float(automated), 4)


def test_automation_of_lone_hosts_is_zero(build: EstateBuilder) -> None:
    """Outside a cluster nothing is moved by itself."""
    assert build.host("h1").machines(4, host="h1").observe("drs_auto").value == 0.0


def test_automation_hidden_is_unknown(build: EstateBuilder) -> None:
    """Settings that could not be read are not off."""
    found = build.cluster().machines(4).cluster_gap("drs").observe("drs_auto")
    assert (found.state, found.reason) == ("unknown", "the DRS settings of the clusters could not be read")


def test_machines_override_their_cluster_where_it_lets_them(build: EstateBuilder) -> None:
    """Manual and disabled machines in an automatic cluster, an automatic one in a manual cluster."""
    own = (
        DrsOverride("vm-1", behavior="manual"),
        DrsOverride("vm-2", enabled=False),
        DrsOverride("vm-3", behavior="fullyAutomated"),
    )
    build.cluster(drs_overrides=own).machines(4)
    assert build.observe("drs_auto").numerator == 2
    manual = DrsConfig(enabled=True, behavior="manual", vmotion_rate=3, overrides_allowed=True)
    build.clusters[0] = replace(build.clusters[0], drs=manual)
    assert build.observe("drs_auto").numerator == 1
    build.clusters[0] = replace(build.clusters[0], drs=replace(manual, behavior="fullyAutomated", overrides_allowed=False))
    assert build.observe("drs_auto").numerator == 4


def test_a_setting_of_a_machine_that_says_nothing_leaves_it_to_the_cluster(build: EstateBuilder) -> None:
    """And where DRS is off, one that says automatic moves nothing; where it is idle, neither."""
    own = (DrsOverride("vm-1", enabled=True), DrsOverride("vm-2", behavior="fullyAutomated"))
    build.cluster(drs_overrides=own).machines(2)
    assert build.observe("drs_auto").numerator == 2
    for drs in (
        DrsConfig(enabled=False, behavior="fullyAutomated", vmotion_rate=3, overrides_allowed=True),
        DrsConfig(enabled=True, behavior="manual", vmotion_rate=5, overrides_allowed=True),
        None,
    ):
        build.clusters[0] = replace(build.clusters[0], drs=drs)
        assert build.observe("drs_auto").numerator == 0


def test_hidden_settings_of_machines_may_be_any(build: EstateBuilder) -> None:
    """Of an automatic cluster they may take machines out."""
    assert build.cluster().machines(4).cluster_gap("drs_overrides").observe("drs_auto").state == "unknown"


@pytest.mark.parametrize("indicator", ["drs_auto", "drs_initiated", "sdrs", "rules_pools"])
def test_an_edition_without_drs_does_not_apply(build: EstateBuilder, indicator: str) -> None:
    """Not licensed is not the same as not adopted."""
    build.more["licenses"] = (STANDARD, License("VMware vCenter Server 7 Standard", "vc.standard.instance"))
    found = build.cluster(drs=None).machines(4).observe(indicator)
    assert found.state == "not_applicable"
    assert "VMware vSphere 7 Standard" in found.reason


@pytest.mark.parametrize("indicator", ["drs_auto", "drs_initiated", "sdrs", "rules_pools", "dvs_share"])
@pytest.mark.parametrize("licenses", [(), (License("VMware vCenter Server 7 Standard", "vc.standard.instance"),)])
def test_what_may_not_have_been_bought_is_not_known_to_be_missing(
    build: EstateBuilder, indicator: str, licenses: tuple[License, ...]
) -> None:
    """An account that may not read licences gets none, and common editions lack DRS and distributed switches."""
    build.more["licenses"] = licenses
    found = build.cluster(drs=None).machines(12, networks=("network-1",)).observe(indicator)
    assert found.state == "unknown"
    assert "could not be read" in found.reason


def test_what_is_in_use_was_bought(build: EstateBuilder) -> None:
    """DRS that only advises is there, so that it moves nothing by itself is zero; so is what every edition has."""
    build.gap("licenses").cluster(drs=DrsConfig(enabled=True, behavior="manual"), ha=HaConfig(enabled=False)).machines(4)
    assert build.observe("drs_auto").value == 0.0
    assert build.observe("ha_share").value == 0.0


def test_evaluation_includes_drs(build: EstateBuilder) -> None:
    """A trial has every feature, and so has one better edition beside a lesser."""
    build.more["licenses"] = (STANDARD, License("Evaluation Mode", "eval"))
    assert build.cluster(drs=None).machines(4).observe("drs_auto").value == 0.0


def test_hidden_clusters_may_have_nothing_to_balance(build: EstateBuilder) -> None:
    """Moves by people alone say nothing of DRS while nobody knows whether it had anything to do; moves by DRS do."""
    build.gap("clusters").host("h1").host("h2").machines(4).live_move("vm-1", "h1", "h2")
    assert build.observe("drs_initiated").state == "unknown"
    assert build.drs_move("vm-2", "h1", "h2").observe("drs_initiated").value == 0.5


def test_a_cluster_of_one_host_automates_nothing(build: EstateBuilder) -> None:
    """There is nowhere to move, whatever is switched on."""
    build.cluster("c1", hosts=1).machines(3).cluster("c2").machines(1, host="c2-h1", prefix="b")
    assert (build.observe("drs_auto").numerator, build.observe("drs_auto").denominator) == (1, 4)


def test_automation_of_hidden_clusters_is_unknown(build: EstateBuilder) -> None:
    """Machines outside every cluster that can be seen may be in one."""
    assert build.host("h1").machines(4, host="h1").gap("clusters").observe("drs_auto").state == "unknown"


def test_automation_in_one_cluster_is_believed_before_the_licence(build: EstateBuilder) -> None:
    """What is switched on was bought; a cluster whose DRS is off proves nothing."""
    build.more["licenses"] = (STANDARD,)
    build.cluster("c1", drs=DrsConfig(enabled=False)).cluster("c2").machines(3).machine("a", host="c2-h1")
    found = build.observe("drs_auto")
    assert (found.numerator, found.denominator) == (1, 4)
    assert found.evidence[1] == "1 of 2 clusters set to fully automated."
    assert build.cluster("c3").observe("drs_auto").evidence[1] == "2 of 3 clusters set to fully automated."
    build.clusters[1:] = []
    assert build.observe("drs_auto").state == "not_applicable"
