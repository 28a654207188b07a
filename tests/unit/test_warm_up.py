"""Learning rates that rise at the start of a training."""

import numpy as np
import pytest
import torch
from small_training import recipe
from torch.optim.lr_scheduler import LambdaLR

from showergan.tasks.toys.points import DISTRIBUTIONS
from showergan.training.loop import Trainer

RATES = {"generator": 1e-3, "discriminator": 4e-4}


@pytest.fixture(autouse=True)
def one_thread():
    torch.set_num_threads(1)


def trainer(**changes):
    """Return a training of 4 steps in each of 3 epochs, each with two of the discriminator, on points."""
    points = DISTRIBUTIONS["gaussians_8"].sample(64, np.random.default_rng(1))
    settings = recipe(
        "sn",
        generator={"kind": "perceptron", "width": 8},
        discriminator={"kind": "perceptron", "width": 8},
        learning_rates=RATES,
        epochs=3,
        evaluated_epochs=(3,),
        **changes,
    )
    return Trainer(torch.from_numpy(points), torch.empty(64, 0), settings)


def rates_of(optimiser):
    """Return a list that the learning rate of every step of an optimiser joins."""
    found, step = [], optimiser.step

    def told():
        found.append(optimiser.param_groups[0]["lr"])
        step()

    optimiser.step = told
    return found


@pytest.mark.parametrize("optimiser", ["rmsprop", "adam"])
@pytest.mark.parametrize("warm_up", [None, 1, 5, 12, 100])
def test_both_rates_rise_to_their_value(warm_up, optimiser):
    made = trainer(warm_up=warm_up, optimiser={"kind": optimiser})
    generator, discriminator = map(
        rates_of, (made.generator_optimiser, made.discriminator_optimiser)
    )
    made.run()
    risen = np.minimum(1, np.arange(1, 13) / (warm_up or 1))
    np.testing.assert_allclose(generator, 1e-3 * risen)
    np.testing.assert_allclose(discriminator, np.repeat(4e-4 * risen, 2))
    assert (generator[-1] == 1e-3) == (warm_up != 100)


@pytest.mark.parametrize("name", ["RMSprop", "Adam"])
def test_it_is_the_schedule_of_torch(name):
    risen = trainer(warm_up=5, optimiser={"kind": name.lower()}).run()
    plain = trainer(optimiser={"kind": name.lower()})
    both = [
        getattr(torch.optim, name)(network.parameters(), lr=rate)
        for network, rate in zip(
            (plain.generator, plain.discriminator), RATES.values(), strict=True
        )
    ]
    plain.generator_optimiser, plain.discriminator_optimiser = both
    schedules = [LambdaLR(each, lambda step: min(1.0, (step + 1) / 5)) for each in both]
    for _ in range(12):
        for _ in range(2):
            plain.discriminator_step()
        plain.generator_step()
        for schedule in schedules:
            schedule.step()
    for name, value in plain.generator.state_dict().items():
        assert torch.equal(value, risen.states[3][name]), name
