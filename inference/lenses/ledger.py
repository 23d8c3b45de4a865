"""Value ledger: what virtualization saved and spared, in the operator's own figures; without a figure there is no money.

Sources: "IT Production Phase Drill Down" (servers, energy, space), "Business Production key elements" (value that is tracked
and reported wins sponsors; a consolidation ratio of one to one can be worth its money too).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from inference.declared import Prices, pct_virtualized
from inference.lenses.basis import UNSEEN, Basis, Source, Statement, joined, not_known
from inference.wording import counted

WATTS = ("server_watts", "host_watts")
HEIGHTS = ("server_rack_units", "host_rack_units")
UNCOUNTED = "Not known: hosts or VMs could not be counted."
HOURS_A_YEAR = 8766.0
"""Hours of a mean year, leap years included."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the ledger: an amount with its unit, ``None`` where a figure is missing, and how it was reached."""

    id: str
    title: str
    amount: float | None
    unit: str
    statement: Statement


@dataclass(frozen=True, slots=True)
class ValueLedger:
    """The lines in things, in money a year, and in service. ``total`` adds the lines of money that have an amount."""

    things: tuple[Line, ...]
    money: tuple[Line, ...]
    service: tuple[Line, ...]
    total: float | None
    currency: str | None
    summary: str


@dataclass(frozen=True, slots=True)
class _Sizes:
    """What the same workloads would have needed without virtualization, and the hosts that carry them."""

    otherwise: float
    hosts: int


_TO_BE_SAID = Statement("", "none")


def value_ledger(basis: Basis) -> ValueLedger:
    """The ledger of one scope, as of its assessment."""
    prices, sizes = basis.declared.prices, _sizes(basis)
    things = (
        _virtual(basis),
        _avoided(basis, sizes),
        _replaced(basis),
        _energy_line(basis, sizes),
        _space_line(basis, sizes),
    )
    money = _money(basis, sizes)
    amounts = [line.amount for line in money if line.amount is not None]
    total, currency = (sum(amounts), prices.currency) if amounts and prices else (None, prices.currency if prices else None)
    return ValueLedger(things, money, _service(basis), total, currency, _summary(money, total, currency))


def _sizes(basis: Basis) -> _Sizes | None:
    counts, servers = basis.assessment.consolidation, basis.declared.servers
    if counts.powered_on_vms is None or counts.hosts is None or servers is None or servers.per_workload is None:
        return None
    return _Sizes(counts.powered_on_vms * servers.per_workload, counts.hosts)


def _virtual(basis: Basis) -> Line:
    share = pct_virtualized(basis.declared.servers, basis.assessment.consolidation.workload_vms)
    servers = basis.declared.servers
    if share.state != "observed" or servers is None:
        said = servers is not None and servers.physical is not None
        text = UNCOUNTED if said else not_known(f"{basis.declared.servers_key}.physical")
        return Line("virtualized", "Share of servers that are virtual", None, "share", Statement(text, "none"))
    return Line(
        "virtualized",
        "Share of servers that are virtual",
        share.value,
        "share",
        Statement(share.evidence[0], "both", servers.declared_on),
    )


def _avoided(basis: Basis, sizes: _Sizes | None) -> Line:
    id_, title = "servers_avoided", "Servers avoided"
    counts, servers = basis.assessment.consolidation, basis.declared.servers
    if sizes is not None and servers is not None:
        plural = "" if sizes.otherwise == 1 else "s"
        text = (
            f"{counted(counts.powered_on_vms or 0, 'running workload')} would have needed"
            f" {sizes.otherwise:,.6g} server{plural}, at {servers.per_workload:g} each as declared;"
            f" {counted(sizes.hosts, 'host runs', 'hosts run')} them."
        )
        if sizes.otherwise < sizes.hosts:
            text += " Negative: there are more hosts than servers would have been needed."
        return Line(id_, title, sizes.otherwise - sizes.hosts, "servers", Statement(text, "both", servers.declared_on))
    said = servers is not None and servers.per_workload is not None
    text = UNCOUNTED if said else not_known(f"{basis.declared.servers_key}.per_workload")
    if counts.powered_on_vms is not None and counts.hosts is not None:
        one, many = "running workload runs on", "running workloads share"
        text = f"{counted(counts.powered_on_vms, one, many)} {counted(counts.hosts, 'host')}. {text}"
    return Line(id_, title, None, "servers", Statement(text, "none"))


def _replaced(basis: Basis) -> Line:
    id_, title, servers = "servers_replaced", "Physical servers retired", basis.declared.servers
    if servers is None or servers.replaced is None:
        text = not_known(f"{basis.declared.servers_key}.replaced")
        return Line(id_, title, None, "servers", Statement(text, "none"))
    return Line(id_, title, servers.replaced, "servers", Statement("As declared.", "declared", servers.declared_on))


def _kilowatt_hours(prices: Prices | None, sizes: _Sizes | None) -> float | None:
    if prices is None or sizes is None or prices.server_watts is None or prices.host_watts is None:
        return None
    watts = sizes.otherwise * prices.server_watts - sizes.hosts * prices.host_watts
    return watts * (prices.pue or 1.0) * HOURS_A_YEAR / 1000


