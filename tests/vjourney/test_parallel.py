"""Working on several things at the same time."""

from __future__ import annotations

import os
import signal
import threading
import time

import pytest

from vjourney.parallel import in_threads


def test_what_is_made_comes_in_the_order_of_the_things() -> None:
    """Whoever is done first."""

    def work(pause: float) -> float:
        time.sleep(pause)
        return pause

    assert in_threads(work, [0.05, 0.0]) == [0.05, 0.0]


def test_an_interrupt_waits_for_nobody() -> None:
    """One of them may keep silent for a minute."""
    released = threading.Event()

    def work(patient: bool) -> None:
        if patient:
            released.wait(60)
        else:
            os.kill(os.getpid(), signal.SIGINT)

    began = time.monotonic()
    try:
        with pytest.raises(KeyboardInterrupt):
            in_threads(work, [True, False])
        assert time.monotonic() - began < 30
    finally:
        released.set()
