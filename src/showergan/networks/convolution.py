"""A convolution that is fast where it covers its whole input."""

from torch import Tensor, nn
from torch.nn.functional import linear


class Conv2d(nn.Conv2d):
    """A convolution; where the kernel covers its whole input, done as a matrix product, faster on CPUs."""

    def forward(self, image: Tensor) -> Tensor:
        """Return what `nn.Conv2d` returns, but for rounding."""
        if image.shape[2:] != self.kernel_size or any(self.padding):
            return super().forward(image)
        image, weight = (x.movedim(1, -1).flatten(1) for x in (image, self.weight))
        return linear(image, weight, self.bias)[..., None, None]
