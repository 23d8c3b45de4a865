"""How the service is told to stop."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from pydantic import SecretStr

from inference.publication import VcenterStatus
from vjourney.demo import recordings
from vjourney.replaying.steps import steps
from vjourney.runtime import Runtime, _stop_signals
from vjourney.service import Service
from vjourney.settings import Settings, Vcenter
from vjourney.settings import Store as StoreSettings
from vjourney.store import Store, StoreError


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_every_signal_that_ends_a_service_is_a_stop(number: signal.Signals) -> None:
    """It logs out and ends by itself, also when its terminal is closed; afterwards signals mean what they meant before."""
    before = signal.getsignal(number)

    with _stop_signals() as stop:
        assert not stop.is_set()
        os.kill(os.getpid(), number)
        assert stop.wait(5)

    assert signal.getsignal(number) is before


def test_recordings_are_polled_in_the_order_of_their_moments(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is declared of their fleet, and since when, depends on it; two runs say the same."""
    files = {name: recordings()[name] for name in ("it-as-a-service", "experimentation")}
    polled: list[str] = []
    poll = Service.poll

    def noted(service: Service, name: str) -> VcenterStatus:
        polled.append(name)
        return poll(service, name)

    monkeypatch.setattr(Service, "poll", noted)
    settings = Settings.model_construct(
        vcenters=tuple(Vcenter.model_construct(name=name, replay=file) for name, file in files.items()),
        store=StoreSettings.model_construct(url=SecretStr(f"sqlite:///{tmp_path / 'vjourney.db'}")),
    )
    with Runtime(settings) as runtime:
        runtime.once()
    assert polled == [step.name for step in steps(files)]
    assert len(polled) > len(files)


def test_the_store_is_closed_where_the_service_cannot_be_built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A ``with`` block that is never entered closes nothing."""
    closed: list[Store] = []
    close = Store.close

    def noted(store: Store) -> None:
        closed.append(store)
        close(store)

    monkeypatch.setattr(Store, "close", noted)

    def away(*_: object) -> None:
        raise StoreError("the store is away: start it")

    monkeypatch.setattr(Store, "scopes", away)
    settings = Settings.model_construct(
        vcenters=(), store=StoreSettings.model_construct(url=SecretStr(f"sqlite:///{tmp_path / 'vjourney.db'}"))
    )
    with pytest.raises(StoreError):
        Runtime(settings)
    assert len(closed) == 1
