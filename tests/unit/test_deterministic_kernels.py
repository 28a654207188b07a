"""Every operation that a step may do on a GPU is in the table of docs/determinism.md, which says how it repeats itself.

What PyTorch does is recorded here on the CPU, as its dispatcher sees it, below autograd: on a GPU the same operations
are done by other kernels, and some of a layer or an optimiser at once.
"""

import re
from pathlib import Path

import pytest
import torch
from every_kernel import SHOWERS, TRAININGS, trained
from torch.utils._python_dispatch import TorchDispatchMode

from showergan.config.constraints import Constraint
from showergan.config.kinds import kinds
from showergan.config.losses import Loss
from showergan.config.networks import DiscriminatorNetwork, GeneratorNetwork
from showergan.config.optimisers import Optimiser
from showergan.config.recipes.training import Audit
from showergan.config.tasks.images import Embedding as PictureRecipe
from showergan.config.tasks.showers import Embedding as ShowerRecipe
from showergan.networks import residual
from showergan.tasks.found import TASKS
from showergan.tasks.images import dataset
from showergan.tasks.images.embedding import train_embedding as train_on_images
from showergan.tasks.showers import gflash
from showergan.tasks.showers.conditions import Conditioning, to_energy, training_tensors
from showergan.tasks.showers.embedding import predict, train_embedding
from showergan.training import lipschitz
from showergan.training.scale_audit import scale_audit

DOC = Path(__file__).parents[2] / "docs/determinism.md"
CPU = torch.device("cpu")

# What has no deterministic form on CUDA: the second list of torch.use_deterministic_algorithms (PyTorch 2.13.0), and
# the operations that its entries come to. Of NLLLoss it is that of images alone (in PyTorch's source
# aten/src/ATen/native/cuda/NLLLoss2d.cu), of cumsum that of floating point numbers.
WITHOUT = {
    "torch.nn.AvgPool3d": ["avg_pool3d_backward"],
    "torch.nn.AdaptiveAvgPool2d": ["_adaptive_avg_pool2d_backward"],
    "torch.nn.AdaptiveAvgPool3d": ["_adaptive_avg_pool3d_backward"],
    "torch.nn.AdaptiveMaxPool2d": ["adaptive_max_pool2d_backward"],
    "torch.nn.FractionalMaxPool2d": ["fractional_max_pool2d_backward"],
    "torch.nn.FractionalMaxPool3d": ["fractional_max_pool3d_backward"],
    "torch.nn.MaxUnpool1d": ["max_unpool2d"],
    "torch.nn.MaxUnpool2d": ["max_unpool2d"],
    "torch.nn.MaxUnpool3d": ["max_unpool3d"],
    "torch.nn.functional.interpolate": [
        f"upsample_{mode}_backward"
        for mode in ("linear1d", "bilinear2d", "bicubic2d", "trilinear3d")
    ],
    "torch.nn.ReflectionPad1d": ["reflection_pad1d_backward"],
    "torch.nn.ReflectionPad2d": ["reflection_pad2d_backward"],
    "torch.nn.ReflectionPad3d": ["reflection_pad3d_backward"],
    "torch.nn.NLLLoss": ["nll_loss2d_forward"],
    "torch.nn.CTCLoss": ["_ctc_loss_backward"],
    "torch.nn.EmbeddingBag": ["_embedding_bag_dense_backward"],
    "torch.Tensor.put_": ["put_", "put"],
    "torch.histc": ["histc"],
    "torch.bincount": ["bincount"],
    "torch.median": ["median", "nanmedian"],
    "torch.nn.functional.grid_sample": ["grid_sampler_2d_backward", "grid_sampler_3d_backward"],
    "torch.cumsum": ["cumsum"],
    "torch.Tensor.scatter_reduce": ["scatter_reduce"],
    "torch.Tensor.resize_": ["resize_"],
}


class Recorded(TorchDispatchMode):
    """The names of all operations done within, without the `_` of those that change their input."""

    def __init__(self):
        super().__init__()
        self.names = set()

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        name = function._schema.name
        if name.startswith("aten::"):
            self.names.add(name.removeprefix("aten::").rstrip("_"))
        return function(*args, **(kwargs or {}))


