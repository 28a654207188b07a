"""The discriminator of a language model without words (Gulrajani et al. 2017, section 5.5; sizes of their code)."""

from __future__ import annotations

from typing import Any, Literal

import torch
from torch import Tensor, nn

from showergan.networks.base import DiscriminatorNetwork, Shape
from showergan.networks.residual_1d import ResidualBlock1d
from showergan.networks.text_generator import Blocks, Dim, line_shape


class TextDiscriminator(DiscriminatorNetwork):
    """Probabilities of characters, one-hot where the text is real, and conditions to a score."""

    kind: Literal["text_discriminator"] = "text_discriminator"
    dim: Dim = 512
    blocks: Blocks = 5

    @property
    def name(self) -> str:
        """Blocks and channels, for example `text_5x512`."""
        return f"text_{self.blocks}x{self.dim}"

    def layers(self, sample_shape: Shape, n_conditions: int) -> dict[str, nn.Module]:
        """Return the layer that reads characters, residual blocks over the positions, and a linear layer."""
        length, alphabet = line_shape(self.kind, sample_shape)
        return {
            "stem": nn.Conv1d(alphabet, self.dim, 1),
            "body": nn.Sequential(*(ResidualBlock1d(self.dim) for _ in range(self.blocks))),
            "head": nn.Linear(length * self.dim + n_conditions, 1),
        }

    def forward(self, layers: Any, line: Tensor, condition: Tensor) -> Tensor:
        """Return the scores of lines, shape (n, length, alphabet)."""
        features = layers.body(layers.stem(line.transpose(1, 2))).flatten(1)
        return layers.head(torch.cat([features, condition], 1)).squeeze(1)
