"""Networks of images: shapes, depths, and what constraints and normalisation find in them."""

import math

import pytest
import torch
from small_training import recipe
from torch import nn

from showergan.config.networks import (
    ConvolutionalDiscriminator,
    ConvolutionalGenerator,
    PerceptronGenerator,
    ResidualDiscriminator,
    ResidualGenerator,
)
from showergan.config.recipes.found import RECIPES
from showergan.config.whole import parse_config
from showergan.errors import UserError
from showergan.methods.constraints.clipping import WeightClipping
from showergan.methods.constraints.spectral_norm import SpectralNorm
from showergan.methods.layers import reparametrisations, weight_layers
from showergan.networks.base import build
from showergan.networks.blocks import SIZES, Bottleneck, nonlinearity, normalisation, spread
from showergan.training.loop import Trainer

NONLINEARITIES = ("relu", "leaky_relu", "tanh", "softplus", "gated")

GENERATORS = {
    **{n: ConvolutionalGenerator(filters=4, nonlinearity=n) for n in NONLINEARITIES},
    "no norm, constant": ConvolutionalGenerator(
        filters=4, constant_filters=True, normalisation="none"
    ),
    "deep": ConvolutionalGenerator(filters=2, depth=20),
    "residual": ResidualGenerator(filters=8),
    "residual without norm": ResidualGenerator(filters=8, normalisation="none"),
    "perceptron": PerceptronGenerator(depth=4, width=16, output="tanh"),
}
DISCRIMINATORS = {
    **{n: ConvolutionalDiscriminator(filters=4, nonlinearity=n) for n in NONLINEARITIES},
    "no norm": ConvolutionalDiscriminator(filters=4, normalisation="none"),
    "layer norm": ConvolutionalDiscriminator(filters=4, normalisation="layer"),
    "gated layer norm": ConvolutionalDiscriminator(
        filters=4, normalisation="layer", nonlinearity="gated"
    ),
    "deep": ConvolutionalDiscriminator(filters=2, depth=20),
    "residual": ResidualDiscriminator(filters=8),
    "residual layer norm": ResidualDiscriminator(filters=8, normalisation="layer"),
}
APART = {name: d for name, d in DISCRIMINATORS.items() if not d.mixes_samples}


@pytest.fixture(autouse=True)
def seeded():
    torch.manual_seed(0)


def weighted(network, kinds=(nn.Linear, nn.Conv2d, nn.ConvTranspose2d)):
    return {n: m for n, m in network.named_modules() if isinstance(m, kinds)}


@pytest.mark.parametrize(("size", "channels", "n_conditions"), [(16, 1, 0), (32, 3, 0), (64, 1, 2)])
@pytest.mark.parametrize("name", GENERATORS)
def test_generators_give_images_between_minus_1_and_1(name, size, channels, n_conditions):
    network = GENERATORS[name]
    generator = build(network, (channels, size, size), n_conditions)
    images = generator(torch.randn(3, network.noise_size), torch.randn(3, n_conditions))
    assert images.shape == (3, channels, size, size)
    assert images.abs().max() <= 1
    assert images.std() > 0.05
    assert not torch.equal(images[0], images[1])


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", DISCRIMINATORS)
def test_discriminators_give_a_score_at_each_size(name, size):
    discriminator = build(DISCRIMINATORS[name], (3, size, size), 2)
    image, condition = torch.rand(4, 3, size, size), torch.rand(4, 2)
    scores = discriminator(image, condition)
    assert scores.shape == (4,)
    assert 1e-3 < scores.std() < 100
    turned = discriminator(image, condition.flip(1))
    assert not torch.allclose(turned, scores)


@pytest.mark.parametrize("network", [*GENERATORS.values(), *DISCRIMINATORS.values()])
def test_one_step_moves_every_parameter(network):
    module = build(network, (1, 16, 16), 2)
    first = (network.noise_size,) if network in GENERATORS.values() else (1, 16, 16)
    result = module(torch.randn(8, *first), torch.randn(8, 2))
    (result * torch.randn_like(result)).sum().backward()
    still = [n for n, p in module.named_parameters() if not (p.grad.abs() > 1e-12).any()]
    assert not still


