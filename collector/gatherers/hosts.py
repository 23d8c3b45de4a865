"""ESXi hosts: what they are made of, what they run and what they are ready for."""

from __future__ import annotations

from collector.facts import Host
from collector.wants import Topic, entity_name, moid, text, want

TOPIC = Topic(
    name="hosts",
    types=("HostSystem",),
    fact=Host,
    # The state of a host is what everything else hangs on: it is asked for at every poll.
    # Narrow paths: an enumeration value that nobody knows, elsewhere in the summary, must not cost the host.
    wants=(
        want("name", "name", entity_name),
        want("parent", "parent", moid, every_poll=True),
        want("summary.hardware.numCpuPkgs", "sockets", int),
        want("summary.hardware.numCpuCores", "cores", int),
        want("summary.hardware.numCpuThreads", "threads", int),
        want("summary.hardware.memorySize", "memory_bytes", int),
        want("summary.hardware.cpuModel", "cpu_model", text),
        want("summary.hardware.vendor", "vendor", text),
        want("summary.hardware.model", "model", text),
        want("summary.config.vmotionEnabled", "vmotion_enabled", bool),
        want("summary.config.faultToleranceEnabled", "ft_enabled", bool),
        want("summary.config.product.version", "version", text),
        want("summary.config.product.build", "build", text),
        want("runtime.connectionState", "connection", str, every_poll=True),
        want("runtime.powerState", "power", str, every_poll=True),
        want("runtime.inMaintenanceMode", "in_maintenance", bool, every_poll=True),
        want("runtime.dasHostState.state", "ha_state", text, every_poll=True),
    ),
)
