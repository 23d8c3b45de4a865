"""A service that starts again on its store: nothing is counted twice, and what was declared stays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from collector.vcenter.errors import Unreachable
from exporters.document import history_document
from exporters.prometheus.samples import samples
from inference.results import Declaration
from vjourney.demo import recordings
from vjourney.sources import Replay

if TYPE_CHECKING:
    from tests.vjourney.service.conftest import Broken, Replays, Serve


def without_memory(declarations: Mapping[str, Declaration]) -> dict[str, Declaration]:
    """Declarations without the numbers of their last look: of a first poll that is read again the store knows more events."""
    return {scope_id: replace(each, last_seen=()) for scope_id, each in declarations.items()}


def test_a_restart_counts_nothing_twice_and_keeps_what_was_declared(serve: Serve, replay: Replays) -> None:
    """The same recording on the same store again leaves every counter, declaration and milestone as it was."""
    first = serve(a=replay("business-production"))
    first.play("a")
    before = first.publication()
    first.store.close()

    second = serve(a=replay("business-production"))
    second.play("a")
    after = second.publication()

    assert before.tallies
    assert after.tallies == before.tallies
    assert without_memory(after.declarations) == without_memory(before.declarations)
    assert after.transitions == before.transitions
    assert [each.milestones for each in after.assessments] == [each.milestones for each in before.assessments]


def test_a_restart_shows_what_is_declared_of_a_vcenter_that_is_away(serve: Serve, broken: type[Broken]) -> None:
    """The state is in the store: its stage is among the metrics and in the history; what it is now is not known."""
    first = serve(a=Replay("a", recordings()["business-production"]))
    first.play("a")
    scopes = {each.scope.id for each in first.publication().assessments}
    first.store.close()

    second = serve(a=broken(Unreachable("a", "no answer")))
    second.service.poll("a")
    publication = second.publication()
    assert {scope.id for scope in publication.unread} == scopes
    assert {scope["id"] for scope in history_document(publication)["scopes"]} == scopes
    told = {(name, *labels): value for name, labels, value in samples(publication)}
    assert told["vjourney_stage", "vcenter", "a", ""] == told["vjourney_stage", "fleet", "", ""] == 2
    assert {name for name, *_ in told}.isdisjoint({"vjourney_stage_inferred", "vjourney_indicator"})
