"""What is shared by everybody who reads results."""

from __future__ import annotations

import pytest

from inference.stages import confidence_level


@pytest.mark.parametrize(("position", "level"), [(0, "experimenting"), (1, "reactive"), (2.99, "selective"), (4, "very_high")])
def test_levels_begin_at_whole_positions(position: float, level: str) -> None:
    """The end of the scale belongs to the last level."""
    assert confidence_level(position) == level
