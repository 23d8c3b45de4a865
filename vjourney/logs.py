"""Logs of the service: one line each on standard error, readable by people and by logfmt parsers."""

from __future__ import annotations

import logging
import sys

import structlog


def configure() -> None:
    """Send structlog's events to standard error, with the time in UTC; libraries speak from WARNING on."""
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
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),  # asked anew for each logger: the stream may be another
    )
