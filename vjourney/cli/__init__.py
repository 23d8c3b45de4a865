"""The command line: parse and delegate; every failure is one line on standard error and an exit code of the contract."""

from __future__ import annotations

from vjourney.cli import assessment, evaluation, model, operation, publishing, recordings
from vjourney.cli.frame import app

__all__ = ["app", "assessment", "evaluation", "main", "model", "operation", "publishing", "recordings"]


def main() -> None:
    """Run the command line of the process."""
    app()
