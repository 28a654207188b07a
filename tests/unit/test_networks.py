"""Sizes and views of the networks."""

import copy

import pytest
import torch
from pydantic import TypeAdapter

from showergan.config.kinds import implementation_of, kinds, one_of
from showergan.config.networks import (
    DiscriminatorNetwork,
    GeneratorNetwork,
    PerceptronDiscriminator,
    PerceptronGenerator,
    ShowerDiscriminator,
    ShowerGenerator,
)
from showergan.errors import UserError
from showergan.networks.base import NetworkModule, build
from showergan.networks.shower import Conv2d, ConvTranspose2d
from showergan.tasks.showers.embedding import EmbeddingRegressor

SHOWER = (1, 30, 30)


def parameters(module):
    return sum(p.numel() for p in module.parameters())


@pytest.mark.parametrize(
    ("network", "count"),
    [
        (build(ShowerGenerator(), SHOWER, 7), 162_321),
        (build(ShowerDiscriminator(), SHOWER, 7), 406_849),
        (build(ShowerDiscriminator(size="small"), SHOWER, 7), 107_969),
        (EmbeddingRegressor("padded"), 134_936),
        (EmbeddingRegressor("cropped"), 134_936),
    ],
)
def test_parameter_counts_are_the_published_ones(network, count):
    assert parameters(network) == count


def test_generator_gives_nonnegative_images():
    images = build(ShowerGenerator(), SHOWER, 7)(torch.rand(4, 50), torch.randn(4, 7))
    assert images.shape == (4, 1, 30, 30)
    assert (images >= 0).all()


@pytest.mark.parametrize("size", ["standard", "small"])
def test_discriminator_shrinks_15_7_3_1(size):
    discriminator = build(ShowerDiscriminator(size=size), SHOWER, 7)
    image, sizes = torch.rand(2, 1, 30, 30), []
    for layer in discriminator.convolutions:
        image = layer(image)
        sizes.append(image.shape[-1])
    assert sizes[::2] == [15, 7, 3, 1]
    assert discriminator(torch.rand(2, 1, 30, 30), torch.rand(2, 7)).shape == (2,)


# Every network, present and to come: a shape that it is made for.


def shape_of(network):
    images = {"convolutional": (1, 16, 16), "residual": (1, 16, 16)}
    own = implementation_of(network, NetworkModule).only_shape
    return own or images.get(network.kind, (3, 4))


@pytest.mark.parametrize("n_conditions", [0, 5])
@pytest.mark.parametrize("kind", kinds(GeneratorNetwork))
def test_generators_keep_what_they_say(kind, n_conditions):
    network = kinds(GeneratorNetwork)[kind]()
    generator = build(network, shape_of(network), n_conditions)
    noise = generator.draw_noise(6, torch.Generator().manual_seed(1))
    assert noise.shape == (6, network.noise_size)
    assert generator(noise, torch.rand(6, n_conditions)).shape == (6, *shape_of(network))
    assert (generator.settings, generator.n_conditions) == (network, n_conditions)
    assert generator.sample_shape == shape_of(network)


@pytest.mark.parametrize("n_conditions", [0, 5])
@pytest.mark.parametrize("kind", kinds(DiscriminatorNetwork))
def test_discriminators_give_a_score_per_sample(kind, n_conditions):
    network = kinds(DiscriminatorNetwork)[kind]()
    discriminator = build(network, shape_of(network), n_conditions)
    sample, condition = torch.rand(6, *shape_of(network)), torch.rand(6, n_conditions)
    scores = discriminator(sample, condition)
    assert scores.shape == (6,)
    if n_conditions:
        assert not torch.allclose(discriminator(sample, condition + 1), scores)


@pytest.mark.parametrize("base", [GeneratorNetwork, DiscriminatorNetwork])
def test_a_network_comes_back_from_its_kind_and_parameters(base):
    """What a file has to hold, besides shape, number of conditions and weights."""
    for network in (kind() for kind in kinds(base).values()):
        kept = network.model_dump(mode="json")
        again = TypeAdapter(one_of(base)).validate_python(kept)
        assert again == network
        module = build(network, shape_of(network), 2)
        other = build(again, shape_of(network), 2)
        other.load_state_dict(module.state_dict())
        first = torch.rand(
            3, *(shape_of(network) if base is DiscriminatorNetwork else (again.noise_size,))
        )
        given = first, torch.rand(3, 2)
        assert torch.equal(other.eval()(*given), module.eval()(*given))
        assert torch.equal(copy.deepcopy(module)(*given), module(*given))


