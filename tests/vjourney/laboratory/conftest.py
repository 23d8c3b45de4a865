"""The model that the laboratory measures."""

from __future__ import annotations

import pytest

from inference.judging.model import Model, load


@pytest.fixture(scope="session")
def model() -> Model:
    """The shipped model."""
    return load("journey-1")
