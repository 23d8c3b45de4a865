"""The pause of the garbage collector ends, however what it was for ended."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from inference.estate.memory import without_collection


@pytest.fixture(autouse=True)
def _on_again() -> Iterator[None]:
    yield
    gc.enable()


def test_collector_rests_and_goes_on() -> None:
    """It rests inside and works outside."""
    with without_collection():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_collector_goes_on_after_an_error() -> None:
    """An error inside leaves it on."""
    with pytest.raises(ZeroDivisionError), without_collection():
        _ = 1 / 0
    assert gc.isenabled()


def test_inner_pause_does_not_end_the_outer() -> None:
    """A pause in a pause ends with the outer one."""
    with without_collection():
        with without_collection():
            assert not gc.isenabled()
        assert not gc.isenabled()


def test_who_did_without_goes_on_without() -> None:
    """Where it was off before, it stays off."""
    gc.disable()
    with without_collection():
        assert not gc.isenabled()
    assert not gc.isenabled()
