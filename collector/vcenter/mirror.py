"""The mirror of an inventory: one frozen fact per managed object, changed by what vCenter reports and by nothing else.

It knows the shape of object updates and of object contents, not the wire, so that a test can write both by hand.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from collector.facts import Fact, Tag
from collector.wants import Topic, Vim, api_type, moid


class Mirror:
    """Facts by topic and managed object id.

    ``changed`` turns true when any fact came, went or differs, until it is set false. ``stale`` collects the objects
    that are known to have changed in a way that was not reported; whoever reads them again empties it.
    """

    def __init__(self, topics: Sequence[Topic[Any]]) -> None:
        self.changed = True
        self.stale: dict[str, Topic[Any]] = {}
        self._facts: dict[str, dict[str, Fact]] = {topic.name: {} for topic in topics}
        self._topics = {kind: topic for topic in topics for kind in topic.types}
        self._dropped: dict[str, set[str]] = {topic.name: set() for topic in topics}

    def facts(self, topic: str) -> tuple[Fact, ...]:
        """The facts of one topic, in the order of their ids."""
        return tuple(fact for _, fact in sorted(self._facts[topic].items()))

    def ids(self, topic: str) -> tuple[str, ...]:
        """The managed object ids of one topic."""
        return tuple(self._facts[topic])

    def ids_of(self, topic: Topic[Any], kind: str) -> tuple[str, ...]:
        """The managed object ids of those of one type, which show the fields that follow from it."""
        shown = topic.by_type[kind].items()
        return tuple(
            id_ for id_, fact in self._facts[topic.name].items() if all(getattr(fact, name) == value for name, value in shown)
        )

    def count(self, topic: str) -> int:
        """How many objects the topic has."""
        return len(self._facts[topic])

    def clear(self, topic: str) -> None:
        """Forget the objects of a topic, before it is read again from the start."""
        self.changed = self.changed or bool(self._facts[topic])
        self._facts[topic] = {}
        self.stale = {id_: of for id_, of in self.stale.items() if of.name != topic}

    def drop_path(self, topic: Topic[Any], path: str) -> None:
        """This release does not offer the property: it is unreadable on every object of the topic, now and later."""
        self._dropped[topic.name].add(path)
        facts = self._facts[topic.name]
        for id_, fact in facts.items():
            facts[id_] = topic.parse(id_, "", {}, (path,), known=fact)
            self.changed = True

    def offered(self, topic: Topic[Any], *, every_poll: bool) -> tuple[str, ...]:
        """The paths of a topic without those that this release does not offer."""
        return tuple(path for path in topic.paths(every_poll=every_poll) if path not in self._dropped[topic.name])

    def update(self, updates: Iterable[Any]) -> None:
        """Apply object updates (ObjectUpdate of the API) in their order."""
        for update in updates:
            topic = self._topics.get(api_type(update.obj))
            if topic is None:
                continue
            if update.kind == "leave":
                self._leave(topic, moid(update.obj))
                continue
            values = {change.name: change.val for change in update.changeSet}
            if update.kind == "enter":
                values = dict.fromkeys(self.offered(topic, every_poll=False)) | values
            elif self._is_stale(topic, update.obj, values):
                self.stale[moid(update.obj)] = topic
            self._take(topic, update.obj, values, update.missingSet)

    def reread(self, contents: Iterable[Any], asked: Mapping[str, Sequence[str]]) -> None:
        """Apply object contents (ObjectContent of the API): of the paths ``asked`` of a topic, those absent are unset."""
        for content in contents:
            topic = self._topics[api_type(content.obj)]
            values = dict.fromkeys(asked[topic.name]) | {prop.name: prop.val for prop in content.propSet}
            self._take(topic, content.obj, values, content.missingSet)

    def lack(self, topic: Topic[Any], ids: Iterable[str], paths: Sequence[str]) -> None:
        """These properties of these objects could not be read."""
        facts = self._facts[topic.name]
        for id_ in ids:
            lacking = topic.parse(id_, "", {}, paths, known=facts[id_])
            self.changed = self.changed or lacking != facts[id_]
            facts[id_] = lacking

    def forget(self, topic: str, ids: Iterable[str]) -> None:
        """Objects that are gone."""
        for id_ in ids:
            self.changed = self._facts[topic].pop(id_, None) is not None or self.changed

    def tag(self, topic: str, tags: Mapping[str, tuple[Tag, ...]]) -> None:
        """Write the tags of the objects of a topic onto their facts, by id; those not in ``tags`` become unknown."""
        facts = self._facts[topic]
        for id_, fact in facts.items():
            found = tags.get(id_)
            if fact.tags is not found and fact.tags != found:
                facts[id_] = replace(fact, tags=found)
                self.changed = True

    def _leave(self, topic: Topic[Any], id_: str) -> None:
        self.stale.pop(id_, None)
        self.forget(topic.name, (id_,))

    def _take(self, topic: Topic[Vim], obj: Vim, values: Mapping[str, Vim], faults: Iterable[Vim]) -> None:
        facts = self._facts[topic.name]
        id_ = moid(obj)
        known = facts.get(id_)
        missing = self._missing(topic, faults) | (self._dropped[topic.name] if known is None else set())
        wanted = {path: value for path, value in values.items() if topic.wants_path(path) and path not in missing}
        fact = topic.parse(id_, api_type(obj), wanted, missing, known=known)
        if known != fact:
            facts[id_] = fact
            self.changed = True

    def _is_stale(self, topic: Topic[Vim], obj: Vim, values: Mapping[str, Vim]) -> bool:
        """Whether a change leaves something to be read: an object never entered, a stamp, or a part of a wanted property."""
        return moid(obj) not in self._facts[topic.name] or any(
            path in topic.stamps or (not topic.wants_path(path) and topic.wants_around(path)) for path in values
        )

    def _missing(self, topic: Topic[Any], faults: Iterable[Any]) -> set[str]:
        """The wanted paths that a list of MissingProperty says could not be read; one may name a whole subtree."""
        return {path for fault in faults for path in topic.under(str(fault.path))}
