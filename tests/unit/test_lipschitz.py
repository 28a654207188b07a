"""Lipschitz accounting against the matrix of the map itself."""

import pytest
import torch
from small_training import COMPOSITIONS, constrained
from torch import nn

from showergan.config.networks import PerceptronDiscriminator
from showergan.methods.layers import flattened, multipliers, output_scale, weight_layers
from showergan.networks.base import build
from showergan.training.history import layer_norms
from showergan.training.lipschitz import (
    convolution_norm,
    input_sizes,
    largest_gradient,
    lipschitz_table,
    spectral_norm,
)


@pytest.fixture(autouse=True)
def seeded():
    torch.manual_seed(0)


@pytest.fixture
def sample():
    real, fake = 3 * torch.rand(2, 24, 1, 30, 30)
    return real, fake, torch.randn(24, 7), torch.rand(24)


@pytest.mark.parametrize("size", [3, 6, 7])
@pytest.mark.parametrize("padding", [0, 1])
@pytest.mark.parametrize("stride", [1, 2])
def test_operator_norm_is_that_of_the_matrix(size, padding, stride):
    layer = nn.Conv2d(2, 3, 3, stride=stride, padding=padding)
    # Each column of the matrix is the image of one pixel.
    pixels = torch.eye(2 * size * size).view(-1, 2, size, size)
    matrix = (layer(pixels) - layer(torch.zeros(1, 2, size, size))).flatten(1).detach()
    expected = torch.linalg.matrix_norm(matrix, 2).item()
    assert convolution_norm(layer, (size, size)).item() == pytest.approx(expected, rel=1e-3)


@pytest.mark.parametrize("length", [7, 32])
@pytest.mark.parametrize(
    "options",
    [
        {"kernel_size": 5, "padding": 2},
        {"kernel_size": 3, "stride": 3},
        {"kernel_size": 3, "dilation": 2, "groups": 2, "padding": 1},
    ],
)
def test_operator_norm_of_a_convolution_along_a_text(options, length):
    layer = nn.Conv1d(2, 4, **options)
    places = torch.eye(2 * length).view(-1, 2, length)
    matrix = (layer(places) - layer(torch.zeros(1, 2, length))).flatten(1).detach()
    expected = torch.linalg.matrix_norm(matrix, 2).item()
    assert convolution_norm(layer, (length,)).item() == pytest.approx(expected, rel=1e-3)


def test_table_of_a_perceptron_on_points():
    """Of a linear map the product of norms is the largest gradient at best; here both are known."""
    discriminator = build(PerceptronDiscriminator(width=8, depth=1), (2,), 0)
    real, fake = torch.rand(2, 24, 2)
    nothing, mix = torch.zeros(24, 0), torch.rand(24)
    table = lipschitz_table(discriminator, real, fake, nothing, mix).set_index("layer")
    first, second = discriminator.body[0].weight, discriminator.body[2].weight
    for name, weight in (("body.0", first), ("body.2", second)):
        expected = torch.linalg.matrix_norm(weight.detach(), 2).item()
        assert table.loc[name, ["flattened", "operator"]].tolist() == pytest.approx([expected] * 2)
    x = mix[:, None] * real + (1 - mix[:, None]) * fake
    active = (x @ first.T > 0).float()  # biases start at 0
    gradients = (active * second) @ first
    total = table.loc["total"]
    assert total["gradient_between"] == pytest.approx(gradients.norm(dim=1).max().item(), rel=1e-5)
    assert total["gradient_between"] <= total["operator"]


def test_input_sizes_are_30_15_7_3():
    discriminator, _ = constrained("none")
    sizes = input_sizes(discriminator, torch.zeros(1, 1, 30, 30), torch.zeros(1, 7))
    assert list(sizes.values()) == [(30, 30), (15, 15), (7, 7), (3, 3)]


@pytest.mark.parametrize("name", COMPOSITIONS)
def test_table_is_consistent(name, sample):
    discriminator, _ = constrained(name)
    table = lipschitz_table(discriminator, *sample).set_index("layer")
    layers, total = table.drop(index="total"), table.loc["total"]
    assert len(layers) == 7
    factor = 4 if name == "sn_constant" else 2 if name == "sn_coefficient" else 1
    for bound in ("flattened", "operator"):
        product = 1 if name == "gradient_normalisation" else factor * layers[bound].prod()
        assert total[bound] == pytest.approx(product, rel=1e-5)
    # On 3 x 3 pixels the last convolution is its flattened matrix; a linear layer always is.
    exact = ["convolutions.6", "head.0", "head.2", "head.4"]
    assert layers.loc[exact, "operator"].tolist() == pytest.approx(
        layers.loc[exact, "flattened"].tolist(), rel=2e-3
    )
    gradients = total[["gradient_real", "gradient_fake", "gradient_between"]]
    assert (gradients <= total["operator"] * 1.001).all()
    assert (gradients > 0).all()
    if "sn" in name or name == "abcas":
        assert layers["flattened"].tolist() == pytest.approx([1] * 7, rel=0.2)


def test_largest_gradient_of_a_known_function():
    class Quadratic(nn.Module):
        def forward(self, image, condition):
            return (image.flatten(1) ** 2).sum(1) / 2

    images = torch.zeros(3, 1, 30, 30)
    images[1, 0, 2, 2] = 5.0
    assert largest_gradient(Quadratic(), images, torch.zeros(3, 7)) == 5.0


@pytest.mark.parametrize("shape", [(1, 64), (64, 1), (40, 300), (300, 40)])
def test_spectral_norm_is_the_largest_singular_value(shape):
    matrix = torch.randn(shape)
    for scale in (1e-25, 1.0, 1e25):
        expected = torch.linalg.svdvals(scale * matrix)[0].item()
        assert spectral_norm(scale * matrix).item() == pytest.approx(expected, rel=1e-4)


def test_spectral_norm_at_its_limits():
    assert spectral_norm(torch.zeros(3, 4)).item() == 0
    assert spectral_norm(torch.full((3, 4), torch.nan)).isnan()
    assert spectral_norm(torch.full((3, 4), torch.inf)).isnan()
    assert 1 <= spectral_norm(torch.eye(300)).item() < 1.0015  # the farthest from the limit


@pytest.mark.parametrize("name", COMPOSITIONS)
def test_recorded_bound_is_that_of_the_weights_in_use_after_a_large_step(name):
    """Vectors that lag behind once gave negative bounds; so would a multiplier below 0."""
    discriminator, _ = constrained(name)
    with torch.no_grad():
        for parameter in discriminator.parameters():
            parameter.copy_(-3 * torch.randn(parameter.shape))
        for multiplier in multipliers(discriminator).values():
            multiplier.copy_(-1.5)
    recorded = layer_norms(discriminator)
    product = output_scale(discriminator).abs().item()
    for layer_name, layer in weight_layers(discriminator).items():
        singular = torch.linalg.svdvals(flattened(layer.weight.detach()).double())[0]
        bound = (singular * output_scale(layer).abs()).item()
        assert recorded[f"lipschitz_{layer_name}"].item() == pytest.approx(bound, rel=0.002)
        product *= bound
    if name == "gradient_normalisation":  # bounds the output, whatever the layers do
        product = 1
    assert recorded["lipschitz_bound"].item() == pytest.approx(product, rel=0.01)
    assert recorded["lipschitz_bound"] >= 0
