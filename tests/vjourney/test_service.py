"""The tick: what is published, stored and remembered after polls that succeed, fail, repeat or come after a restart."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from collector.facts import Snapshot
from collector.overlap import Mark
from collector.vcenter.errors import LoginRejected, Unreachable
from exporters.document import history_document
from exporters.prometheus.samples import samples
from inference.model import load
from inference.publication import Publication
from inference.results import Assessment, Declaration
from vjourney import logs
from vjourney.demo import recordings
from vjourney.judgement import Judgement
from vjourney.service import LOCKOUT_PAUSE, REASSESS_AFTER, Polling, Service
from vjourney.sources import Replay
from vjourney.store import Store

MarkOf = Callable[[str], Mark | None]
STARTED = datetime(2026, 3, 1, tzinfo=UTC)


class Broken:
    """A source whose poll fails as it is told to."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.polls = 0

    def poll(self, _mark: MarkOf) -> Snapshot:
        """Fail."""
        self.polls += 1
        raise self.errors[min(self.polls, len(self.errors)) - 1]

    def requests(self) -> Mapping[str, int]:
        """None was answered."""
        return {}

    def close(self) -> None:
        """Nothing is open."""


class Late:
    """A source whose first poll ends only after something else has happened."""

    def __init__(self, source: Replay, meanwhile: Callable[[], object]) -> None:
        self.requests, self.close = source.requests, source.close
        self._source, self._meanwhile = source, meanwhile

    def poll(self, mark: MarkOf) -> Snapshot:
        """The poll of the source, handed over late."""
        snapshot = self._source.poll(mark)
        other = threading.Thread(target=self._meanwhile)
        other.start()
        other.join()
        return snapshot


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


class Bench:
    """A service on a store of its own, with a clock that tests set."""

    def __init__(self, folder: Path, labs: tuple[str, ...] = (), /, **sources: Polling) -> None:
        self.now = STARTED
        self.published: list[Publication] = []
        self.store = Store.open(f"sqlite:///{folder / 'vjourney.db'}")
        self.service = Service(
            sources, self.store, load("journey-1"), clock=lambda: self.now, prepare=self.published.append, labs=labs
        )

    def publication(self) -> Publication:
        """What is published now."""
        publication = self.service.publication
        assert publication is not None
        return publication

    def assessment(self, kind: str) -> Assessment:
        """The first published assessment of this kind of scope."""
        return next(each for each in self.publication().assessments if each.scope.kind == kind)


@pytest.fixture(autouse=True)
def _logs() -> None:
    """Logs go where the program sends them."""
    logs.configure()


def replay(name: str) -> Replay:
    """The bundled recording of an estate as a source."""
    return Replay(name, recordings()[name])


def play(bench: Bench, name: str, polls: int = 8) -> None:
    """Poll a replayed recording past its end."""
    for _ in range(polls):
        bench.service.poll(name)


def test_nothing_is_published_before_the_first_poll(tmp_path: Path) -> None:
    """Readers can tell that there is no result yet."""
    assert Bench(tmp_path, a=replay("it-production")).service.publication is None


def test_a_failed_first_poll_is_published_as_failed(tmp_path: Path) -> None:
    """A vCenter that cannot be read shows with its error and no assessment."""
    bench = Bench(tmp_path, down=Broken(Unreachable("down", "the network does not lead there")))

    status = bench.service.poll("down")

    assert status.status == "failed"
    assert status.error == "down: the network does not lead there"
    assert not any(status.topics.values())
    assert bench.publication().assessments == ()


def test_an_unexpected_failure_fails_its_vcenter_alone(tmp_path: Path) -> None:
    """A fault of our own says so and leaves the other vCenters alone."""
    bench = Bench(tmp_path, odd=Broken(ZeroDivisionError("by zero")), fine=replay("experimentation"))

    odd, fine = bench.service.poll("odd"), bench.service.poll("fine")

    assert odd.status == "failed"
    assert odd.error == "odd: vjourney itself failed (ZeroDivisionError: by zero); please report this"
    assert fine.status == "ok"


def test_a_rejected_login_is_not_tried_again_at_once(tmp_path: Path) -> None:
    """Directories lock accounts that fail too often, so a rejected login pauses that vCenter."""
    source = Broken(LoginRejected("a", "check the password"))
    bench = Bench(tmp_path, a=source)

    bench.service.poll("a")
    bench.service.poll("a")
    assert source.polls == 1

    bench.now += LOCKOUT_PAUSE
    bench.service.poll("a")
    assert source.polls == 2


