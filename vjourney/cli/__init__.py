"""The command line: it parses and delegates. A failure is one line on standard error and an exit code of the contract."""

from __future__ import annotations

import errno
import io
import os
import signal
import sys
import threading

from vjourney.cli import assessment, evaluation, model, operation, publishing, recordings
from vjourney.cli.frame import Exit, app
from vjourney.signals import Ending, die_of

__all__ = ["app", "assessment", "evaluation", "main", "model", "operation", "publishing", "recordings"]

_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO}
"""Errors of a write to standard output that goes to a file."""


def main() -> None:
    """Run the command line of this process."""
    ending = Ending()
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a sign that the locale cannot encode must not end the command
    try:
        try:
            app()
        finally:
            if sys.stdout is not None:  # a parent may have closed it
                sys.stdout.flush()  # while a failure can still be reported
    except KeyboardInterrupt:
        ending.interrupted()
    except BrokenPipeError:
        die_of(signal.SIGPIPE)
    except OSError as error:
        if error.errno not in _NO_ROOM or error.filename is not None:
            raise
        sys.stderr.write(f"standard output cannot be written ({error.strerror}); send it to where there is room\n")
        os._exit(Exit.USAGE)  # Python would try to write the rest once more
    except SystemExit as end:
        ending.unless_signalled(end.code)
        if threading.active_count() > 1:  # including daemons: at exit, Python waits for those of a thread pool
            _leave(end)
        raise


def _leave(end: SystemExit) -> None:
    """End the process without waiting for its threads: one may still wait for a vCenter that does not answer."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(end.code if isinstance(end.code, int) else 0)
