"""The discriminators that are trained while the generator stays fixed."""

from pydantic import Field, PositiveInt

from showergan.config.section import Section


class FixedGenerator(Section):
    """How large discriminators before a fixed generator are, and how long they are trained."""

    width: PositiveInt = Field(64, description="units of each hidden layer")
    steps: PositiveInt = Field(300, description="of each discriminator of three hidden layers")
    deep_steps: PositiveInt = Field(150, description="of each of twelve")
