"""How a recording lies on the disk: a cassette of vcrpy as YAML that can be read, in one gzip file."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex
from typing import Any

import yaml
from vcr.serialize import deserialize, serialize

from collector.vcenter.errors import RecordingUnreadable

ABOUT = "recording"
"""The key under which a recording says what made it."""

FORMAT = 1
"""The form of recordings that this version writes and reads."""

LARGEST = 1_000_000_000
"""Bytes that a recording may have unpacked: some 30 complete reads of 10,000 virtual machines."""

_PIECE = 1_000_000
_BEGINNINGS = (f"{ABOUT}:".encode(), b"interactions:")
_INTERACTIONS = "interactions:\n"
_DAMAGED = "it is cut short or damaged; copy or record it again"
_NO_RECORDING = "it is not a recording; name a file made by vjourney record"

BREAKS_OF_YAML = frozenset("\r\x85\u2028\u2029")
"""Characters that a literal block of YAML would turn into a line feed."""


class Readable:
    """A serializer of vcrpy: texts of several lines as blocks, so that a recording can be read and compared."""

    @staticmethod
    def serialize(cassette: dict[str, Any]) -> str:
        """The text of a cassette; equal cassettes give equal texts."""
        return str(yaml.dump(cassette, Dumper=_BlockDumper, allow_unicode=True, sort_keys=True, width=120))

    @staticmethod
    def deserialize(text: str) -> Any:  # noqa: ANN401  # whatever the file holds
        """The cassette in a text."""
        return yaml.load(text, Loader=_Loader)  # noqa: S506  # a safe loader


class Gzipped:
    """A persister of vcrpy that keeps a cassette in one gzip file without names and times of its own."""

    @staticmethod
    def load_cassette(file: Path, serializer: type[Readable]) -> Any:  # noqa: ANN401  # as vcrpy's
        """The requests and responses in a file.

        Raises:
            RecordingUnreadable: in every case in which there are none.
        """
        try:
            return deserialize(Gzipped.text(file), serializer)
        except (yaml.YAMLError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise RecordingUnreadable(file, _NO_RECORDING) from None

    @staticmethod
    def about(file: Path) -> Mapping[str, Any]:
        """What a recording says of itself, of which no more than the beginning is read; empty where it says nothing.

        Raises:
            RecordingUnreadable: there is no text in the file, or more than any recording has.
        """
        head: list[str] = []
        size = 0
        with _told_of(file), gzip.open(file, "rt", encoding="utf-8", newline="\n") as packed:
            while line := packed.readline(_PIECE):
                if line == _INTERACTIONS or (not head and line != f"{ABOUT}:\n"):
                    break
                head.append(line)
                size += len(line)
                if size > LARGEST:
                    raise RecordingUnreadable(file, _too_large())
        try:
            about = yaml.load("".join(head), Loader=_Loader)  # noqa: S506  # a safe loader
        except yaml.YAMLError:
            return {}
        found = about.get(ABOUT) if isinstance(about, dict) else None
        return found if isinstance(found, dict) else {}

    @staticmethod
    def text(file: Path) -> str:
        """The text in a file.

        Raises:
            RecordingUnreadable: it holds none, or more than any recording has.
        """
        pieces: list[bytes] = []
        size = 0
        with _told_of(file), gzip.open(file) as packed:
            while piece := packed.read(_PIECE):
                pieces.append(piece)
                size += len(piece)
                if not pieces[0].startswith(_BEGINNINGS):
                    raise RecordingUnreadable(file, _NO_RECORDING)
                if size > LARGEST:
                    raise RecordingUnreadable(file, _too_large())
            if not pieces:
                raise RecordingUnreadable(file, "it is empty; copy or record it again")
            return b"".join(pieces).decode()

    @staticmethod
    def save_cassette(file: Path, cassette: dict[str, Any], serializer: type[Readable]) -> None:
        """Write a cassette; the file appears whole or not at all."""
        about = cassette.get(ABOUT)
        packed = io.BytesIO()
        with gzip.GzipFile(filename="", mode="wb", fileobj=packed, mtime=0) as packing:
            packing.write(serializer.serialize({ABOUT: about}).encode() if about else b"")
            packing.write(serialize(cassette, serializer).encode())
        partial = file.with_name(f"{file.name}.{token_hex(4)}.part")  # nobody else's who records to the same place
        try:
            partial.write_bytes(packed.getvalue())
            partial.replace(file)
        finally:
            partial.unlink(missing_ok=True)


def _too_large() -> str:
    return f"it is larger than {LARGEST // 1_000_000} MB unpacked; record fewer polls in one file"


@contextmanager
def _told_of(file: Path) -> Iterator[None]:
    """Tell why a file cannot be read in one sentence."""
    try:
        yield
    except FileNotFoundError:
        raise RecordingUnreadable(file, "there is no such file; name a file made by vjourney record") from None
    except (EOFError, zlib.error):
        raise RecordingUnreadable(file, _DAMAGED) from None
    except gzip.BadGzipFile as error:
        foreign = "it is not compressed with gzip; name a file made by vjourney record"
        raise RecordingUnreadable(file, foreign if str(error).startswith("Not a gzipped") else _DAMAGED) from None
    except UnicodeDecodeError:
        raise RecordingUnreadable(file, _NO_RECORDING) from None
    except OSError as error:
        raise RecordingUnreadable(file, f"it cannot be read ({error.strerror}); name a file made by vjourney record") from None


_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _BlockDumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]  # whichever is there
    """A safe dumper that writes texts of several lines as literal blocks."""


def _block(dumper: Any, text: str) -> Any:  # noqa: ANN401  # PyYAML's
    block = "\n" in text and BREAKS_OF_YAML.isdisjoint(text)
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if block else None)


_BlockDumper.add_representer(str, _block)
