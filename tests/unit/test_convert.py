"""Showers in formats of others become files of the published schema, or the conversion says why not."""

import re
import shlex
import tracemalloc
from importlib.util import find_spec
from pathlib import Path

import h5py
import numpy as np
import pytest
from typer.testing import CliRunner

import showergan
from showergan.cli import app
from showergan.config.tasks.showers import Preparation
from showergan.errors import UserError
from showergan.tasks.showers import calochallenge, gflash, root_trees
from showergan.tasks.showers.calochallenge import CYLINDERS
from showergan.tasks.showers.dataset import load, preprocess

N = 120
OF_CHALLENGE = {"geometry": "grid", "energy-unit": "MeV", "cell-mm": 10}
OF_ROOT = {
    "tree": "showers", "energy-unit": "GeV", "momentum-unit": "MeV", "length-unit": "mm", "cell-mm": 10,
}  # fmt: skip
needs_uproot = pytest.mark.skipif(not find_spec("uproot"), reason="no showergan[uproot]")


@pytest.fixture(scope="module")
def showers():
    (showers,) = gflash.simulate(N, seed=1)
    return showers


def converted(form, source, out, **options):
    """Call the command; an error of the user is raised."""
    every = {"calochallenge": OF_CHALLENGE, "root": OF_ROOT}[form] | {
        name.replace("_", "-"): value for name, value in options.items()
    }
    words = ["convert", form, "--source", str(source), "--out", str(out)]
    for name, values in every.items():
        for value in values if isinstance(values, list) else [values]:
            words += [f"--{name}", str(value)]
    done = CliRunner().invoke(app, words)
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done


def of_challenge(path, voxels, incident):
    with h5py.File(path, "w") as file:
        file.create_dataset("incident_energies", data=incident, compression="gzip")
        file.create_dataset("showers", data=voxels, compression="gzip")
    return path


def as_grid(path, showers, layers=3):
    """Write the images as layers that add up to them, of particles that fly straight ahead."""
    share = np.random.default_rng(1).dirichlet(np.ones(layers), (N, 900))
    voxels = (showers.energy.reshape(N, 900, 1) * share).transpose(0, 2, 1).reshape(N, -1)
    return of_challenge(path, voxels, 1000 * showers.conditions.momentum_GeV[:, None])


def as_tree(path, showers, **changes):
    import uproot

    branches = {
        "EnergyDeposit": showers.energy.reshape(N, 900) / 1000,
        "ParticlePoint": np.column_stack([showers.point * 10, np.zeros(N)]),
        "ParticleMomentum": showers.momentum.astype(float) * 1000,
    }
    branches = {name: v for name, v in (branches | changes).items() if v is not None}
    with uproot.recreate(path) as file:
        file.mktree("showers", {name: _type(v) for name, v in branches.items()}).extend(branches)
        file["spectrum"] = np.histogram(np.arange(10))
    return path


def _type(values):
    return (values.dtype, values.shape[1:]) if isinstance(values, np.ndarray) else values.type


@pytest.mark.parametrize("name", CYLINDERS)
def test_a_uniform_disc_fills_every_cell_within_it_alike(name):
    cylinder, cell_mm = CYLINDERS[name], 9.0
    shares = cylinder.shares(cell_mm)
    np.testing.assert_allclose(shares.sum(axis=1), 1, rtol=1e-12)
    area = np.pi / cylinder.angles * cylinder.step_mm**2 * (2 * np.arange(cylinder.radii) + 1)
    density = (np.tile(area, cylinder.angles) @ shares).reshape(30, 30) / cell_mm**2
    edges = (np.arange(31) - 15) * cell_mm
    far = np.maximum(edges[1:] ** 2, edges[:-1] ** 2)
    inside = np.sqrt(far + far[:, None]) < cylinder.radii * cylinder.step_mm
    assert inside.sum() >= 44
    np.testing.assert_allclose(density[inside], 1, atol=0.02)
    np.testing.assert_allclose(density, density.T, atol=1e-3)  # a disc has no direction