@pytest.mark.parametrize("network", [ShowerGenerator(), ShowerDiscriminator()])
def test_a_network_refuses_samples_that_it_is_not_made_for(network):
    with pytest.raises(UserError, match=rf"{network.kind} is made for .*\(1, 30, 30\).*\(2,\)"):
        build(network, (2,), 0)


def test_perceptrons_are_those_of_the_toys():
    """512 x 3 units: weights and biases of 2 -> 512 -> 512 -> 512 -> 2 or 1."""
    hidden = 512 * 3 + 2 * 512 * 513
    assert parameters(build(PerceptronGenerator(), (2,), 0)) == hidden + 2 * 513
    assert parameters(build(PerceptronDiscriminator(), (2,), 0)) == hidden + 513


def test_perceptrons_start_as_he_says():
    torch.manual_seed(0)
    body = build(PerceptronDiscriminator(width=400, depth=2), (300,), 20).body
    linear = [layer for layer in body if isinstance(layer, torch.nn.Linear)]
    assert [layer.in_features for layer in linear] == [320, 400, 400]
    for layer in linear:
        assert layer.weight.std().item() == pytest.approx((2 / layer.in_features) ** 0.5, rel=0.1)
        assert (layer.bias == 0).all()
    assert sum(isinstance(layer, torch.nn.ReLU) for layer in body) == 2


def test_a_perceptron_generator_gives_any_sign():
    torch.manual_seed(0)
    points = build(PerceptronGenerator(width=32), (2,), 0)(torch.randn(99, 2), torch.zeros(99, 0))
    assert points.min() < 0 < points.max()


@pytest.mark.parametrize(("view", "blind"), [("padded", 0), ("cropped", 30 * 30 - 24 * 24)])
def test_view_decides_which_cells_count(view, blind):
    torch.manual_seed(0)
    regressor = EmbeddingRegressor(view).eval()
    energy = torch.rand(8, 1, 30, 30, requires_grad=True)
    regressor(energy).embedding.abs().sum().backward()
    assert int((energy.grad.abs().sum((0, 1)) == 0).sum()) == blind


def test_embedding_is_taken_before_the_tanh():
    regressor = EmbeddingRegressor().eval()
    prediction = regressor(torch.rand(3, 1, 30, 30))
    assert prediction.embedding.shape == (3, 64)
    expected = regressor.target_head(torch.tanh(prediction.embedding))
    torch.testing.assert_close(prediction.targets, expected)


@pytest.mark.parametrize(
    ("network", "sd"),
    # sd of a uniform number on [-1, 1]
    [(ShowerGenerator(), 3**-0.5), (PerceptronGenerator(noise_size=50), 1)],
)
def test_noise_is_seeded(network, sd):
    generator = build(network, shape_of(network), 0)
    first = generator.draw_noise(4000, torch.Generator().manual_seed(1))
    assert torch.equal(first, generator.draw_noise(4000, torch.Generator().manual_seed(1)))
    assert first.std().item() == pytest.approx(sd, rel=0.01)
    assert first.mean().item() == pytest.approx(0, abs=0.01)
    assert (first.abs().max() <= 1) == (network.noise == "uniform")


def equal_with_gradients(layer, image, layout, expected):
    """Check the result of a layer on an image in some layout of memory, and all gradients through it."""
    found = layer(image.to(memory_format=layout))
    torch.testing.assert_close(found, expected)
    parts = (image, layer.weight, layer.bias)
    gradients = (torch.autograd.grad(out.square().sum(), parts) for out in (found, expected))
    for ours, theirs in zip(*gradients, strict=True):
        torch.testing.assert_close(ours, theirs)


@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last])
@pytest.mark.parametrize("size", [(16, 16), (2, 2), (5, 3)])
def test_last_layer_of_the_generator_is_a_transposed_convolution_less_its_border(size, layout):
    torch.manual_seed(0)
    layer = ConvTranspose2d(4).double().to(memory_format=layout)
    image = torch.rand(3, 4, *size, dtype=torch.double, requires_grad=True)
    expected = torch.nn.functional.conv_transpose2d(image, layer.weight, layer.bias, 2, 1, 1)
    expected = expected[:, :, 1:-1, 1:-1]
    equal_with_gradients(layer, image, layout, expected)


@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last])
@pytest.mark.parametrize("size", [3, 7])
def test_convolution_over_its_whole_input_is_a_convolution(size, layout):
    torch.manual_seed(0)
    layer = Conv2d(4, 5, 3, stride=2).double().to(memory_format=layout)
    image = torch.rand(2, 4, size, size, dtype=torch.double, requires_grad=True)
    expected = torch.nn.functional.conv2d(image, layer.weight, layer.bias, stride=2)
    equal_with_gradients(layer, image, layout, expected)
