"""Optimisers move weights bit for bit as the classes of PyTorch do, and without its compiler."""

import subprocess
import sys
from copy import deepcopy

import pytest
import torch
from torch import nn

from showergan.methods import optimisers

RULES = {
    "rmsprop": (optimisers.RMSprop, torch.optim.RMSprop, {"lr": 0.01}),
    "adam": (optimisers.Adam, torch.optim.Adam, {"lr": 0.01}),
    "adam of the paper": (optimisers.Adam, torch.optim.Adam, {"lr": 0.1, "betas": (0.5, 0.9)}),
}
DEVICES = ["cpu", *["cuda"] * torch.cuda.is_available()]


def network(device="cpu"):
    """Return layers, of which the first has no gradient, as in a network half of which is frozen."""
    torch.manual_seed(1)
    made = nn.Sequential(*(nn.Linear(5, 5) for _ in range(3))).to(device)
    made[0].requires_grad_(False)
    return made


def trained(layers, optimiser, steps, rates=lambda step: None):
    device = layers[0].weight.device
    for step in steps:
        if rate := rates(step):
            optimiser.param_groups[0]["lr"] = rate
        torch.manual_seed(step)
        x = torch.randn(7, 5).to(device)
        optimiser.zero_grad()
        layers(x).square().mean().backward()
        optimiser.step()


def same(one, other):
    return all(torch.equal(a, b) for a, b in zip(one.parameters(), other.parameters(), strict=True))


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("rule", RULES)
def test_weights_and_states_are_those_of_torch(rule, device):
    ours, theirs, settings = RULES[rule]
    own, other = network(device), network(device)
    mine, its = ours(own.parameters(), **settings), theirs(other.parameters(), **settings)
    for layers, optimiser in ((own, mine), (other, its)):
        trained(layers, optimiser, range(20), lambda step: 0.001 * (step + 1))
    assert same(own, other)
    found, expected = mine.state_dict()["state"], its.state_dict()["state"]
    assert found.keys() == expected.keys() == {2, 3, 4, 5}
    for place, state in expected.items():
        assert found[place].keys() == state.keys()
        assert all(torch.equal(found[place][name], value) for name, value in state.items())


@pytest.mark.parametrize("rule", RULES)
def test_a_state_goes_on_as_if_nothing_had_been(rule):
    ours, _, settings = RULES[rule]
    whole, half, rest = (network() for _ in range(3))
    trained(whole, ours(whole.parameters(), **settings), range(6))
    first = ours(half.parameters(), **settings)
    trained(half, first, range(3))
    state = deepcopy(first.state_dict())
    again = ours(rest.parameters(), **(settings | {"lr": 1.0}))
    rest.load_state_dict(half.state_dict())
    again.load_state_dict(state)
    kept = deepcopy(state)
    trained(rest, again, range(3, 6))
    assert same(rest, whole)
    for place, own in kept[
        "state"
    ].items():  # a state that is loaded does not move with the weights
        assert all(torch.equal(state["state"][place][name], value) for name, value in own.items())


def test_those_of_torch_are_optimisers():
    assert issubclass(torch.optim.SGD, optimisers.Optimiser)


def test_a_step_does_not_wait_for_the_compiler():
    code = (
        "import sys, torch; from showergan.methods.optimisers import Adam; "
        "weight = torch.nn.Parameter(torch.ones(3)); rule = Adam([weight], 0.1); rule.zero_grad(); "
        "weight.sum().backward(); rule.step(); rule.state_dict(); print('torch._dynamo' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
