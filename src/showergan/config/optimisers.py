"""Optimisers of both networks to choose from: those of PyTorch, with the same parameters."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from showergan.config.kinds import Kind, import_installed

Beta = Annotated[float, Field(ge=0, lt=1)]


class Optimiser(Kind):
    """A rule that moves weights along gradients, and its parameters but the learning rate.

    The implementation is a `torch.optim.Optimizer`, or another `showergan.methods.optimisers.Optimiser`, whose keywords
    have the names of the parameters.
    """


class Adam(Optimiser):
    """The running mean of each gradient over the root of its running mean square (Kingma & Ba 2015, algorithm 1)."""

    implementation: ClassVar[str] = "showergan.methods.optimisers:Adam"
    kind: Literal["adam"] = "adam"
    betas: tuple[Beta, Beta] = Field(
        (0.9, 0.999), description="memories of the mean and of the mean square"
    )


class RMSprop(Optimiser):
    """Each gradient over the root of its running mean square, with the memory 0.99 (Tieleman & Hinton 2012)."""

    implementation: ClassVar[str] = "showergan.methods.optimisers:RMSprop"
    kind: Literal["rmsprop"] = "rmsprop"


import_installed("showergan.optimisers")
