"""Tags by the names of their categories and their own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from collector.facts import Tag

TOPIC = "tags"

TYPES: Mapping[str, str] = {
    "vms": "VirtualMachine",
    "hosts": "HostSystem",
    "clusters": "ClusterComputeResource",
    "datacenters": "Datacenter",
}
"""The topics whose objects are asked for their tags, with their API types."""


def parse(
    attached: Mapping[str, Iterable[str]],
    tags: Mapping[str, tuple[str, str] | None],
    categories: Mapping[str, str | None],
) -> dict[str, tuple[Tag, ...]]:
    """The tags of every object in ``attached``, which maps its id to ids of tags, in the order of their names.

    ``tags`` maps an id to the id of its category and its name, ``categories`` an id to a name. What is gone or unknown by
    now is left out.
    """
    known = {
        id_: Tag(category, found[1])
        for id_, found in tags.items()
        if found is not None and (category := categories.get(found[0])) is not None
    }
    made: dict[tuple[str, ...], tuple[Tag, ...]] = {}
    answer: dict[str, tuple[Tag, ...]] = {}
    for moid, ids in attached.items():
        key = tuple(ids)
        if key not in made:
            made[key] = tuple(sorted({known[id_] for id_ in key if id_ in known}))
        answer[moid] = made[key]
    return answer
