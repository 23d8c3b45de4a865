"""What the account may read, asked before it is missed: each privilege, and what becomes unknown without it.

Which property needs which privilege is written in the type definitions that pyVmomi ships and in the API reference. The
built-in role Read-only holds the first two. ``event.maxAge`` needs System.Read on the root folder; the licence list names
no privilege in the reference and is empty without Global.Licenses.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from pyVmomi import vim, vmodl

from collector.vcenter.properties import retrieve_one
from collector.vcenter.session import Session
from collector.vcenter.translate import missing_privileges


@dataclass(frozen=True, slots=True)
class Privilege:
    """One privilege at the root folder; ``granted`` is ``None`` where the server would not say.

    ``topics`` are fields of a snapshot. A role granted further down the inventory shows here as not granted, and its
    part of the inventory can still be read. ``essential``: without it there is nothing to assess.
    """

    name: str
    granted: bool | None
    essential: bool
    topics: tuple[str, ...]
    without: str


NEEDS = (
    Privilege(
        name="System.View",
        granted=None,
        essential=True,
        topics=("folders", "datacenters", "extensions", "custom_fields", "scheduled_tasks", "events"),
        without="nothing can be read: no inventory, no extensions, no events, not even the clock",
    ),
    Privilege(
        name="System.Read",
        granted=None,
        essential=True,
        topics=("clusters", "hosts", "vms", "datastores", "storage_pods", "resource_pools", "switches"),
        without="clusters, hosts, VMs and datastores are known by name only, and event retention is unknown",
    ),
    Privilege(
        name="Profile.View",
        granted=None,
        essential=False,
        topics=("host_profiles",),
        without="whether host profiles keep hosts consistent is unknown",
    ),
    Privilege(
        name="Global.Licenses",
        granted=None,
        essential=False,
        topics=("licenses",),
        without="the licensed editions are unknown, so a feature that is off cannot be told from one that is not licensed",
    ),
)


def privileges(session: Session) -> tuple[Privilege, ...]:
    """Every privilege that reading needs, with whether the account of this session has it.

    Raises:
        VcenterError: the wire or the session failed; a refusal to answer is no failure but ``granted=None``.
    """
    manager, root = session.content.authorizationManager, session.content.rootFolder
    names = [need.name for need in NEEDS]
    try:
        answered = manager.HasPrivilegeOnEntities([root], session.key, names) if manager else []
    except vim.fault.NoPermission as fault:
        granted = dict.fromkeys(missing_privileges(fault), False)
    except vmodl.MethodFault:
        granted = {}
    else:
        granted = {each.privId: bool(each.isGranted) for entity in answered or [] for each in entity.privAvailability}
    return tuple(replace(need, granted=granted.get(need.name)) for need in NEEDS)


def sees_inventory(session: Session) -> bool | None:
    """Whether the account sees anything below the root folder; ``None`` where the server would not say.

    It does not in a vCenter that is empty, and neither where its role was granted on the root folder alone.

    Raises:
        VcenterError: the wire or the session failed.
    """
    try:
        values, faults = retrieve_one(session, session.content.rootFolder, ["childEntity"])
    except vmodl.MethodFault:
        return None
    return None if faults else bool(values.get("childEntity"))
