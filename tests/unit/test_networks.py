"""Sizes and views of the networks."""

import pytest
import torch

from showergan.networks.discriminator import Conv2d, Discriminator
from showergan.networks.embedding import EmbeddingRegressor
from showergan.networks.generator import NOISE_SIZE, Generator, draw_noise


def parameters(module):
    return sum(p.numel() for p in module.parameters())


@pytest.mark.parametrize(
    ("network", "count"),
    [
        (Generator(), 162_321),
        (Discriminator("standard"), 406_849),
        (Discriminator("small"), 107_969),
        (EmbeddingRegressor("padded"), 134_936),
        (EmbeddingRegressor("cropped"), 134_936),
    ],
)
def test_parameter_counts_are_the_published_ones(network, count):
    assert parameters(network) == count


def test_generator_gives_nonnegative_images():
    images = Generator()(torch.rand(4, NOISE_SIZE), torch.randn(4, 7))
    assert images.shape == (4, 1, 30, 30)
    assert (images >= 0).all()


@pytest.mark.parametrize("size", ["standard", "small"])
def test_discriminator_shrinks_15_7_3_1(size):
    discriminator = Discriminator(size)
    image, sizes = torch.rand(2, 1, 30, 30), []
    for layer in discriminator.convolutions:
        image = layer(image)
        sizes.append(image.shape[-1])
    assert sizes[::2] == [15, 7, 3, 1]
    assert discriminator(torch.rand(2, 1, 30, 30), torch.rand(2, 7)).shape == (2,)


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


def test_noise_is_uniform_and_seeded():
    first = draw_noise(4000, torch.Generator().manual_seed(1))
    assert torch.equal(first, draw_noise(4000, torch.Generator().manual_seed(1)))
    assert first.min() >= -1
    assert first.max() <= 1
    # sd of a uniform number on [-1, 1]
    assert first.std().item() == pytest.approx(3**-0.5, rel=0.01)


@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last])
@pytest.mark.parametrize("size", [3, 7])
def test_convolution_over_its_whole_input_is_a_convolution(size, layout):
    torch.manual_seed(0)
    layer = Conv2d(4, 5, 3, stride=2).double().to(memory_format=layout)
    image = torch.rand(2, 4, size, size, dtype=torch.double, requires_grad=True)
    expected = torch.nn.functional.conv2d(image, layer.weight, layer.bias, stride=2)
    found = layer(image.to(memory_format=layout))
    torch.testing.assert_close(found, expected)
    parts = (image, layer.weight, layer.bias)
    gradients = (torch.autograd.grad(out.square().sum(), parts) for out in (found, expected))
    for ours, theirs in zip(*gradients, strict=True):
        torch.testing.assert_close(ours, theirs)
