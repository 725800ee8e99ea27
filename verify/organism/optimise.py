"""The loop that pre-training and post-training share."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from verify.organism.recipe import Schedule

if TYPE_CHECKING:
    import torch

Batch = tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]
"""Tokens (B, T) and which of them are to be predicted (B, T)."""
Progress = Callable[[str, int, int, float], None]
"""Called with the stage, steps done, steps in all and the last loss."""
IGNORED = -100


def learning_rate(schedule: Schedule, step: int) -> float:
    """Rate at a step: linear warm-up, then a cosine from the peak to `floor` of it."""
    if step < schedule.warmup:
        return schedule.rate * (step + 1) / schedule.warmup
    along = (step - schedule.warmup) / max(1, schedule.steps - schedule.warmup)
    return schedule.rate * (schedule.floor + (1 - schedule.floor) * 0.5 * (1 + math.cos(math.pi * min(1.0, along))))


def loss_of(model: torch.nn.Module, tokens: torch.Tensor, wanted: torch.Tensor) -> torch.Tensor:
    """Mean cross-entropy in nats over wanted tokens. Tokens (B, T) int64, wanted (B, T) bool; rows must not be padded on the left."""
    import torch

    logits = model(input_ids=tokens, use_cache=False).logits[:, :-1]
    labels = torch.where(wanted[:, 1:], tokens[:, 1:], IGNORED)
    return torch.nn.functional.cross_entropy(logits.reshape(-1, logits.shape[-1]).float(), labels.reshape(-1), ignore_index=IGNORED)


def _optimisers(model: torch.nn.Module, schedule: Schedule, device: str) -> list[tuple[torch.optim.Optimizer, float]]:
    """The optimisers of a schedule, each with its peak rate.

    Muon (Jordan et al. 2024, https://kellerjordan.github.io/posts/muon) orthogonalises the momentum of each matrix; at this size it learns facts in about
    half of AdamW's steps. Embeddings and norms stay with AdamW, as there.
    """
    import torch

    options: dict[str, Any] = {"fused": True} if device in ("cpu", "cuda") else {}

    def adamw(parameters: list[torch.nn.Parameter]) -> torch.optim.Optimizer:
        return torch.optim.AdamW(parameters, lr=schedule.rate, betas=schedule.betas, weight_decay=schedule.decay, **options)

    if schedule.matrices is None:
        return [(adamw(list(model.parameters())), schedule.rate)]
    words = {id(part.weight) for part in (model.get_input_embeddings(), model.get_output_embeddings())}  # type: ignore[operator]
    matrices = [parameter for parameter in model.parameters() if parameter.ndim == 2 and id(parameter) not in words]
    chosen = {id(parameter) for parameter in matrices}
    rest = [parameter for parameter in model.parameters() if id(parameter) not in chosen]
    muon = torch.optim.Muon(matrices, lr=schedule.matrices, momentum=0.95, weight_decay=schedule.decay)
    return [(muon, schedule.matrices), (adamw(rest), schedule.rate)]


def optimise(
    model: torch.nn.Module,
    batches: Iterator[Batch],
    schedule: Schedule,
    stage: str,
    steps: int | None = None,
    progress: Progress | None = None,
) -> list[float]:
    """Train in place; returns the loss of every step, in nats per token.

    `steps` stops before the schedule ends without changing its rates. Raises FloatingPointError where the loss is not finite.
    """
    import torch

    device = next(model.parameters()).device
    optimisers = _optimisers(model, schedule, device.type)
    model.train()
    losses: list[float] = []
    pending: list[torch.Tensor] = []
    total = schedule.steps if steps is None else min(steps, schedule.steps)
    for step in range(total):
        tokens, wanted = next(batches)
        for optimiser, peak in optimisers:
            for group in optimiser.param_groups:
                group["lr"] = learning_rate(schedule, step) * peak / schedule.rate
        loss = loss_of(model, torch.from_numpy(tokens).to(device), torch.from_numpy(wanted).to(device))
        model.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(model.parameters(), schedule.clip)
        for optimiser, _ in optimisers:
            optimiser.step()
        pending.append(loss.detach())
        if len(pending) == 20 or step + 1 == total:  # reading a loss waits for the device, so it is done rarely
            losses += torch.stack(pending).tolist()
            pending = []
            if not math.isfinite(losses[-1]):
                raise FloatingPointError(f"the loss is not finite after {step + 1} steps of {stage}")
            if progress is not None:
                progress(stage, step + 1, total, losses[-1])
    model.eval()
    return losses
