"""``make bench``: what one vCenter costs, on estates of two sizes served by vcsim.

The smaller one, with as many clusters, shows what grows with the number of virtual machines and what does not.
"""

from __future__ import annotations

import json
import ssl
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from pyVim.connect import Disconnect, SmartConnect
from pyVmomi import vim
from rich.console import Console
from rich.table import Table

from benchmarks import ready
from benchmarks.estate import large
from fixtures.directory import write
from fixtures.expand import expand
from fixtures.simulator import Simulator, serve

SIZES = ((1_000, 100, 25), (10_000, 400, 25))
"""Virtual machines, hosts and clusters."""

CHANGED_SHARE = 0.01
READY_TARGETS = {ready.WHOLE: "< 1 s", ready.EVERY: "< 1 s"}
TARGETS = {"idle collection": "<= 5 % of first sync", "/metrics scrape": "< 50 ms", "peak memory MB": "< 300"}


def main() -> None:
    """Measure every size and print the figures side by side."""
    columns = [_measure(*size) for size in SIZES]
    table = Table("Figure", *(f"{vms:,} VMs, {hosts} hosts, {clusters} clusters" for vms, hosts, clusters in SIZES), "Target")
    for name in columns[0]:
        table.add_row(name, *(_shown(name, column[name]) for column in columns), TARGETS.get(name, ""))
    shares = [f"{column['idle collection'] / column['first sync']:.1%}" for column in columns]
    table.add_row("idle collection / first sync", *shares, "<= 5.0%")
    Console().print(table)
    _show_ready(ready.measure())


def _show_ready(figures: dict[str, float]) -> None:
    """What an assessment costs by itself, in seconds of one processor."""
    table = Table("Ready snapshot", "Processor time", "Target")
    for name, seconds in figures.items():
        table.add_row(name, f"{seconds:.2f} s", READY_TARGETS.get(name, ""))
    Console().print(table)


def _shown(name: str, value: float) -> str:
    if name.endswith((" kB", " MB", "machines")):
        return f"{value:,.0f}"
    return f"{value * 1000:,.1f} ms"


def _measure(vms: int, hosts: int, clusters: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory(prefix="vjourney-bench-") as folder:
        directory = Path(folder) / "estate"
        started = time.perf_counter()
        write(expand(large(vms, hosts, clusters)), directory)
        written = time.perf_counter() - started
        with serve(directory) as simulator:
            loaded = time.perf_counter() - started - written
            return {
                "estate written": written,
                "estate loaded by vcsim": loaded,
                **_converse(simulator, int(vms * CHANGED_SHARE)),
            }


def _converse(simulator: Simulator, changes: int) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.measure", str(simulator.port), simulator.username, simulator.password]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("the measured process has no streams")
        if process.stdout.readline().strip() != json.dumps("change"):
            raise RuntimeError("the measured process failed")
        _power_off(simulator, changes)
        process.stdin.write("\n")
        process.stdin.flush()
        figures: dict[str, float] = json.loads(process.stdout.readline())
    return figures


def _power_off(simulator: Simulator, count: int) -> None:
    """Change so many virtual machines, by a client of its own."""
    context = ssl._create_unverified_context()  # noqa: S323, SLF001 - a simulator on loopback
    service: Any = SmartConnect(
        host="127.0.0.1", port=simulator.port, user=simulator.username, pwd=simulator.password, sslContext=context
    )
    content = service.RetrieveContent()
    view = content.viewManager.CreateContainerView(content.rootFolder, [vim.VirtualMachine], recursive=True)
    changed = 0
    for vm in view.view:
        if changed == count:
            break
        if vm.runtime.powerState == "poweredOn":
            vm.PowerOffVM_Task()
            changed += 1
    Disconnect(service)


if __name__ == "__main__":
    main()
