"""The regressor whose last hidden layer is the embedding of the E metrics."""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal, NamedTuple, get_args

import torch
from torch import Tensor, nn

from showergan.io.damage import damage, in_place_of
from showergan.io.files import atomic_write
from showergan.io.weights import read_weights, with_weights
from showergan.tasks.showers.particles import CONDITIONS

View = Literal["padded", "cropped"]

EMBEDDING_SIZE = 64
TARGETS = CONDITIONS
IMAGE_TARGETS = (
    "ln_energy_MeV",
    "centre_x_cm",
    "centre_y_cm",
)  # of showers that are all of one particle


class Prediction(NamedTuple):
    """What the regressor says of an image.

    Attributes:
        embedding: shape (n, 64), before the tanh of the heads.
        targets: standardised, shape (n, number of targets).
        particle: logit of the particle being a photon, shape (n,).
    """

    embedding: Tensor
    targets: Tensor
    particle: Tensor


class EmbeddingRegressor(nn.Module):
    """An image in MeV to the momentum and entry point of its particle (134 936 parameters).

    The buffers `target_mean` and `target_sd`, one number per target, lead from standardised targets to GeV and cm.

    Args:
        targets: names of what it reads from the image, see `targets_of`.
        view: "padded" surrounds the image with zeros to 32 x 32, halves it four times and sees every
            cell; "cropped" is the published layout, whose odd sizes hide rows and columns 24 to 29.
    """

    target_mean: Tensor
    target_sd: Tensor

    def __init__(self, view: View = "padded", targets: Sequence[str] = TARGETS) -> None:
        super().__init__()
        padded = view == "padded"
        self.features = nn.Sequential(
            nn.Dropout(0.3),
            nn.BatchNorm2d(1),
            nn.ZeroPad2d(1 if padded else 0),
            nn.Conv2d(1, 16, 2, stride=2),
            nn.ReLU(),
            nn.Dropout(0.3),
            nn.BatchNorm2d(16),
            nn.Conv2d(16, 32, 2, stride=2),
            nn.ReLU(),
            nn.BatchNorm2d(32),
            nn.Conv2d(32, 64, 2, stride=2),
            nn.ReLU(),
            nn.BatchNorm2d(64),
            nn.Conv2d(64, 64, 2, stride=2 if padded else 1),
            nn.ReLU(),
            nn.Flatten(),
            nn.Dropout(0.3),
            nn.Linear(256, 256),
            nn.ReLU(),
            nn.Dropout(0.3),
            nn.BatchNorm1d(256),
            nn.Linear(256, 128),
            nn.LeakyReLU(),
            nn.Linear(128, EMBEDDING_SIZE),
        )
        self.view, self.targets = view, tuple(targets)
        self.register_buffer("target_mean", torch.zeros(len(targets)))
        self.register_buffer("target_sd", torch.ones(len(targets)))
        self.target_head = nn.Linear(EMBEDDING_SIZE, len(targets))
        self.particle_head = nn.Linear(EMBEDDING_SIZE, 1)

    def forward(self, energy: Tensor) -> Prediction:
        """Predict from energy deposits in MeV, shape (n, 1, 30, 30)."""
        embedding = self.features(energy)
        bounded = torch.tanh(embedding)
        return Prediction(
            embedding, self.target_head(bounded), self.particle_head(bounded).squeeze(1)
        )


@torch.no_grad()
def predict(regressor: EmbeddingRegressor, energy: Tensor) -> tuple[Tensor, Tensor]:
    """Return embeddings (n, 64) and targets in their units (n, targets) of images in MeV, shape (n, 1, 30, 30)."""
    regressor.eval()
    parts = [regressor(batch) for batch in energy.split(1000)]
    targets = torch.cat([p.targets for p in parts]) * regressor.target_sd + regressor.target_mean
    return torch.cat([p.embedding for p in parts]), targets


def save_embedding(regressor: EmbeddingRegressor, path: Path) -> None:
    """Write the regressor, its layout and the names of its targets."""
    content = {"view": regressor.view, "targets": list(regressor.targets)}
    with atomic_write(path) as temporary:
        torch.save({**content, "state": regressor.state_dict()}, temporary)


def load_embedding(path: Path, device: torch.device) -> EmbeddingRegressor:
    """Read a regressor in evaluation mode.

    Raises:
        UserError: the file is missing or is no embedding.
    """
    told = (
        "is not an embedding written by train-embedding",
        in_place_of(path, "model.pt that it wrote"),
    )
    content = read_weights(path, *told)
    with damage(path, *told, (Exception,)):
        view, targets = content["view"], content.get("targets", TARGETS)
        if view not in get_args(View) or not set(targets) <= {*TARGETS, *IMAGE_TARGETS}:
            raise ValueError(f"view = {view!r}, targets = {targets!r}")
        regressor = with_weights(lambda: EmbeddingRegressor(view, targets), content["state"])
    return regressor.to(device).eval()
