"""Labels and calibration: every fault is named, too few labels move nothing, and enough of them move the right way."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from threading import Barrier, Thread

import numpy as np
import pytest

from inference.judging.model import Model, load
from inference.observations import Observation, amount, share
from vjourney.laboratory.calibration import FOLDS, LEAST_LABELS, CalibrationError, calibrate, write
from vjourney.laboratory.labels import Label, LabelsError, read_labels


def late_adopters(count: int, seed: int = 1) -> tuple[Label, ...]:
    """Organisations that automate placement a whole stage earlier than the model believes; the rest is as it believes."""
    rng = np.random.default_rng(seed)
    labels = []
    for number in range(count):
        stage = number % 4
        position = stage + float(rng.uniform(0.1, 0.9))
        automated = float(np.clip((position - 0.2) / 1.2, 0, 1))
        seen: tuple[Observation, ...] = (
            share("drs_auto", round(100 * automated), 100),
            share("cluster_share", round(10 * min(1.0, position / 1.5)), 10),
            share("biz_share", round(4 * max(0.0, position - 1)), 60),
            amount("scale", 10 ** (0.6 + position / 2)),
        )
        labels.append(Label(stage, f"organisation {number // 2}", seen))
    return tuple(labels)


def test_too_few_labels_are_refused(model: Model) -> None:
    """One sentence with the number that is needed."""
    with pytest.raises(CalibrationError, match=f"at least {LEAST_LABELS}"):
        calibrate(model, late_adopters(LEAST_LABELS - 1))


def test_one_stage_alone_is_refused(model: Model) -> None:
    """Labels of a single stage say nothing about where stages part."""
    labels = tuple(replace(label, stage=1) for label in late_adopters(40))
    with pytest.raises(CalibrationError, match="stages"):
        calibrate(model, labels)


def test_few_organisations_are_refused(model: Model) -> None:
    """Many scopes of the same organisation are one opinion."""
    labels = tuple(replace(label, organisation=f"o{place % (FOLDS - 1)}") for place, label in enumerate(late_adopters(40)))
    with pytest.raises(CalibrationError, match="organisations"):
        calibrate(model, labels)


def test_labels_move_the_item_that_they_contradict(model: Model) -> None:
    """Early automation moves its positions down; items that no label speaks of stay."""
    outcome = calibrate(model, late_adopters(64))
    before, after = outcome.moved["drs_auto"]
    assert all(new < old - 0.05 for old, new in zip(before, after, strict=True))
    assert "vmotion_rate" not in outcome.moved
    assert outcome.is_better
    assert outcome.calibrated.ranked_probability_score < outcome.shipped.ranked_probability_score


def test_positions_stay_in_order(model: Model) -> None:
    """Whatever the labels say, categories follow each other."""
    for _, after in calibrate(model, late_adopters(40, seed=3)).moved.values():
        assert all(high > low for low, high in pairwise(after))


def test_the_written_file_is_a_model_with_its_figures(model: Model, tmp_path: Path) -> None:
    """It loads, has a name and version of its own, and says in its head how good it is."""
    outcome = calibrate(model, late_adopters(40))
    write(outcome, tmp_path / "own.yaml")
    own = load(tmp_path / "own.yaml")
    assert own.info.name == f"{model.info.name}-calibrated"
    assert own.info.sha256 != model.info.sha256
    assert own.by_id["drs_auto"].b == outcome.moved["drs_auto"][1]
    assert f"{outcome.calibrated.ranked_probability_score:.4f}" in (tmp_path / "own.yaml").read_text()


def test_an_existing_file_is_never_overwritten(model: Model, tmp_path: Path) -> None:
    """Released models do not change."""
    (tmp_path / "own.yaml").write_text("mine")
    with pytest.raises(CalibrationError, match="exists already"):
        write(calibrate(model, late_adopters(40)), tmp_path / "own.yaml")
    assert (tmp_path / "own.yaml").read_text() == "mine"


def test_of_two_that_write_to_one_place_one_is_refused(model: Model, tmp_path: Path) -> None:
    """Both found it free when they began; nothing of the other is lost without a word, and nothing is there in half."""
    outcome, told = calibrate(model, late_adopters(40)), list[str]()

    def attempt(out: Path, start: Barrier) -> None:
        start.wait()
        try:
            write(outcome, out)
            told.append("written")
        except CalibrationError as error:
            told.append(str(error).partition(": ")[0].rpartition(" ")[2])

    for number in range(8):
        start, out = Barrier(2), tmp_path / f"{number}.yaml"
        both = [Thread(target=attempt, args=(out, start)) for _ in range(2)]
        for each in both:
            each.start()
        for each in both:
            each.join()
        assert load(out).info.name == "journey-1-calibrated"
    assert sorted(told) == ["already"] * 8 + ["written"] * 8


def labels_file(folder: Path, *lines: str, header: str = "document,stage,scope,organisation") -> Path:
    """A CSV file beside one document."""
    document = {"observations": [{"indicator": "scale", "value": 40}]}
    (folder / "one.json").write_text(json.dumps(document))
    file = folder / "labels.csv"
    file.write_text("\n".join((header, *lines)) + "\n")
    return file


def test_stages_are_numbers_or_names(model: Model, tmp_path: Path) -> None:
    """Both spellings are read; an organisation that is not named is one of its own."""
    (tmp_path / "two.json").write_text('{"observations": [{"indicator": "scale", "value": 40}]}')
    labels = read_labels(labels_file(tmp_path, "one.json,2,,Acme", "two.json,it_production,,"), model)
    assert [label.stage for label in labels] == [2, 1]
    assert labels[0].organisation == "Acme"
    assert labels[0].organisation != labels[1].organisation
    assert labels[0].observations[0].value == 40


def test_every_fault_of_a_labels_file_is_told(model: Model, tmp_path: Path) -> None:
    """All lines at once, each with its number."""
    (tmp_path / "odd.json").write_text('{"observations": [{"indicator": "scael", "value": 4}]}')
    (tmp_path / "torn.json").write_text("{")
    file = labels_file(tmp_path, "one.json,5,,", "missing.json,1,,", "odd.json,1,,", "torn.json,1,,")
    with pytest.raises(LabelsError) as caught:
        read_labels(file, model)
    lines = str(caught.value).splitlines()
    assert [line.removeprefix(f"{file}:")[0] for line in lines] == ["2", "3", "4", "5"]
    assert "did you mean scale?" in lines[2]


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        (("one.json,1", "one.json,2"), "labels.csv:3: one.json has a label in line 2; keep one of them"),
        (("one.json,1,a,b",), "labels.csv:2: has more cells than the first line has columns"),
        (("", "deep.json,1"), "labels.csv:3: deep.json: is not JSON that can be read: nested too deeply"),
        (("latin.json,1",), "labels.csv:2: document 'latin.json' cannot be read (is not UTF-8 text)"),
        ((",1",), "labels.csv:2: names no document"),
        (("one.json,1", "./one.json,1"), "labels.csv:3: ./one.json has a label in line 2; keep one of them"),
        (("mute.json,1",), "labels.csv:2: mute.json: answers no indicator that the model scores"),
    ],
    ids=["labelled twice", "more cells", "nested, after an empty line", "no UTF-8", "no document", "another path", "no answer"],
)
def test_a_label_that_cannot_be_meant_is_told(model: Model, tmp_path: Path, lines: tuple[str, ...], says: str) -> None:
    """With the line of the file that it stands in."""
    (tmp_path / "deep.json").write_text("[" * 100_000)
    (tmp_path / "mute.json").write_text('{"observations": [{"indicator": "scale", "state": "unknown"}]}')
    (tmp_path / "latin.json").write_bytes('{"scope": "Zürich"}'.encode("latin-1"))
    with pytest.raises(LabelsError) as caught:
        read_labels(labels_file(tmp_path, *lines, header="document,stage"), model)
    assert says in str(caught.value)


def test_labels_that_a_spreadsheet_saved_are_read(model: Model, tmp_path: Path) -> None:
    """A mark at the beginning of the file or of a document is no part of either, nor are lines that were left empty."""
    file = labels_file(tmp_path, "one.json,1,", " ,,", ",,", header="\ufeffdocument , stage,organisation")
    (tmp_path / "one.json").write_text("\ufeff" + (tmp_path / "one.json").read_text())
    assert [label.stage for label in read_labels(file, model)] == [1]


@pytest.mark.parametrize(
    "header",
    ["file,stage", "document,stage,colour", "", "document;stage", "document,stage,stage"],
    ids=["other", "more", "none", "semicolons", "twice"],
)
def test_a_file_with_other_columns_is_refused(model: Model, tmp_path: Path, header: str) -> None:
    """The first line decides what the rest means."""
    with pytest.raises(LabelsError, match="must name the columns"):
        read_labels(labels_file(tmp_path, "one.json,1", header=header), model)


def test_a_missing_labels_file_is_told(model: Model, tmp_path: Path) -> None:
    """With its name."""
    with pytest.raises(LabelsError, match=r"none\.csv"):
        read_labels(tmp_path / "none.csv", model)
