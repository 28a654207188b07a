"""Parameters of the constraints on the discriminator, which `methods.constraints` implements."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field, NonNegativeFloat, PositiveFloat

from showergan.config.kinds import Kind, import_installed

PUBLISHED_ALPHA = 0.9999  # of ABCAS


class Constraint(Kind):
    """A way of bounding the discriminator, and its parameters.

    Attributes:
        per_sample: the constraint is about the score of each sample, which must not depend on others.
    """

    per_sample: ClassVar[bool] = False


class Normaliser(Constraint):
    """Bounds weights, or the output in their place."""


class Multiplier(Constraint):
    """Scales the output of a normalised discriminator, or of its layers (Egorov & Rogachev 2023, section 3)."""


class Penalty(Constraint):
    """Adds a term to the discriminator's loss."""


class Controller(Constraint):
    """Follows the training and moves the bound."""


class SpectralNorm(Normaliser):
    """W -> W / sigma, with sigma = u^T W v the largest singular value of the flattened weight.

    The vectors u and v follow it by power iteration: one at every forward pass in training, those of generator steps
    and gradient penalties included. So sigma is at most the singular value and never below 0, yet below it while
    weights move fast. Each option besides the default is what the code published with Egorov & Rogachev 2023 does.
    """

    implementation: ClassVar[str] = "showergan.methods.constraints.spectral_norm:SpectralNorm"
    kind: Literal["spectral_norm"] = "spectral_norm"
    acts_on: Literal["weight", "output"] = Field(
        "weight", description="output: the layer's output with its bias is divided by sigma"
    )
    sigma_gradient: Literal["attached", "detached"] = Field(
        "attached", description="detached: sigma is a constant for the gradient"
    )
    start: Literal["gaussian", "uniform"] = Field(
        "gaussian", description="gaussian: unit vectors; uniform: U(-1, 1), not normalised"
    )
    warmup_iterations: int = Field(
        15, ge=0, le=10_000, description="power iterations before training"
    )
    iterate: Literal["every_pass", "after_step"] = Field(
        "every_pass",
        description="when an iteration is done; every_pass: at every forward pass in training; after_step: after each "
        "discriminator step",
    )


class WeightClipping(Normaliser):
    """After each discriminator step, clip every weight and bias to [-bound, bound]."""

    implementation: ClassVar[str] = "showergan.methods.constraints.clipping:WeightClipping"
    kind: Literal["weight_clipping"] = "weight_clipping"
    bound: PositiveFloat = Field(0.1, description="c: weights stay in [-c, c]")
    layers: Literal["all", "linear"] = Field(
        "all", description="linear: convolutions stay free, as in the published code"
    )


class GradientNormalisation(Normaliser):
    """f -> f / (||grad_x f|| + |f|), whenever the discriminator is asked, in steps of the generator as well.

    Its values lie in [-1, 1], and the scale of f counts for nothing. Where activations are piecewise linear, its slope
    in each linear piece is n^2 / (n + |f|)^2 with n = ||grad_x f||, at most 1 (Wu et al. 2021). Weights stay free.
    """

    implementation: ClassVar[str] = (
        "showergan.methods.constraints.gradient_normalisation:GradientNormalisation"
    )
    per_sample: ClassVar[bool] = True
    kind: Literal["gradient_normalisation"] = "gradient_normalisation"


class ConstantMultiplier(Multiplier):
    """The discriminator's output times a fixed constant."""

    implementation: ClassVar[str] = "showergan.methods.constraints.multipliers:ConstantMultiplier"
    kind: Literal["constant"] = "constant"
    value: PositiveFloat = Field(description="c; the Lipschitz bound is c times the normalised one")


class TrainableMultiplier(Multiplier):
    """The discriminator's output times a coefficient that is trained with it."""

    implementation: ClassVar[str] = "showergan.methods.constraints.multipliers:TrainableMultiplier"
    kind: Literal["trainable"] = "trainable"
    start: PositiveFloat = Field(1.0, description="first value; with an offset penalty, the offset")


