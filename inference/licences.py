"""Licences: what an indicator answers where nothing of a feature is in use, by the editions of the hosts."""

from __future__ import annotations

from inference.estate import Estate
from inference.observations import Observation, not_applicable, unknown
from inference.products import is_often_lacking, tells_editions

TITLES = {
    "vmotion": "vMotion",
    "svmotion": "Storage vMotion",
    "drs": "DRS",
    "sdrs": "storage DRS",
    "ha": "HA",
    "vds": "distributed switches",
}


def unless_bought(estate: Estate, indicator: str, feature: str) -> Observation | None:
    """The answer of an indicator that sees nothing of ``feature``; ``None`` where it was bought and is not used, which is zero.

    It does not apply where no edition in use includes the feature. Where the licences could not be read and common editions
    lack it, nobody knows whether it was not bought or not adopted.
    """
    title = TITLES[feature]
    if edition := estate.unlicensed(feature):
        return not_applicable(indicator, f"the host licences ({edition}) do not include {title}")
    if not is_often_lacking(feature) or (feature == "drs" and _has_drs_on(estate)):
        return None
    if estate.gap("licenses") or not tells_editions(estate.snapshot.licenses):
        return unknown(indicator, f"nothing of {title} is in use, and whether the host licences include it could not be read")
    return None


def _has_drs_on(estate: Estate) -> bool:
    """Whether DRS is on in any cluster of the vCenter, by itself or asking first."""
    return any(cluster.drs is not None and cluster.drs.enabled for cluster in estate.snapshot.clusters)
