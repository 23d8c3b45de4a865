"""Business applications among the workloads."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from collector.facts import CustomField, Folder, HaConfig, License, Tag
from inference.classification.rules import Rule
from inference.estate.estate import Estate
from inference.indicators.workloads import biz_share

if TYPE_CHECKING:
    from tests.inference.conftest import EstateBuilder

INDICATORS = ("biz_share", "biz_div", "business_in_ha", "infra_share")


@pytest.mark.parametrize("indicator", INDICATORS)
def test_names_that_mean_nothing_are_unknown(build: EstateBuilder, indicator: str) -> None:
    """An estate that numbers its machines has not said that it runs no business applications."""
    found = build.cluster().machines(30).observe(indicator)
    assert (found.state, found.reason) == (
        "unknown",
        "attributes, names and folders identify only 0 of 30 powered-on VMs",
    )


@pytest.mark.parametrize("indicator", INDICATORS)
def test_nobody_running_is_unknown(build: EstateBuilder, indicator: str) -> None:
    """There is nobody to ask."""
    found = build.cluster().machine("sql01", power="poweredOff").observe(indicator)
    assert (found.state, found.reason) == ("unknown", "no workload VM is powered on")


@pytest.mark.parametrize("indicator", INDICATORS)
def test_hidden_power_state_is_unknown(build: EstateBuilder, indicator: str) -> None:
    """Machines that may not run are not counted, and lower what was seen of the others."""
    found = build.cluster().machine("sql01", vcpus=8).machine_gap("power").observe(indicator)
    assert (found.state, found.reason) == ("unknown", "the power states of the VMs could not be read")
    assert build.machine("sql02", vcpus=8).machine("dc01").machine("web01").observe(indicator).seen == 0.75


@pytest.mark.parametrize("indicator", ["biz_share", "biz_div", "business_in_ha"])
def test_infrastructure_alone_is_zero(build: EstateBuilder, indicator: str) -> None:
    """Names that speak, and of no business application, are an observation; so are copies for test and development."""
    build.cluster()
    for name in ("dc01", "file01", "print01", "web01", "sql-dev-01", "oracle-test"):
        build.machine(name, vcpus=8)
    found = build.observe(indicator)
    assert (found.value, len(found.evidence)) == (0.0, 1)


def test_business_alone_has_no_infrastructure(build: EstateBuilder) -> None:
    """Names that speak, and of no infrastructure, are an observation."""
    assert build.cluster().machine("sql01").machines(3).observe("infra_share").value == 0.0


@pytest.mark.parametrize("indicator", ["biz_share", "biz_div", "business_in_ha"])
@pytest.mark.parametrize(
    ("name", "others", "state"), [("dc01", 19, "observed"), ("dc01", 20, "unknown"), ("sql01", 99, "observed")]
)
def test_few_telling_names_say_what_there_is_and_not_what_there_is_not(
    build: EstateBuilder, indicator: str, name: str, others: int, state: str
) -> None:
    """One of twenty is enough to say that no business application was found; one that does is seen among any number."""
    assert build.cluster().machines(others).machine(name, vcpus=8).observe(indicator).state == state


@pytest.mark.parametrize("indicator", ["biz_share", "biz_div", "business_in_ha"])
@pytest.mark.parametrize("topic", ["folders", "custom_fields", "tags"])
def test_names_alone_are_no_measure_where_more_is_hidden(build: EstateBuilder, indicator: str, topic: str) -> None:
    """Machines with telling names would be all that is found, however many folders or tags name others."""
    build.cluster().machine("sql01", vcpus=8).machines(9)
    assert build.observe(indicator).state == "observed"
    assert build.gap(topic).observe(indicator).state == "unknown"


@pytest.mark.parametrize("indicator", ["biz_share", "biz_div"])
def test_corroboration_that_is_hidden_is_not_missing(build: EstateBuilder, indicator: str) -> None:
    """Restart priorities and rules may speak for a machine that nothing else speaks for."""
    build.gap("clusters").machine("sql01", vcpus=8).machines(9)
    assert build.observe(indicator).value in {0.1, 1}
    assert build.machine("sap01").observe(indicator).state == "unknown"


def test_business_share_counts_the_uncorroborated_half(build: EstateBuilder) -> None:
    """Two corroborated, one not, of ten."""
    build.cluster().machines(7).machine("sql01", vcpus=8).machine("exch01", memory_mb=65536).machine("sap01")
    found = build.observe("biz_share")
    assert (found.numerator, found.denominator) == (2.5, 10)
    build.vms.pop()
    assert len(build.observe("biz_share").evidence) == 2
    assert found.evidence[1:] == (
        "By kind: Exchange and mail 1, SAP 1, SQL and open-source databases 1.",
        "Only attribute, folder or name says so for 1 of them, which count half.",
    )


def test_diversity_counts_kinds_with_a_corroborated_machine(build: EstateBuilder) -> None:
    """Databases of several makes are one kind; a kind without corroboration is none."""
    build.cluster().machines(7).machine("sql01", vcpus=8).machine("mysql01", vcpus=8).machine("exch01", vcpus=8).machine(
        "sap01"
    )
    assert build.observe("biz_div").value == 2


def test_business_in_ha_counts_corroborated_machines(build: EstateBuilder) -> None:
    """Two of three corroborated ones are in a cluster with HA on."""
    build.cluster("c1").cluster("c2", ha=HaConfig(enabled=False)).machines(7).machine("sap01")
    build.machine("sql01", vcpus=8).machine("sql02", vcpus=8).machine("sql03", vcpus=8, host="c2-h1")
    found = build.observe("business_in_ha")
    assert (found.value, found.evidence) == (
        2,
        ("2 of 3 corroborated business application VMs run in HA clusters of two or more hosts.",),
    )


def test_business_without_a_second_host_is_not_in_ha(build: EstateBuilder) -> None:
    """On a host alone in its cluster or in none; where it runs may be hidden."""
    build.cluster(hosts=1).host("lone").machine("sql01", vcpus=8).machine("sql02", vcpus=8, host="lone")
    assert build.observe("business_in_ha").value == 0.0
    build.machine("sql03", vcpus=8, host=None, unreadable=frozenset({"host"}))
    assert build.observe("business_in_ha").state == "unknown"


def test_business_in_ha_needs_an_edition_with_ha(build: EstateBuilder) -> None:
    """An edition without it has not failed to use it; one that is on elsewhere was bought."""
    build.more["licenses"] = (License("VMware vSphere 7 Essentials", "esx.essentials.cpuPackage"),)
    build.cluster("c1", ha=HaConfig(enabled=False)).machines(7).machine("sql01", vcpus=8)
    found = build.observe("business_in_ha")
    assert (found.state, found.reason) == (
        "not_applicable",
        "the host licences (VMware vSphere 7 Essentials) do not include HA",
    )
    build.more["licenses"] = (License("VMware vSphere 7 Standard", "esx.standard.cpuPackage"),)
    assert build.observe("business_in_ha").value == 0.0


def test_business_in_ha_beside_hidden_ha_is_seen_in_part(build: EstateBuilder) -> None:
    """One is in HA for sure, which is what a gate asks; where clusters are hidden nothing is."""
    build.cluster("c1").cluster("c2", ha=None, unreadable=frozenset({"ha"}))
    build.machine("sql01", vcpus=8).machine("sql02", vcpus=8, host="c2-h1")
    found = build.observe("business_in_ha")
    assert (found.value, found.seen) == (1, 0.5)
    assert build.gap("clusters").observe("business_in_ha").reason.startswith("clusters could not be read")


def test_business_in_hidden_ha_is_unknown(build: EstateBuilder) -> None:
    """HA that could not be read is not off."""
    assert build.cluster().machine("sql01", vcpus=8).cluster_gap("ha").observe("business_in_ha").state == "unknown"


def test_infrastructure_share_is_shown(build: EstateBuilder) -> None:
    """Domain controllers, web servers, and test copies are what IT runs for itself."""
    build.cluster().machines(6).machine("dc01").machine("web01").machine("sql-test").machine("sql01")
    found = build.observe("infra_share")
    assert (found.numerator, found.denominator) == (3, 10)


def test_a_tag_for_backup_protects_and_corroborates(build: EstateBuilder) -> None:
    """By the name of the tag or of its category; what says no does not."""
    daily, gold, no = Tag("Policy", "Backup daily"), Tag("Backup", "Gold"), Tag("Backup", "No backup")
    build.cluster().machine("sql01", tags=(daily,)).machine("sql02", tags=(gold,)).machine("sql03", tags=(no,))
    build.machine("sql04", tags=(gold, no)).machine("sql05", tags=()).tagged()
    found = build.observe("biz_protected")
    assert (found.numerator, found.denominator) == (2, 5)
    assert build.observe("biz_share").numerator == 2 + 0.5 * 3


def test_tags_are_named_among_the_witnesses_where_they_were_read(build: EstateBuilder) -> None:
    """A reader of the evidence must know where it may come from."""
    build.cluster().machines(9).machine("x1", tags=(Tag("Application", "SAP"),)).tagged()
    found = build.observe("biz_share")
    assert found.evidence[0] == "1 of 10 powered-on VMs are business applications, judged by tag, attribute, folder or name."
    build.vms = build.vms[:9]
    silent = build.observe("biz_share")
    assert (silent.state, (silent.reason or "").split(" identify")[0]) == ("unknown", "tags, attributes, names and folders")


@pytest.mark.parametrize("topic", ["folders", "custom_fields"])
@pytest.mark.parametrize("indicator", ["biz_share", "biz_div"])
def test_no_business_application_is_no_answer_while_its_name_may_be_hidden(
    build: EstateBuilder, indicator: str, topic: str
) -> None:
    """Servers that names tell of are not all; what folders or attributes would name is unknown and not zero."""
    build.cluster().machine("dc01").machine("fileserver01").machine("printserver01")
    assert build.observe(indicator).value == 0.0
    assert build.gap(topic).observe(indicator).state == "unknown"


def test_business_in_hidden_clusters_is_not_known_to_be_without_ha(build: EstateBuilder) -> None:
    """One beside the clusters has none; whether the others have is hidden."""
    build.cluster(ha=None, unreadable=frozenset({"ha"})).machine("sql01", vcpus=8).host("lone", parent="s1")
    build.machine("sql02", vcpus=8, host="lone")
    assert build.observe("business_in_ha").state == "unknown"


def test_applications_that_may_be_corroborated_are_unknown_where_they_are_most(build: EstateBuilder) -> None:
    """A release that gives no dates of machines hides which of them are in service; a few such lower what was seen."""
    build.cluster().machines(8).machine("sql01", created=None).machine("sap01", created=None)
    for indicator in ("biz_share", "biz_div", "business_in_ha"):
        reason = build.observe(indicator).reason
        assert reason == "evidence beyond the name could not be read for 2 of 2 business application VMs"
    build.machine("crm01", vcpus=8).machine("exch01", vcpus=8)
    found = build.observe("biz_share")
    assert (found.numerator, found.denominator, found.seen) == pytest.approx((3.0, 12, 10 / 12))
    assert found.evidence[-1] == "Other evidence for 2 of these could not be read."
    assert build.observe("biz_div").reason == "evidence beyond the name could not be read for 2 of 4 business application VMs"
    build.machine("sql02", vcpus=8).machine("sap02", vcpus=8)
    assert (build.observe("biz_div").value, build.observe("biz_div").seen) == (4, 1.0)
    assert build.observe("business_in_ha").value == 4


@pytest.mark.parametrize(("host", "state"), [("c1-h1", "unknown"), ("lone", "observed")])
def test_one_application_that_may_be_corroborated_leaves_open_whether_any_is_in_ha(
    build: EstateBuilder, host: str, state: str
) -> None:
    """The gate asks for one; a machine that HA does not reach is none whatever speaks for it."""
    build.cluster().host("lone", parent="s1").machines(8).machine("sql01", vcpus=8, host="lone").machine(
        "sap01", vcpus=8, host="lone"
    )
    build.machine("crm01", created=None, host=host)
    assert build.observe("business_in_ha").state == state


@pytest.mark.parametrize("hidden", [{"parent": "secret"}, {"vapp": "secret"}, {"unreadable": frozenset({"custom_values"})}])
def test_machines_in_folders_without_rights_are_left_out(build: EstateBuilder, hidden: dict[str, Any]) -> None:
    """Their folders may say that they are the business; no topic failed, they are in no list. A rule tells all the same."""
    build.more["folders"] = (Folder(id="f1", name="Servers"),)
    build.cluster().machines(8, parent="f1").machine("sap01", vcpus=8, parent="f1").machine("dc01", parent="f1")
    build.machines(6, prefix="dark", **hidden).machine("crm01", vcpus=8, **hidden)
    found = build.observe("biz_share")
    assert (found.numerator, found.denominator, found.seen) == pytest.approx((1, 10, 10 / 17))
    assert found.evidence[-1] == "7 more are excluded: the folders, attributes or names could not be read."
    assert build.observe("biz_div").seen == pytest.approx(10 / 17)
    crm = Estate.of(build.snapshot(), build.history(), rules=(Rule(name="crm*", nothing=True),))
    assert biz_share(crm).denominator == 11
    build.machines(4, prefix="more", **hidden)
    for indicator in ("biz_share", "biz_div", "biz_protected", "business_in_ha", "infra_share"):
        assert build.observe(indicator).reason == (
            "the folders, attributes or names of 11 of 21 powered-on VMs could not be read"
        )


def test_no_business_in_ha_is_no_answer_beside_hidden_folders(build: EstateBuilder) -> None:
    """The gate asks for a single one, which may be among the few that are hidden."""
    build.cluster().machines(9).machine("dc01")
    assert build.observe("business_in_ha").value == 0
    build.machine("x1", parent="secret")
    assert build.observe("business_in_ha").state == "unknown"


@pytest.mark.parametrize("indicator", INDICATORS)
@pytest.mark.parametrize("hidden", ["name", "parent", "custom_values", "folder"])
def test_what_may_say_what_machines_are_for_is_hidden(build: EstateBuilder, indicator: str, hidden: str) -> None:
    """Of a few machines it may be, which are left out; of most nobody knows whether the others are all, or none of them."""
    build.more["folders"] = (Folder(id="f", name="SAP", parent="top"), Folder(id="top", name="Production"))
    build.more["custom_fields"] = (CustomField(1, "Application", "VirtualMachine"),)
    build.cluster().machine("sql01", vcpus=8).machine("dc01").machines(6, prefix="web").machine("app", parent="f", vcpus=8)
    build.machine("sql02", vcpus=8)
    assert build.observe(indicator).state == "observed"
    if hidden == "folder":
        build.more["folders"] = (build.more["folders"][0], Folder(id="top", unreadable=frozenset({"name"})))
        assert build.observe(indicator).state == "observed"
        build.vms = [replace(vm, parent="f") for vm in build.vms]
    else:
        build.vms[0] = replace(build.vms[0], unreadable=frozenset({hidden}))
        assert build.observe(indicator).state == "observed"
        build.machine_gap(hidden)
    reason = "the folders, attributes or names of 10 of 10 powered-on VMs could not be read"
    assert (build.observe(indicator).state, build.observe(indicator).reason) == ("unknown", reason)


@pytest.mark.parametrize("hidden", ["created", "memory", "annotation"])
def test_corroboration_that_a_machine_hides_is_not_missing(build: EstateBuilder, hidden: str) -> None:
    """It is not known whether a business application counts half or whole, nor whether a kind of them is one."""
    build.cluster().machine("dc01").machines(9, prefix="sql", vcpus=8).machine("sap01")
    indicators = ("biz_share", "biz_div", "business_in_ha")
    assert [build.observe(name).value for name in indicators] == [9.5 / 11, 1, 9]
    build.machine_gap(hidden)
    if hidden == "created":
        build.vms = [replace(vm, created=None) for vm in build.vms]
    assert [build.observe(name).state for name in indicators] == ["observed", "unknown", "observed"]
    build.vms = [replace(vm, vcpus=2) for vm in build.vms]
    for name in indicators:
        reason = build.observe(name).reason
        assert reason == "evidence beyond the name could not be read for 10 of 10 business application VMs"
