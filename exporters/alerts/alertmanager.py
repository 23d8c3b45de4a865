"""Changes of stage as alerts of Alertmanager's API version 2, which knows an alert by its labels.

Alertmanager keeps alerts in memory only: its clients send every active alert again and again, each with the time at which it
ends unless it is sent again with a later one.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import httpx

from exporters.alerts.changes import StageChange
from exporters.alerts.message import DeliveryError

ALERTNAME = "VjourneyStageChange"

TIMEOUT = httpx.Timeout(10.0)
"""Patience for each step of a request: to connect, to send, and for each part of the answer."""

logging.getLogger("httpx").setLevel(logging.WARNING)  # it writes every address, which may hold a token, at INFO


@dataclass(frozen=True, slots=True)
class Alert:
    """A change that is an alert from ``starts_at`` to ``ends_at``."""

    change: StageChange
    starts_at: datetime
    ends_at: datetime

    def plain(self) -> dict[str, Any]:
        """The alert as the API wants it."""
        return {
            "labels": {"alertname": ALERTNAME, **self.change.labels()},
            "annotations": {
                "summary": self.change.summary,
                "description": " ".join(part for part in (self.change.description, self.change.next_step) if part),
                "runbook_url": self.change.runbook,
            },
            "startsAt": _rfc3339(self.starts_at),
            "endsAt": _rfc3339(self.ends_at),
        }


class Alertmanager:
    """One Alertmanager; ``name`` is how sentences call it."""

    def __init__(self, name: str, url: str) -> None:
        """Post to the API below ``url``, which may hold a user, a password and a path."""
        parts = urlsplit(url)
        host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
        port = f":{parts.port}" if parts.port else ""
        self.name = f"{name} ({parts.scheme}://{host}{port})"
        self._api = parts._replace(path=f"{parts.path.rstrip('/')}/api/v2")

    def post(self, alerts: Sequence[Alert]) -> None:
        """Send these alerts in one request.

        Raises:
            DeliveryError: Alertmanager did not take them.
        """
        self._ask("POST", "alerts", [alert.plain() for alert in alerts])

    def reach(self) -> str:
        """Ask for its version without sending anything; what it is, in words.

        Raises:
            DeliveryError: it cannot be reached, or is no Alertmanager.
        """
        answer = self._ask("GET", "status", None)
        try:
            return f"answers: Alertmanager {answer.json()['versionInfo']['version']}"
        except (ValueError, TypeError, KeyError):
            raise DeliveryError(f"{self.name} answers but is not an Alertmanager; check its address") from None

    def _ask(self, method: str, what: str, content: object) -> httpx.Response:
        address = self._api._replace(path=f"{self._api.path}/{what}").geturl()
        try:
            answer = httpx.request(method, address, json=content, timeout=TIMEOUT)
        except httpx.TimeoutException:
            raise DeliveryError(f"{self.name} did not answer in time; check that it is running and reachable") from None
        except httpx.TransportError:  # what it says may repeat the address
            raise DeliveryError(f"{self.name} cannot be reached; check its address, its certificate and the firewall") from None
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            raise DeliveryError(f"{self.name} cannot be asked ({type(error).__name__}); check its address") from None
        if not answer.is_success:
            advice = "check the user, password and path of its address" if answer.status_code < 500 else "check its log"  # noqa: PLR2004  # HTTP's faults of servers
            raise DeliveryError(f"{self.name} answered {answer.status_code}; {advice}")
        return answer


def _rfc3339(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
