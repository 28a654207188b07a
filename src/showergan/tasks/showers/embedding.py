"""Embedding of showers: a regressor of the particle from the image, whose last hidden layer the E metrics use."""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal, NamedTuple, get_args

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits, mse_loss

from showergan.config.tasks.showers import Embedding
from showergan.errors import UserError
from showergan.metrics.samples import varies
from showergan.tasks.showers.sample import CONDITIONS, Showers
from showergan.tasks.showers.statistics import energy_centre
from showergan.training.checkpoint import Checkpoints
from showergan.training.embedding import Fit, fit, held_out_and_fitted, load, save, seeded

View = Literal["padded", "cropped"]

EMBEDDING_SIZE = 64
TARGETS = CONDITIONS
IMAGE_TARGETS = ("ln_energy_MeV", "centre_x_cm", "centre_y_cm")  # where all particles are the same
PHOTON = 22  # particle id


class Prediction(NamedTuple):
    """Output of the regressor for n images."""

    embedding: Tensor  # (n, 64), before the tanh of the heads
    targets: Tensor  # standardised, (n, number of targets)
    particle: Tensor  # logit of the particle being a photon, (n,)


class EmbeddingRegressor(nn.Module):
    """An image in MeV to the momentum and entry point of its particle (134 936 parameters).

    The buffers `target_mean` and `target_sd`, one number per target, lead from standardised targets to GeV and cm.

    Args:
        targets: names of the predicted numbers, see `targets_of`.
        view: "padded" surrounds the image with zeros to 32 x 32, halves it four times and sees every cell; "cropped" is
            the published layout, whose odd sizes hide rows and columns 24 to 29.
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
        targets = self.target_head(bounded)
        return Prediction(embedding, targets, self.particle_head(bounded).squeeze(1))


@torch.no_grad()
def predict(regressor: EmbeddingRegressor, energy: Tensor) -> tuple[Tensor, Tensor]:
    """Return embeddings (n, 64) and targets in their units (n, targets) of images in MeV, shape (n, 1, 30, 30)."""
    regressor.eval()
    parts = [regressor(batch) for batch in energy.split(1000)]
    targets = torch.cat([p.targets for p in parts]) * regressor.target_sd + regressor.target_mean
    return torch.cat([p.embedding for p in parts]), targets


def save_embedding(regressor: EmbeddingRegressor, path: Path) -> None:
    """Write the regressor, its layout and the names of its targets."""
    save(regressor, path, view=regressor.view, targets=list(regressor.targets))


def load_embedding(path: Path, device: torch.device) -> EmbeddingRegressor:
    """Read a regressor in evaluation mode; raises a `UserError` if the file is missing or is no embedding."""

    def built(view: View, targets: Sequence[str] = TARGETS) -> EmbeddingRegressor:
        if view not in get_args(View) or not set(targets) <= {*TARGETS, *IMAGE_TARGETS}:
            raise ValueError(f"view = {view!r}, targets = {targets!r}")
        return EmbeddingRegressor(view, targets)

    return load(path, device, "train-embedding", built)


def train_embedding(
    showers: Showers,
    recipe: Embedding,
    device: torch.device,
    checkpoints: Checkpoints | None = None,
) -> tuple[EmbeddingRegressor, Fit]:
    """Fit momentum, entry point and, where known, particle; stop when the held-out mean R^2 no longer rises.

    Targets without spread teach nothing and are left out, see `targets_with_spread`.

    Args:
        showers: the training split.
        recipe: sizes, rates and seed.
        device: where to train.
        checkpoints: from which it resumes, and to which it saves its state.

    Returns:
        The regressor at its best epoch, in evaluation mode, and a summary of the training.

    Raises:
        UserError: fewer showers than one batch and its held-out part need, all showers are the same, or it ends
            without a held-out R^2.
    """
    with seeded(recipe.seed, device):
        held_out, fitted = held_out_and_fitted(len(showers), device, fewest=2)
        if len(fitted) < recipe.batch_size:
            raise UserError(
                f"embedding.batch_size = {recipe.batch_size} is larger than the {len(fitted)} showers it may "
                "be fitted to: choose a smaller batch or give more showers"
            )
        images = torch.from_numpy(showers.energy).unsqueeze(1).to(device)
        names = targets_with_spread(showers)
        targets = torch.from_numpy(targets_of(showers, names)).to(device)
        photon = None if showers.pdg is None else torch.from_numpy(showers.pdg == PHOTON).to(device)

        regressor = EmbeddingRegressor(recipe.view, names)
        regressor.target_mean.copy_(targets[fitted].mean(0))
        regressor.target_sd.copy_(targets[fitted].std(0))
        regressor.to(device)
        standardised = (targets - regressor.target_mean) / regressor.target_sd

        def loss(index: Tensor) -> Tensor:
            prediction = regressor(images[index])
            of_targets = mse_loss(prediction.targets, standardised[index])
            if photon is None:
                return of_targets
            is_photon = photon[index].float()
            return of_targets + binary_cross_entropy_with_logits(prediction.particle, is_photon)

        def score(index: Tensor) -> float:
            return float(r2(predict(regressor, images[index])[1], targets[index]).nanmean())

        return regressor, fit(
            regressor,
            held_out,
            fitted,
            loss,
            score,
            checkpoints,
            called="R2",
            recipe=recipe,
            smallest_batch=recipe.batch_size,
        )


def targets_with_spread(showers: Showers) -> tuple[str, ...]:
    """Return the names of the targets that a regressor learns from these showers.

    They are momentum and entry point, as far as these differ. If none does, as in a beam of one momentum at one point,
    they are total energy and centre of energy of the image.

    Raises:
        UserError: the images do not differ either.
    """
    for names in (TARGETS, IMAGE_TARGETS):
        spread = varies(targets_of(showers, names))
        if spread.any():
            return tuple(name for name, has in zip(names, spread, strict=True) if has)
    raise UserError(
        f"all {len(showers)} training showers are of one momentum, one entry point, one energy and one centre: "
        "there is nothing to learn. Give showers that differ"
    )


def targets_of(showers: Showers, names: Sequence[str] = TARGETS) -> np.ndarray:
    """Return targets by name, shape (n, number of names), float32.

    px, py, pz [GeV], x, y [cm]; ln(1 + E / MeV) of the total energy E; the centre of energy [cm], that of the image
    if the image is empty.
    """
    columns = dict(zip(TARGETS, showers.conditions.as_array.T, strict=True))
    if not columns.keys() >= set(names):
        total = showers.energy.sum(axis=(1, 2), dtype=np.float64)
        centre = np.nan_to_num(energy_centre(showers.energy))
        columns |= dict(zip(IMAGE_TARGETS, (np.log1p(total), *centre.T), strict=True))
    return np.stack([columns[name] for name in names], axis=1).astype(np.float32)


def r2(predicted: Tensor, true: Tensor) -> Tensor:
    """Return the coefficient of determination of each column, shape (columns,); NaN of a column without spread."""
    residual = ((true - predicted) ** 2).sum(0)
    total = ((true - true.mean(0)) ** 2).sum(0)
    return (1 - residual / total).where(total > 0, torch.nan)
