"""Alerts as Alertmanager's API wants them, and refusals in sentences that hold no secret."""

from __future__ import annotations

import base64
import logging
import socket
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from exporters.alerts.alertmanager import Alert, Alertmanager
from exporters.alerts.changes import StageChange
from exporters.alerts.message import DeliveryError

AT = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
CHANGE = StageChange("vcenter", "prod", "", 1, 2, "estate", AT, "It is certain.", "Next: go on.")
ALERT = Alert(CHANGE, AT, AT + timedelta(hours=24))


@pytest.mark.parametrize(
    ("status", "advice"), [(401, "check the user, password and path of its address"), (302, "check"), (503, "check its log")]
)
def test_a_refusal_names_the_place_and_no_secret(web_sink: Callable[[], Any], status: int, advice: str) -> None:
    """The sentence names key, host and answer, and neither user nor token."""
    sink = web_sink()
    sink.status = status
    address = sink.url.replace("://", "://us3r:s3cret@") + "/tok3n?key=k3y"
    with pytest.raises(DeliveryError) as caught:
        Alertmanager("alerts.alertmanagers[0]", address).post([ALERT])
    said = str(caught.value)
    assert said.startswith(f"alerts.alertmanagers[0] ({sink.url}) answered {status}; {advice}")
    assert not [secret for secret in ("us3r", "s3cret", "tok3n", "k3y") if secret in said]
    assert sink.paths == ["/tok3n/api/v2/alerts?key=k3y"]


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"versionInfo": {"version": "0.25.0"}}, "answers: Alertmanager 0.25.0"),
        ({"status": "fine"}, "answers but is not an Alertmanager; check its address"),
        (["fine"], "answers but is not an Alertmanager; check its address"),
    ],
)
def test_reaching_sends_nothing_and_tells_an_alertmanager_from_others(
    web_sink: Callable[[], Any], answer: object, said: str
) -> None:
    """Its version is asked for; a web server that is something else is named."""
    sink = web_sink()
    sink.answer = answer
    manager = Alertmanager("alerts.alertmanagers[0]", sink.url)
    if "not an Alertmanager" in said:
        with pytest.raises(DeliveryError, match=said):
            manager.reach()
    else:
        assert manager.reach() == said
    assert (sink.paths, sink.bodies) == (["/api/v2/status"], [])


def test_nobody_there(caplog: pytest.LogCaptureFixture) -> None:
    """A closed port is told without the password, also in the logs of libraries."""
    caplog.set_level(logging.DEBUG)
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    with pytest.raises(DeliveryError, match=rf"\(http://127\.0\.0\.1:{port}\) cannot be reached; check") as caught:
        Alertmanager("alerts.alertmanagers[1]", f"http://user:s3cret@127.0.0.1:{port}").post([ALERT])
    assert "s3cret" not in f"{caught.value}{caplog.text}"


def test_an_alert_has_labels_that_identify_it_and_times_with_a_zone(web_sink: Callable[[], Any]) -> None:
    """What arrives is the document of the API, at its path below that of the address, with the user of the address."""
    sink = web_sink()
    Alertmanager("alerts.alertmanagers[0]", sink.url.replace("://", "://user:s3cret@") + "/alerts/").post([ALERT])
    assert sink.paths == ["/alerts/api/v2/alerts"]
    assert sink.headers[0]["Authorization"] == f"Basic {base64.b64encode(b'user:s3cret').decode()}"
    assert sink.bodies == [
        [
            {
                "labels": {
                    "alertname": "VjourneyStageChange",
                    "scope": "vcenter",
                    "vcenter": "prod",
                    "from": "it_production",
                    "to": "business_production",
                    "severity": "info",
                },
                "annotations": {
                    "summary": "vCenter prod reached Business Production",
                    "description": f"{CHANGE.description} Next: go on.",
                    "runbook_url": "docs/runbooks/VjourneyStageUp.md",
                },
                "startsAt": "2026-03-02T08:30:00Z",
                "endsAt": "2026-03-03T08:30:00Z",
            }
        ]
    ]
