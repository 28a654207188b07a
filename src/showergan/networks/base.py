"""What a network is: an architecture, its parameters, and how data passes it."""

from __future__ import annotations

from abc import abstractmethod
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field
from torch import Tensor, nn

from showergan.config.kinds import Kind
from showergan.networks.built import Discriminator, Generator

Shape = tuple[int, ...]

# Sizes of networks, also those that a file tells of, which is not to take all memory or for ever.
Units = Annotated[int, Field(gt=0, le=2**14)]
Layers = Annotated[int, Field(gt=0, le=1000)]

NoiseDistribution = Annotated[
    Literal["uniform", "normal"], Field(description="uniform: on [-1, 1]; normal: standard")
]
NoiseSize = Annotated[Units, Field(description="numbers of noise per sample")]


class Network(Kind):
    """An architecture and its parameters; what is trained lives in the module that `build` returns."""

    only_shape: ClassVar[Shape | None] = None  # of the samples that it is made for; None: any

    @property
    def name(self) -> str:
        """Name of the network in paths and tables, of letters, digits and _."""
        return self.kind

    @abstractmethod
    def layers(self, sample_shape: Shape, n_conditions: int) -> dict[str, nn.Module]:
        """Return new layers by name, in the order in which data passes them.

        Args:
            sample_shape: of one sample, without the batch.
            n_conditions: numbers that a sample is conditioned on; 0 for none.
        """

    @abstractmethod
    def forward(self, layers: Any, first: Tensor, condition: Tensor) -> Tensor:
        """Pass data through the layers.

        Args:
            layers: the module that holds those of `layers` under their names.
            first: noise or samples.
            condition: shape (n, c).
        """


class GeneratorNetwork(Network):
    """Noise and conditions to samples."""

    noise: NoiseDistribution
    noise_size: NoiseSize

    def build(self, sample_shape: Shape, n_conditions: int) -> Generator:
        """Return a new generator; its first weights come from PyTorch's global random generator.

        Args:
            sample_shape: of one sample, without the batch.
            n_conditions: numbers that a sample is conditioned on; 0 for none.

        Raises:
            UserError: the network makes no samples of this shape.
        """
        return Generator(self, sample_shape, n_conditions)


class DiscriminatorNetwork(Network):
    """Samples and conditions to scores; a network that can normalise says how in a field `normalisation`."""

    @property
    def mixes_samples(self) -> bool:
        """Whether the score of a sample depends on the others of its batch, as BatchNorm makes it."""
        return getattr(self, "normalisation", None) == "batch"

    def in_place_of_batch_norm(self, normalisation: Literal["layer", "none"] | None) -> Self:
        """Return the network with another normalisation where it has BatchNorm; None leaves it as it is."""
        if normalisation is None or not self.mixes_samples:
            return self
        return self.model_copy(update={"normalisation": normalisation})

    def build(self, sample_shape: Shape, n_conditions: int) -> Discriminator:
        """Return a new discriminator, as `GeneratorNetwork.build` does a generator."""
        return Discriminator(self, sample_shape, n_conditions)
