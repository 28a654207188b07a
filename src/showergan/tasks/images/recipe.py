"""The network that pictures are measured with, and its training."""

from typing import Annotated

from pydantic import Field, PositiveFloat

from showergan.config.section import Count, Section, Seed


class Embedding(Section):
    """The network in whose space pictures are measured; `choose_by` says whether it is a classifier or an encoder."""

    width: Count = Field(32, description="channels of the first convolution; further ones double")
    epochs: Count = Field(30, description="largest number of epochs")
    patience: Count = Field(5, description="stop after so many epochs without a better score")
    batch_size: Count = Field(64, description="pictures per step")
    learning_rate: PositiveFloat = Field(1e-3, description="of Adam")
    noise: Annotated[float, Field(ge=0)] = Field(
        0.3, description="encoder: sd of the noise that it is trained to take off a picture"
    )
    bar: Annotated[float, Field(ge=0, le=1)] = Field(
        0.95,
        description="classifier: share of select that it must get right; below, it is told that something is wrong",
    )
    seed: Seed = Field(1, description="random seed")
