"""The estimated cost of a run: by hand, and from a run of which all is known."""

import json
from importlib import import_module

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from showergan.cli import app
from showergan.config.whole import parse_config
from showergan.errors import UserError
from showergan.records.cost import Measured, Size, clock, estimate, is_like, measured
from showergan.records.provenance import Record, made_with

METHODS = {
    name: {"label": name, "learning_rates": {"generator": 1e-3, "discriminator": 1e-3}}
    for name in ("none", "clipping", "new")
}
METHODS["clipping"] |= {"normaliser": {"kind": "weight_clipping", "bound": 0.1}, "n_critic": 3}


def config(**changes):
    raw = {
        "task": "toys",
        "data": {"source": "gaussians_8", "n_points": 2000},
        "methods": {name: METHODS[name] for name in ("none", "clipping")},
    }
    training = {"seeds": [1, 2], "epochs": 4, "batch_size": 100, "n_critic": 1}
    training["evaluate"] = {"first": 2, "every": 2}
    return parse_config({**raw, "training": training, **changes})


COLUMNS = ["step", "method", "seconds", "fixed", "memory_MB", "stored_MB", "work"]
# 1 000 training samples and 2 epochs kept of each of four trainings; a job takes 2 s in any case.
OF = Measured(
    Size(n_train=1000, n_trainings=4, kept=2, embedding=1),
    pd.DataFrame(
        [
            ("train", "none", 10, 2, 100, 1.0, 80),
            ("train", "none", 14, 2, 100, 1.0, 80),
            ("train", "clipping", 22, 2, 300, 1.0, 200),
            ("evaluate", "none", 6, 2, 100, 4.0, 2000),
            ("evaluate", "clipping", 6, 2, 100, 4.0, 2000),
            ("reference", "", 12, 2, 100, 1.0, 1000),
            ("figure losses", "", 6, 2, 100, 1.0, 4),
            ("table table_3", "", 3, 2, 100, 1.0, np.nan),
        ],
        columns=COLUMNS,
    ),
)


def rows(config, n_train=None, **planned):
    return estimate(config, planned, OF, n_train).T


def test_trainings_scale_with_steps_of_their_networks():
    # none: 0.125 s a step, (1 + 1) x 4 x 10 steps; clipping: 0.1 s, (1 + 3) x 4 x 10
    found = rows(config(), train_gan=4)["train_gan"]
    assert found.seconds == pytest.approx(2 * (2 + 0.125 * 80) + 2 * (2 + 0.1 * 160))
    assert found.longest == pytest.approx(18)
    assert found.memory_MB == 300
    half = rows(config(), train_gan=2)["train_gan"]
    assert (half.jobs, half.seconds) == (2, pytest.approx(found.seconds / 2))


def test_all_else_scales_with_what_it_works_on():
    evaluate = {"first": 1, "every": 1}  # four epochs in place of two
    twice = config(
        data={"source": "gaussians_8", "n_points": 4000},
        training={"seeds": [1, 2, 3, 4], "epochs": 4, "batch_size": 100, "evaluate": evaluate},
    )
    found = rows(twice, evaluate_gan=8, reference=1, figure_losses=1, table_table_3=1)
    assert found["evaluate_gan"].seconds == pytest.approx(8 * (2 + 4 * 4))
    assert found["evaluate_gan"].stored_MB == pytest.approx(8 * 4 * 2)
    assert found["reference"].seconds == pytest.approx(2 + 10 * 2)
    assert found["figure_losses"].seconds == pytest.approx(2 + 4 * 2)
    assert found["table_table_3"].seconds == pytest.approx(3)


def test_what_was_not_measured_is_told():
    methods = {name: METHODS[name] for name in ("none", "new")}
    found = rows(config(methods=methods), train_gan=4, table_verdicts=1, audit=1)
    assert found["train_gan"].source == "new: mean of train"
    assert found["table_verdicts"].source == "mean of table"
    assert (found["audit"].source, found["audit"].seconds) == ("not measured", 0)


def test_the_clock_is_that_of_the_work_or_of_the_longest_chain():
    longest = pd.Series({"reference": 10, "train_gan": 100, "figure_losses": 50})
    of = pd.DataFrame({"seconds": longest * [1, 8, 1], "longest": longest})
    assert clock(of, 1) == 860
    assert clock(of, 2) == 430
    assert clock(of, 64) == 110


def test_samples_that_only_the_data_tell_are_asked_for(tmp_path):
    showers = {"source": "npz", "path": "x.npz"}
    raw = parse_config({"data": showers, "methods": {"none": METHODS["none"]}})
    with pytest.raises(UserError, match="--n-train"):
        estimate(raw, {"train_gan": 3}, OF)
    assert estimate(raw, {"train_gan": 3}, OF, n_train=500).jobs.item() == 3


