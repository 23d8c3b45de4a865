"""Which figures a line of the ledger is made of: where they are declared, how old they are, and what they add up to."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from inference.declared import Declared, Prices, Servers
from inference.lenses.ledger import Line, value_ledger
from inference.results import Scope

if TYPE_CHECKING:
    from inference.lenses.basis import Basis
    from tests.inference.lenses.conftest import BasisBuilder


def line(basis: Basis, name: str) -> Line:
    """The line with this id."""
    lens = value_ledger(basis)
    return next(line for line in (*lens.things, *lens.money) if line.id == name)


@pytest.mark.parametrize(
    ("running", "hosts", "said"),
    [
        (122, 10, "122 running workloads would have needed 97.6 servers, at 0.8 each as declared; 10 hosts run them."),
        (
            1,
            1,
            (
                "1 running workload would have needed 0.8 servers, at 0.8 each as declared; 1 host runs them."
                " Negative: there are more hosts than servers would have been needed."
            ),
        ),
    ],
)
def test_servers_avoided_add_up(scope: BasisBuilder, day: date, running: int, hosts: int, said: str) -> None:
    """What is said less the hosts is the amount, part of a server and all; fewer than none are explained."""
    servers = Servers(per_workload=0.8, declared_on=day)
    avoided = line(scope.sizes(hosts=hosts, running=running).declared(servers=servers).basis(), "servers_avoided")
    assert avoided.statement.text == said
    assert avoided.amount == pytest.approx(running * 0.8 - hosts)


@pytest.mark.parametrize("earlier", [0, 1])
def test_a_line_is_as_old_as_its_oldest_figure(scope: BasisBuilder, day: date, earlier: int) -> None:
    """New prices do not make an old estimate of servers new, nor the other way round."""
    days = (day - timedelta(days=400), day)
    prices = Prices(currency="EUR", server_rack_units=1, host_rack_units=1, declared_on=days[earlier])
    servers = Servers(per_workload=1.0, declared_on=days[1 - earlier])
    space = line(scope.sizes(hosts=4, running=60).declared(servers=servers, prices=prices).basis(), "rack_space")
    assert space.statement.declared_on == days[0]


@pytest.mark.parametrize(
    ("alone", "own", "key"),
    [
        (False, None, "vcenters.prod.servers"),
        (False, Servers(declared_on=date(2024, 5, 1)), "vcenters.prod.servers"),
        (True, Servers(declared_on=date(2024, 5, 1)), "vcenters.prod.servers"),
        (True, None, "servers"),
    ],
)
def test_figures_are_asked_for_where_they_would_count(
    scope: BasisBuilder, day: date, alone: bool, own: Servers | None, key: str
) -> None:
    """Those of the organisation are no answer for one vCenter of several, so asking for them again would not help."""
    whole = Servers(declared_on=day) if alone else Servers(physical=1, replaced=1, per_workload=1.0, declared_on=day)
    declared = Declared(servers=whole, servers_of={} if own is None else {"prod": own})
    mine = declared.of(Scope("vcenter", "uuid", "prod", "prod"), alone=alone)
    basis = scope.declared(servers=mine.servers, servers_key=mine.servers_key).basis()
    for name, figure in (("virtualized", "physical"), ("servers_replaced", "replaced"), ("servers_avoided", "per_workload")):
        assert line(basis, name).statement.text == f"Not known: declare {key}.{figure}."
    assert f"{key}.per_workload" in line(basis, "capital").statement.text
    assert declared.of(Scope("fleet", "fleet", "fleet"), alone=alone).servers_key == "servers"