@pytest.mark.parametrize("name", CYLINDERS)
@pytest.mark.parametrize(("angle", "radius"), [(0, 0), (1, 5), (7, 8), (12, 8)])
def test_a_voxel_lies_where_the_challenge_has_it(tmp_path, name, angle, radius):
    """Radii count fastest, angles from -pi, and layers add up: the place by hand."""
    cylinder = CYLINDERS[name]
    voxels = np.zeros((2, *cylinder[:3]))
    voxels[0, 3, angle, radius], voxels[0, 44, angle, radius] = 200, 300
    voxels[1] = 0.1
    source = of_challenge(tmp_path / "s.hdf5", voxels.reshape(2, -1), [[1000.0], [2000.0]])
    converted("calochallenge", source, tmp_path / "s.npz", geometry=name, cell_mm=9)
    found = showergan.load_showers(tmp_path / "s.npz")
    assert found.energy.sum(axis=(1, 2)) == pytest.approx([500, 0.1 * cylinder.voxels], rel=1e-5)
    r = (radius + 0.5) * cylinder.step_mm
    alpha = -np.pi + (angle + 0.5) * 2 * np.pi / cylinder.angles
    centres = (np.arange(30) - 14.5) * 9
    x, y = (found.energy[0].sum(axis=axis) @ centres / 500 for axis in (0, 1))
    assert np.hypot(x - r * np.cos(alpha), y - r * np.sin(alpha)) < 6.4  # half a diagonal
    np.testing.assert_array_equal(found.momentum, [[0, 0, 1], [0, 0, 2]])
    np.testing.assert_array_equal(found.point, 0)


def test_layers_of_a_grid_add_up_and_go_through_the_pipeline(tmp_path, showers, monkeypatch):
    monkeypatch.setattr(
        calochallenge, "_AT_ONCE", 50 * 8 * 2700
    )  # several blocks, the last one shorter
    source = as_grid(tmp_path / "s.hdf5", showers)
    done = converted("calochallenge", source, tmp_path / "s.npz", provenance=tmp_path / "r.json")
    assert f"{N} showers of" in done.stderr
    assert "A cell is" not in done.stderr
    assert (tmp_path / "r.json").is_file()
    preprocess(tmp_path / "s.npz", tmp_path / "s.h5", Preparation())
    found = load(tmp_path / "s.h5")
    np.testing.assert_allclose(found.energy, showers.energy, rtol=1e-5)
    np.testing.assert_allclose(found.momentum[:, 2], showers.conditions.momentum_GeV, rtol=1e-6)
    assert not found.momentum[:, :2].any()


def test_energies_in_gev_are_the_same_showers(tmp_path, showers):
    as_grid(tmp_path / "a.hdf5", showers)
    with h5py.File(tmp_path / "a.hdf5") as file:
        of_challenge(
            tmp_path / "b.hdf5", file["showers"][:] / 1000, file["incident_energies"][:] / 1000
        )
    for name, unit in (("a", "MeV"), ("b", "GeV")):
        converted(
            "calochallenge", tmp_path / f"{name}.hdf5", tmp_path / f"{name}.npz", energy_unit=unit
        )
    first, second = (showergan.load_showers(tmp_path / f"{name}.npz") for name in "ab")
    np.testing.assert_allclose(first.energy, second.energy, rtol=1e-6)
    np.testing.assert_allclose(first.momentum, second.momentum, rtol=1e-6)


def test_memory_does_not_grow_with_the_showers(tmp_path, monkeypatch):
    monkeypatch.setattr(calochallenge, "_AT_ONCE", 2**19)
    peaks = []
    for n in (300, 3000):
        voxels = np.full((n, 900), 1, np.float32)
        of_challenge(tmp_path / "s.hdf5", voxels, np.full((n, 1), 2000.0))
        tracemalloc.start()
        converted("calochallenge", tmp_path / "s.hdf5", tmp_path / "s.npz")
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] - peaks[0] < 1e6 < 4 * 2700 * 900  # what the further showers take


