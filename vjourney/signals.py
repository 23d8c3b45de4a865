"""Signals that interrupt a command: what it opened is closed, then the process dies of the signal, as shells expect.

A script that runs the command is interrupted only if the command dies of the signal. The same holds for a command whose reader
is gone (``| head``).
"""

from __future__ import annotations

import os
import signal
from types import FrameType
from typing import NoReturn

INTERRUPTING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""Sent by Ctrl-C, by whoever stops a service or shuts down the machine, and when a terminal is closed."""

_READER_GONE = 1
_INTERRUPTED = 130
"""Exit codes with which typer and rich end for these reasons; no command of ours uses them."""


class Ending:
    """Turns each of the ``INTERRUPTING`` signals into ``KeyboardInterrupt``, and remembers which one it was."""

    def __init__(self) -> None:
        """Install the handlers, except for signals that the process was started to ignore."""
        self._asked = signal.SIGINT
        for number in INTERRUPTING:
            if signal.getsignal(number) in (signal.SIG_DFL, signal.default_int_handler):
                signal.signal(number, self._interrupt)

    def _interrupt(self, number: int, _frame: FrameType | None) -> None:
        self._asked = signal.Signals(number)
        raise KeyboardInterrupt

    def interrupted(self) -> NoReturn:
        """End the process by the signal that interrupted it."""
        die_of(self._asked)

    def unless_signalled(self, code: object) -> None:
        """Return if ``code`` is an exit code of ours; if it stands for a signal, end the process by that signal."""
        if code == _INTERRUPTED:
            self.interrupted()
        if code == _READER_GONE:
            die_of(signal.SIGPIPE)


def die_of(number: signal.Signals) -> NoReturn:
    """End this process by a signal, as if it were not handled."""
    signal.signal(number, signal.SIG_DFL)
    signal.raise_signal(number)
    os._exit(128 + number)  # only reached where the parent blocked the signal
