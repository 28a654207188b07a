"""Small trainings in which each kind of network, loss, constraint and optimiser takes part, with every option."""

import torch
from small_training import COMPOSITIONS, blobs, recipe

from showergan.config.kinds import kinds
from showergan.config.networks import DiscriminatorNetwork, GeneratorNetwork
from showergan.training.loop import Trainer

SMALL = {"filters": 2, "dim": 4, "blocks": 1, "width": 4, "size": "small"}
NONLINEARITIES = ("relu", "leaky_relu", "tanh", "softplus", "gated")
GRADIENT = {"penalty": {"kind": "gradient"}}
N = 4  # samples, one batch


def numbers(*shape):
    """Return samples without chance in [-1, 1]."""
    return torch.linspace(0, 99, N * torch.Size(shape).numel()).sin().view(N, *shape)


SAMPLES = {
    "showers": tuple(part[:N] for part in blobs()),
    "pictures": (numbers(3, 16, 16), numbers(2)),
    "points": (numbers(2), numbers(0)),
    "text": (torch.eye(3)[torch.arange(32 * N) % 3].view(N, 32, 3), numbers(0)),
}


def networks(generator, discriminator=None, **options):
    """Return two networks of a kind, or of two, with the options that each of them has."""
    found = {}
    for base, kind in (
        (GeneratorNetwork, generator),
        (DiscriminatorNetwork, discriminator or generator),
    ):
        fields = kinds(base)[kind].model_fields
        chosen = {k: v for k, v in (SMALL | options).items() if k in fields}
        if base is GeneratorNetwork and chosen.get("normalisation") == "layer":
            chosen["normalisation"] = "none"
        name = base.__name__.removesuffix("Network").lower()
        found[name] = {"kind": kind, **chosen}
    return found


SHOWERS = networks("shower_generator", "shower_discriminator")
TRAININGS = {
    **{
        name: ("showers", SHOWERS | {"method": method, "generator_average": 0.9})
        for name, method in COMPOSITIONS.items()
    },
    "one_sided": (
        "showers",
        SHOWERS | {"method": {"penalty": {"kind": "gradient", "one_sided": True}}},
    ),
    **{
        f"{nonlinearity}_batch": (
            "pictures",
            networks("convolutional", nonlinearity=nonlinearity) | {"method": {}},
        )
        for nonlinearity in NONLINEARITIES
    },
    **{
        f"{nonlinearity}_layer": (
            "pictures",
            networks("convolutional", nonlinearity=nonlinearity, normalisation="layer")
            | {"method": GRADIENT},
        )
        for nonlinearity in NONLINEARITIES
    },
    "residual_batch": (
        "pictures",
        networks("residual") | {"method": {"loss": {"kind": "least_squares"}}},
    ),
    "residual_layer": (
        "pictures",
        networks("residual", normalisation="layer")
        | {"method": GRADIENT, "optimiser": {"kind": "adam"}},
    ),
    "perceptron": (
        "points",
        networks("perceptron") | {"method": GRADIENT | {"loss": {"kind": "gan"}}},
    ),
    "text": (
        "text",
        networks("text_generator", "text_discriminator")
        | {"method": GRADIENT, "batches": "replayed"},
    ),
}


def trained(name, device):
    """Do one step of a training; return its trainer."""
    task, changes = TRAININGS[name]
    once = {"epochs": 1, "evaluated_epochs": (1,), "n_critic": 1, "record_every": 1}
    settings = recipe(**once, batch_size=N, **changes)
    trainer = Trainer(*(part.to(device) for part in SAMPLES[task]), settings)
    trainer.run()
    return trainer
