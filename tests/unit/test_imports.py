"""The light side, which every job reads before it starts: what it may import, and what the workflow imports."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SRC = ROOT / "src"
HEAVY = {"torch", "numpy", "pandas", "matplotlib", "h5py", "sklearn", "scipy", "seaborn"}
LIGHT = {"pydantic", "yaml"}
OUR_NAME = re.compile(r"showergan(\.\w+)*$")
OURS = ("showergan.config", "showergan.errors", "showergan.io.urls")


def imported(path):
    """Return the modules that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom):
            yield node.module
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def of_the_light_side(module):
    top = module.partition(".")[0]
    return top in sys.stdlib_module_names | LIGHT or any(
        module == ours or module.startswith(f"{ours}.") for ours in OURS
    )


def test_configuration_imports_the_light_side_alone():
    found = {
        str(path.relative_to(SRC)): wrong
        for path in (SRC / "showergan/config").rglob("*.py")
        if (wrong := [name for name in imported(path) if not of_the_light_side(name)])
    }
    assert not found


def loaded_by(*command):
    """Return the names of all modules that are loaded when a command of Python ends."""
    asked = [sys.executable, "-X", "importtime", *command]
    done = subprocess.run(asked, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr[-2000:]
    lines = [line for line in done.stderr.splitlines() if line.startswith("import time:")]
    return {line.rpartition("|")[2].strip() for line in lines}


@pytest.mark.parametrize(
    "config",
    [[], ["experiments/toys.yaml"], ["experiments/digits.yaml"], ["experiments/text.yaml"]],
)
def test_the_workflow_is_parsed_without_heavy_libraries(config):
    """Every job on a cluster does it. Snakemake itself imports NumPy and pandas: what it is told to import must not."""
    files = ["--configfile", *config] if config else []
    loaded = loaded_by("-m", "snakemake", "--list-rules", *files)
    assert not (HEAVY - {"numpy", "pandas"}) & loaded
    ours = {module for module in loaded if OUR_NAME.match(module)}
    assert {"showergan.config.whole", "showergan.config.recipes.recipe"} <= ours
    assert not HEAVY & loaded_by("-c", f"import {', '.join(sorted(ours))}")


def test_the_list_of_subcommands_is_light():
    loaded = loaded_by("-m", "showergan.cli", "--help")
    assert "showergan.config.recipes.recipe" in loaded
    assert not HEAVY & loaded


@pytest.mark.parametrize(
    ("command", "slow"),
    [
        (["verify"], {"torch", "pandas", "snakemake"}),
        (["figure", "losses"], {"torch", "seaborn", "scipy"}),
        (["table", "verdicts"], {"torch", "seaborn", "scipy"}),
        (["convert", "root"], {"torch", "pandas", "uproot", "scipy"}),
    ],
)
def test_a_subcommand_waits_for_no_library_that_it_does_not_use(command, slow):
    loaded = loaded_by("-m", "showergan.cli", *command, "--help")
    assert not slow & loaded
