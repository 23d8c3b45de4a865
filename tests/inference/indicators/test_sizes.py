"""Sizes of new machines."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.inference.conftest import EstateBuilder


def test_the_commonest_sizes_count_however_few_have_them(build: EstateBuilder) -> None:
    """Of twelve machines of twelve sizes eight have one of the eight commonest."""
    build.cluster()
    for n in range(1, 13):
        build.machine(f"vm{n}", vcpus=n, created=build.now - timedelta(days=3))
    found = build.observe("size_std")
    assert (found.numerator, found.denominator) == (8, 12)
    assert found.evidence == ("8 of 12 new VMs with a common size: top 8 of 12 sizes in use.",)


def test_common_sizes_are_counted(build: EstateBuilder) -> None:
    """Three sizes, all among the commonest; old machines and imports have no part in it."""
    build.cluster().machines(6, created=build.now - timedelta(days=80)).machine("odd", vcpus=7)
    build.machines(4, prefix="big", vcpus=8, memory_mb=32768).machine("old", vcpus=3, created=build.now - timedelta(days=91))
    build.machines(3, prefix="moved", created=build.now - timedelta(days=1))
    for n in range(1, 4):
        build.event("VmRegisteredEvent", vm=f"moved-{n}", vm_name=f"moved-{n}")
    found = build.observe("size_std")
    assert (found.numerator, found.denominator, found.seen) == (11, 11, 1.0)
    assert found.evidence == ("11 of 11 new VMs with a common size: top 3 of 3 sizes in use.",)


def test_machines_that_a_tool_made_have_no_say_in_sizes(build: EstateBuilder) -> None:
    """A restore makes machines as they were, so only those of people and programs are counted."""
    build.cluster().machines(12, vcpus=2, memory_mb=4096)
    build.seen_days = 90.0
    build.machines(12, prefix="restored", vcpus=6, memory_mb=7777)
    for n in range(1, 13):
        build.event("VmCreatedEvent", vm=f"restored-{n}", vm_name=f"restored-{n}", user="CORP\\svc-veeam", days_ago=10)
    found = build.observe("size_std")
    assert (found.numerator, found.denominator) == (12, 12)


def test_an_event_dates_a_machine_too(build: EstateBuilder) -> None:
    """Releases before 6.7 do not say when a machine was made; one of this moment is new."""
    build.cluster().machines(6, created=None).machines(2, prefix="now", created=build.now)
    for n in range(1, 5):
        build.event("VmCreatedEvent", vm=f"vm-{n}", vm_name=f"vm-{n}")
    found = build.observe("size_std")
    assert (found.numerator, found.denominator, found.seen) == (6, 6, 0.75)


def test_machines_without_a_date_or_a_size_are_unknown(build: EstateBuilder) -> None:
    """So are machines that could not be read at all; where there are none, nothing was made."""
    assert build.cluster().machines(3, created=None).observe("size_std").reason == (
        "when the VMs were created could not be read"
    )
    build.vms.clear()
    assert build.machines(3, memory_mb=None).observe("size_std").reason == "the sizes of the new VMs could not be read"
    build.vms.clear()
    assert build.observe("size_std").reason == "no VM was created here in the last 90 days"
    assert build.gap("vms").observe("size_std").reason.startswith("vms could not be read")


def test_at_most_eight_sizes_are_standard(build: EstateBuilder) -> None:
    """Nine sizes of two machines each leave one out."""
    build.cluster()
    for n in range(1, 10):
        build.machines(2, prefix=f"size{n}", vcpus=n)
    assert build.observe("size_std").numerator == 16


def test_machines_of_the_future_have_no_date(build: EstateBuilder) -> None:
    """A clock that ran ahead dated them: they are neither new nor old."""
    build.cluster().machines(12, created=build.now - timedelta(days=5)).machines(
        4, prefix="odd", created=build.now + timedelta(days=400), vcpus=3
    )
    found = build.observe("size_std")
    assert (found.numerator, found.denominator, found.seen) == (12, 12, 0.75)
