"""How a recording comes back: what the server said, in its order, and no more than that."""

# pyVmomi types its data, not its functions
# mypy: disable-error-code="no-untyped-call,union-attr"
from __future__ import annotations

import threading
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pyVmomi import vim

from collector.vcenter.cassette import record, replay, replay_endpoint
from collector.vcenter.errors import NotRecorded, RecordingEnded
from collector.vcenter.session import Session
from collector.vcenter.tls import connection_class

if TYPE_CHECKING:
    from tests.collector.vcenter.cassette.conftest import Converse, Recorded
    from tests.collector.vcenter.conftest import FakeVcenter
    from tests.conftest import StartVcsim


def test_a_replay_says_what_the_server_said(fake: FakeVcenter, tmp_path: Path, recorded: Recorded, converse: Converse) -> None:
    """In the recorded order, as often as one likes from the beginning, without the server, and without knowing the login."""
    file = tmp_path / "conversation.yaml.gz"
    said = recorded(file)
    assert said[:2] == ("2026-03-01T12:00:00+00:00", "2026-03-01T12:00:05+00:00")
    heard = len(fake.received)
    for _ in range(2):
        playback = replay(file)
        assert playback.api_version == "7.0.3.0"
        assert converse(playback.open("demo")) == said
    playback = replay(file)
    assert converse(Session.open(replay_endpoint("demo"), connection=playback.connection)) == said, (
        "asking for versions replays too"
    )
    assert len(fake.received) == heard


def test_a_replay_ends_where_the_recording_does(recording: Path) -> None:
    """One answer more than was recorded is an error that names the request; so is a request that never was."""
    session = replay(recording).open("demo")
    session.now()
    session.now()
    with pytest.raises(RecordingEnded, match="CurrentTime") as ended:
        session.now()
    assert str(recording) in str(ended.value)
    with pytest.raises(NotRecorded, match="CreateContainerView"):
        vim.view.ViewManager("ViewManager", session.service_instance._stub).CreateContainerView(  # noqa: SLF001
            session.content.rootFolder, [], recursive=True
        )
    session.close()


def test_replays_run_side_by_side(recording: Path, converse: Converse) -> None:
    """Nothing is patched, so several vCenters replay in threads at once."""
    told: list[tuple[str, ...]] = []

    def run() -> None:
        told.append(converse(replay(recording).open("demo")))

    threads = [threading.Thread(target=run) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(told) == 6
    assert len(set(told)) == 1


@pytest.mark.parametrize("types", [["VmPoweredOnEvent"], ["com.example.New", "VmPoweredOnEvent"], []])
def test_a_recording_answers_also_whoever_asks_for_more_types_of_events(
    fake: FakeVcenter, tmp_path: Path, types: list[str]
) -> None:
    """The list grows with the program; to ask for all events, without a list, is another request."""

    def ask(session: Session, types: list[str]) -> str:
        events = vim.event.EventManager("EventManager", session.service_instance._stub)  # noqa: SLF001
        made = events.CreateCollectorForEvents(vim.event.EventFilterSpec(eventTypeId=types))
        return str(made._moId)  # noqa: SLF001

    fake.answer("CreateCollectorForEvents", '<returnval type="EventHistoryCollector">collector-1</returnval>')
    file = tmp_path / "events.yaml.gz"
    with (
        record(file, base=connection_class(fake.endpoint())) as tape,
        Session.open(fake.endpoint(), connection=tape.connection) as session,
    ):
        ask(session, ["VmPoweredOnEvent", "VmMigratedEvent"])
    session = replay(file).open("demo")
    with pytest.raises(NotRecorded) if not types else nullcontext():
        assert ask(session, types) == "collector-1"


@pytest.mark.vcsim
def test_a_simulators_inventory_is_recorded_and_replayed(vcsim: StartVcsim, tmp_path: Path) -> None:
    """Through the real conversation, with its own session objects."""
    simulator = vcsim()
    endpoint = replay_endpoint("sim").__class__(
        "sim", simulator.host, simulator.username, simulator.password, port=simulator.port, verify=False
    )
    file = tmp_path / "sim.yaml.gz"

    def names(session: Session) -> list[str]:
        view = session.content.viewManager.CreateContainerView(session.content.rootFolder, [vim.VirtualMachine], recursive=True)
        found = [machine.name for machine in view.view]
        view.DestroyView()
        session.close()
        return found

    with record(file) as tape:
        said = names(Session.open(endpoint, connection=tape.connection))
    simulator.stop()
    assert len(said) == 4
    assert names(replay(file).open("sim")) == said