def record(path, step, recipe, cpu_seconds, outputs=(), inputs=()):
    path.parent.mkdir(parents=True, exist_ok=True)
    for name in outputs:
        (path.parent / name).write_bytes(bytes(1_000_000))
    made = Record(
        **made_with(),
        **{"step": step, "recipe": recipe, "settings": {}, "finished": "", "seconds": 99},
        **{"cpu_seconds": cpu_seconds, "peak_memory_MB": {"host": 50}},
        inputs=dict.fromkeys(inputs, ""),
        outputs=dict.fromkeys(outputs, ""),
    )
    path.write_text(made.model_dump_json())


def test_a_finished_run_is_read(tmp_path):
    seed = "small/sn/0.1_0.1/seed1"
    trained = tmp_path / "train" / seed
    learned = config()
    recipe = {
        **learned.networks("standard", "none").model_dump(mode="json"),
        **{"batch_size": 100, "evaluated_epochs": [1, 2]},
    }
    record(trained / "provenance.json", "train", recipe, 9, ["generator.pt"])
    # 99 s by the clock, 66 of them for the steps.
    told = {"generator_steps": 30, "discriminator_steps": 60, "n_train": 500, "seconds": 66}
    (trained / "run.json").write_text(json.dumps(told))
    record(tmp_path / "evaluate" / seed / "provenance.json", "evaluate", {}, 5)
    record(tmp_path / "describe.provenance.json", "describe", {}, 2)
    record(tmp_path / "reference/provenance.json", "reference", {}, 3)
    own = ["embedding.recipe.json"]  # its time does not grow with the number of trainings
    record(tmp_path / "figures/embedding.provenance.json", "figure embedding", {}, 4, inputs=own)
    of = measured(tmp_path)
    assert of.size == Size(n_train=500, n_trainings=1, kept=2, embedding=1)
    expected = [
        ("describe", "", 2, 2.0, 50, 0, np.nan),
        ("evaluate", "sn", 5, 2.0, 50, 0, 1000),
        ("figure embedding", "", 4, 2.0, 50, 0, np.nan),
        ("reference", "", 3, 2.0, 50, 0, 500),
        ("train", "sn", 9, 3.0, 50, 1.0, 90),
    ]
    expected = pd.DataFrame(expected, columns=COLUMNS)
    pd.testing.assert_frame_equal(of.jobs, expected, check_dtype=False)
    assert is_like(learned, of)
    others = {"batch_size": 50}, {"discriminator": {"kind": "perceptron", "width": 8}}
    for other in others:
        training = {"epochs": 4, "evaluate": {"first": 2, "every": 2}, "batch_size": 100}
        assert not is_like(config(training=training | other), of)


def test_nothing_left_costs_nothing(monkeypatch):
    command = import_module("showergan.cli.cost")
    monkeypatch.setattr(command.model, "measured", lambda run: OF)
    monkeypatch.setattr(command, "config_of", lambda files: config())
    monkeypatch.setattr(command, "planned", lambda files, remaining: {})
    done = CliRunner().invoke(app, ["cost", "--remaining"], catch_exceptions=False)
    assert (done.exit_code, done.stdout) == (0, "nothing is left to do\n")


@pytest.mark.parametrize(
    ("planned", "trainings"), [({"train_gan": 4, "choose": 1}, 10), ({"choose": 1}, 6), ({}, 0)]
)
def test_what_follows_a_choice_is_counted(monkeypatch, planned, trainings):
    """Two methods with one seed at two pairs; then with two each, and two more of the baseline."""
    seeds = {"seeds": {"choose": [1], "test": [2, 3], "baseline": [4, 5]}}
    searched = config(
        methods={name: METHODS[name] | {"learning_rates": None} for name in ("none", "clipping")},
        learning_rate_search={"generator": [1e-3], "discriminator": [1e-3, 1e-4]},
        training={**seeds, "epochs": 4, "batch_size": 100, "evaluate": {"first": 2, "every": 2}},
        compare={"baseline": "none"},
    )
    command = import_module("showergan.cli.cost")
    monkeypatch.setattr(command.model, "measured", lambda run: OF)
    monkeypatch.setattr(command, "config_of", lambda files: searched)
    monkeypatch.setattr(command, "planned", lambda files, remaining: {"describe": 1, **planned})
    done = CliRunner().invoke(app, ["cost"], catch_exceptions=False)
    counted = dict(line.split()[:2] for line in done.stdout.splitlines())
    for rule in ("train_gan", "evaluate_gan"):
        follow = trainings - planned.get("train_gan", 0)
        assert int(counted.get(rule, 0)) == follow + planned.get(rule, 0)


def test_a_folder_without_trainings_is_refused(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, ["cost"])
    assert isinstance(done.exception, UserError)
    assert "results/default: no training has ended there" in str(done.exception)
