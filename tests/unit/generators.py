"""Trained generators as tests need them."""

from functools import cache

import numpy as np
import torch

from showergan.config.networks import ShowerGenerator
from showergan.evaluation.generator import TrainedGenerator, conditions_of, description_of
from showergan.networks.base import build, state_of
from showergan.tasks.found import TASKS
from showergan.tasks.showers import gflash
from showergan.tasks.showers.conditions import Conditioning
from showergan.tasks.showers.energy_response import EnergyResponse
from showergan.tasks.showers.particle_frame import ParticleFrame
from showergan.tasks.showers.sample import Particles

FORMS = ("raw", "scaled", "particle", "response")


def trained(*networks, form="raw"):
    """Return networks, by their numbers from 1 as epochs, as if trained on a few simulated particles.

    The form is one of `FORMS`.
    """
    seen = training_particles()
    task = TASKS["showers"]
    description = description_of(task)(
        network=networks[0].settings,
        conditions=conditions_of(task, Particles(*seen).as_array),
        conditioning=conditioning(form),
        average=None,
        provenance={"recipe": {"seed": 1}},
    )
    return TrainedGenerator(description, {i: state_of(n) for i, n in enumerate(networks, 1)})


@cache
def conditioning(form):
    """Return a conditioning: raw, scaled, particle (scaled, in the frame of the particle) or response (that, too)."""
    [showers] = gflash.simulate(40, seed=1)
    frame = ParticleFrame(depth_cm=5.75) if form in FORMS[2:] else None
    energy = showers.energy * (showers.energy > 5)  # a threshold that many cells are below
    response = EnergyResponse.fitted(energy, showers.momentum) if form == "response" else None
    kind = "raw" if form == "raw" else "scaled"
    return Conditioning(kind, frame=frame, response=response).fitted(*showers.conditions)


def network(seed, form="raw"):
    """Return a network whose BatchNorm has seen a training, and whose energies differ."""
    torch.manual_seed(seed)
    noise, made = torch.Generator().manual_seed(seed), untrained()
    seen = training_particles()
    condition = torch.from_numpy(conditioning(form).of(*seen))
    with torch.no_grad():
        for _ in range(20):
            made(made.draw_noise(len(condition), noise), condition)
        last, made = made.upsample[-2], made.eval()
        last.bias.fill_(0)
        last.weight *= 7 / made(made.draw_noise(len(condition), noise), condition).max()
        last.bias.fill_(0.5)
    return made


def untrained():
    return build(ShowerGenerator(), (1, 30, 30), 7)


def training_particles():
    [showers] = gflash.simulate(40, seed=1)
    return showers.point, showers.momentum


def particles(n, seed=2):
    """Return entry points and momenta within the range of the training."""
    random = np.random.default_rng(seed)
    slope = random.uniform(-0.1, 0.1, (n, 2))
    momentum = np.hstack([slope, np.ones((n, 1))]) * random.uniform(5, 50, (n, 1))
    return random.uniform(-2, 2, (n, 2)).astype("f4"), momentum.astype("f4")
