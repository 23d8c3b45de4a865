"""The model file: what it refuses, and that its arrays are what the equations say."""

from __future__ import annotations

import copy
import hashlib
import math
import pickle
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from inference.judging.model import DIRECTORY, ModelError, discrimination, load, parse
from inference.judging.specification import Item

SHIPPED = (DIRECTORY / "journey-1.yaml").read_bytes()
MODEL = load("journey-1")
Data = dict[str, Any]


def item(data: Data, name: str) -> Data:
    """The raw entry of one item."""
    return next(entry for entry in data["items"] if entry["id"] == name)


def refused(change: Callable[[Data], None]) -> str:
    """The error of a shipped model that was changed."""
    data: Data = copy.deepcopy(yaml.safe_load(SHIPPED))
    change(data)
    with pytest.raises(ModelError) as caught:
        parse(yaml.safe_dump(data).encode(), source="changed")
    return str(caught.value)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda d: item(d, "maint_evac").update(cuts=[0.6, 0.2, 0.9]), "items[6] maint_evac: thresholds out of order: cuts"),
        (lambda d: item(d, "maint_evac").update(b=[1.4, 1.4, 2.3]), "items[6] maint_evac: thresholds out of order: positions"),
        (lambda d: item(d, "rules_pools").update(cuts=[0.1, "any", 0.4]), "'any' only first"),
        (lambda d: item(d, "prov_gap").update(cuts=[0.25, 2, 24]), "must fall where lower is better"),
        (lambda d: item(d, "prov_gap").update(cuts=["any", 2, 1]), "must fall where lower is better, without 'any'"),
        (
            lambda d: item(d, "churn").update(better="lower"),
            "lower is better only for a count that is read exactly, not for a rate",
        ),
        (lambda d: item(d, "ha_share").update(configured_category=1), "a category that an exercised item has"),
        (lambda d: item(d, "prov_gap").update(positive_only=True), "lower is better contradicts positive_only"),
        (lambda d: item(d, "ha_share").update(cuts=[0.3, 0.7, 1.5]), "cuts of a share are at most 1"),
        (lambda d: item(d, "self_service").update(maximum=2), "self_service: maximum 2 is below its last cut 3"),
        (lambda d: item(d, "self_service").update(maximum=0), "maximum: Input should be greater than 0"),
        (
            lambda d: item(d, "ha_share").update(maximum=1),
            "maximum is for counts; no share is above 1 and no rate has a highest",
        ),
        (lambda d: item(d, "ha_share").update(b=[1.3, 1.7]), "has 3 cuts and 2 positions"),
        (lambda d: item(d, "ha_share").pop("a"), "a scored item needs cuts, b and a"),
        (lambda d: item(d, "ft").pop("family"), "ft: has no family"),
        (lambda d: item(d, "ft").update(family="magic"), "family magic is not listed"),
        (lambda d: item(d, "ft").update(id="scale"), "items: scale is listed 2 times"),
        (lambda d: item(d, "infra_share").update(a=2), "infra_share: a context item is never scored"),
        (lambda d: d["families"].append(d["families"][0]), "families: foundation is listed 2 times"),
        (lambda d: d["prior"].update(value=[0.1, 0.35, 0.35, 0.3]), "prior: the shares of the stages sum to 1.1"),
        (lambda d: d["gates"][1]["needs"][0]["any_of"][0].update(item="luck"), "gates[1].needs[0]: item luck is not listed"),
        (
            lambda d: d["gates"][0]["needs"][0]["any_of"][0].update(item="dr_registered", category=2),
            "dr_registered has no category 2",
        ),
        (lambda d: d["gates"][2]["needs"][1]["any_of"][0].update(facet="luck"), "facet luck is not listed"),
        (lambda d: d["gates"][0].update(stage=2), "gates: stage 2 has 2 gates"),
        (lambda d: d["gates"][0]["needs"][0]["any_of"][0].update(facet="mobility"), "name either an item or a facet"),
        (lambda d: item(d, "vm_per_host")["not_penalised_when"].update(item="luck"), "not_penalised_when luck is not listed"),
        (lambda d: d["hysteresis"]["profiles"].pop("default"), "there must be a profile named default"),
        (lambda d: d.update(colour="blue"), "colour: Extra inputs are not permitted"),
        (lambda d: d["family_spread"].update(value=math.nan), "family_spread.value: Input should be a finite number"),
        (lambda d: d["family_spread"].update(mark="guess"), "family_spread.mark"),
        (lambda d: item(d, "scale").update(a=-1), "items[2].a"),
    ],
)
def test_contradictory_models_are_refused_with_the_place(change: Callable[[Data], None], message: str) -> None:
    """Each kind of contradiction has an error that names where it is."""
    assert message in refused(change)


