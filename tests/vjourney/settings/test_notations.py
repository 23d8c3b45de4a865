"""How addresses to listen on, schedules and lengths of time are written."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.vjourney.settings.conftest import Accepted, Problems


@pytest.mark.parametrize("listen", ["9747", "127.0.0.1", "127.0.0.1:65536", "::1:9747x", "[::1:9747", "a b:1", "http://a:1"])
def test_a_bad_listen_address_is_a_problem(listen: str, problems: Problems, minimal: str) -> None:
    """An address to listen on needs a host, or nothing, and a port that exists."""
    (line,) = problems(f"{minimal}web: {{listen: '{listen}'}}")
    assert line.startswith("2:15: web.listen: ")


def test_a_digest_to_nobody_is_a_problem(problems: Problems, minimal: str) -> None:
    """It would be due every week and reach no one."""
    (line,) = problems(f"{minimal}alerts: {{digest: {{schedule: '0 8 * * MON', to: []}}}}")
    assert "alerts.digest.to: is empty; give at least one address" in line


@pytest.mark.parametrize(
    "schedule", ["", "* * * *", "60 * * * *", "*/0 * * * *", "5-1 * * * *", "* * 0 * *", "* * * * FOO", "1- * * * *"]
)
def test_a_bad_schedule_is_a_problem(schedule: str, problems: Problems, minimal: str) -> None:
    """A cron schedule has five fields, each within its range."""
    (line,) = problems(f"{minimal}alerts: {{digest: {{schedule: '{schedule}', to: [a]}}}}")
    assert "alerts.digest.schedule: " in line


@pytest.mark.parametrize("schedule", ["0 8 * * MON", "*/15 0-6,22 1 jan-mar 0", "0 0 1,15 * mon-fri", "5/10 * * 12 7"])
def test_a_usual_schedule_is_accepted(schedule: str, accepted: Accepted, minimal: str) -> None:
    """Lists, ranges, steps and names are allowed."""
    settings = accepted(f"{minimal}alerts: {{digest: {{schedule: '{schedule}', to: [a]}}}}")
    assert settings.alerts is not None
    assert settings.alerts.digest is not None
    assert settings.alerts.digest.schedule == schedule


@pytest.mark.parametrize(
    ("text", "length"),
    [("30s", timedelta(seconds=30)), ("5m", timedelta(minutes=5)), ("1h30m", timedelta(minutes=90)), ("1d", timedelta(days=1))],
)
def test_durations_are_numbers_with_units(text: str, length: timedelta, accepted: Accepted, minimal: str) -> None:
    """Seconds, minutes, hours and days, alone or together."""
    settings = accepted(minimal.replace("}]", f", poll_interval: {text}}}]"))
    assert settings.vcenters[0].poll_interval == length


@pytest.mark.parametrize("text", ["5", "5 m", "-5m", "m", "''", "30m1h", "5.5m", "\u0665m", "9" * 30 + "d", "[5m]"])
def test_anything_else_is_no_duration(text: str, problems: Problems, minimal: str) -> None:
    """A number without a unit, or a unit without a number, is refused and not guessed."""
    (line,) = problems(minimal.replace("}]", f", poll_interval: {text}}}]"))
    assert "write a" in line
