"""Resource pools and vApps with the shares they hand out."""

from __future__ import annotations

from collector.facts import ResourcePool
from collector.wants import Topic, allocation, entity_name, moid, want

TOPIC = Topic(
    name="resource_pools",
    types=("ResourcePool", "VirtualApp"),
    fact=ResourcePool,
    wants=(
        want("name", "name", entity_name),
        want("parent", "parent", moid),
        want("owner", "owner", moid),
        want("config.cpuAllocation", "cpu", allocation),
        want("config.memoryAllocation", "memory", allocation),
        want("parentFolder", "folder", moid, only="VirtualApp"),
    ),
    by_type={"VirtualApp": {"is_vapp": True}},
)
