"""Units of files of anybody: GeV and mm become MeV and cm, and what cannot be is refused by the key to set."""

import contextlib

import h5py
import numpy as np
import pytest

from showergan.cli.step import run as run_step
from showergan.config.recipes.data import Preprocess
from showergan.errors import UserError
from showergan.tasks.showers import dataset, gflash
from showergan.tasks.showers.shower_file import read_showers
from showergan.tasks.showers.units import refuse_energies, refuse_points

N = 60
SHOWERS = next(
    gflash.simulate(N, seed=1)
)  # 0.15 of the momentum is visible; x and y have an sd of 2.5 cm
GEV, MM = {"energy_unit": "GeV"}, {"length_unit": "mm"}


@pytest.fixture
def run(tmp_path):
    """Save showers as npz, each array times a factor, preprocess them and return the data set's path."""

    def run(energy=1.0, point=1.0, momentum=1.0, dtype="f4", **units):
        source, out = tmp_path / "mine.npz", tmp_path / "out" / f"{len(units)}.h5"
        arrays = {
            "EnergyDeposit": SHOWERS.energy.astype("f8") * energy,
            "ParticlePoint": SHOWERS.point.astype("f8") * point,
            "ParticleMomentum": SHOWERS.momentum.astype("f8") * momentum,
        }
        np.savez(source, **{key: values.astype(dtype) for key, values in arrays.items()})
        run_step(Preprocess(path="mine", **units), source=source, out=out)
        return out

    return run


def refusal(run, *args, **options):
    """Return what the user is told."""
    with pytest.raises(UserError) as error:
        run(*args, **options)
    assert "mine.npz: " in str(error.value)
    assert str(error.value).endswith(".")
    return str(error.value)


@pytest.mark.parametrize("dtype", ["<f4", ">f8"])
def test_the_same_showers_in_gev_and_mm_are_the_same_data_set(run, dtype):
    a, b = run(), run(energy=1e-3, point=10, dtype=dtype, **GEV, **MM)
    with h5py.File(a) as plain, h5py.File(b) as converted:
        assert set(plain) == set(converted)
        for name in ("energy", "point"):
            assert converted[name].dtype == np.float32
            np.testing.assert_allclose(converted[name], plain[name], rtol=2**-22, atol=0)
        for name in ("momentum", "split"):
            np.testing.assert_array_equal(converted[name], plain[name])
    told, also = dataset.attributes(a), dataset.attributes(b)
    for name in ("shower_depth_cm", "train_rectangle_cm"):
        np.testing.assert_allclose(also[name], told[name], rtol=1e-5)
    assert {name for name in told if told[name] != also[name]} <= {
        "shower_depth_cm", "train_rectangle_cm", "source_sha256",
    }  # fmt: skip


def test_integers_in_gev_are_not_too_large_for_their_type(tmp_path):
    energy = np.zeros((4, 900), "u1")
    energy[:, 465] = 200
    point, momentum = np.full((4, 2), 15, "i1"), np.tile([0, 0, 1000], (4, 1))
    np.savez(
        tmp_path / "s.npz", EnergyDeposit=energy, ParticlePoint=point, ParticleMomentum=momentum
    )
    run_step(Preprocess(**GEV, **MM), source=tmp_path / "s.npz", out=tmp_path / "s.h5")
    found = dataset.load(tmp_path / "s.h5")
    assert (found.energy.sum(axis=(1, 2)) == 200_000).all()
    assert (found.point == 1.5).all()


