"""Export of a trained generator to a file that other programs run without showergan."""

import io
import json
import logging
import warnings
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

import torch
from torch import Tensor, nn

from showergan.errors import UserError
from showergan.evaluation.generator import load_generator
from showergan.io.files import atomic_write


def export_file(
    generator: Path, out: Path, form: Literal["onnx", "torchscript"], epoch: int | None = None
) -> None:
    """Write a generator, from a file that `train` wrote, as one file that holds its description beside the graph.

    Inputs and output of the graph, with any number of rows, are those of `Task.standalone`. TorchScript is read by
    `torch.jit.load`, in C++ `torch::jit::load`. The epoch is one of those kept, by default the last.

    Raises:
        UserError: The generator is unusable or of a task without `standalone`, the epoch was not kept, or there is no
            library that writes ONNX.
    """
    if form == "onnx" and not find_spec("onnxscript"):
        raise UserError("ONNX needs further libraries: pip install 'showergan[export]'")
    trained = load_generator(generator)
    epoch = trained.last if epoch is None else epoch
    module = trained.task.standalone(trained.network(epoch), trained.description).eval()
    about = {**trained.description.model_dump(mode="json"), "epoch": epoch}
    write = onnx_of if form == "onnx" else torchscript_of
    content = write(module, module.example, json.dumps(about))
    with atomic_write(out) as temporary:
        temporary.write_bytes(content)


def onnx_of(module: Any, example: tuple[Tensor, ...], about: str) -> bytes:
    """Return an ONNX file of a module that names its inputs and output, for example inputs, with a text in it."""
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)  # it misses libraries nobody needs
    n = torch.export.Dim("n")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of PyTorch to itself
        program = torch.onnx.export(
            module,
            example,
            input_names=module.inputs,
            output_names=[module.output],
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
        for category in (DeprecationWarning, FutureWarning):  # C++ has nothing else yet
            warnings.simplefilter("ignore", category)
        warnings.simplefilter("ignore", torch.jit.TracerWarning)  # tables are constants
        traced = torch.jit.trace(module, example)
        torch.jit.save(traced, content, _extra_files={"showergan": about})
    return content.getvalue()
