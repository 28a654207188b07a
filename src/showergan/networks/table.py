"""The networks of a GAN, layer by layer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import torch

from showergan.networks.description import describe

if TYPE_CHECKING:
    from showergan.networks.base import DiscriminatorNetwork, GeneratorNetwork, Shape


def architectures(
    generator: GeneratorNetwork,
    discriminator: DiscriminatorNetwork,
    sample_shape: Shape,
    n_conditions: int,
    further: dict[str, list[dict[str, Any]]],
) -> pd.DataFrame:
    """Return the layers of generator, discriminator and further networks.

    Args:
        generator: noise and conditions to samples.
        discriminator: samples and conditions to scores.
        sample_shape: of one sample, without the batch.
        n_conditions: numbers that a sample is conditioned on.
        further: what `describe` returns of other networks, by name.

    Returns:
        Columns network, order (from 0), layer, kind, takes, shape and parameters, see `describe`.
    """
    noise, sample = torch.zeros(2, generator.noise_size), torch.zeros(2, *sample_shape)
    condition = {"condition": torch.zeros(2, n_conditions)}
    sizes = sample_shape, n_conditions
    layers = {
        "generator": describe(generator.build(*sizes), noise=noise, **condition),
        "discriminator": describe(
            discriminator.build(*sizes), **{_name(sample_shape): sample}, **condition
        ),
        **further,
    }
    return pd.DataFrame(
        {"network": network, "order": order, **row}
        for network, rows in layers.items()
        for order, row in enumerate(rows)
        if row["shape"] != "0"  # conditions where there are none
    ).rename(columns={"name": "layer"})


def _name(sample_shape: Shape) -> str:
    return "image" if len(sample_shape) == 3 else "sample"
