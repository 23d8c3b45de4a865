"""A mistake in a scenario is named with its place, and changes are merged as the format says."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from fixtures.expand import EstateError, expand
from fixtures.scenario import chapters, load_scenario, scenarios

PLAIN = """
because: it is so
estate: it-production
length: 28d
changes:
  - after: 14d
    merge: {clusters: [{name: CH-Test, ha: {enabled: false}}], vms: [{name: new, where: [CH-Test]}], activity: []}
    drop: {vms: ["dev-web{n:02}"]}
declared: []
"""


def written(folder: Path, text: str) -> Path:
    """The text as the file of a scenario."""
    path = folder / "small.yaml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("because: it is so", "cause: none", "cause: Extra inputs are not permitted"),
        ("length: 28d", "length: long", "length: 'long' is no span of time"),
        ("after: 14d", "after: 0d", "the file: changes come one after another"),
        ("after: 14d", "after: 40d", "the file: changes come one after another"),
        ("declared: []", "declared: [{to: 4, cause: first, within: [0d, 1d]}]", "declared.0.to.0: Input should be less"),
        (
            "declared: []",
            "declared: []\ndisturbances: [{after: 1d, lasts: 1d, kind: fire}]",
            "disturbances.0.kind: Input should",
        ),
    ],
)
def test_a_mistake_is_named_with_its_place(tmp_path: Path, old: str, new: str, said: str) -> None:
    """One wrong value gives one sentence that begins with where it stands."""
    with pytest.raises(EstateError) as caught:
        load_scenario(written(tmp_path, PLAIN.replace(old, new)))
    assert any(problem.startswith(said) for problem in caught.value.problems), caught.value.problems


def test_a_change_that_makes_no_estate_is_named(tmp_path: Path) -> None:
    """What is merged has to make an estate again."""
    scenario = load_scenario(written(tmp_path, PLAIN.replace("enabled: false", "enabled: perhaps")))
    with pytest.raises(EstateError, match=r"clusters\.1\.ha\.enabled"):
        list(chapters(scenario))


def test_a_change_is_merged_into_what_is_there(tmp_path: Path) -> None:
    """Named things change one by one, others are added or dropped, and other lists are replaced."""
    before, after = chapters(load_scenario(written(tmp_path, PLAIN)))
    assert [moment.days for moment in (*before.polls, *after.polls)] == [0, 7, 14, 21, 28]
    assert after.polls[0] == timedelta(days=14)
    assert [cluster.ha.enabled for cluster in before.estate.clusters] == [True, True]
    assert [cluster.ha.enabled for cluster in after.estate.clusters] == [True, False]
    assert [cluster.hosts for cluster in after.estate.clusters] == [cluster.hosts for cluster in before.estate.clusters]
    names = [[group.name for group in each.estate.vms] for each in (before, after)]
    assert [*names[0], "new"] == [
        *names[1][:-1][: names[0].index("dev-web{n:02}")],
        "dev-web{n:02}",
        *names[1][names[0].index("dev-web{n:02}") :],
    ]
    assert before.estate.activity
    assert after.estate.activity == ()


def test_an_estate_that_joins_stays_in_its_own_datacenter() -> None:
    """Hosts, clusters and networks of the other estate stand where they stood, under one vCenter."""
    alone, joined = chapters(load_scenario(scenarios()["merger"]))
    assert joined.estate.datacenters == ("County Hall", "Amsterdam")
    inventory = expand(joined.estate)
    places = {compute.name: compute.datacenter.name for compute in inventory.computes}
    assert places["CH-Servers"] == "County Hall"
    assert places["AMS-DATA"] == "Amsterdam"
    assert len(inventory.hosts) > len(expand(alone.estate).hosts)
