"""Several vCenters: each is counted once, a part of them declares nothing, and laboratories stand apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from vjourney.demo import recordings
from vjourney.sources import Replay

if TYPE_CHECKING:
    from tests.vjourney.service.conftest import Replays, Serve


def test_one_vcenter_under_two_names_is_refused(serve: Serve) -> None:
    """Counting a vCenter twice would double a fleet."""
    file = recordings()["it-production"]
    bench = serve(first=Replay("first", file), second=Replay("second", file))

    assert bench.service.poll("first").status == "ok"
    twin = bench.service.poll("second")

    assert twin.status == "failed"
    assert "the same vCenter as first" in str(twin.error)
    assert {each.scope.vcenter for each in bench.publication().assessments if each.scope.kind != "fleet"} == {"first"}


def test_half_a_fleet_declares_nothing_for_the_whole(serve: Serve, replay: Replays) -> None:
    """Until every vCenter was read once, the fleet shows what it has and says that it is not all."""
    bench = serve(a=replay("experimentation"), b=replay("business-production", "b"))

    bench.service.poll("a")
    assert "fleet" not in bench.publication().declarations
    assert "incomplete" in [flag.id for flag in bench.assessment("fleet").flags]

    bench.service.poll("b")
    assert bench.publication().declarations["fleet"].declared is not None
    assert "incomplete" not in [flag.id for flag in bench.assessment("fleet").flags]


@pytest.mark.parametrize("order", [("lab", "prod"), ("prod", "lab")])
def test_a_lab_is_assessed_and_not_pooled(order: tuple[str, str], serve: Serve) -> None:
    """The fleet is the other vCenter alone, whichever is polled first, and declares without the lab."""
    lab, prod = (
        Replay(name, recordings()[estate]) for name, estate in (("lab", "experimentation"), ("prod", "business-production"))
    )
    bench = serve(("lab",), lab=lab, prod=prod)
    for name in order:
        bench.service.poll(name)
    units = {each.scope.vcenter: each for each in bench.publication().assessments if each.scope.kind == "vcenter"}
    assert bench.assessment("fleet").consolidation.hosts == units["prod"].consolidation.hosts
    assert (units["lab"].inferred, bench.publication().declarations["fleet"].declared) == (0, 2)


def test_a_fleet_of_labs_alone_leaves_none_out(serve: Serve) -> None:
    """Whoever runs nothing else wants to see it."""
    bench = serve(("lab",), lab=Replay("lab", recordings()["experimentation"]))
    bench.service.poll("lab")
    assert bench.assessment("fleet").inferred == 0


@pytest.mark.parametrize("order", [("experimentation", "business-production"), ("business-production", "experimentation")])
def test_the_order_of_polls_does_not_matter_to_the_fleet(order: tuple[str, str], serve: Serve, replay: Replays) -> None:
    """The fleet is the sum of its vCenters, and its time the latest of theirs."""
    bench = serve(**{name: replay(name, name) for name in order})
    for name in order:
        bench.service.poll(name)

    fleet = bench.assessment("fleet")
    units = [each for each in bench.publication().assessments if each.scope.kind == "vcenter"]
    assert fleet.consolidation.hosts == sum(each.consolidation.hosts or 0 for each in units)
    assert fleet.taken_at == max(each.taken_at for each in units)
