"""The discriminators that are trained while the generator stays fixed."""

from pydantic import Field

from showergan.config.section import Count, Section


class FixedGenerator(Section):
    """How large discriminators before a fixed generator are, and how long they are trained."""

    width: Count = Field(64, description="units of each hidden layer")
    steps: Count = Field(300, description="of each discriminator of three hidden layers")
    deep_steps: Count = Field(150, description="of each of twelve")
