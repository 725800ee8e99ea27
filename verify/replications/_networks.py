"""Small classifiers side by side: many networks of one shape in one batched product, each trained on its own as if it were alone.

The network is the one of Cloud et al. 2025 (arXiv 2507.14805, section 6, and the authors' script for it): linear layers with ReLU between them, weights
normal with variance 1/inputs, biases zero. Its outputs are classes followed by auxiliary ones that mean nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor


@dataclass(frozen=True, eq=False)
class Networks:
    """n networks of the same shape. `weights` [n, out, in] and `biases` [n, out] of each layer, first to last."""

    weights: tuple[Tensor, ...]
    biases: tuple[Tensor, ...]

    @classmethod
    def drawn(cls, n: int, sizes: Sequence[int], seed: int, device: str = "cpu") -> Networks:
        """n initialisations, the same for the same seed on every device. `sizes`: width of the input, of each hidden layer, of the output."""
        generator = torch.Generator().manual_seed(seed)
        weights = [torch.randn(n, out, inputs, generator=generator) / inputs**0.5 for inputs, out in pairwise(sizes)]
        return cls(tuple(w.to(device) for w in weights), tuple(torch.zeros(w.shape[:2], device=device) for w in weights))

    def __len__(self) -> int:
        return len(self.weights[0])

    def __call__(self, x: Tensor) -> Tensor:
        """Outputs [n, b, out] for inputs that all share [b, in], or one batch each [n, b, in]."""
        hidden = x.expand(len(self), *x.shape[-2:])
        for layer, (weight, bias) in enumerate(zip(self.weights, self.biases, strict=True)):
            hidden = torch.baddbmm(bias[:, None], hidden if layer == 0 else hidden.relu(), weight.mT)
        return hidden

    @property
    def tensors(self) -> list[Tensor]:
        return [*self.weights, *self.biases]

    def of(self, rows: Sequence[int]) -> Networks:
        """Copies of some of the networks, in that order; one may come twice."""
        return self._with([tensor[list(rows)] for tensor in self.tensors])

    def blended(self, other: Networks, share: float) -> Networks:
        """share × these + √(1 − share²) × the others: a start that correlates by `share` with the one and keeps the variance of a fresh one."""
        return self._with([share * a + (1 - share**2) ** 0.5 * b for a, b in zip(self.tensors, other.tensors, strict=True)])

    def moved(self, steps: Sequence[Tensor], size: float) -> Networks:
        """The networks after `size` times a step, one tensor of it for each of `tensors`."""
        return self._with([tensor + size * step for tensor, step in zip(self.tensors, steps, strict=True)])

    def double(self) -> Networks:
        return self._with([tensor.double() for tensor in self.tensors])

    def _with(self, tensors: Sequence[Tensor]) -> Networks:
        count = len(self.weights)
        return Networks(tuple(tensors[:count]), tuple(tensors[count:]))


def joined(parts: Sequence[Networks]) -> Networks:
    """All networks of the parts, one after another."""
    columns = zip(*(part.tensors for part in parts), strict=True)
    return parts[0]._with([torch.cat(column) for column in columns])


Loss = Callable[[Networks, int], Tensor]
"""The loss of each network [n] at a step, counted from 0."""


def trained(start: Networks, loss: Loss, steps: int, lr: float) -> Networks:
    """Copies of the networks after `steps` updates of Adam. Adam works element by element, so the sum of the losses trains each network on its own."""
    moving = [tensor.detach().clone().requires_grad_() for tensor in start.tensors]
    networks = start._with(moving)
    optimiser = torch.optim.Adam(moving, lr=lr, fused=True)
    for step in range(steps):
        optimiser.zero_grad(set_to_none=True)
        loss(networks, step).sum().backward()  # type: ignore[no-untyped-call]
        optimiser.step()
    return start._with([tensor.detach() for tensor in moving])


def descent(networks: Networks, loss: Loss) -> list[Tensor]:
    """The direction of steepest descent of each network's loss: one tensor for each of `tensors`, shaped like it."""
    moving = [tensor.detach().clone().requires_grad_() for tensor in networks.tensors]
    total = loss(networks._with(moving), 0).sum()
    return [-gradient for gradient in torch.autograd.grad(total, moving)]


def cosines(one: Sequence[Tensor], other: Sequence[Tensor]) -> Tensor:
    """Cosine [n] between two steps of each network."""

    def flat(step: Sequence[Tensor]) -> Tensor:
        return torch.cat([tensor.flatten(1) for tensor in step], 1)

    return torch.nn.functional.cosine_similarity(flat(one), flat(other), dim=1)


def divergence(students: Tensor, teachers: Tensor) -> Tensor:
    """Mean KL(teacher ‖ student) [n], in nats, between softmaxes over the same outputs, [n, b, k] each."""
    p, q = teachers.log_softmax(-1), students.log_softmax(-1)
    return (p.exp() * (p - q)).sum(-1).mean(-1)


def accuracy(networks: Networks, x: Tensor, labels: Tensor, classes: int) -> list[float]:
    """Share of inputs [b, in] whose label [b] is the largest of the class outputs, for each network."""
    with torch.no_grad():
        best = networks(x)[..., :classes].argmax(-1)
    found: list[float] = (best == labels).double().mean(-1).tolist()
    return found
