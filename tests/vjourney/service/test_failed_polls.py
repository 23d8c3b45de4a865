"""Polls that fail: what is published of them, when the next one is, and what is left alone."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from collector.facts import Snapshot
from collector.vcenter.errors import LoginRejected, Unreachable
from vjourney.service import LOCKOUT_PAUSE
from vjourney.sources import Replay

if TYPE_CHECKING:
    from tests.vjourney.service.conftest import Broken, MarkOf, Replays, Serve


STARTED = datetime(2026, 3, 1, tzinfo=UTC)


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


def test_a_failed_first_poll_is_published_as_failed(serve: Serve, broken: type[Broken]) -> None:
    """A vCenter that cannot be read shows with its error and no assessment."""
    bench = serve(down=broken(Unreachable("down", "the network does not lead there")))

    status = bench.service.poll("down")

    assert status.status == "failed"
    assert status.error == "down: the network does not lead there"
    assert not any(status.topics.values())
    assert bench.publication().assessments == ()


def test_an_unexpected_failure_fails_its_vcenter_alone(serve: Serve, replay: Replays, broken: type[Broken]) -> None:
    """A fault of our own says so and leaves the other vCenters alone."""
    bench = serve(odd=broken(ZeroDivisionError("by zero")), fine=replay("experimentation", "fine"))

    odd, fine = bench.service.poll("odd"), bench.service.poll("fine")

    assert odd.status == "failed"
    assert odd.error == "odd: vjourney itself failed (ZeroDivisionError: by zero); please report this"
    assert fine.status == "ok"


def test_a_rejected_login_is_not_tried_again_at_once(serve: Serve, broken: type[Broken]) -> None:
    """Directories lock accounts that fail too often, so a rejected login pauses that vCenter."""
    source = broken(LoginRejected("a", "check the password"))
    bench = serve(a=source)

    bench.service.poll("a")
    bench.service.poll("a")
    assert source.polls == 1

    bench.now += LOCKOUT_PAUSE
    bench.service.poll("a")
    assert source.polls == 2


def test_a_pause_does_not_outlast_a_clock_that_is_set_back(serve: Serve, broken: type[Broken]) -> None:
    """A login that was rejected while our clock ran a year ahead is tried again now, not in a year."""
    bench = serve(a=(source := broken(LoginRejected("a", "check the password"))))
    bench.service.poll("a")
    bench.now -= timedelta(days=365)
    bench.service.poll("a")
    assert source.polls == 2


def test_a_failure_keeps_the_last_assessments(serve: Serve, replay: Replays, broken: type[Broken]) -> None:
    """An outage of a vCenter is no news about its stage."""
    source = replay("it-production")
    bench = serve(a=source)
    bench.service.poll("a")
    before = bench.publication().assessments

    source.poll = broken(Unreachable("a", "gone")).poll  # type: ignore[method-assign]
    status = bench.service.poll("a")

    assert status.status == "failed"
    assert status.version
    assert status.last_success == STARTED
    assert bench.publication().assessments == before


def test_a_poll_that_outlives_the_service_says_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], serve: Serve, replay: Replays
) -> None:
    """Whatever it runs into after the end, a closed store too, is neither logged nor published."""

    def end() -> None:
        bench.service.close()
        bench.store.close()
        shutil.rmtree(tmp_path)

    bench = serve(a=Late(replay("experimentation"), end))

    status = bench.service.poll("a")

    assert status.status == "failed"
    assert bench.service.publication is None
    assert capsys.readouterr().err == ""
