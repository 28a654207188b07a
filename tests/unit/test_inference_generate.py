"""Showers for the particles of a file: the same ones whatever the chunks, and no particle that cannot be."""

import weakref

import h5py
import numpy as np
import pandas as pd
import pytest
import torch
from generators import conditioning, network, particles, trained
from typer.testing import CliRunner

from showergan.cli import app
from showergan.config.tasks.showers import Preparation
from showergan.errors import UserError
from showergan.evaluation import generator as generation
from showergan.evaluation.generate_file import generate_file
from showergan.evaluation.generator import load_generator, save_generator
from showergan.tasks.found import TASKS
from showergan.tasks.showers import dataset, gflash
from showergan.tasks.showers.particle_files import COLUMNS, read_particles
from showergan.tasks.showers.sample import Particles
from showergan.tasks.showers.shower_file import read_showers, write_npz

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    made = trained(network(1), network(2))
    path = tmp_path_factory.mktemp("generator") / "generator.pt"
    save_generator(made.description, made.states, path)
    return path


@pytest.fixture(scope="module")
def generator(path):
    return load_generator(path)


def write(path, point, momentum):
    """Write particles in the format that the suffix asks for."""
    if path.suffix == ".csv":
        columns = dict(zip(COLUMNS, np.hstack([momentum, point]).T, strict=True))
        table = pd.DataFrame({"event": range(len(point)), **columns})
        table[sorted(table)].to_csv(path, index=False)  # in an order that is not ours
    elif path.suffix == ".npz":
        np.savez(
            path, ParticlePoint=np.column_stack([point, point[:, 0]]), ParticleMomentum=momentum
        )
    else:
        with h5py.File(path, "w") as file:
            file.update(point=point, momentum=momentum.astype("f8"))
            file.create_group("more")
    return path


def command(*arguments, **files):
    options = [word for name, value in files.items() for word in (f"--{name}", str(value))]
    return CliRunner().invoke(app, [*arguments, *options, "--device", "cpu"])


def energies(path):
    return np.concatenate([s.energy for s in read_showers(path)])


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_the_same_showers_whatever_the_chunk(generator, monkeypatch, size):
    given = particles(30)
    expected = generator.generate(*given, seed=3)
    monkeypatch.setitem(generation.CHUNK, "running", size)
    found = generator.generate(*given, seed=3)
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)
    assert (expected > 1).mean() > 0.1
    assert not np.allclose(generator.generate(*given, seed=4), expected, rtol=0.1)


@pytest.mark.parametrize("noise", ["uniform", "normal"])
def test_a_network_sees_a_part_of_each_chunk_at_a_time(noise, monkeypatch):
    made, given, seen = network(3), particles(30), []
    made.settings = made.settings.model_copy(update={"noise": noise})
    made.register_forward_pre_hook(lambda _, arrays: seen.append(len(arrays[0])))

    def energy():
        how = conditioning("raw"), given, 3, torch.device("cpu")
        chunks = generation.generate(TASKS["showers"], made, *how)
        return np.concatenate([chunk.energy for chunk in chunks])

    monkeypatch.setitem(generation.CHUNK, "running", 12)
    expected = energy()
    monkeypatch.setattr(generation, "_AT_ONCE", 5)
    np.testing.assert_allclose(energy(), expected, rtol=1e-5, atol=1e-5)
    assert seen == [12, 12, 6, *(5, 5, 2), *(5, 5, 2), *(5, 1)]


def test_particles_take_turns(generator):
    point, momentum = particles(20)
    many = generator.generate(point, momentum, seed=3, n=50)
    few = generator.generate(point, momentum, seed=3, n=10)
    np.testing.assert_allclose(few, many[:10], rtol=1e-5, atol=1e-5)
    turns = [np.concatenate([a, a, a[:10]]) for a in (point, momentum)]
    np.testing.assert_array_equal(generator.generate(*turns, seed=3), many)
    made = list(generator.sampled(Particles(point, momentum), 3, torch.device("cpu"), n=50))
    np.testing.assert_array_equal(np.concatenate([s.point for s in made]), turns[0])
    np.testing.assert_array_equal(np.concatenate([s.momentum for s in made]), turns[1])
    assert not np.allclose(many[:10], many[20:30], rtol=0.1)  # each time with other noise


