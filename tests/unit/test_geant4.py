"""Full simulation: its data against published numbers, its showers against physics, and its processes that may die."""

import math
import subprocess
import sys
from collections import defaultdict
from importlib import metadata
from importlib.util import find_spec

import numpy as np
import pytest

from showergan.cli.step import run as run_step
from showergan.config.recipes.data import SAMPLE_SHA256, Sample, SimulateGeant4
from showergan.config.tasks.showers import N_SAMPLE, Preparation
from showergan.errors import UserError
from showergan.tasks.showers import calorimeter, dataset
from showergan.tasks.showers.geant4 import physics, simulation
from showergan.tasks.showers.resources import SAMPLE
from showergan.tasks.showers.shower_file import ShowerFile

needs_geant4 = pytest.mark.skipif(
    find_spec("geant4_pybind") is None, reason="geant4-pybind is not installed: no wheel here"
)
CELLS = np.arange(60) - 29.5
SOFT = 1519  # its first eight electrons have 20 GeV together


def shot(n, energy_GeV, slope=(0.0, 0.0), point=(0.0, 0.0), folder=None, cores=2, seed=5):
    """Return the cells (n, 60, 60) of n equal electrons."""
    momentum = np.tile(calorimeter.momenta(np.array([energy_GeV]), np.array([slope])), (n, 1))
    points = np.tile(point, (n, 1))
    given = simulation.Particles(points.astype(np.float32), momentum.astype(np.float32))
    kept = []

    def whole(cells):
        kept.append(cells)
        return cells[:, 15:45, 15:45]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(simulation, "_inner", whole)
        list(simulation._shot(given, 2 * seed, 0.0, cores, folder))
    return np.concatenate(kept)


# Data


@pytest.mark.parametrize(
    ("z", "a", "radiation_length"),  # PDG: atomic weight, g/cm2
    [(1, 1.008, 63.04), (6, 12.011, 42.70), (82, 207.2, 6.37)],
)
def test_bremsstrahlung_loses_the_energy_that_radiation_lengths_tell(z, a, radiation_length):
    """At 10 GeV, where screening is complete, an electron loses E (1 + b) per radiation length, b below 0.02."""
    lines = (physics.HERE / "brem_SB" / f"br{z}").read_text().splitlines()
    assert lines[0] == "0 30 57"
    ratios, ln_energies, *rows = (np.array(line.split(), float) for line in lines[1:])
    assert (len(ratios), len(ln_energies), len(rows)) == (30, 57, 57)
    assert math.exp(ln_energies[-1]) == pytest.approx(1e4)
    # (beta^2 / Z^2) k dsigma/dk in millibarn; N_A times a millibarn is 6.022e-4 cm2.
    loss = 6.022e-4 / a * z**2 * np.trapezoid(rows[-1], ratios)
    assert loss * radiation_length == pytest.approx(1.01, abs=0.03)


def klein_nishina(energy_MeV):
    """Return the cross section of Compton scattering by a free electron in barn."""
    k = energy_MeV / 0.510999
    first = (1 + k) / k**2 * (2 * (1 + k) / (1 + 2 * k) - math.log(1 + 2 * k) / k)
    rest = math.log(1 + 2 * k) / (2 * k) - (1 + 3 * k) / (1 + 2 * k) ** 2
    return 2 * math.pi * 0.0794079 * (first + rest)  # r_e^2 in barn


@needs_geant4
def test_photons_are_attenuated_in_lead_as_tabulated(tmp_path):
    """With Compton scattering, the photoelectric effect is all but some per cent of NIST's attenuation (XCOM)."""
    code = (
        "import os, sys; from pathlib import Path; from showergan.tasks.showers.geant4 import physics\n"
        "folder = Path(sys.argv[1]); physics.make_folders(folder); os.environ['GEANT4_DATA_DIR'] = sys.argv[1]\n"
        "import geant4_pybind; physics.write_photoelectric(folder, geant4_pybind)"
    )
    subprocess.run([sys.executable, "-c", code, tmp_path], check=True, capture_output=True)
    folder = tmp_path / physics.EMLOW / "epics2017/phot"
    energies, values = np.loadtxt(folder / "pe-cs-82.dat", skiprows=2).T
    polynomial = np.loadtxt(folder / "pe-high-82.dat", skiprows=1)[-1, 1:]
    barn_per_cm2_g = 207.2 / 0.6022
    for energy, total in ((0.1, 5.549), (0.5, 0.1614), (0.999, 0.0711)):
        photoelectric = np.interp(energy, energies, values) / energy**3
        sum_of_both = (photoelectric + 82 * klein_nishina(energy)) / barn_per_cm2_g
        assert 0.92 * total < sum_of_both < total
    above = sum(a / physics.TOP_MEV ** (k + 1) for k, a in enumerate(polynomial))
    assert above == pytest.approx(values[-1] / physics.TOP_MEV**3, rel=1e-6)
    below = np.loadtxt(folder / "pe-le-cs-82.dat", skiprows=2)[-1]
    # The K edge of lead, 88.00 keV, where the cross section jumps by 4.2 to 4.8 (XCOM: 1.910 to 7.683 cm2/g in all).
    assert energies[0] == pytest.approx(0.0880, abs=1e-4)
    assert 4 < (values[0] / energies[0] ** 3) / (below[1] / below[0] ** 3) < 5


