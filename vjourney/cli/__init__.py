"""The command line: parse and delegate; every failure is one line on standard error and an exit code of the contract."""

from __future__ import annotations

import os
import sys
import threading

from vjourney.cli import assessment, evaluation, model, operation, publishing, recordings
from vjourney.cli.frame import app

__all__ = ["app", "assessment", "evaluation", "main", "model", "operation", "publishing", "recordings"]


def main() -> None:
    """Run the command line of the process."""
    try:
        app()
    except SystemExit as end:
        if threading.active_count() > 1:  # daemons too: those of a pool are waited for nevertheless
            _leave(end)
        raise


def _leave(end: SystemExit) -> None:
    """End the process now. Everything is closed; a thread that still waits for a silent vCenter would hold it up."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(end.code if isinstance(end.code, int) else 0)
