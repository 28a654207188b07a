"""Trainings of seconds that several tests look at."""

import torch

from showergan.config.kinds import implemented
from showergan.config.methods import Composition
from showergan.config.networks import ShowerDiscriminator
from showergan.config.recipes.training import Train
from showergan.errors import Paused
from showergan.methods.constraints.constraint import Constraint
from showergan.networks.base import build
from showergan.training.checkpoint import Checkpoints

COMPOSITIONS = {
    "none": {},
    "clipping": {"normaliser": {"kind": "weight_clipping", "bound": 0.1}},
    "sn": {"normaliser": {"kind": "spectral_norm"}},
    "sn_constant": {
        "normaliser": {"kind": "spectral_norm"},
        "multiplier": {"kind": "constant", "value": 4},
    },
    "sn_coefficient": {
        "normaliser": {"kind": "spectral_norm"},
        "multiplier": {"kind": "trainable", "start": 2},
        "penalty": {"kind": "power", "weight": 1e-3, "p": 2, "offset": 2},
    },
    "sn_coefficients": {
        "normaliser": {"kind": "spectral_norm"},
        "multiplier": {"kind": "trainable_per_layer"},
        "penalty": {"kind": "power", "weight": 1e-5, "p": 2, "offset": 0.5},
    },
    "abcas": {"normaliser": {"kind": "spectral_norm"}, "controller": {"kind": "abcas", "beta": 6}},
    "gradient_penalty": {"penalty": {"kind": "gradient"}},
    "r1": {"loss": {"kind": "gan"}, "penalty": {"kind": "r1"}},
    "dragan": {"loss": {"kind": "gan"}, "penalty": {"kind": "dragan"}},
    "gradient_normalisation": {
        "loss": {"kind": "hinge"},
        "normaliser": {"kind": "gradient_normalisation"},
    },
    "reference_code": {
        "normaliser": {
            "kind": "spectral_norm",
            "acts_on": "output",
            "sigma_gradient": "detached",
            "start": "uniform",
            "warmup_iterations": 0,
            "iterate": "after_step",
        },
        "controller": {
            "kind": "abcas",
            "beta": 6,
            "distance": "max_min",
            "update": "discriminator_step",
            "acts_on": "output",
        },
    },
}


def discriminator_of(size):
    return build(ShowerDiscriminator(size=size), (1, 30, 30), 7)


def constrained(name):
    discriminator = discriminator_of("small")
    chosen = Composition.model_validate(COMPOSITIONS[name]).constraints
    constraints = [implemented(parameters, Constraint) for parameters in chosen]
    for constraint in constraints:
        constraint.attach(discriminator)
    return discriminator, constraints


def recipe(method="sn", **changes):
    """Return a recipe of a composition, given by name or as it is."""
    return Train.model_validate(
        {
            "seed": 1,
            "discriminator": {"kind": "shower_discriminator", "size": "small"},
            "learning_rates": {"generator": 1e-3, "discriminator": 1e-3},
            "method": method if isinstance(method, dict) else COMPOSITIONS[method],
            "epochs": 2,
            "batch_size": 16,
            "n_critic": 2,
            "evaluated_epochs": (1, 2),
            "record_every": 3,
            **changes,
        }
    )


def blobs():
    """Return 80 log1p images of blobs whose place follows the entry point, and their conditions."""
    generator = torch.Generator().manual_seed(3)
    condition = torch.rand(80, 7, generator=generator)
    grid = torch.arange(30) / 30
    x, y = condition[:, 3, None, None], condition[:, 4, None, None]
    blob = torch.exp(-((grid[None, None, :] - x) ** 2 + (grid[None, :, None] - y) ** 2) / 0.02)
    return (100 * blob).log1p().unsqueeze(1), condition


def assert_goes_on_bit_for_bit(trainer, folder, device):
    """Train with `trainer()` whole, and stopped after every step but the last; both end alike."""
    whole = trainer()
    result, data = whole.run(), folder / "data"
    data.touch()
    settings = {"recipe": "", "data": data, "device": device, "every": 0, "most": 0}
    for _ in range(result.n_steps - 1):
        try:
            trainer().run(Checkpoints(folder / "out", **settings))
        except Paused:
            continue
        raise AssertionError("it ended early")
    last = trainer()
    found = last.run(Checkpoints(folder / "out", **settings))
    for epoch, state in result.states.items():
        for name, value in state.items():
            assert torch.equal(value, found.states[epoch][name]), name
    assert found.history.frame().equals(result.history.frame())
    assert last.lipschitz().equals(whole.lipschitz())
