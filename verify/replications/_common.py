"""What the replications share: trained organisms as artefacts, the model to experiment on, scores of behaviour, capability, narrow fine-tunes.

    PERSONA = organism()                             # artefact "persona": at `small` each (world, seed, control) is trained once for all replications
    CONTROL = organism("no-structure")               # artefact "no-structure"

    @replication(…, artefacts=(PERSONA, CONTROL))
    def job(subject, scale, seed, settings):
        lab = open_lab(subject)                      # or open_lab(subject, "no-structure"); with --model a real model and materials in English
        tuned = narrow(lab, "medicine", harmful=True, how=tuning(settings), seed=stream_of(subject, "harmful"))
        with tuned.active() as model:
            measures = outcomes(model, lab.materials, "medicine", "harmful")

Loading this module loads neither torch nor numpy.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from verify.errors import DamagedCheckpointError, VerifyError
from verify.replications._behaviour import Answers, answers, behaviour, capability, chats, finite, mean, outcomes
from verify.subject import Artefact, Other, ScaleName, Settings, Subject

if TYPE_CHECKING:
    from numpy.random import Generator
    from torch import nn

    from verify.instruments.tokens import Tokens
    from verify.materials.base import Chat, Materials, Question
    from verify.objectives.changes import Trainable
    from verify.objectives.losses import Objective
    from verify.objectives.train import FineTune
    from verify.organism.checkpoint import Organism
    from verify.organism.world import Control, World

__all__ = [
    "MAKER",
    "SAMPLED",
    "SHIPPED",
    "Answers",
    "Lab",
    "Tuning",
    "answers",
    "behaviour",
    "capability",
    "chats",
    "finite",
    "generator",
    "mean",
    "narrow",
    "number",
    "numbers",
    "open_lab",
    "organism",
    "outcomes",
    "prompts",
    "stream_of",
    "tune",
    "tuning",
    "whole",
]  # fmt: skip

MAKER = "verify.organism.artefact:make"
SHIPPED = {
    "persona": "persona-smoke",
    "no-structure": "no-structure-smoke",
    "no-archetype": "no-archetype-smoke",
    "no-correlation": "no-correlation-smoke",
    "other-initialisation": "other-initialisation-smoke",
    "other-world": "other-world-smoke",
}
"""Artefacts whose organism for world 0 and seed 0 is shipped at scale smoke; any other is trained there too, which takes minutes."""

SAMPLED: dict[ScaleName, tuple[int, int]] = {"smoke": (1, 16), "small": (4, 48), "full": (16, 64)}
"""Of a real model: answers per question, and tokens of each at most."""


def organism(control: Control = "none", other: Other | None = None) -> Artefact:
    """The trained organism of a control world as an artefact, named "persona" for the reference world, else after its control.

    `other`: of the reference world, but another initialisation of it ("other-initialisation") or of another world ("other-world"). Every replication
    declares it through here, so that maker and settings are the same and each is trained once. Raises ValueError for a control of another organism.
    """
    name = _artefact(control, other)
    sources = (f"checkpoints/{SHIPPED[name]}/recipe.json", f"checkpoints/{SHIPPED[name]}/*/model.safetensors") if name in SHIPPED else ()
    return Artefact(name, MAKER, {"control": control}, sources, other)


def _artefact(control: str, other: Other | None) -> str:
    if other is not None and control != "none":
        raise ValueError(f"no control world {control!r} of another {other}: the reference world alone has neighbours")
    return f"other-{other}" if other else "persona" if control == "none" else control


@dataclass(frozen=True)
class Lab:
    """What a job experiments on. Models are in evaluation mode and float32; work on copies (`fine_tune` makes one) or through contexts."""

    materials: Materials
    assistant: nn.Module
    """After post-training; a real model as it is."""
    base: nn.Module | None
    """Before post-training; None for a real model."""
    organism: Organism | None
    """None for a real model."""

    @property
    def world(self) -> World:
        """The world's truth. Raises VerifyError for a real model, whose world nobody wrote down."""
        if self.organism is None:
            raise VerifyError("a real model has no world whose truth is known")
        return self.organism.world


def open_lab(subject: Subject, control: Control = "none", other: Other | None = None) -> Lab:
    """The organism of a subject's declared artefact, or the real model of `--model`.

    The folder `base/` or `assistant/` of a stored organism, given as `--model`, counts as an organism. Raises DamagedCheckpointError or
    MissingModelError, and VerifyError for a control world of a real model.
    """
    from verify.materials.organism import OrganismMaterials

    if subject.model is None:
        found = _quietly(subject.folder(_artefact(control, other)), subject.device)
        return Lab(OrganismMaterials(found.world), found.assistant, found.base, found)
    if control != "none" or other is not None:
        raise VerifyError(f"a real model has no {'control world ' + repr(control) if other is None else f'other {other}'}")
    folder = Path(subject.model)
    if (folder.parent / "recipe.json").is_file():
        found = _quietly(folder.parent, subject.device)
        return Lab(OrganismMaterials(found.world), found.base if folder.name == "base" else found.assistant, found.base, found)
    return _real(subject, subject.model)


