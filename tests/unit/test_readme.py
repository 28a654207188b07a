"""Every example of the README and of the pages beside it does what it says, as it stands there."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import generators
import numpy as np
import pytest
import typer
import yaml
from forked import python
from snakemake.cli import get_argument_parser
from snakemake.utils import update_config

from showergan.cli import app
from showergan.config.recipes.found import RECIPES
from showergan.config.whole import parse_config
from showergan.evaluation.generator import save_generator

ROOT = Path(__file__).parents[2]
PAGES = (
    *("data", "experiments", "extending", "figures", "geant4", "gpu", "protocol", "results"),
    *("resume", "running", "study", "trained_generators", "verdicts"),
)
PLACES = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "config/README.md")),
    *(ROOT / f"docs/{page}.md" for page in PAGES),
]
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCKS = [block for place in PLACES for block in BLOCK.findall(place.read_text())]
# The programs of this page are tried by test_inference_generate.py and test_inference_export.py.
BLOCKS += [b for b in BLOCK.findall((ROOT / "docs/generators.md").read_text()) if b[0] == "sh"]
TRIED = {"sh", "yaml", "python", "toml"}


def blocks(language):
    return [content for name, content in BLOCKS if name == language]


def commands():
    """Return the words of every command, without comments and what is read from the page itself."""
    found = []
    for block in blocks("sh"):
        without = re.sub(r"<<'(\w+)'\n.*?^\1$", "", block, flags=re.MULTILINE | re.DOTALL)
        for line in without.replace("\\\n", "").splitlines():
            found.append(shlex.split(line, comments=True))
    return [words for words in found if words]


COMMANDS = commands()


def test_blocks_are_of_kinds_that_are_tried():
    """Or show what a command prints, or a drawing."""
    assert {name for name, _ in BLOCKS} == TRIED | {"text", ""}


def first_words(words):
    return " ".join(words[:3])


@pytest.mark.parametrize("words", COMMANDS, ids=first_words)
def test_commands_are_understood(words):
    if words[:2] == ["/usr/bin/time", "-v"]:
        words = words[2:]
    while "=" in words[0]:  # a variable of this command
        words = words[1:]
    program, *arguments = words
    if program == "showergan":
        context = typer.main.get_command(app).make_context(program, arguments)
        name, command, rest = context.command.resolve_command(
            context, context._protected_args + context.args
        )
        given = {} if "--help" in rest else command.make_context(name, rest, parent=context).params
        if (recipe := str(given.get("recipe"))).startswith("{"):
            RECIPES[name.replace("-", "_")].read(recipe)
    elif program == "snakemake":
        get_argument_parser().parse_args(arguments)
    elif program == "python":
        assert (ROOT / arguments[0]).is_file()
    elif program == "make":
        assert all(f"\n{target}:" in (ROOT / "Makefile").read_text() for target in arguments)
    else:
        assert program in ("cat", "cp")


@pytest.mark.parametrize("content", blocks("yaml"), ids=lambda content: content.splitlines()[0])
def test_configurations_are_valid(content):
    raw = yaml.safe_load((ROOT / "config.yaml").read_text())
    update_config(raw, yaml.safe_load(content))
    parse_config(raw)


@pytest.mark.parametrize("block", [b for b in blocks("sh") if "showergan generate" in b])
def test_a_generator_is_used_as_told(block, tmp_path, monkeypatch):
    """The block as a shell runs it, word for word."""
    exported = "showergan export" in block
    if exported:
        pytest.importorskip("onnxruntime", reason="no showergan[export]")
    (path,) = set(re.findall(r"--generator (\S+)", block))
    (tmp_path / path).parent.mkdir(parents=True)
    if path.startswith("results/"):
        made = generators.trained(generators.network(1))
        save_generator(made.description, made.states, tmp_path / path)
    else:
        shutil.copy(ROOT / path, tmp_path / path)
    showergan = tmp_path / "bin/showergan"
    showergan.parent.mkdir()
    showergan.write_text(f'#!/bin/sh\nexec {python()} -m showergan.cli "$@"\n')
    showergan.chmod(0o755)
    monkeypatch.setenv("PATH", str(showergan.parent), prepend=os.pathsep)
    done = subprocess.run(
        ["bash", "-euc", block], cwd=tmp_path, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    with np.load(tmp_path / "showers.npz") as file:
        n = 1000 if "--n 1000" in block else 2
        assert file["EnergyDeposit"].shape == (n, 30, 30, 1)
    assert (tmp_path / "generator.onnx").is_file() == exported


@pytest.fixture(scope="module")
def with_the_idea(tmp_path_factory):
    """Where the package of the example is installed."""
    folder = tmp_path_factory.mktemp("idea")
    page = (ROOT / "docs/extending.md").read_text()
    for content in (block for name, block in BLOCK.findall(page) if name in ("python", "toml")):
        place, rest = content.split("\n", 1)
        (folder / place.removeprefix("# ")).write_text(rest)
    assert {path.name for path in folder.iterdir()} == {"weight_decay.py", "pyproject.toml"}
    offline = ["--no-deps", "--no-build-isolation", "--no-index", "--target", folder / "installed"]
    done = ran("pip", "install", "--quiet", *offline, folder)
    assert done.returncode == 0, done.stderr
    return folder / "installed"


def ran(*command, **environment):
    return subprocess.run(
        [sys.executable, "-m", *command],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=300,
    )


TRAINING = """
import sys, yaml
from small_training import blobs, recipe
from showergan.config.whole import parse_config
from showergan.training.loop import Trainer

method = parse_config(yaml.safe_load(sys.stdin)).methods["sn"]
composition = method.composition.model_dump(mode="json")
trainer = Trainer(*blobs(), recipe(composition, epochs=1, evaluated_epochs=(1,)))
assert list(trainer.run().states) == [1]
normaliser, decay = trainer.constraints
weights = trainer.discriminator.parameters()
expected = 0.5 * sum(float((p**2).sum()) for p in weights)
assert abs(decay.loss(trainer.discriminator, None).item() / expected - 1) < 1e-4
"""


def test_a_package_outside_brings_a_constraint(with_the_idea):
    """From the configuration to a training; without the package its kind is not known."""
    raw = yaml.safe_load((ROOT / "config.yaml").read_text())
    raw["methods"]["sn"]["penalty"] = {"kind": "weight_decay", "weight": 0.5}
    known = [str(ROOT / "src"), str(ROOT / "tests/unit")]
    for places, message in (
        ([*known, with_the_idea], ""),
        (known, "allowed: 'dragan', 'gradient', 'power'"),
    ):
        done = subprocess.run(
            [sys.executable, "-c", TRAINING],
            env=os.environ | {"PYTHONPATH": os.pathsep.join(map(str, places))},
            input=yaml.safe_dump(raw),
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert (done.returncode == 0) == (not message), done.stderr
        assert message in done.stderr


def test_the_new_idea_keeps_the_rules_of_the_code(with_the_idea):
    done = ran("ruff", "check", "--config", ROOT / "pyproject.toml", with_the_idea)
    assert done.returncode == 0, done.stdout + done.stderr
