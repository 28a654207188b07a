"""The average of a generator over its training."""

from copy import deepcopy

from torch import nn
from torch.optim.swa_utils import get_ema_multi_avg_fn


class Average:
    """A network that follows another: theta_avg = d theta_avg + (1 - d) theta (Yazici et al. 2019).

    BatchNorm's running statistics follow in the same way. It starts where the other network starts.

    Args:
        network: to be followed.
        decay: d, between 0 and 1.
    """

    def __init__(self, network: nn.Module, decay: float) -> None:
        self.network = deepcopy(network)
        self._follow = get_ema_multi_avg_fn(decay)
        self._numbers, self._followed = (
            [value for value in n.state_dict().values() if value.is_floating_point()]
            for n in (self.network, network)
        )

    def update(self) -> None:
        """Follow one step."""
        self._follow(self._numbers, self._followed, 0)  # the count of steps so far is not used
