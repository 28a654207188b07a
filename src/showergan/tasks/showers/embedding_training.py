"""The training of the embedding regressor."""

from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd
import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits, mse_loss

from showergan.errors import UserError
from showergan.tasks.showers.embedding import TARGETS, EmbeddingRegressor, predict
from showergan.tasks.showers.embedding_recipe import Embedding
from showergan.tasks.showers.sample import Showers
from showergan.training import Checkpoints
from showergan.training.early_stopping import (
    Fit,
    held_out_and_fitted,
    n_held_out_of,
    train,
)

PHOTON = 22


def train_embedding(
    showers: Showers,
    recipe: Embedding,
    device: torch.device,
    on_epoch: Callable[[int, float], None] | None = None,
    checkpoints: Checkpoints | None = None,
) -> tuple[EmbeddingRegressor, Fit]:
    """Fit momentum, entry point and, where known, particle; stop when the held-out R^2 no longer rises.

    Args:
        showers: the training split.
        recipe: sizes, rates and seed.
        device: where to train.
        on_epoch: called with (epoch, held-out R^2 averaged over the targets).
        checkpoints: where it goes on from, and leaves its state.

    Returns:
        The regressor at its best epoch, in evaluation mode, and how the training went.

    Raises:
        UserError: fewer showers than one batch and its held-out part need.
    """
    n_held_out = n_held_out_of(len(showers), fewest=2)
    n_fitted = len(showers) - n_held_out
    if n_fitted < recipe.batch_size:
        raise UserError(
            f"embedding.batch_size = {recipe.batch_size} is larger than the {n_fitted} showers it may "
            "be fitted to: choose a smaller batch or give more showers"
        )
    with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
        torch.manual_seed(recipe.seed)
        # The dropout of the training draws from the global generator, so all of it runs in here.
        return _fit(showers, n_held_out, recipe, device, on_epoch, checkpoints)


def _fit(
    showers: Showers,
    n_held_out: int,
    recipe: Embedding,
    device: torch.device,
    on_epoch: Callable[[int, float], None] | None,
    checkpoints: Checkpoints | None,
) -> tuple[EmbeddingRegressor, Fit]:
    held_out, fitted = held_out_and_fitted(len(showers), n_held_out, device)
    images = torch.from_numpy(showers.energy).unsqueeze(1).to(device)
    targets = torch.from_numpy(targets_of(showers)).to(device)
    photon = None if showers.pdg is None else torch.from_numpy(showers.pdg == PHOTON).to(device)

    regressor = EmbeddingRegressor(recipe.view)
    regressor.target_mean.copy_(targets[fitted].mean(0))
    regressor.target_sd.copy_(targets[fitted].std(0))
    regressor.to(device)
    standardised = (targets - regressor.target_mean) / regressor.target_sd

    def losses() -> Iterator[Tensor]:
        shuffled = fitted[torch.randperm(len(fitted), device=device)]
        for index in shuffled.split(recipe.batch_size):
            if len(index) < recipe.batch_size:
                continue
            prediction = regressor(images[index])
            loss = mse_loss(prediction.targets, standardised[index])
            if photon is not None:
                loss = loss + binary_cross_entropy_with_logits(
                    prediction.particle, photon[index].float()
                )
            yield loss

    def score() -> float:
        return float(r2(predict(regressor, images[held_out])[1], targets[held_out]).mean())

    stopped = train(
        regressor,
        losses,
        score,
        on_epoch,
        epochs=recipe.epochs,
        patience=recipe.patience,
        learning_rate=recipe.learning_rate,
        checkpoints=checkpoints,
    )
    return regressor, Fit(len(fitted), n_held_out, *stopped)


def targets_of(showers: Showers) -> np.ndarray:
    """Return px, py, pz [GeV], x, y [cm], shape (n, 5), float32."""
    return np.concatenate([showers.momentum, showers.point], axis=1).astype(np.float32)


def r2(predicted: Tensor, true: Tensor) -> Tensor:
    """Return the coefficient of determination of each column, shape (columns,)."""
    residual = ((true - predicted) ** 2).sum(0)
    return 1 - residual / ((true - true.mean(0)) ** 2).sum(0)


def prediction_table(predicted: np.ndarray, true: np.ndarray) -> pd.DataFrame:
    """Return one row per shower and target: target, true, predicted; each array is of shape (n, 5)."""
    return pd.concat(
        [
            pd.DataFrame({"target": name, "true": true[:, i], "predicted": predicted[:, i]})
            for i, name in enumerate(TARGETS)
        ],
        ignore_index=True,
    )
