"""Losses to choose from, which `methods.losses` computes."""

from typing import ClassVar, Literal

from showergan.config.kinds import Kind, import_installed


class Loss(Kind):
    """A loss of the discriminator and one of the generator."""


class Wasserstein(Loss):
    """The difference of mean scores (Egorov & Rogachev 2023, equation 2)."""

    implementation: ClassVar[str] = "showergan.methods.losses:Wasserstein"
    kind: Literal["wasserstein"] = "wasserstein"


class NonSaturating(Loss):
    """Cross-entropy of real against fake; scores are logits."""

    implementation: ClassVar[str] = "showergan.methods.losses:NonSaturating"
    kind: Literal["gan"] = "gan"


class LeastSquares(Loss):
    """Half the squared distance of scores from 1 (real) and 0 (fake)."""

    implementation: ClassVar[str] = "showergan.methods.losses:LeastSquares"
    kind: Literal["least_squares"] = "least_squares"


class Hinge(Loss):
    """What scores of real samples lack to 1 and those of fake ones to -1."""

    implementation: ClassVar[str] = "showergan.methods.losses:Hinge"
    kind: Literal["hinge"] = "hinge"


import_installed("showergan.losses")
