"""The five names for programs of others: their examples, their types, what they cost to import, what they refuse."""

import doctest
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import h5py
import numpy as np
import pytest
import torch
from generators import network, trained

import showergan
from showergan.evaluation.generator import save_generator
from showergan.tasks.showers import gflash
from showergan.tasks.showers.embedding import EmbeddingRegressor, save_embedding
from showergan.tasks.showers.resources import SAMPLE
from showergan.tasks.showers.shower_file import write_npz

FIVE = ("load_generator", "load_showers", "score", "prd_auc", "Constraint")
PACKAGE = Path(showergan.__file__).parent


@pytest.fixture(scope="module")
def generator(tmp_path_factory):
    path = tmp_path_factory.mktemp("generator") / "generator.pt"
    made = trained(network(1))
    save_generator(made.description, made.states, path)
    return path


@pytest.fixture(scope="module")
def showers():
    (showers,) = gflash.simulate(200, seed=1)
    return showers


@pytest.mark.usefixtures("one_training")
@pytest.mark.parametrize("name", FIVE)
@pytest.mark.filterwarnings("ignore:.* outside the range of the training")
def test_its_examples_run(name, generator, monkeypatch, capsys):
    monkeypatch.chdir(generator.parent)
    finder, runner = doctest.DocTestFinder(recurse=False), doctest.DocTestRunner()
    (examples,) = finder.find(getattr(showergan, name), name, globs={})
    assert len(examples.examples) > 3
    runner.run(examples)
    assert runner.summarize(verbose=False).failed == 0, capsys.readouterr().out


@pytest.mark.parametrize("name", FIVE)
def test_its_examples_show_a_call(name):
    text = getattr(showergan, name).__doc__
    assert f"showergan.{name}" in text.partition("Examples:")[2]


def test_type_checkers_see_the_same_names():
    stub = (PACKAGE / "__init__.pyi").read_text()
    places = {
        name: place for place, name in re.findall(r"showergan\.([\w.]+) import (\w+) as", stub)
    }
    assert places == showergan._HOME
    assert {*FIVE, "__version__"} < set(showergan.__all__)
    assert (PACKAGE / "py.typed").is_file()


def test_importing_the_package_imports_no_library():
    code = "import sys, showergan; dir(showergan); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert "showergan" in loaded
    assert not {"numpy", "torch", "pandas", "h5py", "pydantic", "yaml"} & loaded


def test_a_name_that_is_none_is_told():
    with pytest.raises(AttributeError, match="showergan has no load_shower"):
        showergan.load_shower  # noqa: B018


def test_showers_that_come_with_the_package():
    showers = showergan.load_showers()
    with np.load(SAMPLE) as file:
        np.testing.assert_array_equal(showers.energy, file["EnergyDeposit"][..., 0])
        np.testing.assert_array_equal(showers.momentum, file["ParticleMomentum"])
        np.testing.assert_array_equal(showers.pdg, file["ParticlePDG"].reshape(-1))


def test_units_of_a_file_become_those_of_showers(tmp_path, showers):
    arrays = {
        "EnergyDeposit": showers.energy / 1000,
        "ParticlePoint": showers.point * 10,
        "ParticleMomentum": showers.momentum,
    }
    np.savez(tmp_path / "s.npz", **arrays)
    found = showergan.load_showers(tmp_path / "s.npz", energy_unit="GeV", length_unit="mm")
    np.testing.assert_allclose(found.energy, showers.energy, rtol=1e-6)
    np.testing.assert_allclose(found.point, showers.point, rtol=1e-6)
    np.testing.assert_array_equal(found.momentum, showers.momentum)
    assert found.pdg is None


def test_hdf5_like_ours_is_read(tmp_path, showers):
    with h5py.File(tmp_path / "s.h5", "w") as file:
        for name in ("energy", "point", "momentum"):
            file[name] = getattr(showers, name)
    np.testing.assert_array_equal(
        showergan.load_showers(str(tmp_path / "s.h5")).energy, showers.energy
    )


@pytest.mark.usefixtures("one_training")
def test_showers_score_like_their_files(tmp_path, showers):
    (other,) = gflash.simulate(200, seed=2)
    for name, sample in (("a", showers), ("b", other)):
        write_npz(tmp_path / f"{name}.npz", 200, [sample])
    torch.manual_seed(0)
    save_embedding(EmbeddingRegressor(), tmp_path / "model.pt")
    settings = {"clusters": 4, "repeats": 2, "embedding": tmp_path / "model.pt"}
    of_files = showergan.score(tmp_path / "a.npz", tmp_path / "b.npz", **settings)
    wide = replace(other, energy=other.energy.astype(float))
    for fake in (wide, tmp_path / "b.npz"):
        table = showergan.score(showers, fake, **settings)
        assert table.equals(of_files)


REFUSED = {
    "shape": ({"energy": np.ones((200, 28, 28))}, r"energy has the shape \(200, 28, 28\)"),
    "flat": ({"momentum": np.ones(200)}, r"Give numbers, \(200, 3\)"),
    "points of others": ({"point": np.ones((3, 2))}, r"Give numbers, \(200, 2\)"),
    "texts": ({"point": np.full((200, 2), "a")}, "the type <U1"),
    "NaN": (
        {"point": np.full((200, 2), np.nan)},
        r"point is NaN or infinite in 200 showers \(rows 0",
    ),
    "negative": ({"energy": np.full((200, 30, 30), -1)}, "energy is negative"),
    "backward": ({"momentum": -np.ones((200, 3))}, "momentum has pz <= 0"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_showers_that_are_none_are_refused(showers, case):
    changes, told = REFUSED[case]
    with pytest.raises(showergan.UserError, match=f"the generated showers: .*{told}"):
        showergan.score(showers, replace(showers, **changes))


@pytest.mark.filterwarnings("ignore:.* outside the range of the training")
def test_other_mistakes_are_told(tmp_path, showers, generator):
    made = showergan.load_generator(generator)
    particles = showers.point, showers.momentum
    (tmp_path / "no.npz").write_bytes(b"no")
    refused = [
        (lambda: showergan.load_showers(energy_unit="keV"), "unit 'keV': allowed: MeV, GeV"),
        (lambda: showergan.load_showers(tmp_path / "no.npz"), "is no npz file, or is cut off"),
        (lambda: showergan.score(showers, showers, device="tpu"), "device tpu: allowed: cpu"),
        (lambda: showergan.score(showers, np.ones((30, 2))), "one sample is showers or a file"),
        (lambda: made.generate(*particles, seed=-1), "seed = -1"),
        (lambda: made.generate(*particles, seed=1, n=0), "n = 0"),
        (lambda: made.generate(*particles, seed=1, device="gpu"), "device gpu: allowed"),
        (lambda: made.generate(particles[0], seed=1), "Give two arrays"),
        (lambda: made.generate(*particles, seed=1, epoch=9), "Epoch 9"),
        (lambda: showergan.load_generator(tmp_path / "no.npz"), "is no generator file"),
    ]
    for call, told in refused:
        with pytest.raises(showergan.UserError, match=told):
            call()
