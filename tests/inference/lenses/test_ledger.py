"""Value ledger: arithmetic with the operator's figures, and no money without them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from inference.declared import Prices, Servers
from inference.lenses.basis import UNSEEN
from inference.lenses.ledger import HOURS_A_YEAR, UNCOUNTED, Line, ValueLedger, value_ledger

if TYPE_CHECKING:
    from tests.inference.lenses.conftest import BasisBuilder


def line(lens: ValueLedger, name: str) -> Line:
    """The line with this id."""
    return next(line for line in (*lens.things, *lens.money, *lens.service) if line.id == name)


def all_prices(day: date) -> Prices:
    """Every figure, round ones."""
    return Prices(
        currency="EUR",
        server=5000,
        server_years=5,
        host=20000,
        host_years=4,
        kwh=0.25,
        server_watts=200,
        host_watts=500,
        pue=2.0,
        rack_unit_year=100,
        server_rack_units=1,
        host_rack_units=2,
        declared_on=day,
    )


def test_nothing_known_shows_no_amount(scope: BasisBuilder) -> None:
    """Every line says what is missing; nothing is guessed."""
    lens = value_ledger(scope.basis())
    assert all(line.amount is None for line in (*lens.things, *lens.money, *lens.service))
    assert (lens.total, lens.currency) == (None, None)


def test_telemetry_alone_makes_no_money(scope: BasisBuilder) -> None:
    """Counts are said, and the figures that would be needed are asked for by their keys."""
    lens = value_ledger(scope.sizes(hosts=4, running=60).basis())
    avoided = line(lens, "servers_avoided")
    assert avoided.amount is None
    assert "60 running workloads share 4 hosts" in avoided.statement.text
    text = line(lens, "energy_cost").statement.text
    assert text == "Not known: declare servers.per_workload, prices.server_watts, prices.host_watts and prices.kwh."
    assert lens.total is None


def test_declarations_alone_make_no_money(scope: BasisBuilder, day: date) -> None:
    """Prices without counted workloads say so; what was retired is shown as declared."""
    scope.declared(servers=Servers(replaced=120, per_workload=1.0, declared_on=day), prices=all_prices(day))
    lens = value_ledger(scope.basis())
    assert lens.total is None
    assert "could not be counted" in line(lens, "capital").statement.text
    replaced = line(lens, "servers_replaced")
    assert (replaced.amount, replaced.statement.source, replaced.statement.declared_on) == (120, "declared", day)


def test_the_arithmetic(scope: BasisBuilder, day: date) -> None:
    """60 workloads at half a server each, on 4 hosts, at the declared prices."""
    servers = Servers(physical=40, per_workload=0.5, declared_on=day)
    lens = value_ledger(scope.sizes(hosts=4, running=60).declared(servers=servers, prices=all_prices(day)).basis())
    hours = (30 * 200 - 4 * 500) * 2.0 * HOURS_A_YEAR / 1000
    amounts = {each.id: each.amount for each in (*lens.things, *lens.money)}
    assert amounts == {
        "virtualized": 0.6,
        "servers_avoided": 26,
        "servers_replaced": None,
        "energy": pytest.approx(hours),
        "rack_space": 22,
        "capital": pytest.approx(30 * 1000 - 4 * 5000),
        "energy_cost": pytest.approx(hours * 0.25),
        "rack_space_cost": 2200,
    }
    assert lens.total == pytest.approx(10000 + hours * 0.25 + 2200)
    assert lens.currency == "EUR"


def test_a_missing_figure_takes_its_lines_only(scope: BasisBuilder, day: date) -> None:
    """The total adds what there is and names what is not in it."""
    prices = Prices(currency="EUR", server=5000, server_years=5, host=20000, host_years=4, declared_on=day)
    scope.sizes(hosts=4, running=60).declared(servers=Servers(per_workload=0.5, declared_on=day), prices=prices)
    lens = value_ledger(scope.basis())
    assert lens.total == pytest.approx(10000)
    assert "energy cost avoided and rack space cost avoided" in lens.summary


def test_cooling_is_left_out_without_its_figure(scope: BasisBuilder, day: date) -> None:
    """Energy is that of the machines alone, and that is said."""
    prices = Prices(currency="EUR", server_watts=200, host_watts=500, declared_on=day)
    scope.sizes(hosts=4, running=60).declared(servers=Servers(per_workload=0.5, declared_on=day), prices=prices)
    energy = line(value_ledger(scope.basis()), "energy")
    assert energy.amount == pytest.approx(4000 * HOURS_A_YEAR / 1000)
    assert "without cooling" in energy.statement.text


def test_hosts_may_cost_more_than_they_replace(scope: BasisBuilder, day: date) -> None:
    """One workload a host is a negative amount, and no error."""
    scope.sizes(hosts=4, running=4).declared(servers=Servers(per_workload=1.0, declared_on=day), prices=all_prices(day))
    capital = line(value_ledger(scope.basis()), "capital")
    assert capital.amount == pytest.approx(4 * 1000 - 4 * 5000)
    assert "Negative" in capital.statement.text


def test_zero_is_a_price(scope: BasisBuilder, day: date) -> None:
    """Energy that costs nothing is known to cost nothing."""
    prices = Prices(currency="EUR", kwh=0.0, server_watts=200, host_watts=500, declared_on=day)
    scope.sizes(hosts=4, running=60).declared(servers=Servers(per_workload=0.5, declared_on=day), prices=prices)
    assert line(value_ledger(scope.basis()), "energy_cost").amount == 0


def test_service_lines_count_what_happened(scope: BasisBuilder) -> None:
    """None seen is zero, unseen is unknown."""
    scope.feature("ha", 1.0, 0.0).feature("srm", 1.0, None).sighted(maintenance={"evacuated": 5, "shutdown": 1})
    lens = value_ledger(scope.basis())
    assert [each.amount for each in lens.service] == [5, 0, None]
    assert "5 times; workloads were shut down for it 1 time." in lens.service[0].statement.text


FIGURES = {
    "server": {"capital"},
    "server_years": {"capital"},
    "host": {"capital"},
    "host_years": {"capital"},
    "server_watts": {"energy", "energy_cost"},
    "host_watts": {"energy", "energy_cost"},
    "kwh": {"energy_cost"},
    "server_rack_units": {"rack_space", "rack_space_cost"},
    "host_rack_units": {"rack_space", "rack_space_cost"},
    "rack_unit_year": {"rack_space_cost"},
    "pue": set(),
}


@pytest.mark.parametrize(("figure", "lines"), FIGURES.items())
def test_each_figure_is_asked_for_by_the_lines_that_need_it(
    scope: BasisBuilder, day: date, figure: str, lines: set[str]
) -> None:
    """And by no other; without the one for cooling there is energy all the same."""
    without: dict[str, Any] = {figure: None}
    prices = replace(all_prices(day), **without)
    scope.sizes(hosts=4, running=60).declared(servers=Servers(per_workload=0.5, declared_on=day), prices=prices)
    lens = value_ledger(scope.basis())
    missing = {each.id for each in (*lens.things, *lens.money) if each.amount is None} - {"virtualized", "servers_replaced"}
    assert missing == lines
    assert all(line(lens, name).statement.text == f"Not known: declare prices.{figure}." for name in lines)
    assert all(line(lens, name).statement.source == "none" for name in lines)


def test_the_lines_say_how_they_were_reached(scope: BasisBuilder, day: date) -> None:
    """With the day of the figures, and the summary with their sum."""
    servers = Servers(physical=40, per_workload=0.5, declared_on=day)
    lens = value_ledger(scope.sizes(hosts=4, running=60).declared(servers=servers, prices=all_prices(day)).basis())
    said = {each.id: each.statement.text for each in (*lens.things, *lens.money)}
    assert said["servers_avoided"] == (
        "60 running workloads would have needed 30 servers, at 0.5 each as declared; 4 hosts run them."
    )
    assert said["energy"] == (
        "What the servers would draw less what the hosts draw, at the declared watts, including cooling and losses (PUE)."
    )
    assert said["capital"] == (
        "The price of the servers that would have been needed less that of the hosts, each spread over its years of use."
    )
    assert {each.unit for each in lens.money} == {"EUR a year"}
    assert {each.statement.declared_on for each in (*lens.things, *lens.money) if each.id != "servers_replaced"} == {day}
    assert lens.summary == f"{lens.total:,.0f} EUR a year at the declared prices."


def test_what_costs_as_much_is_not_negative(scope: BasisBuilder, day: date) -> None:
    """Four servers in place of four hosts of the same height."""
    prices = Prices(currency="EUR", server_rack_units=1, host_rack_units=1, declared_on=day)
    scope.sizes(hosts=4, running=4).declared(servers=Servers(per_workload=1.0, declared_on=day), prices=prices)
    lens = value_ledger(scope.basis())
    space = line(lens, "rack_space")
    assert (space.amount, "negative" in space.statement.text) == (0, False)
    assert (lens.total, lens.currency) == (None, "EUR")
    assert lens.summary == "No money is shown because none is guessed; each line says what is missing."


@pytest.mark.parametrize(("hosts", "running"), [(None, 60), (4, None)])
def test_what_could_not_be_counted_is_in_no_line(
    scope: BasisBuilder, day: date, hosts: int | None, running: int | None
) -> None:
    """Neither hosts alone nor machines alone make an amount, whatever was declared."""
    servers = Servers(physical=40, per_workload=0.5, declared_on=day)
    basis = scope.declared(servers=servers, prices=all_prices(day)).basis()
    sizes = replace(basis.assessment.consolidation, hosts=hosts, powered_on_vms=running)
    lens = value_ledger(replace(basis, assessment=replace(basis.assessment, consolidation=sizes)))
    for name in ("virtualized", "servers_avoided", "energy", "capital"):
        assert (line(lens, name).amount, line(lens, name).statement.text) == (None, UNCOUNTED)
    assert lens.total is None


def test_servers_that_were_declared_in_part_are_asked_for(scope: BasisBuilder, day: date) -> None:
    """By the figure that is missing and no other."""
    basis = (
        scope.sizes(hosts=4, running=60).declared(servers=Servers(physical=40, declared_on=day), prices=all_prices(day)).basis()
    )
    lens = value_ledger(basis)
    assert line(lens, "virtualized").amount == 0.6
    text = "60 running workloads share 4 hosts. Not known: declare servers.per_workload."
    assert line(lens, "servers_avoided").statement.text == text
    assert line(lens, "capital").statement.text == "Not known: declare servers.per_workload."
    assert line(lens, "servers_replaced").statement.text == "Not known: declare servers.replaced."
    lens = value_ledger(scope.declared(servers=Servers(replaced=3, declared_on=day)).basis())
    assert line(lens, "virtualized").statement.text == "Not known: declare servers.physical."


def test_service_says_when_it_was_seen_last(scope: BasisBuilder) -> None:
    """Or that it was not, or could not be."""
    assert [(each.amount, each.statement.text) for each in value_ledger(scope.basis()).service] == [(None, UNSEEN)] * 3
    scope.feature("ha", 1.0, 2.0, "restarts").feature("srm", 1.0, 0.0).sighted(maintenance={})
    maintenance, restarts, tests = value_ledger(scope.basis()).service
    assert (maintenance.amount, maintenance.statement.source) == (0, "telemetry")
    assert maintenance.statement.text == (
        "Hosts were emptied for maintenance by live migration 0 times; workloads were shut down for it 0 times."
    )
    assert (restarts.amount, restarts.unit, restarts.statement.text) == (2.0, "restarts", "Last on 2024-06-01.")
    assert tests.statement.text == "None was seen."
