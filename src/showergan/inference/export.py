"""A trained generator as a file that other programs run without showergan."""

import io
import json
import logging
import warnings
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

import torch
from torch import Tensor, nn

from showergan.errors import UserError
from showergan.files import write_aside
from showergan.inference.description import Description
from showergan.inference.generator_file import load_generator

INPUTS = ("noise", "point", "momentum")
OUTPUT = "energy"


class Standalone(nn.Module):
    """Noise and particles to energies in MeV: the network with all that stands before and after it.

    Args:
        network: a trained generator.
        description: of it.
    """

    mean: Tensor
    sd: Tensor

    def __init__(self, network: nn.Module, description: Description) -> None:
        super().__init__()
        self.network = network
        self.scaled = description.conditioning.form == "scaled"
        self.largest = description.samples.largest_output
        for name in ("mean", "sd"):
            values = getattr(description.conditioning, name)
            self.register_buffer(name, torch.tensor(values, dtype=torch.float64))

    def forward(self, noise: Tensor, point: Tensor, momentum: Tensor) -> Tensor:
        """Return energy deposits in MeV, shape (n, 30, 30); row = y, column = x.

        Args:
            noise: of the network's distribution and size, shape (n, noise_size).
            point: entry points x, y in cm, shape (n, 2).
            momentum: px, py, pz in GeV, shape (n, 3); pz > 0.
        """
        log_energy = self.network(noise, self.conditions(point, momentum)).squeeze(1)
        # ONNX has no expm1, and exp - 1 in single precision loses the small energies.
        return torch.expm1(log_energy.clamp(max=self.largest).double()).float()

    def conditions(self, point: Tensor, momentum: Tensor) -> Tensor:
        """Return what `Conditioning.of` returns, shape (n, 7), in operations that ONNX knows."""
        x, y = point.double().unbind(1)
        px, py, pz = particle = momentum.double().unbind(1)
        if self.scaled:
            particle = (px / pz, py / pz, (px**2 + py**2 + pz**2).log() / 2)
        numbers = torch.stack([*particle, x, y, _azimuth(point).double(), (x**2 + y**2).sqrt()], 1)
        return ((numbers - self.mean) / self.sd).float()


def export_file(
    generator: Path, out: Path, form: Literal["onnx", "torchscript"], epoch: int | None = None
) -> None:
    """Write a generator as one file that holds its description beside the graph.

    The graph's inputs are those of `Standalone.forward`, with any number of rows, and its output is `energy`.

    Args:
        generator: file that `train` wrote.
        out: file to write.
        form: onnx, or torchscript (`torch.jit.load`, in C++ `torch::jit::load`).
        epoch: which of the kept ones, by default the last.

    Raises:
        UserError: The generator is unusable, the epoch was not kept, or there is no library that writes ONNX.
    """
    if form == "onnx" and not find_spec("onnxscript"):
        raise UserError("ONNX needs further libraries: pip install 'showergan[export]'")
    trained = load_generator(generator)
    description = trained.description
    if description.samples.quantity != OUTPUT:
        raise UserError(f"{generator} makes no {OUTPUT}, and nothing else can be exported.")
    module = Standalone(trained.network(epoch), description).eval()
    about = {
        **description.model_dump(mode="json"),
        "epoch": trained.epochs[-1] if epoch is None else epoch,
    }
    # Two rows: the exporter takes a single one for a constant.
    example = torch.zeros(2, description.network.noise_size), torch.ones(2, 2), torch.ones(2, 3)
    write = onnx_of if form == "onnx" else torchscript_of
    content = write(module, example, json.dumps(about))
    with write_aside(out) as aside:
        aside.write_bytes(content)


def onnx_of(module: nn.Module, example: tuple[Tensor, ...], about: str) -> bytes:
    """Return an ONNX file of a module like `Standalone`, for example inputs, with a text in its metadata."""
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)  # it misses libraries nobody needs
    n = torch.export.Dim("n")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of PyTorch to itself
        program = torch.onnx.export(
            module,
            example,
            input_names=INPUTS,
            output_names=[OUTPUT],
            dynamic_shapes=tuple({0: n} for _ in example),
            dynamo=True,
            verbose=False,
        )
    assert program is not None
    for node in program.model.graph:
        node.metadata_props.clear()  # paths of this machine
    program.model.metadata_props["showergan"] = about
    return program.model_proto.SerializeToString()


def torchscript_of(module: nn.Module, example: tuple[Tensor, ...], about: str) -> bytes:
    """Return a TorchScript file; arguments as for `onnx_of`."""
    content = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # C++ has nothing else yet
        traced = torch.jit.trace(module, example)
        torch.jit.save(traced, content, _extra_files={"showergan": about})
    return content.getvalue()


def _azimuth(point: Tensor) -> Tensor:
    """Return atan2(y, x), shape (n,); what PyTorch writes into ONNX for it is wrong on the negative x axis."""
    x, y = point.unbind(1)
    x = torch.where(x == 0, 0.0, x)  # -0 would turn the sign
    half_turn = torch.where(y < 0, -torch.pi, torch.pi)
    # Of floats, because ONNX Runtime has no atan of doubles.
    angle = torch.atan(y / x) + torch.where(x < 0, half_turn, 0.0)
    return torch.where((x == 0) & (y == 0), 0.0, angle)
