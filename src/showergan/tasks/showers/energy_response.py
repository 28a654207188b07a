"""Scaling of generated showers to the energy response of real ones, and to the threshold of their readout."""

from typing import Annotated, Self

import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import Field, FiniteFloat, model_validator
from torch import Tensor

from showergan.config.section import Section
from showergan.errors import UserError
from showergan.tasks.showers.sample import IMAGE_SHAPE

LEVELS = 256  # quantiles per bin
BINS = 16  # of ln|p|, at most
FEWEST = 100  # showers per bin, unless there are fewer in all
DRAWS = 1 + IMAGE_SHAPE[0] * IMAGE_SHAPE[1]  # random numbers per shower

Positive = Annotated[FiniteFloat, Field(gt=0)]


class EnergyResponse(Section):
    """The distribution of the response, energy over |p|, of real showers given |p|, and the threshold of the readout.

    Training showers are binned in ln|p|, as many in each bin, and the table has 256 quantiles of every bin, with
    (i + 1/2)/256 of its showers below (Hazen 1914). A response is one of these with equal probabilities, from one of
    the two bins whose mean ln|p| is next below and above; the probability of a bin falls linearly with its distance,
    so that the distribution is continuous in |p|.

    Attributes:
        log_momentum: mean ln(|p| / GeV) of each bin, increasing.
        response: quantiles of each bin, in MeV / GeV, increasing.
        threshold_MeV: the smallest energy of a cell of a training shower.
    """

    log_momentum: Annotated[tuple[FiniteFloat, ...], Field(min_length=1, max_length=BINS)]
    response: tuple[
        Annotated[tuple[Positive, ...], Field(min_length=LEVELS, max_length=LEVELS)], ...
    ]
    threshold_MeV: Positive

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if len(self.response) != len(self.log_momentum) or (np.diff(self.log_momentum) <= 0).any():
            raise ValueError("log_momentum does not increase, or has other bins than response")
        return self

    @classmethod
    def fitted(cls, energy: NDArray[np.float32], momentum: NDArray[np.float32]) -> Self:
        """Return the response of training showers: deposits (n, 30, 30) [MeV], px, py, pz (n, 3) [GeV].

        Raises:
            UserError: none has energy; those without are left out.
        """
        total = energy.sum(axis=(1, 2), dtype=np.float64)
        lit = total > 0
        if not lit.any():
            raise UserError("data.energy = response: no training shower has energy; take raw.")
        size = np.linalg.norm(momentum[lit].astype(np.float64), axis=1)
        log_momentum, response = np.log(size), total[lit] / size
        n_bins = min(max(len(size) // FEWEST, 1), BINS)
        # Equal momenta, as in test beams, stay in one bin.
        edges = np.unique(np.quantile(log_momentum, np.linspace(0, 1, n_bins + 1)[1:-1]))
        bin_ = np.searchsorted(edges, log_momentum, side="right")
        inside = [bin_ == i for i in np.unique(bin_)]
        levels = (np.arange(LEVELS) + 0.5) / LEVELS
        return cls(
            log_momentum=tuple(float(log_momentum[i].mean()) for i in inside),
            response=tuple(
                tuple(np.quantile(response[i], levels, method="hazen").tolist()) for i in inside
            ),
            threshold_MeV=float(energy[energy > 0].min()),
        )

    def __call__(self, energy: Tensor, momentum: Tensor, uniform: Tensor) -> Tensor:
        """Return showers with a total of |p| times a random response, and no cells below the threshold.

        A cell below the threshold is set to the threshold with probability energy / threshold, else to 0, which keeps
        its mean. Showers without energy and values that are not finite stay so.

        Args:
            energy: deposits of generated showers in MeV, shape (n, 30, 30).
            momentum: px, py, pz in GeV, shape (n, 3).
            uniform: random numbers of [0, 1), shape (n, 901): for the response, then for each cell, row by row.
        """
        square = momentum.double().square().sum(1)
        total = energy.double().sum((1, 2))
        wanted = square.sqrt() * self._drawn(square.log() / 2, uniform[:, 0])
        scale = torch.where(total == 0, 0.0, wanted / total)
        scaled = energy.double() * scale[:, None, None]
        share = scaled / self.threshold_MeV
        drawn = torch.where(uniform[:, 1:].view_as(energy) < share, self.threshold_MeV, 0.0)
        return torch.where(share < 1, drawn, scaled).float()

    def _drawn(self, log_momentum: Tensor, uniform: Tensor) -> Tensor:
        """Return responses at ln|p|, shape (n,), for random numbers of [0, 1), shape (n,)."""
        means = torch.tensor(self.log_momentum, dtype=torch.float64, device=uniform.device)
        table = torch.tensor(self.response, dtype=torch.float64, device=uniform.device)
        level = (uniform * LEVELS).long().clamp(0, LEVELS - 1)
        below = (log_momentum[:, None] >= means).sum(1) - 1
        low, high = below.clamp(min=0), (below + 1).clamp(max=len(self.log_momentum) - 1)
        gap = means[high] - means[low]  # 0 at the ends, where both are one bin
        upper = (uniform * LEVELS - level) * gap < log_momentum - means[low]
        return table[torch.where(upper, high, low), level]
