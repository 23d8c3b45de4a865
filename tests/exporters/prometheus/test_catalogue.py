"""The catalogue names every metric of the contract once."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

from exporters.prometheus.catalogue import COUNTED, METRICS, TALLIES, markdown
from inference.events.maintenance import Outcome
from inference.events.moves import Cause
from inference.events.provisioning import Method

DOCUMENT = Path(__file__).parents[3] / "docs" / "metrics.md"
FORBIDDEN_LABELS = {"stage", "cluster", "datacenter", "env", "job", "instance", "le", "quantile"}


def test_no_label_clashes_with_what_others_attach() -> None:
    """Labels that Prometheus or operators use for targets are not taken."""
    assert not FORBIDDEN_LABELS & {label for metric in METRICS for label in metric.labels}


def test_names_are_unique_and_end_with_their_unit() -> None:
    """A counter ends with _total and nothing else does; a unit is the end of the name."""
    names = [metric.name for metric in METRICS]
    assert len(set(names)) == len(names)
    for metric in METRICS:
        assert metric.name.startswith("vjourney_")
        assert metric.name.endswith("_total") == (metric.kind == "counter")
        assert metric.name.removesuffix("_total").endswith(metric.unit)


def test_every_tally_has_a_counter_with_one_label_of_its_own() -> None:
    """A tally fills exactly one label beyond the scope."""
    counters = {metric.name: metric for metric in METRICS if metric.kind == "counter"}
    assert {counters[name].labels[-1] for name in TALLIES.values()} == {"cause", "method"}
    assert all(len(counters[name].labels) == 4 for name in TALLIES.values())


def test_the_document_is_generated_from_the_catalogue() -> None:
    """docs/metrics.md says what the catalogue says."""
    assert DOCUMENT.read_text(encoding="utf-8") == markdown(), "write docs/metrics.md again with: make docs"


def test_every_way_of_counting_has_its_label() -> None:
    """A cause that inference knows and the catalogue does not would have no series before it first happens."""
    assert set(COUNTED["migrations"]) == {*get_args(Cause), "storage", "cold"}
    assert set(COUNTED["provisioned_vms"]) == set(get_args(Method))
    assert set(COUNTED["maintenance_entries"]) == set(get_args(Outcome))
    assert COUNTED.keys() == TALLIES.keys()
