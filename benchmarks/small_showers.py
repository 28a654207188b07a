"""Showers and networks without a training, for benchmarks in which their sizes are what counts."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from showergan.cli.step import run as run_step
from showergan.config.methods import Composition, LearningRates
from showergan.config.networks import ShowerDiscriminator, ShowerGenerator
from showergan.config.recipes.data import Preprocess, Simulate
from showergan.config.recipes.training import Train
from showergan.evaluation.generator import conditions_of, description_of, save_generator
from showergan.networks.base import build, state_of
from showergan.tasks.found import TASKS
from showergan.tasks.showers import calorimeter, gflash
from showergan.tasks.showers.conditions import Conditioning
from showergan.tasks.showers.embedding import EmbeddingRegressor, save_embedding
from showergan.training.loop import Trainer

SHAPE, CONDITIONS = (1, 30, 30), 7
METHODS = {
    "plain": {},
    "SN": {"normaliser": {"kind": "spectral_norm"}},
    "gradient penalty": {"penalty": {"kind": "gradient"}},
}


def data_set(folder: Path, showers: int) -> Path:
    """Simulate so many, of which a quarter is the test split; return the data set."""
    source, data = folder / "showers.npz", folder / "showers.h5"
    run_step(Simulate(n_showers=showers), out=source)
    run_step(Preprocess(), source=source, out=data)
    source.unlink()
    return data


def embedding(path: Path) -> Path:
    """Save an embedding; return its path."""
    torch.manual_seed(0)
    save_embedding(EmbeddingRegressor(), path)
    return path


def generator(path: Path, epochs: Sequence[int] = (1,)) -> Path:
    """Save the published generator, kept at some epochs; return its path."""
    torch.manual_seed(0)
    [seen] = gflash.simulate(calorimeter.CHUNK, seed=1)
    task, network = TASKS["showers"], ShowerGenerator()
    description = description_of(task)(
        network=network,
        conditions=conditions_of(task, seen.conditions.as_array),
        conditioning=Conditioning(),
        average=None,
        provenance={},
    )
    states = {epoch: state_of(build(network, SHAPE, CONDITIONS)) for epoch in epochs}
    save_generator(description, states, path)
    return path


def trainer(
    method: str, showers: int, batch_size: int, device: str | torch.device = "cpu", **changes: Any
) -> Trainer:
    """Return a training of the published networks on noise, one epoch of it unless changes to the recipe say more."""
    torch.manual_seed(0)
    recipe = Train(
        seed=1,
        generator=ShowerGenerator(),
        discriminator=ShowerDiscriminator(),
        learning_rates=LearningRates(generator=1e-3, discriminator=1e-3),
        method=Composition.model_validate(METHODS[method]),
        batch_size=batch_size,
        **{"epochs": 1, "evaluated_epochs": (1,)} | changes,
    )
    samples, conditions = (
        torch.rand(showers, *shape, device=device) for shape in (SHAPE, (CONDITIONS,))
    )
    return Trainer(samples, conditions, recipe)
