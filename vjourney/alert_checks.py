"""``vjourney check`` of alerts: whether each target can be used and reached, and when the next digest is due.

Nothing is sent to any target.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from exporters.alerts.alertmanager import Alertmanager
from exporters.alerts.message import DeliveryError
from exporters.alerts.notification import Notifier
from vjourney.schedule import Cron
from vjourney.settings import Alerts


def check(alerts: Alerts, now: datetime) -> list[dict[str, Any]]:
    """Each target and the schedule as plain data for ``check --json``, in the order of the configuration."""
    return [*_alertmanagers(alerts), *_services(alerts), *_schedule(alerts, now)]


def _alertmanagers(alerts: Alerts) -> Iterator[dict[str, Any]]:
    for place, url in enumerate(alerts.alertmanagers):
        yield _asked(Alertmanager(f"alerts.alertmanagers[{place}]", url.get_secret_value()))


def _services(alerts: Alerts) -> Iterator[dict[str, Any]]:
    for key, urls in (("alerts.notify", alerts.notify), ("alerts.digest.to", alerts.digest.to if alerts.digest else ())):
        for place, url in enumerate(urls):
            name = f"{key}[{place}]"
            try:
                service = Notifier(name, url.get_secret_value())
            except ValueError as error:
                yield _answer(name, str(error), ok=False)
            else:
                yield _asked(service)


def _schedule(alerts: Alerts, now: datetime) -> Iterator[dict[str, Any]]:
    if alerts.digest is None:
        return
    due = Cron(alerts.digest.schedule).next_due(now)
    name = "alerts.digest.schedule"
    if due is None:
        yield _answer(name, f"{name} names a day that never comes; change day or month", ok=False)
    else:
        yield _answer(name, f"the next digest is due on {due:%A, %Y-%m-%d %H:%M %Z}", ok=True)


def _asked(target: Alertmanager | Notifier) -> dict[str, Any]:
    try:
        return _answer(target.name, target.reach(), ok=True)
    except DeliveryError as error:
        return _answer(target.name, str(error), ok=False)


def _answer(target: str, message: str, *, ok: bool) -> dict[str, Any]:
    return {"target": target, "ok": ok, "message": message}
