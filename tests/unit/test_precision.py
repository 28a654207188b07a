"""training.precision: what a training in bfloat16 computes with fewer bits, and what it does not."""

import pytest
import torch
from pydantic import ValidationError
from small_training import assert_goes_on_bit_for_bit, blobs, recipe

from showergan.methods.constraints.spectral_norm import power_iteration
from showergan.methods.layers import flattened, trained_weight, weight_layers
from showergan.training.loop import Trainer

METHODS = (
    *("sn_coefficients", "abcas", "gradient_penalty", "reference_code"),
    *("dragan", "gradient_normalisation"),
)


@pytest.fixture(autouse=True)
def one_thread():
    torch.set_num_threads(1)


def trainer(method="sn", precision="bfloat16", **changes):
    return Trainer(*blobs(), recipe(method, precision=precision, **changes))


def test_products_of_both_networks_have_few_bits():
    of, seen = trainer(), {}
    for name, network in (("generator", of.generator), ("discriminator", of.discriminator)):
        for layer_name, layer in network.named_modules():
            if not list(layer.children()):
                layer.register_forward_hook(
                    lambda _, __, out, key=(name, layer_name): seen.update({key: out.dtype})
                )
    of.discriminator_step()
    few = {name for (name, _), dtype in seen.items() if dtype == torch.bfloat16}
    assert few == {"generator", "discriminator"}


@pytest.mark.parametrize("method", METHODS)
def test_all_that_is_kept_has_full_precision(method):
    of = trainer(method)
    loss, batch = of.discriminator_step()
    tensors = [loss, of.generator_step(), batch.fake, batch.fake_scores, batch.real_scores]
    for network in (of.generator, of.discriminator):
        tensors += [*network.state_dict().values(), *(p.grad for p in network.parameters())]
    for optimiser in (of.generator_optimiser, of.discriminator_optimiser):
        tensors += [v for state in optimiser.state.values() for v in state.values()]
    assert {t.dtype for t in tensors if t.is_floating_point()} == {torch.float32}
    assert not torch.is_autocast_enabled("cpu")


def test_sigma_and_its_vectors_have_full_precision():
    of = trainer()
    layers = weight_layers(of.discriminator).values()
    states = [state for layer in layers for state in layer.parametrizations.weight]
    matrices = [flattened(trained_weight(layer).detach()) for layer in layers]
    expected = zip(matrices, *power_iteration(matrices, [s.u for s in states]), strict=True)
    of.discriminator_optimiser.step = lambda: None
    used = {}
    for layer in layers:
        layer.register_forward_hook(lambda m, _, __: used.update({m: m.weight.detach()}))
    of.discriminator_step()
    for layer, state, (weight, u, v) in zip(layers, states, expected, strict=True):
        assert torch.equal(state.u, u)
        assert torch.equal(state.v, v)
        torch.testing.assert_close(flattened(used[layer]), weight / (u @ weight @ v))


def test_a_penalty_is_computed_in_full_precision():
    """Of the same points, weights and places it is what it is in single precision, to the last digits."""
    of, single = trainer("gradient_penalty"), trainer("gradient_penalty", "float32")
    _, batch = of.discriminator_step()
    single.discriminator.load_state_dict(of.discriminator.state_dict())
    [found], [expected] = (
        [c.loss(t.discriminator, batch) for c in t.constraints] for t in (of, single)
    )
    assert torch.equal(found, expected)


def test_first_losses_are_those_of_single_precision_but_for_rounding():
    single, few = (trainer("sn", p).discriminator_step()[1] for p in ("float32", "bfloat16"))
    for name in ("fake", "fake_scores", "real_scores"):
        one, other = getattr(single, name), getattr(few, name)
        assert not torch.equal(one, other)
        assert (one - other).abs().max() < 0.02 * one.abs().max()


@pytest.mark.parametrize("method", METHODS)
def test_a_stopped_training_goes_on_bit_for_bit(method, tmp_path):
    changes = {"epochs": 1, "evaluated_epochs": (1,), "generator_average": 0.9}
    assert_goes_on_bit_for_bit(lambda: trainer(method, **changes), tmp_path, torch.device("cpu"))


def test_precision_is_part_of_the_recipe():
    assert '"precision": "bfloat16"' in recipe(precision="bfloat16").canonical()
    with pytest.raises(ValidationError, match="precision"):
        recipe(precision="float16")
