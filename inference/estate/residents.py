"""Machines by the cluster they run in: every question is answered once for each machine, and counted by cluster."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from collector.facts import Cluster, VirtualMachine

T = TypeVar("T")

Answer = bool | Literal["never", "lost", "apart"] | None
"""The answer of one machine to a question.

``None``: it could not be read. ``"apart"``: the question does not apply to the machine, which is then not counted. ``"never"``:
a no that is certain whatever could not be read, such as that of a machine outside all clusters to a question about clusters.
``"lost"``: nothing could be read, not even whether it is such a no.
"""


@dataclass(frozen=True, slots=True)
class Count:
    """The number of answers of each kind (see ``Answer``), without those that are ``"apart"``.

    Of the ``never`` answers only as large a part counts as could be read of yes, no and unread: if all of them counted beside
    the few others that could be read, what is unknown would become a no.
    """

    yes: int = 0
    no: int = 0
    unread: int = 0
    never: int = 0
    lost: int = 0

    @property
    def beside(self) -> int:
        """How many of the ``never`` answers count as a no."""
        return round(self.never * (self.yes + self.no) / (self.yes + self.no + self.unread)) if self.unread else self.never

    @property
    def known(self) -> int:
        """How many answers count, as yes or no."""
        return self.yes + self.no + self.beside

    @property
    def all(self) -> int:
        """To how many machines the question applies."""
        return self.yes + self.no + self.unread + self.never + self.lost

    @property
    def share(self) -> float | None:
        """The part of yes among the answers that count; ``None`` without any."""
        return self.yes / self.known if self.known else None


class Counts:
    """The answers of residents, counted by cluster."""

    def __init__(self, rows: Mapping[str, int], table: NDArray[np.intp]) -> None:
        """``table`` has a row for each cluster, by ``rows``, and one for those outside any, with the numbers of a ``Count``."""
        self._rows, self._table = rows, table.tolist()
        self._whole = Count(*table.sum(axis=0).tolist())

    def of(self, cluster: str | None) -> Count:
        """The count of one cluster; for ``None``, of all machines."""
        return self._whole if cluster is None else self.within((cluster,))

    def within(self, clusters: Iterable[str]) -> Count:
        """Those of several clusters together."""
        found = [self._table[self._rows[cluster]] for cluster in clusters if cluster in self._rows]
        return Count(*map(sum, zip(*found, strict=True)))


class Sums:
    """Amounts of residents, added up by cluster."""

    def __init__(self, rows: Mapping[str, int], sums: Sequence[int | None], whole: int | None) -> None:
        """``sums`` has a place for each cluster, by ``rows``."""
        self._rows, self._sums, self._whole = rows, sums, whole

    def of(self, cluster: str | None) -> int | None:
        """The sum of one cluster, or of all machines for ``None``; itself ``None`` where an amount is not known."""
        if cluster is None:
            return self._whole
        return self._sums[self._rows[cluster]] if cluster in self._rows else 0


_COUNTED: tuple[Answer, ...] = (True, False, None, "never", "lost")
_EVERYONE = "everyone"
_COLUMN: Mapping[Answer, int] = {answer: column for column, answer in enumerate((*_COUNTED, "apart"))}


class Residents:
    """Machines of one vCenter, and the cluster of each that is in one."""

    def __init__(
        self, vms: Sequence[VirtualMachine], cluster_of: Mapping[str, str], is_placed: Callable[[VirtualMachine], bool]
    ) -> None:
        """``is_placed`` says whether it is known of a machine which cluster it is in, or that it is in none."""
        self._vms, self._cluster_of, self._is_placed = vms, cluster_of, is_placed
        self._rows = {cluster: row for row, cluster in enumerate(dict.fromkeys(cluster_of.values()))}
        homes = (self._rows.get(cluster_of.get(vm.id, ""), len(self._rows)) for vm in vms)
        self._row_of = np.fromiter(homes, dtype=np.intp, count=len(vms))
        self._chosen = np.ones(len(vms), dtype=np.bool_)
        self._answers: dict[str, NDArray[np.intp]] = {}
        self._counted: dict[str, Counts] = {}
        self._summed: dict[str, Sums] = {}

    def those(self, chosen: Sequence[bool]) -> Residents:
        """Some of them, ``chosen`` in the order of machines; what the others answer is asked as well and not counted."""
        some = copy(self)
        some._chosen, some._counted, some._summed = np.array(chosen, dtype=np.bool_), {}, {}  # noqa: SLF001 - of our own kind
        return some

    def everyone(self) -> Counts:
        """All of them, counted by cluster: each says yes to being there."""
        if _EVERYONE not in self._counted:
            self._counted[_EVERYONE] = self._tabled(np.full(len(self._vms), _COLUMN[True]))
        return self._counted[_EVERYONE]

    def count(self, question: str, answer: Callable[[VirtualMachine], Answer]) -> Counts:
        """The answers to a question, which is known by its name: whoever asks it again gets what was counted.

        The answer of a machine may therefore not depend on the scope in which it is asked for.
        """
        if question not in self._answers:
            columns = map(_COLUMN.__getitem__, map(answer, self._vms))
            self._answers[question] = np.fromiter(columns, dtype=np.intp, count=len(self._vms))
        if question not in self._counted:
            self._counted[question] = self._tabled(self._answers[question])
        return self._counted[question]

    def sum(self, question: str, amount: Callable[[VirtualMachine], int | None]) -> Sums:
        """The sums of an amount above zero, which is known by its name like a question."""
        if question not in self._summed:
            every = np.fromiter((max(0, amount(vm) or 0) for vm in self._vms), dtype=np.int64, count=len(self._vms))
            amounts, rows = every[self._chosen], self._row_of[self._chosen]
            sums, lacking = np.zeros(len(self._rows) + 1, dtype=np.int64), np.zeros(len(self._rows) + 1, dtype=np.bool_)
            np.add.at(sums, rows, amounts)
            lacking[rows[amounts == 0]] = True
            told = [None if lacks else total for total, lacks in zip(sums.tolist(), lacking.tolist(), strict=True)]
            self._summed[question] = Sums(self._rows, told, None if lacking.any() else int(sums.sum()))
        return self._summed[question]

    def judged(
        self, clusters: Mapping[str, Cluster], own: Mapping[str, T], judge: Callable[[Cluster, T | None], Answer]
    ) -> Counts:
        """What ``judge`` says of each machine by its cluster and its ``own`` setting, by id.

        Nearly all machines of a cluster have its settings, so it is judged once, and only machines with their own one by one.
        For those outside any cluster the answer is never, and lost where nobody knows that they are.
        """
        columns = np.array([_COLUMN[judge(clusters[c], None)] for c in self._rows] + [_COLUMN["never"]])[self._row_of]
        outside = len(self._rows)
        for place in np.flatnonzero(self._row_of == outside).tolist():
            columns[place] = _COLUMN["never" if self._is_placed(self._vms[place]) else "lost"]
        for vm, setting in own.items():
            place = self._place.get(vm, -1)
            if vm in self._cluster_of and place >= 0:
                columns[place] = _COLUMN[judge(clusters[self._cluster_of[vm]], setting)]
        return self._tabled(columns)

    @cached_property
    def _place(self) -> Mapping[str, int]:
        return {vm.id: place for place, vm in enumerate(self._vms)}

    def _tabled(self, columns: NDArray[np.intp]) -> Counts:
        shape = len(self._rows) + 1, len(_COLUMN)
        places = (self._row_of * shape[1] + columns)[self._chosen]
        table = np.bincount(places, minlength=shape[0] * shape[1]).reshape(shape)
        return Counts(self._rows, table[:, : len(_COUNTED)])
