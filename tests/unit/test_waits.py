"""No step of a training makes the host wait for the device; seen without a GPU.

The training runs on PyTorch's device `meta`, whose tensors have shapes and no numbers: what a GPU would be asked to do
is asked there, and each time that the host would wait for it is counted.
"""

from collections import Counter
from contextlib import suppress
from pathlib import Path

import pytest
import torch
from every_kernel import SAMPLES, SHOWERS, TRAININGS, N
from on_device import DrawnOnCpu, Generator, run_an_epoch
from small_training import recipe
from snakemake.common.configfile import load_configfile
from snakemake.utils import update_config
from torch.optim import optimizer
from torch.overrides import TorchFunctionMode
from torch.utils import _foreach_utils

from showergan.config.whole import parse_config
from showergan.networks import residual
from showergan.training import lipschitz
from showergan.training.loop import Trainer

ROOT = Path(__file__).parents[2]
META = torch.device("meta")
N_STEPS = 2  # of an epoch

# Operations after which a GPU tells the host a number, a size or an error.
ANSWERED = {
    *("_local_scalar_dense", "equal", "nonzero", "masked_select", "bincount", "repeat_interleave"),
    *("_unique", "_unique2", "unique_dim", "unique_consecutive"),
}


def on_meta(tensor):
    return isinstance(tensor, torch.Tensor) and tensor.device == META


def waits(name, args, device):
    """Return whether the host would wait: for an answer, or for a copy between it and the device."""
    listed = [t for a in args for t in (a if isinstance(a, list | tuple) else [a])]
    tensors = [t for t in listed if isinstance(t, torch.Tensor)]
    if name == "_to_copy":
        return device is not None and (torch.device(device) == META) != on_meta(args[0])
    if not any(map(on_meta, tensors)):
        return False
    if name == "copy":
        return not all(map(on_meta, tensors))
    if name in ("index", "index_put"):
        return any(t.dtype == torch.bool or not on_meta(t) for t in args[1] if t is not None)
    decomposition = "linalg" in name and not name.endswith(("_norm", "_ex"))
    return name in ANSWERED or decomposition


class Operations(DrawnOnCpu):
    """Counts, by name, the operations that the host would wait for."""

    def __init__(self):
        super().__init__()
        self.waits = Counter()

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        name = function._schema.name.removeprefix("aten::").rstrip("_")
        device = (kwargs or {}).get("device")
        if waits(name, args, device):
            self.waits[name] += 1
            if name == "_local_scalar_dense":
                return 1
            if name == "_to_copy":
                return torch.zeros_like(args[0], device=device)
        return super().__torch_dispatch__(function, types, args, kwargs)


class Calls(TorchFunctionMode):
    """Counts with them tensors made of numbers of the host, which `meta` does not copy."""

    def __init__(self, counted):
        super().__init__()
        self.waits = counted

    def __torch_function__(self, function, types, args=(), kwargs=None):
        made = function(*args, **(kwargs or {}))
        if function in (torch.tensor, torch.as_tensor, torch.Tensor.new_tensor) and on_meta(made):
            self.waits[function.__name__] += 1
        return made


@pytest.fixture
def counted(monkeypatch):
    """A function that counts the waits of some work; on `meta` optimisers act on all weights at once, as on a GPU."""
    monkeypatch.setattr(torch, "Generator", Generator)
    monkeypatch.setattr(residual, "BLOCKS", 3)  # one at each scale
    monkeypatch.setattr(lipschitz, "SQUARINGS", 1)
    for module in (optimizer, _foreach_utils):
        monkeypatch.setattr(module, "_get_foreach_kernels_supported_devices", lambda: ["meta"])

    def count(work):
        operations = Operations()
        with operations, Calls(operations.waits):
            work()
        return operations.waits

    return count


def table_2():
    """Return the compositions of all methods of the published tables."""
    raw = {}
    for name in ("config", "experiments/all_methods", "experiments/paper"):
        update_config(raw, load_configfile(ROOT / f"{name}.yaml"))
    return {name: method.composition for name, method in parse_config(raw).methods.items()}


PUBLISHED = {
    f"published {name}": ("showers", SHOWERS | {"method": method.model_dump()})
    for name, method in table_2().items()
}
ALL = TRAININGS | PUBLISHED


@pytest.mark.parametrize("name", ALL)
def test_steps_of_an_epoch_wait_for_nothing(counted, name):
    task, changes = ALL[name]
    often = {"epochs": 2, "evaluated_epochs": (2,), "record_every": 1, "n_critic": 1}
    samples = (torch.cat([part] * N_STEPS).to(META) for part in SAMPLES[task])
    trainer = Trainer(*samples, recipe(**often, batch_size=N, **changes))
    rows = []
    assert counted(lambda: rows.extend(run_an_epoch(trainer))) == {}
    assert rows == list(range(1, N_STEPS + 1))


NUMBERS = torch.ones(3, device=META)
PLACES = torch.zeros(2, dtype=torch.long, device=META)


@pytest.mark.parametrize(
    ("name", "work"),
    [
        ("_local_scalar_dense", lambda: NUMBERS.sum().item()),
        ("_local_scalar_dense", lambda: float(NUMBERS.sum())),
        ("_local_scalar_dense", lambda: bool((NUMBERS > 0).all())),
        ("_local_scalar_dense", lambda: torch.ones(3)[: NUMBERS.sum().int()]),
        ("_to_copy", lambda: NUMBERS.cpu()),
        ("_to_copy", lambda: NUMBERS.tolist()),
        ("_to_copy", lambda: torch.ones(3).to(META)),
        ("copy", lambda: NUMBERS.copy_(torch.ones(3))),
        ("index", lambda: NUMBERS[NUMBERS > 0]),
        ("nonzero", lambda: NUMBERS.nonzero()),
        ("_unique2", lambda: NUMBERS.unique()),
        ("equal", lambda: NUMBERS.equal(NUMBERS)),
        ("_linalg_svd", lambda: torch.linalg.svdvals(NUMBERS.diag())),
        ("tensor", lambda: torch.tensor(2.0, device=META)),
        ("new_tensor", lambda: NUMBERS.new_tensor(2.0)),
    ],
)
def test_what_waits_is_counted(counted, name, work):
    def may_fail():
        with suppress(Exception):  # for want of numbers
            work()

    assert counted(may_fail)[name] == 1


def test_what_does_not_wait_is_not_counted(counted):
    def work():
        torch.ones(3).sum().item()
        torch.linalg.vector_norm(NUMBERS)
        NUMBERS[PLACES] + 2 * torch.ones(()) * NUMBERS[0].clamp(min=0)
        torch.where(NUMBERS > 0, NUMBERS, 0).masked_fill(NUMBERS > 0, 1)
        torch.zeros(3, device=META).copy_(NUMBERS)
        torch.rand(3, generator=torch.Generator(META), device=META)

    assert counted(work) == {}
