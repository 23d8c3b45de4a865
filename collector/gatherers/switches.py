"""Distributed switches and the hosts connected to them."""

from __future__ import annotations

from collector.facts import DistributedSwitch
from collector.wants import Topic, entity_name, moid, moids, want

TOPIC = Topic(
    name="switches",
    types=("DistributedVirtualSwitch", "VmwareDistributedVirtualSwitch"),
    fact=DistributedSwitch,
    wants=(
        want("name", "name", entity_name),
        want("parent", "parent", moid),
        want("summary.hostMember", "hosts", moids),
    ),
)
