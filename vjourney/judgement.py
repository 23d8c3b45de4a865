"""From a snapshot to stored and declared assessments: history, inference, declaration and one transaction, in that order."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import MappingProxyType

import structlog

from collector.facts import Snapshot
from exporters.document import assessment_document
from inference.assess import assess_estate
from inference.declare import step
from inference.declared import Declared
from inference.estate.estate import Estate
from inference.estate.history import History, MotionCount
from inference.judging.model import Model
from inference.lenses import lenses
from inference.lenses.sightings import Sightings, sight
from inference.lenses.sightings import pool as pool_sightings
from inference.lost_evidence import recall, warning
from inference.publication import Publication, Tally, VcenterStatus
from inference.results import Assessment, Declaration, Milestone, Scope, Transition
from inference.tallies import tally
from vjourney.fleet import FLEET, Fleet, Joined
from vjourney.last_readings import Circumstances, LastReadings
from vjourney.operator_inputs import NO_INPUTS, OperatorInputs
from vjourney.other_processes import Others
from vjourney.pruning import Pruning
from vjourney.store import Delivery, LastReading, OvertakenError, PollRecord, Store, StoreError

log = structlog.get_logger()

ATTEMPTS = 5
"""How often a poll is thought about while other processes declare: each can be faster once a day."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """What is thought of one vCenter: its Assessment, then those of its clusters.

    ``recalled`` holds those that lost something, as they would be with it, by scope id. ``reading`` is what its fleet is told.
    """

    own: tuple[Assessment, ...]
    recalled: Mapping[str, Assessment]
    reading: LastReading
    estate: Estate


Announce = Callable[[Sequence[Assessment], Sequence[Transition]], tuple[Delivery, ...]]
"""What has to reach whom of assessments and the transitions that they brought."""


class Judgement:
    """Assesses, declares and records, and remembers what is declared. Used by one thread at a time."""

    def __init__(
        self,
        store: Store,
        model: Model,
        vcenters: Collection[str],
        inputs: OperatorInputs = NO_INPUTS,
        announce: Announce | None = None,
    ) -> None:
        """Go on from what ``store`` knows.

        ``vcenters`` are the names of those configured, which make the fleet but for labs; where all are labs none is left out.
        ``announce`` gives the deliveries that assessments with their transitions call for.
        """
        self._store = store
        self._model = model
        self._inputs = inputs
        self._made_of = Fleet(model, len(vcenters), frozenset(inputs.labs), inputs.declared.servers)
        self._announce = announce
        self._declarations: dict[str, Declaration] = {}
        self._transitions: tuple[Transition, ...] = ()
        self._tallies: tuple[Tally, ...] = ()
        self._milestones: dict[str, tuple[Milestone, ...]] = {}
        self._stored = store.scopes()
        self._fleet: Assessment | None = None
        self._readings = LastReadings(vcenters, store, model)
        self._pruning = Pruning(store)

    def poll(self, snapshot: Snapshot, around: Circumstances) -> tuple[Assessment, ...]:
        """The recorded Assessments of a vCenter, then of its clusters.

        With the last readings of the others it makes the fleet, recorded along with it once none is missing.
        Another process on the same store that declared a stage meanwhile has the poll thought about again.

        Raises:
            StoreError: nothing was recorded and nothing is remembered.
        """
        for _ in range(ATTEMPTS - 1):
            with suppress(OvertakenError):
                return self._judge(snapshot, around)
        return self._judge(snapshot, around)

    def _judge(self, snapshot: Snapshot, around: Circumstances) -> tuple[Assessment, ...]:
        self._catch_up()
        opinion = self._read(snapshot, around)
        own, reading = opinion.own, opinion.reading
        joined = self._join(reading, around)
        fleet = joined.fleet
        kept = (*own, *fleet) if joined.is_whole else own  # what is declared, and what is kept for later, is about the whole
        judged = self._declare(own, reading.evidence_days, opinion.recalled)
        judged += self._declare(kept[len(own) :], joined.evidence_days, joined.recalled)
        declarations = {assessment.scope.id: declaration for assessment, declaration, _ in judged}
        transitions = tuple(change for _, _, changes in judged for change in changes)
        self._store.record(
            PollRecord(
                instance_uuid=snapshot.about.instance_uuid,
                vcenter=snapshot.vcenter,
                taken_at=snapshot.taken_at,
                model=self._model.info,
                events=snapshot.events,
                events_read=snapshot.missed("events") is None,
                oldest_event=snapshot.oldest_event,
                motion_counts=_motion_counts(snapshot),
                count=lambda new: {(entry.name, entry.label): entry.count for entry in tally(opinion.estate, new)},
                reading=reading,
                assessments=kept,
                documents=self._documents(kept, declarations, transitions),
                declarations=declarations,
                stepped_from={scope_id: self._declaration(scope_id) for scope_id in declarations},
                transitions=transitions,
                deliveries=self._announce(kept, transitions) if self._announce else (),
            )
        )
        self._readings.keep(reading)
        self._fleet = next(iter(fleet), self._fleet)
        self._pruning.keep_up(reading.read_at)  # a wrong clock of vCenter would empty the store
        return own

    def _read(self, snapshot: Snapshot, around: Circumstances) -> Opinion:
        """One vCenter with its clusters, by all that the store remembers of them."""
        uuid, now = snapshot.about.instance_uuid, snapshot.taken_at
        history = self._store.history(
            uuid,
            now,
            events=snapshot.events,
            oldest_event=snapshot.oldest_event,
            motion_counts=_motion_counts(snapshot),
            events_unreadable=snapshot.missed("events"),
        )
        servers = self._declared_of(Scope("vcenter", uuid, snapshot.vcenter, snapshot.vcenter)).servers
        estate = Estate.of(snapshot, history, rules=self._inputs.rules, servers=servers)
        stages = {scope_id: each.declared for scope_id, each in self._declarations.items() if each.declared is not None}
        own = [self._with_milestones(assessment) for assessment in assess_estate(estate, self._model, stages)]
        known = [self._declaration(each.scope.id).last_seen for each in own]
        recalled = {each.scope.id: each for each in recall(known, own, self._model) if each is not None}
        own = [self._warned(assessment, recalled.get(assessment.scope.id), around.others) for assessment in own]
        sightings = sight(estate, self._declarations.get(uuid))
        own[0] = self._with_lenses(own[0], sightings)
        reading = LastReading(own[0], recalled.get(uuid), sightings, _evidence_days(history, now), _here(snapshot), around.now)
        return Opinion(tuple(own), recalled, reading, estate)

    def _join(self, reading: LastReading, around: Circumstances) -> Joined:
        """The fleet of this vCenter and the others, as far as they could be read."""
        standing, others = self._readings.standing(reading, around), around.others
        members = self._made_of.members(standing.readings)
        if not members:
            return Joined()
        declared = self._declaration(FLEET.id).declared
        fleet = self._made_of.rolled_up(members, standing, declared, others.vcenters)
        fleet = self._with_milestones(replace(fleet, flags=(*others.flags(), *fleet.flags)))
        before = self._made_of.as_last_seen(members, standing.silent, declared)
        # those that are not judged decide nothing in the fleet
        shown = [each.evidence_days for each in members if each.unit.inferred is not None]
        return Joined(
            (self._with_lenses(fleet, pool_sightings(each.sightings for each in members)),),
            {FLEET.id: before} if before is not None else {},
            min(shown, default=0.0),
            is_whole=len(members) == self._made_of.size and not others.vcenters,
        )

    def publication(
        self, taken_at: datetime, *, statuses: tuple[VcenterStatus, ...], assessments: tuple[Assessment, ...]
    ) -> Publication:
        """Everything that is known now, the fleet first; while the store is away, what was last known of it."""
        try:
            self._catch_up()
        except StoreError as error:
            log.warning("what other processes declared is not known", error=str(error))
        shown = assessments if self._fleet is None else (self._fleet, *assessments)
        unread = {status.name for status in statuses} - {assessment.scope.vcenter for assessment in assessments}
        return Publication(
            taken_at=taken_at,
            model=self._model.info,
            vcenters=statuses,
            assessments=shown,
            unread=tuple(
                scope for scope in self._stored if scope.vcenter in unread or (scope.kind == "fleet" and self._fleet is None)
            ),
            declarations=MappingProxyType(self._declarations),
            transitions=self._transitions,
            tallies=self._tallies,
        )

    def _catch_up(self) -> None:
        """Take over what this or another process has recorded: replicas go on from the same state and show the same."""
        store = self._store
        known = store.declarations(), store.transitions(), store.tallies(), store.milestones()
        self._declarations, self._transitions, self._tallies, self._milestones = known

    def _warned(self, assessment: Assessment, recalled: Assessment | None, others: Others) -> Assessment:
        """The assessment, with a flag where what it lost holds its declaration, or where others judge it too."""
        known = self._declaration(assessment.scope.id).last_seen
        found = warning(known, assessment, recalled, self._model) if recalled is not None else None
        return replace(assessment, flags=(*others.flags(), *((found,) if found else ()), *assessment.flags))

    def _declaration(self, scope_id: str) -> Declaration:
        return self._declarations.get(scope_id, Declaration())

    def _with_milestones(self, assessment: Assessment) -> Assessment:
        """The assessment with the earliest date that each milestone was ever seen at."""
        first: dict[str, datetime] = {}
        for milestone in (*self._milestones.get(assessment.scope.id, ()), *assessment.milestones):
            first[milestone.id] = min(milestone.first_seen, first.get(milestone.id, milestone.first_seen))
        merged = tuple(Milestone(name, at) for name, at in sorted(first.items(), key=lambda item: (item[1], item[0])))
        return replace(assessment, milestones=merged)

    def _with_lenses(self, assessment: Assessment, sightings: Sightings) -> Assessment:
        """The assessment read through every lens, with what is declared for its scope."""
        return replace(assessment, lenses=lenses(assessment, self._declared_of(assessment.scope), sightings))

    def _declared_of(self, scope: Scope) -> Declared:
        return self._inputs.declared.of(scope, alone=self._made_of.is_only(scope.vcenter))

    def _declare(
        self, assessments: Sequence[Assessment], evidence_days: float, recalled: Mapping[str, Assessment]
    ) -> tuple[tuple[Assessment, Declaration, tuple[Transition, ...]], ...]:
        judged = []
        for assessment in assessments:
            after = step(
                self._declaration(assessment.scope.id),
                assessment,
                model=self._model,
                evidence_days=evidence_days,
                profile=self._inputs.hysteresis,
                recalled=recalled.get(assessment.scope.id),
            )
            judged.append((assessment, *after))
        return tuple(judged)

    def _documents(
        self, assessments: tuple[Assessment, ...], declarations: dict[str, Declaration], transitions: tuple[Transition, ...]
    ) -> dict[str, dict[str, object]]:
        every = (*self._transitions, *transitions)
        return {
            assessment.scope.id: assessment_document(
                assessment,
                declarations.get(assessment.scope.id) or self._declarations.get(assessment.scope.id),
                [change for change in every if change.scope_id == assessment.scope.id],
            )
            for assessment in assessments
        }


def _here(snapshot: Snapshot) -> datetime:
    """When it was taken by our clock."""
    return snapshot.taken_at - timedelta(seconds=snapshot.clock_skew)


def _motion_counts(snapshot: Snapshot) -> tuple[MotionCount, ...]:
    return tuple(
        MotionCount(cluster.id, snapshot.taken_at, cluster.num_vmotions)
        for cluster in snapshot.clusters
        if cluster.num_vmotions is not None and cluster.knows("num_vmotions")
    )


def _evidence_days(history: History, now: datetime) -> float:
    """How many days back events were seen without a break."""
    if history.events_unreadable is not None or history.seen_since is None:
        return 0.0
    return max(0.0, (now - history.seen_since) / timedelta(days=1))
