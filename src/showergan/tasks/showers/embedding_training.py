"""The training of the embedding regressor."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import pandas as pd
import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits, mse_loss

from showergan.config.tasks.showers import Embedding
from showergan.errors import UserError
from showergan.metrics.samples import varies
from showergan.tasks.showers.embedding import IMAGE_TARGETS, TARGETS, EmbeddingRegressor, predict
from showergan.tasks.showers.energy_centre import energy_centre
from showergan.tasks.showers.sample import Showers
from showergan.training.checkpoint import Checkpoints
from showergan.training.early_stopping import Fit, held_out_and_fitted, n_held_out_of, train

PHOTON = 22


def train_embedding(
    showers: Showers,
    recipe: Embedding,
    device: torch.device,
    on_epoch: Callable[[int, float], None] | None = None,
    checkpoints: Checkpoints | None = None,
) -> tuple[EmbeddingRegressor, Fit]:
    """Fit momentum, entry point and, where known, particle; stop when the held-out R^2 no longer rises.

    Targets without spread teach nothing and are left out, see `targets_with_spread`.

    Args:
        showers: the training split.
        recipe: sizes, rates and seed.
        device: where to train.
        on_epoch: called with (epoch, held-out R^2 averaged over the targets).
        checkpoints: where it goes on from, and leaves its state.

    Returns:
        The regressor at its best epoch, in evaluation mode, and how the training went.

    Raises:
        UserError: fewer showers than one batch and its held-out part need, all showers are the same, or it ends
            without a held-out R^2.
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
    names = targets_with_spread(showers)
    targets = torch.from_numpy(targets_of(showers, names)).to(device)
    photon = None if showers.pdg is None else torch.from_numpy(showers.pdg == PHOTON).to(device)

    regressor = EmbeddingRegressor(recipe.view, names)
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
        return float(r2(predict(regressor, images[held_out])[1], targets[held_out]).nanmean())

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


def targets_with_spread(showers: Showers) -> tuple[str, ...]:
    """Return the names of the targets that a regressor learns from these showers.

    They are momentum and entry point, as far as these differ. Where none does, as of a beam of one momentum at one
    point, they are what the images themselves sum up: their total energy and its centre.

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
    where it is empty.
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


def prediction_table(
    predicted: np.ndarray, true: np.ndarray, names: Sequence[str] = TARGETS
) -> pd.DataFrame:
    """Return one row per shower and target: target, true, predicted; each array is of shape (n, number of names)."""
    return pd.concat(
        [
            pd.DataFrame({"target": name, "true": true[:, i], "predicted": predicted[:, i]})
            for i, name in enumerate(names)
        ],
        ignore_index=True,
    )
