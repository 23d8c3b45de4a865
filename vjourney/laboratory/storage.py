"""Storage: the datastores of a site, shared and local, and the clusters that storage DRS makes of them."""

from __future__ import annotations

from collections import defaultdict

from collector.facts import Datastore, StoragePod
from vjourney.laboratory.site import Site

SHARED_STORES = 3


def datastores(site: Site) -> tuple[Datastore, ...]:
    """Shared ones for hosts that were bought together, whether they are in a cluster yet or not; and a local one for each."""
    together: defaultdict[int, list[str]] = defaultdict(list)
    for host in site.hosts:
        together[host.cluster].append(host.id)
    shared = [
        Datastore(
            id=f"{site.prefix}s{cluster}-{n}",
            name=f"san-{cluster}-{n}",
            parent=f"{site.prefix}group-p{cluster}" if site.has("storage_drs", cluster) else "folder",
            type="VMFS",
            capacity=20 * 2**40,
            free=8 * 2**40,
            multiple_host_access=len(hosts) > 1,
            hosts=tuple(hosts),
        )
        for cluster, hosts in together.items()
        for n in range(SHARED_STORES)
    ]
    local = [
        Datastore(id=f"{site.prefix}l{n}", name=f"local-{n}", type="VMFS", multiple_host_access=False, hosts=(host.id,))
        for n, host in enumerate(site.hosts)
    ]
    return (*shared, *local)


def storage_pod(site: Site, cluster: int) -> StoragePod:
    """The datastore cluster of one cluster of hosts, which balances itself or is only a folder."""
    on = site.has("storage_drs", cluster) and site.edition == "Enterprise Plus"
    return StoragePod(
        id=f"{site.prefix}group-p{cluster}",
        name=f"pod-{cluster}",
        sdrs_enabled=on,
        sdrs_behavior="automated" if on else "manual",
    )
