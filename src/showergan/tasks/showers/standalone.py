"""A shower generator that can be exported as one file: conditions, network and conversion to MeV in one module."""

from typing import Any

import torch
from torch import Tensor, nn

from showergan.tasks.showers.energy_response import DRAWS


class Standalone(nn.Module):
    """A trained generator from noise and particles to energies in MeV."""

    inputs: tuple[str, ...] = ("noise", "point", "momentum")  # names of the arguments of `forward`
    output = "energy"
    example: tuple[Tensor, ...]  # two rows of each input; an exporter would take one for a constant
    mean: Tensor
    sd: Tensor

    def __init__(self, network: nn.Module, description: Any) -> None:
        super().__init__()
        self.network = network
        noise_size = description.network.noise_size
        self.example = torch.zeros(2, noise_size), torch.ones(2, 2), torch.ones(2, 3)
        conditioning = description.conditioning
        self.scaled = conditioning.form == "scaled"
        self.frame, self.response = conditioning.frame, conditioning.response
        if self.response:
            self.inputs = (*self.inputs, "uniform")
            self.example = (*self.example, torch.zeros(2, DRAWS))
        self.largest = description.samples.largest_output
        for name in ("mean", "sd"):
            values = getattr(conditioning, name)
            self.register_buffer(name, torch.tensor(values, dtype=torch.float64))

    def forward(
        self, noise: Tensor, point: Tensor, momentum: Tensor, uniform: Tensor | None = None
    ) -> Tensor:
        """Return energy deposits in MeV, shape (n, 30, 30); row = y, column = x.

        Args:
            noise: of the network's distribution and size, shape (n, noise_size).
            point: entry points x, y in cm, shape (n, 2).
            momentum: px, py, pz in GeV, shape (n, 3); pz > 0.
            uniform: random numbers of [0, 1), shape (n, 901), where energy is scaled to a response.
        """
        log_energy = self.network(noise, self.conditions(point, momentum)).squeeze(1)
        # ONNX has no expm1, and exp - 1 in single precision loses the small energies.
        energy = torch.expm1(log_energy.clamp(max=self.largest).double()).float()
        if self.frame:
            energy = self.frame.back(energy, point, momentum)
        if self.response:
            energy = self.response(energy, momentum, uniform)
        return energy

    def conditions(self, point: Tensor, momentum: Tensor) -> Tensor:
        """Return the numbers of `Conditioning.of`, shape (n, 7), by operations that ONNX has."""
        x, y = point.double().unbind(1)
        px, py, pz = particle = momentum.double().unbind(1)
        further = _azimuth(point).double(), (x**2 + y**2).sqrt()
        if self.frame:
            seen = self.frame.seen(point, momentum)
            x, y = seen.point.unbind(1)
            px, py, pz = particle = seen.momentum.unbind(1)
            further = seen.offset.unbind(1)
        if self.scaled:
            particle = (px / pz, py / pz, (px**2 + py**2 + pz**2).log() / 2)
        numbers = torch.stack([*particle, x, y, *further], 1)
        return ((numbers - self.mean) / self.sd).float()


def _azimuth(point: Tensor) -> Tensor:
    """Return atan2(y, x), shape (n,); PyTorch's own export to ONNX is wrong on the negative x axis."""
    x, y = point.unbind(1)
    x = torch.where(x == 0, 0.0, x)  # -0 would turn the sign
    half_turn = torch.where(y < 0, -torch.pi, torch.pi)
    # Of floats, because ONNX Runtime has no atan of doubles.
    angle = torch.atan(y / x) + torch.where(x < 0, half_turn, 0.0)
    return torch.where((x == 0) & (y == 0), 0.0, angle)
