"""Evaluation: draw estates and journeys, measure what the model says of them, and set every figure beside its target."""

from __future__ import annotations

import signal
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from itertools import pairwise
from math import isfinite
from multiprocessing import active_children, get_context
from threading import current_thread, main_thread
from typing import Any, Self, TypeVar

import numpy as np

from inference.judging.model import DEFAULT as DEFAULT_MODEL
from inference.judging.model import Model, load, prepare
from inference.judging.specification import Specification
from vjourney.laboratory import census, journeys
from vjourney.laboratory.alignment import of_watched
from vjourney.laboratory.archetypes import ARCHETYPES
from vjourney.laboratory.ceiling import of_ceiling, of_form, of_positions
from vjourney.laboratory.census import Case, Sample
from vjourney.laboratory.gaming import of_gaming
from vjourney.laboratory.journeys import Journey
from vjourney.laboratory.measures import (
    Figure,
    ablations,
    calibration_groups,
    of_cases,
    of_disputes,
    of_journeys,
    of_trials,
)
from vjourney.laboratory.trials import Bench

T = TypeVar("T")

TUNING_SEEDS = range(1000, 2000)
"""Seeds to look at while a model or a behaviour script is being changed."""

TEST_SEEDS = range(20000, 21000)
"""Seeds whose figures are published and that nothing was tuned on."""

DEFAULT_SEED = 20100
"""Figures of seed 20000 were looked at while scripts and indicators still changed."""

DEFAULT_ESTATES = 600
LEAST_ESTATES = 4
MOST_ESTATES = 1_000_000
"""Far more than any figure needs."""

HIGHEST_SEED = 2**63 - 1
"""What every program that reads the figures takes for an integer."""
ESTATES_PER_JOURNEY = 6
ESTATES_PER_DISPUTE = 4
ESTATES_PER_SAMPLE = 50
POOL_FROM = 40
"""Fewer estates are done sooner than a second process has started."""

