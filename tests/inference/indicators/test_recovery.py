"""Disaster recovery: registered, protecting, tested."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from collector.facts import ClusterGroup, ClusterRule, Datastore, Extension
from inference.indicators.recovery import dr_protected

if TYPE_CHECKING:
    from tests.inference.conftest import EstateBuilder

SRM, ZERTO = Extension("com.vmware.vcDr-site2"), Extension("com.zerto.plugin")


@pytest.mark.parametrize("indicator", ["dr_registered", "dr_protected", "dr_tests"])
def test_hidden_extensions_are_unknown(build: EstateBuilder, indicator: str) -> None:
    """Where extensions could not be read, no product is not known to be missing."""
    assert build.cluster().machines(4).gap("extensions").observe(indicator).state == "unknown"


def test_an_absent_extension_is_an_observation(build: EstateBuilder) -> None:
    """Extensions were read and none is for recovery; those of other products, or that ship with vCenter, say nothing."""
    build.extensions = [Extension("com.vmware.vcIntegrity"), Extension("com.vmware.vim.eam"), Extension("com.vmware.vcops")]
    found = build.observe("dr_registered")
    assert (found.value, found.evidence) == (0.0, ("No recovery or replication product is registered.",))


@pytest.mark.parametrize("key", ["com.vmware.vcDr", "COM.VMWARE.VCDR-custom", "com.vmware.vcHms", "com.zerto.plugin"])
def test_a_registered_product_counts(build: EstateBuilder, key: str) -> None:
    """Keys are compared without case and by prefix."""
    build.extensions = [Extension(key)]
    found = build.observe("dr_registered")
    assert found.value == 1.0
    assert found.evidence[0].startswith("Recovery products registered: ")


@pytest.mark.parametrize("indicator", ["dr_registered", "dr_tests", "cluster_share"])
def test_what_belongs_to_the_vcenter_does_not_apply_to_a_cluster(build: EstateBuilder, indicator: str) -> None:
    """Products and plans are not those of one cluster."""
    from inference.indicators import observe  # noqa: PLC0415 - this test alone asks about a part

    (part,) = build.cluster().machines(2).estate().parts()
    assert {found.indicator: found.state for found in observe(part)}[indicator] == "not_applicable"


def test_nothing_protects_without_a_product(build: EstateBuilder) -> None:
    """No product and no hint of another way is zero."""
    found = build.cluster().machines(4).observe("dr_protected")
    assert (found.state, found.value, found.denominator) == ("observed", 0.0, 4)
    assert build.gap("vms").observe("dr_protected").seen == 0.5


@pytest.mark.parametrize("hidden", [True, False])
def test_nobody_to_protect_is_unknown(build: EstateBuilder, hidden: bool) -> None:
    """Because there is no workload, or because none could be read."""
    build.cluster().placeholders(0 if hidden else 3)
    reason = (build.gap("vms") if hidden else build).observe("dr_protected").reason
    assert reason.startswith("vms could not be read" if hidden else "there are no workload VMs")


def test_placeholders_without_their_product_leave_it_unknown(build: EstateBuilder) -> None:
    """Somebody keeps them, and may protect workloads here too."""
    found = build.cluster().machines(4).placeholders(2).observe("dr_protected")
    assert (found.state, found.reason) == (
        "unknown",
        "2 recovery placeholder VMs found, but no product that manages them is registered",
    )


@pytest.mark.parametrize("extension", [SRM, ZERTO])
def test_a_product_that_names_no_machine_leaves_it_unknown(build: EstateBuilder, extension: Extension) -> None:
    """Only events name protected machines: a registered product without them is no zero."""
    build.extensions = [extension]
    assert "no retained event names" in build.cluster().machines(4).observe("dr_protected").reason


@pytest.mark.parametrize(
    ("days", "hint", "state"), [(365.0, "", "observed"), (300.0, "", "unknown"), (365.0, "metro ", "unknown")]
)
def test_a_cluster_of_which_nothing_is_protected_is_zero(build: EstateBuilder, days: float, hint: str, state: str) -> None:
    """Events of a year name the machines of its neighbour: numbers of clusters add up to those of their vCenter."""
    build.seen_days, build.extensions = days, [SRM]
    build.cluster().cluster("c2", name=f"{hint}c2").machines(4).machines(6, prefix="dev", host="c2-h1")
    for vm in ("vm-1", "vm-2"):
        build.event("com.vmware.vcDr.ProtVmCreatedEvent", vm=vm, days_ago=9)
    whole, mine, other = (dr_protected(scope) for scope in (build.estate(), *build.estate().parts()))
    assert (mine.state, mine.numerator, mine.denominator) == ("observed", 2, 4)
    assert other.state == state
    if state == "observed":
        assert (whole.numerator, whole.denominator, other.numerator, other.denominator, other.seen) == (2, 10, 0, 6, 1)
        assert other.evidence == ("0 of 6 workload VMs are protected: events in the last 365 days name only others.",)


def test_recovery_by_the_storage_leaves_it_unknown(build: EstateBuilder) -> None:
    """Names of datastores that hint at replication make zero impossible to claim."""
    build.more["datastores"] = (Datastore(id="ds", name="SRDF_prod_01"),)
    assert "suggest recovery by the storage (SRDF_prod_01)" in build.cluster().machines(4).observe("dr_protected").reason


@pytest.mark.parametrize(
    ("first", "second", "on", "state"),
    [
        (("c1-h1",), ("c1-h2",), True, "unknown"),
        (("c1-h1",), ("c1-h2",), False, "observed"),
        (("c1-h1",), ("c1-h1",), True, "observed"),
        (("c1-h1",), ("c1-h1", "c1-h2"), True, "observed"),
        ((), ("c1-h1", "c1-h2"), True, "observed"),
        (("c1-h1",), ("other",), True, "observed"),
    ],
)
def test_a_cluster_of_two_sites_leaves_it_unknown(
    build: EstateBuilder, first: tuple[str, ...], second: tuple[str, ...], on: bool, state: str
) -> None:
    """Rules that bind machines to two halves of a cluster mean a stretched one; off, overlapping or in part they do not."""
    groups = (ClusterGroup("A", hosts=first), ClusterGroup("B", hosts=second), ClusterGroup("vms", vms=("vm-1",)))
    rules = tuple(ClusterRule(g, "ClusterVmHostRuleInfo", enabled=on, vm_group="vms", host_group=g) for g in "AB")
    assert build.cluster(rules=rules, groups=groups).machines(4).observe("dr_protected").state == state


def test_groups_of_hosts_without_rules_are_no_sites(build: EstateBuilder) -> None:
    """They may be there for licences or for the looks."""
    groups = (ClusterGroup("A", hosts=("c1-h1",)), ClusterGroup("B", hosts=("c1-h2",)))
    rules = (ClusterRule("a", "ClusterVmHostRuleInfo", enabled=True, vm_group="vms", host_group="A"),)
    assert build.cluster(rules=rules, groups=groups).machines(4).observe("dr_protected").state == "observed"


@pytest.mark.parametrize(
    ("created", "removed"),
    [
        ("com.vmware.vcDr.ProtVmCreatedEvent", "com.vmware.vcDr.ProtVmRemovedEvent"),
        ("com.vmware.vcDr.ProtectedVmCreatedEvent", "com.vmware.vcDr.ProtectedVmRemovedEvent"),
        ("com.vmware.vcHms.replicationConfiguredEvent", "com.vmware.vcHms.replicationUnconfiguredEvent"),
    ],
)
def test_protected_machines_follow_from_events(build: EstateBuilder, created: str, removed: str) -> None:
    """The last word about a machine counts, in every spelling; machines of the other site do not count here."""
    build.extensions = [SRM]
    build.seen_days = 365.0
    build.cluster().machines(4).event(created, vm="vm-1").event(created, vm="vm-2").event(removed, vm="vm-2").event(
        created, vm="other"
    )
    found = build.observe("dr_protected")
    assert (found.numerator, found.denominator, found.seen) == (1, 4, 1.0)


def test_machines_named_in_part_of_a_year_are_not_all_that_are_protected(build: EstateBuilder) -> None:
    """Protection is set up once: who was protected before the first event is not named again."""
    build.extensions = [SRM]
    build.seen_days = 90.0
    build.cluster().machines(6)
    for vm in ("vm-1", "vm-2"):
        build.event("com.vmware.vcDr.ProtVmCreatedEvent", vm=vm)
    found = build.observe("dr_protected")
    assert found.state == "unknown"
    assert found.reason.startswith(
        "events show 2 of 6 workload VMs as protected in the last 90 days (events go no further back); those"
    )
    build.event("com.vmware.vcDr.ProtVmCreatedEvent", vm="vm-3")
    found = build.observe("dr_protected")
    assert found.value == 0.5  # many, and at least so many
    assert found.seen == pytest.approx(90 / 365)


def test_the_last_word_about_a_machine_is_by_its_key(build: EstateBuilder) -> None:
    """Protected anew counts; replication that was ended does not; events may name the machine as their object."""
    build.extensions = [SRM]
    build.seen_days = 365.0
    build.cluster().machines(4).event("com.vmware.vcDr.ProtVmRemovedEvent", vm="vm-1").event(
        "com.vmware.vcDr.ProtVmCreatedEvent", vm="vm-1"
    )
    build.event("hbr.primary.DeltaCompletedEvent", vm="vm-2").event("com.vmware.vcHms.replicationUnconfiguredEvent", vm="vm-2")
    build.event("com.vmware.vcDr.ProtVmCreatedEvent", object_id="vm-3")
    assert build.observe("dr_protected").numerator == 2


def test_a_change_of_replication_names_its_machine_once(build: EstateBuilder) -> None:
    """It comes when somebody sets up or changes the replication of a machine: the others are replicated all the same."""
    build.extensions = [Extension("com.vmware.vcHms")]
    build.cluster().machines(100)
    for n in (1, 2, 3):
        build.event("hbr.primary.VmReplicationConfigurationChangedEvent", vm=f"vm-{n}")
    assert build.observe("dr_protected").reason.startswith("events show 3 of 100 workload VMs as protected in the last 30 days")


def test_a_site_of_placeholders_says_so(build: EstateBuilder) -> None:
    """A recovery site is assessed on its own workloads, and the reader is told."""
    build.extensions = [SRM]
    found = build.cluster().machines(4).placeholders(18).observe("dr_protected")
    assert found.state == "unknown"
    assert found.evidence[-1].startswith("Most VMs here are recovery placeholders (18; own workloads: 4)")


def test_no_event_ever_leaves_tests_unknown(build: EstateBuilder) -> None:
    """A vCenter that returns no event has shown nothing, with or without a product."""
    build.seen_days = None
    assert build.cluster().observe("dr_tests").state == "unknown"


def test_a_month_without_tests_is_unknown_where_there_are_plans(build: EstateBuilder) -> None:
    """Tests are a year apart at best."""
    build.extensions = [SRM]
    assert build.observe("dr_tests").reason.endswith("; tests may be a year apart")


def test_hidden_products_leave_tests_unknown(build: EstateBuilder) -> None:
    """A product that tells nothing of its tests may be among them."""
    build.seen_days = 365.0
    found = build.cluster().gap("extensions").observe("dr_tests")
    assert (found.state, "extensions could not be read" in found.reason) == ("unknown", True)


def test_foreign_tests_leave_no_trace(build: EstateBuilder) -> None:
    """A year without events of a product that sends none proves nothing."""
    build.extensions = [ZERTO]
    build.seen_days = 365.0
    assert build.observe("dr_tests").reason.endswith("tests of Zerto leave no events in vCenter")


@pytest.mark.parametrize(("extensions", "days", "seen"), [([], 30.0, 30 / 365), ([SRM], 365.0, 1.0)])
def test_no_test_is_zero_without_plans_or_after_a_year(
    build: EstateBuilder, extensions: list[Extension], days: float, seen: float
) -> None:
    """Without a product there is no plan to test; with one, a whole year without a test is zero."""
    build.extensions, build.seen_days = extensions, days
    found = build.observe("dr_tests")
    assert (found.state, found.value) == ("observed", 0.0)
    assert found.seen == pytest.approx(seen)


def test_tests_are_counted_in_both_spellings(build: EstateBuilder) -> None:
    """Ends of tests within a year, of old and new releases; begins, clean-ups and recoveries are none."""
    build.extensions, build.seen_days = [SRM], 400.0
    build.event("com.vmware.vcDr.PlanExecTestEnd").event("com.vmware.vcDr.RecoveryPlanExecuteTestEnd").event(
        "com.vmware.vcDr.PlanExecTestEnd", days_ago=380
    )
    build.event("com.vmware.vcDr.PlanExecTestBegin").event("com.vmware.vcDr.PlanExecCleanupEnd").event(
        "com.vmware.vcDr.PlanExecEnd"
    )
    found = build.observe("dr_tests")
    assert (found.value, found.seen) == (2, 1.0)
    build.seen_days = 73.0
    assert build.observe("dr_tests").seen == pytest.approx(0.2)


def test_seconds_of_events_show_no_year_without_tests(build: EstateBuilder) -> None:
    """A simulator just started has kept events for a moment."""
    build.seen_days = 1e-6
    assert (
        build.cluster().observe("dr_tests").reason == "events reach back less than a minute of 365 days, at least 1 day needed"
    )


def test_no_test_in_a_year_is_zero_beside_a_product_that_sends_no_event(build: EstateBuilder) -> None:
    """Plans of the one that does were not tested."""
    build.extensions, build.seen_days = [ZERTO, SRM], 365.0
    assert build.observe("dr_tests").value == 0.0


@pytest.mark.parametrize("days", [30.0, 365.0])
def test_products_that_could_not_be_read_may_send_no_event(build: EstateBuilder, days: float) -> None:
    """However long no test was seen."""
    build.seen_days = days
    assert "extensions could not be read" in build.gap("extensions").observe("dr_tests").reason
    build.unreadable_events = "no privilege"
    assert build.observe("dr_tests").reason == "events could not be read: no privilege"


def test_storage_that_recovers_by_itself_leaves_tests_unknown(build: EstateBuilder) -> None:
    """What copies itself to another site is tested without an event; no product is no proof there."""
    build.seen_days = 365.0
    build.more["datastores"] = (Datastore(id="ds", name="metro_prod_01"),)
    assert "suggest recovery by the storage (metro_prod_01)" in build.cluster().machines(4).observe("dr_tests").reason
