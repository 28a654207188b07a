"""Optimisers: the numbers of PyTorch's classes, by the functions that those call.

The classes import PyTorch's compiler at their first use, which takes nearly as long as PyTorch, and compile nothing.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import Any, ClassVar

import torch
from torch import Tensor, nn
from torch.optim.adam import adam
from torch.optim.rmsprop import rmsprop


class Optimiser(ABC):
    """A rule that moves weights along gradients: what all of these have in common with any `torch.optim.Optimizer`.

    Attributes:
        defaults: keywords of the rule besides the weights.
        param_groups: the weights, `params`, and keywords of a step, the learning rate `lr` among them.
        state: tensors of each weight that has made a step, by their names.
    """

    defaults: dict[str, Any]
    param_groups: list[dict[str, Any]]
    state: dict[nn.Parameter, dict[str, Tensor]]

    @abstractmethod
    def zero_grad(self) -> None:
        """Forget all gradients."""

    @abstractmethod
    def step(self) -> None:
        """Move the weights that have gradients."""

    @abstractmethod
    def state_dict(self) -> dict[str, Any]:
        """Return the state, weights by their places, and the groups."""

    @abstractmethod
    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Continue from a state."""


Optimiser.register(torch.optim.Optimizer)


class _OneGroup(Optimiser):
    """An optimiser of one group of weights, with running means of each."""

    means: ClassVar[tuple[str, ...]]  # their names in a state

    def __init__(self, weights: Iterable[nn.Parameter], **defaults: Any) -> None:
        self.defaults, self.state = defaults, {}
        self.param_groups = [defaults | {"params": list(weights)}]

    @abstractmethod
    def _move(self, moved: list[Tensor], gradients: list[Tensor], *states: list[Tensor]) -> None:
        """Move weights in place; the states are the numbers of steps, and the means."""

    def zero_grad(self) -> None:
        for weight in self._group["params"]:
            weight.grad = None

    @torch.no_grad()
    def step(self) -> None:
        moved = [weight for weight in self._group["params"] if weight.grad is not None]
        for weight in moved:
            if weight not in self.state:
                means = {name: torch.zeros_like(weight) for name in self.means}
                self.state[weight] = {"step": torch.zeros(()), **means}
        states = ([self.state[weight][name] for weight in moved] for name in ("step", *self.means))
        self._move(moved, [weight.grad for weight in moved], *states)

    def state_dict(self) -> dict[str, Any]:
        weights = self._group["params"]
        places = {place: self.state[w] for place, w in enumerate(weights) if w in self.state}
        return {
            "state": {place: dict(state) for place, state in places.items()},
            "param_groups": [self._group | {"params": list(range(len(weights)))}],
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        weights = self._group["params"]
        self.param_groups = [state["param_groups"][0] | {"params": weights}]
        self.state = {weights[place]: dict(own) for place, own in state["state"].items()}
        for weight, own in self.state.items():
            # The numbers of steps stay where they are read.
            own |= {"step": own["step"].cpu().clone()}
            own |= {name: own[name].to(weight, copy=True) for name in self.means}

    @property
    def _group(self) -> dict[str, Any]:
        return self.param_groups[0]


class Adam(_OneGroup):
    """The rule of Kingma & Ba 2015, algorithm 1, with epsilon 1e-8."""

    means = ("exp_avg", "exp_avg_sq")

    def __init__(
        self,
        weights: Iterable[nn.Parameter],
        lr: float,
        betas: tuple[float, float] = (0.9, 0.999),
    ) -> None:
        super().__init__(weights, lr=lr, betas=betas)

    def _move(self, moved: list[Tensor], gradients: list[Tensor], *states: list[Tensor]) -> None:
        steps, means, squares = states
        beta1, beta2 = self._group["betas"]
        own: Any = {"lr": self._group["lr"], "beta1": beta1, "beta2": beta2, "eps": 1e-8}
        fixed: Any = {"amsgrad": False, "weight_decay": 0.0, "maximize": False}
        adam(moved, gradients, means, squares, [], steps, **own, **fixed)


class RMSprop(_OneGroup):
    """The rule of Tieleman & Hinton 2012, with the memory 0.99 and epsilon 1e-8."""

    means = ("square_avg",)

    def __init__(self, weights: Iterable[nn.Parameter], lr: float) -> None:
        super().__init__(weights, lr=lr)

    def _move(self, moved: list[Tensor], gradients: list[Tensor], *states: list[Tensor]) -> None:
        steps, squares = states
        own: Any = {"lr": self._group["lr"], "alpha": 0.99, "eps": 1e-8}
        fixed: Any = {"weight_decay": 0.0, "momentum": 0.0, "centered": False}
        rmsprop(moved, gradients, squares, [], [], steps, **own, **fixed)
