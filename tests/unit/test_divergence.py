"""A training that diverges is a result: it ends well, is scored by a stated rule and counted, no mean forgets it."""

import json
import math
import warnings
from itertools import product
from typing import Literal

import numpy as np
import pandas as pd
import pytest
import torch
from pydantic import Field
from small_training import recipe
from steps import run, summarised
from typer.testing import CliRunner

from showergan.cli import app
from showergan.cli.step import run as run_step
from showergan.comparison.learning_rates import learning_rate_grid
from showergan.config.catalogue.exhibit import exhibits
from showergan.config.evaluation import Evaluation
from showergan.config.methods import Composition
from showergan.config.recipes.found import RECIPES
from showergan.errors import UserError
from showergan.evaluation.generator import load_generator
from showergan.methods.losses import Wasserstein
from showergan.metrics.conditional_prd import conditional_prd
from showergan.training.history import History
from showergan.training.loop import Trainer

NETWORK = {"kind": "perceptron", "width": 8, "depth": 1}
EPOCHS, STEPS_PER_EPOCH = 3, 4
RATES, WILD = (0.001, 0.001), (0.001, 0.01)
PAIR = "0.001_0.01"
EVALUATION = {"clusters": 4, "repeats": 2}
SHARED = {
    **{"generator": NETWORK, "discriminator": NETWORK, "batch_size": 32, "n_critic": 1},
    **{"epochs": EPOCHS, "evaluated_epochs": (1, 2, 3), "record_every": 1},
}
CHOICE = {"choose_by": "plane", "own_learning_rates": {"sn": "0.001_0.01", "none": "0.001_0.01"}}
METHODS = {"sn": {"normaliser": {"kind": "spectral_norm"}}, "none": {}}
STYLE = {"labels": {"sn": "vanilla SN", "none": "no normalization"}, "task": "toys"}
SURVIVES, DIVERGES, DIVERGES_LATE = 1, 2, 3  # seeds, of `none` at the pair WILD


class FailingLoss(Wasserstein):
    """Is no number from its tenth step on, which is the second of the third epoch."""

    kind: Literal["failing"] = "failing"
    value: float = Field(math.nan, allow_inf_nan=True)

    def generator(self, fake, real):
        calls.append(1)
        return super().generator(fake, real) + (self.value if len(calls) >= 10 else 0)


calls: list[int] = []


def failing(value=math.nan):
    calls.clear()
    loss = FailingLoss(value=value)
    return Composition.model_construct(**dict(Composition()) | {"loss": loss})


def trainer(method=None, **changes):
    points = torch.randn(128, 2, generator=torch.Generator().manual_seed(1))
    settings = recipe("none", **(SHARED | changes))
    return Trainer(
        points, torch.empty(128, 0), settings.model_copy(update={"method": method or failing()})
    )


@pytest.mark.parametrize("value", [math.nan, math.inf, -2e18])
def test_a_loss_that_diverges_ends_the_training_with_its_epoch(value, capsys):
    result = trainer(failing(value)).run()
    assert (result.diverged_at_step, result.n_steps) == (10, 12)
    assert list(result.states) == [1, 2]
    assert result.history.frame()["step"].max() == 12
    told = capsys.readouterr().err.splitlines()[-1]
    assert told == "diverged at step 10 of 12; epochs kept: [1, 2]"


def test_a_large_loss_is_no_divergence():
    result = trainer(failing(1e17)).run()
    assert result.diverged_at_step is None
    assert list(result.states) == [1, 2, 3]


def test_a_snapshot_that_is_no_number_is_not_kept():
    """Its last step broke the weights, after all losses of the epoch had been numbers."""
    trained = trainer(Composition(), record_every=100)
    step = trained.generator_step

    def breaks():
        loss = step()
        calls.append(1)
        if len(calls) == 8:
            next(trained.generator.parameters()).data[0] = torch.nan
        return loss

    calls.clear()
    trained.generator_step = breaks
    result = trained.run()
    assert (result.diverged_at_step, list(result.states)) == (8, [1])
    table = trained.lipschitz().set_index("layer")
    assert math.isnan(table.loc["total", "gradient_fake"])