# Physics


@pytest.fixture(scope="module")
def soft(tmp_path_factory):
    """300 electrons of 1 GeV on axis."""
    return shot(300, 1.0, folder=tmp_path_factory.mktemp("soft"))


@needs_geant4
def test_response_is_linear(soft, tmp_path):
    hard = shot(12, 50.0, folder=tmp_path)
    response = [cells.sum(axis=(1, 2)).mean() / 1000 / e for cells, e in ((soft, 1.0), (hard, 50))]
    assert 0.170 < min(response) < max(response) < 0.178
    # Four standard deviations of so few showers, which are others on another processor; of the sample it is 1 %.
    assert response[0] == pytest.approx(response[1], rel=0.023)
    assert hard[:, 15:45, 15:45].sum() / hard.sum() == pytest.approx(0.995, abs=0.004)


@needs_geant4
def test_resolution(soft):
    totals = soft.sum(axis=(1, 2))
    assert len(np.unique(totals)) == len(totals)  # each event has random numbers of its own
    assert 0.072 < totals.std(ddof=1) / totals.mean() < 0.088  # 300 showers: within 4 %


@needs_geant4
def test_rows_are_y_and_columns_are_x(tmp_path):
    """The energy lies on the particle's line at a depth between 0 and 10 cm behind z = 0."""
    cells = shot(30, 2.0, slope=(0.4, -0.2), point=(3.0, 6.0), folder=tmp_path).sum(axis=0)
    x = (cells.sum(axis=0) * CELLS).sum() / cells.sum()
    y = (cells.sum(axis=1) * CELLS).sum() / cells.sum()
    depths = (x - 3) / 0.4, (y - 6) / -0.2
    assert depths[0] == pytest.approx(depths[1], abs=1.5)
    assert all(0 < depth < 8 for depth in depths)


# Processes


@needs_geant4
def test_how_events_are_shared_changes_no_byte(tmp_path, monkeypatch):
    whole = list(simulation.simulate(6, SOFT, cores=1, kept=tmp_path / "one"))
    monkeypatch.setattr(simulation, "RANGE", 2)
    energy = defaultdict(float)
    parts = list(simulation.simulate(5, SOFT, cores=2, kept=tmp_path / "two", energy_MeV=energy))
    assert [len(part) for part in (*whole, *parts)] == [6, 2, 2, 1]
    for name in ("energy", "point", "momentum", "pdg"):
        together = np.concatenate([getattr(part, name) for part in parts])
        assert together.tobytes() == getattr(whole[0], name)[:5].tobytes()
    assert 0.9 < energy["inside"] / energy["all"] < 1
    other = next(simulation.resimulate(whole[0].conditions, seed=SOFT))
    assert not np.array_equal(other.energy, whole[0].energy[:2])
    assert np.array_equal(other.momentum, whole[0].momentum[:2])


@needs_geant4
def test_what_is_finished_is_kept_when_a_worker_dies(tmp_path, monkeypatch):
    monkeypatch.setattr(simulation, "RANGE", 2)
    calls, run = [], subprocess.run

    def dies(command, **options):
        calls.append(command)
        if len(calls) == 2:
            command = [sys.executable, "-c", "import os; print('far too late'); os.abort()"]
        return run(command, **options)

    monkeypatch.setattr(subprocess, "run", dies)
    with pytest.raises(UserError, match=r"showers 2 to 3 \(status -6\): .*kept; the same call"):
        list(simulation.simulate(6, SOFT, kept=tmp_path))
    kept = list(tmp_path.iterdir())  # no more than ranges that are finished
    assert kept
    assert len(kept) + 1 == len(calls)
    assert len(list(simulation.simulate(6, SOFT, kept=tmp_path))) == 3
    assert len(calls) == 4
    kept[0].write_bytes(kept[0].read_bytes()[:-30])
    assert len(list(simulation.simulate(6, SOFT, kept=tmp_path))) == 3
    assert len(calls) == 5


