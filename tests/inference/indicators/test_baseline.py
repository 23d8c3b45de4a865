"""Host baselines, builds and snapshots."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from collector.facts import HostProfile, SnapshotEntry
from inference.estate.estate import Estate
from inference.indicators.baseline import host_baseline

if TYPE_CHECKING:
    from tests.inference.conftest import EstateBuilder

LATE, LATER = "99999999", "100000000"


def hosts(build: EstateBuilder, *builds: str | None, cluster: str = "c1", **changes: object) -> EstateBuilder:
    """Add a cluster with one host of each build."""
    build.cluster(cluster, hosts=0, **changes)
    for n, number in enumerate(builds, 1):
        build.host(f"{cluster}-h{n}", parent=cluster, build=number)
    return build


def test_no_host_has_no_baseline(build: EstateBuilder) -> None:
    """Nobody to ask."""
    assert build.observe("host_baseline").reason == "no host is connected"


def test_hosts_without_image_and_profile_are_zero(build: EstateBuilder) -> None:
    """Neither is there, and both could be read."""
    found = build.cluster(hosts=3, lifecycle_managed=False).observe("host_baseline")
    assert (found.value, found.denominator) == (0.0, 3)


def test_images_and_compliant_profiles_count(build: EstateBuilder) -> None:
    """An image for a whole cluster, a profile on a cluster and one on a host; a profile that is not met does not count."""
    build.cluster("c1", hosts=2, lifecycle_managed=True).cluster("c2", hosts=2).cluster("c3", hosts=2).cluster("c4", hosts=1)
    build.more["host_profiles"] = (
        HostProfile("a", ("c2",), "compliant"),
        HostProfile("b", ("c3-h1",), "compliant"),
        HostProfile("c", ("c3-h2", "c4"), "nonCompliant"),
    )
    found = build.observe("host_baseline")
    assert (found.numerator, found.denominator) == (5, 7)


def test_hidden_baselines_are_unknown(build: EstateBuilder) -> None:
    """Without profiles only an image is sure; a release before images has none to hide."""
    build.cluster(hosts=2).gap("host_profiles")
    assert "host profiles could not be read" in build.observe("host_baseline").reason
    build.gaps.clear()
    build.cluster_gap("lifecycle_managed")
    assert build.observe("host_baseline").state == "unknown"
    build.clusters[0] = replace(build.clusters[0], unreadable=frozenset(), lifecycle_managed=True)
    assert build.gap("host_profiles").observe("host_baseline").value == 1.0


@pytest.mark.parametrize(
    ("version", "state"), [("6.7.3", "observed"), ("7.0.0.0", "unknown"), ("10.0", "unknown"), ("", "observed")]
)
def test_releases_before_images_have_none_to_hide(build: EstateBuilder, version: str, state: str) -> None:
    """From 7.0 on a cluster may be managed by an image."""
    snapshot = build.cluster(hosts=2).cluster_gap("lifecycle_managed").snapshot()
    about = replace(snapshot.about, api_version=version)
    assert host_baseline(Estate.of(replace(snapshot, about=about))).state == state


def test_lone_hosts_are_not_compared(build: EstateBuilder) -> None:
    """With one host each there is nothing to be like, and hosts outside every cluster are in none together."""
    hosts(build, "1").host("h8", build="2").host("h9", build="2")
    assert build.observe("build_homogeneity").state == "not_applicable"


@pytest.mark.parametrize("topic", ["clusters", "hosts"])
def test_builds_of_hidden_hosts_or_clusters_are_unknown(build: EstateBuilder, topic: str) -> None:
    """Which hosts should be alike cannot be told."""
    if topic == "clusters":
        build.host("h1", build="1").host("h2", build="2")
    assert build.gap(topic).observe("build_homogeneity").reason.startswith(f"{topic} could not be read")


@pytest.mark.parametrize("builds", [(None, None), ("1", None)])
def test_hidden_builds_are_unknown(build: EstateBuilder, builds: tuple[str | None, ...]) -> None:
    """A build that could not be read is not another build."""
    assert hosts(build, *builds).observe("build_homogeneity").reason == "the builds of the hosts could not be read"


def test_the_commonest_build_of_each_cluster_counts(build: EstateBuilder) -> None:
    """Three of four here, two of two there, of six hosts."""
    hosts(hosts(build, "100", "100", "100", "200"), "300", "300", cluster="c2")
    found = build.observe("build_homogeneity")
    assert (found.numerator, found.denominator, found.seen, len(found.evidence)) == (5, 6, 1.0, 1)


def test_all_different_is_the_least(build: EstateBuilder) -> None:
    """Four hosts of four builds: one is as common as any other."""
    assert hosts(build, "1", "2", "3", "4").observe("build_homogeneity").value == 0.25


def test_a_roll_out_that_began_lately_is_left_out(build: EstateBuilder) -> None:
    """The host with the newest build was in maintenance this month; one that was not has had its build for longer."""
    hosts(hosts(build, "100", "100", "200"), "300", "300", "400", cluster="c2").event(
        "EnteredMaintenanceModeEvent", host="c1-h3", days_ago=29
    )
    found = build.observe("build_homogeneity")
    assert (found.numerator, found.denominator, found.seen) == (2, 3, 0.5)
    assert "1 of 2 clusters are excluded" in found.evidence[1]


@pytest.mark.parametrize(
    ("builds", "maintained", "state"),
    [
        ((LATE, LATE, LATER), ("c1-h3",), "unknown"),
        ((LATE, LATE, LATER), ("c1-h1",), "observed"),
        ((LATE, LATER, LATER), ("c1-h3",), "observed"),
        ((LATE, LATER, LATER), ("c1-h2", "c1-h3"), "unknown"),
        ((LATER, LATER), ("c1-h1", "c1-h2"), "observed"),
    ],
)
def test_in_a_roll_out_every_host_with_the_newest_build_was_in_maintenance(
    build: EstateBuilder, builds: tuple[str, ...], maintained: tuple[str, ...], state: str
) -> None:
    """Builds are numbers. A cluster whose hosts are alike again has ended its roll-out."""
    hosts(build, *builds)
    for host in maintained:
        build.event("EnteredMaintenanceModeEvent", host=host, days_ago=5)
    found = build.observe("build_homogeneity")
    assert (found.state, "a rollout may have begun" in found.reason) == (state, state == "unknown")


def test_mixed_builds_need_a_month_of_events(build: EstateBuilder) -> None:
    """With a week seen nobody knows whether a roll-out is on; equal builds need no events, and say nothing of the mixed."""
    build.seen_days = 7.0
    assert hosts(build, "99999300", "99999300", cluster="c2").observe("build_homogeneity").value == 1.0
    assert "a rollout may have begun" in hosts(build, "99999100", "99999200").observe("build_homogeneity").reason


def test_no_workload_has_no_snapshots(build: EstateBuilder) -> None:
    """Nobody to ask."""
    assert build.cluster().observe("snapshot_hygiene").reason == "there are no workload VMs"


def test_hidden_snapshots_are_unknown(build: EstateBuilder) -> None:
    """Unread is not clean."""
    assert build.cluster().machines(12).machine_gap("snapshots").observe("snapshot_hygiene").state == "unknown"


def test_old_snapshots_everywhere_are_zero(build: EstateBuilder) -> None:
    """Nobody ever deletes one."""
    old = SnapshotEntry("before upgrade", build.now - timedelta(days=8))
    assert build.cluster().machines(12, snapshots=(old,)).observe("snapshot_hygiene").value == 0.0


def test_young_snapshots_and_those_of_backups_are_fine(build: EstateBuilder) -> None:
    """One of four has an old one of its own; a week is not older than a week."""
    week, old = build.now - timedelta(days=7), build.now - timedelta(days=30)
    build.cluster().machine("clean").machine("young", snapshots=(SnapshotEntry("test", week),))
    build.machine("backed-up", snapshots=(SnapshotEntry("VEEAM BACKUP TEMPORARY SNAPSHOT", old),))
    build.machine("old", snapshots=(SnapshotEntry("young", week), SnapshotEntry("before upgrade", old)))
    found = build.observe("snapshot_hygiene")
    assert (found.numerator, found.denominator) == (3, 4)
    assert found.evidence == ("1 of 4 workload VMs have a snapshot older than 7 days.",)


@pytest.mark.parametrize("topic", ["clusters", "host_profiles"])
def test_a_baseline_of_hidden_clusters_or_profiles_is_unknown(build: EstateBuilder, topic: str) -> None:
    """Hosts may be kept alike by what could not be read: those that surely are would be all."""
    hosts(build, "1", "1")
    build.clusters = [replace(cluster, lifecycle_managed=True) for cluster in build.clusters]
    hosts(build, "1", "1", cluster="c2")
    assert build.observe("host_baseline").value == 0.5
    assert build.gap(topic).observe("host_baseline").state == "unknown"


def test_lone_hosts_do_not_speak_for_clusters_whose_image_is_hidden(build: EstateBuilder) -> None:
    """They never have one, and of those that may nothing is known."""
    hosts(build, "1", "1")
    build.clusters = [replace(cluster, lifecycle_managed=True) for cluster in build.clusters]
    for name in ("lone-1", "lone-2", "lone-3"):
        build.host(name, parent="domain-s1")
    assert build.observe("host_baseline").value == 0.4
    build.clusters = [replace(cluster, lifecycle_managed=None) for cluster in build.clusters]
    assert build.cluster_gap("lifecycle_managed").observe("host_baseline").state == "unknown"