WORKERS = 2
SHARES_PER_WORKER = 4


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Everything that was measured, ready to be shown: ``document`` is plain data."""

    seed: int
    estates: int
    journeys: int
    model: Model
    figures: tuple[Figure, ...]
    calibration: tuple[Figure, ...]
    ablations: tuple[Figure, ...]
    archetypes: tuple[dict[str, Any], ...]

    @property
    def short(self) -> tuple[Figure, ...]:
        """The figures that fall short of their target."""
        return tuple(figure for figure in (*self.figures, *self.calibration) if figure.met is False)

    def document(self) -> dict[str, Any]:
        """Plain data for JSON; what could not be measured is null."""
        info = self.model.info
        return {
            "schema": 1,
            "seed": self.seed,
            "seeds": "test" if self.seed in TEST_SEEDS else "tuning" if self.seed in TUNING_SEEDS else "neither",
            "estates": self.estates,
            "journeys": self.journeys,
            "model": {"name": info.name, "version": info.version, "sha256": info.sha256},
            "figures": [_plain(figure) for figure in self.figures],
            "calibration": [_plain(figure) for figure in self.calibration],
            "ablations": [_plain(figure) for figure in self.ablations],
            "archetypes": list(self.archetypes),
            "falls_short": [figure.id for figure in self.short],
        }


def evaluate(
    *, seed: int = DEFAULT_SEED, estates: int = DEFAULT_ESTATES, model: str = DEFAULT_MODEL, workers: int = WORKERS
) -> Evaluation:
    """Draw ``estates`` estates and a sixth as many journeys, and measure. The same seed and size give the same figures.

    Raises:
        ValueError: too few estates or too many, or a seed that is negative or too large.
        ModelError: the model cannot be used.
    """
    if estates < LEAST_ESTATES:
        raise ValueError(f"--estates {estates} is too few: at least {LEAST_ESTATES} are needed for any figure")
    if estates > MOST_ESTATES:
        raise ValueError(f"--estates is too large: at most {MOST_ESTATES:,} are simulated")
    if seed < 0:
        raise ValueError(f"--seed {seed} is negative; give 0 or more")
    if seed > HIGHEST_SEED:
        raise ValueError(f"--seed is too large: at most {HIGHEST_SEED} is allowed")
    loaded, alone = load(model), 1 if estates < POOL_FROM else workers
    walks, examples = max(2, estates // ESTATES_PER_JOURNEY), max(1, estates // ESTATES_PER_SAMPLE)
    with _Crew(alone) as crew:
        drawn: list[Case] = crew.run(census.cases, seed, estates, loaded)
        walked: list[Journey] = crew.run(journeys.journeys, seed, walks, loaded)
        doubted: list[tuple[Case, ...]] = crew.run(census.disputed, seed, max(2, estates // ESTATES_PER_DISPUTE), loaded)
        shown: list[Sample] = crew.run(census.samples, seed, examples, loaded)
    rng, bench = np.random.default_rng([seed, 4]), Bench(loaded, [case.opinion for case in drawn])
    positions, stages = np.array([case.truth for case in drawn]), np.array([case.stage for case in drawn])
    return Evaluation(
        seed=seed,
        estates=estates,
        journeys=walks,
        model=loaded,
        figures=(
            *of_cases(drawn, rng),
            *of_watched(drawn, loaded, rng),
            *of_trials(drawn, bench, rng),
            *of_gaming(drawn, loaded, rng),
            *of_disputes(doubted, rng),
            *of_journeys(walked, rng),
            *_shelfware(shown),
            *of_ceiling(positions, stages, bench, rng),
            *of_form(positions, stages, bench, rng),
            *of_positions(stages, bench, np.random.default_rng([seed, 6])),
        ),
        calibration=calibration_groups(drawn, rng),
        ablations=ablations(drawn, bench, rng),
        archetypes=_archetypes(shown),
    )


class _Crew:
    """One process or several; results come back in the order of the numbers, whoever made them.

    Whoever is interrupted at a terminal interrupts every process there. The others leave that to the first, which ends them.
    """

    def __init__(self, workers: int) -> None:
        self._pool = ProcessPoolExecutor(workers, mp_context=get_context("spawn")) if workers > 1 else None
        self._parts = workers * SHARES_PER_WORKER if self._pool else 1
        self._others = set(active_children())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if self._pool:
            for worker in set(active_children()) - self._others if kind else ():
                worker.terminate()
            self._pool.shutdown(cancel_futures=True)

    def run(self, work: Callable[[int, Sequence[int], Model], list[T]], seed: int, count: int, model: Model) -> list[T]:
        """The results of ``work`` for the numbers below ``count``, in the order in which one process would give them."""
        if self._pool is None:
            return work(seed, range(count), model)
        edges = [count * part // self._parts for part in range(self._parts + 1)]
        shares = [range(low, high) for low, high in pairwise(edges) if high > low]
        text = model.specification.model_dump_json()
        with _deaf():
            waiting = [self._pool.submit(_elsewhere, work, seed, share, text, model.sha256) for share in shares]
        return [result for future in waiting for result in future.result()]


@contextmanager
def _deaf() -> Iterator[None]:
    """Ignore interrupts for a moment: processes that begin in it ignore them from their first line on."""
    if current_thread() is not main_thread():  # nobody else may say so, or is interrupted
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _elsewhere(
    work: Callable[[int, Sequence[int], Model], list[T]], seed: int, numbers: Sequence[int], text: str, sha256: str
) -> list[T]:
    """Work in another process, with the model as it was read in the first: its file may have changed since."""
    return work(seed, numbers, prepare(Specification.model_validate_json(text), sha256))


def _shelfware(samples: Sequence[Sample]) -> tuple[Figure, Figure]:
    """The highest stages that were declared first, and inferred, for estates where everything is on and nothing is used."""
    mine = [sample for sample in samples if sample.archetype == "shelfware"]
    declared = max((sample.declared for sample in mine if sample.declared is not None), default=0)
    inferred = max((sample.opinion.inferred for sample in mine if sample.opinion.inferred is not None), default=0)
    return (
        Figure.exact("shelfware_stage", "Highest stage declared of shelfware", float(declared), len(mine), at_most=1.0),
        Figure.exact("shelfware_inferred", "The same, inferred and not declared", float(inferred), len(mine), at_most=1.0),
    )


def _archetypes(samples: Sequence[Sample]) -> tuple[dict[str, Any], ...]:
    rows = []
    for archetype in ARCHETYPES:
        examples = [sample for sample in samples if sample.archetype == archetype.id]
        mine, declared = [sample.opinion for sample in examples], Counter(sample.declared for sample in examples)
        stages = Counter(opinion.inferred for opinion in mine)
        flagged = Counter(flag for opinion in mine for flag in opinion.flags)
        rows.append(
            {
                "id": archetype.id,
                "title": archetype.title,
                "examples": len(mine),
                "admissible": sorted(stage for stage in archetype.admissible if stage is not None),
                "may_abstain": None in archetype.admissible,
                "inferred": _by_stage(stages),
                "declared": _by_stage(declared),
                "inside": sum(stages[stage] for stage in archetype.admissible) / max(1, len(mine)),
                "position": float(np.mean([opinion.position for opinion in mine])) if mine else None,
                "flags": {name: count / len(mine) for name, count in sorted(flagged.items())},
            }
        )
    return tuple(rows)


def _by_stage(counts: Counter[int | None]) -> dict[str, int]:
    """How many have each stage, in their order, and ``none`` of them last."""
    named = {"none" if stage is None else str(stage): count for stage, count in counts.items()}
    return dict(sorted(named.items()))


def _plain(figure: Figure) -> dict[str, Any]:
    plain = asdict(figure) | {"met": figure.met}
    return {key: None if isinstance(value, float) and not isfinite(value) else value for key, value in plain.items()}