def _rack_units(prices: Prices | None, sizes: _Sizes | None) -> float | None:
    if prices is None or sizes is None or prices.server_rack_units is None or prices.host_rack_units is None:
        return None
    return sizes.otherwise * prices.server_rack_units - sizes.hosts * prices.host_rack_units


def _capital(prices: Prices | None, sizes: _Sizes | None) -> float | None:
    if prices is None or sizes is None or prices.server is None or prices.host is None:
        return None
    if prices.server_years is None or prices.host_years is None:
        return None
    return sizes.otherwise * prices.server / prices.server_years - sizes.hosts * prices.host / prices.host_years


def _energy_line(basis: Basis, sizes: _Sizes | None) -> Line:
    prices = basis.declared.prices
    rooms = "including cooling and losses (PUE)." if prices and prices.pue else "without cooling, since no PUE is declared."
    line = Line("energy", "Energy saved", _kilowatt_hours(prices, sizes), "kWh a year", _TO_BE_SAID)
    return _told(line, f"What the servers would draw less what the hosts draw, at the declared watts, {rooms}", basis, WATTS)


def _space_line(basis: Basis, sizes: _Sizes | None) -> Line:
    line = Line("rack_space", "Rack space saved", _rack_units(basis.declared.prices, sizes), "rack units", _TO_BE_SAID)
    return _told(line, "What the servers would take up less what the hosts take up, at the declared heights.", basis, HEIGHTS)


def _money(basis: Basis, sizes: _Sizes | None) -> tuple[Line, ...]:
    prices = basis.declared.prices
    unit = f"{prices.currency} a year" if prices else "money a year"
    energy = _times(_kilowatt_hours(prices, sizes), prices.kwh if prices else None)
    space = _times(_rack_units(prices, sizes), prices.rack_unit_year if prices else None)
    return (
        _told(
            Line("capital", "Capital avoided", _capital(prices, sizes), unit, _TO_BE_SAID),
            "The price of the servers that would have been needed less that of the hosts, each spread over its years of use.",
            basis,
            ("server", "server_years", "host", "host_years"),
        ),
        _told(
            Line("energy_cost", "Energy cost avoided", energy, unit, _TO_BE_SAID),
            "Energy saved at the declared price.",
            basis,
            (*WATTS, "kwh"),
        ),
        _told(
            Line("rack_space_cost", "Rack space cost avoided", space, unit, _TO_BE_SAID),
            "Rack space saved at the declared price.",
            basis,
            (*HEIGHTS, "rack_unit_year"),
        ),
    )


def _times(amount: float | None, price: float | None) -> float | None:
    return None if amount is None or price is None else amount * price


def _told(line: Line, text: str, basis: Basis, figures: tuple[str, ...]) -> Line:
    """The line with how it was reached, or with what is missing for it; ``figures`` are the prices it needs."""
    prices, servers = basis.declared.prices, basis.declared.servers
    if line.amount is not None and prices is not None:
        if line.amount < 0:
            text += " Negative: the hosts need more than the servers they replace; other benefits may outweigh this."
        # as old as the older of the figures that are in it
        oldest = min(said.declared_on for said in (prices, servers) if said is not None)
        return replace(line, statement=Statement(text, "both", oldest))
    missing = [f"prices.{name}" for name in figures if prices is None or getattr(prices, name) is None]
    if servers is None or servers.per_workload is None:
        missing.insert(0, f"{basis.declared.servers_key}.per_workload")
    said = not_known(joined(missing)) if missing else UNCOUNTED
    return replace(line, statement=Statement(said, "none"))


def _service(basis: Basis) -> tuple[Line, ...]:
    """What was spared in service; these lines never become money here, since no price of theirs was measured."""
    entries = basis.sightings.maintenance
    emptied = None if entries is None else entries.get("evacuated", 0)
    text = UNSEEN
    if entries is not None:
        shut = entries.get("shutdown", 0)
        text = (
            f"Hosts were emptied for maintenance by live migration {counted(emptied or 0, 'time')}; workloads were shut down"
            f" for it {counted(shut, 'time')}."
        )
    source: Source = "none" if emptied is None else "telemetry"
    maintenance = Line(
        "maintenance", "Maintenance without downtime", emptied, f"entries {basis.sightings.days}", Statement(text, source)
    )
    return (
        maintenance,
        _used(basis, "ha_restarts", "HA restarts", "ha"),
        _used(basis, "recovery_tests", "Recovery tests", "srm"),
    )


def _used(basis: Basis, id_: str, title: str, feature: str) -> Line:
    use = basis.assessment.features.get(feature)
    if use is None or use.exercised is None:
        return Line(id_, title, None, "in 365 days", Statement(UNSEEN, "none"))
    last = f"Last on {use.last_seen:%Y-%m-%d}." if use.last_seen else "None was seen."
    return Line(id_, title, use.exercised, use.exercised_unit, Statement(last, "telemetry"))


def _summary(money: tuple[Line, ...], total: float | None, currency: str | None) -> str:
    missing = [line.title.lower() for line in money if line.amount is None]
    if total is None:
        return "No money is shown because none is guessed; each line says what is missing."
    said = f"{total:,.0f} {currency} a year at the declared prices."
    return f"{said} Not included, for lack of figures: {joined(missing)}." if missing else said
