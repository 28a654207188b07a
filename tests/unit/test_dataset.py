"""Preprocessing: what the data set holds, how it is split, what is refused."""

import hashlib
import json
import tracemalloc

import h5py
import numpy as np
import pytest

import showergan
from showergan.config.tasks.showers import Preparation
from showergan.errors import UserError
from showergan.tasks.data_set import SPLITS
from showergan.tasks.showers import dataset, gflash, simulators
from showergan.tasks.showers.dataset import (
    assign_splits,
    attributes,
    load,
    preprocess,
    shower_depth_cm,
)
from showergan.tasks.showers.sample import Particles
from showergan.tasks.showers.statistics import DepthFit

N = 601  # odd, and more than two HDF5 chunks


def make_arrays(n=N):
    rng = np.random.default_rng(0)
    energy = rng.uniform(0, 100, (n, 30, 30, 1)) * (rng.random((n, 30, 30, 1)) < 0.13)
    return {
        "EnergyDeposit": energy.astype(np.float32),
        "ParticlePoint": rng.normal(0, 2, (n, 2)).astype(np.float32),
        "ParticleMomentum": rng.uniform(1, 5, (n, 3)).astype(np.float32),
        "ParticlePDG": np.arange(n, dtype=np.int32),
    }


@pytest.fixture
def arrays():
    return make_arrays()


RECIPE = Preparation(path="test", split_seed=1)


@pytest.fixture
def source(tmp_path):
    return tmp_path / "source.npz"


@pytest.fixture
def run(source, tmp_path):
    """Save arrays as npz, preprocess them and return the data set's path."""

    def run(arrays, name="showers.h5", **options):
        np.savez(source, **arrays)
        out = tmp_path / "out" / name
        preprocess(source, out, RECIPE.model_copy(update=options))
        return out

    return run


# Contents


def test_everything_arrives(arrays, run):
    showers = load(run(arrays))
    np.testing.assert_array_equal(showers.energy, arrays["EnergyDeposit"][..., 0])
    np.testing.assert_array_equal(showers.point, arrays["ParticlePoint"])
    np.testing.assert_array_equal(showers.momentum, arrays["ParticleMomentum"])
    np.testing.assert_array_equal(showers.pdg, arrays["ParticlePDG"])


def test_layout(arrays, run):
    with h5py.File(run(arrays)) as file:
        found = {name: (data.dtype.str, data.shape) for name, data in file.items()}
        chunks, compression = file["energy"].chunks, file["energy"].compression
        meaning = dict(file["split"].attrs)
    assert found == {
        "energy": ("<f4", (N, 30, 30)),
        "point": ("<f4", (N, 2)),
        "momentum": ("<f4", (N, 3)),
        "pdg": ("<i4", (N,)),
        "split": ("|u1", (N,)),
    }
    assert chunks[0] < N
    assert chunks[1:] == (30, 30)
    assert compression is not None
    assert meaning == {"train": 0, "select": 1, "test": 2}


def test_ids_are_optional(arrays, run):
    del arrays["ParticlePDG"]
    assert load(run(arrays), "train").pdg is None


@pytest.mark.parametrize("split", ["train", "select", "test"])
def test_load_reads_one_split_in_file_order(arrays, run, split):
    path = run(arrays)
    wanted = assign_splits(N, "permutation", 1) == SPLITS[split]
    showers = load(path, split)
    np.testing.assert_array_equal(showers.pdg, np.flatnonzero(wanted))
    np.testing.assert_array_equal(showers.energy, arrays["EnergyDeposit"][wanted, ..., 0])
    np.testing.assert_array_equal(showers.point, arrays["ParticlePoint"][wanted])
    np.testing.assert_array_equal(showers.momentum, arrays["ParticleMomentum"][wanted])


@pytest.mark.parametrize(
    ("changes", "can"),
    [
        ({}, True),
        ({"version": gflash.VERSION + 1}, False),
        ({"threshold_MeV": 0.2}, True),
        ({"simulator": "somebody's"}, False),
        ({"simulator": ["gflash"]}, False),
        ({"threshold_MeV": None}, False),
        (None, False),
    ],
)
def test_only_showers_of_this_simulation_can_be_made_again(arrays, run, changes, can):
    made = dict(arrays)
    if changes is not None:
        text = json.dumps(gflash.record(0.1) | changes)
        made["Simulation"] = np.frombuffer(text.encode(), np.uint8)
    record = dataset.simulation_of(run(made))
    repeat = simulators.repeat(record)
    assert (repeat is not None) == can
    if can:
        particles = Particles(arrays["ParticlePoint"][:3], arrays["ParticleMomentum"][:3])
        [again] = repeat(particles, seed=1)
        assert len(again) == 3
        assert again.energy[again.energy > 0].min() >= record["threshold_MeV"]


@pytest.mark.parametrize("text", [b"", b"{", b"[]", b"3", b"\xff", b"[" * 100_000])
def test_what_is_no_record_of_a_simulation_is_refused(arrays, run, text):
    with pytest.raises(UserError, match="Simulation is no JSON object"):
        run({**arrays, "Simulation": np.frombuffer(text, np.uint8)})