def test_all_problems_are_listed_at_once() -> None:
    """Two faults give two lines, so that nobody mends a file one error at a time."""
    both = refused(lambda d: (item(d, "ft").pop("family"), d["prior"].update(value=[0.1, 0.1, 0.1, 0.1]))[0])
    assert "has no family" in both
    assert "sum to 0.4" in both


def test_other_bytes_than_expected_are_refused() -> None:
    """A file that does not match the hash it was stored with is never used."""
    with pytest.raises(ModelError, match="the file was changed"):
        load("journey-1", sha256="0" * 64)
    assert load("journey-1", sha256=MODEL.sha256.upper()).sha256 == hashlib.sha256(SHIPPED).hexdigest()


def test_a_file_beside_a_model_pins_it(tmp_path: Path) -> None:
    """What ``sha256sum`` wrote is believed before the model; a pin that is no hash is a fault of its own."""
    model, pin = tmp_path / "mine.yaml", tmp_path / "mine.yaml.sha256"
    model.write_bytes(SHIPPED)
    pin.write_text(f"{MODEL.sha256}  mine.yaml\n", encoding="ascii")
    assert load(model).sha256 == MODEL.sha256
    pin.write_text(f"{'0' * 64}  mine.yaml\n", encoding="ascii")
    with pytest.raises(ModelError, match="the file was changed"):
        load(str(model))
    for content in (b"", b"abc  mine.yaml", b"\xff"):
        pin.write_bytes(content)
        with pytest.raises(ModelError, match=r"mine\.yaml\.sha256: holds no SHA-256; write it with sha256sum"):
            load(model)


def test_missing_and_malformed_files_are_named(tmp_path: Path) -> None:
    """A wrong name lists the shipped models; a file that is no YAML, or holds no mapping, says so."""
    with pytest.raises(ModelError, match=r"model journey-9: cannot be read .* shipped models: .*journey-1"):
        load("journey-9")
    for content, message in (
        (b"a: [", "is not YAML"),
        (b"just text", "is empty or no mapping"),
        (b"", "is empty or no mapping"),
        (b"[" * 20_000, "is not YAML: it is nested too deeply"),
        (SHIPPED + b"\nname: journey-2\n", "the key 'name' stands twice in .*line"),
        (SHIPPED.replace(b"    a: 4\n", b"    a: 4\n    a: 3\n", 1), "the key 'a' stands twice"),
    ):
        broken = tmp_path / "broken.yaml"
        broken.write_bytes(content)
        with pytest.raises(ModelError, match=message):
            load(broken)


def test_a_path_and_a_name_give_the_same_model(tmp_path: Path) -> None:
    """A copy of the shipped file, given by path as text, is the same model."""
    copied = tmp_path / "mine.yaml"
    copied.write_bytes(SHIPPED)
    assert load(str(copied)).info == MODEL.info
    assert MODEL.info.version == "1.0.0"


def test_the_shipped_model_holds_its_families_and_their_items() -> None:
    """Each family holds the items of the design: 39 that telemetry answers, and one that is declared."""
    counts = {family.id: int(own.sum()) for family, own in zip(MODEL.specification.families, MODEL.member, strict=True)}
    assert counts == {
        "foundation": 5,
        "mobility": 5,
        "placement": 4,
        "availability": 7,
        "workloads": 5,
        "standards": 8,
        "service": 6,
    }
    assert MODEL.by_id["maint_evac"].a == 3
    assert not MODEL.by_id["infra_share"].scored


def test_hard_categories_begin_at_their_cuts() -> None:
    """A value on a cut is in the higher category, and 'any' is anything above zero."""
    evacuated, rules, registered = (MODEL.by_id[name] for name in ("maint_evac", "rules_pools", "dr_registered"))
    assert [evacuated.category(value) for value in (0.0, 0.19, 0.2, 0.6, 0.9, 1.0)] == [0, 0, 1, 2, 3, 3]
    assert [rules.category(value) for value in (0.0, 0.001, 0.1, 0.4)] == [0, 1, 2, 3]
    assert [registered.category(value) for value in (0, 1, 7)] == [0, 1, 1]


