"""A training beside one with PyTorch's own layers and spectral normalisation, step by step."""

import pytest
import torch
from small_training import COMPOSITIONS, blobs, recipe
from torch import nn

from showergan.methods.layers import trained_weight, weight_layers
from showergan.networks.shower import Conv2d, ConvTranspose2d
from showergan.training.loop import Trainer

STEPS = 50
# So slow that rounding does not grow as it does in the first steps of RMSprop.
SLOW = {"generator": 1e-5, "discriminator": 1e-5}


@pytest.fixture(autouse=True)
def one_thread():
    torch.set_num_threads(1)


def in_double(method):
    settings = recipe(method, learning_rates=SLOW, epochs=STEPS, evaluated_epochs=(1,))
    trainer = Trainer(*(x.double() for x in blobs()), settings)
    trainer.generator.double()
    trainer.discriminator.double()
    return trainer


def with_plain_layers(method):
    """The same training with the layers of torch.nn, and in place of our normalisation that of torch.nn.utils."""
    others = {k: v for k, v in COMPOSITIONS[method].items() if k != "normaliser"}
    normalised = COMPOSITIONS[method].get("normaliser", {}).get("kind") == "spectral_norm"
    trainer, ours = in_double(others if normalised else method), in_double(method)
    for module in (*trainer.generator.modules(), *trainer.discriminator.modules()):
        for own, plain in ((Conv2d, nn.Conv2d), (ConvTranspose2d, nn.ConvTranspose2d)):
            if type(module) is own:
                module.__class__ = plain
        if isinstance(module, nn.ReLU):
            module.inplace = False
    if normalised:
        for name, layer in weight_layers(trainer.discriminator).items():
            nn.utils.spectral_norm(layer)
            state = weight_layers(ours.discriminator)[name].parametrizations.weight[0]
            layer.weight_u.copy_(state.u)  # v follows from it
    return trainer


@pytest.mark.parametrize("method", ["none", "sn_coefficient", "gradient_penalty"])
def test_fifty_steps_are_those_of_plain_layers(method):
    ours, theirs = in_double(method), with_plain_layers(method)
    for _ in range(STEPS):
        found, expected = (
            [t.discriminator_step()[0].item() for _ in range(2)] + [t.generator_step().item()]
            for t in (ours, theirs)
        )
        assert found == pytest.approx(expected, rel=1e-8)
    for name, value in ours.generator.state_dict().items():
        torch.testing.assert_close(value, theirs.generator.state_dict()[name], rtol=1e-8, atol=1e-9)
    for name, layer in weight_layers(ours.discriminator).items():
        other = weight_layers(theirs.discriminator)[name]
        weight = getattr(other, "weight_orig", other.weight)
        torch.testing.assert_close(trained_weight(layer), weight, rtol=1e-8, atol=1e-9)
