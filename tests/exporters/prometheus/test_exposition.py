"""/metrics: parsed back with the reference parsers, and checked against what was published."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from prometheus_client.core import Metric
from prometheus_client.openmetrics import parser as openmetrics_parser
from prometheus_client.parser import text_string_to_metric_families as parse_text

from collector.facts import Gap
from exporters.prometheus.catalogue import METRICS
from exporters.prometheus.exposition import Exposition, negotiate
from inference.publication import Publication, Tally, VcenterStatus
from inference.results import Assessment, Posterior, Scope

OPENMETRICS = "application/openmetrics-text; version=1.0.0"
Series = dict[tuple[str, frozenset[tuple[str, str]]], float]


def scrape(publication: Publication | None, accept: str = "", *, vcenters: tuple[str, ...] = ()) -> str:
    """The body of one scrape."""
    return Exposition(lambda: publication, version="1.2.3", vcenters=vcenters).render(accept)[0].decode()


def parse_openmetrics(text: str) -> Iterable[Metric]:
    """Families of an OpenMetrics text, by the strict reference parser."""
    families: Iterable[Metric] = openmetrics_parser.text_string_to_metric_families(text)  # type: ignore[no-untyped-call]
    return families


def series(families: Iterable[Metric]) -> Series:
    """Samples by name and labels; fails on a series that is there twice."""
    found: Series = {}
    for sample in (sample for family in families for sample in family.samples):
        key = sample.name, frozenset(sample.labels.items())
        assert key not in found
        found[key] = sample.value
    return found


def values(publication: Publication, name: str, **labels: str) -> list[float]:
    """Values of the series of this name with at least these labels."""
    wanted = set(labels.items())
    return [
        value for (sample, its), value in series(parse_text(scrape(publication))).items() if sample == name and wanted <= its
    ]


def test_before_the_first_poll_there_is_build_and_up_alone() -> None:
    """Nothing else is known; what is configured is not up."""
    found = series(parse_text(scrape(None, vcenters=("prod",))))
    assert found == {
        ("vjourney_build_info", frozenset({("version", "1.2.3")})): 1.0,
        ("vjourney_up", frozenset({("vcenter", "prod")})): 0.0,
    }


def test_a_vcenter_whose_first_poll_hangs_is_not_up(publication: Publication) -> None:
    """It has its series beside those that were polled, or an alert would never hear of it."""
    found = series(parse_text(scrape(publication, vcenters=("prod", "slow"))))
    up = {dict(labels)["vcenter"]: value for (name, labels), value in found.items() if name == "vjourney_up"}
    assert (up["prod"], up["slow"]) == (1.0, 0.0)


def test_below_the_floor_stage_and_position_are_absent(publication: Publication) -> None:
    """Missing is not zero."""
    for name in ("vjourney_stage_inferred", "vjourney_stage_position", "vjourney_team_confidence", "vjourney_stage"):
        assert values(publication, name, vsphere_cluster="Compute (domain-c9)") == []
    assert values(publication, "vjourney_coverage_ratio", vsphere_cluster="Compute (domain-c9)") == [0.12]


def test_unknown_feature_use_is_absent_and_zero_is_zero(publication: Publication) -> None:
    """FT was not read, HA restarted nothing, SRM is not known at all."""
    where = {"scope": "vcenter", "vcenter": "prod"}
    assert values(publication, "vjourney_feature_exercised", feature="ft", **where) == []
    assert values(publication, "vjourney_feature_exercised", feature="ha", **where) == [0.0]
    assert values(publication, "vjourney_feature_configured_ratio", feature="srm", **where) == []


def test_a_failed_vcenter_is_down_and_says_no_more(publication: Publication) -> None:
    """No time of success and no clock is made up for it."""
    assert values(publication, "vjourney_up", vcenter="dr") == [0.0]
    assert values(publication, "vjourney_up", vcenter="prod") == [1.0]
    assert values(publication, "vjourney_last_poll_success_timestamp_seconds", vcenter="dr") == []
    assert values(publication, "vjourney_clock_skew_seconds", vcenter="dr") == []


def test_numbers_that_are_none_are_left_out(publication: Publication) -> None:
    """NaN would look like a value."""
    odd = replace(publication.vcenters[0], clock_skew=float("nan"), poll_seconds=float("inf"))
    assert "NaN" not in scrape(replace(publication, vcenters=(odd,)))
    assert values(replace(publication, vcenters=(odd,)), "vjourney_poll_duration_seconds") == []


def test_a_vcenter_that_is_not_configured_has_no_counter(publication: Publication) -> None:
    """The store goes on counting for a vCenter that was taken out, and another process may poll it."""
    assert "retired" not in scrape(replace(publication, tallies=(Tally("retired", "migrations", "user", 1),)))


def test_a_tally_of_unknown_name_is_not_a_metric(publication: Publication) -> None:
    """The catalogue alone decides what is exported."""
    assert "surprise" not in scrape(replace(publication, tallies=(Tally("prod", "surprise", "x", 1),)))


def test_what_never_happened_is_counted_as_zero(publication: Publication) -> None:
    """Prometheus sees no increase in a series that begins with its first event."""
    assert values(publication, "vjourney_migrations_total", vcenter="prod", cause="user") == [33.0]
    assert values(publication, "vjourney_migrations_total", vcenter="prod", cause="evacuation") == [0.0]


def test_what_could_not_be_seen_is_not_counted_as_zero(publication: Publication) -> None:
    """A vCenter that never answered, or whose events cannot be read, has counted nothing."""
    assert values(publication, "vjourney_migrations_total", vcenter="dr") == []
    blind = replace(publication.vcenters[0], gaps=(Gap("events", "no right"),))
    assert values(replace(publication, vcenters=(blind,)), "vjourney_migrations_total", cause="evacuation") == []


def test_clusters_of_one_name_do_not_collide(publication: Publication) -> None:
    """Two clusters called Compute in one vCenter are two series, told apart by their object id."""
    found = values(publication, "vjourney_coverage_ratio", scope="cluster")
    assert len(found) == 3
    assert values(publication, "vjourney_coverage_ratio", vsphere_cluster="Compute (domain-c8)") == [0.81]


def test_hostile_names_survive_both_formats(publication: Publication) -> None:
    """Quotes, backslashes, newlines and umlauts come back as they went in."""
    name = next(item.scope.name for item in publication.assessments if "script" in item.scope.name)
    for parse, accept in ((parse_text, ""), (parse_openmetrics, OPENMETRICS)):
        clusters = {dict(labels).get("vsphere_cluster") for _, labels in series(parse(scrape(publication, accept)))}
        assert name in clusters


def test_both_formats_say_the_same(publication: Publication) -> None:
    """OpenMetrics and text carry the same series with the same values."""
    assert series(parse_openmetrics(scrape(publication, OPENMETRICS))) == series(parse_text(scrape(publication)))


def test_openmetrics_names_units_and_ends(publication: Publication) -> None:
    """The end marker and the units are part of the format."""
    body = scrape(publication, OPENMETRICS)
    assert body.endswith("# EOF\n")
    assert "# UNIT vjourney_poll_duration_seconds seconds\n" in body


def test_states_and_levels_have_one_that_holds(publication: Publication) -> None:
    """Of an enumeration one member is 1 and the others are 0."""
    where = {"scope": "fleet"}
    assert sorted(values(publication, "vjourney_team_confidence", **where)) == [0, 0, 0, 1]
    assert values(publication, "vjourney_team_confidence", level="reactive", **where) == [1]
    assert values(publication, "vjourney_indicator_state", indicator="sdrs", state="not_applicable", **where) == [1]
    assert sum(values(publication, "vjourney_indicator_state", indicator="sdrs", **where)) == 1
    assert values(publication, "vjourney_indicator", indicator="sdrs", **where) == []
    assert values(publication, "vjourney_indicator", indicator="scale", **where) == [0]


def test_changes_are_counted_and_the_next_steps_start_at_zero(publication: Publication) -> None:
    """The step that came counts 1; those that may come are there with 0, so that an increase is seen."""
    where = {"scope": "cluster", "vsphere_cluster": "Compute (domain-c8)"}
    name = "vjourney_stage_changes_total"
    assert values(publication, name, from_stage="none", to_stage="it_production", cause="first", **where) == [1]
    assert values(publication, name, from_stage="it_production", to_stage="business_production", cause="estate", **where) == [1]
    assert values(publication, name, from_stage="business_production", to_stage="it_as_a_service", **where) == [0]
    assert values(publication, name, from_stage="business_production", to_stage="it_production", **where) == [0]


def test_every_metric_of_the_catalogue_is_exported_as_it_says(publication: Publication) -> None:
    """The hand-made fleet shows each metric, with the type and the labels of its entry."""
    families = {family.name: family for family in parse_openmetrics(scrape(publication, OPENMETRICS))}
    for spec in METRICS:
        family = families.pop(spec.name.removesuffix("_total"))
        assert (family.type, family.documentation, family.unit) == (spec.kind, spec.help, spec.unit)
        assert {tuple(sample.labels) for sample in family.samples} == {tuple(sorted(spec.labels))}
    assert families == {}


def test_the_number_of_series_does_not_depend_on_virtual_machines(publication: Publication) -> None:
    """A hundred times the virtual machines are the same series."""
    first = publication.assessments[0]
    grown = replace(first, consolidation=replace(first.consolidation, workload_vms=9700, powered_on_vms=8000, hosts=400))
    larger = replace(publication, assessments=(grown, *publication.assessments[1:]))
    assert series(parse_text(scrape(larger))).keys() == series(parse_text(scrape(publication))).keys()


def test_a_publication_is_rendered_once_and_replaced_by_the_next(publication: Publication) -> None:
    """The same publication gives the same bytes object; a new one gives its own, all from itself."""
    published: list[Publication | None] = [None]
    exposition = Exposition(lambda: published[0], version="1.2.3")
    assert b"vjourney_stage" not in exposition.render()[0]
    published[0] = publication
    first = exposition.render()[0]
    assert exposition.render()[0] is first
    published[0] = replace(publication, assessments=())
    assert b"vjourney_stage{" not in exposition.render()[0]


def test_a_prepared_publication_is_not_rendered_again(publication: Publication, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was rendered before publishing is what a scraper gets, in the format it asked for before."""
    published: list[Publication | None] = [None]
    exposition = Exposition(lambda: published[0], version="1.2.3")
    exposition.render(OPENMETRICS)
    expected = scrape(publication, OPENMETRICS)
    exposition.prepare(publication)
    assert b"vjourney_stage" not in exposition.render(OPENMETRICS)[0]
    monkeypatch.setattr("exporters.prometheus.exposition.WRITERS", {})
    published[0] = publication
    assert exposition.render(OPENMETRICS)[0].decode() == expected


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("", "text"),
        ("*/*", "text"),
        ("text/html,application/xhtml+xml;q=0.9", "text"),
        ("text/plain;version=0.0.4", "text"),
        ("application/openmetrics-text;version=0.0.1", "text"),
        ("application/openmetrics-text;q=0", "text"),
        ("application/openmetrics-text;q=nonsense", "text"),
        ("application/openmetrics-text;q=0.2,text/plain;q=0.9", "text"),
        ("application/openmetrics-text", "openmetrics"),
        ('APPLICATION/OpenMetrics-Text; version="1.0.0"', "openmetrics"),
        ("application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,text/plain;version=0.0.4;q=0.2", "openmetrics"),
    ],
)
def test_the_accept_header_chooses_the_format(accept: str, expected: str) -> None:
    """OpenMetrics only where it is asked for, and as much as it is asked for."""
    assert negotiate(accept) == expected