class LayerMultipliers(Multiplier):
    """The output of each normalised layer times a coefficient of its own."""

    implementation: ClassVar[str] = "showergan.methods.constraints.multipliers:LayerMultipliers"
    kind: Literal["trainable_per_layer"] = "trainable_per_layer"
    start: PositiveFloat = Field(1.0, description="first value of every coefficient")


class GradientPenalty(Penalty):
    """weight * mean (||grad_x f(x_hat, condition)|| - 1)^2 at x_hat on the segments from fake to real.

    The norm of a sample's gradient is taken over all its numbers. One-sided: only norms above 1 are penalised
    (Petzka, Fischer & Lukovnikov 2018).
    """

    implementation: ClassVar[str] = "showergan.methods.constraints.gradient_penalty:GradientPenalty"
    per_sample: ClassVar[bool] = True
    kind: Literal["gradient"] = "gradient"
    weight: PositiveFloat = Field(10.0, description="lambda")
    one_sided: bool = Field(False, description="penalise only norms above 1")


class R1(Penalty):
    """gamma / 2 * mean ||grad_x f(x, condition)||^2 at real samples x.

    Published with the standard loss. The published code leaves out the half.
    """

    implementation: ClassVar[str] = "showergan.methods.constraints.r1:R1"
    per_sample: ClassVar[bool] = True
    kind: Literal["r1"] = "r1"
    gamma: PositiveFloat = Field(10.0, description="weight of the penalty")


class Dragan(Penalty):
    """weight * mean (||grad_x f(x_hat, condition)|| - 1)^2 at x_hat near real samples.

    x_hat lies at random between a real sample x and x + s u / 2, with s the standard deviation of all numbers of the
    batch and u uniform in [0, 1), one for each number of x. So does the published code; the paper has x + N(0, c).
    Published with the standard loss.
    """

    implementation: ClassVar[str] = "showergan.methods.constraints.dragan:Dragan"
    per_sample: ClassVar[bool] = True
    kind: Literal["dragan"] = "dragan"
    weight: PositiveFloat = Field(10.0, description="lambda")


class PowerPenalty(Penalty):
    """weight * |C|^p, or with an offset weight * max(0, C - offset)^p, where C is the product of all multipliers.

    At C = offset the gradient is 0.
    """

    implementation: ClassVar[str] = "showergan.methods.constraints.multipliers:PowerPenalty"
    kind: Literal["power"] = "power"
    weight: PositiveFloat = Field(description="lambda")
    p: float = Field(2.0, ge=1, description="power of what lies above the offset")
    offset: NonNegativeFloat | None = Field(None, description="multipliers up to this are free")


class Abcas(Controller):
    """Each normalised weight times 0.9^r; r follows a running mean of max f(real) - max f(fake).

    dm = alpha dm + (1 - alpha) dist, q = dm / beta clipped to [0, 1 - 1e-3], r = q / (1 - q), once per generator step.
    Each option besides the default is what the code published with Egorov & Rogachev 2023 does instead.
    """

    implementation: ClassVar[str] = "showergan.methods.constraints.abcas:Abcas"
    kind: Literal["abcas"] = "abcas"
    beta: PositiveFloat = Field(description="scale of the distance; larger is weaker")
    alpha: Annotated[float, Field(ge=0, lt=1)] | Literal["scaled"] = Field(
        PUBLISHED_ALPHA,
        description="memory of the running mean; scaled: 0.9999^(45000/steps) in a training of so many generator "
        "steps, in proportion to its length what it was in the published one",
    )
    distance: Literal["max_max", "max_min"] = Field(
        "max_max", description="max f(real) less max, or min, of f(fake)"
    )
    update: Literal["generator_step", "discriminator_step"] = Field(
        "generator_step", description="how often r follows"
    )
    acts_on: Literal["weight", "output"] = Field(
        "weight", description="output: the layer's output with its bias is scaled"
    )


import_installed("showergan.constraints")