@needs_uproot
@pytest.mark.parametrize("cell_mm", [10, 5])
def test_a_tree_goes_through_the_pipeline(tmp_path, showers, monkeypatch, cell_mm):
    """In other units, and with a smaller cell, which makes lengths longer."""
    monkeypatch.setattr(root_trees, "CHUNK", 50)
    source = as_tree(tmp_path / "s.root", showers)
    done = converted("root", source, tmp_path / "s.npz", cell_mm=cell_mm)
    assert ("A cell is 5 mm of the detector" in done.stderr) == (cell_mm == 5)
    preprocess(tmp_path / "s.npz", tmp_path / "s.h5", Preparation())
    found = load(tmp_path / "s.h5")
    np.testing.assert_allclose(found.energy, showers.energy, rtol=1e-6)
    np.testing.assert_allclose(found.point, showers.point * 10 / cell_mm, rtol=1e-6)
    np.testing.assert_allclose(found.momentum, showers.momentum, rtol=1e-6)


@needs_uproot
@pytest.mark.parametrize("form", ["tree", "RNTuple"])
def test_other_shapes_of_branches_are_the_same_showers(tmp_path, showers, form):
    import awkward
    import uproot

    p = showers.momentum.astype(float)
    if form == "tree":
        as_tree(
            tmp_path / "s.root", showers, EnergyDeposit=None, ParticlePoint=None, ParticleMomentum=None,
            E=awkward.from_regular(awkward.Array(showers.energy.reshape(N, 900)), axis=1),  # a vector
            x=showers.point[:, 0], y=showers.point[:, 1], px=p[:, 0], py=p[:, 1], pz=p[:, 2],
        )  # fmt: skip
        names = {"energy": "E", "point": ["x", "y"], "momentum": ["px", "py", "pz"]}
    else:
        with uproot.recreate(tmp_path / "s.root") as file:
            file.mkrntuple("showers", {"E": showers.energy, "x": showers.point, "p": p})
        names = {"energy": "E", "point": "x", "momentum": "p"}
    units = {"energy_unit": "MeV", "momentum_unit": "GeV", "length_unit": "cm"}
    converted("root", tmp_path / "s.root", tmp_path / "s.npz", **names, **units)
    found = showergan.load_showers(tmp_path / "s.npz")
    for name in ("energy", "point", "momentum"):
        np.testing.assert_allclose(getattr(found, name), getattr(showers, name), rtol=1e-6)


def refused(folder, *given, **options):
    """Return the message; nothing is left of the output."""
    with pytest.raises(UserError) as error:
        converted(*given, folder / "out.npz", **options)
    assert [path for path in folder.iterdir() if "out" in path.name] == []
    return str(error.value)


def with_value(path, key, place, value):
    with h5py.File(path, "r+") as file:
        file[key][place] = value


def without(path, key):
    with h5py.File(path, "r+") as file:
        del file[key]


def other(key, values):
    def change(path):
        without(path, key)
        with h5py.File(path, "r+") as file:
            file[key] = values

    return change


def cut(path):
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])