@pytest.mark.parametrize("name", ["p.csv", "p.npz", "p.h5"])
def test_particles_of_every_format(tmp_path, name):
    given = particles(9)
    found = read_particles(write(tmp_path / name, *given))
    for expected, values in zip(given, found, strict=True):
        assert values.dtype == np.float32
        np.testing.assert_array_equal(values, expected)


def test_particles_of_our_own_files(tmp_path):
    write_npz(tmp_path / "s.npz", 40, gflash.simulate(40, seed=1))
    dataset.preprocess(
        tmp_path / "s.npz", tmp_path / "s.h5", Preparation(path="test", split_seed=1)
    )
    [showers] = gflash.simulate(40, seed=1)
    for name in ("s.npz", "s.h5"):
        point, momentum = read_particles(tmp_path / name)
        np.testing.assert_array_equal(point, showers.point)
        np.testing.assert_array_equal(momentum, showers.momentum)


CSV = ",".join(COLUMNS)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("px,py,pz,x_cm,y_cm\n1,1,9,0,0\n", "has no px_GeV, py_GeV, pz_GeV; it has px, py, pz, x_cm"),
        ("", "is no csv file"),
        (f"{CSV}\n", "there are no particles (N = 0)"),
        (f"{CSV}\n1,1,9,0,0\n1,1,,0,0\n", "column pz_GeV has '' in place of a number in 1 of 2 rows (rows 1)"),
        (f"{CSV}\n1,1,nine,0,0\n1,1,9,0,0\n", "column pz_GeV has 'nine' in place of a number in 1 of 2"),
        (f"{CSV}\n1,1,9,0,0\n1,1,9,True,0\n", "column x_cm has 'True' in place of a number in 1 of 2 rows (rows 1)"),
        (f"{CSV}\n1,1,9,False,0\n", "column x_cm has 'False'"),
        (f"{CSV},x_cm\n1,1,9,0,0,5\n", "has several columns x_cm"),
        (f"{CSV}\n1,1,9,0,0\n1,inf,9,0,0\n1,1,9,0,1e39\n", "no finite numbers (rows 1, 2)"),
        (f"{CSV}\n1,1,0,0,0\n1,1,9,0,0\n1,1,-9,0,0\n", "2 of 3 particles have pz <= 0 (rows 0, 2)"),
        (f"{CSV}\n1,1,9,0,0\n1,1,9,0,0,1,2\n", "is no csv file"),
        (f"{CSV}\n0,1,1,9,0,0\n1,1,1,9,0,0\n", "is no csv file (Error tokenizing data"),
        ("\x00\xff\n", "has no px_GeV"),
    ],
)  # fmt: skip
def test_bad_tables_are_refused(tmp_path, text, told):
    (tmp_path / "p.csv").write_text(text)
    with pytest.raises(UserError) as error:
        read_particles(tmp_path / "p.csv")
    assert told in str(error.value)
    assert "p.csv" in str(error.value)