@pytest.mark.parametrize("name", DISCRIMINATORS)
def test_constraints_find_every_layer(name):
    """Linear layers and convolutions, in blocks and gates too; nothing else has a matrix."""
    discriminator = build(DISCRIMINATORS[name], (1, 16, 16), 0)
    all_of_them = weighted(discriminator)
    assert list(weight_layers(discriminator)) == list(all_of_them)
    matrices = {n for n, p in discriminator.named_parameters() if p.ndim > 1}
    assert matrices == {f"{n}.weight" for n in all_of_them}

    WeightClipping(bound=0.01).after_step(discriminator, None)
    assert max(p.abs().max() for p in discriminator.parameters()) <= 0.01

    SpectralNorm(warmup_iterations=50).attach(discriminator)
    for layer in all_of_them.values():
        assert len(reparametrisations(layer)) == 1
        norm = torch.linalg.matrix_norm(layer.weight.detach().flatten(1), 2)
        assert norm == pytest.approx(1, abs=0.1)


@pytest.mark.parametrize("name", DISCRIMINATORS)
def test_only_batch_norm_lets_a_score_depend_on_the_other_samples(name):
    discriminator = build(DISCRIMINATORS[name], (1, 16, 16), 0)
    images = torch.randn(6, 1, 16, 16)
    none = torch.empty(6, 0)
    together = discriminator(images, none)
    apart = torch.cat([discriminator(i[None], c[None]) for i, c in zip(images, none, strict=True)])
    alike = torch.allclose(together, apart, atol=1e-4 * together.abs().max().item())
    assert alike == (name in APART)


@pytest.mark.parametrize("depth", [4, 8, 12, 20])
@pytest.mark.parametrize("size", [16, 32])
def test_depth_counts_layers_with_weights(size, depth):
    generator = build(ConvolutionalGenerator(filters=2, depth=depth), (1, size, size), 0)
    discriminator = build(ConvolutionalDiscriminator(filters=2, depth=depth), (1, size, size), 0)
    assert len(weighted(generator)) == len(weighted(discriminator)) == depth


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("base", [ResidualGenerator, ResidualDiscriminator])
def test_residual_networks_have_101_layers_without_their_shortcuts(base, size):
    network = build(base(filters=2), (1, size, size), 0)
    shortcuts = [n for n in weighted(network) if ".shortcut." in n]
    assert len(weighted(network)) - len(shortcuts) == 101
    assert len(shortcuts) == SIZES[size]
    assert sum(isinstance(m, Bottleneck) for m in network.modules()) == 33


def test_fewest_layers_and_filters_of_dcgan():
    generator = build(ConvolutionalGenerator(filters=8), (3, 64, 64), 0)
    sizes = [tuple(m.weight.shape[:2]) for m in weighted(generator, nn.ConvTranspose2d).values()]
    assert sizes == [(64, 32), (32, 16), (16, 8), (8, 3)]
    constant = build(ConvolutionalGenerator(filters=8, constant_filters=True), (3, 32, 32), 0)
    sizes = [tuple(m.weight.shape[:2]) for m in weighted(constant, nn.ConvTranspose2d).values()]
    assert sizes == [(8, 8), (8, 8), (8, 3)]
    discriminator = build(ConvolutionalDiscriminator(filters=8), (3, 64, 64), 1)
    sizes = [tuple(m.weight.shape[:2]) for m in weighted(discriminator, nn.Conv2d).values()]
    assert sizes == [(8, 4), (16, 8), (32, 16), (64, 32)]
    normalised = weighted(discriminator, nn.BatchNorm2d)
    assert [m.num_features for m in normalised.values()] == [16, 32, 64]  # not the first layer


@pytest.mark.parametrize("shape", [(1, 30, 30), (2,), (1, 16, 32), (32, 32)])
@pytest.mark.parametrize("network", [ConvolutionalGenerator(), ResidualDiscriminator()])
def test_other_shapes_are_refused(network, shape):
    with pytest.raises(UserError, match=rf"{network.kind} is made for .*16, 32, 64"):
        build(network, shape, 0)


def test_too_few_layers_are_refused():
    with pytest.raises(UserError, match=r"depth = 4 is too few .* 64 x 64 .* 5 at least"):
        build(ConvolutionalGenerator(depth=4), (1, 64, 64), 0)


def test_layers_are_spread_and_small_images_get_the_rest():
    assert spread(5, 3) == [2, 2, 1]
    assert spread(0, 2) == [0, 0]


def test_nonlinearities_by_hand():
    x = torch.tensor([[-1.0, 0.5]])
    assert nonlinearity("softplus")(x).tolist()[0] == pytest.approx(
        [math.log(2) / 2 - 1, math.log1p(math.exp(3)) / 2 - 1]
    )
    gated = math.tanh(-1) / (1 + math.exp(-0.5))
    assert nonlinearity("gated")(x).item() == pytest.approx(gated)
    assert nonlinearity("leaky_relu")(x).tolist()[0] == pytest.approx([-0.2, 0.5])


