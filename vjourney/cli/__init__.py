"""The command line: parse and delegate; every failure is one line on standard error and an exit code of the contract."""

from __future__ import annotations

import errno
import io
import os
import signal
import sys
import threading

from vjourney.cli import assessment, evaluation, model, operation, publishing, recordings
from vjourney.cli.frame import Exit, app
from vjourney.ending import Ending, die_of

__all__ = ["app", "assessment", "evaluation", "main", "model", "operation", "publishing", "recordings"]

_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO}
"""What a write to standard output fails with where it goes to a file."""


def main() -> None:
    """Run the command line of the process."""
    ending = Ending()
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # what a locale has no sign for must not end the command
    try:
        try:
            app()
        finally:
            if sys.stdout is not None:  # a parent may have closed it
                sys.stdout.flush()  # here it can still be told that nobody has the answer
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
        if threading.active_count() > 1:  # daemons too: those of a pool are waited for nevertheless
            _leave(end)
        raise


def _leave(end: SystemExit) -> None:
    """End the process now. Everything is closed; a thread that still waits for a silent vCenter would hold it up."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(end.code if isinstance(end.code, int) else 0)
