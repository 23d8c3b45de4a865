"""How a command ends that somebody ends: what it opened is closed, then it dies of the signal, as shells expect.

Only so does a script that is interrupted stop too, and a reader that had enough (``| head``) shows as in any other pipe.
"""

from __future__ import annotations

import os
import signal
from types import FrameType
from typing import NoReturn

INTERRUPTING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""Ctrl-C, the end of a service or of the machine, a closed terminal."""

_READER_GONE = 1
_INTERRUPTED = 130
"""What typer and rich end with; no command of ours does."""


class Ending:
    """Makes an interruption of each of these signals, and remembers which it was."""

    def __init__(self) -> None:
        """From here on what was not ignored is heard."""
        self._asked = signal.SIGINT
        for number in INTERRUPTING:
            if signal.getsignal(number) in (signal.SIG_DFL, signal.default_int_handler):
                signal.signal(number, self._interrupt)

    def _interrupt(self, number: int, _frame: FrameType | None) -> None:
        self._asked = signal.Signals(number)
        raise KeyboardInterrupt

    def interrupted(self) -> NoReturn:
        """End as the signal would have ended it."""
        die_of(self._asked)

    def unless_signalled(self, code: object) -> None:
        """Return where this exit code is one of ours, and end by the signal that it stands for where it is not."""
        if code == _INTERRUPTED:
            self.interrupted()
        if code == _READER_GONE:
            die_of(signal.SIGPIPE)


def die_of(number: signal.Signals) -> NoReturn:
    """End this process by a signal."""
    signal.signal(number, signal.SIG_DFL)
    signal.raise_signal(number)
    os._exit(128 + number)  # where whoever started it blocks the signal
