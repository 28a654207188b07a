"""Each constraint against an independent truth."""

import copy
import math

import pytest
import torch
from small_training import COMPOSITIONS, constrained, discriminator_of
from torch import nn
from torch.autograd import gradcheck
from torch.func import functional_call

from showergan.config.kinds import implemented
from showergan.config.methods import Composition
from showergan.config.networks import PerceptronDiscriminator
from showergan.errors import UserError
from showergan.methods.constraints.abcas import Abcas
from showergan.methods.constraints.clipping import WeightClipping
from showergan.methods.constraints.constraint import Constraint, DiscriminatorBatch
from showergan.methods.constraints.dragan import Dragan
from showergan.methods.constraints.gradient_normalisation import GradientNormalisation
from showergan.methods.constraints.gradient_penalty import GradientPenalty, between
from showergan.methods.constraints.multipliers import (
    ConstantMultiplier,
    LayerMultipliers,
    PowerPenalty,
    TrainableMultiplier,
)
from showergan.methods.constraints.r1 import R1
from showergan.methods.constraints.spectral_norm import SpectralNorm, power_iteration
from showergan.methods.layers import (
    flattened,
    multipliers,
    total_multiplier,
    trained_weight,
    weight_layers,
)
from showergan.methods.losses import Loss
from showergan.networks.base import build
from showergan.training.history import layer_norms


@pytest.fixture(autouse=True)
def seeded():
    torch.manual_seed(0)


@pytest.fixture
def discriminator():
    return discriminator_of("small")


@pytest.fixture
def images():
    return 3 * torch.rand(16, 1, 30, 30), torch.randn(16, 7)


def batch_of(real_scores, fake_scores, real=None, fake=None, condition=None, mix=None):
    random = torch.Generator().manual_seed(7)
    return DiscriminatorBatch(real, fake, condition, real_scores, fake_scores, mix, random)


def largest_singular_value(layer):
    return torch.linalg.svdvals(flattened(layer.weight.detach()))[0]


# Weight clipping


def test_clipping_clips_every_weight_and_bias(discriminator):
    before = {name: p.detach().clone() for name, p in discriminator.named_parameters()}
    WeightClipping(bound=0.01).after_step(discriminator, None)
    for name, parameter in discriminator.named_parameters():
        torch.testing.assert_close(parameter, before[name].clip(-0.01, 0.01))
    assert max(p.abs().max().item() for p in discriminator.parameters()) == pytest.approx(0.01)


class StringCritic(nn.Module):
    """Scores of one-hot texts, shape (n, 32, 5)."""

    def __init__(self, *further):
        super().__init__()
        self.first = nn.Conv1d(5, 6, 5, padding=2)
        self.norm = nn.LayerNorm([6, 32])
        self.second = nn.Conv1d(6, 4, 3, stride=2)
        self.batch_norm = nn.BatchNorm1d(4)
        self.head = nn.Linear(4 * 15, 1)
        self.further = nn.ModuleList(further)

    def forward(self, text, condition):
        x = self.norm(self.first(text.mT).relu())
        return self.head(self.batch_norm(self.second(x)).flatten(1)).squeeze(1)


@pytest.mark.parametrize("controller", [(), (Abcas(beta=6),)])
def test_clipping_of_linear_layers_reaches_every_linear_layer_and_no_other(controller):
    critic = StringCritic()
    for constraint in controller:
        constraint.attach(critic)
    before = {n: p.detach().clone() for n, p in critic.named_parameters()}
    WeightClipping(bound=1e-3, layers="linear").after_step(critic, None)
    for name, value in critic.named_parameters():
        assert torch.equal(value, before[name]) == (not name.startswith("head")), name
    assert trained_weight(critic.head).abs().max().item() == pytest.approx(1e-3)


# Layers that have weights


def test_weight_layers_are_linear_layers_and_convolutions():
    critic = StringCritic()
    assert list(weight_layers(critic)) == ["first", "second", "head"]
    SpectralNorm().attach(critic)
    Abcas(beta=6).attach(critic)
    assert list(weight_layers(critic)) == ["first", "second", "head"]


