"""A large estate to measure with: by default 10,000 virtual machines on 400 hosts in 25 clusters.

``python -m benchmarks.estate DIRECTORY`` writes it for ``vcsim -load DIRECTORY`` and prints how long that took.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

from fixtures.directory import write
from fixtures.estate import Estate
from fixtures.expand import expand
from fixtures.simulator import serve

KINDS = (
    ("web", 2, 4, "rhel8_64Guest"),
    ("app", 4, 8, "rhel9_64Guest"),
    ("sql", 8, 64, "windows2019srv_64Guest"),
    ("file", 2, 8, "windows2019srv_64Guest"),
    ("test", 2, 4, "ubuntu64Guest"),
)
"""What runs in every cluster, in equal parts: name, vCPUs, memory in GiB, guest."""


def large(vms: int = 10_000, hosts: int = 400, clusters: int = 25) -> Estate:
    """An estate of about this size: every cluster has the same number of hosts and of virtual machines."""
    hardware = {"vendor": "Dell Inc.", "model": "PowerEdge R760", "cpu": "Intel(R) Xeon(R) Gold 6448Y CPU @ 2.10GHz"}
    hardware_sizes = {"mhz": 2100, "sockets": 2, "cores": 32, "memory_gb": 1024}
    return Estate.model_validate(
        {
            "name": "large",
            "organisation": "A large organisation",
            "stage": 2,
            "seed": 1,
            "now": "2026-03-05T17:00:00Z",
            "vcenter": {"host": "vcenter.large.example", "version": "8.0.3", "build": "24322831"},
            "datacenters": ["North", "South"],
            "hardware": {"r760": hardware | hardware_sizes},
            "clusters": [_cluster(number, hosts // clusters) for number in range(clusters)],
            "datastores": [_datastores(number) for number in range(clusters)],
            "vms": [part for number in range(clusters) for part in _machines(number, vms // clusters)],
        }
    )


def _cluster(number: int, hosts: int) -> dict[str, Any]:
    group = {"name": f"esx-{number:02}-{{n:02}}.large.example", "count": hosts, "hardware": "r760", "vmotion": True}
    group |= {"version": "8.0.3", "build": "24280767"}
    datacenter = ("North", "South")[number % 2]
    return {"name": f"cluster-{number:02}", "datacenter": datacenter, "hosts": [group], "ha": {}, "drs": {}, "migrations": 1000}


def _datastores(number: int) -> dict[str, Any]:
    return {"name": f"san-{number:02}-{{n:02}}", "count": 4, "clusters": [f"cluster-{number:02}"], "capacity_gb": 16384}


def _machines(number: int, vms: int) -> list[dict[str, Any]]:
    place = {"where": [f"cluster-{number:02}"], "count": vms // len(KINDS), "powered_off": vms // len(KINDS) // 20}
    return [
        {"name": f"{kind}-{number:02}-{{n:03}}", "folder": f"Cluster {number:02}/{kind}", "guest": guest}
        | {"vcpus": vcpus, "memory_gb": memory}
        | place
        for kind, vcpus, memory, guest in KINDS
    ]


def main() -> None:
    """Write the estate and load it, with the time each takes."""
    target = Path(sys.argv[1])
    started = time.perf_counter()
    objects = write(expand(large()), target)
    written = time.perf_counter()
    print(f"wrote {objects} objects in {written - started:.1f} s")
    with serve(target):
        print(f"loaded in {time.perf_counter() - written:.1f} s")


if __name__ == "__main__":
    main()