BAD_HDF5 = {
    "no showers": (lambda path: without(path, "showers"), {}, "showers is missing; the file has inc"),
    "no energies": (lambda path: without(path, "incident_energies"), {}, "incident_energies is missing"),
    "cut off": (cut, {}, "is no HDF5 file, or is cut off"),
    "three axes": (other("showers", np.ones((N, 30, 30))), {}, "Its shape must be (N, voxels)"),
    "no cells": (other("showers", np.ones((N, 899))), {}, "899 voxels, which are no layers of 30 x 30"),
    "texts": (other("showers", np.full((N, 900), b"a")), {}, "has type |S1"),
    "few energies": (other("incident_energies", np.ones((3, 1))), {}, "has 3 numbers for 120 showers"),
    "none": (other("showers", np.ones((0, 900))), {}, "has 120 numbers for 0 showers"),
    "NaN": (
        lambda path: with_value(path, "showers", (7, 5), np.nan), {},
        "energy is NaN or infinite in 1 showers (rows 7)",
    ),
    "infinite": (
        lambda path: with_value(path, "incident_energies", 100, np.inf), {},
        "momentum is NaN or infinite in 1 showers (rows 100)",
    ),
    "at rest": (lambda path: with_value(path, "incident_energies", 3, 0), {}, "momentum has pz <= 0"),
    "two units": (
        other("incident_energies", np.full((N, 1), 50.0)), {},
        "times the momentum of its particle, as the median; a calorimeter shows",
    ),
    "other cylinder": (
        lambda path: None, {"geometry": "dataset-2"},
        "has 2700 voxels; dataset-2 has 6480 = 45 layers x 16 angles x 9 radii",
    ),
    "data set 1": (
        other("showers", np.ones((N, 368))), {"geometry": "dataset-3"},
        "Layers without bins in angle, as those of data set 1 with 368",
    ),
    "that of another": (
        other("showers", np.ones((N, 6480), "f4")), {"geometry": "dataset-3"}, "If it is dataset-2, give that",
    ),
    "wrong unit": (
        other("showers", np.ones((N, 6480), "f4")),
        {"geometry": "dataset-2", "energy_unit": "GeV"},
        "GeV, and dataset-2 has 1 to 1000 GeV. Give the unit of both arrays",
    ),
    "fine cells": (
        other("showers", np.ones((N, 6480), "f4")), {"geometry": "dataset-2", "cell_mm": 3},
        "cover 72.2 mm2 each, and a cell 9.0 mm2",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD_HDF5)
def test_bad_files_of_the_challenge_are_told(tmp_path, showers, monkeypatch, case):
    monkeypatch.setattr(calochallenge, "_AT_ONCE", 50 * 8 * 2700)  # rows are counted over blocks
    change, options, told = BAD_HDF5[case]
    path = as_grid(tmp_path / "s.hdf5", showers)
    change(path)
    message = refused(tmp_path, "calochallenge", path, **options)
    assert told in message
    assert str(path) in message


def test_the_output_is_an_npz(tmp_path, showers):
    with pytest.raises(UserError, match=r"give an output file \.npz"):
        converted("calochallenge", as_grid(tmp_path / "s.hdf5", showers), tmp_path / "s.h5")


def test_the_smallest_cell_that_is_told_is_taken(tmp_path):
    voxels = np.full((2, 40500), 0.1)
    source = of_challenge(tmp_path / "s.hdf5", voxels, [[1e4], [1e5]])
    told = refused(tmp_path, "calochallenge", source, geometry="dataset-3", cell_mm=3.4)
    assert "Give --cell-mm 3.5 or more" in told
    done = converted("calochallenge", source, tmp_path / "s.npz", geometry="dataset-3", cell_mm=3.5)
    assert "its lengths in cm are in units of 3.5 mm" in done.stderr


def jagged(n):
    import awkward

    return awkward.Array([[1.0] * (900 - i % 2) for i in range(n)])


def nan_momentum(showers):
    momentum = showers.momentum.astype(float) * 1000
    momentum[9, 0] = np.nan
    return {"ParticleMomentum": momentum}


BAD_TREES = {
    "other tree": ({}, {"tree": "events"}, "has no tree events; it has showers. Give one as --tree"),
    "a histogram": ({}, {"tree": "spectrum"}, "has no tree spectrum"),
    "other branch": ({}, {"energy": "E"}, "showers has no E; it has EnergyDeposit, Particle"),
    "a number": ({"ParticlePoint": np.ones(N)}, {}, "1 numbers for every shower in ParticlePoint. Give 2"),
    "cells": ({"EnergyDeposit": np.ones((N, 28, 28))}, {}, "784 numbers for every shower in Energy"),
    "jagged": ({"EnergyDeposit": jagged}, {}, "EnergyDeposit has not equally many numbers"),
    "truths": ({"ParticlePoint": np.ones((N, 2), bool)}, {}, "ParticlePoint has the type bool"),
    "NaN": (nan_momentum, {}, "momentum is NaN or infinite in 1 showers (rows 9)"),
    "energy unit": ({}, {"energy_unit": "MeV"}, "Give the units of the file as --energy-unit"),
    "momentum unit": ({}, {"momentum_unit": "GeV"}, "times the momentum of its particle"),
    "length unit": (
        {"ParticlePoint": np.full((N, 2), 200.0)}, {"length_unit": "cm"}, "cells from the centre of the image",
    ),
    "four momenta": (
        {}, {"momentum": ["ParticleMomentum", "ParticlePoint"]}, "6 numbers for every shower",
    ),
}  # fmt: skip


@needs_uproot
@pytest.mark.parametrize("case", BAD_TREES)
def test_bad_trees_are_told(tmp_path, showers, case):
    changes, options, told = BAD_TREES[case]
    changes = changes(showers) if callable(changes) else changes
    changes = {name: v(N) if callable(v) else v for name, v in changes.items()}
    message = refused(tmp_path, "root", as_tree(tmp_path / "s.root", showers, **changes), **options)
    assert told in message
    assert str(tmp_path / "s.root") in message


@needs_uproot
@pytest.mark.parametrize("part", [0, 0.0001, 0.1, 0.5, 0.99])
def test_a_root_file_that_is_cut_off_is_told(tmp_path, showers, part):
    path = as_tree(tmp_path / "s.root", showers)
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * part)])
    told = refused(tmp_path, "root", path)
    assert f"{path} is cut off" in told or f"{path} is no ROOT file or is damaged" in told


