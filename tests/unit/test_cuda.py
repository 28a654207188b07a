"""The same work on a GPU: repeatable bit for bit there, and the same as on a CPU but for rounding."""

import os
import subprocess
import sys

import generators
import numpy as np
import pytest
import torch
from every_kernel import TRAININGS, trained
from on_device import DrawnOnCpu, Generator, run_an_epoch
from small_training import COMPOSITIONS, assert_goes_on_bit_for_bit, recipe

from showergan.config.methods import LearningRates
from showergan.config.networks import ShowerDiscriminator
from showergan.config.recipes.training import Audit
from showergan.config.tasks.images import Embedding as PictureRecipe
from showergan.config.tasks.showers import Embedding
from showergan.evaluation.generator import load_generator, save_generator
from showergan.io.device import choose_device
from showergan.records.provenance import made_with, peak_device_memory
from showergan.tasks.found import TASKS
from showergan.tasks.images import dataset
from showergan.tasks.images.embedding import train_embedding as train_on_images
from showergan.tasks.showers import gflash
from showergan.tasks.showers.embedding import predict, train_embedding
from showergan.training.loop import Trainer, build
from showergan.training.scale_audit import scale_audit

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device here")
CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def cuda():
    """The first GPU, ready for repeatable work, and no demand for it afterwards."""
    yield choose_device("cuda")
    torch.use_deterministic_algorithms(False)


def made(method, device, rate=1e-3, **changes):
    settings = recipe(
        method,
        evaluated_epochs=(2,),
        record_every=1,
        generator_average=0.9,
        learning_rates={"generator": rate, "discriminator": rate},
        **changes,
    )
    random = torch.Generator().manual_seed(3)
    images = (100 * torch.rand(80, 1, 30, 30, generator=random)).log1p()
    conditions = torch.rand(80, 7, generator=random)
    return Trainer(images.to(device), conditions.to(device), settings)


def train(method, device, **changes):
    trainer = made(method, device, **changes)
    return trainer, trainer.run()


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
@pytest.mark.parametrize("method", COMPOSITIONS)
def test_a_training_is_repeatable_bit_for_bit(cuda, method, precision):
    (first, one), (second, two) = (train(method, cuda, precision=precision) for _ in range(2))
    for name, value in one.states[2].items():
        assert torch.equal(value, two.states[2][name]), name
    assert one.history.frame().equals(two.history.frame())
    assert first.lipschitz().equals(second.lipschitz())


@pytest.mark.parametrize("method", COMPOSITIONS)
def test_losses_are_those_of_the_cpu_but_for_rounding(cuda, method, monkeypatch):
    """Where both have the same random numbers, and rates that do not amplify rounding by more than these tolerances."""
    monkeypatch.setattr(torch, "Generator", Generator)
    monkeypatch.setattr(torch.backends.cudnn, "allow_tf32", False)
    with DrawnOnCpu():
        one, two = (train(method, device, rate=1e-5)[0].table() for device in (CPU, cuda))
    losses = ["discriminator_loss", "generator_loss", "lipschitz_bound"]
    np.testing.assert_allclose(two[losses], one[losses], rtol=5e-3, atol=1e-4)


@pytest.mark.parametrize("name", TRAININGS)
def test_no_step_waits_for_the_device(cuda, name):
    """PyTorch stops with an error where one does; test_waits.py looks for it without a GPU."""
    once = trained(name, cuda)  # whatever is set up at the first use is there
    settings = {"epochs": 2, "evaluated_epochs": (2,)}
    trainer = Trainer(once.samples, once.conditions, once.recipe.model_copy(update=settings))
    torch.cuda.set_sync_debug_mode("error")
    try:
        assert run_an_epoch(trainer) == [1]
    finally:
        torch.cuda.set_sync_debug_mode("default")


@pytest.mark.parametrize("name", TRAININGS)
def test_every_network_has_deterministic_kernels_alone(cuda, name):
    """PyTorch stops with an error at any other."""
    one, two = (trained(name, cuda) for _ in range(2))
    for network in ("generator", "discriminator"):
        there = getattr(two, network).state_dict()
        for key, value in getattr(one, network).state_dict().items():
            assert torch.equal(value, there[key]), key
    assert one.table().equals(two.table())
    assert one.lipschitz().equals(two.lipschitz())


