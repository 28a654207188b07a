"""Conversion between showers and tensors of the networks: log1p images, and seven numbers as conditions."""

from dataclasses import dataclass, replace
from typing import Annotated, Literal, Self

import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import Field, FiniteFloat
from torch import Tensor

from showergan.metrics.samples import varies
from showergan.tasks.showers.energy_response import DRAWS, EnergyResponse, Positive
from showergan.tasks.showers.particle_frame import ParticleFrame
from showergan.tasks.showers.sample import Particles, Showers

Form = Literal["raw", "scaled"]
Floats = NDArray[np.float32]

OF_MOMENTUM = {"raw": ("px", "py", "pz"), "scaled": ("px/pz", "py/pz", "ln |p|")}
OF_POINT = ("x", "y", "atan2(y, x)", "sqrt(x^2 + y^2)")
IN_FRAME = ("x", "y", "offset in x", "offset in y")
N_CONDITIONS = 7
OF_CONDITIONS = Field(min_length=N_CONDITIONS, max_length=N_CONDITIONS)
LARGEST_LOG_ENERGY = 80.0  # of log1p(E / MeV); its expm1 is still a finite float32


@dataclass(frozen=True)
class Conditioning:
    """The conversion that a GAN was trained with: of particles to conditions, and of its output to showers.

    Attributes:
        form: raw (Egorov & Rogachev 2023): px, py, pz [GeV], x, y [cm], atan2(y, x), sqrt(x^2 + y^2) [cm], the last
            two being the polar coordinates of the entry point; scaled: px/pz, py/pz, ln(|p| / GeV) instead of the
            momentum, and every number standardised.
        mean: of the seven numbers before scaling, over the training showers; 0 for raw.
        sd: their standard deviation, likewise, and 1 for numbers without spread; 1 for raw.
        frame: of the particle, in which networks see showers: x, y and the momentum are then those in the frame, and
            the offsets within the cell of the expected core, in cells, replace the polar coordinates. None: the
            detector's.
        response: that generated showers are scaled to; None: they are not scaled.
    """

    form: Form = "raw"
    mean: Annotated[tuple[FiniteFloat, ...], OF_CONDITIONS] = (0.0,) * N_CONDITIONS
    sd: Annotated[tuple[Positive, ...], OF_CONDITIONS] = (1.0,) * N_CONDITIONS
    frame: ParticleFrame | None = None
    response: EnergyResponse | None = None

    def fitted(self, point: Floats, momentum: Floats) -> Self:
        """Return the conditioning with mean and sd of training particles; arguments as for `of`."""
        if self.form == "raw":
            return self
        numbers = self._numbers(point, momentum)
        sd = np.where(varies(numbers), numbers.std(axis=0), 1)
        return replace(self, mean=tuple(numbers.mean(axis=0).tolist()), sd=tuple(sd.tolist()))

    def of(self, point: Floats, momentum: Floats) -> Floats:
        """Return the conditions of every particle, shape (n, 7); see `Particles` for the arguments; pz > 0."""
        numbers = self._numbers(point, momentum)
        if self.form == "scaled":
            numbers = (numbers - self.mean) / self.sd
        return numbers.astype(np.float32, copy=False)

    def without_spread(self, point: Floats, momentum: Floats) -> list[str]:
        """Return the names of the conditions, before scaling, in which particles differ by rounding at most."""
        spread = varies(self._numbers(point, momentum))
        names = (*OF_MOMENTUM[self.form], *(IN_FRAME if self.frame else OF_POINT))
        return [name for name, has in zip(names, spread, strict=True) if not has]

    def _numbers(self, point: Floats, momentum: Floats) -> NDArray[np.floating]:
        # -0.0 + 0.0 is 0.0: with -0.0 the angle atan2(y, x) would differ for the same point.
        (x, y), momentum = point.T + np.float32(0), momentum + np.float32(0)
        further = np.stack([np.arctan2(y, x), np.hypot(x, y)])
        if self.frame:
            seen = self.frame.seen(torch.from_numpy(point), torch.from_numpy(momentum))
            momentum, (x, y) = seen.momentum.numpy(), seen.point.numpy().T
            further = seen.offset.numpy().T
        if self.form == "raw":
            particle = tuple(momentum.T)
        else:
            px, py, pz = wide = momentum.T.astype(np.float64)
            particle = (px / pz, py / pz, np.log(np.linalg.norm(wide.T, axis=1)))
        return np.stack((*particle, x, y, *further), axis=1)


def training_tensors(
    showers: Showers, conditioning: Conditioning, device: torch.device
) -> tuple[Tensor, Tensor]:
    """Return log1p images (n, 1, 30, 30) and conditions (n, 7) of showers, on a device."""
    conditions = torch.from_numpy(conditioning.of(showers.point, showers.momentum))
    energy = torch.from_numpy(showers.energy)
    if conditioning.frame:
        energy = conditioning.frame.into(energy, *map(torch.from_numpy, showers.conditions))
    return energy.to(device).unsqueeze(1).log1p(), conditions.to(device)


def generated(
    output: Tensor, particles: Particles, conditioning: Conditioning, random: np.random.Generator
) -> Showers:
    """Return the showers of a generator's log1p images (n, 1, 30, 30) for these particles.

    The response is drawn with 901 random numbers per shower, so that results do not depend on the batch size.
    """
    energy = to_energy(output).cpu()
    point, momentum = map(torch.from_numpy, particles)
    if conditioning.frame:
        energy = conditioning.frame.back(energy, point, momentum)
    unscaled = None
    if conditioning.response:
        uniform = torch.from_numpy(random.random((len(energy), DRAWS), np.float32))
        unscaled = energy.numpy()
        energy = conditioning.response(energy, momentum, uniform)
    return Showers(energy.numpy(), *particles, pdg=None, unscaled=unscaled)


def to_energy(image: Tensor) -> Tensor:
    """Return energy deposits in MeV, all finite, shape (n, 30, 30), of log1p images, shape (n, 1, 30, 30)."""
    return image.squeeze(1).clamp(max=LARGEST_LOG_ENERGY).expm1()
