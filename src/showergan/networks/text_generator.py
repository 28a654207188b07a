"""The generator of a language model without words (Gulrajani et al. 2017, section 5.5; sizes of their code)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import torch
from pydantic import Field
from torch import Tensor, nn

from showergan.errors import UserError
from showergan.networks.base import (
    GeneratorNetwork,
    Layers,
    NoiseDistribution,
    NoiseSize,
    Shape,
    Units,
)
from showergan.networks.residual_1d import ResidualBlock1d

Dim = Annotated[Units, Field(description="channels of every residual block")]
Blocks = Annotated[Layers, Field(description="residual blocks")]


class TextGenerator(GeneratorNetwork):
    """Noise and conditions to a probability of each character at each position of a line."""

    kind: Literal["text_generator"] = "text_generator"
    noise: NoiseDistribution = "normal"
    noise_size: NoiseSize = 128
    dim: Dim = 512
    blocks: Blocks = 5

    def layers(self, sample_shape: Shape, n_conditions: int) -> dict[str, nn.Module]:
        """Return a linear layer, residual blocks over the positions, and the layer that tells characters."""
        length, alphabet = line_shape(self.kind, sample_shape)
        return {
            "stem": nn.Linear(self.noise_size + n_conditions, length * self.dim),
            "body": nn.Sequential(*(ResidualBlock1d(self.dim) for _ in range(self.blocks))),
            "head": nn.Sequential(nn.Conv1d(self.dim, alphabet, 1), nn.Softmax(1)),
        }

    def forward(self, layers: Any, noise: Tensor, condition: Tensor) -> Tensor:
        """Return probabilities, shape (n, length, alphabet), of sum 1 at every position."""
        first = layers.stem(torch.cat([noise, condition], 1)).unflatten(1, (self.dim, -1))
        return layers.head(layers.body(first)).transpose(1, 2)


def line_shape(kind: str, sample_shape: Shape) -> tuple[int, int]:
    """Return the length of a line and the size of the alphabet.

    Raises:
        UserError: samples of this shape are no lines.
    """
    if len(sample_shape) != 2:
        raise UserError(
            f"{kind} is made for lines of characters, samples of shape (length, alphabet), and those of the data set "
            f"have {tuple(sample_shape)}: choose another network under training:"
        )
    length, alphabet = sample_shape
    return length, alphabet
