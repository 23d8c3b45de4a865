"""Conduct: what the people and the automation of a site do in one week, as events of vCenter."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np

from vjourney.laboratory.lifecycle import order_machines, run_operations
from vjourney.laboratory.site import Machine, Site

MONTH = 30 / 7
HUNDRED = 100
MOST_BALANCING = 300.0
"""Moves by DRS for each 100 machines and 30 days that even a crowded cluster does not exceed."""


def live_a_week(site: Site, position: float) -> None:
    """Everything of one week, in no particular order, then the next week begins."""
    site.position = position
    if site.hosts and site.machines:
        members = site.members()
        order_machines(site)
        run_operations(site)
        patch(site, members)
        move_by_hand(site, members)
        move_storage(site, members)
        balance(site, members)
        recover(site)
    site.close_week()


def patch(site: Site, members: dict[int, list[int]]) -> None:
    """Campaigns that take the hosts of a cluster through maintenance one after another; lone hosts are patched alone."""
    chance = site.figure("patching") / 52 * site.activity
    units = [*members.values(), *([index] for index in range(len(site.hosts)) if not site.is_clustered(index))]
    for unit in units:
        if site.rng.random() >= chance:
            continue
        begin, release = site.moment(), max(site.hosts[host].patched for host in unit) + 1
        for step, host in enumerate(unit):
            if site.rng.random() < site.figure("completeness"):
                _maintain(site, host, unit, begin + timedelta(hours=2 * step))
                site.hosts[host].patched = release


def _maintain(site: Site, host: int, unit: Sequence[int], at: datetime) -> None:
    """One entry into maintenance: by live migration where people know how, else by shutting down what runs there."""
    name, machines = site.hosts[host].id, [machine for machine in site.machines if machine.host == host]
    others = [other for other in unit if other != host and site.is_mobile(other)]
    evacuates = bool(others) and site.is_mobile(host) and site.rng.random() < site.figure("evacuation")
    site.say(at, "EnteringMaintenanceModeEvent", host=name)
    for number, machine in enumerate(machines):
        then = at + timedelta(seconds=20 + 15 * number)
        if evacuates:
            kind = "DrsVmMigratedEvent" if site.is_balanced(site.hosts[host].cluster) else "VmMigratedEvent"
            _move(site, machine, int(site.rng.choice(others)), then, kind)
        else:
            site.say(then, "VmPoweredOffEvent", vm=machine.id, host=name, user="CORP\\admin")
            site.say(then + timedelta(hours=1.5), "VmPoweredOnEvent", vm=machine.id, host=name, user="CORP\\admin")
    done = at + timedelta(seconds=60 + 15 * len(machines))
    site.say(done, "EnteredMaintenanceModeEvent", host=name)
    site.say(done + timedelta(minutes=40), "ExitMaintenanceModeEvent", host=name)


def _move(site: Site, machine: Machine, dest: int, at: datetime, kind: str, user: str = "CORP\\admin") -> None:
    """A live migration to another host, as the two events that vCenter writes."""
    source = site.hosts[machine.host]
    site.say(at, "VmBeingHotMigratedEvent", vm=machine.id, host=source.id, dest_host=site.hosts[dest].id, user=user)
    done = at + timedelta(seconds=12)
    site.say(done, kind, vm=machine.id, source_host=source.id, host=site.hosts[dest].id, user=user)
    machine.host = dest
    site.motions[site.hosts[dest].cluster] += 1


def _batches(site: Site, expected: float, mean: float) -> list[int]:
    """Sizes of batches that sum to ``expected`` on average: people do such things several at a time."""
    count = int(site.rng.poisson(max(0.0, expected) * site.activity / mean))
    return [int(size) for size in site.rng.geometric(1 / mean, size=count)]


def _mobile(site: Site, members: dict[int, list[int]]) -> dict[int, list[int]]:
    """Hosts of each cluster between which machines can move; clusters with fewer than two are left out."""
    able = {cluster: [host for host in hosts if site.is_mobile(host)] for cluster, hosts in members.items()}
    return {cluster: hosts for cluster, hosts in able.items() if len(hosts) > 1}


def move_by_hand(site: Site, members: dict[int, list[int]]) -> None:
    """Live moves by people, for balance, for trouble or to make room."""
    able = _mobile(site, members)
    movable = [machine for machine in site.machines if site.hosts[machine.host].cluster in able]
    if not movable:
        return
    for size in _batches(site, site.figure("moves") * len(movable) / HUNDRED / MONTH, 2.5):
        at = site.moment()
        for step, place in enumerate(site.rng.integers(0, len(movable), size=size)):
            _to_another(site, movable[int(place)], able, at + timedelta(minutes=2 * step), "VmMigratedEvent")


def _to_another(site: Site, machine: Machine, able: dict[int, list[int]], at: datetime, kind: str) -> None:
    others = [host for host in able.get(site.hosts[machine.host].cluster, ()) if host != machine.host]
    if others and site.is_mobile(machine.host):
        _move(site, machine, int(site.rng.choice(others)), at, kind, "" if kind.startswith("Drs") else "CORP\\admin")


def move_storage(site: Site, members: dict[int, list[int]]) -> None:
    """Live moves between shared datastores; the edition has to include them."""
    if site.edition in {"Essentials", "Essentials Plus"} or not members:
        return
    machines = [machine for machine in site.machines if site.is_mobile(machine.host)]
    if not machines:
        return
    for size in _batches(site, site.figure("storage_moves") * len(machines) / HUNDRED / MONTH, 4):
        at = site.moment()
        for step, place in enumerate(site.rng.integers(0, len(machines), size=size)):
            machine = machines[int(place)]
            host, then = site.hosts[machine.host], at + timedelta(minutes=11 * step)
            before, machine.store = machine.store, (machine.store + 1) % 3
            stores = {"source_datastore": f"s{host.cluster}-{before}", "datastore": f"s{host.cluster}-{machine.store}"}
            site.say(then, "VmBeingHotMigratedEvent", vm=machine.id, host=host.id, dest_host=host.id, user="CORP\\storage")
            done = then + timedelta(minutes=6)
            site.say(done, "VmMigratedEvent", vm=machine.id, source_host=host.id, host=host.id, user="CORP\\storage", **stores)


def balance(site: Site, members: dict[int, list[int]]) -> None:
    """What DRS does by itself: next to nothing in calm clusters and a lot in crowded ones."""
    able = {} if "calm" in site.quirks else _mobile(site, members)
    for cluster in able:
        if not site.is_balanced(cluster):
            continue
        crowd = float(np.exp(1.1 * _normal(site.draw("contention", cluster))))
        machines = [m for m in site.machines if site.hosts[m.host].cluster == cluster and site.is_mobile(m.host)]
        rate = min(crowd * site.figure("balancing"), MOST_BALANCING)
        for _ in range(int(site.rng.poisson(rate * len(machines) / HUNDRED / MONTH))):
            machine = machines[int(site.rng.integers(0, len(machines)))]
            _to_another(site, machine, able, site.moment(), "DrsVmMigratedEvent")


def _normal(uniform: float) -> float:
    """A draw from 0 to 1 as a standard normal one, near enough: a logistic of the same spread."""
    clipped = min(max(uniform, 1e-3), 1 - 1e-3)
    return float(np.log(clipped / (1 - clipped)) / 1.7)


def recover(site: Site) -> None:
    """Protection by the recovery product, and tests of its plans."""
    if not site.has("recovery_product"):
        return
    cover = site.figure("recovery_cover")
    for machine in site.machines:
        wanted = machine.luck < cover * (2.5 if machine.kind == "business" else 0.8)
        if wanted and not machine.protected:
            machine.protected = True
            site.say(site.moment(), "com.vmware.vcDr.ProtectedVmCreatedEvent", vm=machine.id)
    if site.rng.random() < site.figure("recovery_tests") / 52 * site.activity:
        rehearse_recovery(site, site.moment())


def rehearse_recovery(site: Site, at: datetime) -> None:
    """One completed test of a recovery plan."""
    site.say(at, "com.vmware.vcDr.RecoveryPlanExecuteTestEndEvent")
