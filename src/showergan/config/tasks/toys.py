"""Toys: points in a plane, drawn from a known distribution."""

from typing import Literal

from pydantic import Field

from showergan.config.section import Count, Section, Seed
from showergan.config.tasks.spec import Data, TaskSpec

PLANE = "plane"  # the only space of points


class ToyData(Data):
    """Points drawn from a known distribution: half train, a quarter select, a quarter test."""

    source: Literal["gaussians_8", "gaussians_25", "swiss_roll"] = Field(
        "gaussians_8", description="eight Gaussians on a circle, 25 on a grid, or a spiral"
    )
    n_points: int = Field(8000, ge=8, le=10**9, description="number of points")
    seed: Seed = Field(1, description="random seed of the points")
    split_seed: Seed = Field(2023, description="random seed of the split")

    @property
    def n_train(self) -> int:
        """Half of the points, rounded up."""
        return self.n_points - self.n_points // 2


class FixedGenerator(Section):
    """Sizes of discriminators that are trained against a fixed generator, and lengths of their training."""

    width: Count = Field(64, description="units of each hidden layer")
    steps: Count = Field(300, description="of each discriminator of three hidden layers")
    deep_steps: Count = Field(150, description="of each of twelve")


class Samples(Section):
    """Generated points: the output of the network, unchanged."""

    quantity: Literal["point"] = "point"
    unit: Literal[""] = ""
    shape: tuple[Literal[2]] = (2,)
    transform: Literal["identity"] = "identity"
    inverse: Literal["identity"] = "identity"


SPEC = TaskSpec(
    name="toys",
    about="GANs learn points in a plane, whose distribution is known. The score is PRD-AUC, the area under the curve "
    "of precision and recall of distributions, of the points as they are (plane).",
    data=ToyData,
    sections={"fixed_generator": FixedGenerator()},
    samples=Samples,
    sample_arrays=("point",),
    scores=(PLANE,),
    choose_by=PLANE,
    n_examples=1000,
)
