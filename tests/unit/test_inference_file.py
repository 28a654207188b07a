"""A generator file says all that it takes to generate, is the same for the same content, and runs nothing."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from generators import network, particles, trained, training_particles

import showergan
from showergan.errors import UserError
from showergan.evaluation.generator import save_generator
from showergan.tasks.showers.conditions import LARGEST_LOG_ENERGY
from showergan.tasks.showers.sample import Particles


@pytest.fixture(scope="module")
def generator():
    return trained(network(1, "scaled"), network(2, "scaled"), form="scaled")


@pytest.fixture
def path(generator, tmp_path):
    save_generator(generator.description, generator.states, tmp_path / "generator.pt")
    return tmp_path / "generator.pt"


def changed(path, **changes):
    """Write a file with some of the content replaced."""
    torch.save({**torch.load(path), **changes}, path)
    return path


def test_round_trip(generator, path):
    loaded = showergan.load_generator(path)
    assert loaded.description == generator.description
    assert loaded.epochs == [1, 2]
    for epoch in loaded.epochs:
        for name, value in generator.states[epoch].items():
            assert torch.equal(loaded.states[epoch][name], value)
    assert [p.name for p in path.parent.iterdir()] == ["generator.pt"]
    energy = loaded.generate(*particles(5), seed=1)
    np.testing.assert_array_equal(energy, generator.generate(*particles(5), seed=1))


def test_content_is_plain_and_tells_what_is_needed(path):
    content = torch.load(path, weights_only=True)
    pz_GeV = training_particles()[1][:, 2]
    condition = content["conditions"][2]
    assert (condition["name"], condition["unit"]) == ("pz_GeV", "GeV")
    assert (condition["low"], condition["high"]) == (pz_GeV.min(), pz_GeV.max())
    assert [c["name"] for c in content["conditions"]] == [
        "px_GeV", "py_GeV", "pz_GeV", "x_cm", "y_cm"
    ]  # fmt: skip
    assert content["samples"]["unit"] == "MeV"
    assert (content["samples"]["transform"], content["samples"]["inverse"]) == ("log1p", "expm1")
    assert content["samples"]["largest_output"] == LARGEST_LOG_ENERGY
    assert content["conditioning"]["form"] == "scaled"
    assert len(content["conditioning"]["mean"]) == len(content["conditioning"]["sd"]) == 7
    network = {"kind": "shower_generator", "noise": "uniform", "noise_size": 50}
    assert content["network"] == network
    assert content["provenance"] == {"recipe": {"seed": 1}}
    assert sorted(content["states"]) == [1, 2]


def test_same_content_gives_the_same_bytes(generator, path, tmp_path):
    for name in ("generator.pt", "another name"):
        again = showergan.load_generator(path)
        save_generator(again.description, again.states, tmp_path / "folder" / name)
        assert (tmp_path / "folder" / name).read_bytes() == path.read_bytes()
    fewer = {2: generator.states[2]}
    save_generator(generator.description, fewer, tmp_path / "fewer.pt")
    assert (tmp_path / "fewer.pt").read_bytes() != path.read_bytes()


def test_epochs(generator):
    given = particles(3)
    first, second, last = (generator.generate(*given, seed=1, epoch=e) for e in (1, 2, None))
    np.testing.assert_array_equal(second, last)
    assert not np.array_equal(first, last)
    with pytest.raises(UserError, match=r"Epoch 3 of the generator was not kept. Choose of 1, 2"):
        generator.generate(*given, seed=1, epoch=3)


def test_files_that_are_none_are_refused(path, tmp_path):
    with pytest.raises(UserError, match=r"does not exist\. Give a generator.pt"):
        showergan.load_generator(tmp_path / "none.pt")
    (tmp_path / "bad.pt").write_bytes(b"no generator")
    with pytest.raises(UserError, match="is no generator file"):
        showergan.load_generator(tmp_path / "bad.pt")
    torch.save({"weights": torch.zeros(2)}, tmp_path / "other.pt")
    with pytest.raises(UserError, match="is no generator file"):
        showergan.load_generator(tmp_path / "other.pt")


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"format": 2}, "format = 2: must be 1"),
        ({"task": "jets"}, "task = 'jets': must be 'showers'"),
        ({"samples": {"transform": "sqrt"}}, "samples.transform = 'sqrt': must be 'log1p'"),
        ({"average": "none"}, "average = 'none'"),
        ({"more": 1}, "more: unknown key"),
        (
            {"network": {"kind": "other"}},
            "network.kind = 'other': allowed: 'convolutional', 'perceptron', ",
        ),
        ({"network": {"kind": "perceptron"}}, "weights that are not those of its network"),
        ({"states": {1: {"weight": torch.zeros(1)}}}, "weights that are not those of its network"),
        ({"states": {}}, "has no weights"),
    ],
)
def test_files_that_cannot_be_used_are_refused(path, changes, told):
    with pytest.raises(UserError) as error:
        showergan.load_generator(changed(path, **changes))
    assert told in str(error.value)
    assert str(path) in str(error.value)


class Code:
    ran = False

    def __reduce__(self):
        return (setattr, (Code, "ran", True))


def test_code_in_a_file_is_not_run(path):
    with pytest.raises(UserError, match="is no generator file"):
        showergan.load_generator(changed(path, provenance=Code()))
    assert not Code.ran


def test_building_a_network_leaves_the_random_numbers_alone(generator):
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    generator.network()
    assert torch.equal(torch.rand(3), expected)


def test_a_network_does_not_change_what_was_loaded(generator):
    before = {name: value.clone() for name, value in generator.states[2].items()}
    given = particles(70)
    list(
        generator.sampled(Particles(*given), 1, torch.device("cpu"), "batch")
    )  # moves running statistics
    assert all(torch.equal(generator.states[2][name], value) for name, value in before.items())
    other = replace(generator, states={1: before})
    np.testing.assert_array_equal(
        generator.generate(*given, seed=1), other.generate(*given, seed=1)
    )
