"""Licences: what an indicator answers where nothing of a feature is in use, by the editions of the hosts."""

from __future__ import annotations

from inference.estate.estate import Estate
from inference.observations import Observation, not_applicable, unknown, unreadable
from inference.products import may_lack, tells_editions

TITLES = {
    "vmotion": "vMotion",
    "svmotion": "Storage vMotion",
    "drs": "DRS",
    "sdrs": "Storage DRS",
    "ha": "HA",
    "vds": "the distributed switch",
}


def unless_bought(estate: Estate, indicator: str, feature: str) -> Observation | None:
    """The answer of an indicator that sees nothing of ``feature``; ``None`` where it was bought and is not used, which is zero.

    It does not apply where no edition in use includes the feature. Where the licences could not be read and a common edition
    lacks it, nobody knows whether it was not bought or not adopted, unless the number of hosts or what is on elsewhere proves
    another edition.
    """
    title = TITLES[feature]
    if edition := estate.unlicensed(feature):
        return not_applicable(indicator, f"the host licences ({edition}) do not include {title}")
    if not estate.gap("licenses") and tells_editions(estate.snapshot.licenses):
        return None
    if may_lack(feature, _switched_on(estate), len(estate.snapshot.hosts)):
        return unknown(
            indicator, unreadable(f"{title} is not in use, and whether the host licences include it could not be read")
        )
    return None


def _switched_on(estate: Estate) -> frozenset[str]:
    """Features that are on somewhere in the vCenter and so were bought. A distributed switch also comes with vSAN and NSX."""
    drs = any(cluster.drs is not None and cluster.drs.enabled for cluster in estate.snapshot.clusters)
    sdrs = any(pod.sdrs_enabled for pod in estate.snapshot.storage_pods)
    return frozenset(feature for feature, on in (("drs", drs), ("sdrs", sdrs)) if on)
