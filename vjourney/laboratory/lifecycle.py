"""Lifecycle: machines that are ordered, made, started, changed and thrown away, by people or by service principals."""

from __future__ import annotations

from datetime import datetime, timedelta

from vjourney.laboratory.site import MOST_MACHINES, Machine, Site

MONTH = 30 / 7
HUNDRED = 100
CHANGES = 12.0
"""Changes of settings and of power state for each 100 machines and 30 days, whoever makes them."""

CATCHING_UP = 0.12
"""The part of missing business applications that moves onto the platform in one week."""

GROWTH = 0.04
"""The part of all machines still to come, or to go, that does so in one week."""

PEOPLE = ("CORP\\meyer", "CORP\\lopez", "CORP\\admin", "CORP\\okafor")
PRINCIPALS = ("VSPHERE.LOCAL\\svc-automation", "CORP\\svc-terraform", "VSPHERE.LOCAL\\vra-svc")
BACKUP = "CORP\\svc-backup"
SHRINKING = 0.02


def order_machines(site: Site) -> None:
    """Orders of the week, in batches; about as many old machines go, and all the more where the platform is given up."""
    rng = site.rng
    if "given_up" in site.quirks:
        _throw_away(site, int(rng.binomial(len(site.machines), SHRINKING)))
        return
    rate = site.figure("churn") * len(site.machines) / HUNDRED / MONTH * site.activity
    for _ in range(int(rng.poisson(rate / 2))):
        at, team = site.moment(), _tenant(site)
        for step in range(min(int(rng.geometric(0.5)), 20)):
            if len(site.machines) < MOST_MACHINES:
                _make(site, "plain" if rng.random() < 0.7 else "trial", at + timedelta(minutes=3 * step), team)  # noqa: PLR2004 - most are for good
    _throw_away(site, int(rng.poisson(rate * 0.95)))
    _grow(site)
    _move_business(site)


def _grow(site: Site) -> None:
    """More machines, or fewer, until there are as many as the organisation would have by now."""
    missing = site.room() - len(site.machines)
    for _ in range(int(site.rng.binomial(max(0, missing), GROWTH))):
        _make(site, "plain", site.moment(), _tenant(site))
    _throw_away(site, int(site.rng.binomial(max(0, -missing), GROWTH)))


def _tenant(site: Site) -> str:
    return f"team-{int(site.rng.integers(0, max(1, round(site.figure('tenants')))))}"


def _move_business(site: Site) -> None:
    """Business applications that come onto the platform, or leave it, until their share is what the organisation dares."""
    rng, business = site.rng, [machine for machine in site.machines if machine.kind == "business"]
    wanted = int(site.figure("business") * len(site.machines) + site.draw("business"))
    missing = wanted - len(business)
    if missing > 0:
        for _ in range(int(rng.binomial(missing, CATCHING_UP))):
            machine = _make(site, "business", site.moment(), _tenant(site))
            machine.created -= timedelta(days=float(rng.uniform(0, 20)))
    elif missing < -2:  # noqa: PLR2004 - a machine or two too many is nothing to act on
        for machine in business[: int(rng.binomial(-missing, CATCHING_UP))]:
            _remove(site, machine)


def _make(site: Site, kind: str, at: datetime, team: str) -> Machine:
    """One new machine: from a template, by the book, or blank; started after a delay."""
    rng = site.rng
    machine = site.new_machine(kind, int(rng.integers(0, len(site.hosts))), created=at)
    machine.from_portal = site.has("portal") and bool(rng.random() < site.figure("portal_share"))
    machine.owner = team
    host, user = site.hosts[machine.host].id, _by_whom(site)
    if machine.from_portal:
        user = PRINCIPALS[0]
    said = {"vm": machine.id, "vm_name": machine.name, "host": host, "user": user}
    if rng.random() < site.figure("templates"):
        site.say(at, "VmDeployedEvent", source_vm=f"{site.prefix}tpl-{int(rng.integers(0, 4))}", **said)
    elif rng.random() < 0.25:  # noqa: PLR2004 - some physical servers are converted
        site.say(at, "VmRegisteredEvent", **said)
    elif rng.random() < 0.3 and site.machines:  # noqa: PLR2004 - some copy what they have
        site.say(at, "VmClonedEvent", source_vm=site.machines[int(rng.integers(0, len(site.machines)))].id, **said)
    else:
        site.say(at, "VmCreatedEvent", **said)
    delay = timedelta(hours=min(700.0, site.figure("delay") * float(rng.lognormal(0, 1.2))))
    site.say(at + delay, "VmPoweredOnEvent", **said)
    return machine


def _by_whom(site: Site) -> str:
    if site.rng.random() < site.figure("automation"):
        return PRINCIPALS[int(site.rng.integers(0, len(PRINCIPALS)))]
    return PEOPLE[int(site.rng.integers(0, len(PEOPLE)))]


def _throw_away(site: Site, count: int) -> None:
    """Old machines go; those of business applications stay unless the whole platform is given up."""
    spared = () if "given_up" in site.quirks else ("business",)
    old = [machine for machine in site.machines if machine.kind not in spared]
    for place in site.rng.permutation(len(old))[: min(count, max(0, len(old) - 2))]:
        _remove(site, old[int(place)])


def _remove(site: Site, machine: Machine) -> None:
    host, at = site.hosts[machine.host].id, site.moment()
    user = _by_whom(site)
    site.machines.remove(machine)
    site.say(at, "VmPoweredOffEvent", vm=machine.id, host=host, user=user)
    site.say(at + timedelta(minutes=5), "VmRemovedEvent", vm=machine.id, vm_name=machine.name, host=host, user=user)


def run_operations(site: Site) -> None:
    """Changes of settings and of power state; and backups, which are nobody's lifecycle."""
    rng, machines = site.rng, site.machines
    for _ in range(int(rng.poisson(CHANGES * len(machines) / HUNDRED / MONTH * site.activity))):
        machine, at = machines[int(rng.integers(0, len(machines)))], site.moment()
        said = {"vm": machine.id, "host": site.hosts[machine.host].id, "user": _by_whom(site)}
        if rng.random() < 0.6:  # noqa: PLR2004 - more settings than power states are changed
            site.say(at, "VmReconfiguredEvent", **said)
        else:
            site.say(at, "VmPoweredOffEvent", **said)
            site.say(at + timedelta(minutes=4), "VmPoweredOnEvent", **said)
    nightly = 1.0 if "backup_heavy" in site.quirks else 0.05
    for machine in machines:
        if rng.random() < nightly:
            site.say(site.moment(), "VmReconfiguredEvent", vm=machine.id, host=site.hosts[machine.host].id, user=BACKUP)
