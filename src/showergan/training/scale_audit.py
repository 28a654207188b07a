"""How far a change of the discriminator's scale changes the direction in which RMSprop moves it.

RMSprop divides each gradient by its running size, so a factor in front of a loss that is linear in f is a no-op up to
eps. This trains the discriminator alone, with the generator as it starts, with and without a change.
"""

import pandas as pd
import torch
from torch import Tensor, nn

from showergan.config import Composition
from showergan.constraints.layers import normalised_layers, trained_weight
from showergan.recipes import AuditRecipe, TrainingRecipe
from showergan.training.loop import Trainer

N_STEPS, EVERY = 150, 10

SN = {"kind": "spectral_norm"}
DETACHED = {"kind": "spectral_norm", "sigma_gradient": "detached"}

# change: what is trained without it, and with it
CHANGES: dict[str, tuple[dict, dict]] = {
    "SN: output times 4": (
        {"normaliser": SN},
        {"normaliser": SN, "multiplier": {"kind": "constant", "value": 4}},
    ),
    "SN: one trained coefficient": (
        {"normaliser": SN},
        {"normaliser": SN, "multiplier": {"kind": "trainable"}},
    ),
    "plain to SN, sigma detached": ({}, {"normaliser": DETACHED}),
    "plain to SN, sigma attached": ({}, {"normaliser": SN}),
}


def scale_audit(
    images: Tensor,
    conditions: Tensor,
    recipe: AuditRecipe,
    n_steps: int = N_STEPS,
    every: int = EVERY,
) -> pd.DataFrame:
    """Return the agreement of the total movement of all trained weights with and without each change.

    Args:
        images: log1p training images, shape (n, 1, 30, 30).
        conditions: shape (n, 7).
        recipe: seed, sizes and learning rates.
        n_steps: discriminator steps.
        every: steps between rows.

    Returns:
        The columns change, step, cosine (between the two movements since the start) and relative_difference (norm of
        their difference over the norm of the movement without the change).
    """
    rows = []
    for change, compositions in CHANGES.items():
        trainers = [
            Trainer(images, conditions, training_recipe(recipe, composition))
            for composition in compositions
        ]
        starts = [weights(t.discriminator) for t in trainers]
        for step in range(1, n_steps + 1):
            for trainer in trainers:
                trainer.discriminator_step()
            if step % every == 0:
                plain, changed = (
                    weights(t.discriminator) - start
                    for t, start in zip(trainers, starts, strict=True)
                )
                rows.append(
                    {
                        "change": change,
                        "step": step,
                        "cosine": torch.cosine_similarity(plain, changed, dim=0).item(),
                        "relative_difference": ((changed - plain).norm() / plain.norm()).item(),
                    }
                )
    return pd.DataFrame(rows)


def training_recipe(recipe: AuditRecipe, composition: dict) -> TrainingRecipe:
    """Return the recipe of a training of this composition; the discriminator alone is trained, step by step."""
    return TrainingRecipe(
        **dict(recipe),
        method=Composition.model_validate(composition),
        epochs=1,
        n_critic=1,
        evaluated_epochs=(1,),
        record_every=1,
    )


def weights(discriminator: nn.Module) -> Tensor:
    """Return all trained weights and biases of the layers as one vector."""
    layers = normalised_layers(discriminator).values()
    parts = [p for layer in layers for p in (trained_weight(layer), layer.bias)]
    return torch.cat([p.detach().flatten() for p in parts])  # type: ignore[operator]
