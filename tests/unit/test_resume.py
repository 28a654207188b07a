"""A training that is stopped anywhere, by anything, ends as one that never was."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from functools import partial

import pytest
import torch
from forked import python
from small_training import COMPOSITIONS, blobs, recipe

from showergan import cli
from showergan.cli.step import run as run_step
from showergan.config.recipes.found import RECIPES
from showergan.config.tasks.toys import ToyData
from showergan.errors import Paused
from showergan.tasks.found import TASKS
from showergan.tasks.showers import gflash
from showergan.tasks.showers.shower_file import write_npz
from showergan.training.embedding import _Course
from showergan.training.loop import Trainer

OUTPUTS = ("generator.pt", "history.csv", "lipschitz.csv")
SETTINGS = {
    "seed": 1,
    "generator": {"kind": "perceptron", "width": 8},
    "discriminator": {"kind": "perceptron", "width": 8},
    "learning_rates": {"generator": 1e-3, "discriminator": 1e-3},
    "epochs": 3,
    "batch_size": 16,
    "n_critic": 2,
    "evaluated_epochs": (1, 2, 3),
    "record_every": 2,
}
VARIANTS = {name: {"method": method} for name, method in COMPOSITIONS.items()} | {
    "adam": {"method": {}, "optimiser": {"kind": "adam"}},
    "average": {"method": COMPOSITIONS["sn"], "generator_average": 0.9},
    "warm_up": {"method": COMPOSITIONS["sn"], "warm_up": 5},
    "warm_up of adam": {"method": {}, "warm_up": 5, "optimiser": {"kind": "adam"}},
    "scaled": {
        "method": COMPOSITIONS["abcas"]
        | {"controller": {"kind": "abcas", "beta": 6, "alpha": "scaled"}}
    },
    "replayed": {"method": {}, "batches": "replayed"},
    "diverged": {"method": {}, "learning_rates": {"generator": 1e-3, "discriminator": 300.0}},
}


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    torch.set_num_threads(1)


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    path = tmp_path_factory.mktemp("data") / "points.h5"
    TASKS["toys"].write(ToyData(n_points=120), path)  # 3 steps of 16 of 60 in an epoch
    return path


def files_in(folder):
    files = {name.partition(".")[0]: folder / name for name in OUTPUTS}
    return files | {"run": folder / "run.json"}


def train(settings, data, folder, **changes):
    """Train as the step does; return the bytes of what it leaves."""
    step = RECIPES["train"].model_validate(SETTINGS | settings)
    return left(step, data, folder, files_in(folder), changes)


def left(step, data, folder, files, changes):
    run_step(step, data=data, **files, device="cpu", **changes)()
    return content(folder)


def content(folder):
    """Return the bytes of what is left, but for how long it took."""
    assert not (folder / ".checkpoint").exists()
    return {
        path.name: re.sub(rb'"seconds": [0-9.]+', b'"seconds": 0', path.read_bytes())
        for path in sorted(folder.iterdir())
    }


def in_parts(train, folder):
    """Train and stop at the first occasion, until it ends; return what it leaves, and how often it stopped."""
    stops = 0
    while True:
        torch.rand(1)  # the global generator plays no part
        try:
            return train(folder, max_seconds=0), stops
        except Paused:
            stops += 1
            assert stops < 50  # else it starts from the beginning, again and again
            assert [path.name for path in folder.iterdir()] == [".checkpoint"]


@pytest.mark.parametrize("variant", VARIANTS)
def test_stopped_after_every_step_it_ends_as_if_never_stopped(variant, data, tmp_path):
    run = partial(train, VARIANTS[variant], data)
    whole = run(tmp_path / "whole")
    assert set(OUTPUTS) < set(whole)
    n_steps = json.loads(whole["run.json"])["generator_steps"]
    assert n_steps == (6 if variant == "diverged" else 9)
    assert in_parts(run, tmp_path / "parts") == (whole, n_steps - 1)  # the last one ends it


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    path = tmp_path_factory.mktemp("data") / "pictures.h5"
    TASKS["images"].write(TASKS["images"].data(), path)
    return path


@pytest.fixture(scope="module")
def showers(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data")
    write_npz(folder / "source.npz", 80, gflash.simulate(80, 1))
    source, out = folder / "source.npz", folder / "showers.h5"
    run_step(RECIPES["preprocess"](), source=source, out=out)
    return out


@pytest.mark.parametrize(
    ("name", "task", "outputs", "settings"),
    [
        ("train_embedding", "showers", ("metrics", "predictions"), {}),
        ("train_image_embedding", "pictures", ("metrics",), {"kind": "classifier", "width": 4}),
        ("train_image_embedding", "pictures", ("metrics",), {"kind": "encoder", "width": 4}),
    ],
)
def test_embeddings_stopped_after_every_epoch(
    name, task, outputs, settings, request, tmp_path, monkeypatch
):
    """The best epoch is before the last ones, and dropout and noise draw from the global generator."""
    end_epoch = _Course.end_epoch
    told = [0.1, 0.3, 0.2, 0.2]  # whatever a machine's training makes of it
    monkeypatch.setattr(
        _Course, "end_epoch", lambda course, _: end_epoch(course, told[len(course.scores)])
    )
    step = RECIPES[name].model_validate(
        {"epochs": 8, "patience": 2, "batch_size": 16, "learning_rate": 0.01, **settings}
    )

    def run(folder, **changes):
        files = {"out": folder / "model.pt"} | {key: folder / key for key in outputs}
        return left(step, request.getfixturevalue(task), folder, files, changes)

    whole = run(tmp_path / "whole")
    fit = json.loads((tmp_path / "whole/metrics").read_text())
    assert (fit["best_epoch"], fit["n_epochs"]) == (2, 4)
    assert in_parts(run, tmp_path / "parts") == (whole, fit["n_epochs"] - 1)


def test_what_was_kept_by_another_recipe_changes_nothing(data, tmp_path, capsys):
    for variant in ("sn", "adam"):
        with pytest.raises(Paused):
            train(VARIANTS[variant], data, tmp_path / "parts", max_seconds=0)
    assert "is of other recipe" in capsys.readouterr().err
    found = train(VARIANTS["none"], data, tmp_path / "parts")
    assert found == train(VARIANTS["none"], data, tmp_path / "whole")


@pytest.mark.parametrize("method", ["sn_coefficients", "reference_code"])
def test_networks_of_showers_go_on_too(method, tmp_path):
    """BatchNorm, convolutions, conditions, and the average of all that."""
    settings = recipe(method, generator_average=0.9, epochs=1, evaluated_epochs=(1,))
    whole = Trainer(*blobs(), settings)
    expected = whole.run()
    first = Trainer(*blobs(), settings)
    with pytest.raises(Paused):
        first.run(StopAt(2))
    torch.save(first.state_dict(), tmp_path / "state.pt")
    second = Trainer(*blobs(), settings)
    second.load_state_dict(torch.load(tmp_path / "state.pt", weights_only=True))
    found = second.run()
    assert found.n_steps == expected.n_steps == 5
    for name, value in expected.states[1].items():
        assert torch.equal(value, found.states[1][name]), name
    assert found.history.frame().equals(expected.history.frame())
    assert second.lipschitz().equals(whole.lipschitz())


@pytest.mark.parametrize("n_steps", [-1, 6, 2.0])
def test_a_state_after_a_step_that_this_training_has_not_is_refused(n_steps):
    work = Trainer(*blobs(), recipe("sn_coefficients", epochs=1))  # of five steps
    with pytest.raises(ValueError, match="n_steps"):
        work.load_state_dict(work.state_dict() | {"n_steps": n_steps})


class StopAt:
    """Stop after some steps."""

    def __init__(self, step):
        self.step = step

    def resume(self, work):
        pass

    def reached(self, work):
        if work.result.n_steps == self.step:
            raise Paused


def command(data, folder, *options, epochs=40):
    step = RECIPES["train"].model_validate(SETTINGS | VARIANTS["abcas"] | {"epochs": epochs})
    files = [word for name, path in files_in(folder).items() for word in (f"--{name}", str(path))]
    return ["train", "--data", str(data), "--recipe", step.canonical(), *files, *options]


def test_a_killed_process_is_gone_on_with(data, tmp_path, capsys):
    """SIGKILL leaves no chance to save anything."""
    folder = tmp_path / "parts"
    killed = subprocess.Popen(
        [python(), "-m", "showergan.cli", *command(data, folder, "--checkpoint-seconds", "0")]
    )
    deadline = time.monotonic() + 100
    while not (folder / ".checkpoint/generator/before.pt").exists():
        assert killed.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.01)
    killed.send_signal(signal.SIGKILL)
    assert killed.wait() == -signal.SIGKILL
    assert not (folder / "generator.pt").exists()
    cli.app(command(data, folder), standalone_mode=False)
    assert "goes on from" in capsys.readouterr().err
    cli.app(command(data, tmp_path / "whole"), standalone_mode=False)
    assert content(folder) == content(tmp_path / "whole")


def test_a_stop_is_a_line_and_status_75(data, tmp_path, monkeypatch, capsys):
    """A part counts the seconds of those before it."""
    monkeypatch.setattr(sys, "argv", ["showergan", *command(data, tmp_path, "--max-seconds", "0")])
    for _ in range(2):
        with pytest.raises(SystemExit) as end:
            cli.run()
        assert end.value.code == os.EX_TEMPFAIL == 75
    *_, line = capsys.readouterr().err.splitlines()
    assert line.startswith("stopped after")
    assert list(tmp_path.iterdir()) == [tmp_path / ".checkpoint"]


def test_states_go_last_of_all(data, tmp_path, monkeypatch):
    """Killed before, the training would start anew."""
    kept = tmp_path / "no folder" / "recipe.json"
    kept.parent.write_text("in the way")
    options = ("--checkpoint-seconds", "0", "--provenance", str(kept))
    with pytest.raises(FileExistsError):
        cli.app(command(data, tmp_path, *options, epochs=3), standalone_mode=False)
    assert (tmp_path / ".checkpoint/generator/newest.pt").exists()
    assert json.loads((tmp_path / "run.json").read_text())["generator_steps"] == 9
