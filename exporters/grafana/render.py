"""The list of dashboards, and the JSON that Grafana imports."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.dashboard import Dashboard

from exporters.grafana.evidence import evidence
from exporters.grafana.fleet import fleet
from exporters.grafana.health import health
from exporters.grafana.vcenter import vcenter

FOLDER = Path(__file__).parent / "dashboards"

DASHBOARDS: dict[str, Callable[[], Dashboard]] = {
    "fleet": fleet,
    "vcenter": vcenter,
    "evidence": evidence,
    "collector": health,
}
"""What makes each dashboard, by the name of its file."""


def render(dashboard: Dashboard) -> str:
    """The JSON of a dashboard, the same text each time."""
    return json.dumps(dashboard, cls=JSONEncoder, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