def test_a_pause_does_not_outlast_a_clock_that_is_set_back(tmp_path: Path) -> None:
    """A login that was rejected while our clock ran a year ahead is tried again now, not in a year."""
    bench = Bench(tmp_path, a=(source := Broken(LoginRejected("a", "check the password"))))
    bench.service.poll("a")
    bench.now -= timedelta(days=365)
    bench.service.poll("a")
    assert source.polls == 2


def test_one_vcenter_under_two_names_is_refused(tmp_path: Path) -> None:
    """Counting a vCenter twice would double a fleet."""
    file = recordings()["it-production"]
    bench = Bench(tmp_path, first=Replay("first", file), second=Replay("second", file))

    assert bench.service.poll("first").status == "ok"
    twin = bench.service.poll("second")

    assert twin.status == "failed"
    assert "the same vCenter as first" in str(twin.error)
    assert {each.scope.vcenter for each in bench.publication().assessments if each.scope.kind != "fleet"} == {"first"}


def test_a_poll_publishes_fleet_vcenter_and_clusters(tmp_path: Path) -> None:
    """Every scope of the contract is there, each with a declaration, and rendered before it is published."""
    bench = Bench(tmp_path, a=replay("it-production"))

    status = bench.service.poll("a")

    publication = bench.publication()
    assert status.status == "ok"
    assert [each.scope.kind for each in publication.assessments] == ["fleet", "vcenter", "cluster", "cluster"]
    assert set(publication.declarations) == {each.scope.id for each in publication.assessments}
    assert bench.published[-1] is publication


def test_a_failure_keeps_the_last_assessments(tmp_path: Path) -> None:
    """An outage of a vCenter is no news about its stage."""
    source = replay("it-production")
    bench = Bench(tmp_path, a=source)
    bench.service.poll("a")
    before = bench.publication().assessments

    source.poll = Broken(Unreachable("a", "gone")).poll  # type: ignore[method-assign]
    status = bench.service.poll("a")

    assert status.status == "failed"
    assert status.version
    assert status.last_success == STARTED
    assert bench.publication().assessments == before


def test_tags_are_a_topic_where_they_are_asked_for(tmp_path: Path) -> None:
    """Absent where nobody reads them; read, and missed along with everything else when the vCenter is away."""
    source, plain = replay("experimentation"), replay("it-production")
    bench = Bench(tmp_path, tagged=source, plain=plain)
    snapshot = replace(source.poll(lambda _: None), tags=())
    source.poll = lambda _mark: snapshot  # type: ignore[method-assign]
    assert "tags" not in bench.service.poll("plain").topics
    assert bench.service.poll("tagged").topics["tags"] is True
    gone = Broken(Unreachable("tagged", "gone")).poll
    source.poll = gone  # type: ignore[method-assign]
    plain.poll = gone  # type: ignore[method-assign]
    assert bench.service.poll("tagged").topics["tags"] is False
    assert "tags" not in bench.service.poll("plain").topics


def test_a_poll_without_news_is_not_thought_about_again(tmp_path: Path) -> None:
    """Behind the end of a recording nothing changes, and cost grows with change."""
    bench = Bench(tmp_path, a=replay("experimentation"))
    play(bench, "a")
    before = bench.publication()

    bench.service.poll("a")

    assert bench.publication().assessments[1] is before.assessments[1]
    assert bench.publication().tallies == before.tallies


def without_memory(declarations: Mapping[str, Declaration]) -> dict[str, Declaration]:
    """Declarations without the numbers of their last look: of a first poll that is read again the store knows more events."""
    return {scope_id: replace(each, last_seen=()) for scope_id, each in declarations.items()}


def test_a_restart_counts_nothing_twice_and_keeps_what_was_declared(tmp_path: Path) -> None:
    """The same recording on the same store again leaves every counter, declaration and milestone as it was."""
    first = Bench(tmp_path, a=replay("business-production"))
    play(first, "a")
    before = first.publication()
    first.store.close()

    second = Bench(tmp_path, a=replay("business-production"))
    play(second, "a")
    after = second.publication()

    assert before.tallies
    assert after.tallies == before.tallies
    assert without_memory(after.declarations) == without_memory(before.declarations)
    assert after.transitions == before.transitions
    assert [each.milestones for each in after.assessments] == [each.milestones for each in before.assessments]


def test_a_restart_shows_what_is_declared_of_a_vcenter_that_is_away(tmp_path: Path) -> None:
    """The state is in the store: its stage is among the metrics and in the history; what it is now is not known."""
    first = Bench(tmp_path, a=Replay("a", recordings()["business-production"]))
    play(first, "a")
    scopes = {each.scope.id for each in first.publication().assessments}
    first.store.close()

    second = Bench(tmp_path, a=Broken(Unreachable("a", "no answer")))
    second.service.poll("a")
    publication = second.publication()
    assert {scope.id for scope in publication.unread} == scopes
    assert {scope["id"] for scope in history_document(publication)["scopes"]} == scopes
    told = {(name, *labels): value for name, labels, value in samples(publication)}
    assert told["vjourney_stage", "vcenter", "a", ""] == told["vjourney_stage", "fleet", "", ""] == 2
    assert {name for name, *_ in told}.isdisjoint({"vjourney_stage_inferred", "vjourney_indicator"})


