"""Discriminators trained to near their best while the generator stays fixed (Gulrajani et al. 2017, figure 1).

The fixed generator makes real points with Gaussian noise of unit variance, so what a constraint does to a discriminator
shows by itself. Networks, losses, constraints and steps are those of any training.
"""

from typing import NamedTuple

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from showergan.config.methods import Composition, LearningRates
from showergan.config.networks import PerceptronDiscriminator, PerceptronGenerator
from showergan.config.optimisers import Adam, RMSprop
from showergan.config.recipes.training import Train
from showergan.methods.layers import trained_weight, weight_layers
from showergan.tasks.toys.points import DISTRIBUTIONS
from showergan.training.loop import Trainer

EDGE, GRID = 3.0, 128  # values on [-3, 3]^2
BINS = 100  # of a histogram of weights
N_POINTS = 8192


def clipped(bound: float) -> dict:
    """Return weight clipping to [-bound, bound]."""
    return {"normaliser": {"kind": "weight_clipping", "bound": bound}}


PENALTY = {"penalty": {"kind": "gradient", "weight": 0.1}}
SURFACES = {
    "clipping": clipped(0.01),  # the published bound
    "gradient_penalty": PENALTY,
    "sn": {"normaliser": {"kind": "spectral_norm"}},
}
DEEP = {f"clipping {c:g}": clipped(c) for c in (0.001, 0.01, 0.1)} | {"gradient_penalty": PENALTY}
DEEP_LAYERS, DEEP_SOURCE = 12, "swiss_roll"


class NoisyPoints(nn.Module):
    """A generator that makes points of a data set with noise N(0, 1) on both coordinates, and never learns."""

    def __init__(self, points: Tensor) -> None:
        super().__init__()
        self.points = points

    def draw_noise(self, n: int, random: torch.Generator) -> Tensor:
        """Return n points drawn at random, with noise, shape (n, 2)."""
        chosen = torch.randint(len(self.points), (n,), generator=random)
        return self.points[chosen] + torch.randn(n, 2, generator=random)

    def forward(self, noise: Tensor, condition: Tensor) -> Tensor:
        """Return the noise, which is the points."""
        return noise


class Sizes(NamedTuple):
    """Units of each hidden layer, hidden layers, steps, points of each kind in a step, and seed of a training."""

    width: int
    depth: int
    steps: int
    batch_size: int
    seed: int


def trained(source: str, composition: dict, sizes: Sizes) -> Trainer:
    """Return a training whose discriminator alone was moved, against points of a distribution with noise.

    Clipping goes with RMSprop at 1e-4, the others with Adam at 1e-3 and betas 0.5 and 0.9.
    """
    random = np.random.default_rng(sizes.seed)
    points = torch.from_numpy(DISTRIBUTIONS[source].sample(N_POINTS, random))
    method = Composition.model_validate(composition)
    clips = method.normaliser is not None and method.normaliser.kind == "weight_clipping"
    rate = 1e-4 if clips else 1e-3
    recipe = Train(
        generator=PerceptronGenerator(width=1, depth=1),  # gives way to the fixed one
        discriminator=PerceptronDiscriminator(width=sizes.width, depth=sizes.depth),
        optimiser=RMSprop() if clips else Adam(betas=(0.5, 0.9)),
        learning_rates=LearningRates(generator=rate, discriminator=rate),
        method=method,
        batch_size=sizes.batch_size,
        seed=sizes.seed,
        epochs=1,
        evaluated_epochs=(1,),
    )
    trainer = Trainer(points, points.new_empty(len(points), 0), recipe)
    trainer.generator = NoisyPoints(points)  # type: ignore[assignment]
    for _ in range(sizes.steps):
        trainer.discriminator_step()
    return trainer


def value_surfaces(sizes: Sizes) -> dict[str, NDArray[np.float32]]:
    """Return the scores of discriminators on a grid.

    Returns:
        values, shape (3 distributions, 3 constraints, 128 in y, 128 in x), points of each distribution, shape
        (3, 500, 2), and the names of both, sources and constraints.
    """
    axis = torch.linspace(-EDGE, EDGE, GRID)
    y, x = torch.meshgrid(axis, axis, indexing="ij")
    places = torch.stack([x.flatten(), y.flatten()], dim=1)
    values, points = [], []
    for source in DISTRIBUTIONS:
        for composition in SURFACES.values():
            trainer = trained(source, composition, sizes)
            trainer.discriminator.eval()  # a figure is no step of training: SN stays as trained
            with torch.no_grad():
                scores = trainer.discriminator(places, places.new_empty(len(places), 0))
            values.append(scores.view(GRID, GRID).numpy())
        points.append(trainer.samples[:500].numpy())
    return {
        "values": np.stack(values).reshape(len(DISTRIBUTIONS), len(SURFACES), GRID, GRID),
        "points": np.stack(points),
        "sources": np.array(list(DISTRIBUTIONS)),
        "constraints": np.array(list(SURFACES)),
    }


def deep_discriminators(sizes: Sizes) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the gradients that reach the layers of deep discriminators, and how their weights are distributed.

    Returns:
        A row per constraint and hidden layer, from 1: norm, of the gradient of the loss (without penalties) with
        respect to the layer's activations of a batch of real and fake points, and log10_norm. A row per constraint and
        bin: the edges left and right, and share, of all weights of its layers.
    """
    gradients, weights = [], []
    for name, composition in DEEP.items():
        trainer = trained(DEEP_SOURCE, composition, sizes)
        for layer, norm in enumerate(gradient_norms(trainer), start=1):
            log10 = float(np.log10(norm)) if norm > 0 else -np.inf
            row = {"constraint": name, "layer": layer, "norm": norm, "log10_norm": log10}
            gradients.append(row)
        layers = weight_layers(trainer.discriminator).values()
        flat = torch.cat([trained_weight(layer).detach().flatten() for layer in layers]).numpy()
        counts, edges = np.histogram(flat, BINS)
        bins = {"left": edges[:-1], "right": edges[1:], "share": counts / len(flat)}
        weights.append(pd.DataFrame({"constraint": name, **bins}))
    return pd.DataFrame(gradients), pd.concat(weights, ignore_index=True)


def gradient_norms(trainer: Trainer) -> list[float]:
    """Return |d loss / d activations| of each hidden layer, from the first, on the training's first batch of points."""
    n = trainer.recipe.batch_size
    real = trainer.samples[:n]
    fake = trainer.generator(trainer.generator.draw_noise(n, trainer.noise), trainer.conditions[:n])
    activations: list[Tensor] = []
    hooks = [
        module.register_forward_hook(lambda _, __, output: activations.append(output))
        for module in trainer.discriminator.modules()
        if isinstance(module, nn.ReLU)
    ]
    scores = trainer.discriminator(torch.cat([real, fake]), trainer.conditions[: 2 * n])
    for hook in hooks:
        hook.remove()
    loss = trainer.loss.discriminator(*scores.chunk(2))
    return [gradient.norm().item() for gradient in torch.autograd.grad(loss, activations)]
