"""Inventory: what a vCenter would answer about a site, as a Snapshot, and what a program that ran for a while would keep."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from collector.facts import (
    About,
    Allocation,
    Cluster,
    ClusterRule,
    CustomField,
    DistributedSwitch,
    DrsConfig,
    Extension,
    Folder,
    Gap,
    HaConfig,
    HaOverride,
    Host,
    HostProfile,
    License,
    ManagedBy,
    Snapshot,
    SnapshotEntry,
    VirtualMachine,
)
from inference.estate.history import History, MotionCount
from vjourney.laboratory.site import Machine, Site
from vjourney.laboratory.storage import datastores, storage_pod

FIRST_BUILD, NEXT_BUILD = 17630552, 380000
"""The build of hosts at their first release here, and how far builds are apart: some two months of real ones."""

LICENCES = {
    "Enterprise Plus": "VMware vSphere 8 Enterprise Plus",
    "Standard": "VMware vSphere 8 Standard",
    "Essentials Plus": "VMware vSphere 8 Essentials Plus",
    "Essentials": "VMware vSphere 8 Essentials",
}
PLAIN_RESOURCES = Allocation("normal", 0, 0, -1)
OWNER = 1


@dataclass(frozen=True, slots=True)
class Sight:
    """What of a site can be seen: topics that cannot be read, and for how long events were kept or collected."""

    hidden: frozenset[str] = frozenset()
    days: float = 90.0


def look(site: Site, sight: Sight) -> tuple[Snapshot, History]:
    """The snapshot of now and the history that goes with it."""
    members = site.members()
    shown = Snapshot(
        vcenter="laboratory",
        about=About("laboratory", "8.0.2", "22385739", "VirtualCenter", "8.0.2.0"),
        taken_at=site.now,
        clusters=tuple(_cluster(site, cluster, hosts) for cluster, hosts in members.items()),
        hosts=tuple(_host(site, index) for index in range(len(site.hosts))),
        vms=(*_machines(site), *_templates(site), *_desktops(site)),
        datastores=datastores(site),
        storage_pods=tuple(storage_pod(site, cluster) for cluster in members),
        folders=_folders(site),
        switches=_switches(site),
        extensions=_extensions(site),
        custom_fields=(CustomField(OWNER, "Owner", "VirtualMachine"),),
        host_profiles=_profiles(site, members),
        licenses=(License(LICENCES[site.edition], "esx", len(site.hosts) * 2, len(site.hosts) * 2),),
        scheduled_tasks=int(site.draw("tasks") * 4),
        gaps=tuple(Gap(topic, "the account may not read it") for topic in sorted(sight.hidden)),
    )
    emptied: dict[str, Any] = dict.fromkeys(sight.hidden - {"events"}, ())
    return replace(shown, **emptied), _history(site, sight)


def _history(site: Site, sight: Sight) -> History:
    if "events" in sight.hidden:
        return History(events_unreadable="the account may not read events")
    since = site.now - timedelta(days=sight.days)
    events = tuple(event for event in site.events if event.at >= since)
    counts = tuple(MotionCount(f"{site.prefix}domain-c{cluster}", site.now, count) for cluster, count in site.motions.items())
    return History(events=events, seen_since=since, motion_counts=counts)


def _name(site: Site, host: int) -> str | None:
    return f"{site.prefix}domain-c{site.hosts[host].cluster}" if site.is_clustered(host) else None


def _host(site: Site, index: int) -> Host:
    host = site.hosts[index]
    return Host(
        id=host.id,
        name=f"esx{index:03d}",
        parent=_name(site, index) or f"{site.prefix}domain-s{index}",
        sockets=2,
        cores=32,
        threads=64,
        memory_bytes=512 * 2**30,
        cpu_model="x86",
        vmotion_enabled=site.is_mobile(index),
        ft_enabled=False,
        version="8.0.2",
        build=str(FIRST_BUILD + NEXT_BUILD * host.patched),
        connection="connected",
        power="poweredOn",
        in_maintenance=False,
    )


def _cluster(site: Site, cluster: int, hosts: list[int]) -> Cluster:
    has_drs = site.edition == "Enterprise Plus"
    on = site.has("ha", cluster) and site.edition != "Essentials"
    watched = site.has("guest_watch", cluster)
    own = [machine for machine in site.machines if machine.host in set(hosts) and machine.kind == "business"]
    care = site.figure("care")
    ruled = site.has("rules", cluster) and has_drs
    return Cluster(
        id=f"{site.prefix}domain-c{cluster}",
        name=f"Cluster {cluster}",
        hosts=tuple(site.hosts[host].id for host in hosts),
        ha=HaConfig(
            enabled=on,
            host_monitoring="enabled",
            vm_monitoring="vmMonitoringOnly" if watched else "vmMonitoringDisabled",
            admission_control=site.has("admission", cluster),
            restart_priority="medium",
        ),
        ha_overrides=tuple(HaOverride(machine.id, "high") for machine in own if machine.luck < care * 0.5),
        drs=DrsConfig(
            enabled=has_drs and site.draw("drs", cluster) < min(1.0, 0.3 + site.figure("drs")),
            behavior="fullyAutomated" if site.is_balanced(cluster) else "manual",
            vmotion_rate=3,
            overrides_allowed=True,
        ),
        rules=_rules(site, hosts) if ruled else (),
        num_vmotions=site.motions[cluster],
        total_cpu_mhz=len(hosts) * 32 * 2400,
        cpu_demand_mhz=int(len(hosts) * 32 * 2400 * _demand(site, cluster)),
        lifecycle_managed=site.has("baseline", cluster),
    )


def _demand(site: Site, cluster: int) -> float:
    """The part of its processor capacity that a cluster asks for."""
    return 0.08 if "calm" in site.quirks else 0.12 + 0.5 * site.draw("contention", cluster)


def _rules(site: Site, hosts: list[int]) -> tuple[ClusterRule, ...]:
    pair = [machine.id for machine in site.machines if machine.host in set(hosts)][:2]
    return (ClusterRule("apart", "ClusterAntiAffinityRuleSpec", enabled=True, vms=tuple(pair)),) if len(pair) > 1 else ()


def _is_shared(site: Site, machine: Machine) -> bool:
    return site.has("shared_storage", machine.id)


def _machines(site: Site) -> list[VirtualMachine]:
    folders = {folder.name: folder.id for folder in _folders(site)}
    upkeep, care, stale, owners, distributed = map(site.figure, ("upkeep", "care", "stale_snapshots", "owners", "distributed"))
    switched = site.edition == "Enterprise Plus"
    protects = site.has("fault_tolerance") and switched
    found = []
    for place, machine in enumerate(site.machines):
        luck, host = machine.luck, site.hosts[machine.host]
        cared = machine.kind == "business" and luck < care
        store = f"s{host.cluster}-{machine.store}" if _is_shared(site, machine) else f"l{machine.host}"
        found.append(
            VirtualMachine(
                id=machine.id,
                name=machine.name,
                parent=folders.get(machine.folder),
                host=host.id,
                datastores=(f"{site.prefix}{store}",),
                networks=("dvportgroup-1" if switched and (luck * 7) % 1 < distributed else "network-1",),
                power="poweredOn",
                connection="connected",
                template=False,
                guest_id="rhel8_64Guest" if place % 2 else "windows2019srv_64Guest",
                hardware_version="vmx-20" if (luck * 11) % 1 < upkeep else "vmx-13",
                created=machine.created,
                vcpus=machine.vcpus,
                memory_mb=machine.memory_mb,
                ft_role=1 if protects and place < 2 else None,  # noqa: PLR2004 - who uses fault tolerance uses it for a pair or two
                ft_state="running" if protects and place < 2 else "notConfigured",  # noqa: PLR2004 - the same
                managed_by=ManagedBy("com.vmware.vcloud.portal", "vm") if machine.from_portal else None,
                annotation="Backup: daily" if cared and (luck * 5) % 1 < 0.5 else "",  # noqa: PLR2004 - half of them
                memory=Allocation("normal", 0, machine.memory_mb if cared and (luck * 3) % 1 < 0.3 else 0, -1),  # noqa: PLR2004 - a few
                cpu=PLAIN_RESOURCES,
                tools_version="guestToolsCurrent" if (luck * 13) % 1 < upkeep else "guestToolsNeedUpgrade",
                tools_running="guestToolsRunning",
                custom_values=((OWNER, machine.owner),) if (luck * 17) % 1 < owners else (),
                snapshots=_snapshots(site, luck, stale),
                storage_bytes=machine.memory_mb * 2**22,
            )
        )
    return found


def _snapshots(site: Site, luck: float, stale: float) -> tuple[SnapshotEntry, ...]:
    kept = [SnapshotEntry("before upgrade", site.now - timedelta(days=40))] if (luck * 19) % 1 < stale else []
    if "backup_heavy" in site.quirks and (luck * 23) % 1 < 0.2:  # noqa: PLR2004 - a fifth is being backed up at any moment
        kept.append(SnapshotEntry("VEEAM BACKUP TEMPORARY SNAPSHOT", site.now - timedelta(hours=2)))
    return tuple(kept)


def _templates(site: Site) -> list[VirtualMachine]:
    first = site.hosts[0].id if site.hosts else None
    return [
        VirtualMachine(id=f"{site.prefix}tpl-{n}", name=f"golden-{n}", host=first, template=True, power="poweredOff")
        for n in range(4)
    ]


def _desktops(site: Site) -> list[VirtualMachine]:
    created: datetime = site.now - timedelta(days=120)
    return [
        VirtualMachine(
            id=f"{site.prefix}vdi-{n}",
            name=f"vdi-pool-{n:04d}",
            host=site.hosts[n % len(site.hosts)].id,
            datastores=(f"{site.prefix}s{site.hosts[n % len(site.hosts)].cluster}-0",),
            power="poweredOn",
            connection="connected",
            template=False,
            guest_id="windows11_64Guest",
            hardware_version="vmx-20",
            created=created,
            vcpus=2,
            memory_mb=8192,
            tools_version="guestToolsCurrent",
        )
        for n in range(site.desktops if site.hosts else 0)
    ]


def _folders(site: Site) -> tuple[Folder, ...]:
    names = sorted({machine.folder for machine in site.machines if machine.folder})
    return tuple(Folder(id=f"{site.prefix}group-v{n}", name=name) for n, name in enumerate(names))


def _switches(site: Site) -> tuple[DistributedSwitch, ...]:
    if site.edition != "Enterprise Plus" or not site.has("distributed"):
        return ()
    return (DistributedSwitch(id=f"{site.prefix}dvs-1", name="dvs", hosts=tuple(host.id for host in site.hosts)),)


def _extensions(site: Site) -> tuple[Extension, ...]:
    keys = ["com.vmware.vcIntegrity", "com.vmware.vim.eam", "com.vmware.vcenter.wcp"]
    keys += ["com.vmware.vcDr"] if site.has("recovery_product") else []
    keys += ["com.vmware.vcloud.portal"] if site.has("portal") else []
    keys += ["com.vmware.vcops"] if site.position > 1.5 + site.draw("operations") else []
    return tuple(Extension(key) for key in keys)


def _profiles(site: Site, members: dict[int, list[int]]) -> tuple[HostProfile, ...]:
    attached = [
        site.hosts[host].id
        for cluster, hosts in members.items()
        if site.has("baseline", ("profile", cluster))
        for host in hosts
    ]
    return (HostProfile("standard", tuple(attached), "compliant"),) if attached and site.draw("profiles") < 0.3 else ()  # noqa: PLR2004 - images are more usual
