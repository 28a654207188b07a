"""Heavy libraries are loaded by what computes with them, and by nothing before."""

import ast
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

SRC = Path(__file__).parents[2] / "src"
HEAVY = {"torch", "numpy", "pandas", "matplotlib", "h5py", "sklearn", "scipy", "seaborn"}
LAZY = [".".join(stub.relative_to(SRC).parent.parts) for stub in (SRC / "showergan").rglob("*.pyi")]


def test_configuration_steps_and_figures_load_nothing_heavy():
    """The workflow imports them whenever it is parsed, in every job."""
    code = "import sys, showergan.cli; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    steps = {"showergan.cli.steps.train", "showergan.tasks.showers.steps.train_embedding"}
    assert steps | {"showergan.report.figures.losses"} <= loaded
    # What waits for its first use has no submodules yet.
    assert not HEAVY & {name.partition(".")[0] for name in loaded if "." in name}


@pytest.mark.parametrize("package", LAZY)
def test_every_name_that_is_loaded_late_is_there(package):
    module = import_module(package)
    assert module.__all__
    for name in module.__all__:
        assert getattr(module, name) is not None


def test_no_function_imports():
    """What must be loaded late has one way to be: `showergan.heavy`, and packages with a stub."""
    found = [
        f"{path.relative_to(SRC)}:{node.lineno}"
        for path in SRC.rglob("*.py")
        for function in ast.walk(ast.parse(path.read_text()))
        if isinstance(function, ast.FunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert not found


STEP = """
import sys, showergan.cli
from showergan import heavy
from showergan.io.weights import with_weights
torch, nn = torch, nn
def build():
    layer = nn.Linear(1, 1)
    nn.init.normal_(layer.weight)
    nn.init.kaiming_normal_(layer.weight)
    return layer
layer = with_weights(build, build().state_dict())
optimiser = torch.optim.Adam(layer.parameters())
layer(torch.ones(1)).backward()
optimiser.step()
"""


def loaded_by(code):
    """Return the names of all modules that are loaded at the end of a program."""
    ended = f"{code}\nprint(*sys.modules)"
    return subprocess.run(
        [sys.executable, "-c", ended], capture_output=True, text=True, check=True
    ).stdout.split()


def test_training_loads_no_library_that_it_does_not_use():
    """PyTorch asks all modules for their files while it loads; its optimisers ask for its compiler."""
    loaded = set(loaded_by(STEP))
    tops = {name.partition(".")[0] for name in loaded if "." in name}
    assert "torch" in tops
    assert not tops & {"matplotlib", "h5py", "sklearn", "seaborn", "filelock", "sympy"}
    assert "torch._dynamo.eval_frame" not in loaded


def test_compiler_is_there_when_asked_for():
    compiled = STEP + "print(torch.compile(lambda x: 2 * x, backend='eager')(torch.ones(1)).item())"
    told = loaded_by(compiled + "\nimport torch._dynamo.config")
    assert told[0] == "2.0"
    assert "torch._dynamo.eval_frame" in told
