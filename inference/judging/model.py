"""Models: a validated file, its hash, and the arrays that are computed from it once."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import numpy as np
import yaml
from numpy.typing import NDArray
from pydantic import ValidationError
from scipy.special import expit

from inference.judging.contradictions import contradictions
from inference.judging.plain_yaml import plain_data
from inference.judging.specification import Item, Specification
from inference.results import ModelInfo

Array = NDArray[np.float64]
CATEGORIES = 4
_SHA256 = re.compile(r"[0-9a-fA-F]{64}")
DIRECTORY = Path(__file__).parents[1] / "models"
DEFAULT = "journey-1"
"""The name of the shipped model that judges unless another one is asked for."""


class ModelError(ValueError):
    """A model cannot be used. Each of the ``problems`` is a sentence with its place in the file."""

    def __init__(self, source: str, problems: tuple[str, ...]) -> None:
        self.problems = problems
        super().__init__(source, problems)

    def __str__(self) -> str:
        """One line for each problem."""
        source, problems = self.args
        return "\n".join(f"model {source}: {problem}" for problem in problems)


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """A model ready for use. All items are in the order of the file.

    Shapes: n scored items, f families, k = 4 categories, g points of the scale.

    Attributes:
        specification: the validated content of the file.
        sha256: the hash of the file in hexadecimal digits.
        scored: the n scored items, which are all but the context items.
        grid: (g) positions, 0 to 4.
        stage_of: (g) the stage of each position.
        prior: (g) the logarithm of the prior probability, which is uniform within a stage.
        kernel: (g, g) the Gaussian of the family offset, each row summing to 1.
        curves: (n, k, g) the probability of each category at each position.
        information: (n, g) the Fisher information of each item.
        member: (f, n) whether the family has the item.
        family: (n) the index of the family of each item.
        exercised: (n) whether the item is something that is done, and not only configured.
        capped: (n) whether the item is a configured one in a capped family.
        positive_only: (n) whether low values of the item say nothing.
        team: (n) whether the item counts for the team's confidence.
        top: (n) the highest category of the item.
        by_configuration: (n) the category that an exercised item reaches by configuration alone; -1 where it reaches none.
        index: the index of each scored item among the n, by its id.
        by_id: every item of the file by its id.
    """

    specification: Specification
    sha256: str
    scored: tuple[Item, ...]
    grid: Array
    stage_of: NDArray[np.intp]
    prior: Array
    kernel: Array
    curves: Array
    information: Array
    member: NDArray[np.bool_]
    family: NDArray[np.intp]
    exercised: NDArray[np.bool_]
    capped: NDArray[np.bool_]
    positive_only: NDArray[np.bool_]
    team: NDArray[np.bool_]
    top: NDArray[np.intp]
    by_configuration: NDArray[np.intp]
    index: dict[str, int]
    by_id: dict[str, Item]

    @property
    def info(self) -> ModelInfo:
        """Name, version and hash, and the question of each item and the title of each family, for the output."""
        return ModelInfo(
            self.specification.name,
            self.specification.version,
            self.sha256,
            MappingProxyType({item.id: item.asked for item in self.items}),
            MappingProxyType({family.id: family.title for family in self.specification.families}),
        )

    @property
    def items(self) -> tuple[Item, ...]:
        """Every item of the file, context items included."""
        return self.specification.items

    def nearest_point(self, position: float) -> int:
        """The index of the grid point that is nearest to a position."""
        return int(np.abs(self.grid - position).argmin())


def shipped() -> tuple[str, ...]:
    """The names of the models that are part of the program."""
    return tuple(sorted(found.stem for found in DIRECTORY.glob("*.yaml")))


def load(source: str | Path, *, sha256: str | None = None) -> Model:
    """Load a model by the name of a shipped one (``journey-1``) or by the path of a file.

    A file beside it with ``.sha256`` appended to its name, as ``sha256sum`` writes it, has the hash that the model must have.

    Raises:
        ModelError: the file is missing, malformed, contradicts itself, or has another hash than ``sha256`` or its pin.
    """
    path = DIRECTORY / f"{source}.yaml" if isinstance(source, str) and _is_name(source) else Path(source)
    try:
        content = path.read_bytes()
    except OSError as error:
        message = f"cannot be read ({error.strerror}); give a path, or one of the shipped models: {', '.join(shipped())}"
        raise ModelError(str(source), (message,)) from error
    return parse(content, source=str(source), sha256=sha256 or _pinned(path))


def _pinned(path: Path) -> str | None:
    """The hash in the ``.sha256`` file beside a model; ``None`` where there is no such file."""
    pin = path.with_name(f"{path.name}.sha256")
    if not pin.is_file():
        return None
    try:
        words = pin.read_text(encoding="ascii").split()
    except (OSError, UnicodeDecodeError):
        words = []
    if not words or not _SHA256.fullmatch(words[0]):
        raise ModelError(str(pin), ("holds no SHA-256; write it with sha256sum, or remove it",))
    return words[0]


def parse(content: bytes, *, source: str, sha256: str | None = None) -> Model:
    """Parse the content of a model file; ``source`` names it in errors, which are those of ``load``."""
    digest = hashlib.sha256(content).hexdigest()
    if sha256 is not None and sha256.lower() != digest:
        message = (
            f"its SHA-256 is {digest} and not the expected {sha256}: the file was changed; restore it, or accept the new hash"
        )
        raise ModelError(source, (message,))
    try:
        data = plain_data(content)
        if not isinstance(data, dict):
            raise ModelError(
                source, ("is empty or no mapping; a model is a mapping of its sections, such as items and families",)
            )
        specification = Specification.model_validate(data)
    except yaml.YAMLError as error:
        raise ModelError(source, (f"is not YAML: {' '.join(str(error).split())}",)) from error
    except ValidationError as error:
        raise ModelError(source, tuple(f"{_place(e['loc'])}: {e['msg']}" for e in error.errors())) from error
    problems = tuple(contradictions(specification))
    if problems:
        raise ModelError(source, problems)
    return prepare(specification, digest)


def prepare(specification: Specification, sha256: str) -> Model:
    """Compute the arrays of a specification that has no contradictions."""
    grid = np.linspace(0.0, specification.scale.upper.value, specification.scale.points.value)
    stage_of = np.minimum(grid.astype(np.intp), CATEGORIES - 1)
    shares = np.asarray(specification.prior.value) / np.bincount(stage_of)
    kernel = np.exp(-0.5 * ((grid[:, None] - grid) / specification.family_spread.value) ** 2)
    scored = tuple(item for item in specification.items if item.scored)
    reached = np.stack([_reached(item, specification, grid) for item in scored])
    curves = reached[:, :-1] - reached[:, 1:]
    slope = np.array([discrimination(item, specification) for item in scored])[:, None, None]
    rise = slope * reached * (1.0 - reached)
    member = np.array([[item.family == family.id for item in scored] for family in specification.families])
    capped = {family.id for family in specification.families if family.capped}
    team = {family.id for family in specification.families if family.team}
    return Model(
        specification=specification,
        sha256=sha256,
        scored=scored,
        grid=grid,
        stage_of=stage_of,
        prior=np.log(shares)[stage_of],
        kernel=kernel / kernel.sum(axis=1, keepdims=True),
        curves=curves,
        information=np.divide((rise[:, :-1] - rise[:, 1:]) ** 2, curves, out=np.zeros_like(curves), where=curves > 0).sum(
            axis=1
        ),
        member=member,
        family=member.argmax(axis=0),
        exercised=np.array([item.kind == "exercised" for item in scored]),
        capped=np.array([item.kind == "configured" and item.family in capped for item in scored]),
        positive_only=np.array([item.positive_only for item in scored]),
        team=np.array([item.kind == "exercised" and item.family in team for item in scored]),
        top=np.array([len(item.cuts) for item in scored]),
        by_configuration=np.array([item.configured_category or -1 for item in scored]),
        index={item.id: place for place, item in enumerate(scored)},
        by_id={item.id: item for item in specification.items},
    )


def _reached(item: Item, specification: Specification, grid: Array) -> Array:
    """The probability of reaching at least each category, (k+1, g): 1 for category 0, 0 beyond the last."""
    slope = discrimination(item, specification)
    reached = np.zeros((CATEGORIES + 1, grid.size))
    reached[0] = 1.0
    for category, position in enumerate(item.b, start=1):
        reached[category] = expit(slope * (grid - position))
    return reached


def discrimination(item: Item, specification: Specification) -> float:
    """The slope in use: what is only configured counts at a discount, and no item above the limit."""
    discount = specification.configured_discount.value if item.kind == "configured" else 1.0
    return min(specification.max_discrimination.value, (item.a or 0.0) * discount)


def _is_name(source: str) -> bool:
    return not any(sign in source for sign in "/\\") and not source.endswith((".yaml", ".yml"))


def _place(location: tuple[int | str, ...]) -> str:
    """The place of an error as a reader writes it: ``items[3].cuts``."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location)
    return text.removeprefix(".") or "the file"