def make_and_measure(folder):
    """Do what steps do on a GPU besides training GANs: read, generate, audit, and train and ask the embeddings."""
    text, pictures = TASKS["text"], TASKS["images"]
    (folder / "text.txt").write_text("\n".join(f"{i:064b}" for i in range(40)))
    text.write(text.data(path=str(folder / "text.txt")), folder / "text.h5")
    found = text.of(text.samples_in(folder / "text.h5")).training_set(folder / "text.h5", None, CPU)
    text.to_samples(found.samples, None, None, None)

    [some] = gflash.simulate(40, 1)
    tensors = training_tensors(some, Conditioning(), CPU)
    to_energy(tensors[0])
    networks = {"discriminator": SHOWERS["discriminator"]}
    rates = {"generator": 1e-3, "discriminator": 1e-3}
    audit = Audit.model_validate({"seed": 1, **networks, "learning_rates": rates, "batch_size": 8})
    scale_audit(*tensors, audit, n_steps=1, every=1)
    network, _ = train_embedding(some, ShowerRecipe(epochs=1, batch_size=8), CPU)
    predict(network, tensors[0])

    path, few = folder / "pictures.h5", slice(40)
    pictures.write(pictures.data(), path)
    image = dataset.load(path, "train").image[few]
    label = dataset.labels(path, "train")[few]
    settings, like = PictureRecipe(epochs=1, batch_size=8, width=4), pictures.samples_in(path)
    for kind in ("classifier", "encoder"):
        network, _ = train_on_images(kind, like, image, label, settings, CPU)
        network.seen(image)


@pytest.fixture(scope="module")
def used(tmp_path_factory):
    """The operations of all that a step may do on a GPU; metrics are computed on the CPU."""
    folder = tmp_path_factory.mktemp("data")
    with pytest.MonkeyPatch.context() as patch, Recorded() as recorded:
        patch.setattr(lipschitz, "ITERATIONS", 2)
        patch.setattr(residual, "BLOCKS", 3)  # one at each scale
        done = [trained(name, CPU) for name in TRAININGS]
        for trainer in done:
            trainer.lipschitz()
        make_and_measure(folder)
    recipes = [trainer.recipe for trainer in done]
    found = [part for r in recipes for part in (r.generator, r.discriminator, r.optimiser)]
    found += [part for r in recipes for part in (r.method.loss, *r.method.constraints)]
    for base in (
        GeneratorNetwork,
        DiscriminatorNetwork,
        Loss,
        Optimiser,
        *Constraint.__subclasses__(),
    ):
        ours = {kind for kind in kinds(base).values() if kind.__module__.startswith("showergan.")}
        assert ours <= set(map(type, found))
    return recorded.names


@pytest.fixture(scope="module")
def table():
    """The operations in the table: the second column has them, each in backticks."""
    rows = re.findall(r"^\| [^|]+ \| (`[^|]+`) \|", DOC.read_text(), re.MULTILINE)
    return [name for row in rows for name in re.findall(r"`(\w+)`", row)]


def test_the_table_names_every_operation_once_and_no_other(used, table):
    assert sorted(table) == sorted(used)


def test_none_stops_with_an_error_on_a_gpu(used):
    assert not used & {name.rstrip("_") for names in WITHOUT.values() for name in names}


def test_pytorch_has_no_further_ones():
    """Another version may; then its entries belong to those above."""
    told = torch.use_deterministic_algorithms.__doc__
    told = told.split("nondeterministic operations will throw a")[1].split("In addition")[0]
    assert set(re.findall(r"\* :\w+:`([\w.]+)`", told)) == set(WITHOUT)
    known = {name.partition(".")[0] for name in torch._C._dispatch_get_all_op_names()}
    assert {f"aten::{name}" for names in WITHOUT.values() for name in names} <= known


def test_what_has_no_deterministic_form_would_be_noticed():
    with Recorded() as recorded:
        image = torch.rand(1, 1, 4, 4, requires_grad=True)
        torch.nn.functional.interpolate(image, size=8, mode="bilinear").sum().backward()
    assert "upsample_bilinear2d_backward" in recorded.names
