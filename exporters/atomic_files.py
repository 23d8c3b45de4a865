"""Files that appear whole or not at all."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex


@contextmanager
def atomic_file(out: Path, *, new: bool = False) -> Iterator[Path]:
    """Where to write what shall be at ``out`` when the block ends well; else nothing is left, and an earlier file stays.

    Whoever writes to the same place at the same time has a place of their own until then. With ``new`` nothing may be at
    ``out``, not even since the block began.

    Raises:
        FileExistsError: something is at ``out``, and it was to be new.
        OSError: there is no place for it.
    """
    partial = out.with_name(f"{out.name}.{token_hex(4)}.part")
    try:
        yield partial
        if new:
            out.hardlink_to(partial)  # unlike to rename, which takes the place of what is there
            return
        if out.exists():
            shutil.copymode(out, partial)
        partial.replace(out)
    finally:
        partial.unlink(missing_ok=True)
