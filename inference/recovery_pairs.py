"""Recovery pairs: what a vCenter shows of the other half of its recovery pair."""

from __future__ import annotations

from collections import Counter

from inference.estate.estate import Estate
from inference.results import RecoveryTies

_RECOVERY = "com.vmware.vcdr"


def recovery_ties(estate: Estate) -> RecoveryTies:
    """The keys of Site Recovery Manager registered here, and the placeholders that each of them keeps for the other side.

    The two sites of a pair register the same key: ``com.vmware.vcDr``, or one with a suffix where several pairs share a site.
    """
    keys = {extension.key.lower() for extension in estate.snapshot.extensions}
    owners = (vm.managed_by.extension.lower() for vm in estate.excluded.get("srm_placeholder", ()) if vm.managed_by)
    return RecoveryTies(frozenset(key for key in keys if key.startswith(_RECOVERY)), Counter(owners))
