"""Reports that were written: which one was the last, and what it said."""

from __future__ import annotations

from datetime import datetime, timedelta

from vjourney.store import EDITIONS, Reported, Store

DAY = timedelta(days=1)


def test_before_the_first_report_there_is_none(store: Store, uuid: str, noon: datetime) -> None:
    """Nothing is made up."""
    assert store.reports.last(uuid, noon) is None


def test_the_last_report_is_the_one_before_of_the_same_scope(store: Store, uuid: str, noon: datetime) -> None:
    """Editions of one report are not each other's last one; other scopes have reports of their own."""
    for days, said in ((0, "first"), (7, "second")):
        store.reports.add(uuid, noon + days * DAY, {"said": said}, noon)
    store.reports.add("fleet", noon + 9 * DAY, {"said": "of all"}, noon)
    assert store.reports.last(uuid, noon + 14 * DAY) == Reported(noon + 7 * DAY, {"said": "second"})
    assert store.reports.last(uuid, noon + 7 * DAY + EDITIONS / 2) == Reported(noon, {"said": "first"})
    assert store.reports.last(uuid, noon) is None


def test_another_edition_replaces_the_report(store: Store, uuid: str, noon: datetime) -> None:
    """What was said last of a reading is what the next report is compared with."""
    for said in ("draft", "final"):
        store.reports.add(uuid, noon, {"said": said}, noon)
    assert store.reports.last(uuid, noon + DAY) == Reported(noon, {"said": "final"})