def test_replayed_batches_are_repeatable(cuda):
    (_, one), (_, two) = (train("sn", cuda, batches="replayed") for _ in range(2))
    assert one.history.frame().equals(two.history.frame())


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
@pytest.mark.parametrize("method", COMPOSITIONS)
def test_a_stopped_training_goes_on_bit_for_bit(cuda, method, precision, tmp_path):
    assert_goes_on_bit_for_bit(lambda: made(method, cuda, precision=precision), tmp_path, cuda)


@pytest.mark.parametrize("method", COMPOSITIONS)
def test_first_weights_are_those_of_the_cpu(cuda, method):
    settings = train(method, CPU)[0].recipe
    both = (build(settings, (1, 30, 30), 7, device) for device in (CPU, cuda))
    for here, there in zip(*both, strict=True):
        for name, value in here.state_dict().items():
            assert torch.equal(value, there.state_dict()[name].cpu()), name


def test_a_generator_of_the_gpu_is_one_of_the_cpu(cuda, tmp_path):
    trainer, result = train("sn", cuda)
    description = generators.trained(trainer.generator.cpu()).description
    save_generator(description, result.states, tmp_path / "generator.pt")
    content = torch.load(tmp_path / "generator.pt", weights_only=True)  # not moved to the CPU
    assert {value.device for value in content["states"][2].values()} == {CPU}
    loaded = load_generator(tmp_path / "generator.pt").network()
    noise = loaded.draw_noise(16, torch.Generator().manual_seed(1))
    with torch.no_grad():
        here = loaded(noise, trainer.conditions[:16].cpu())
        there = trainer.average.network.eval()(noise.to(cuda), trainer.conditions[:16])
    torch.testing.assert_close(there.cpu(), here, rtol=1e-2, atol=1e-2)  # of 10 bits (TF32)


def test_the_embedding_is_repeatable_and_predicts_as_on_the_cpu(cuda):
    [showers] = gflash.simulate(200, seed=1)
    settings = Embedding(epochs=2, batch_size=32)
    one, two = (train_embedding(showers, settings, cuda)[0] for _ in range(2))
    for name, value in one.state_dict().items():
        assert torch.equal(value, two.state_dict()[name]), name
    images = torch.from_numpy(showers.energy).unsqueeze(1)
    there = predict(one, images.to(cuda))
    here = predict(one.to(CPU), images)
    for gpu, cpu in zip(there, here, strict=True):
        torch.testing.assert_close(gpu.cpu(), cpu, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("kind", ["classifier", "encoder"])
def test_the_embedding_of_pictures_is_repeatable(cuda, kind, tmp_path):
    task, path = TASKS["images"], tmp_path / "pictures.h5"
    task.write(task.data(), path)
    image, label = dataset.load(path, "train").image, dataset.labels(path, "train")
    settings = PictureRecipe(epochs=2, width=4)
    one, two = (
        train_on_images(kind, task.samples_in(path), image, label, settings, cuda)[0]
        for _ in range(2)
    )
    for name, value in one.state_dict().items():
        assert torch.equal(value, two.state_dict()[name]), name


def test_the_audit_is_repeatable(cuda):
    settings = Audit(
        seed=1,
        discriminator=ShowerDiscriminator(size="small"),
        learning_rates=LearningRates(generator=1e-3, discriminator=1e-5),
        batch_size=16,
    )
    random = torch.Generator().manual_seed(3)
    images = (100 * torch.rand(80, 1, 30, 30, generator=random)).log1p().to(cuda)
    conditions = torch.rand(80, 7, generator=random).to(cuda)
    assert scale_audit(images, conditions, settings).equals(
        scale_audit(images, conditions, settings)
    )


def test_a_record_names_the_gpu(cuda):
    torch.ones(2, device=cuda).sum().item()
    found = made_with()["device"]
    assert found["name"] == torch.cuda.get_device_name(cuda)
    assert found["cuda"] == torch.version.cuda
    assert found["driver"][0].isdigit()
    assert peak_device_memory() > 0


CHOICE = """
import torch
from showergan.io.device import choose_device
device = choose_device("auto", 1)
print(device, torch.cuda.current_device(), torch.cuda.get_device_properties(device).uuid)
"""


def test_a_slot_of_a_gpu_is_taken_by_its_own_name(tmp_path):
    """The system has given the lock back by the time that the file is seen; who waits is tested without a GPU."""
    done = subprocess.run(
        [sys.executable, "-c", CHOICE],
        env=os.environ | {"TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    device, current, uuid = done.stdout.split()
    assert device == f"cuda:{current}"
    [lock] = tmp_path.glob("showergan-*/*")
    assert lock.name == f"{uuid}.0.lock"