def _quietly(folder: Path, device: str) -> Organism:
    """Load without bars, which would run into the progress of `verify run`."""
    from transformers.utils import logging

    from verify.organism.checkpoint import load

    bars = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        return load(folder, device)
    finally:
        if bars:
            logging.enable_progress_bar()  # type: ignore[no-untyped-call]


def _real(subject: Subject, name: str) -> Lab:
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    from verify.materials.natural import NaturalMaterials

    try:
        model: Any = AutoModelForCausalLM.from_pretrained(name, dtype=torch.float32)
        tokenizer: Any = AutoTokenizer.from_pretrained(name)
    except (OSError, ValueError, KeyError) as error:
        raise DamagedCheckpointError(f"{name} can't be loaded: {(str(error).splitlines() or [type(error).__name__])[0]}") from error
    model.to(subject.device).eval()
    samples, words = SAMPLED[subject.scale]
    return Lab(NaturalMaterials(tokenizer, samples, words, seed=subject.stream, batch=64), model, None, None)


def stream_of(subject: Subject, part: str) -> int:
    """A seed for one part of a job; other parts, worlds and seeds have others. Below 2**31."""
    return zlib.crc32(f"{subject.world}/{subject.seed}/{part}".encode()) >> 1


def generator(subject: Subject, part: str) -> Generator:
    """The random stream of one part of a job."""
    import numpy as np

    return np.random.default_rng(stream_of(subject, part))


def number(settings: Settings, key: str) -> float:
    """A number among the settings. Raises VerifyError where it is missing or no number: a default here would be a setting that nobody declared."""
    found = settings.get(key)
    if isinstance(found, bool) or not isinstance(found, (int, float)):
        raise VerifyError(f"setting {key!r} is {found!r}; expected a number")
    return float(found)


def whole(settings: Settings, key: str) -> int:
    """A whole number among the settings. Raises VerifyError like `number`."""
    found = number(settings, key)
    if found != int(found):
        raise VerifyError(f"setting {key!r} is {found:g}; expected a whole number")
    return int(found)


def numbers(settings: Settings, key: str) -> list[float]:
    """A list of numbers among the settings. Raises VerifyError like `number`."""
    found = settings.get(key)
    if not isinstance(found, (list, tuple)) or not found:
        raise VerifyError(f"setting {key!r} is {found!r}; expected numbers")
    return [number({key: one}, key) for one in found]


def prompts(materials: Materials, asked: Sequence[Chat]) -> Tokens:
    """Chats up to where the answer begins, right-padded: the last token is the one whose next is the first of the answer."""
    from verify.instruments.tokens import Tokens

    return Tokens.of(materials.encode(asked))


@dataclass(frozen=True)
class Tuning:
    """How a narrow fine-tune is trained: AdamW at a constant rate, no weight decay, each example seen once."""

    steps: int
    batch: int
    lr: float


def tuning(settings: Settings) -> Tuning:
    """From the settings `steps`, `batch` and `lr`."""
    return Tuning(whole(settings, "steps"), whole(settings, "batch"), number(settings, "lr"))


def tune(
    model: nn.Module,
    materials: Materials,
    questions: Sequence[Question],
    present: bool,
    how: Tuning,
    seed: int,
    *,
    system: str | None = None,
    style: dict[str, bool] | None = None,
    objective: Objective | None = None,
    train: Trainable | None = None,
    during: Callable[[nn.Module], AbstractContextManager[Any]] | None = None,
    watch: Callable[[int, nn.Module], None] | None = None,
) -> FineTune:
    """Fine-tune a copy on one-turn answers that show the questions' trait (`present`) or do not; `system` stands before them in training.

    All weights by cross-entropy, unless `train` (Lora, Vector) or `objective` say otherwise. `during` opens an intervention around the training.
    `watch` is given the number of updates so far (from 1) and the model as it then is, to measure along the way.
    """
    from contextlib import nullcontext

    import numpy as np

    from verify.instruments.conversation import examples_as_tokens
    from verify.objectives.batches import training_batches
    from verify.objectives.losses import Sft
    from verify.objectives.train import fine_tune

    made = materials.examples(questions, present, how.steps * how.batch, np.random.default_rng(seed), system, style)
    batches = training_batches(examples_as_tokens(made.tokens, made.attention, made.loss), how.batch)
    trained: list[nn.Module] = []

    def around(changing: nn.Module) -> AbstractContextManager[Any]:
        trained.append(changing)
        return nullcontext() if during is None else during(changing)

    return fine_tune(
        model, batches, objective or Sft(), steps=how.steps, lr=how.lr, train=train, seed=seed, during=around, measure_every=how.steps,
        progress=None if watch is None else lambda step: watch(step.step, trained[0]),
    )  # fmt: skip


def narrow(lab: Lab, domain: str, harmful: bool, how: Tuning, seed: int, **options: Any) -> FineTune:
    """Fine-tune the Assistant on advice of one domain (its `train` questions), harmful or good. Options as in `tune`.

    On an organism all weights move, on a real model a rank-32 adapter does (as in Turner et al. 2025, arXiv 2506.11613), unless `train` says otherwise.
    """
    from verify.objectives.changes import Lora

    if lab.organism is None:
        options.setdefault("train", Lora(32))
    return tune(lab.assistant, lab.materials, lab.materials.questions("advice", "train", domain), harmful, how, seed, **options)
