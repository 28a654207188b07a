"""History of a training: rows of numbers, kept on the device until they are read."""

import math
from typing import Any

import pandas as pd
import torch
from torch import Tensor, nn

from showergan.methods.layers import (
    binding,
    flattened,
    output_scale,
    trained_weight,
    weight_layers,
)
from showergan.training.checkpoint import require, require_like
from showergan.training.lipschitz import spectral_norm

LOSSES = ["discriminator_loss", "generator_loss"]
LARGEST_LOSS = 1e18  # the square of a larger one overflows single precision


@torch.no_grad()
def layer_norms(discriminator: nn.Module) -> dict[str, Tensor]:
    """Return sigma of each trained weight, the Lipschitz bound of each layer in use, and their product.

    A layer's bound is the largest singular value of its flattened weight times what its output is multiplied by, signs
    apart; the network's is the product over layers and its own output's factor (Egorov & Rogachev 2023, equation 3). It
    is a bound of a chain of these layers with activations of slope at most 1 between them, and of nothing else: see
    `weight_layers` for what it does not count. Where the output is normalised by itself (gradient normalisation), its
    factor is the network's bound, whatever the layers do. The discriminator has its constraints attached, and does not
    change: the vectors of spectral normalisation may lag behind the weights; these norms do not.
    """
    sigmas, bounds = {}, {}
    for name, layer in weight_layers(discriminator).items():
        pair = torch.stack([flattened(trained_weight(layer)), flattened(layer.weight)])
        sigma, in_use = spectral_norm(pair)
        sigmas[f"sigma_{name}"] = sigma
        bounds[f"lipschitz_{name}"] = in_use * output_scale(layer).abs()
    factor = output_scale(discriminator).abs() * torch.ones_like(sigma)  # on the device
    total = math.prod(binding(discriminator, bounds.values()), start=factor)
    return {**sigmas, **bounds, "lipschitz_bound": total}


class History:
    """Rows of scalar tensors; nothing waits for the device until they are read."""

    def __init__(self) -> None:
        self._steps: list[dict[str, int]] = []
        self._fetched: list[Tensor] = []  # the first rows, on the CPU
        self._rows: list[Tensor] = []  # those after them, where they were computed
        self.columns: list[str] = []  # names of the values; none before the first row

    def add(self, step: int, epoch: int, values: dict[str, Tensor]) -> None:
        """Append a row of tensors of shape (): the generator steps done, the epoch, from 1, and the same values."""
        self.columns = list(values)
        self._steps.append({"step": step, "epoch": epoch})
        self._rows.append(torch.stack([v.detach().float() for v in values.values()]))

    @property
    def steps(self) -> list[int]:
        """The step of each row."""
        return [at["step"] for at in self._steps]

    def summary(self) -> str:
        """Return the numbers of the newest row that show how a training goes, as text."""
        newest = self._rows[-1] if self._rows else self._fetched[-1][-1]
        row = dict(zip(self.columns, newest.tolist(), strict=True))
        loss, bound = row["discriminator_loss"], row["lipschitz_bound"]
        return f"discriminator loss {loss:.4g}, Lipschitz bound {bound:.4g}, "

    def diverged_at(self, epoch: int) -> int | None:
        """Return the first recorded step of an epoch whose losses are not finite, or beyond 1e18; None without one."""
        places = [i for i, at in enumerate(self._steps) if at["epoch"] == epoch]
        if not places:
            return None
        rows = self._fetch()[places]
        sizes = rows[:, [self.columns.index(name) for name in LOSSES]].abs()
        broken = ~(sizes <= LARGEST_LOSS).all(dim=1)  # NaN is not below
        return self._steps[places[int(broken.int().argmax())]]["step"] if broken.any() else None

    def frame(self) -> pd.DataFrame:
        """Return all rows as a table with the columns step, epoch and those of `values`."""
        rows = pd.DataFrame(self._fetch().numpy(), columns=self.columns)
        return pd.DataFrame(self._steps).join(rows)

    def state_dict(self) -> dict[str, Any]:
        """Return all rows."""
        return {"steps": self._steps, "rows": self._fetch(), "columns": self.columns}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Replace all rows; a `ValueError` refuses a state without them."""
        steps, rows, columns = state["steps"], state["rows"], state["columns"]
        require(type(steps) is list and type(columns) is list, "history")
        require_like([{"step": 0, "epoch": 0}] * len(steps), steps, "history.steps")
        require_like([""] * len(columns), columns, "history.columns")
        require_like(torch.empty(len(steps), len(columns)), rows, "history.rows")
        self._steps, self.columns = list(steps), columns
        self._fetched, self._rows = [rows] if len(rows) else [], []

    def _fetch(self) -> Tensor:
        """Return all rows, shape (rows, columns), on the CPU; wait for those that are new alone."""
        if self._rows:
            self._fetched.append(torch.stack(self._rows).cpu())
            self._rows = []
        return torch.cat(self._fetched) if self._fetched else torch.empty(0, len(self.columns))


def gradient_norm(module: nn.Module) -> Tensor:
    """Return the Euclidean norm of all gradients of a module, shape ()."""
    gradients = [p.grad for p in module.parameters() if p.grad is not None]
    return torch.nn.utils.get_total_norm(gradients)
