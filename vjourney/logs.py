"""Logs of the service: lines of logfmt on standard error."""

from __future__ import annotations

import logging
import sys

import structlog


def configure() -> None:
    """Write structlog's events to standard error, with the time in UTC, and those of libraries from WARNING on."""
    logging.basicConfig(
        stream=sys.stderr, level=logging.WARNING, format="level=%(levelname)s logger=%(name)s event=%(message)r"
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
            structlog.processors.format_exc_info,
            structlog.processors.LogfmtRenderer(key_order=["at", "level", "event"], bool_as_flag=False),
        ],
        logger_factory=lambda *_: structlog.PrintLogger(
            sys.stderr
        ),  # looked up for each logger, since sys.stderr may be replaced
    )
