"""The networks of this task, layer by layer."""

import pandas as pd
import torch

from showergan.networks import DiscriminatorNetwork, GeneratorNetwork
from showergan.networks.modules import describe
from showergan.tasks.showers.conditions import N_CONDITIONS
from showergan.tasks.showers.embedding import EmbeddingRegressor
from showergan.tasks.showers.tensors import SAMPLE_SHAPE


def architectures(generator: GeneratorNetwork, discriminator: DiscriminatorNetwork) -> pd.DataFrame:
    """Return the layers of generator, discriminator and embedding network.

    Returns:
        Columns network, order (from 0), layer, kind, takes, shape and parameters, see `describe`.
    """
    image, condition = torch.zeros(2, *SAMPLE_SHAPE), torch.zeros(2, N_CONDITIONS)
    noise = torch.zeros(2, generator.noise_size)
    layers = {
        "generator": describe(
            generator.build(SAMPLE_SHAPE, N_CONDITIONS), noise=noise, condition=condition
        ),
        "discriminator": describe(
            discriminator.build(SAMPLE_SHAPE, N_CONDITIONS), image=image, condition=condition
        ),
        "embedding": describe(EmbeddingRegressor(), energy=image),
    }
    return pd.DataFrame(
        {"network": network, "order": order, **row}
        for network, rows in layers.items()
        for order, row in enumerate(rows)
    ).rename(columns={"name": "layer"})
