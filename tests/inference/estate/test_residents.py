"""What is asked of all machines at once, and what the settings of their clusters mean for them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from collector.facts import Cluster, VirtualMachine
from inference.estate.residents import Answer, Count, Residents

PLACES = {"a": "c", "b": "c", "own": "c", "d": "dark", "template": "c"}
VMS = [VirtualMachine(id=name) for name in ("a", "b", "own", "d", "lone")]
VMS.append(VirtualMachine(id="hidden", unreadable=frozenset({"host"})))


def is_placed(vm: VirtualMachine) -> bool:
    """Whether the cluster of a machine is known, or that it has none."""
    return vm.id in PLACES or vm.knows("host")


def counting(asked: list[tuple[str, int | None]]) -> Callable[[Cluster, int | None], bool | None]:
    """A judge that notes what it is asked."""

    def judge(cluster: Cluster, own: int | None) -> bool | None:
        asked.append((cluster.id, own))
        return None if cluster.id == "dark" else bool(own)

    return judge


def test_a_cluster_is_judged_once_and_a_machine_with_its_own_setting_each_time() -> None:
    """Machines without a setting of their own share the answer of their cluster, which may be that nobody knows.

    Settings of machines that are not asked about are nobody's.
    """
    clusters = {name: Cluster(id=name) for name in ("c", "dark")}
    asked: list[tuple[str, int | None]] = []
    found = Residents(VMS, PLACES, is_placed).judged(clusters, {"own": 1, "lone": 1, "gone": 1, "template": 1}, counting(asked))
    assert found.of("c") == Count(yes=1, no=2)
    assert found.of("dark") == Count(unread=1)
    assert found.of(None) == Count(yes=1, no=2, unread=1, never=1, lost=1)
    assert sorted(asked, key=str) == [("c", 1), ("c", None), ("dark", None)]


def test_a_machine_is_asked_once_however_many_scopes_want_to_know() -> None:
    """Every scope reads its part of one count; those for which the question does not arise are in none."""
    asked: list[str] = []

    def answer(vm: VirtualMachine) -> Answer:
        asked.append(vm.id)
        return "apart" if vm.id == "a" else None if vm.id == "hidden" else vm.id != "b"

    residents = Residents(VMS, PLACES, is_placed)
    parts = {cluster: residents.count("question", answer).of(cluster) for cluster in ("c", "dark", "empty", None)}
    assert parts == {"c": Count(1, 1), "dark": Count(1), "empty": Count(), None: Count(3, 1, 1)}
    assert residents.count("question", answer).within({"c", "empty"}) == Count(1, 1)
    assert asked == [vm.id for vm in VMS]


def test_some_of_the_machines_are_counted_without_asking_again() -> None:
    """What all were asked counts for those too, and amounts are added up where each is known and above zero."""
    asked: list[str] = []

    def answer(vm: VirtualMachine) -> Answer:
        asked.append(vm.id)
        return vm.id != "b"

    residents = Residents(VMS, PLACES, is_placed)
    some = residents.those([vm.id != "own" for vm in VMS])
    assert [each.count("question", answer).of("c") for each in (residents, some)] == [Count(2, 1), Count(1, 1)]
    assert len(asked) == len(VMS)
    sizes = {"a": 2, "b": 3, "own": 0, "d": 4, "lone": 5}
    found = [each.sum("size", lambda vm: sizes.get(vm.id, 1)) for each in (residents, some)]
    assert [(each.of("c"), each.of("dark"), each.of("empty"), each.of(None)) for each in found] == [
        (None, 4, 0, None),
        (5, 4, 0, 15),
    ]
    assert residents.sum("unread", lambda _: None).of("dark") is None


@pytest.mark.parametrize(
    ("count", "share"), [(Count(1, 3, 4), 0.25), (Count(0, 2), 0.0), (Count(unread=2), None), (Count(), None)]
)
def test_the_share_is_of_what_could_be_read(count: Count, share: float | None) -> None:
    """Answers that could not be read are in no share, and nothing has no share."""
    assert (count.share, count.all) == (share, count.yes + count.no + count.unread)


@pytest.mark.parametrize(
    ("count", "known", "share"),
    [
        (Count(3, 1, 0, 4), 8, 3 / 8),
        (Count(3, 1, 4, 4), 6, 0.5),
        (Count(0, 0, 4, 96), 0, None),
        (Count(0, 0, 0, 4), 4, 0.0),
        (Count(3, 1, 0, 4, 8), 8, 3 / 8),
    ],
)
def test_noes_that_need_no_reading_count_as_far_as_others_could_be_read(count: Count, known: int, share: float | None) -> None:
    """However many there are, they are no answer for those that could not be read; alone they are one."""
    assert (count.known, count.share, count.all) == (
        known,
        share,
        count.yes + count.no + count.unread + count.never + count.lost,
    )
