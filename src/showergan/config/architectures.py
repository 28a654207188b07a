"""The architectures to compare: named one by one, or drawn at random."""

import random
from typing import Annotated, Any

from pydantic import Field

from showergan.config import networks
from showergan.config.kinds import one_of
from showergan.config.section import Count, Line, Section, Seed


class Networks(Section):
    """The two networks of a GAN."""

    generator: one_of(networks.GeneratorNetwork) = Field(  # type: ignore[valid-type]
        networks.ShowerGenerator(), description="from noise and conditions to samples"
    )
    discriminator: one_of(networks.DiscriminatorNetwork) = Field(  # type: ignore[valid-type]
        networks.ShowerDiscriminator(), description="from samples and conditions to scores"
    )


class Architecture(Networks):
    """Two networks and their name."""

    label: Line = Field(description="name in figures and tables")


# Of each network (Gulrajani et al. 2017, section 5.1).
_NONLINEARITIES = ("relu", "leaky_relu", "softplus", "tanh")
_IN_WORDS = {"relu": "ReLU", "leaky_relu": "LeakyReLU", "softplus": "softplus", "tanh": "tanh"}


class RandomArchitectures(Section):
    """Convolutional architectures drawn uniformly, each choice by itself (Gulrajani et al. 2017, section 5.1).

    Of generator and discriminator each: nonlinearity among ReLU, LeakyReLU, softplus(2x + 2)/2 - 1 and tanh, depth,
    filters, and BatchNorm or none. A method's `normalisation` stands in place of the discriminator's BatchNorm.
    """

    number: Count = Field(description="architectures to draw")
    seed: Seed = Field(description="random seed")
    depths: Annotated[tuple[Count, ...], Field(min_length=1)] = Field(
        (4, 8, 12, 20), description="layers with weights, to draw from"
    )
    filters: Annotated[tuple[Count, ...], Field(min_length=1)] = Field(
        (32, 64, 128), description="filters nearest the image, to draw from"
    )

    def draw(self) -> dict[str, Architecture]:
        """Return the architectures by name; more of them leave the first ones as they are."""
        # `random.random` gives the same numbers in every version of Python.
        draws = random.Random(self.seed)

        def one(choices: tuple[Any, ...]) -> Any:
            return choices[int(draws.random() * len(choices))]

        def network() -> dict[str, Any]:
            return {
                "nonlinearity": one(_NONLINEARITIES),
                "depth": one(self.depths),
                "filters": one(self.filters),
                "normalisation": one(("batch", "none")),
            }

        found = {}
        for number in range(1, self.number + 1):
            generator, discriminator = network(), network()
            found[f"random_{number:03}"] = Architecture(
                label=f"G {_summary(generator)}; D {_summary(discriminator)}",
                generator=networks.ConvolutionalGenerator(**generator),
                discriminator=networks.ConvolutionalDiscriminator(**discriminator),
            )
        return found


def _summary(network: dict[str, Any]) -> str:
    norm = " BN" * (network["normalisation"] == "batch")
    return f"{_IN_WORDS[network['nonlinearity']]} {network['depth']} x {network['filters']}{norm}"
