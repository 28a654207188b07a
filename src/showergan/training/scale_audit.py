"""Audit of the discriminator's scale: the effect of changing it on the direction in which RMSprop moves the weights.

RMSprop divides each gradient by its running size, so a factor in front of a loss that is linear in f is a no-op up to
eps. This trains the discriminator alone, with the generator as it starts, with and without a change.
"""

import pandas as pd
import torch
from torch import Tensor, nn

from showergan.config.methods import Composition
from showergan.config.optimisers import RMSprop
from showergan.config.recipes.training import Audit, Train
from showergan.methods.layers import trained_weight, weight_layers
from showergan.training.loop import Trainer

N_STEPS, EVERY = 150, 10

SN = {"kind": "spectral_norm"}

COMPOSITIONS: dict[str, dict] = {
    "plain": {},
    "SN": {"normaliser": SN},
    "SN, detached": {"normaliser": SN | {"sigma_gradient": "detached"}},
    "SN times 4": {"normaliser": SN, "multiplier": {"kind": "constant", "value": 4}},
    "SN times coefficient": {"normaliser": SN, "multiplier": {"kind": "trainable"}},
}

# change: what is trained without it, and with it
CHANGES = {
    "SN: output times 4": ("SN", "SN times 4"),
    "SN: one trained coefficient": ("SN", "SN times coefficient"),
    "plain to SN, sigma detached": ("plain", "SN, detached"),
    "plain to SN, sigma attached": ("plain", "SN"),
}


def scale_audit(
    samples: Tensor,
    conditions: Tensor,
    recipe: Audit,
    n_steps: int = N_STEPS,
    every: int = EVERY,
) -> pd.DataFrame:
    """Return the agreement of the total movement of all trained weights with and without each change.

    There is a row after every `every` of `n_steps` discriminator steps; samples are (n, ...), conditions (n, c).

    Returns:
        The columns change, step, cosine (between the two movements since the start) and relative_difference (norm of
        their difference over the norm of the movement without the change).
    """
    steps = range(every, n_steps + 1, every)
    moved = {
        name: _movements(Trainer(samples, conditions, training_recipe(recipe, composition)), steps)
        for name, composition in COMPOSITIONS.items()
    }
    rows = [
        {
            "change": change,
            "step": step,
            "cosine": torch.cosine_similarity(plain, changed, dim=0).item(),
            "relative_difference": ((changed - plain).norm() / plain.norm()).item(),
        }
        for change, (without, with_it) in CHANGES.items()
        for step, plain, changed in zip(steps, moved[without], moved[with_it], strict=True)
    ]
    return pd.DataFrame(rows)


def _movements(trainer: Trainer, steps: range) -> list[Tensor]:
    """Return the difference of the discriminator's weights from their start after each of `steps`."""
    start, movements = weights(trainer.discriminator), []
    for _ in steps:
        for _ in range(steps.step):
            trainer.discriminator_step()
        movements.append(weights(trainer.discriminator) - start)
    return movements


def training_recipe(recipe: Audit, composition: dict) -> Train:
    """Return the recipe of a training of this composition; the discriminator alone is trained, step by step."""
    return Train(
        **dict(recipe),
        optimiser=RMSprop(),
        method=Composition.model_validate(composition),
        epochs=1,
        n_critic=1,
        evaluated_epochs=(1,),
        record_every=1,
    )


def weights(discriminator: nn.Module) -> Tensor:
    """Return all trained weights and biases of the layers as one vector."""
    layers = weight_layers(discriminator).values()
    parts = [p for layer in layers for p in (trained_weight(layer), layer.bias) if p is not None]
    return torch.cat([p.detach().flatten() for p in parts])
