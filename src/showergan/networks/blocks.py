"""Parts that networks of images share: sizes, nonlinearities, normalisations, first weights, residual blocks."""

from typing import Literal, TypeVar

import torch
from torch import Tensor, nn
from torch.nn.functional import softplus

from showergan.config.networks import Nonlinearity, Normalisation, Shape
from showergan.errors import UserError

Module = TypeVar("Module", bound=nn.Module)

SMALLEST = 4  # pixels on a side, from which generators double and to which discriminators halve
SIZES = {16: 2, 32: 3, 64: 4}  # of images, and the number of doublings from SMALLEST
RESIDUAL = 0.3  # weight of a block beside its shortcut, as in the code of Gulrajani et al. 2017


def doublings(kind: str, sample_shape: Shape) -> int:
    """Return the number of doublings from 4 x 4 pixels to the size of images; a `UserError` refuses other samples."""
    if len(sample_shape) != 3 or sample_shape[1] != sample_shape[2] or sample_shape[1] not in SIZES:
        raise UserError(
            f"{kind} is made for samples of shape (channels, size, size), size one of "
            f"{', '.join(map(str, SIZES))}, and those of the data set have {tuple(sample_shape)}: choose another "
            "network, or another size of the images"
        )
    return SIZES[sample_shape[1]]


def spread(number: int, places: int) -> list[int]:
    """Distribute a number of layers evenly over places; the first get the remainder.

    Places are ordered from small images to large ones, where a layer takes more time.
    """
    each, over = divmod(number, places)
    return [each + (i < over) for i in range(places)]


class ShiftedSoftplus(nn.Module):
    """softplus(2 x + 2) / 2 - 1, a smooth ReLU (Gulrajani et al. 2017, section 5.1)."""

    def forward(self, x: Tensor) -> Tensor:
        """Return numbers above -1, of the shape of x."""
        return softplus(2 * x + 2) / 2 - 1


class Gate(nn.Module):
    """tanh(a) sigmoid(b), a and b the halves of the channels (van den Oord et al. 2016, equation 2)."""

    def forward(self, x: Tensor) -> Tensor:
        """Return half as many channels, shape (n, c / 2, ...), as x has, shape (n, c, ...)."""
        a, b = x.chunk(2, dim=1)
        return a.tanh() * b.sigmoid()


def nonlinearity(name: Nonlinearity) -> nn.Module:
    """Return a nonlinearity; that of `gated` halves the channels."""
    if name == "leaky_relu":
        return nn.LeakyReLU(0.2)
    return {"relu": nn.ReLU, "tanh": nn.Tanh, "softplus": ShiftedSoftplus, "gated": Gate}[name]()


def normalisation(name: Normalisation, channels: int) -> list[nn.Module]:
    """Return the layer that normalises images of so many channels, or nothing.

    `layer` takes mean and variance over all numbers of a sample, and has gain and bias for each channel (Ba, Kiros &
    Hinton 2016), which is GroupNorm with one group.
    """
    if name == "none":
        return []
    return [nn.BatchNorm2d(channels) if name == "batch" else nn.GroupNorm(1, channels)]


def start_as_he(network: Module) -> Module:
    """Return the network with weights N(0, 2 / numbers that reach an output) (He et al. 2015) and biases 0."""
    for layer in network.modules():
        if isinstance(layer, nn.Linear | nn.Conv2d | nn.ConvTranspose2d):
            reach = layer.weight[0].numel()
            if isinstance(layer, nn.ConvTranspose2d):
                kernel, stride = layer.weight[0, 0].numel(), layer.stride[0] * layer.stride[1]
                reach = layer.in_channels * kernel // stride
            nn.init.normal_(layer.weight, std=(2 / reach) ** 0.5)
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)
    return network


class Bottleneck(nn.Module):
    """x + 0.3 h(x), h three convolutions with ReLU before each, 1 x 1, 3 x 3 and 1 x 1 (He et al. 2016, figure 5).

    Args:
        channels_in: of x.
        channels_out: of the result; between the outer two convolutions there are half as many.
        scale: of the image: doubled (each pixel four times), halved (mean of four pixels) or kept.
        normalised: normalisation at the end of h.
    """

    def __init__(
        self,
        channels_in: int,
        channels_out: int,
        scale: Literal["up", "down", "same"],
        normalised: Normalisation,
    ) -> None:
        super().__init__()
        inner = max(channels_out // 2, 1)
        up = [nn.Upsample(scale_factor=2)] if scale == "up" else []
        down = [nn.AvgPool2d(2)] if scale == "down" else []
        self.body = nn.Sequential(
            *(nn.ReLU(), nn.Conv2d(channels_in, inner, 1)),
            *(nn.ReLU(), *up, nn.Conv2d(inner, inner, 3, stride=1 + len(down), padding=1)),
            *(nn.ReLU(), nn.Conv2d(inner, channels_out, 1, bias=normalised != "batch")),
            *normalisation(normalised, channels_out),
        )
        project = [] if scale == "same" else [nn.Conv2d(channels_in, channels_out, 1)]
        self.shortcut = nn.Sequential(*down, *project, *up)

    def forward(self, x: Tensor) -> Tensor:
        """Return images, shape (n, channels_out, size, size)."""
        return self.shortcut(x) + RESIDUAL * self.body(x)


def with_conditions(image: Tensor, condition: Tensor) -> Tensor:
    """Return images, shape (n, channels, size, size), with one more channel for each condition of shape (n, c)."""
    planes = condition[:, :, None, None].expand(-1, -1, *image.shape[2:])
    return torch.cat([image, planes], 1)
