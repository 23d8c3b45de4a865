"""What writing a poll costs: a large vCenter has hundreds of clusters, each with as many rows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from inference.estate.history import MotionCount
from inference.results import Assessment, Declaration, Milestone, Scope, Transition
from vjourney.store import PollRecord, Store


def test_statements_do_not_grow_with_the_number_of_clusters(
    store: Store, poll: Callable[..., PollRecord], assessment: Callable[..., Assessment], uuid: str, noon: datetime
) -> None:
    """Every table is read and written by the poll, not by the scope."""

    def statements(clusters: int, at: datetime) -> int:
        scopes = [Scope("cluster", f"{uuid}/domain-c{number}", f"c{number}", "prod") for number in range(clusters)]
        written = poll(
            at,
            assessments=tuple(assessment(at, scope, milestones=(Milestone("first_move", at),)) for scope in scopes),
            motion_counts=tuple(MotionCount(scope.id, at, 1) for scope in scopes),
            declarations={scope.id: Declaration(declared=1, since=at) for scope in scopes},
            transitions=tuple(Transition(scope.id, at, None, 1, "first") for scope in scopes),
            count=lambda _: {("migrations", str(number)): 1 for number in range(clusters)},
        )
        before = len(sent)
        store.record(written)
        return len(sent) - before

    sent: list[Any] = []
    sa.event.listen(store._engine, "before_cursor_execute", lambda *said: sent.append(said))  # noqa: SLF001  # to count
    assert statements(30, noon + timedelta(days=2)) == statements(2, noon)
    assert len(store.declarations()) == len(store.transitions()) - 2 == len(store.tallies()) == 30
