"""What a poll that succeeds publishes, and when it is thought about again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from collector.facts import Snapshot
from collector.vcenter.errors import Unreachable
from inference.judging.model import load
from inference.results import Declaration
from vjourney.judgement import Judgement
from vjourney.last_readings import Circumstances
from vjourney.operator_inputs import OperatorInputs
from vjourney.service import REASSESS_AFTER
from vjourney.sources import Replay
from vjourney.store import PollRecord, Store

if TYPE_CHECKING:
    from tests.vjourney.service.conftest import Broken, MarkOf, Replays, Serve


class Still:
    """A vCenter in which nothing happens while its clock goes on by ``later``."""

    def __init__(self, source: Replay) -> None:
        self.later = timedelta()
        self._source = source
        self._snapshot: Snapshot | None = None

    def poll(self, mark: MarkOf) -> Snapshot:
        """The first poll of the source, at a later time."""
        if self._snapshot is None:
            self._snapshot = self._source.poll(mark)
            return self._snapshot
        return replace(self._snapshot, taken_at=self._snapshot.taken_at + self.later, events=(), changed=False)

    def requests(self) -> Mapping[str, int]:
        """Those of the source."""
        return self._source.requests()

    def close(self) -> None:
        """Nothing is open."""


def test_nothing_is_published_before_the_first_poll(serve: Serve, replay: Replays) -> None:
    """Readers can tell that there is no result yet."""
    assert serve(a=replay("it-production")).service.publication is None


def test_a_poll_publishes_fleet_vcenter_and_clusters(serve: Serve, replay: Replays) -> None:
    """Every scope of the contract is there, each with a declaration, and rendered before it is published."""
    bench = serve(a=replay("it-production"))

    status = bench.service.poll("a")

    publication = bench.publication()
    assert (status.status, status.event_retention_days) == ("ok", 30)
    assert [each.scope.kind for each in publication.assessments] == ["fleet", "vcenter", "cluster", "cluster"]
    assert set(publication.declarations) == {each.scope.id for each in publication.assessments}
    assert bench.published[-1] is publication


def test_tags_are_a_topic_where_they_are_asked_for(serve: Serve, replay: Replays, broken: type[Broken]) -> None:
    """Absent where nobody reads them; read, and missed along with everything else when the vCenter is away."""
    source, plain = replay("experimentation"), replay("it-production")
    bench = serve(tagged=source, plain=plain)
    snapshot = replace(source.poll(lambda _: None), tags=())
    source.poll = lambda _mark: snapshot  # type: ignore[method-assign]
    assert "tags" not in bench.service.poll("plain").topics
    assert bench.service.poll("tagged").topics["tags"] is True
    gone = broken(Unreachable("tagged", "gone")).poll
    source.poll = gone  # type: ignore[method-assign]
    plain.poll = gone  # type: ignore[method-assign]
    assert bench.service.poll("tagged").topics["tags"] is False
    assert "tags" not in bench.service.poll("plain").topics


def test_a_poll_without_news_is_not_thought_about_again(serve: Serve, replay: Replays) -> None:
    """Behind the end of a recording nothing changes, and cost grows with change."""
    bench = serve(a=replay("experimentation"))
    bench.play("a")
    before = bench.publication()

    bench.service.poll("a")

    assert bench.publication().assessments[1] is before.assessments[1]
    assert bench.publication().tallies == before.tallies


def test_declarations_follow_the_profile_that_was_chosen(tmp_path: Path, replay: Replays) -> None:
    """The name reaches the rules: one that the model does not have is an error of the poll that would have declared."""
    source, store = replay("it-production"), Store.open(f"sqlite:///{tmp_path / 'vjourney.db'}")
    judgement = Judgement(store, load("journey-1"), ["a"], OperatorInputs(hysteresis="brave"))
    snapshot = source.poll(lambda _about: None)
    with pytest.raises(ValueError, match="no hysteresis profile brave"):
        judgement.poll(snapshot, Circumstances(snapshot.taken_at))
    store.close()


@pytest.mark.parametrize(("declared", "crossed"), [(0, False), (1, True), (2, True), (3, False)])
def test_what_is_unknown_is_measured_by_the_stage_that_holds(
    serve: Serve, replay: Replays, declared: int, crossed: bool
) -> None:
    """The reading is of stage 1 or 2, as what could not be seen may be: who is declared to be neither learns nothing new."""
    source, bench = replay("it-production"), serve(a=replay("it-production"))
    read = source.poll(lambda _about: None)
    uuid = read.about.instance_uuid
    held = Declaration(declared=declared, evaluated_at=read.taken_at)
    bench.store.record(
        PollRecord(
            instance_uuid=uuid, vcenter="a", taken_at=read.taken_at, model=load("journey-1").info, declarations={uuid: held}
        )
    )
    bench.service.poll("a")
    assert ("depends_on_unknown" in [flag.id for flag in bench.assessment("vcenter").flags]) is crossed


def test_an_unchanged_vcenter_is_thought_about_again_after_an_hour(serve: Serve, replay: Replays) -> None:
    """Windows move on with time even where nothing happens."""
    bench = serve(a=(source := Still(replay("experimentation"))))
    bench.service.poll("a")
    first = bench.assessment("vcenter")

    source.later = REASSESS_AFTER - timedelta(seconds=1)
    bench.service.poll("a")
    assert bench.assessment("vcenter") is first

    source.later = REASSESS_AFTER
    bench.service.poll("a")
    assert bench.assessment("vcenter").taken_at == first.taken_at + REASSESS_AFTER