def test_layer_norm_is_over_all_numbers_of_a_sample():
    (layer,) = normalisation("layer", 3)
    x = 5 + 2 * torch.randn(4, 3, 7, 7)
    expected = nn.functional.layer_norm(x, x.shape[1:])
    torch.testing.assert_close(layer(x), expected)
    assert normalisation("none", 3) == []


@pytest.mark.parametrize("network", [*GENERATORS.values(), *DISCRIMINATORS.values()])
def test_signals_keep_their_size(network):
    """He's start: no layer of any depth blows numbers up or lets them die."""
    for layer in weighted(build(network, (1, 16, 16), 0)).values():
        if layer.weight.numel() > 500:
            reach = layer.weight[0].numel()
            if isinstance(layer, nn.ConvTranspose2d):
                reach = layer.in_channels * 4  # a pixel is reached by 2 x 2 of the 4 x 4
            assert layer.weight.std().item() == pytest.approx((2 / reach) ** 0.5, rel=0.15)


# Methods


IMAGES = {
    "task": "toys",
    "training": {
        "generator": {"kind": "perceptron"},
        "discriminator": {"kind": "convolutional"},
    },
    "methods": {
        "gp": {
            "label": "GP",
            "learning_rates": {"generator": 1e-4, "discriminator": 1e-4},
            "penalty": {"kind": "gradient"},
        }
    },
}


def test_a_gradient_penalty_refuses_batch_norm():
    with pytest.raises(
        UserError, match=r"methods\.gp: the constraint gradient .* normalisation: layer"
    ):
        parse_config(IMAGES)
    layer = {"gp": IMAGES["methods"]["gp"] | {"normalisation": "layer", "n_critic": 3}}
    config = parse_config(IMAGES | {"methods": layer})
    step = RECIPES["train"].of(
        config, architecture="convolutional", method="gp", rates="0.0001_0.0001", seed="1"
    )
    assert (step.n_critic, step.discriminator.normalisation) == (3, "layer")
    networks = config.networks("convolutional", "gp")
    assert networks.discriminator == ConvolutionalDiscriminator(normalisation="layer")
    gradients = [{"penalty": {"kind": kind}} for kind in ("gradient", "r1", "dragan")]
    for method in (*gradients, {"normaliser": {"kind": "gradient_normalisation"}}):
        with pytest.raises(ValueError, match="BatchNorm does not have"):
            recipe(method, discriminator={"kind": "residual"})


@pytest.mark.parametrize("loss", ["gan", "wasserstein"])
def test_a_gradient_penalty_goes_with_any_loss(loss):
    """The standard loss with a penalty is the outlook of Gulrajani et al. 2017."""
    given = {"loss": {"kind": loss}, "penalty": {"kind": "gradient"}}
    trainer = small_trainer(given, normalisation="layer")
    loss_of_step, batch = trainer.discriminator_step()
    real, fake = batch.real_scores, batch.fake_scores
    expected = {
        "gan": nn.functional.softplus(-real).mean() + nn.functional.softplus(fake).mean(),
        "wasserstein": fake.mean() - real.mean(),
    }[loss]
    assert loss_of_step.item() == pytest.approx(expected.item(), rel=1e-5)


def small_trainer(method, **discriminator):
    images = torch.rand(40, 1, 16, 16) * 2 - 1
    settings = recipe(
        method,
        generator={"kind": "convolutional", "filters": 2},
        discriminator={"kind": "convolutional", "filters": 2, **discriminator},
        batch_size=8,
    )
    return Trainer(images, torch.empty(40, 0), settings)


def test_real_and_fake_samples_are_normalised_apart():
    """Statistics of a joint batch would show each in the other, and no generator step has one."""
    trainer = small_trainer("none")
    seen = []
    trainer.discriminator.register_forward_pre_hook(lambda _, given: seen.append(len(given[0])))
    trainer.discriminator_step()
    assert seen == [8, 8]
    seen.clear()
    joint = small_trainer("none", normalisation="layer")
    joint.discriminator.register_forward_pre_hook(lambda _, given: seen.append(len(given[0])))
    joint.discriminator_step()
    assert seen == [16]


def test_the_lipschitz_constant_is_that_of_single_scores():
    trainer = small_trainer("none")
    for _ in range(3):
        trainer.discriminator_step()
    before = {n: b.clone() for n, b in trainer.discriminator.named_buffers()}
    total = trainer.lipschitz().set_index("layer").loc["total"]
    assert 0 < total["gradient_real"] < 1e4
    assert trainer.discriminator.training
    after = dict(trainer.discriminator.named_buffers())
    assert all(torch.equal(after[n], value) for n, value in before.items())
