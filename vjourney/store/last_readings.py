"""The last reading of each vCenter, from which whoever starts anew goes on with its fleet while the vCenter is away."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
import structlog
from pydantic import BaseModel, ConfigDict, ValidationError

from inference.lenses.sightings import Sightings
from inference.results import Assessment
from vjourney.store.tables import metadata

log = structlog.get_logger()

_TABLE = metadata.tables["last_reading"]


@dataclass(frozen=True, slots=True)
class LastReading:
    """What the last poll of a vCenter says of it to its fleet.

    ``recalled`` is the vCenter as it would be with what it lost, where it lost something; ``evidence_days`` is how far back its
    events were seen without a break. ``read_at`` is the moment that it tells of, ``polled_at`` when it was asked, both by our
    clock: a recording tells of long ago.
    """

    unit: Assessment
    recalled: Assessment | None
    sightings: Sightings
    evidence_days: float
    read_at: datetime
    polled_at: datetime

    @property
    def vcenter(self) -> str:
        """The configured name of the vCenter."""
        return self.unit.scope.vcenter


class _Document(BaseModel):
    """A reading as JSON, in which no number is infinite."""

    model_config = ConfigDict(ser_json_inf_nan="strings")

    reading: LastReading


def last_readings(connection: sa.Connection, vcenters: Collection[str], model_sha256: str) -> dict[str, LastReading]:
    """The last readings of these vCenters, by configured name, that were judged by this model.

    One that another version of this program wrote in another form is left out: its vCenter is then waited for.
    """
    wanted = sa.select(_TABLE.c.vcenter, _TABLE.c.reading).where(
        _TABLE.c.vcenter.in_(vcenters), _TABLE.c.model_sha256 == model_sha256
    )
    found = {}
    for name, document in connection.execute(wanted):
        try:
            found[name] = _Document.model_validate(document).reading
        except ValidationError:
            log.info("last reading of another version not used", vcenter=name)
    return found


def last_reading_row(reading: LastReading, model_sha256: str) -> dict[str, Any]:
    """The row of a reading. A fleet has lenses of its own, so that those of its vCenters are left out."""
    unit = replace(reading.unit, lenses={})
    recalled = reading.recalled and replace(reading.recalled, lenses={})
    document = _Document(reading=replace(reading, unit=unit, recalled=recalled))
    return {
        "vcenter": reading.vcenter,
        "polled_at": reading.polled_at,
        "model_sha256": model_sha256,
        # only text has infinity as a word; the fallback is for read-only mappings
        "reading": json.loads(document.model_dump_json(fallback=dict, warnings=False)),
    }
