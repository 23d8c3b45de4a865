"""What the operator says besides what vCenter does, and how stages are to be declared."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from inference.classification.rules import Rule
from inference.declare import DEFAULT_PROFILE
from inference.declared import Declared


@dataclass(frozen=True, slots=True)
class OperatorInputs:
    """The part of a configuration that readings depend on.

    ``declared`` is what vCenter cannot see, ``rules`` say what machines are for, ``hysteresis`` names the profile of the model
    by which stages are declared, and ``labs`` are the configured names of vCenters that are left out of the fleet.
    """

    declared: Declared = field(default_factory=Declared)
    rules: Sequence[Rule] = ()
    hysteresis: str = DEFAULT_PROFILE
    labs: Collection[str] = ()


NO_INPUTS = OperatorInputs()
"""Of an operator who says nothing."""
