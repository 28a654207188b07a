"""The record of a job says what it read, wrote and ran with."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path

import h5py
import pytest
from generators import network, trained
from PIL import Image
from typer.testing import CliRunner

import showergan
from showergan.cli import app
from showergan.config.recipes.found import RECIPES
from showergan.errors import UserError
from showergan.evaluation.generator import save_generator
from showergan.records.provenance import read_record, recorded

SRC = Path(__file__).parents[2] / "src"
SMALL = {"discriminator": {"kind": "shower_discriminator", "size": "small"}}
STYLE = json.dumps({"labels": {"sn": "vanilla SN"}})


def run(*arguments):
    done = CliRunner().invoke(app, list(map(str, arguments)), catch_exceptions=False)
    assert done.exit_code == 0, done.output


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def record_nothing(path, inputs=(), outputs=()):
    return recorded(path, "nothing", {}, settings={}, inputs=inputs, outputs=outputs)


def test_a_step_is_recorded(tmp_path):
    data, out, record = (tmp_path / name for name in ("data/d.h5", "made/d.csv", "made/d.json"))
    data.parent.mkdir()
    h5py.File(data, "w").close()
    recipe = ["--recipe", json.dumps(SMALL)]
    run("describe", "--data", data, "--out", out, *recipe, "--provenance", record)
    found = read_record(record)
    assert found.step == "describe"
    assert found.recipe["recipe_version"] == RECIPES["describe"].version
    assert found.recipe["discriminator"]["size"] == "small"
    assert found.recipe["generator"]["kind"] == "shower_generator"  # a default
    assert found.inputs == {"../data/d.h5": sha256(data)}
    assert found.outputs == {"d.csv": sha256(out)}
    assert found.packages["torch"] == version("torch")  # without the name of its build
    assert found.packages["python"] == ".".join(map(str, sys.version_info[:3]))
    assert found.code.version == showergan.__version__
    assert found.device == {"name": "cpu"}
    ago = datetime.now(UTC) - datetime.fromisoformat(found.finished)
    assert timedelta(0) <= ago < timedelta(minutes=5)
    assert 0 < found.seconds < 300
    assert 50 < found.peak_memory_MB["host"] < 10_000  # of Python with PyTorch


def test_a_figure_is_recorded_and_drawn_again_from_its_record(tmp_path):
    table = tmp_path / "verdicts.csv"
    table.write_text("score,method,architecture\n")
    files = [f"--{kind}={tmp_path}/v.{kind}" for kind in ("png", "pdf")]
    record = tmp_path / "v.provenance.json"
    told = ["--style", STYLE, "--provenance", record]
    run("figure", "differences", "--verdicts", table, *files, *told)
    found = read_record(record)
    assert found.step == "figure differences"
    assert found.recipe["labels"] == {"sn": "vanilla SN"}
    assert found.inputs == {"verdicts.csv": sha256(table)}
    assert found.outputs == {n: sha256(tmp_path / n) for n in ("v.png", "v.pdf")}
    first = (tmp_path / "v.png").read_bytes()
    run("figure", "differences", "--verdicts", table, *files, "--style", record)
    assert (tmp_path / "v.png").read_bytes() == first


def test_what_a_person_generates_is_recorded_with_its_settings(tmp_path):
    path, generator = tmp_path / "generator.pt", trained(network(1))
    save_generator(generator.description, generator.states, path)
    given, out, record = (tmp_path / name for name in ("p.csv", "s.npz", "s.provenance.json"))
    given.write_text("px_GeV,py_GeV,pz_GeV,x_cm,y_cm\n0,1,20,0,0\n")
    files = ["--generator", path, "--conditions", given, "--out", out, "--provenance", record]
    run("generate", *files, "--n", 3, "--seed", 7)
    found = read_record(record)
    assert found.inputs == {"generator.pt": sha256(path), "p.csv": sha256(given)}
    assert found.outputs == {"s.npz": sha256(out)}
    assert found.settings.items() >= {"n": 3, "seed": 7, "epoch": None}.items()


def test_files_that_a_recipe_names_are_inputs(tmp_path):
    pictures = tmp_path / "pictures/of a kind"
    pictures.mkdir(parents=True)
    for shade in range(8):
        Image.new("L", (8, 8), 30 * shade).save(pictures / f"{shade}.png")
    data = {"source": "folder", "path": str(pictures.parent), "size": 16}
    out, record = tmp_path / "data/d.h5", tmp_path / "data/provenance.json"
    recipe = json.dumps({"task": "images", "data": data})
    run("make-data", "--out", out, "--recipe", recipe, "--provenance", record)
    found = read_record(record).inputs
    assert len(found) == 8
    assert found["../pictures/of a kind/3.png"] == sha256(pictures / "3.png")


def test_inputs_are_those_that_were_read(tmp_path):
    """And not what became of them in the meantime."""
    read, record = tmp_path / "read", tmp_path / "provenance.json"
    read.write_text("before")
    before = sha256(read)
    with record_nothing(record, [read, tmp_path / "not_there"]):
        read.write_text("after")
    assert read_record(record).inputs == {"read": before}


def test_time_of_other_processes_counts(tmp_path):
    """Geant4 simulates in such."""
    first, second = (tmp_path / f"{n}.provenance.json" for n in (1, 2))
    with record_nothing(first):
        pass
    busy = "import time\nwhile time.process_time() < 0.5: pass"
    with record_nothing(second):
        subprocess.run([sys.executable, "-c", busy], check=True)
    took = read_record(second).cpu_seconds - read_record(first).cpu_seconds
    assert took == pytest.approx(0.5, abs=0.3)


def test_what_fails_leaves_no_record(tmp_path):
    with pytest.raises(ZeroDivisionError), record_nothing(tmp_path / "provenance.json"):
        _ = 1 / 0
    assert not any(tmp_path.iterdir())


def test_ten_thousand_inputs_are_recorded_quickly(tmp_path):
    files = [tmp_path / f"{i}.csv" for i in range(10_000)]
    for file in files:
        file.write_bytes(b"1\n")
    start = datetime.now()
    with record_nothing(tmp_path / "provenance.json", files):
        pass
    assert datetime.now() - start < timedelta(seconds=30)
    assert len(read_record(tmp_path / "provenance.json").inputs) == 10_000


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"step": "train"}', "\x00\xff"])
def test_what_is_no_record_is_told(tmp_path, text):
    path = tmp_path / "provenance.json"
    path.write_text(text, encoding="latin-1")
    with pytest.raises(UserError, match=f"{path} is no record"):
        read_record(path)


def code_in(folder):
    """Return what the copy of the package in a folder says of its code."""
    code = "import json; from showergan.records.provenance import made_with; print(json.dumps(made_with()['code']))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def test_the_code_is_that_of_the_commit_or_says_that_it_is_not(tmp_path):
    def git(*arguments):
        who = ["-c", "user.name=a", "-c", "user.email=a@b.c"]
        done = subprocess.run(
            ["git", *who, *arguments], cwd=tmp_path, capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    shutil.copytree(
        SRC / "showergan", tmp_path / "src/showergan", ignore=shutil.ignore_patterns("__pycache__")
    )
    (tmp_path / ".gitignore").write_text("__pycache__\n")
    git("init")
    git("add", ".gitignore")
    git("commit", "--message", "another's checkout, which our package is no part of")
    assert code_in(tmp_path / "src")["commit"] is None
    git("add", ".")
    git("commit", "--message", "ours")
    clean = code_in(tmp_path / "src")
    assert (clean["commit"], clean["dirty"]) == (git("rev-parse", "HEAD"), False)
    (tmp_path / "config.yaml").write_text("not the package\n")
    assert code_in(tmp_path / "src") == clean
    (tmp_path / "src/showergan/methods/new.py").write_text("# no commit has it\n")
    assert code_in(tmp_path / "src") == clean | {"dirty": True}
