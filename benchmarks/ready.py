"""A ready snapshot of a large vCenter and a month of its events, made directly as facts: what an assessment costs by itself.

``python -m benchmarks.ready`` prints the seconds of an assessment of the vCenter alone, and of it with every cluster.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from statistics import median

from collector.facts import (
    About,
    Cluster,
    CustomField,
    Datastore,
    DrsConfig,
    Event,
    Extension,
    Folder,
    HaConfig,
    Host,
    ResourcePool,
    Snapshot,
    SnapshotEntry,
    VirtualMachine,
)
from inference.assess import assess_estate, assess_whole
from inference.estate.estate import Estate
from inference.estate.history import History, MotionCount
from inference.judging.model import load

NOW = datetime(2026, 3, 5, 17, tzinfo=UTC)
VMS, CLUSTERS, HOSTS_EACH = 40_000, 313, 6
WHOLE = f"assessment of {VMS:,} VMs, vCenter alone"
EVERY = f"assessment of {VMS:,} VMs, with {CLUSTERS} clusters"
KINDS = ("web", "app", "sqlprd", "file", "test", "dc", "oracle-db", "xk", "srv", "print")
SIZES = ((2, 4096), (2, 8192), (4, 16384), (8, 65536), (1, 2048))
CHANGES = {"D\\kim": 0.5, "D\\svc-deploy": 0.3, "vsphere.local\\vpxd-extension-1": 0.2}
REPEATS = 5


def snapshot() -> Snapshot:
    """40,000 virtual machines in 313 clusters of six hosts."""
    dice = random.Random(7)  # noqa: S311 - an invented estate
    return Snapshot(
        vcenter="large",
        about=About("large", "8.0.3", "24322831", "VirtualCenter", "8.0.3.0"),
        taken_at=NOW,
        clusters=tuple(_cluster(n) for n in range(CLUSTERS)),
        hosts=tuple(_host(n, place) for n in range(CLUSTERS) for place in range(HOSTS_EACH)),
        vms=tuple(_machine(n, dice) for n in range(VMS)),
        datastores=tuple(_datastore(n, place) for n in range(CLUSTERS) for place in range(4)),
        resource_pools=tuple(
            ResourcePool(id=f"pool-{n}", name="Resources", parent=f"c-{n}", owner=f"c-{n}") for n in range(CLUSTERS)
        ),
        folders=tuple(
            Folder(id=f"f-{n}", name=KINDS[n % len(KINDS)], parent=f"f-{n // 10}" if n else None) for n in range(100)
        ),
        extensions=(Extension("com.vmware.vcDr"), Extension("com.vmware.vcIntegrity")),
        custom_fields=(CustomField(1, "Owner"), CustomField(2, "Environment")),
    )


def history() -> History:
    """Thirty days: every third machine moved, every tenth was powered, one in fifty was made; counters were read daily."""
    dice = random.Random(8)  # noqa: S311 - an invented estate
    found: list[Event] = []
    start = NOW - timedelta(days=30)

    def note(kind: str, at: datetime, vm: int, host: int, source: str | None = None, dest: str | None = None) -> None:
        place = f"h-{vm % CLUSTERS}-{host}"
        user = dice.choices(list(CHANGES), list(CHANGES.values()))[0]
        found.append(
            Event(
                key=len(found) + 1,
                type=kind,
                at=at,
                chain=len(found) // 2,
                user=user,
                vm=f"vm-{vm}",
                vm_name=_name(vm),
                host=place,
                cluster=f"c-{vm % CLUSTERS}",
                source_host=source,
                dest_host=dest,
            )
        )

    for step in range(VMS):
        at, vm = start + timedelta(days=30) * step / VMS, dice.randrange(VMS)
        if step % 3 == 0:
            note("VmBeingHotMigratedEvent", at, vm, 1, dest=f"h-{vm % CLUSTERS}-2")
            note("DrsVmMigratedEvent" if step % 2 else "VmMigratedEvent", at, vm, 2, source=f"h-{vm % CLUSTERS}-1")
        if step % 10 == 0:
            note("VmPoweredOffEvent", at, vm, 2)
            note("VmPoweredOnEvent", at, vm, 2)
        if step % 50 == 0:
            note("VmDeployedEvent", at, vm, 2)
            note("VmCreatedEvent", at, vm, 2)
    days = range(30, -1, -1)
    counted = [MotionCount(f"c-{n}", NOW - timedelta(days=ago), 9000 - 2 * ago) for ago in days for n in range(CLUSTERS)]
    return History(tuple(found), start, motion_counts=tuple(counted))


def _name(number: int) -> str:
    return f"{KINDS[number % len(KINDS)]}-{number % CLUSTERS:03}-{number:05}"


def _cluster(number: int) -> Cluster:
    return Cluster(
        id=f"c-{number}",
        name=f"cluster-{number}",
        hosts=tuple(f"h-{number}-{place}" for place in range(HOSTS_EACH)),
        ha=HaConfig(enabled=True, admission_control=True, restart_priority="medium"),
        drs=DrsConfig(enabled=True, behavior="fullyAutomated", vmotion_rate=3, overrides_allowed=True),
        total_cpu_mhz=1000,
        cpu_demand_mhz=400,
    )


def _host(cluster: int, place: int) -> Host:
    return Host(
        id=f"h-{cluster}-{place}",
        name=f"esx-{cluster}-{place}",
        parent=f"c-{cluster}",
        cores=64,
        memory_bytes=2**40,
        vmotion_enabled=True,
        vendor="Dell Inc.",
        version="8.0.3",
        build="24280767",
        connection="connected",
    )


def _datastore(cluster: int, place: int) -> Datastore:
    hosts = tuple(f"h-{cluster}-{host}" for host in range(HOSTS_EACH))
    return Datastore(
        id=f"ds-{cluster}-{place}", name=f"san-{cluster}-{place}", type="VMFS", multiple_host_access=True, hosts=hosts
    )


def _machine(number: int, dice: random.Random) -> VirtualMachine:
    cluster, (vcpus, memory) = number % CLUSTERS, dice.choice(SIZES)
    return VirtualMachine(
        id=f"vm-{number}",
        name=_name(number),
        parent=f"f-{number % 100}",
        host=f"h-{cluster}-{number % HOSTS_EACH}",
        resource_pool=f"pool-{cluster}",
        datastores=(f"ds-{cluster}-{number % 4}",),
        networks=(f"dvportgroup-{cluster}",),
        power="poweredOn" if number % 12 else "poweredOff",
        connection="connected",
        template=number % 400 == 0,
        guest_id="rhel9_64Guest",
        hardware_version="vmx-19",
        created=NOW - timedelta(days=dice.randrange(900)),
        vcpus=vcpus,
        memory_mb=memory,
        tools_version="guestToolsCurrent",
        custom_values=((1, f"team-{number % 37}"), (2, "production" if number % 3 else "test")),
        snapshots=(SnapshotEntry("before patch", NOW - timedelta(days=dice.randrange(30))),) if number % 40 == 0 else (),
    )


def measure() -> dict[str, float]:
    """Seconds of processor time of an assessment from a ready snapshot: the vCenter alone, and with every cluster."""
    ready, past, model = snapshot(), history(), load("journey-1")
    return {
        WHOLE: _median(lambda: assess_whole(Estate.of(ready, past), model)),
        EVERY: _median(lambda: assess_estate(Estate.of(ready, past), model)),
    }


def _median(call: Callable[[], object]) -> float:
    seconds = []
    for _ in range(REPEATS):
        started = time.process_time()
        call()
        seconds.append(time.process_time() - started)
    return median(seconds)


if __name__ == "__main__":
    for name, seconds in measure().items():
        print(f"{name}: {seconds:.2f} s")
