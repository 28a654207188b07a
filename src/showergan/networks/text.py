"""Networks of a language model without words (Gulrajani et al. 2017, section 5.5; sizes of their code)."""

import torch
from torch import Tensor, nn

from showergan.config import networks as parameters
from showergan.config.networks import Shape
from showergan.errors import UserError
from showergan.networks.base import Discriminator, Generator
from showergan.networks.blocks import RESIDUAL


class ResidualBlock1d(nn.Module):
    """x + 0.3 h(x), h being ReLU, Conv1d 5, ReLU, Conv1d 5: length and channels stay (Gulrajani et al. 2017)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            *(nn.ReLU(), nn.Conv1d(channels, channels, 5, padding=2)),
            *(nn.ReLU(), nn.Conv1d(channels, channels, 5, padding=2)),
        )

    def forward(self, x: Tensor) -> Tensor:
        """Return what has the shape of x, (n, channels, length)."""
        return x + RESIDUAL * self.body(x)


class TextGenerator(Generator):
    """A linear layer, residual blocks over the positions of a line, and the layer that chooses characters."""

    def __init__(
        self, settings: parameters.TextGenerator, sample_shape: Shape, n_conditions: int
    ) -> None:
        super().__init__(settings, sample_shape, n_conditions)
        dim, (length, alphabet) = settings.dim, line_shape(settings.kind, sample_shape)
        self.stem = nn.Linear(settings.noise_size + n_conditions, length * dim)
        self.body = nn.Sequential(*(ResidualBlock1d(dim) for _ in range(settings.blocks)))
        self.head = nn.Sequential(nn.Conv1d(dim, alphabet, 1), nn.Softmax(1))

    def forward(self, noise: Tensor, condition: Tensor) -> Tensor:
        """Return probabilities, shape (n, length, alphabet), of sum 1 at every position."""
        first = self.stem(torch.cat([noise, condition], 1)).unflatten(1, (-1, self.sample_shape[0]))
        return self.head(self.body(first)).transpose(1, 2)


class TextDiscriminator(Discriminator):
    """The layer that reads characters, residual blocks over the positions of a line, and a linear layer."""

    def __init__(
        self, settings: parameters.TextDiscriminator, sample_shape: Shape, n_conditions: int
    ) -> None:
        super().__init__(settings, sample_shape, n_conditions)
        dim, (length, alphabet) = settings.dim, line_shape(settings.kind, sample_shape)
        self.stem = nn.Conv1d(alphabet, dim, 1)
        self.body = nn.Sequential(*(ResidualBlock1d(dim) for _ in range(settings.blocks)))
        self.head = nn.Linear(length * dim + n_conditions, 1)

    def forward(self, line: Tensor, condition: Tensor) -> Tensor:
        """Return the scores of lines, shape (n, length, alphabet)."""
        features = self.body(self.stem(line.transpose(1, 2))).flatten(1)
        return self.head(torch.cat([features, condition], 1)).squeeze(1)


def line_shape(kind: str, sample_shape: Shape) -> tuple[int, int]:
    """Return the length of a line and the size of the alphabet; a `UserError` refuses other shapes of samples."""
    if len(sample_shape) != 2:
        raise UserError(
            f"{kind} is made for lines of characters, samples of shape (length, alphabet), and those of the data set "
            f"have {tuple(sample_shape)}: choose another network under training:"
        )
    length, alphabet = sample_shape
    return length, alphabet
