"""The configuration file: read, checked as a whole, and handed on as one frozen tree. Self-contained."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from vjourney.settings.places import ConfigurationError, Problem, read_document
from vjourney.settings.section import Reading, parse
from vjourney.settings.tree import Alerts, Digest, Settings, Store, Tls, Vcenter, Web
from vjourney.settings.values import Listen
from vjourney.settings.web import TlsServer, WebConfig

__all__ = [
    "Alerts",
    "ConfigurationError",
    "Digest",
    "Listen",
    "Problem",
    "Settings",
    "Store",
    "Tls",
    "TlsServer",
    "Vcenter",
    "Web",
    "WebConfig",
    "load",
]


def load(path: Path | str, environ: Mapping[str, str] | None = None, today: date | None = None) -> Settings:
    """The configuration in the YAML file ``path``; passwords are read from files and ``environ``, the process's by default.

    What is declared for a day after ``today`` is refused; by default that is the day where it has begun first.
    Raises ``ConfigurationError`` with every problem of the file, and of the other files that it names, at once.
    """
    path = Path(path)
    document = read_document(path)
    if document.data is None and not document.problems:
        document.problem((), "the file is empty; it needs at least the key vcenters with one vCenter")
    settings = None
    if not any(problem.path == () for problem in document.problems):
        context = Reading(path.parent, os.environ if environ is None else environ, [], today or _latest_today())
        settings = parse(Settings, document, context)
        document.problems.extend(context.elsewhere)
    if settings is None or document.problems:
        raise ConfigurationError(document.problems)
    return settings


def _latest_today() -> date:
    """The present day where it is latest: an operator there is 14 hours ahead of UTC."""
    return (datetime.now(UTC) + timedelta(hours=14)).date()
