"""The embedding regressor and its training."""

from typing import Literal

from pydantic import Field, PositiveFloat

from showergan.config.section import Count, Section, Seed


class Embedding(Section):
    """The embedding regressor and its training."""

    view: Literal["padded", "cropped"] = Field(
        "padded", description="padded: every cell counts; cropped: the published 24 x 24 view"
    )
    epochs: Count = Field(40, description="largest number of epochs")
    patience: Count = Field(8, description="stop after so many epochs without a better R^2")
    batch_size: Count = Field(64, description="showers per step")
    learning_rate: PositiveFloat = Field(1e-3, description="of Adam")
    seed: Seed = Field(1, description="random seed")
