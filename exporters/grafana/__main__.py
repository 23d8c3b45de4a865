"""``python -m exporters.grafana`` writes every dashboard to ``exporters/grafana/dashboards``."""

from __future__ import annotations

from exporters.grafana.render import DASHBOARDS, FOLDER, render

for name, make in DASHBOARDS.items():
    (FOLDER / f"{name}.json").write_text(render(make()), encoding="utf-8")
