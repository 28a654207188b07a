"""A residual block of one-dimensional convolutions."""

from torch import Tensor, nn

SHARE = 0.3  # of what the convolutions add


class ResidualBlock1d(nn.Module):
    """x + 0.3 h(x), h being ReLU, Conv1d 5, ReLU, Conv1d 5: length and channels stay (Gulrajani et al. 2017).

    Args:
        channels: of input and output.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.ReLU(),
            nn.Conv1d(channels, channels, 5, padding=2),
            nn.ReLU(),
            nn.Conv1d(channels, channels, 5, padding=2),
        )

    def forward(self, x: Tensor) -> Tensor:
        """Return what has the shape of x, (n, channels, length)."""
        return x + SHARE * self.body(x)