def test_spectral_norm_of_a_convolution_along_a_text_and_of_a_linear_layer():
    """The norm is that of the weight flattened to (out, in * kernel)."""
    critic = StringCritic()
    plain = {n: layer.weight.detach().clone() for n, layer in weight_layers(critic).items()}
    gains = {n: p.detach().clone() for n, p in critic.named_parameters() if "norm" in n}
    SpectralNorm(warmup_iterations=300).attach(critic)
    for name, layer in weight_layers(critic).items():
        matrix = plain[name].reshape(len(plain[name]), -1)
        sigma = torch.linalg.svdvals(matrix)[0]
        torch.testing.assert_close(layer.weight, plain[name] / sigma, rtol=1e-3, atol=1e-6)
        norm = layer_norms(critic)[f"sigma_{name}"]
        assert norm.item() == pytest.approx(sigma.item(), rel=1e-3)
    # Gains of normalisation layers stay as they are.
    assert len(gains) == 4
    for name, value in gains.items():
        assert torch.equal(dict(critic.named_parameters())[name], value), name


class OwnMatrix(nn.Module):
    def __init__(self):
        super().__init__()
        self.matrix = nn.Parameter(torch.ones(3, 3))


@pytest.mark.parametrize(
    "layer",
    [
        nn.Embedding(4, 3),
        nn.ConvTranspose1d(4, 3, 2),
        nn.Conv3d(1, 1, 2),
        nn.GRU(3, 3),
        OwnMatrix(),
    ],
)
@pytest.mark.parametrize(
    "act",
    [
        SpectralNorm().attach,
        LayerMultipliers().attach,
        Abcas(beta=6).attach,
        lambda critic: WeightClipping(layers="linear").after_step(critic, None),
        layer_norms,
    ],
)
def test_a_layer_with_weights_that_nobody_knows_is_refused(act, layer):
    with pytest.raises(
        UserError, match=rf"layer further\.0 .* is a {type(layer).__name__}, .*Conv1d"
    ):
        act(StringCritic(layer))


def test_clipping_of_everything_needs_to_know_no_layer():
    critic = StringCritic(nn.Embedding(4, 3))
    WeightClipping(bound=0.01).after_step(critic, None)
    assert max(p.abs().max().item() for p in critic.parameters()) == pytest.approx(0.01)


# Spectral normalisation


def test_sigma_converges_to_the_svd(discriminator):
    true = {n: largest_singular_value(m) for n, m in weight_layers(discriminator).items()}
    assert len(true) == 7
    SpectralNorm(warmup_iterations=300).attach(discriminator)
    for name, layer in weight_layers(discriminator).items():
        torch.testing.assert_close(
            layer.weight * true[name], trained_weight(layer), rtol=1e-3, atol=1e-6
        )
        assert largest_singular_value(layer).item() == pytest.approx(1, rel=1e-3)


def test_one_power_iteration_at_each_pass_in_training(discriminator, images):
    SpectralNorm(warmup_iterations=1).attach(discriminator)
    layer = weight_layers(discriminator)["head.0"]
    errors = []
    for _ in range(60):
        errors.append(abs(largest_singular_value(layer).item() - 1))
        discriminator.eval()
        discriminator(*images)
        assert abs(largest_singular_value(layer).item() - 1) == errors[-1]
        discriminator.train()
        discriminator(*images)
    assert errors[0] > 1e-2
    assert errors[-1] < 1e-2 * errors[0]


def test_spectral_norm_agrees_with_torch(images):
    ours = discriminator_of("small")
    theirs = copy.deepcopy(ours)
    constraint = SpectralNorm(warmup_iterations=400)
    constraint.attach(ours)
    for layer in list(weight_layers(theirs).values()):
        nn.utils.parametrizations.spectral_norm(layer, n_power_iterations=50)
    scores = ours(*images)
    expected = theirs(*images)
    torch.testing.assert_close(scores, expected, rtol=1e-3, atol=1e-4)
    scores.sum().backward()
    expected.sum().backward()
    for name, layer in weight_layers(ours).items():
        other = dict(weight_layers(theirs))[name]
        torch.testing.assert_close(
            trained_weight(layer).grad, trained_weight(other).grad, rtol=1e-2, atol=1e-3
        )