@pytest.mark.parametrize(
    ("factors", "unit", "visible", "mends"),
    [
        ({"energy": 1e-3}, "MeV", 1.74e-4, "set data.energy_unit: GeV; if ParticleMomentum"),
        ({"momentum": 1e3}, "MeV", 1.74e-4, "if ParticleMomentum is in MeV, save it in GeV."),
        ({"energy": 1e3}, "MeV", 174, "Save EnergyDeposit in MeV, or in GeV with"),
        ({}, "GeV", 174, "If EnergyDeposit is in MeV, set data.energy_unit: MeV."),
        ({"energy": 1e-3, "momentum": 1e3}, "GeV", 1.74e-4, "If ParticleMomentum is in MeV"),
        ({"energy": 1e-3, "momentum": 1e3}, "MeV", 1.74e-7, "set data.energy_unit: GeV; if"),
    ],
)
def test_energies_in_another_unit_are_refused(run, tmp_path, factors, unit, visible, mends):
    told = refusal(run, **factors, energy_unit=unit)
    assert f"EnergyDeposit in {unit} (data.energy_unit) is " in told
    assert mends in told
    number = float(told.partition("(data.energy_unit) is ")[2].partition(" times ")[0])
    assert number == pytest.approx(visible, rel=0.1)
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["mine.npz"]


def test_points_in_another_unit_are_refused(run):
    told = refusal(run, point=10)
    assert "ParticlePoint in cm (data.length_unit) is 1" in told
    assert "If it is in mm, set data.length_unit: mm." in told
    told = refusal(run, point=1000, **MM)
    assert "ParticlePoint in mm" in told and "set data" not in told


@pytest.mark.parametrize(
    ("visible", "taken"),
    [(1.9e-6, []), (2.1e-6, ["GeV"]), (1.7e-4, ["GeV"]), (1.9e-3, ["GeV"]),
     (2.1e-3, ["MeV"]), (0.17, ["MeV"]), (1.9, ["MeV"]), (2.1, []), (170, [])],
)  # fmt: skip
def test_energies_fit_in_one_unit_at_most(tmp_path, visible, taken):
    """The energies of a file are so much of the momenta where they are read in MeV, 1000 times as much in GeV."""
    momentum = np.array([[3, 4, 12], [0, 0, 1], [0, 6, 8]], "f4")  # |p| = 13, 1 and 10
    total = 1000 * visible * np.array([13, 1e-9, 1e4])  # the first is the median of the three
    fits = []
    for unit, factor in (("MeV", 1), ("GeV", 1000)):
        with contextlib.suppress(UserError):
            refuse_energies(tmp_path, total * factor, momentum, unit)
            fits.append(unit)
    assert fits == taken


@pytest.mark.parametrize(
    "point",
    [
        np.zeros((5, 2)),
        np.full((5, 2), 1e-3),  # a beam
        np.full((5, 2), [14.9, -14.9]),
        np.array([[0, 0], [1, 1], [0, 2], [1000, 1], [0, -1000]]),
    ],
)
def test_points_that_are_not_refused(tmp_path, point):
    refuse_points(tmp_path, point.astype("f4"), "cm")


@pytest.mark.parametrize("point", [[15.1, 0], [0, -15.1]])
def test_points_outside_in_x_or_y_are_refused(tmp_path, point):
    with pytest.raises(UserError, match=r"is 15\.1 cm in x or y"):
        refuse_points(tmp_path, np.tile(np.float32(point), (5, 1)), "cm")


@pytest.mark.parametrize("unit", ["MeV", "GeV"])
def test_a_file_without_energy_has_no_wrong_unit(run, unit):
    assert not dataset.load(run(energy=0, energy_unit=unit)).energy.any()


def test_showers_without_energy_do_not_count(tmp_path):
    momentum = np.tile(np.float32([0, 0, 20]), (10, 1))
    refuse_energies(tmp_path, np.array([3000.0, *[0.0] * 9]), momentum, "MeV")
    with pytest.raises(UserError):
        refuse_energies(tmp_path, np.array([3.0, *[0.0] * 9]), momentum, "MeV")


def test_energies_in_gev_beyond_float32_are_refused(run):
    assert "is NaN or infinite" in refusal(run, energy=1e34, **GEV)


def test_generated_showers_may_have_any_energy(tmp_path):
    np.savez(
        tmp_path / "g.npz",
        EnergyDeposit=1e6 * SHOWERS.energy,
        ParticlePoint=SHOWERS.point,
        ParticleMomentum=SHOWERS.momentum,
    )
    assert sum(map(len, read_showers(tmp_path / "g.npz"))) == N
