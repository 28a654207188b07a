"""Files in formats of others: converted, or refused by name."""

import h5py
import numpy as np
import pytest
from attack import attack, damaged, examples
from hypothesis import given
from hypothesis import strategies as st

from showergan.tasks.showers import calochallenge, root_trees
from showergan.tasks.showers.convert import convert

N = 12
RANDOM = np.random.default_rng(0)
ENERGY = RANDOM.gamma(0.2, 50, (N, 900)).astype("f4")
POINT, MOMENTUM = RANDOM.normal(0, 2, (N, 2)), RANDOM.uniform(1, 50, (N, 3))
BRANCHES = root_trees.Branches(["energy"], ["point"], ["momentum"])


def from_challenge(path, out):
    with calochallenge.opened(path, "grid", 10.0, "MeV") as showers:
        convert(showers, out, 10.0)


def from_root(path, out):
    units = root_trees.Units("MeV", "GeV", "cm", 10.0)
    with root_trees.opened(path, "showers", BRANCHES, units) as showers:
        convert(showers, out, 10.0)


def write_challenge(path):
    with h5py.File(path, "w") as file:
        file.create_dataset("incident_energies", data=1000 * MOMENTUM[:, 2:], compression="gzip")
        file.create_dataset("showers", data=ENERGY, compression="gzip")


def write_root(path):
    uproot = pytest.importorskip("uproot", reason="no showergan[uproot]")
    arrays = {"energy": ENERGY, "point": POINT, "momentum": MOMENTUM}
    with uproot.recreate(path) as file:
        types = {name: (values.dtype, values.shape[1:]) for name, values in arrays.items()}
        file.mktree("showers", types).extend(arrays)


FORMATS = {"s.hdf5": (write_challenge, from_challenge), "s.root": (write_root, from_root)}


@pytest.fixture(scope="module", params=FORMATS)
def whole(request, tmp_path_factory):
    write, read = FORMATS[request.param]
    path = tmp_path_factory.mktemp("whole") / request.param
    write(path)
    return path, path.read_bytes(), read


def test_whole_files_are_converted(whole, tmp_path):
    path, _, read = whole
    assert attack(read, path, tmp_path / "out" / "s.npz") is None


@examples(400)
@given(data=st.data())
def test_damaged_files_are_converted_or_refused(whole, tmp_path_factory, data):
    path, content, read = whole
    folder = tmp_path_factory.getbasetemp() / "damaged"
    folder.mkdir(exist_ok=True)
    (folder / path.name).write_bytes(data.draw(damaged(content)))
    attack(read, folder / path.name, folder / "out" / "s.npz")
