"""Parameters of the networks, from which `networks.base.build` makes modules of PyTorch."""

from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field

from showergan.config.kinds import Kind, import_installed

Shape = tuple[int, ...]  # of one sample, without the batch

# Bounds on sizes, also of networks that a file describes: none may take all memory or for ever.
Units = Annotated[int, Field(gt=0, le=2**14)]
Layers = Annotated[int, Field(gt=0, le=1000)]

NoiseDistribution = Annotated[
    Literal["uniform", "normal"], Field(description="uniform: on [-1, 1]; normal: standard")
]
NoiseSize = Annotated[Units, Field(description="numbers of noise per sample")]


class Network(Kind):
    """An architecture and its parameters; the implementation is a `networks.base.NetworkModule`."""

    @property
    def name(self) -> str:
        """Name of the network in paths and tables, of letters, digits and _."""
        return self.kind


class GeneratorNetwork(Network):
    """Noise and conditions to samples."""

    noise: NoiseDistribution = "normal"
    noise_size: NoiseSize = 128


class DiscriminatorNetwork(Network):
    """Samples and conditions to scores; a network with normalisation layers has a field `normalisation`."""

    @property
    def mixes_samples(self) -> bool:
        """True if the score of a sample depends on the other samples of its batch, as with BatchNorm."""
        return getattr(self, "normalisation", None) == "batch"

    def in_place_of_batch_norm(self, normalisation: Literal["layer", "none"] | None) -> Self:
        """Return the network with another normalisation where it has BatchNorm; None leaves it as it is."""
        if normalisation is None or not self.mixes_samples:
            return self
        return self.model_copy(update={"normalisation": normalisation})


class ShowerGenerator(GeneratorNetwork):
    """Noise and conditions to a log1p image (Egorov & Rogachev 2023, figure 7; 162 321 parameters)."""

    implementation: ClassVar[str] = "showergan.networks.shower:ShowerGenerator"
    kind: Literal["shower_generator"] = "shower_generator"
    noise: NoiseDistribution = "uniform"
    noise_size: NoiseSize = 50


class ShowerDiscriminator(DiscriminatorNetwork):
    """A log1p image and its conditions to a score (Egorov & Rogachev 2023, figure 8)."""

    implementation: ClassVar[str] = "showergan.networks.shower:ShowerDiscriminator"
    kind: Literal["shower_discriminator"] = "shower_discriminator"
    size: Literal["standard", "small"] = Field(
        "standard", description="406 849 or 107 969 parameters"
    )

    @property
    def name(self) -> str:
        """The size: the networks of the published tables differ in it."""
        return self.size


Width = Annotated[Units, Field(description="units of each hidden layer")]
HiddenLayers = Annotated[Layers, Field(description="hidden layers")]


class PerceptronGenerator(GeneratorNetwork):
    """Noise and conditions through hidden layers of ReLU units to samples of any shape."""

    implementation: ClassVar[str] = "showergan.networks.perceptron:PerceptronGenerator"
    kind: Literal["perceptron"] = "perceptron"
    noise_size: NoiseSize = 2
    width: Width = 512
    depth: HiddenLayers = 3
    output: Literal["linear", "tanh"] = Field(
        "linear", description="linear: any number; tanh: of images, in [-1, 1]"
    )


class PerceptronDiscriminator(DiscriminatorNetwork):
    """Samples of any shape and their conditions through hidden layers of ReLU units to a score."""

    implementation: ClassVar[str] = "showergan.networks.perceptron:PerceptronDiscriminator"
    kind: Literal["perceptron"] = "perceptron"
    width: Width = 512
    depth: HiddenLayers = 3

    @property
    def name(self) -> str:
        """Depth and width, for example `perceptron_3x512`."""
        return f"{self.kind}_{self.depth}x{self.width}"


Nonlinearity = Literal["relu", "leaky_relu", "tanh", "softplus", "gated"]
Normalisation = Literal["batch", "layer", "none"]
GeneratorNormalisation = Literal["batch", "none"]
Filters = Annotated[
    Units, Field(description="filters of the layers nearest the image, doubled where it halves")
]
Depth = Annotated[
    Layers | None,
    Field(
        description="layers with weights: one more than the changes of scale and, in between, convolutions that "
        "keep it; null: as few as there can be"
    ),
]


class ConvolutionalGenerator(GeneratorNetwork):
    """Noise and conditions through a linear layer and transposed convolutions to images in [-1, 1]."""

    implementation: ClassVar[str] = "showergan.networks.convolutional:ConvolutionalGenerator"
    kind: Literal["convolutional"] = "convolutional"
    filters: Filters = 64
    constant_filters: bool = Field(False, description="the same number in all layers")
    depth: Depth = None
    nonlinearity: Nonlinearity = Field(
        "relu", description="after every layer but the last; gated: tanh(a) sigmoid(b)"
    )
    normalisation: GeneratorNormalisation = Field("batch", description="BatchNorm, or none")


class ConvolutionalDiscriminator(DiscriminatorNetwork):
    """Images and their conditions through convolutions with stride and a linear layer to a score.

    Each condition is one more channel of the image, the same number everywhere, so that all layers see it.
    """

    implementation: ClassVar[str] = "showergan.networks.convolutional:ConvolutionalDiscriminator"
    kind: Literal["convolutional"] = "convolutional"
    filters: Filters = 64
    depth: Depth = None
    nonlinearity: Nonlinearity = Field(
        "leaky_relu", description="after every layer but the last; gated: tanh(a) sigmoid(b)"
    )
    normalisation: Normalisation = Field(
        "batch", description="BatchNorm; layer: LayerNorm, as with a gradient penalty; or none"
    )


class ResidualGenerator(GeneratorNetwork):
    """Noise and conditions through a linear layer, 33 residual blocks and a convolution to images in [-1, 1]."""

    implementation: ClassVar[str] = "showergan.networks.residual:ResidualGenerator"
    kind: Literal["residual"] = "residual"
    filters: Filters = 32
    normalisation: GeneratorNormalisation = Field("batch", description="BatchNorm, or none")


class ResidualDiscriminator(DiscriminatorNetwork):
    """Images and their conditions through a convolution, 33 residual blocks and a linear layer to a score.

    Conditions are channels, as those of `ConvolutionalDiscriminator`.
    """

    implementation: ClassVar[str] = "showergan.networks.residual:ResidualDiscriminator"
    kind: Literal["residual"] = "residual"
    filters: Filters = 32
    normalisation: Normalisation = Field(
        "batch", description="BatchNorm; layer: LayerNorm, as with a gradient penalty; or none"
    )


Channels = Annotated[Units, Field(description="channels of every residual block")]
Blocks = Annotated[Layers, Field(description="residual blocks")]


class TextGenerator(GeneratorNetwork):
    """Noise and conditions to a probability of each character at each position of a line."""

    implementation: ClassVar[str] = "showergan.networks.text:TextGenerator"
    kind: Literal["text_generator"] = "text_generator"
    dim: Channels = 512
    blocks: Blocks = 5


class TextDiscriminator(DiscriminatorNetwork):
    """Probabilities of characters, one-hot where the text is real, and conditions to a score."""

    implementation: ClassVar[str] = "showergan.networks.text:TextDiscriminator"
    kind: Literal["text_discriminator"] = "text_discriminator"
    dim: Channels = 512
    blocks: Blocks = 5

    @property
    def name(self) -> str:
        """Blocks and channels, for example `text_5x512`."""
        return f"text_{self.blocks}x{self.dim}"


import_installed("showergan.networks")
