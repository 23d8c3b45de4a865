"""Files that appear whole or not at all."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def whole(out: Path) -> Iterator[Path]:
    """Where to write what shall be at ``out`` when the block ends well; else nothing is left, and an earlier file stays.

    Raises:
        OSError: there is no place for it.
    """
    partial = out.with_name(f"{out.name}.part")
    try:
        yield partial
        if out.exists():
            shutil.copymode(out, partial)
        partial.replace(out)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
