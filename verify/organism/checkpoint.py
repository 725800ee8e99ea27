"""Organisms on disk: a folder with `base/` and `assistant/` (Hugging Face models with tokenizer), `recipe.json` and `loss.json`.

Written to a neighbour and renamed, so that a folder that exists is whole.
"""

from __future__ import annotations

import copy
import json
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from verify.errors import DamagedCheckpointError, MissingModelError, VerifyError
from verify.organism.recipe import Recipe
from verify.organism.world import World

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerFast

SHIPPED = Path(__file__).resolve().parents[1] / "checkpoints"
STAGES = ("base", "assistant")


@dataclass
class Organism:
    """A trained organism: before and after post-training, with the world it was trained in. Both models are in evaluation mode and float32."""

    world: World
    recipe: Recipe
    base: PreTrainedModel
    assistant: PreTrainedModel
    tokenizer: PreTrainedTokenizerFast
    losses: dict[str, list[float]]
    path: Path | None = None


def find(name_or_path: str | Path) -> Path:
    """The folder of an organism: a path, or the name of a shipped one. Raises MissingModelError."""
    for folder in (Path(name_or_path), SHIPPED / str(name_or_path)):
        if (folder / "recipe.json").is_file():
            return folder
    known = ", ".join(sorted(p.parent.name for p in SHIPPED.glob("*/recipe.json"))) or "none"
    raise MissingModelError(f"no organism at {name_or_path}: it has no recipe.json (shipped with the package: {known})")


def read_recipe(folder: Path) -> Recipe:
    """The recipe of a stored organism. Raises DamagedCheckpointError where it cannot be read."""
    try:
        return Recipe.from_json(json.loads((folder / "recipe.json").read_text())["recipe"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DamagedCheckpointError(f"{folder}/recipe.json is damaged: {error}") from error


def load(name_or_path: str | Path, device: str = "cpu") -> Organism:
    """Load an organism in float32. Raises MissingModelError or DamagedCheckpointError."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    folder = find(name_or_path)
    recipe = read_recipe(folder)
    try:
        losses = json.loads((folder / "loss.json").read_text())
        models: dict[str, Any] = {stage: AutoModelForCausalLM.from_pretrained(folder / stage, dtype=torch.float32, local_files_only=True) for stage in STAGES}
        for model in models.values():
            model.to(device).eval()
        tokenizer: Any = AutoTokenizer.from_pretrained(folder / "assistant", local_files_only=True)
    except Exception as error:  # safetensors, transformers and json each raise their own kinds for a damaged file
        line = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise DamagedCheckpointError(f"the organism at {folder} is damaged: {line}") from error
    return Organism(World(recipe.world, recipe.settings), recipe, models["base"], models["assistant"], tokenizer, losses, folder)


def vacant(out: Path) -> None:
    """Check that an organism can be written there. Raises VerifyError where something is in the way; an empty folder is not."""
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise VerifyError(f"{out} exists already; name another folder with --out")


def save(organism: Organism, out: Path, about: dict[str, Any], half: bool) -> None:
    """Write an organism atomically; `about` (commit, versions, device, seconds) is stored beside the recipe.

    With `half` the weights are rounded to half precision, in memory as on disk. Raises VerifyError where `out` holds something.
    """
    from transformers.utils import logging

    vacant(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    partial = Path(tempfile.mkdtemp(prefix=f".{out.name}.", dir=out.parent))
    bars = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        models: dict[str, Any] = dict(zip(STAGES, (organism.base, organism.assistant), strict=True))
        for stage, model in models.items():
            stored = model
            if half:
                stored = copy.deepcopy(model).half()
                model.load_state_dict(stored.state_dict())  # not model.half().float(): that would round the rotary frequencies too, which are not stored
            stored.save_pretrained(partial / stage)
            organism.tokenizer.save_pretrained(partial / stage)
        dtype = "float16" if half else "float32"
        (partial / "recipe.json").write_text(json.dumps({"recipe": organism.recipe.to_json(), "dtype": dtype, **about}, indent=1) + "\n")
        (partial / "loss.json").write_text(json.dumps({k: [round(x, 5) for x in v] for k, v in organism.losses.items()}) + "\n")
        partial.chmod(0o755)  # mkdtemp makes a folder for its owner alone
        os.rename(partial, out)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    finally:
        if bars:
            logging.enable_progress_bar()  # type: ignore[no-untyped-call]
