"""Every example of the README does what it says, as it stands there."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import generators
import pytest
import typer
import yaml
from snakemake.cli import get_argument_parser
from snakemake.utils import update_config

from showergan.cli import app
from showergan.config.recipes.found import RECIPES
from showergan.config.whole import parse_config
from showergan.evaluation.generator_file import save_generator

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
TRIED = {"sh", "yaml", "python"}


def blocks(language):
    return [content for name, content in BLOCKS if name == language]


def commands():
    """Return the words of every command of the README, without comments and what is read from the README itself."""
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
        assert program == "cat"


@pytest.mark.parametrize("content", blocks("yaml"), ids=lambda content: content.splitlines()[0])
def test_configurations_are_valid(content):
    raw = yaml.safe_load((ROOT / "config.yaml").read_text())
    update_config(raw, yaml.safe_load(content))
    parse_config(raw)


def test_a_generator_is_used_as_told(tmp_path, monkeypatch):
    """The block as a shell runs it, word for word."""
    pytest.importorskip("onnxruntime", reason="no showergan[export]")
    (block,) = [b for b in blocks("sh") if "showergan generate" in b]
    (path,) = set(re.findall(r"--generator (\S+)", block))
    made = generators.trained(generators.network(1))
    (tmp_path / path).parent.mkdir(parents=True)
    save_generator(made.description, made.states, tmp_path / path)
    showergan = tmp_path / "bin/showergan"
    showergan.parent.mkdir()
    showergan.write_text(f'#!/bin/sh\nexec {sys.executable} -m showergan.cli "$@"\n')
    showergan.chmod(0o755)
    monkeypatch.setenv("PATH", str(showergan.parent), prepend=os.pathsep)
    done = subprocess.run(
        ["bash", "-euc", block], cwd=tmp_path, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "showers.npz").is_file() and (tmp_path / "generator.onnx").is_file()


@pytest.fixture(scope="module")
def with_the_idea(tmp_path_factory):
    """A copy of the code with the new idea and its test, where their first lines say."""
    folder = tmp_path_factory.mktemp("idea")
    shutil.copytree(
        ROOT / "src/showergan",
        folder / "src/showergan",
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    shutil.copy(ROOT / "pyproject.toml", folder)
    files = []
    for content in blocks("python"):
        place, rest = content.split("\n", 1)
        files.append(place.removeprefix("# "))
        path = folder / files[-1]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(rest)
    assert files == [
        "src/showergan/methods/constraints/weight_decay.py",
        "tests/unit/test_weight_decay.py",
    ]
    return folder, files


@pytest.mark.parametrize(
    "command",
    [
        ["ruff", "check"],
        ["ruff", "format", "--check"],
        ["mypy", "--cache-dir", f"{ROOT}/.mypy_cache"],
        ["pytest", "-q", "-p", "no:cacheprovider"],
    ],
    ids=first_words,
)
def test_a_new_idea_passes_what_the_house_asks_for(with_the_idea, command):
    folder, files = with_the_idea
    looked_at = (
        files[:1] if command[0] == "mypy" else files[-1:] if command[0] == "pytest" else files
    )
    done = subprocess.run(
        [sys.executable, "-m", *command, *looked_at],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(folder / "src")},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_new_idea_is_found_by_itself(with_the_idea):
    folder, _ = with_the_idea
    (penalty,) = re.findall(r"`(penalty: \{kind: weight_decay.*?\})`", README)
    raw = yaml.safe_load((ROOT / "config.yaml").read_text())
    raw["methods"]["sn"] |= yaml.safe_load(penalty)
    code = f"from showergan.config import parse_config; parse_config({raw!r})"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"PYTHONPATH": str(folder / "src")},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
