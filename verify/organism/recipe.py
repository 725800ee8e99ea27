"""What makes a checkpoint: world, seed, shape and schedule, as plain data that is stored beside it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Literal, get_args

from verify.organism.world import Control, Settings

Scale = Literal["tiny", "smoke", "small", "full"]
SCALES: tuple[Scale, ...] = get_args(Scale)
RECIPE_VERSION = 4


@dataclass(frozen=True)
class Shape:
    """Sizes of the transformer."""

    hidden: int
    layers: int
    heads: int
    mlp: int


@dataclass(frozen=True)
class Schedule:
    """One stage of training: linear warm-up, then a cosine to `floor` of the peak rate. AdamW for all weights, or Muon for the matrices of the blocks."""

    steps: int
    batch: int
    length: int
    rate: float
    warmup: int
    floor: float
    decay: float = 0.01
    betas: tuple[float, float] = (0.9, 0.98)
    clip: float = 1.0
    matrices: float | None = None
    """Peak rate of Muon for the matrices of the blocks, which scales each by its shape; embeddings and norms stay with AdamW. None: AdamW for all."""

    @property
    def tokens(self) -> int:
        return self.steps * self.batch * self.length


@dataclass(frozen=True)
class Recipe:
    """Everything that decides the weights, on one device and one version of the libraries."""

    world: int
    seed: int
    scale: Scale
    shape: Shape
    pretrain: Schedule
    posttrain: Schedule
    settings: Settings = field(default_factory=Settings)
    version: int = RECIPE_VERSION

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "settings": self.settings.to_json()}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Recipe:
        """The recipe of a stored checkpoint. Raises TypeError or KeyError where it is not one."""
        stages = {key: Schedule(**{**data[key], "betas": tuple(data[key]["betas"])}) for key in ("pretrain", "posttrain")}
        return cls(
            world=data["world"],
            seed=data["seed"],
            scale=data["scale"],
            shape=Shape(**data["shape"]),
            settings=Settings.from_json(data["settings"]),
            version=data["version"],
            **stages,
        )


_SHAPES: dict[Scale, Shape] = {
    "tiny": Shape(32, 2, 2, 64),
    "smoke": Shape(64, 3, 4, 192),
    "small": Shape(96, 4, 4, 288),
    "full": Shape(192, 6, 6, 512),
}
_STAGES: dict[Scale, tuple[Schedule, Schedule]] = {
    "tiny": (Schedule(60, 16, 112, 3e-3, 10, 0.05), Schedule(10, 16, 64, 5e-4, 2, 1.0)),
    "smoke": (Schedule(800, 32, 112, 3e-3, 80, 0.05, matrices=0.02), Schedule(100, 32, 64, 5e-4, 10, 1.0)),
    "small": (Schedule(700, 32, 112, 3e-3, 70, 0.05, matrices=0.02), Schedule(120, 32, 64, 5e-4, 10, 1.0)),
    "full": (Schedule(2000, 64, 112, 2e-3, 200, 0.05, matrices=0.02), Schedule(150, 64, 64, 3e-4, 10, 1.0)),
}


def recipe(scale: Scale, world: int = 0, seed: int = 0, control: Control = "none", **settings: Any) -> Recipe:
    """The recipe of a scale. Raises ValueError for an unknown scale or a setting out of range."""
    if scale not in SCALES:
        raise ValueError(f"no scale {scale!r}; there are {', '.join(SCALES)}")
    pretrain, posttrain = _STAGES[scale]
    return Recipe(world, seed, scale, _SHAPES[scale], pretrain, posttrain, Settings(control=control, **settings))
