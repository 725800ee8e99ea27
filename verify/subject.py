"""What a job is run on, and what it gives back. Plain data: loads no torch."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from verify.errors import DeclarationError

Json = None | bool | int | float | str | Sequence["Json"] | Mapping[str, "Json"]
Settings = Mapping[str, Json]
ScaleName = Literal["smoke", "small", "full"]
SCALES: tuple[ScaleName, ...] = ("smoke", "small", "full")
Other = Literal["initialisation", "world"]
Measures = Mapping[str, float | None]
Series = Mapping[str, Sequence[tuple[float, float]]]


@dataclass(frozen=True)
class Artefact:
    """Something costly that several jobs share, above all a trained organism: a folder made once per world and initialisation, then only read.

    Two jobs, or two runs side by side, that need the same one wait for each other; a killed run leaves nothing half made.
    """

    name: str
    maker: str
    """`package.module:function`, imported only when needed. Called as `maker(folder, subject, settings)` with an empty folder to write into."""
    settings: Settings = field(default_factory=dict)
    """Passed to the maker; part of the key. The maker reads the scale from the subject."""
    sources: tuple[str, ...] = ()
    """Data files that the maker reads (shipped checkpoints), as globs below the maker's top-level package: their content is part of the key."""
    other: Other | None = None
    """Not of the job's own world and initialisation, but of the next initialisation of the same world, or of the next world. What another job of the run has
    as its own is shared with it."""

    def __post_init__(self) -> None:
        module, _, function = self.maker.partition(":")
        if not (module and function):
            raise DeclarationError(f"artefact {self.name}: maker {self.maker!r} is not of the form package.module:function")


@dataclass(frozen=True)
class Subject:
    """What one job is run on: an organism of this world and initialisation, or a real model."""

    world: int
    """Which synthetic world: its names, facts, traits and topics. With a real model: which draw of the materials."""
    seed: int
    """Initialisation and data order, within the world. Seed 0 of world 0 and seed 0 of world 1 are different models."""
    scale: ScaleName
    device: str
    """cpu or cuda."""
    model: str | None = None
    """Path or hub name of a real model (`--model`), else None."""
    provide: Callable[[str], Path] | None = field(default=None, repr=False, compare=False)
    """How `folder` finds artefacts; set by the runner."""

    @property
    def stream(self) -> int:
        """One number for world and seed together, to seed generators with; distinct for worlds and seeds below 2**20."""
        return self.world * (1 << 20) + self.seed

    def next(self, other: Other, worlds: int = 1, seeds: int = 1) -> Subject:
        """The neighbour of a subject in a run of so many worlds and seeds, in a ring: after the last comes the first. Where the run has one alone, the one
        that would follow."""
        if other == "world":
            return replace(self, world=(self.world + 1) % worlds if worlds > 1 else self.world + 1)
        return replace(self, seed=(self.seed + 1) % seeds if seeds > 1 else self.seed + 1)

    def folder(self, artefact: str) -> Path:
        """The folder of a declared artefact of this world and seed; it is made first where needed. Raises DeclarationError where none was declared."""
        if self.provide is None:
            raise DeclarationError(f"no artefact {artefact!r}: this subject was made outside a run, give it a `provide`")
        return self.provide(artefact)


@dataclass(frozen=True)
class Outcome:
    """What a job gives back when it has more than measures."""

    measures: Measures
    """Named numbers; a value that could not be obtained is None, never 0."""
    plots: Mapping[str, Series] = field(default_factory=dict)
    """For each declared plot: name of the series to its points (x, y)."""


Job = Callable[[Subject, ScaleName, int, Settings], "Measures | Outcome"]
