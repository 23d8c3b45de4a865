"""The store: SQLModel tables, queries and Alembic migrations; the only importer of SQLModel."""

from vjourney.store.configurations import Configuration, Configurations
from vjourney.store.database import OvertakenError, StoreError
from vjourney.store.last_readings import LastReading
from vjourney.store.marks import next_mark, still_seen_since
from vjourney.store.outbox import Delivery, Outbox
from vjourney.store.record import KEPT, OBSERVED, PollRecord
from vjourney.store.reports import EDITIONS, Reported, Reports
from vjourney.store.store import Store, StoredAssessment, StoredObservation

__all__ = [
    "EDITIONS",
    "KEPT",
    "OBSERVED",
    "Configuration",
    "Configurations",
    "Delivery",
    "LastReading",
    "Outbox",
    "OvertakenError",
    "PollRecord",
    "Reported",
    "Reports",
    "Store",
    "StoreError",
    "StoredAssessment",
    "StoredObservation",
    "next_mark",
    "still_seen_since",
]
