"""The inventory of one session: a full read first, then what changed, one failing topic never costing the others."""

# pyVmomi types its data, not its functions; vCenter sets all managers
# mypy: disable-error-code="no-untyped-call,union-attr"
from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any, TypeVar

from pyVmomi import vim, vmodl

from collector.facts import Fact, Gap
from collector.vcenter.errors import MalformedAnswer, NotRecorded, SessionExpired, TimedOut, VcenterError
from collector.vcenter.mirror import Mirror
from collector.vcenter.properties import PAGE, Watch, inside, properties, retrieve, this
from collector.vcenter.session import Session
from collector.wants import Topic, api_type

T = TypeVar("T")
Progress = Callable[[str, int], None]

LEAST_PATIENCE = 2.0
"""Seconds that an answer about changes may take at least, however quick the first read was."""

MOST_PATIENCE = 0.25
"""The part of the first read's time that an answer about changes may take before everything is read again instead.

Finding changes is cheap for a vCenter; a server that compares everything for each of them is quicker to read anew.
"""


class Inventory:
    """Facts of every object of ``topics``, kept in step with one session.

    ``gaps`` are the topics that the last ``sync`` could not read; their facts are none.
    """

    def __init__(self, session: Session, topics: Sequence[Topic[Any]], *, progress: Progress | None = None) -> None:
        self.gaps: tuple[Gap, ...] = ()
        self.mirror = Mirror(topics)
        self._session = session
        self._topics = tuple(topics)
        self._progress = progress
        self._watches: list[tuple[Watch, tuple[Topic[Any], ...]]] = []
        self._first_read: float | None = None

    def facts(self, topic: str) -> tuple[Fact, ...]:
        """The facts of one topic, in the order of their ids; none where it is a gap."""
        return () if any(gap.topic == topic for gap in self.gaps) else self.mirror.facts(topic)

    def sync(self) -> bool:
        """Bring the facts up to date; whether any changed.

        All topics share one watch. Where its answers cannot be read, each topic gets a watch of its own, so that only
        those stay out that hold the unreadable; they are tried again at every sync.

        Raises:
            VcenterError: the wire or the session failed, or no topic at all could be read. After a failure of the wire or
                the session this inventory is of no more use.
        """
        self.mirror.changed = False
        failed: dict[str, VcenterError] = {}
        watched = {topic.name for _, topics in self._watches for topic in topics}
        for watch, topics in tuple(self._watches):
            self._follow(watch, topics, failed)
        idle = tuple(topic for topic in self._topics if topic.name not in watched)
        if idle:
            self._begin(idle, failed)
        for topic in self._topics:
            if topic.name not in failed and topic.paths(every_poll=True):
                self._guard(topic, failed, partial(self._ask_again, topic, self.mirror.ids(topic.name)))
        self._read_stale(failed)
        for topic in self._topics:
            for kind, paths in topic.apart.items():
                if topic.name not in failed:
                    self._guard(topic, failed, partial(self._ask_apart, topic, kind, paths))
        if len(failed) == len(self._topics):
            raise next(iter(failed.values()))
        before, self.gaps = self.gaps, tuple(Gap(name, str(error)) for name, error in failed.items())
        return self.mirror.changed or before != self.gaps

    def close(self) -> None:
        """Destroy what this inventory made in the session."""
        for watch, _ in self._watches:
            watch.close()
        self._watches = []

    def _follow(self, watch: Watch, topics: tuple[Topic[Any], ...], failed: dict[str, VcenterError]) -> None:
        """Read the changes of a watch; when that fails, read its topics anew."""
        patience = max(LEAST_PATIENCE, MOST_PATIENCE * (self._first_read or 0.0))
        try:
            with self._session.patience(patience):
                for page in watch.pages():
                    self.mirror.update(_of(topics, page))
        except (MalformedAnswer, TimedOut, vmodl.MethodFault):
            self._watches.remove((watch, topics))
            watch.close()
            self._begin(topics, failed)

    def _begin(self, topics: tuple[Topic[Any], ...], failed: dict[str, VcenterError]) -> None:
        """Read topics from the start, together if that works, else each for itself."""
        try:
            self._read_all(topics)
        except (MalformedAnswer, vmodl.MethodFault) as error:
            if len(topics) == 1:
                failed[topics[0].name] = self._session.explain(error, f"the request for {topics[0].name}")
                return
            for topic in topics:
                self._guard(topic, failed, partial(self._begin, (topic,), failed))

    def _read_all(self, topics: tuple[Topic[Any], ...]) -> None:
        started = time.monotonic()
        for topic in topics:
            self.mirror.clear(topic.name)
        watch = self._watch(topics)
        try:
            for page in watch.pages():
                self.mirror.update(_of(topics, page))
                self._report(topics)
        except (MalformedAnswer, vmodl.MethodFault):
            watch.close()
            raise
        self._watches.append((watch, topics))
        self._first_read = time.monotonic() - started

    def _guard(self, topic: Topic[Any], failed: dict[str, VcenterError], read: Callable[[], None]) -> None:
        """Do one topic's part; what fails there, short of the session itself, is that topic's own affair."""
        try:
            read()
        except SessionExpired:
            raise
        except (MalformedAnswer, TimedOut, vmodl.MethodFault) as error:
            failed[topic.name] = self._session.explain(error, f"the request for {topic.name}")

    def _watch(self, topics: tuple[Topic[Any], ...]) -> Watch:
        """A watch over all objects of the topics, without the properties that this release does not offer."""
        kinds = [_kind(topic) for topic in topics]
        root = self._session.content.rootFolder
        view = self._session.content.viewManager.CreateContainerView(root, kinds, recursive=True)
        # The view holds what is inside the root folder; the root itself is a folder too.
        objects = [inside(view), this(root)]

        def attempt() -> Watch:
            wanted = [
                properties(kind, (*self.mirror.offered(topic, every_poll=False), *topic.stamps))
                for topic, kind in zip(topics, kinds, strict=True)
            ]
            return Watch(self._session, wanted, objects, view=view)

        try:
            return self._offered(topics, attempt)
        except vmodl.MethodFault:
            view.Destroy()
            raise

    def _ask_again(self, topic: Topic[Any], ids: Sequence[str], *, whole: bool = False) -> None:
        """Ask for the paths of every poll, or for all, of these objects of a topic; those that are gone go."""

        def attempt() -> None:
            asked = self.mirror.offered(topic, every_poll=True)
            if whole:
                asked += self.mirror.offered(topic, every_poll=False)
            self._retrieve(topic, _kind(topic), ids, asked)

        self._offered((topic,), attempt)

    def _ask_apart(self, topic: Topic[Any], kind: str, paths: Sequence[str]) -> None:
        """Ask the objects of one type for what they alone have. In a recording of before that was asked it is unknown."""
        ids = self.mirror.ids_of(topic, kind)
        try:
            self._retrieve(topic, getattr(vim, kind), ids, paths)
        except NotRecorded:
            self.mirror.lack(topic, ids, paths)

    def _retrieve(self, topic: Topic[Any], kind: type, ids: Sequence[str], asked: Sequence[str]) -> None:
        """Read these paths of these objects; those that are gone go."""
        stub = self._session.service_instance._stub  # noqa: SLF001 - a reference is made of an id and a stub
        found: set[str] = set()
        for start in range(0, len(ids), PAGE):
            objects = [kind(id_, stub) for id_ in ids[start : start + PAGE]]
            for page in retrieve(self._session, kind, objects, asked):
                self.mirror.reread(page, {topic.name: asked})
                found |= {content.obj._moId for content in page}  # noqa: SLF001 - pyVmomi offers the id nowhere else
        self.mirror.forget(topic.name, set(ids) - found)

    def _read_stale(self, failed: dict[str, VcenterError]) -> None:
        """Read again what changed in ways that were not reported; where that fails it is still to be done."""
        for topic in self._topics:
            ids = [id_ for id_, of in self.mirror.stale.items() if of is topic]
            if ids and topic.name not in failed:
                self._guard(topic, failed, partial(self._ask_again, topic, ids, whole=True))
            if topic.name not in failed:
                self.mirror.stale = {id_: of for id_, of in self.mirror.stale.items() if of is not topic}

    def _offered(self, topics: tuple[Topic[Any], ...], attempt: Callable[[], T]) -> T:
        """Attempt, each time without one more of the properties that vCenter says it does not offer."""
        while True:
            try:
                return attempt()
            except vmodl.query.InvalidProperty as fault:
                if not self._drop(topics, fault.name):
                    raise

    def _drop(self, topics: tuple[Topic[Any], ...], path: str | None) -> bool:
        """Stop asking for a path; false where nobody asks for it.

        Where vCenter names none that is asked for, such as the last part of one, it is all those newer than its API.
        """
        asked = [
            (topic, known)
            for topic in topics
            for known in (*self.mirror.offered(topic, every_poll=False), *self.mirror.offered(topic, every_poll=True))
        ]
        named = [(topic, known) for topic, known in asked if known in topic.under(path or "")]
        lacked = named or [(topic, known) for topic, known in asked if self._session.is_newer(_kind(topic), known)]
        for topic, known in lacked:
            self.mirror.drop_path(topic, known)
        return bool(lacked)

    def _report(self, topics: tuple[Topic[Any], ...]) -> None:
        if self._progress is not None:
            for topic in topics:
                self._progress(topic.name, self.mirror.count(topic.name))


def _kind(topic: Topic[Any]) -> type:
    """The type of the objects of a topic, the base of its others."""
    kind: type = getattr(vim, topic.types[0])
    return kind


def _of(topics: Sequence[Topic[Any]], updates: Iterable[Any]) -> list[Any]:
    """Updates of these topics alone: a datastore cluster is a folder too, and folders alone are not asked for its settings."""
    kinds = {kind for topic in topics for kind in topic.types}
    return [update for update in updates if api_type(update.obj) in kinds]
