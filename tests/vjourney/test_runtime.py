"""How the service is told to stop."""

from __future__ import annotations

import os
import signal

import pytest

from vjourney.runtime import _stop_signals


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_every_signal_that_ends_a_service_is_a_stop(number: signal.Signals) -> None:
    """It logs out and ends by itself, also when its terminal is closed; afterwards signals mean what they meant before."""
    before = signal.getsignal(number)

    with _stop_signals() as stop:
        assert not stop.is_set()
        os.kill(os.getpid(), number)
        assert stop.wait(5)

    assert signal.getsignal(number) is before