def test_attributes(arrays, run, source):
    found = attributes(run(arrays, path="somewhere"))
    train = arrays["ParticlePoint"][assign_splits(N, "permutation", 1) == 0].astype(float)
    (x_min, y_min), (x_max, y_max) = train.min(axis=0), train.max(axis=0)
    assert found == {
        "task": "showers",
        "energy_unit": "MeV",
        "point_unit": "cm",
        "momentum_unit": "GeV",
        "cell_cm": 1.0,
        "image_shape": [30, 30],
        "row": "y",
        "column": "x",
        "cell_centre_range_cm": [-14.5, 14.5],
        "source_name": "somewhere",
        "source_sha256": hashlib.sha256(source.read_bytes()).hexdigest(),
        "n_clipped_energies": 0,
        "n_events": N,
        "n_train": 301,
        "n_select": 150,
        "n_test": 150,
        "split_rule": "permutation",
        "split_seed": 1,
        "train_rectangle_cm": [x_min, x_max, y_min, y_max],
        "shower_depth_cm": found["shower_depth_cm"],
        "n_train_without_energy": 0,
        "showergan_version": showergan.__version__,
    }


def test_rectangle_is_that_of_the_training_events(arrays, run):
    held_out = np.flatnonzero(assign_splits(N, "permutation", 1) != 0)
    arrays["ParticlePoint"][held_out[0]] = [1000, -1000]
    x_min, x_max, y_min, y_max = attributes(run(arrays))["train_rectangle_cm"]
    assert -20 < x_min < x_max < 20
    assert -20 < y_min < y_max < 20


def test_reference_split_records_its_own_seed(arrays, run):
    found = attributes(run(arrays, split="reference", split_seed=5))
    assert (found["split_rule"], found["split_seed"]) == ("reference", 0x3DF3FA)


def test_same_input_same_bytes(arrays, run):
    assert run(arrays, "a.h5").read_bytes() == run(arrays, "b.h5").read_bytes()


# Depth


def fit_of(showers):
    fit = DepthFit()
    fit.add(showers)
    return fit


def test_depth_is_that_of_the_training_events_only(arrays, run):
    path = run(arrays)
    depth = shower_depth_cm(path)
    assert depth == attributes(path)["shower_depth_cm"]
    assert depth == pytest.approx(fit_of(load(path, "train")).depth_cm, rel=1e-12)
    held_out = assign_splits(N, "permutation", 1) != 0
    arrays["EnergyDeposit"][held_out] = 0
    arrays["ParticlePoint"][held_out] += 5
    other = run(arrays)
    assert shower_depth_cm(other) == depth
    assert attributes(other)["n_train_without_energy"] == 0


def test_training_events_without_energy_are_counted(arrays, run):
    train = np.flatnonzero(assign_splits(N, "permutation", 1) == 0)
    arrays["EnergyDeposit"][train[::50]] = 0
    arrays["EnergyDeposit"][train[1]] = -1  # without energy once it is clipped
    path = run(arrays, negative_energy="clip")
    assert attributes(path)["n_train_without_energy"] == 8
    filled = np.setdiff1d(np.arange(len(train)), [1, *range(0, len(train), 50)])
    expected = fit_of(load(path, "train").select(filled)).depth_cm
    assert shower_depth_cm(path) == pytest.approx(expected, rel=1e-12)


def test_a_data_set_without_depth_is_refused(arrays, run):
    path = changed(run(arrays), lambda file: file.attrs.pop("shower_depth_cm"))
    with pytest.raises(
        UserError, match=r"no attribute shower_depth_cm: an earlier.*`showergan preprocess`"
    ):
        shower_depth_cm(path)


# Split


@pytest.mark.parametrize("rule", ["permutation", "reference"])
@pytest.mark.parametrize(
    ("n", "sizes"), [(4, [2, 1, 1]), (5, [3, 1, 1]), (7, [4, 1, 2]), (1000, [500, 250, 250])]
)
def test_split_sizes(rule, n, sizes):
    splits = assign_splits(n, rule, 3)
    assert np.bincount(splits, minlength=3).tolist() == sizes


def test_permutation_depends_on_its_seed_only():
    np.testing.assert_array_equal(
        assign_splits(N, "permutation", 3), assign_splits(N, "permutation", 3)
    )
    assert (assign_splits(N, "permutation", 3) != assign_splits(N, "permutation", 4)).any()


def test_permutation_rule():
    order = np.random.default_rng(3).permutation(1000)
    splits = assign_splits(1000, "permutation", 3)
    assert (splits[order[:250]] == 1).all()
    assert (splits[order[250:500]] == 2).all()
    assert (splits[order[500:]] == 0).all()