def test_the_prior_has_its_shares_and_is_uniform_inside_a_stage() -> None:
    """Points of one stage are equally likely, and stages sum to the shares of the file."""
    probabilities = np.exp(MODEL.prior)
    for stage, expected in enumerate((0.1, 0.35, 0.35, 0.2)):
        own = probabilities[MODEL.stage_of == stage]
        assert own.sum() == pytest.approx(expected)
        assert own.max() == pytest.approx(own.min())
    assert MODEL.grid.shape == (161,)
    assert MODEL.stage_of[[0, 39, 40, 160]].tolist() == [0, 0, 1, 3]


def test_curves_are_graded_responses_with_discounted_slopes() -> None:
    """Category probabilities follow the logistic differences: full slope if exercised, half if configured, 3 at most."""

    def logistic(slope: float, position: float, theta: float) -> float:
        return 1 / (1 + math.exp(-slope * (theta - position)))

    point = 90
    theta = float(MODEL.grid[point])
    for name, slope in (
        ("maint_evac", 3.0),
        ("cluster_share", 2.0),
        ("drs_auto", 1.75),
        ("svmotion_rate", 2.5),
        ("dr_registered", 1.25),
    ):
        reached = [1.0, *(logistic(slope, b, theta) for b in MODEL.by_id[name].b), 0.0]
        expected = [high - low for high, low in pairwise(reached)]
        assert MODEL.curves[MODEL.index[name], : len(expected), point] == pytest.approx(expected)
    assert MODEL.curves.sum(axis=1) == pytest.approx(1.0)
    steep = (MODEL.by_id[name].model_copy(update={"a": 7.0}) for name in ("maint_evac", "cluster_share"))
    assert [discrimination(item, MODEL.specification) for item in steep] == [3.0, 3.0]


def test_information_is_that_of_the_curves() -> None:
    """Fisher information is the squared slopes over the probabilities, and a quarter of the squared slope at a lone cut."""
    slopes = np.gradient(MODEL.curves[MODEL.index["maint_evac"]], MODEL.grid, axis=1)
    numeric = (slopes**2 / MODEL.curves[MODEL.index["maint_evac"]]).sum(axis=0)
    assert MODEL.information[MODEL.index["maint_evac"]][1:-1] == pytest.approx(numeric[1:-1], rel=2e-3)
    lone = MODEL.information[MODEL.index["dr_registered"]]
    assert lone.max() == pytest.approx(1.25**2 / 4, rel=1e-3)


def test_the_kernel_is_a_normalised_gaussian() -> None:
    """Rows sum to one, and fall with the square of the distance over the spread."""
    assert MODEL.kernel.sum(axis=1) == pytest.approx(1.0)
    assert MODEL.kernel[80, 100] / MODEL.kernel[80, 80] == pytest.approx(math.exp(-0.5 * (0.5 / 0.5) ** 2))


@pytest.mark.parametrize(("hours", "category"), [(0, 3), (0.2, 3), (0.25, 2), (1.9, 2), (2, 1), (23, 1), (24, 0), (900, 0)])
def test_less_is_better_where_the_cuts_fall(hours: float, category: int) -> None:
    """A category begins below its cut."""
    assert MODEL.by_id["prov_gap"].category(hours) == category


def _row(entry: Item) -> str:
    cuts = " / ".join("any" if cut == "any" else f"{cut:g}" for cut in entry.cuts) or "shown only"
    sharpness = "" if entry.a is None else f"{entry.a:g}"
    return (
        f"| `{entry.id}` | {entry.question} | {entry.kind} | {entry.unit} | {cuts} | "
        f"{' / '.join(f'{position:g}' for position in entry.b)} | {sharpness} |"
    )


@pytest.mark.parametrize("entry", MODEL.items, ids=lambda entry: entry.id)
def test_the_documentation_has_the_figures_of_the_model(entry: Item) -> None:
    """Each item is a row of docs/indicators.md, with its question and its figures."""
    page = Path(__file__).parents[3] / "docs" / "indicators.md"
    assert _row(entry) in page.read_text(encoding="utf-8").splitlines()


def test_an_error_crosses_processes() -> None:
    """The laboratory works in several processes: an error says the same on the other side."""
    error = ModelError("mine.yaml", ("items.0: is odd", "items.1: is odder"))
    there = pickle.loads(pickle.dumps(error))  # noqa: S301  # our own bytes
    assert str(there) == str(error) == "model mine.yaml: items.0: is odd\nmodel mine.yaml: items.1: is odder"
    assert there.problems == error.problems