@needs_geant4
def test_what_geant4_says_of_its_end_is_told(tmp_path, monkeypatch):
    monkeypatch.setenv("G4LEDATA", str(tmp_path / "nothing"))
    with pytest.raises(UserError, match=r"G4Exception|is not opened|file .* not"):
        list(simulation.simulate(2, SOFT, kept=tmp_path))


def test_who_lacks_geant4_is_told_what_to_install(tmp_path, monkeypatch):
    def missing(name):
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(simulation, "version", missing)
    with pytest.raises(UserError, match=r"pip install 'showergan\[geant4\]'"):
        run_step(SimulateGeant4(n_showers=8), out=tmp_path / "s.npz")
    assert not list(tmp_path.glob("*.npz"))


@needs_geant4
def test_a_step_leaves_showers_that_can_be_simulated_again(tmp_path):
    out = tmp_path / "source.npz"
    step = SimulateGeant4(n_showers=8, seed=SOFT, threshold_MeV=0.5)
    done = run_step(step, out=out, cores=2, checkpoint_folder=tmp_path / "states")
    # By the path of the output, so that runs which share the folder leave each other's states alone.
    states = tmp_path / "states" / tmp_path.relative_to(tmp_path.anchor) / ".checkpoint"
    assert len(list((states / "source").glob("*.npz"))) == 1
    (states / "of another").mkdir()
    done()
    assert [path.name for path in states.iterdir()] == ["of another"]
    dataset.preprocess(out, tmp_path / "s.h5", Preparation(path="geant4", split_seed=1))
    showers = dataset.load(tmp_path / "s.h5")
    assert showers.energy[showers.energy > 0].min() >= 0.5
    assert dataset.simulation_of(tmp_path / "s.h5") == simulation.record(0.5)


# The sample


def test_the_sample_is_the_one_that_is_named(tmp_path):
    run_step(Sample(), out=tmp_path / "s.npz")
    assert (tmp_path / "s.npz").read_bytes() == SAMPLE.read_bytes()
    assert SAMPLE.stat().st_size < 8_000_000
    with ShowerFile(SAMPLE) as file:
        assert file.n == N_SAMPLE
    with pytest.raises(UserError, match="Install the package again"):
        run_step(Sample(sha256="0" * 64), out=tmp_path / "t.npz")
    assert Sample().sha256 == SAMPLE_SHA256


def test_the_sample_is_linear_and_resolves_as_it_should():
    """Some 2 000 showers in each band of energy: means known to 0.1 %, spreads to 2 %."""
    with np.load(SAMPLE) as file:
        cells = file["EnergyDeposit"][..., 0].astype(np.float32)
        energy = np.linalg.norm(file["ParticleMomentum"].astype(float), axis=1)
    response = cells.sum(axis=(1, 2)) / energy / 1000
    bands = [(energy >= low) & (energy < 2 * low) for low in (1, 2, 4, 8, 16, 32)]
    means = np.array([response[band].mean() for band in bands])
    assert 0.170 < means.min() < means.max() < 0.178
    assert means.max() / means.min() < 1.01
    # Relative to the mean, times the root of the energy; beyond 30 GeV it matters that some energy leaves the image.
    off = [(response[b] / response[b].mean() - 1) * energy[b] ** 0.5 for b in bands[:-1]]
    assert all(0.074 < np.std(values) < 0.085 for values in off)
    assert (cells > 0).mean() == pytest.approx(0.276, abs=0.005)
    lit = cells[cells > 0]
    assert lit.min() == pytest.approx(0.1, abs=1e-4)


@needs_geant4
def test_the_sample_repeats(tmp_path):
    n = 3  # of 92 GeV together
    [again] = simulation.simulate(n, 1, kept=tmp_path)
    with np.load(SAMPLE) as file:
        np.testing.assert_array_equal(file["ParticleMomentum"][:n], again.momentum)
        np.testing.assert_array_equal(file["ParticlePoint"][:n], again.point)
        shipped = file["EnergyDeposit"][:n, ..., 0].astype(float)
    # Another kind of CPU may round otherwise in a step of ten thousands, and a shower then goes another way.
    same = np.isclose(shipped, again.energy, rtol=6e-4, atol=0).all(axis=(1, 2))
    assert same.mean() > 0.5
    with ShowerFile(SAMPLE) as file:
        assert file.simulation