def test_the_first_row_that_diverged_is_found():
    history = History()
    for step, epoch, loss in [(1, 1, math.nan), (3, 2, 1.0), (4, 2, -1e19), (5, 2, math.nan)]:
        values = {"generator_loss": torch.tensor(1.0), "other": torch.tensor(math.nan)}
        history.add(step, epoch, {"discriminator_loss": torch.tensor(loss), **values})
    assert [history.diverged_at(epoch) for epoch in (1, 2, 3)] == [1, 4, None]


def test_a_discriminator_that_is_no_number_has_no_lipschitz_constant():
    trained = trainer(Composition())
    for parameter in trained.discriminator.parameters():
        parameter.data.fill_(torch.nan)
    assert trained.lipschitz().drop(columns="layer").isna().all(axis=None)


def test_dropping_all_that_is_no_number_leaves_a_score_of_0():
    real, nothing = np.random.default_rng(1).normal(size=(50, 2)), np.full((50, 2), np.nan)
    recipe = Evaluation(clusters=4, repeats=2, invalid_rows="drop")
    found = conditional_prd(real, nothing, *[np.zeros(50, int)] * 2, 1, recipe)
    assert {row: score.value for row, score in found["prd_auc"].items()} == {
        "0": 0, "all": 0, "mean": 0, "unflagged": 0
    }  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Two methods at two pairs of learning rates each, three seeds, of which two of one method diverge at one pair."""
    folder = tmp_path_factory.mktemp("toys")
    data, real, anchors = (folder / name for name in ("toys.h5", "real.h5", "anchors.csv"))
    run(
        "make-data",
        out=data,
        recipe={"task": "toys", "data": {"n_points": 256, "source": "gaussians_8"}},
    )
    run(
        "reference",
        data=data,
        out=real,
        anchors=anchors,
        curves=folder / "c.csv",
        recipe=EVALUATION,
    )
    for method, rates, seed in product(METHODS, (RATES, WILD), (1, 2, 3)):
        name = f"small/{method}/{rates[0]:g}_{rates[1]:g}/seed{seed}"
        trained, scored = folder / "train" / name, folder / "evaluate" / name
        trained.mkdir(parents=True)
        scored.mkdir(parents=True)
        wild = (method, rates) == ("none", WILD)
        pair = (1e5, 1e5) if wild and seed == DIVERGES else rates
        rates = {"generator": pair[0], "discriminator": pair[1]}
        own = {"seed": seed, "method": METHODS[method], "learning_rates": rates}
        step = RECIPES["train"].read(json.dumps(SHARED | own))
        if wild and seed == DIVERGES_LATE:
            step = step.model_copy(update={"method": failing()})
        files = {n: trained / f"{n}.csv" for n in ("history", "lipschitz")}
        files |= {"generator": trained / "generator.pt", "run": trained / "run.json"}
        with warnings.catch_warnings():  # of a loss that is no kind
            warnings.simplefilter("ignore", UserWarning)
            run_step(step, data=data, **files, device="cpu")
        out = {n: scored / f"{n}.csv" for n in ("metrics", "curves")}
        out["examples"] = scored / "examples.npz"
        run(
            "evaluate",
            generator=files["generator"],
            reference=real,
            **out,
            recipe=EVALUATION | {"choose_by": "plane"},
        )
    compare(folder)
    return folder


def compare(folder):
    metrics = sorted((folder / "evaluate").glob("*/*/*/*/metrics.csv"))
    anchors, toys = folder / "anchors.csv", {"task": "toys", "choose_by": "plane"}
    named = {
        n: folder / f"{n}.csv" for n in ("summary", "grid", "scorecard", "failures", "agreement")
    }
    summary, grid, card, failures, agreement = named.values()
    summarised(metrics, anchors, summary, grid, CHOICE)
    judged = {"out": card, "failures": failures, "agreement": agreement}
    run("scorecard", *metrics, anchors=anchors, summary=summary, **judged, recipe=toys)
    tested = {n: folder / f"{n}.csv" for n in ("ranks", "robustness")}
    verdicts, barred = folder / "verdicts.csv", folder / "acceptance.csv"
    null = {"baseline": "sn", "null": "sn_null"}
    held = {"scorecard": card, "failures": failures}
    run("verdicts", summary=summary, grid=grid, **held, out=verdicts, **tested, recipe=null)
    held["anchors"] = anchors
    run("acceptance", **held, out=barred, recipe={"bounded": ["sn"], "fewest": 1})
    trained = [folder / "train" / f.parent.relative_to(folder / "evaluate") for f in metrics]
    options = [f"--histories={f / 'history.csv'}" for f in trained]
    options += [f"--trainings={f / 'run.json'}" for f in trained]
    meant = {n: folder / f"{n}.csv" for n in ("loss_estimates", "loss_meaning", "loss_correlation")}
    named = dict(zip(("estimates", "out", "correlation"), meant.values(), strict=True))
    losses = {"task": "toys", "losses": {method: {"kind": "wasserstein"} for method in METHODS}}
    run("loss-meaning", *metrics, *options, **named, recipe=losses)
    drawn = {
        "scorecard": {"scorecard": card},
        "failures": {"failures": failures},
        "robustness": {"robustness": tested["robustness"]},
        "all_methods": {
            "summary": summary,
            "failures": failures,
            "published": "src/showergan/report/tables/published.csv",
        },
    }
    for table, inputs in drawn.items():
        exhibit(
            table, inputs, {k: folder / f"{table}_table.{k}" for k in ("csv", "md", "tex", "html")}
        )
    text = {
        "summary": summary,
        "verdicts": verdicts,
        "acceptance": barred,
        "scorecard": card,
        **tested,
    }
    exhibit("conclusion", text, {"txt": folder / "conclusion.txt"})


def exhibit(name, inputs, outputs, kind="table"):
    options = [f"--{n}={path}" for n, path in (inputs | outputs).items() if n != "ranks"]
    done = CliRunner().invoke(app, [kind, name, f"--style={json.dumps(STYLE)}", *options])
    assert done.exit_code == 0, done.output


def of(folder, file, seed, method="none", rates=WILD):
    return folder.joinpath(
        file.split("/")[0],
        "small",
        method,
        f"{rates[0]:g}_{rates[1]:g}",
        f"seed{seed}",
        file.split("/")[1],
    )


def test_a_training_says_how_it_ended(folder):
    told = {seed: json.loads(of(folder, "train/run.json", seed).read_text()) for seed in (1, 2, 3)}
    assert {s: (t["status"], t["diverged_at_step"]) for s, t in told.items()} == {
        SURVIVES: ("finished", None), DIVERGES: ("diverged", 2), DIVERGES_LATE: ("diverged", 10)
    }  # fmt: skip
    assert told[DIVERGES]["generator_steps"] == STEPS_PER_EPOCH


def test_what_is_kept_are_good_generators(folder, tmp_path):
    late, never = (
        load_generator(of(folder, "train/generator.pt", s)) for s in (DIVERGES_LATE, DIVERGES)
    )
    assert late.epochs == [1, 2]
    assert late.generate(seed=1, n=5).shape == (5, 2)
    with pytest.raises(UserError, match=r"Epoch 3 .* was not kept. Choose of 1, 2"):
        late.generate(seed=1, n=5, epoch=3)
    assert never.epochs == []
    options = ["--generator", str(of(folder, "train/generator.pt", DIVERGES)), "--n", "5"]
    for command in ("generate", "export"):
        done = CliRunner().invoke(
            app,
            [
                command,
                *options[: 4 if command == "generate" else 2],
                "--out",
                str(tmp_path / "s.h5"),
            ],
        )
        assert "diverged at step 2, before there was a generator" in str(done.exception)
    assert not list(tmp_path.iterdir())


def test_an_epoch_that_was_not_reached_counts_as_samples_that_are_no_numbers(folder):
    tables = {s: pd.read_csv(of(folder, "evaluate/metrics.csv", s)) for s in (1, 2, 3)}
    for split in ("select", "test"):
        found = {
            seed: t[(t["metric"] == "prd_auc") & (t["split"] == split)].set_index("epoch")["value"]
            for seed, t in tables.items()
        }
        assert found[DIVERGES].to_dict() == {1: 0, 2: 0, 3: 0}
        assert found[DIVERGES_LATE][3] == 0
        assert (found[DIVERGES_LATE][:2] > 0).all() and (found[SURVIVES] > 0).all()
    counts = {
        s: t[(t["metric"] == "n_not_finite") & (t["split"] == "test")].set_index("epoch")
        for s, t in tables.items()
    }
    assert (counts[DIVERGES]["value"] == counts[DIVERGES]["n"]).all()
    assert counts[DIVERGES_LATE]["value"].tolist() == [0, 0, 64]
    assert not (tables[SURVIVES]["metric"] == "diverged_at_step").any()


def test_the_summary_agrees_with_the_trainings(folder):
    summary = pd.read_csv(folder / "summary.csv")
    for row in summary.to_dict("records"):
        rates = tuple(map(float, row["learning_rates"].split("_")))
        told = json.loads(
            of(folder, "train/run.json", row["seed"], row["method"], rates).read_text()
        )
        assert row["diverged"] == (told["status"] == "diverged")
    assert summary["diverged"].sum() == 2


def test_a_run_that_diverged_after_its_last_generator_is_counted(folder, tmp_path):
    """All its evaluated epochs are good, and the summary says so beside."""
    metrics = pd.read_csv(of(folder, "evaluate/metrics.csv", DIVERGES_LATE))
    path = tmp_path / "small/none/1_1/seed1/metrics.csv"
    path.parent.mkdir(parents=True)
    metrics[metrics["epoch"] < 3].to_csv(path, index=False)
    summary, grid = tmp_path / "summary.csv", tmp_path / "grid.csv"
    summarised([path], folder / "anchors.csv", summary, grid, {"choose_by": "plane"})
    assert pd.read_csv(summary)["diverged"].all()


def test_a_pair_is_not_chosen_by_its_survivors(folder):
    grid = pd.read_csv(folder / "grid.csv").set_index(["method", "learning_rates"])
    summary = pd.read_csv(folder / "summary.csv")
    wild = grid.loc[("none", "0.001_0.01")]
    own = summary[(summary["method"] == "none") & (summary["learning_rates"] == "0.001_0.01")]
    assert (wild["n_seeds"], wild["n_diverged"]) == (3, 2)
    assert wild["select_mean"] == pytest.approx(own["select"].sum() / 3)
    assert own.set_index("seed").loc[DIVERGES, "select"] == 0
    # Better than any other where it survives, and yet not the choice.
    better = summary.assign(select=summary["select"].where(summary["seed"] != SURVIVES, 0.2))
    better.loc[own.index[own["seed"] == SURVIVES], "select"] = 0.5
    chosen = learning_rate_grid(better, "plane").set_index(["method", "learning_rates"])["chosen"]
    assert not chosen["none", "0.001_0.01"]


def test_tables_say_how_many_diverged_and_average_no_survivors(folder):
    card = pd.read_csv(folder / "scorecard.csv")
    own = card[(card["method"] == "none") & (card["learning_rates"] == PAIR)].set_index(
        ["title", "seed"]
    )
    assert not own["position"].isna().any()
    assert own.loc[("W2", DIVERGES), "position"] == 0
    assert own.loc[("W2", SURVIVES), "value"] > 0
    means = pd.read_csv(folder / "scorecard_table.csv")
    means = means[means["method"] == "none"].set_index("title")
    assert math.isnan(means.loc["W2", "mean"])
    assert means.loc["W2", "position"] == pytest.approx(own.loc["W2", "position"].mean())
    prd = own.loc["PRD-AUC: plane", "value"]
    assert means.loc["PRD-AUC: plane", "mean"] == pytest.approx(prd.sum() / 3)
    assert (means["n_diverged"] == 2).all()
    text = (folder / "scorecard_table.md").read_text()
    assert "3 (2 diverged)" in text and "none for 1 of 3 seeds" in text
    row = pd.read_csv(folder / "all_methods_table.csv").set_index("method").loc["none"]
    assert (row["n_seeds"], row["n_failed"]) == (3, 2)
    robustness = pd.read_csv(folder / "robustness.csv").set_index(["method", "score"])
    assert robustness.loc[("none", "plane"), "worst_rates"] == PAIR
    told = " ".join((folder / "conclusion.txt").read_text().split())
    assert "2 of 12 trainings diverged" in told


def test_failures_name_the_runs_that_diverged(folder):
    found = pd.read_csv(folder / "failures.csv")
    found = found[found["learning_rates"] == PAIR].set_index(["method", "seed"]).loc["none"]
    assert found["diverged_at_step"].tolist()[1:] == [2, 10]
    assert math.isnan(found.loc[SURVIVES, "diverged_at_step"])
    assert found.loc[DIVERGES, "failure"].startswith("diverged, not finite")
    assert found.loc[DIVERGES_LATE, "failure"].startswith("diverged")
    assert "not finite" not in found.loc[DIVERGES_LATE, "failure"]  # its chosen epoch is a good one
    assert "diverged at step" in (folder / "failures_table.md").read_text()


def test_what_losses_mean_of_epochs_that_were_not_reached(folder):
    meaning = pd.read_csv(folder / "loss_meaning.csv")
    own = meaning[(meaning["method"] == "none") & (meaning["learning_rates"] == PAIR)]
    rows = own[own["title"] == "W2"].set_index(["seed", "epoch"])
    assert len(rows) == 3 * EPOCHS  # none is left out
    assert rows.loc[DIVERGES, ["step", "value"]].isna().sum().to_dict() == {"step": 2, "value": 3}
    table = pd.read_csv(folder / "loss_correlation.csv")
    row = table[(table["method"] == "none") & (table["learning_rates"] == PAIR)]
    row = row[row["metric"] == "W2"].iloc[0]
    assert (row["n_seeds"], row["n_epochs"], row["distance"]) == (1, 3, "Wasserstein distance")
    assert "2:nan 3:nan" in row["rhos"]


FIGURES = [
    *("losses", "lipschitz", "prd_curves", "scorecard", "learning_rate_grid", "convergence"),
    "generated_points",
]


@pytest.mark.parametrize("name", FIGURES)
def test_figures_show_what_there_is(folder, tmp_path, name):
    files = {"scorecard_means": "scorecard_table.csv", "reference": "real.h5"}
    files |= {"histories": "history.csv", "data": "toys.h5", "anchor_curves": "c.csv"}
    options = []
    for name_, artefact in exhibits("figures", ["toys"])[name].reads.items():
        file = files.get(name_, f"{name_}.npz" if name_ == "examples" else f"{name_}.csv")
        found = sorted(folder.glob(f"*/*/*/*/*/{file}")) if artefact.of_runs else [folder / file]
        options += [f"--{name_.replace('_', '-')}={path}" for path in found]
    out = [f"--{kind}={tmp_path}/f.{kind}" for kind in ("png", "pdf")]
    done = CliRunner().invoke(app, ["figure", name, f"--style={json.dumps(STYLE)}", *options, *out])
    assert done.exit_code == 0, done.exception