def test_declarations_follow_the_profile_that_was_chosen(tmp_path: Path) -> None:
    """The name reaches the rules: one that the model does not have is an error of the poll that would have declared."""
    source, store = replay("it-production"), Store.open(f"sqlite:///{tmp_path / 'vjourney.db'}")
    judgement = Judgement(store, load("journey-1"), 1, hysteresis="brave")
    with pytest.raises(ValueError, match="no hysteresis profile brave"):
        judgement.poll(source.poll(lambda _about: None), ())
    store.close()


def test_half_a_fleet_declares_nothing_for_the_whole(tmp_path: Path) -> None:
    """Until every vCenter was read once, the fleet shows what it has and says that it is not all."""
    bench = Bench(tmp_path, a=replay("experimentation"), b=replay("business-production"))

    bench.service.poll("a")
    assert "fleet" not in bench.publication().declarations
    assert "incomplete" in [flag.id for flag in bench.assessment("fleet").flags]

    bench.service.poll("b")
    assert bench.publication().declarations["fleet"].declared is not None
    assert "incomplete" not in [flag.id for flag in bench.assessment("fleet").flags]


@pytest.mark.parametrize("order", [("lab", "prod"), ("prod", "lab")])
def test_a_lab_is_assessed_and_not_pooled(tmp_path: Path, order: tuple[str, str]) -> None:
    """The fleet is the other vCenter alone, whichever is polled first, and declares without the lab."""
    lab, prod = (
        Replay(name, recordings()[estate]) for name, estate in (("lab", "experimentation"), ("prod", "business-production"))
    )
    bench = Bench(tmp_path, ("lab",), lab=lab, prod=prod)
    for name in order:
        bench.service.poll(name)
    units = {each.scope.vcenter: each for each in bench.publication().assessments if each.scope.kind == "vcenter"}
    assert bench.assessment("fleet").consolidation.hosts == units["prod"].consolidation.hosts
    assert (units["lab"].inferred, bench.publication().declarations["fleet"].declared) == (0, 2)


def test_a_fleet_of_labs_alone_leaves_none_out(tmp_path: Path) -> None:
    """Whoever runs nothing else wants to see it."""
    bench = Bench(tmp_path, ("lab",), lab=Replay("lab", recordings()["experimentation"]))
    bench.service.poll("lab")
    assert bench.assessment("fleet").inferred == 0


@pytest.mark.parametrize("order", [("experimentation", "business-production"), ("business-production", "experimentation")])
def test_the_order_of_polls_does_not_matter_to_the_fleet(tmp_path: Path, order: tuple[str, str]) -> None:
    """The fleet is the sum of its vCenters, and its time the latest of theirs."""
    bench = Bench(tmp_path, **{name.replace("-", "_"): replay(name) for name in order})
    for name in order:
        bench.service.poll(name.replace("-", "_"))

    fleet = bench.assessment("fleet")
    units = [each for each in bench.publication().assessments if each.scope.kind == "vcenter"]
    assert fleet.consolidation.hosts == sum(each.consolidation.hosts or 0 for each in units)
    assert fleet.taken_at == max(each.taken_at for each in units)


def test_an_unchanged_vcenter_is_thought_about_again_after_an_hour(tmp_path: Path) -> None:
    """Windows move on with time even where nothing happens."""
    bench = Bench(tmp_path, a=(source := Still(replay("experimentation"))))
    bench.service.poll("a")
    first = bench.assessment("vcenter")

    source.later = REASSESS_AFTER - timedelta(seconds=1)
    bench.service.poll("a")
    assert bench.assessment("vcenter") is first

    source.later = REASSESS_AFTER
    bench.service.poll("a")
    assert bench.assessment("vcenter").taken_at == first.taken_at + REASSESS_AFTER


def test_a_poll_that_outlives_the_service_says_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever it runs into after the end, a closed store too, is neither logged nor published."""

    def end() -> None:
        bench.service.close()
        bench.store.close()
        shutil.rmtree(tmp_path)

    bench = Bench(tmp_path, a=Late(replay("experimentation"), end))

    status = bench.service.poll("a")

    assert status.status == "failed"
    assert bench.service.publication is None
    assert capsys.readouterr().err == ""