def test_without_uproot_the_extra_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(root_trees, "find_spec", lambda name: None)
    assert "pip install 'showergan[uproot]'" in refused(tmp_path, "root", tmp_path / "s.root")


@needs_uproot
def test_a_missing_file_is_told(tmp_path):
    for form, name in (("calochallenge", "s.hdf5"), ("root", "s.root")):
        assert f"{name} does not exist" in refused(tmp_path, form, tmp_path / name)


@pytest.mark.parametrize("missing", ["--energy-unit", "--cell-mm", "--geometry"])
def test_units_are_asked_for(missing):
    words = ["convert", "calochallenge", "--source", "s.hdf5", "--out", "s.npz"]
    for name, value in OF_CHALLENGE.items():
        words += [] if f"--{name}" == missing else [f"--{name}", str(value)]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 2
    assert missing in done.output


PAGE = (Path(__file__).parents[2] / "docs/convert.md").read_text(encoding="utf-8")


@needs_uproot
def test_the_commands_of_the_page_do_what_it_says(tmp_path, showers, monkeypatch):
    monkeypatch.chdir(tmp_path)
    of_challenge(tmp_path / "dataset_3_1.hdf5", np.full((8, 40500), 0.1), np.full((8, 1), 5e3))
    p, cells = showers.momentum.astype(float) * 1000, showers.energy.reshape(N, 900) / 1000
    names = {"x": showers.point[:, 0] * 10, "y": showers.point[:, 1] * 10, "cells": cells}
    names |= dict(zip(("px", "py", "pz"), p.T, strict=True))
    as_tree(
        tmp_path / "showers.root", showers,
        **dict.fromkeys(("EnergyDeposit", "ParticlePoint", "ParticleMomentum")),
        **{name: np.ascontiguousarray(values) for name, values in names.items()},
    )  # fmt: skip
    blocks = re.findall(r"^```sh\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    commands = [shlex.split(c) for block in blocks for c in block.replace("\\\n", "").splitlines()]
    assert [words[0] for words in commands] == ["showergan", "pip", "showergan"]
    for program, *words in commands:
        if program == "showergan":
            done = CliRunner().invoke(app, words)
            assert done.exit_code == 0, done.exception
    found = showergan.load_showers("mine.npz")
    np.testing.assert_allclose(found.point, showers.point, rtol=1e-5)
    assert showergan.load_showers("geant4.npz").energy.sum() == pytest.approx(8 * 4050)


def test_the_page_has_the_geometries_and_their_smallest_cells():
    for name, cylinder in CYLINDERS.items():
        (row,) = [line for line in PAGE.splitlines() if line.startswith(f"| `{name}`")]
        numbers = re.findall(r"[\d.]+", row.replace(" ", "").partition("`|")[2])
        assert [float(n) for n in numbers[:4]] == list(cylinder)
        assert int(numbers[4]) == cylinder.voxels
        least = float(numbers[5])
        assert (least - 0.1) ** 2 < cylinder.largest_mm2 <= least**2
