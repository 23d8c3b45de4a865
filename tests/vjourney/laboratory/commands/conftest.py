"""Documents for the commands of the laboratory."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

Documents = Callable[..., str]


@pytest.fixture
def document() -> Documents:
    """``document(**values)``: a document of observations, values by indicator."""

    def written(**observations: float) -> str:
        return json.dumps({"observations": [{"indicator": name, "value": value} for name, value in observations.items()]})

    return written
