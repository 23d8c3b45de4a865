"""Declared inputs: what holds for which scope, and the share of servers that are virtual."""

from __future__ import annotations

from datetime import date

import pytest

from inference.declared import PRACTICES, Declared, Process, Score, Servers, pct_virtualized
from inference.results import Scope

DAY = date(2024, 5, 1)
FLEET = Scope("fleet", "fleet", "fleet")
PROD = Scope("vcenter", "uuid", "prod", "prod")
WHOLE, PART = Servers(physical=40, declared_on=DAY), Servers(physical=5, declared_on=DAY)


def test_nothing_declared_is_unknown_and_not_all_virtual() -> None:
    """Without a count of physical servers there is no share."""
    assert pct_virtualized(None, 100).state == "unknown"
    assert pct_virtualized(Servers(replaced=3, declared_on=DAY), 100).state == "unknown"


def test_machines_that_could_not_be_counted_leave_the_share_unknown() -> None:
    """A declared count alone makes no share."""
    assert pct_virtualized(WHOLE, None).state == "unknown"


def test_no_server_at_all_is_no_share() -> None:
    """None of none is unknown."""
    assert pct_virtualized(Servers(physical=0, declared_on=DAY), 0).state == "unknown"


def test_the_share_counts_workloads_of_all_servers() -> None:
    """60 workload VMs beside 40 physical servers are 60 %, with the day in the evidence."""
    share = pct_virtualized(WHOLE, 60)
    assert (share.value, share.numerator, share.denominator) == (0.6, 60, 100)
    assert "2024-05-01" in share.evidence[0]


def test_counts_of_the_organisation_do_not_hold_for_one_of_several_vcenters() -> None:
    """They would make every vCenter look less virtual than it is."""
    declared = Declared(servers=WHOLE)
    assert declared.of(PROD, alone=False).servers is None
    assert declared.of(PROD, alone=True).servers == WHOLE
    assert declared.of(FLEET, alone=False).servers == WHOLE


def test_counts_of_a_vcenter_hold_for_it() -> None:
    """What is declared for one vCenter comes before the counts of all."""
    declared = Declared(servers=WHOLE, servers_of={"prod": PART})
    assert declared.of(PROD, alone=True).servers == PART
    assert declared.of(FLEET, alone=True).servers == WHOLE


@pytest.mark.parametrize("level", [1, 2, 3, 4, 5])
def test_a_level_stands_for_the_practices_up_to_it(level: int) -> None:
    """Level 1 asks for nothing, each further one for one practice more."""
    practices = Score.of_level(level, declared_on=DAY).practices
    assert [practices[practice] for practice in PRACTICES] == [step < level for step in range(1, 5)]


def test_a_process_without_steps_is_refused() -> None:
    """There would be nothing to compare."""
    with pytest.raises(ValueError, match="at least one step"):
        Process(name="deploy", physical=("a",), should_be=(), actual=("a",), declared_on=DAY)


def test_one_server_is_not_counted_as_many() -> None:
    """Nor is one machine."""
    said = pct_virtualized(Servers(physical=1, declared_on=date(2024, 5, 1)), 1).evidence
    assert said == ("1 workload VM and 1 physical server, as declared on 2024-05-01.",)