def test_content_types_name_the_versions() -> None:
    """A scraper learns from the header what it got."""
    exposition = Exposition(lambda: None, version="1.2.3")
    assert exposition.render("")[1] == "text/plain; version=0.0.4; charset=utf-8"
    assert exposition.render(OPENMETRICS)[1] == "application/openmetrics-text; version=1.0.0; charset=utf-8"


def test_every_cluster_of_a_large_fleet_is_there(large_publication: Callable[[int], Publication]) -> None:
    """A large fleet renders every cluster."""
    assert len(values(large_publication(50), "vjourney_coverage_ratio")) == 50


@pytest.mark.e2e
def test_promtool_has_nothing_to_say(publication: Publication) -> None:
    """The linter of Prometheus is silent about the whole exposition, and before the first poll."""
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("promtool is not installed: apt install prometheus")
    minimal = Publication(
        datetime(2025, 1, 1, tzinfo=UTC),
        publication.model,
        (VcenterStatus("a", "", "", "failed", "It is off; switch it on.", (), 0.0),),
        (
            Assessment(
                Scope("fleet", "fleet", "fleet"),
                datetime(2025, 1, 1, tzinfo=UTC),
                Posterior((1, 0, 0, 0), 0, 0, (0, 1)),
                None,
                0,
                0,
                (),
            ),
        ),
    )
    for published in (publication, minimal, None):
        checked = subprocess.run(  # noqa: S603 - the path that was just found
            [promtool, "check", "metrics"], input=scrape(published), capture_output=True, text=True, check=False
        )
        assert (checked.returncode, checked.stdout, checked.stderr) == (0, "", "")