def test_reference_rule_is_the_published_one():
    drawn = np.random.RandomState(0x3DF3FA).choice(1000, 500, replace=False)
    splits = assign_splits(1000, "reference", 3)
    assert (splits[drawn[:250]] == 1).all()
    assert (splits[drawn[250:]] == 2).all()
    assert np.count_nonzero(splits == 0) == 500
    np.testing.assert_array_equal(splits, assign_splits(1000, "reference", 99))


# Energies that cannot be


def test_negative_energies_are_clipped_and_counted(arrays, run):
    arrays["EnergyDeposit"][[0, 300, 300, 600], [0, 1, 2, 3]] = -1  # rows of 30 cells
    path = run(arrays, negative_energy="clip")
    assert attributes(path)["n_clipped_energies"] == 4 * 30
    np.testing.assert_array_equal(load(path).energy, np.maximum(arrays["EnergyDeposit"][..., 0], 0))


def test_negative_energies_are_refused_with_counts_of_the_whole_file(arrays, run, source):
    arrays["EnergyDeposit"][[0, 300, 300, 600], [0, 1, 2, 3]] = -1
    with pytest.raises(UserError) as error:
        run(arrays)
    assert "120 values in 3 events (rows 0, 300, 600)" in str(error.value)
    assert "data.negative_energy: clip" in str(error.value)
    assert str(source) in str(error.value)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("negative_energy", ["clip", "error"])
def test_energies_that_are_not_finite_are_refused(arrays, run, value, negative_energy):
    arrays["EnergyDeposit"][1:600:100, 3, 4] = value
    with pytest.raises(UserError, match="NaN or infinite") as error:
        run(arrays, negative_energy=negative_energy)
    assert "6 values in 6 events (rows 1, 101, 201, 301, 401, ...)" in str(error.value)


def test_energies_beyond_float32_are_refused(arrays, run):
    arrays["EnergyDeposit"] = arrays["EnergyDeposit"].astype(float)
    arrays["EnergyDeposit"][5, 0, 0] = 1e300
    with pytest.raises(UserError, match=r"1 values in 1 events \(rows 5\)"):
        run(arrays)


@pytest.mark.parametrize("n", [1, 3])
def test_too_few_events_to_split(run, n):
    with pytest.raises(UserError, match=f"{n} events cannot be split"):
        run(make_arrays(n))


def test_four_events_are_enough(run):
    path = run(make_arrays(4))
    assert [len(load(path, split)) for split in ("train", "select", "test")] == [2, 1, 1]


def test_nothing_is_left_after_an_error(arrays, run, tmp_path):
    arrays["EnergyDeposit"][600] = -1
    with pytest.raises(UserError):
        run(arrays)
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["source.npz"]


def test_an_older_data_set_survives_an_error(arrays, run):
    path = run(arrays)
    before = path.read_bytes()
    arrays["EnergyDeposit"][600] = np.nan
    with pytest.raises(UserError):
        run(arrays)
    assert path.read_bytes() == before


def test_damage_in_the_source_is_noticed(arrays, source, tmp_path):
    np.savez(source, **arrays)
    content = bytearray(source.read_bytes())
    content[100_000] ^= 0x01
    source.write_bytes(content)
    with pytest.raises(UserError, match="EnergyDeposit is damaged"):
        preprocess(source, tmp_path / "showers.h5", RECIPE)
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["source.npz"]


def test_memory_does_not_grow_with_the_file(source, tmp_path):
    np.savez(source, **make_arrays(4000))  # 14 MB
    tracemalloc.start()
    preprocess(source, tmp_path / "showers.h5", RECIPE)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8e6


# Files that are no data sets


def changed(path, change):
    with h5py.File(path, "r+") as file:
        change(file)
    return path


def replaced(name, data):
    def change(file):
        del file[name]
        file[name] = data

    return change


def refused(path, text):
    for read in (load, attributes):
        with pytest.raises(UserError, match=text) as error:
            read(path)
        assert str(path) in str(error.value)


def test_missing_file(tmp_path):
    refused(tmp_path / "nowhere.h5", "does not exist")


def test_directory(tmp_path):
    refused(tmp_path, "is no file")


@pytest.mark.parametrize("content", [b"", b"no HDF5" * 100])
def test_no_hdf5(tmp_path, content):
    path = tmp_path / "text.h5"
    path.write_bytes(content)
    refused(path, "no HDF5 file")


def test_truncated_file(arrays, run):
    path = run(arrays)
    path.write_bytes(path.read_bytes()[:100_000])
    refused(path, "no HDF5 file or is damaged")


@pytest.mark.parametrize("name", ["energy", "point", "momentum", "split"])
def test_missing_dataset_is_named(arrays, run, name):
    refused(changed(run(arrays), lambda file: file.pop(name)), f"no dataset {name}")


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("energy", np.float32(1)),
        ("energy", np.zeros((N, 28, 28), "f4")),
        ("point", np.zeros((N - 1, 2), "f4")),
        ("momentum", np.zeros((N, 3), "f8")),
        ("split", np.zeros((N, 1), "u1")),
    ],
)
def test_foreign_datasets(arrays, run, name, data):
    refused(changed(run(arrays), replaced(name, data)), f"{name} is")
