"""Annotations: where a declared stage began."""

from __future__ import annotations

from grafana_foundation_sdk.builders.dashboard import AnnotationQuery
from grafana_foundation_sdk.models import dashboard

from exporters.grafana.vocabulary import BLUE, DATASOURCE, best
from inference.stages import STAGE_TITLES


class _TimedByValue(dashboard.AnnotationQuery):
    """A Prometheus annotation at the moment that is the value of a series; the SDK knows only what all data sources share."""

    def to_json(self) -> dict[str, object]:
        """The fields of all annotations and those of Prometheus."""
        return {
            **super().to_json(),
            "titleFormat": "{{reached}}",
            "textFormat": "{{scope}} {{vcenter}} {{vsphere_cluster}}",
            "tagKeys": "scope,vcenter,vsphere_cluster",
            "useValueForTime": True,
            "step": "1h",
        }


class StageChanges(AnnotationQuery):
    """Marks at every moment since which a declared stage holds, with the name of that stage."""

    def __init__(self, where: str) -> None:
        """Mark the changes of the scopes that a label matcher selects."""
        super().__init__()
        self._internal = _TimedByValue(
            name="Stage changes", datasource=DATASOURCE, icon_color=BLUE, expr=" or ".join(_reached(where)), built_in=None
        )


def _reached(where: str) -> list[str]:
    since = f"1000 * {best('vjourney_stage_since_timestamp_seconds', where)}"
    return [
        f'label_replace({since} and {best("vjourney_stage", where)} == {stage}, "reached", "{title}", "", "")'
        for stage, title in enumerate(STAGE_TITLES)
    ]
