"""Files of PyTorch with weights and plain values; no code in them is run."""

import pickle
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from showergan.errors import UserError
from showergan.io.damage import damage

Built = TypeVar("Built", bound=nn.Module)


def read_weights(path: Path | str, problem: str, remedy: str) -> dict[Any, Any]:
    """Return a dictionary that `torch.save` wrote, on the CPU; for `problem` and `remedy` see `damage`.

    Raises:
        UserError: it is missing, damaged or of another format, holds more than weights and plain values, which could
            run code, or more weights than it has bytes for.
    """
    with damage(path, problem, remedy, (Exception,)):
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
        # PyTorch packs nothing, so that no file holds more than its size.
        if any(member.compress_type != zipfile.ZIP_STORED for member in members):
            raise UserError(f"{path} {problem} (it is packed). {remedy}")
        if sum(member.file_size for member in members) > Path(path).stat().st_size:
            raise UserError(f"{path} {problem} (it claims more than it holds). {remedy}")
        try:
            content = torch.load(path, map_location="cpu", weights_only=True)
        except pickle.UnpicklingError:  # whose text advises to load it all the same
            raise UserError(
                f"{path} {problem} (it is damaged, or holds what could run code). {remedy}"
            ) from None
        if not isinstance(content, dict):
            raise TypeError(f"it holds a {type(content).__name__}")
        if not all(map(_is_plain, _tensors(content))):
            raise TypeError("its weights are no plain arrays")
    return content


def with_weights(build: Callable[[], Built], state: Any) -> Built:
    """Return the module that `build` returns with a copy of weights, which `state` has by name.

    It is built without memory, so that a network that a file describes takes no more than its weights do.

    Raises:
        RuntimeError: they are not those of this module.
    """
    module = outline(build)
    own = module.state_dict()
    module.load_state_dict(state, assign=True)  # compares names and shapes
    # In types and strides that are those of the module, which layers can compute with.
    weights = {
        name: torch.empty_strided(value.shape, value.stride(), dtype=value.dtype).copy_(state[name])
        for name, value in own.items()
    }
    module.load_state_dict(weights, assign=True)
    return module


def outline(build: Callable[[], Built]) -> Built:
    """Return the module that `build` returns, with weights that have shapes, and no memory."""
    with torch.device("meta"), _WithoutValues():
        return build()


class _WithoutValues(TorchFunctionMode):
    """Leave out initial values: to draw them for weights without memory, PyTorch would import SymPy."""

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Any,
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        keywords = kwargs or {}
        drawn = func in (Tensor.normal_, nn.init.normal_)  # weights are their first argument
        return next(iter((*args, *keywords.values()))) if drawn else func(*args, **keywords)


def _tensors(value: Any) -> Iterator[Tensor]:
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _tensors(item)


def _is_plain(weights: Tensor) -> bool:
    """Return whether every number of some weights has a place of its own in the file."""
    return (
        type(weights) is Tensor
        and weights.layout == torch.strided
        and weights.device.type == "cpu"
        and weights.untyped_storage().nbytes() >= weights.numel() * weights.element_size()
    )
