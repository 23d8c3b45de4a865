"""Memory: facts are many, and whoever looks at all of them does not need Python to do so as well."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_collection() -> Iterator[None]:
    """Pause the garbage collector where much is made, and nothing that refers to itself.

    Each collection would go through all facts again: a tenth of the time of an assessment. References free what is made
    meanwhile, here and in other threads.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
