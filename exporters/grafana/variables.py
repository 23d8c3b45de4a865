"""Variables of the dashboards. Their values come from Prometheus, so that nobody has to type a name."""

from __future__ import annotations

from grafana_foundation_sdk.builders.dashboard import DatasourceVariable, QueryVariable
from grafana_foundation_sdk.models.dashboard import VariableOption, VariableRefresh, VariableSort

from exporters.grafana.vocabulary import DATASOURCE, JOB, equal

LABEL_VALUES = 1
"""How Grafana's Prometheus data source numbers this kind of query."""


def datasource() -> DatasourceVariable:
    """Which Prometheus."""
    return DatasourceVariable("datasource").label("Data source").type("prometheus")


def _values(name: str, label: str, series: str, of: str) -> QueryVariable:
    return (
        QueryVariable(name)
        .label(label)
        .datasource(DATASOURCE)
        .query({"query": f"label_values({series}, {of})", "qryType": LABEL_VALUES, "refId": name})
        .refresh(VariableRefresh.ON_TIME_RANGE_CHANGED)
        .sort(VariableSort.ALPHABETICAL_ASC)
    )


def service() -> tuple[DatasourceVariable, QueryVariable]:
    """Which Prometheus, and which vjourney in it, by the job that scrapes it and its replicas."""
    return datasource(), _values("job", "Service", "vjourney_build_info", "job")


def vcenter() -> QueryVariable:
    """One vCenter."""
    return _values("vcenter", "vCenter", f"vjourney_up{{{JOB}}}", "vcenter")


def vcenters() -> QueryVariable:
    """Some or all vCenters."""
    return vcenter().multi(multi=True).include_all(include_all=True).all_value(".*")


def clusters() -> QueryVariable:
    """Some or all clusters of the chosen vCenter."""
    series = f'vjourney_coverage_ratio{{{JOB}, scope="cluster", {equal("vcenter")}}}'
    every = _values("vsphere_cluster", "Cluster", series, "vsphere_cluster")
    return every.multi(multi=True).include_all(include_all=True).all_value(".*")


def one_scope() -> tuple[QueryVariable, QueryVariable, QueryVariable]:
    """One scope by three labels; those that it does not have are offered as None, which is the empty label."""
    kind = _values("scope", "Scope", f"vjourney_coverage_ratio{{{JOB}}}", "scope").current(
        VariableOption(text="fleet", value="fleet")
    )
    where = f"vjourney_coverage_ratio{{{JOB}, {equal('scope')}}}"
    vcenter = _values("vcenter", "vCenter", where, "vcenter")
    inside = f"vjourney_coverage_ratio{{{JOB}, {equal('scope')}, {equal('vcenter')}}}"
    return kind, vcenter, _values("vsphere_cluster", "Cluster", inside, "vsphere_cluster")


def indicators() -> QueryVariable:
    """Some or all indicators."""
    every = _values("indicator", "Indicator", f"vjourney_indicator_state{{{JOB}}}", "indicator")
    return every.multi(multi=True).include_all(include_all=True).all_value(".*")