def test_gradient_flows_through_sigma():
    # For f(W) = <G, W / sigma(W)> Miyato et al. 2018, equation 12, with lambda = <G, W / sigma>.
    layer = nn.Linear(5, 4)
    SpectralNorm(warmup_iterations=500).attach(layer)
    target = torch.randn(4, 5)
    (target * layer.weight).sum().backward()
    weight = trained_weight(layer).detach()
    u, s, vh = torch.linalg.svd(weight)
    expected = (target - (target * weight / s[0]).sum() * torch.outer(u[:, 0], vh[0])) / s[0]
    torch.testing.assert_close(trained_weight(layer).grad, expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("of", ["weight", "gradient", "both", "neither"])
def test_the_gradient_of_a_kernel_does_not_depend_on_the_order_of_memory(of):
    """The gradient is that of W / (u^T W v) by its parts, wherever channels come last."""
    layer = nn.Conv2d(3, 4, 2)
    if of in ("weight", "both"):
        layer.to(memory_format=torch.channels_last)
    SpectralNorm(warmup_iterations=3).attach(layer)
    [state] = layer.parametrizations.weight
    order = torch.channels_last if of in ("gradient", "both") else torch.contiguous_format
    target = torch.randn(4, 3, 2, 2).contiguous(memory_format=order)
    weight = trained_weight(layer)
    [found] = torch.autograd.grad(layer.weight, weight, target)
    u, v = state.u, state.v
    parts = weight / (u @ (flattened(weight) @ v))
    torch.testing.assert_close(found, *torch.autograd.grad(parts, weight, target))


def test_scaling_a_weight_changes_nothing(discriminator, images):
    SpectralNorm(warmup_iterations=100).attach(discriminator)
    before = discriminator(*images)
    with torch.no_grad():
        for layer in weight_layers(discriminator).values():
            trained_weight(layer).mul_(7.0)
    torch.testing.assert_close(discriminator(*images), before, rtol=1e-4, atol=1e-5)


def test_power_iteration_keeps_unit_vectors():
    matrix = torch.randn(6, 9)
    u = torch.randn(6)
    for _ in range(200):
        [u], [v] = power_iteration([matrix], [u])
    left, s, right = torch.linalg.svd(matrix)
    assert abs(u @ left[:, 0]).item() == pytest.approx(1, abs=1e-4)
    assert abs(v @ right[0]).item() == pytest.approx(1, abs=1e-4)
    assert (u @ matrix @ v).item() == pytest.approx(s[0].item(), rel=1e-5)


# Lipschitz bound


def test_recorded_norms_agree_with_the_svd(discriminator):
    SpectralNorm().attach(discriminator)
    LayerMultipliers(start=1.3).attach(discriminator)
    ConstantMultiplier(value=4).attach(discriminator)
    norms = layer_norms(discriminator)
    product = 4.0
    for name, layer in weight_layers(discriminator).items():
        sigma = torch.linalg.svdvals(flattened(trained_weight(layer).detach()))[0]
        bound = 1.3 * largest_singular_value(layer)
        product *= bound.item()
        torch.testing.assert_close(norms[f"sigma_{name}"], sigma, rtol=1e-3, atol=0)
        torch.testing.assert_close(norms[f"lipschitz_{name}"], bound, rtol=1e-3, atol=0)
    assert norms["lipschitz_bound"].item() == pytest.approx(product, rel=1e-3)


@pytest.mark.parametrize("normalised", [False, True])
def test_bound_holds_for_sampled_gradients(discriminator, images, normalised):
    if normalised:
        SpectralNorm(warmup_iterations=300).attach(discriminator)
    TrainableMultiplier(start=2.5).attach(discriminator)
    image, condition = (x.requires_grad_() for x in images)
    discriminator(image, condition).sum().backward()
    norms = (image.grad.flatten(1).norm(dim=1) ** 2 + condition.grad.norm(dim=1) ** 2).sqrt()
    bound = layer_norms(discriminator)["lipschitz_bound"]
    # A flattened 3 x 3 kernel of stride 2 bounds its convolution up to a factor 2 (Tsuzuku et al.
    # 2018), that of the last one, on 3 x 3 pixels, exactly.
    assert norms.max() <= 2**3 * bound
    assert norms.max() > 0


# What the published code does instead


def test_output_mode_divides_the_bias_too():
    layer = nn.Linear(6, 5)
    plain, x = copy.deepcopy(layer), torch.randn(3, 6)
    by_output, by_weight = copy.deepcopy(layer), copy.deepcopy(layer)
    SpectralNorm(acts_on="output", warmup_iterations=300).attach(by_output)
    SpectralNorm(warmup_iterations=300).attach(by_weight)
    sigma = largest_singular_value(plain)
    torch.testing.assert_close(by_output(x), plain(x) / sigma, rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(
        by_weight(x), (plain(x) - plain.bias) / sigma + plain.bias, rtol=1e-4, atol=1e-5
    )


def test_output_mode_counts_in_the_lipschitz_bound(discriminator):
    SpectralNorm(acts_on="output", warmup_iterations=300).attach(discriminator)
    norms = layer_norms(discriminator)
    assert norms["lipschitz_bound"].item() == pytest.approx(1, rel=1e-2)


@pytest.mark.parametrize("acts_on", ["weight", "output"])
def test_detached_sigma_gives_the_plain_direction(acts_on):
    """With sigma a constant, the gradient is the plain one over sigma; attached, it loses its part along W."""
    plain = nn.Linear(6, 5)
    x = torch.randn(3, 6)
    plain(x).sum().backward()
    gradients = {}
    for mode in ("attached", "detached"):
        layer = nn.Linear(6, 5)
        layer.load_state_dict(plain.state_dict())
        SpectralNorm(acts_on=acts_on, sigma_gradient=mode, warmup_iterations=300).attach(layer)
        layer(x).sum().backward()
        gradients[mode] = trained_weight(layer).grad
    sigma = largest_singular_value(plain)
    torch.testing.assert_close(
        gradients["detached"], plain.weight.grad / sigma, rtol=1e-3, atol=1e-5
    )
    assert torch.cosine_similarity(
        gradients["attached"].flatten(), plain.weight.grad.flatten(), dim=0
    ) < 0.9995  # fmt: skip


def test_uniform_start_is_far_from_sigma(discriminator):
    SpectralNorm(start="uniform", warmup_iterations=0).attach(discriminator)
    ratios = [largest_singular_value(m).item() for m in weight_layers(discriminator).values()]
    assert max(abs(r - 1) for r in ratios) > 1


def test_iteration_after_the_step_only(discriminator, images):
    constraint = SpectralNorm(iterate="after_step", warmup_iterations=0)
    constraint.attach(discriminator)
    before = {k: v.clone() for k, v in discriminator.state_dict().items()}
    discriminator(*images)
    assert all(torch.equal(v, before[k]) for k, v in discriminator.state_dict().items())
    constraint.after_step(discriminator, None)
    assert not all(torch.equal(v, before[k]) for k, v in discriminator.state_dict().items())


def test_clipping_of_linear_layers_leaves_convolutions_free(discriminator):
    before = copy.deepcopy(discriminator.state_dict())
    WeightClipping(bound=1e-3, layers="linear").after_step(discriminator, None)
    for name, value in discriminator.state_dict().items():
        assert torch.equal(value, before[name]) == name.startswith("convolutions"), name


def test_abcas_of_the_published_code(discriminator):
    constraint = Abcas(
        beta=6, alpha=0.5, distance="max_min", update="discriminator_step", acts_on="output"
    )
    layer = weight_layers(discriminator)["head.0"]
    x = torch.randn(2, layer.in_features)
    before = layer(x)
    constraint.attach(discriminator)
    batch = batch_of(torch.tensor([1.0, 2.0]), torch.tensor([-2.0, 3.0]))
    constraint.after_generator_step(discriminator, batch)
    torch.testing.assert_close(layer(x), before)
    constraint.after_step(discriminator, batch)
    q = 0.5 * (2 - -2) / 6  # max f(real) - min f(fake)
    torch.testing.assert_close(layer(x), before * 0.9 ** (q / (1 - q)))  # bias included


# Multipliers


@pytest.mark.parametrize("kind", ["constant", "trainable"])
def test_multiplier_scales_the_output(discriminator, images, kind):
    before = discriminator(*images)
    made = {
        "constant": ConstantMultiplier(value=4),
        "trainable": TrainableMultiplier(start=4),
    }[kind]
    made.attach(discriminator)
    torch.testing.assert_close(discriminator(*images), 4 * before)
    assert total_multiplier(discriminator) == 4
    assert ("multiplier" in dict(discriminator.named_parameters())) == (kind == "trainable")


def test_layer_multipliers_scale_each_output_with_its_bias(images):
    discriminator = discriminator_of("small")
    layer = weight_layers(discriminator)["head.0"]
    x = torch.randn(2, layer.in_features)
    before = layer(x)
    LayerMultipliers(start=2.0).attach(discriminator)
    torch.testing.assert_close(layer(x), 2 * before)
    assert len(multipliers(discriminator)) == 7
    assert total_multiplier(discriminator).item() == pytest.approx(2**7)


@pytest.mark.parametrize("made", [TrainableMultiplier(start=1.0), LayerMultipliers()])
def test_sign_changes_are_counted(discriminator, made):
    made.attach(discriminator)
    values = list(multipliers(discriminator).values())
    for first in (0.5, -0.5, -0.1, 0.2, 0.3):
        values[0].data.fill_(first)
        made.after_step(discriminator, None)
    assert made.record(discriminator)["sign_changes"] == 2


def test_without_biases_only_the_product_matters(discriminator, images):
    """LeakyReLU is positively homogeneous, so coefficients move freely between layers.

    Not past the conditions, which join between the convolutions and the head: here they are 0.
    """
    images = images[0], torch.zeros(16, 7)
    for layer in weight_layers(discriminator).values():
        layer.bias.data.zero_()
    other = copy.deepcopy(discriminator)
    LayerMultipliers().attach(discriminator)
    for c, (name, _) in zip(
        [4, 0.5, 2, 1, 0.25, 3, 1], multipliers(discriminator).items(), strict=True
    ):
        discriminator.get_submodule(name).multiplier.data.fill_(c)
    ConstantMultiplier(value=3.0).attach(other)
    torch.testing.assert_close(discriminator(*images), other(*images), rtol=1e-4, atol=1e-6)


# Penalties


@pytest.mark.parametrize("p", [1, 2, 3])
@pytest.mark.parametrize("start", [0.3, 0.5, 2.0])
@pytest.mark.parametrize("offset", [None, 0.5])
def test_power_penalty_value_and_gradient(discriminator, p, start, offset):
    TrainableMultiplier(start=start).attach(discriminator)
    loss = PowerPenalty(weight=0.1, p=p, offset=offset).loss(discriminator, None)
    loss.backward()
    excess = start if offset is None else max(0.0, start - offset)
    slope = 0.1 * p * excess ** (p - 1) if excess > 0 else 0.0
    assert loss.item() == pytest.approx(0.1 * excess**p, rel=1e-5)
    assert discriminator.multiplier.grad.item() == pytest.approx(slope, rel=1e-5)


def test_power_penalty_acts_on_the_product(discriminator):
    LayerMultipliers(start=1.1).attach(discriminator)
    loss = PowerPenalty(weight=1e-2, p=2, offset=0.5).loss(discriminator, None)
    loss.backward()
    product = 1.1**7
    assert loss.item() == pytest.approx(1e-2 * (product - 0.5) ** 2, rel=1e-4)
    slope = 2e-2 * (product - 0.5) * product / 1.1
    for c in multipliers(discriminator).values():
        assert c.grad.item() == pytest.approx(slope, rel=1e-4)


def test_penalty_without_offset_pulls_a_negative_multiplier_up(discriminator):
    TrainableMultiplier(start=1.0).attach(discriminator)
    discriminator.multiplier.data.fill_(-2.0)
    loss = PowerPenalty(weight=1.0, p=1).loss(discriminator, None)
    loss.backward()
    assert (loss.item(), discriminator.multiplier.grad.item()) == (2.0, -1.0)


class LinearCritic(nn.Module):
    """f(x, c) = slope * sum(x): the gradient has the norm slope * sqrt(numbers of x) everywhere."""

    def __init__(self, slope):
        super().__init__()
        self.slope = nn.Parameter(torch.tensor(slope))

    def forward(self, sample, condition):
        return self.slope * sample.flatten(1).sum(1)


SHAPES = [(2,), (1, 30, 30), (32, 5)]  # points, images, one-hot texts


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("one_sided", [False, True])
@pytest.mark.parametrize("norm", [0.5, 1.0, 3.0])
def test_gradient_penalty_of_a_linear_critic(norm, one_sided, shape):
    root = math.prod(shape) ** 0.5
    critic, real = LinearCritic(norm / root), torch.rand(16, *shape)
    batch = batch_of(None, None, real, -real, torch.zeros(16, 0), torch.rand(16))
    loss = GradientPenalty(weight=10, one_sided=one_sided).loss(critic, batch)
    loss.backward()
    excess = max(0, norm - 1) if one_sided else norm - 1
    assert loss.item() == pytest.approx(10 * excess**2, rel=1e-4, abs=1e-5)
    assert critic.slope.grad.item() == pytest.approx(20 * excess * root, rel=1e-4, abs=1e-2)


class QuadraticCritic(nn.Module):
    """f(x, c) = |x|^2 / 2: the gradient is x, so the penalty tells where it was taken."""

    def forward(self, sample, condition):
        return (sample.flatten(1) ** 2).sum(1) / 2


@pytest.mark.parametrize("shape", SHAPES)
def test_gradient_penalty_is_taken_between_real_and_fake(shape):
    """Each sample at its own place; three pairs of points are not mixed with each other either."""
    real, fake = torch.zeros(3, *shape), torch.zeros(3, *shape)
    real.flatten(1)[:, 0], fake.flatten(1)[:, 0] = 5.0, 1.0
    mix = torch.tensor([0.0, 0.5, 1.0])
    points = between(real, fake, mix)
    assert points.shape == real.shape
    assert points.flatten(1)[:, 0].tolist() == [1, 3, 5]
    batch = batch_of(None, None, real, fake, torch.zeros(3, 7), mix)
    loss = GradientPenalty(weight=1).loss(QuadraticCritic(), batch)
    assert loss.item() == pytest.approx(((1 - 1) ** 2 + (3 - 1) ** 2 + (5 - 1) ** 2) / 3)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("norm", [0.5, 1.0, 3.0])
def test_r1_and_dragan_of_a_linear_critic(norm, shape):
    """R1 is gamma / 2 * norm^2, and pulls to 0; DRAGAN is lambda * (norm - 1)^2, and pulls to 1."""
    root = math.prod(shape) ** 0.5
    batch = batch_of(None, None, torch.rand(16, *shape), None, torch.zeros(16, 0), torch.rand(16))
    for constraint, value, slope in (
        (R1(gamma=6), 3 * norm**2, 6 * norm),
        (Dragan(weight=7), 7 * (norm - 1) ** 2, 14 * (norm - 1)),
    ):
        critic = LinearCritic(norm / root)
        loss = constraint.loss(critic, batch)
        loss.backward()
        assert loss.item() == pytest.approx(value, rel=1e-4, abs=1e-5)
        assert critic.slope.grad.item() == pytest.approx(slope * root, rel=1e-4, abs=1e-2)


@pytest.mark.parametrize("shape", SHAPES)
def test_r1_is_taken_at_real_samples(shape):
    real = torch.randn(5, *shape)
    batch = batch_of(None, None, real, 100 * real, torch.zeros(5, 0), torch.rand(5))
    expected = (real.flatten(1).norm(dim=1) ** 2).mean().item()
    assert R1(gamma=2).loss(QuadraticCritic(), batch).item() == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("shape", SHAPES)
def test_dragan_is_taken_near_real_samples(shape):
    """Between x and x + s u / 2: s is NumPy's deviation of the batch, u another number for each of x."""
    points = []

    class Noted(LinearCritic):
        def forward(self, sample, condition):
            points.append(sample.detach())
            return super().forward(sample, condition)

    real, fake = 3 + 2 * torch.randn(2, 8, *shape)
    mix = torch.tensor([0.0, 0.25, 0.5, 1.0, *[0.75] * 4])
    batch = batch_of(None, None, real, fake, torch.zeros(8, 0), mix)
    Dragan().loss(Noted(1.0), batch)
    Dragan().loss(Noted(1.0), batch)
    moved = [(p - real).flatten(1).double() / (0.5 * real.numpy().std()) for p in points]
    for shares in moved:
        assert torch.equal(points[0][3], real[3])  # mix = 1
        drawn = shares[mix < 1] / (1 - mix[mix < 1].double())[:, None]
        assert -1e-5 < drawn.min() < 0.2
        assert 0.8 < drawn.max() < 1 + 1e-5
        assert drawn.mean().item() == pytest.approx(0.5, abs=4 * (12 * drawn.numel()) ** -0.5)
        assert len(drawn.unique()) > 0.9 * drawn.numel()
    assert not torch.equal(*moved)  # another draw at each step


# Gradient normalisation


def normalised(critic):
    GradientNormalisation().attach(critic)
    return critic


def test_gradient_normalisation_of_a_linear_critic():
    """With f = a S, S the sum of N numbers, ||grad f|| is |a| sqrt(N)."""
    x = torch.randn(6, 9, dtype=torch.float64)
    total = x.sum(1)
    for slope in (1e-6, 0.3, -50.0):
        scores = normalised(LinearCritic(slope).double())(x, None)
        expected = math.copysign(1, slope) * total / (3 + total.abs())
        torch.testing.assert_close(scores, expected)


def test_gradient_normalisation_bounds_scores_and_slopes(discriminator, images):
    """LeakyReLU is piecewise linear: the slope is n^2 / (n + |f|)^2, with n that of f (Wu et al. 2021)."""
    with torch.no_grad():
        for parameter in discriminator.parameters():
            parameter.mul_(3)
    plain, own = discriminator.double(), normalised(copy.deepcopy(discriminator.double()))
    image, condition = (x.double() for x in images)
    image.requires_grad_()
    f = plain(image, condition)
    n = torch.autograd.grad(f.sum(), image)[0].flatten(1).norm(dim=1)
    scores = own(image, condition)
    torch.testing.assert_close(scores, f / (n + f.abs()))
    slopes = torch.autograd.grad(scores.sum(), image)[0].flatten(1).norm(dim=1)
    torch.testing.assert_close(slopes, (n / (n + f.abs())) ** 2)
    assert n.max() > 4 > 1 >= slopes.max() > 0
    assert scores.abs().max() < 1
    with torch.no_grad():
        assert torch.equal(own(image, condition), scores)
    assert torch.equal(own(image.detach(), condition), scores)


@pytest.mark.parametrize("factor", [1e-4, 2.0, -1.0, 1e4])
def test_gradient_normalisation_knows_no_scale(factor, discriminator, images):
    before = normalised(discriminator)(*images)
    last = weight_layers(discriminator)["head.4"]
    with torch.no_grad():
        for parameter in last.parameters():
            parameter.mul_(factor)
    after = math.copysign(1, factor) * discriminator(*images)
    torch.testing.assert_close(after, before, rtol=1e-4, atol=1e-6)


def test_a_multiplier_acts_on_the_normalised_score(discriminator, images):
    before = normalised(discriminator)(*images)
    ConstantMultiplier(value=4).attach(discriminator)
    torch.testing.assert_close(discriminator(*images), 4 * before)
    assert layer_norms(discriminator)["lipschitz_bound"] == 4


@pytest.mark.parametrize("name", ["gradient_penalty", "r1", "dragan", "gradient_normalisation"])
def test_gradients_of_weights_are_finite_differences(name):
    """Of the whole loss of the discriminator, through the gradients that it contains, in double precision."""
    critic = build(PerceptronDiscriminator(width=5, depth=2), (2,), 1).double()
    composition = Composition.model_validate(COMPOSITIONS[name])
    constraints = [implemented(c, Constraint) for c in composition.constraints]
    for constraint in constraints:
        constraint.attach(critic)
    loss = implemented(composition.loss, Loss)
    names = [n for n, _ in critic.named_parameters()]
    weights = [torch.randn_like(p).requires_grad_() for p in critic.parameters()]
    real, fake = torch.randn(2, 6, 2, dtype=torch.float64)
    condition, mix = torch.randn(6, 1, dtype=torch.float64), torch.rand(6, dtype=torch.float64)

    def whole(*values):
        def scores(x, c):
            return functional_call(critic, dict(zip(names, values, strict=True)), (x, c))

        batch = batch_of(None, None, real, fake, condition, mix)
        terms = [constraint.loss(scores, batch) for constraint in constraints]
        plain = loss.discriminator(scores(real, condition), scores(fake, condition))
        return sum((term for term in terms if term is not None), plain)

    assert gradcheck(whole, weights)


# ABCAS


@pytest.mark.parametrize("beta", [100.0, 6.0, 2.0, 0.5])
def test_abcas_follows_the_recursion(discriminator, beta):
    """Distances around 3: r stays near 0 for a large beta, q passes 1 for a small one and is clipped."""
    constraint = Abcas(beta=beta, alpha=0.9)
    constraint.attach(discriminator)
    plain = {n: trained_weight(m) for n, m in weight_layers(discriminator).items()}
    mean, clipped = 0.0, 0
    for step in range(80):
        real, fake = torch.randn(8) + 3 * math.sin(step / 5), torch.randn(8)
        constraint.after_generator_step(discriminator, batch_of(real, fake))
        mean = 0.9 * mean + 0.1 * (max(real.tolist()) - max(fake.tolist()))
        q = mean / beta
        clipped += q > 0.999
        q = min(max(q, 0.0), 0.999)
        r = q / (1 - q)
        record = {k: v.item() for k, v in constraint.record(discriminator).items()}
        assert record["abcas_dm"] == pytest.approx(mean, rel=1e-4, abs=1e-5)
        assert record["abcas_r"] == pytest.approx(r, rel=2e-3, abs=1e-5)
        assert record["abcas_clipped"] == clipped
        for name, layer in weight_layers(discriminator).items():
            torch.testing.assert_close(
                layer.weight, plain[name] * 0.9 ** record["abcas_r"], rtol=1e-4, atol=1e-30
            )
    assert (clipped > 0) == (beta < 1)


@pytest.mark.parametrize("steps", [1, 548, 45_000])
def test_scaled_memory_is_that_of_the_published_length(steps):
    """0.9999 over 150 epochs of 300 generator steps; over as many here, whatever is left of the first distance."""
    scaled = Abcas(beta=6, alpha="scaled").in_training(steps)
    assert steps * math.log(scaled.alpha) == pytest.approx(150 * 300 * math.log(0.9999))
    assert Abcas(beta=6).in_training(steps).alpha == 0.9999


# Every composition


def disturb(discriminator):
    """Change every number that a constraint keeps, so that a stale reference is seen."""
    with torch.no_grad():
        for tensor in [*discriminator.parameters(), *discriminator.buffers()]:
            tensor.mul_(1 + 0.5 * torch.rand_like(tensor))


@pytest.mark.parametrize("name", COMPOSITIONS)
def test_state_is_alive_after_deepcopy(name, images):
    discriminator, _ = constrained(name)
    discriminator.eval()  # no pass of training
    before = discriminator(*images)
    twin = copy.deepcopy(discriminator)
    disturb(twin)
    assert not torch.allclose(twin(*images), before)
    torch.testing.assert_close(discriminator(*images), before)


@pytest.mark.parametrize("name", COMPOSITIONS)
def test_state_dict_carries_everything(name, images):
    discriminator, _ = constrained(name)
    disturb(discriminator)
    other, _ = constrained(name)
    for module in (discriminator, other):
        module.eval()
    assert not torch.allclose(other(*images), discriminator(*images))
    other.load_state_dict(discriminator.state_dict())
    torch.testing.assert_close(other(*images), discriminator(*images))


@pytest.mark.parametrize("name", COMPOSITIONS)
def test_state_is_alive_after_a_move(name, images):
    discriminator, constraints = constrained(name)
    discriminator.eval()
    double = copy.deepcopy(discriminator).double()
    for module in (discriminator, double):
        for constraint in constraints:
            constraint.after_generator_step(module, batch_of(torch.ones(2), torch.zeros(2)))
        for value in multipliers(module).values():
            value.data.mul_(3)
    inputs = [x.double() for x in images]
    assert double(*inputs).dtype == torch.float64
    torch.testing.assert_close(
        double(*inputs).float(), discriminator(*images), rtol=1e-4, atol=1e-5
    )
