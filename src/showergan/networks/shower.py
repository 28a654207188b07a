"""The conditional networks of calorimeter showers (Egorov & Rogachev 2023, figures 7 and 8)."""

import torch
from torch import Tensor, nn
from torch.nn.functional import linear

from showergan.config import networks as parameters
from showergan.config.networks import Shape
from showergan.networks.base import Discriminator, Generator

SHAPE = (1, 30, 30)


class ConvTranspose2d(nn.ConvTranspose2d):
    """The transposed convolution of kernel 3 and stride 2 from n x n pixels to one channel, less the border of 2n x 2n.

    On CPUs it is done as a matrix product, which is faster there.
    """

    def __init__(self, channels: int) -> None:
        super().__init__(channels, 1, 3, stride=2, padding=2, output_padding=1)

    def forward(self, image: Tensor) -> Tensor:  # type: ignore[override]
        """Return the result of `nn.ConvTranspose2d`, up to rounding."""
        if image.device.type != "cpu":
            return super().forward(image)
        pixels = image.movedim(1, -1)
        products = self.weight.flatten(1).mT @ pixels.flatten(0, -2).mT
        rows = _woven(products.view(3, 3, *pixels.shape[:-1]))
        return (_woven(rows) + self.bias).unsqueeze(1)  # type: ignore[operator]


def _woven(products: Tensor) -> Tensor:
    """Return lines twice as dense less their ends, (..., 2n - 2, ...), from products with a kernel, (3, ..., n, ...).

    The lines run along dimension 2 of the result, whose odd places lie between two of the products' and get of both.
    """
    before, at, after = products
    n = at.shape[2] - 1
    between = after.narrow(2, 0, n) + before.narrow(2, 1, n)
    return torch.stack([between, at.narrow(2, 1, n)], 3).flatten(2, 3)


class ShowerGenerator(Generator):
    """A linear layer, and transposed convolutions from 2 x 2 to 30 x 30, to log1p images."""

    only_shape = SHAPE

    def __init__(
        self, settings: parameters.ShowerGenerator, sample_shape: Shape, n_conditions: int
    ) -> None:
        super().__init__(settings, sample_shape, n_conditions)
        n_in = settings.noise_size + n_conditions
        self.stem = nn.Sequential(nn.Linear(n_in, 200), nn.LeakyReLU())
        upsample: list[nn.Module] = []
        for i, o in ((50, 128), (128, 64), (64, 32)):
            upsample.append(nn.ConvTranspose2d(i, o, 3, stride=2, padding=1, output_padding=1))
            upsample += [nn.BatchNorm2d(o), nn.ReLU(inplace=True)]
        upsample += [ConvTranspose2d(32), nn.ReLU(inplace=True)]
        # Convolutions of this size run about a tenth faster on CPUs in this layout.
        self.upsample = nn.Sequential(*upsample).to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    def forward(self, noise: Tensor, condition: Tensor) -> Tensor:
        """Return log1p images, shape (n, 1, 30, 30)."""
        seed = self.stem(torch.cat([noise, condition], 1)).view(-1, 50, 2, 2)
        return self.upsample(seed)


class Conv2d(nn.Conv2d):
    """A convolution; where the kernel covers its whole input, done as a matrix product, faster on CPUs."""

    def forward(self, image: Tensor) -> Tensor:
        """Return the result of `nn.Conv2d`, up to rounding."""
        if image.shape[2:] != self.kernel_size or any(self.padding):
            return super().forward(image)
        image, weight = (x.movedim(1, -1).flatten(1) for x in (image, self.weight))
        return linear(image, weight, self.bias)[..., None, None]


class ShowerDiscriminator(Discriminator):
    """Four convolutions of log1p images from 30 x 30 to 1 x 1, and three linear layers that see the conditions."""

    only_shape = SHAPE

    def __init__(
        self, settings: parameters.ShowerDiscriminator, sample_shape: Shape, n_conditions: int
    ) -> None:
        super().__init__(settings, sample_shape, n_conditions)
        base = {"standard": 32, "small": 16}[settings.size]
        convolutions: list[nn.Module] = []
        for i, o in ((1, base), (base, 2 * base), (2 * base, 4 * base), (4 * base, 8 * base)):
            convolutions += [Conv2d(i, o, 3, stride=2, padding=int(i == 1)), nn.LeakyReLU()]
        self.convolutions = nn.Sequential(*convolutions)
        self.head = nn.Sequential(
            *(nn.Linear(8 * base + n_conditions, 64), nn.LeakyReLU()),
            *(nn.Linear(64, 32), nn.LeakyReLU(), nn.Linear(32, 1)),
        )
        # As for the generator.
        self.convolutions.to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    def forward(self, image: Tensor, condition: Tensor) -> Tensor:
        """Return the scores of log1p images, shape (n, 1, 30, 30)."""
        features = self.convolutions(image).flatten(1)
        return self.head(torch.cat([features, condition], 1)).squeeze(1)