@pytest.mark.parametrize(
    ("arrays", "told"),
    [
        ({"points": np.zeros((2, 2))}, "It must hold ParticlePoint and ParticleMomentum or point and"),
        ({"point": np.zeros((3, 2)), "momentum": np.ones((2, 3))}, r"points have shape (3, 2)"),
        ({"point": np.zeros((2, 1)), "momentum": np.ones((2, 3))}, r"points have shape (2, 1)"),
        ({"point": np.zeros((2, 2)), "momentum": np.ones((2, 4))}, r"momenta (2, 4)"),
        ({"point": np.zeros((0, 2)), "momentum": np.ones((0, 3))}, "there are no particles"),
        ({"point": np.full((2, 2), np.nan), "momentum": np.ones((2, 3))}, "no finite numbers"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("suffix", [".npz", ".h5"])
def test_bad_arrays_are_refused(tmp_path, suffix, arrays, told):
    path = tmp_path / f"p{suffix}"
    if suffix == ".npz":
        np.savez(path, **arrays)
    else:
        with h5py.File(path, "w") as file:
            file.update(arrays)
    with pytest.raises(UserError) as error:
        read_particles(path)
    assert told in str(error.value)
    assert path.name in str(error.value)


@pytest.mark.parametrize("name", ["p.npz", "p.h5"])
def test_damaged_and_missing_files_are_refused(tmp_path, name):
    with pytest.raises(UserError, match="does not exist"):
        read_particles(tmp_path / name)
    (tmp_path / name).write_bytes(b"neither")
    with pytest.raises(UserError, match="is no"):
        read_particles(tmp_path / name)
    with pytest.raises(UserError, match=r"give particles as a file \.csv, \.npz"):
        read_particles(tmp_path / "p.txt")


def test_arrays_are_checked_and_told_of(generator):
    point, momentum = particles(4)
    with pytest.raises(UserError, match="1 of 4 particles have pz <= 0"):
        generator.generate(point, momentum * [[1], [1], [-1], [1]], seed=1)
    with pytest.raises(UserError, match="n = 0: ask for at least 1 sample"):
        generator.generate(point, momentum, seed=1, n=0)
    with pytest.raises(UserError, match="points have shape"):
        generator.generate(point[0], momentum, seed=1)
    with pytest.warns(UserWarning, match="1 of 4 conditions lie outside"):
        generator.generate(point + np.array([[0], [0], [50], [0]]), momentum, seed=1)


def test_particles_of_the_training_are_inside_its_range(generator, no_warnings):
    [showers] = gflash.simulate(40, seed=1)
    generator.generate(showers.point, showers.momentum, seed=1)


def test_command_line_writes_what_python_gives(generator, path, tmp_path):
    given = particles(300)
    conditions = write(tmp_path / "p.csv", *given)
    expected = generator.generate(*given, seed=5, epoch=1, n=310)
    for name in ("s.npz", "s.h5"):
        files = {"generator": path, "conditions": conditions, "out": tmp_path / "out" / name}
        done = command("generate", *["--n", "310", "--seed", "5", "--epoch", "1"], **files)
        assert done.exit_code == 0, done.output
        assert "310 showers of epoch 1, " in done.stderr
        assert "warning" not in done.stderr
        assert done.stdout == ""
        np.testing.assert_array_equal(energies(files["out"]), expected)
        first = files["out"].read_bytes()
        command("generate", *["--n", "310", "--seed", "5", "--epoch", "1"], **files)
        assert files["out"].read_bytes() == first
    with h5py.File(tmp_path / "out" / "s.h5") as file:
        assert (file.attrs["energy_unit"], file.attrs["epoch"], file.attrs["seed"]) == ("MeV", 1, 5)
        np.testing.assert_array_equal(file["point"][300:], given[0][:10])
    with np.load(tmp_path / "out" / "s.npz") as file:
        assert file["EnergyDeposit"].shape == (310, 30, 30, 1)
        np.testing.assert_array_equal(file["ParticleMomentum"][:300], given[1])


@pytest.mark.usefixtures("one_training")
@pytest.mark.parametrize("name", ["s.npz", "s.h5"])
def test_evaluate_file_reads_it_back(path, tmp_path, name):
    write_npz(tmp_path / "real.npz", 200, gflash.simulate(200, seed=1))
    dataset.preprocess(
        tmp_path / "real.npz", tmp_path / "real.h5", Preparation(path="test", split_seed=1)
    )
    made = {"generator": path, "conditions": tmp_path / "real.h5", "out": tmp_path / name}
    assert command("generate", "--n", "50", **made).exit_code == 0
    files = {"generated": made["out"], "real": tmp_path / "real.h5", "out": tmp_path / "m.csv"}
    done = command("evaluate-file", "--recipe", '{"clusters": 4, "repeats": 2}', **files)
    assert done.exit_code == 0, done.output
    assert "50 of 50 generated showers" in done.stdout


def test_particles_outside_the_range_are_counted(path, tmp_path):
    point, momentum = particles(10)
    point[3, 0], momentum[5:7] = 30, momentum[5:7] * 100
    conditions = write(tmp_path / "p.csv", point, momentum)
    done = command("generate", generator=path, conditions=conditions, out=tmp_path / "s.npz")
    assert done.exit_code == 0
    assert "warning: 3 of 10 conditions lie outside the range of the training" in done.stderr
    assert "pz_GeV of 2 (trained from" in done.stderr
    assert "x_cm of 1 (trained from" in done.stderr
    assert "y_cm of" not in done.stderr


def test_nothing_is_written_for_what_is_refused(path, tmp_path):
    good = write(tmp_path / "p.csv", *particles(3))
    (tmp_path / "bad.csv").write_text("x,y\n1,2\n")
    for conditions, out, extra in (
        (tmp_path / "bad.csv", "s.npz", []),
        (good, "s.txt", []),
        (good, "s.npz", ["--epoch", "9"]),
        (good, "s.npz", ["--n", "0"]),
        (good, "s.npz", ["--seed", "-1"]),
    ):
        done = command(
            "generate", *extra, generator=path, conditions=conditions, out=tmp_path / out
        )
        assert done.exit_code != 0
        assert not isinstance(done.exception, AssertionError)
        assert not (tmp_path / out).exists()


@pytest.mark.parametrize("name", ["s.npz", "s.h5"])
def test_no_image_is_kept(path, tmp_path, monkeypatch, name):
    alive, most = [], 0
    generate = generation.generate

    def watched(*arguments):
        nonlocal most
        for chunk in generate(*arguments):
            alive.append(weakref.ref(chunk.energy))
            most = max(most, sum(ref() is not None for ref in alive))
            yield chunk
            del chunk

    monkeypatch.setattr("showergan.evaluation.generator.generate", watched)
    monkeypatch.setitem(generation.CHUNK, "running", 10)
    conditions = write(tmp_path / "p.csv", *particles(20))
    generate_file(path, conditions, tmp_path / name, n=200, seed=1, epoch=None, device=CPU)
    assert len(alive) == 20
    assert most <= 3
    assert len(energies(tmp_path / name)) == 200


def test_a_diverged_generator_is_told_of(tmp_path, capsys):
    broken = network(1)
    with torch.no_grad():
        broken.upsample[-2].bias.fill_(torch.nan)
    made = trained(broken)
    save_generator(made.description, made.states, tmp_path / "g.pt")
    conditions = write(tmp_path / "p.csv", *particles(3))
    generate_file(
        tmp_path / "g.pt", conditions, tmp_path / "s.h5", n=None, seed=1, epoch=None, device=CPU
    )
    assert "warning: 3 of 3 showers hold values that are not numbers" in capsys.readouterr().err


def test_a_log_shows_progress(path, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("showergan.io.progress.SECONDS", 0.0)
    monkeypatch.setitem(generation.CHUNK, "running", 10)
    conditions = write(tmp_path / "p.csv", *particles(30))
    generate_file(path, conditions, tmp_path / "s.h5", n=None, seed=1, epoch=None, device=CPU)
    lines = capsys.readouterr().err.splitlines()
    assert lines[0].startswith("10/30 showers, ")
    assert lines[-1].endswith("per second")
    assert len(lines) == 4


def test_columns_in_any_order_after_a_byte_order_mark(tmp_path):
    text = "\ufeffx_cm, note ,pz_GeV,px_GeV,py_GeV,y_cm\n4,a \u2265 b,3,1,2,5\n"
    (tmp_path / "p.csv").write_text(text, encoding="utf-8")
    found = read_particles(tmp_path / "p.csv")
    np.testing.assert_array_equal(found.as_array, [[1, 2, 3, 4, 5]])


def test_what_is_given_has_two_arrays_of_numbers():
    point, momentum = particles(3)
    made = trained(network(1))
    for given, told in (
        ((point, momentum, momentum), "and no 3"),
        ((point,), "and no 1"),
        ((point, momentum > 0), "momenta have the type bool"),
        ((point.astype(complex), momentum), "points have the type complex"),
    ):
        with pytest.raises(UserError, match=told):
            made.generate(*given, seed=1)
