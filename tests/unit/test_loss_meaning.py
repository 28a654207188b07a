"""The meaning of losses, on trajectories where they have one and where they have none."""

import math

import numpy as np
import pandas as pd
import pytest

from showergan.cli.step import run as run_step
from showergan.comparison.loss_meaning import (
    estimates,
    loss_correlation,
    loss_meaning,
    with_seconds,
)
from showergan.comparison.runs import RUN
from showergan.config.recipes.comparison import LossMeaning
from showergan.methods.losses import NonSaturating, Wasserstein
from showergan.tasks.found import TASKS

LOSSES = {"good": Wasserstein(), "failed": NonSaturating()}
EPOCHS, STEPS = 8, 10
KEYS = {"architecture": "d", "learning_rates": "1_1"}


def histories(bound=2.0):
    """`good` has a loss that rises to 0 with a spike, `failed` one that says: half sure of everything."""
    steps = np.arange(1, EPOCHS * STEPS + 1)
    table = {"step": steps, "epoch": (steps - 1) // STEPS + 1, "lipschitz_bound": bound}
    rising = np.where(steps == 40, 100.0, -1 / steps)
    losses = {"good": rising, "failed": np.full(len(steps), 2 * math.log(2))}
    return pd.concat(
        pd.DataFrame({**table, "discriminator_loss": loss, **KEYS, "method": name, "seed": seed})
        for name, loss in losses.items()
        for seed in ("1", "2", "3")
    )


def metrics(value):
    """PRD-AUC `value(epoch, seed)` and a W2 that falls, on test; on select the opposite."""
    rows = [
        {"metric": metric, "split": split, "epoch": epoch, "value": sign * shown, "seed": seed}
        for seed in ("1", "2", "3")
        for epoch in range(1, EPOCHS + 1)
        for split, sign in (("test", 1), ("select", -1))
        for metric, shown in (("prd_auc", value(epoch, seed)), ("wasserstein_2", 1 / epoch))
    ]
    table = pd.DataFrame(rows).assign(space="plane", bin="all", **KEYS)
    return pd.concat([table.assign(method=name) for name in LOSSES])


def correlated(value):
    meaning = loss_meaning(estimates(histories(), LOSSES), metrics(value), TASKS["toys"].metrics)
    rows = loss_correlation(meaning)
    return meaning, rows.set_index(["method", "metric", "form"])


def test_the_estimate_is_the_negative_loss_without_its_spike():
    found = estimates(histories(), LOSSES)
    good = found[(found["method"] == "good") & (found["seed"] == "1")]
    assert set(good["distance"]) == {"Wasserstein distance"}
    # 80 rows have a window of a tenth, made odd: 9.
    assert good["estimate"].iloc[39] == pytest.approx(
        np.median([*(1 / np.arange(36, 45)), -100]), abs=1e-3
    )
    assert good["estimate"].max() < 1
    np.testing.assert_allclose(good["per_lipschitz"], good["estimate"] / 2)
    assert found.loc[found["method"] == "failed", "estimate"].abs().max() < 1e-12


def test_a_loss_that_falls_with_quality_has_rho_1():
    meaning, rows = correlated(lambda epoch, seed: epoch / 10)
    assert len(meaning) == 2 * 3 * EPOCHS * 2  # methods, seeds, epochs, metrics
    for title in ("PRD-AUC: plane", "W2"):
        row = rows.loc[("good", title, "estimate")]
        most = 1 - 6 / (EPOCHS**3 - EPOCHS)
        assert (row["rho"], row["low"], row["high"]) == pytest.approx((most,) * 3)
        assert (row["n_seeds"], row["n_epochs"]) == (3, EPOCHS)


def test_an_epoch_has_the_last_step_recorded_by_its_end_until_the_training_diverged():
    recorded = histories()
    recorded = recorded[recorded["step"].isin([1, 15, 30, 45, 60])]
    found = estimates(recorded[(recorded["seed"] == "1") | (recorded["step"] < 50)], LOSSES)
    quality = metrics(lambda epoch, seed: epoch / 10)
    meaning = loss_meaning(found, quality[quality["epoch"] % 2 == 0], TASKS["toys"].metrics)
    for seed, steps in {"1": [15, 30, 60, np.nan], "2": [15, 30, np.nan, np.nan]}.items():
        for method in LOSSES:
            rows = meaning[
                (meaning[["method", "seed", "title"]] == [method, seed, "W2"]).all(axis=1)
            ]
            np.testing.assert_array_equal(rows["epoch"], [2, 4, 6, 8])
            np.testing.assert_array_equal(rows["step"], steps)
            np.testing.assert_array_equal(rows["estimate"].isna(), np.isnan(steps))


def test_quality_that_gets_worse_has_rho_below_0():
    _, rows = correlated(lambda epoch, seed: -epoch)
    assert rows.loc[("good", "PRD-AUC: plane", "estimate"), "high"] < -0.9


def test_a_constant_estimate_has_no_rho():
    row = correlated(lambda epoch, seed: epoch)[1].loc[("failed", "PRD-AUC: plane", "estimate")]
    assert row["n_seeds"] == 0
    assert math.isnan(row["rho"]) and math.isnan(row["low"])


def test_the_interval_is_that_of_student_over_seeds():
    order = {
        "1": [1, 2, 3, 4, 5, 6, 7, 8],
        "2": [2, 1, 4, 3, 6, 5, 8, 7],
        "3": [4, 3, 2, 1, 8, 7, 6, 5],
    }
    _, rows = correlated(lambda epoch, seed: order[seed][epoch - 1])
    row = rows.loc[("good", "PRD-AUC: plane", "estimate")]
    # By hand: rho = 1 - 6 sum d^2 / (n^3 - n), n = 8; t of 2 degrees of freedom is 4.3027.
    rhos = [1 - 6 / 504, 1 - 6 * 8 / 504, 1 - 6 * 40 / 504]
    z = np.arctanh(rhos)
    half = 4.3027 * z.std(ddof=1) / np.sqrt(3)
    assert row["rho"] == pytest.approx(np.tanh(z.mean()))
    assert row["low"] == pytest.approx(np.tanh(z.mean() - half), abs=1e-4)
    assert row["high"] == pytest.approx(np.tanh(z.mean() + half), abs=1e-4)


def test_a_seed_of_few_epochs_does_not_bound_the_others():
    meaning, _ = correlated(lambda epoch, seed: epoch / 10)
    key = ("good", "PRD-AUC: plane", "estimate")
    short = meaning[(meaning["seed"] != "3") | (meaning["epoch"] <= 3)]
    row = loss_correlation(short).set_index(["method", "metric", "form"]).loc[key]
    most = 1 - 6 / (np.array([EPOCHS, EPOCHS, 3]) ** 3 - np.array([EPOCHS, EPOCHS, 3]))
    assert row["rho"] == pytest.approx(np.tanh(np.arctanh(most).mean()))
    assert row["n_epochs"] == 3


def test_seconds_go_with_steps():
    runs = [{**KEYS, "method": m, "seed": s} for m in LOSSES for s in ("1", "2", "3")]
    per_step = pd.DataFrame(runs).assign(per_step=[0.1, 0.2, 0.3, 1, 2, 3])
    found = with_seconds(estimates(histories(), LOSSES), per_step)
    last = found.groupby(["method", "seed"])["seconds"].last()
    assert last["good", "2"] == pytest.approx(0.2 * 80)
    assert last["failed", "3"] == pytest.approx(3 * 80)
    with pytest.raises(ValueError, match="not a many-to-one merge"):
        with_seconds(estimates(histories(), LOSSES), pd.concat([per_step, per_step[:1]]))


def test_methods_may_have_columns_of_their_own(tmp_path):
    """As ABCAS has its r beside vanilla SN: paths take turns, and rows stay with their run."""
    table = histories().drop(columns=[*KEYS])
    files = {"histories": [], "trainings": [], "metrics": []}
    quality = metrics(lambda epoch, seed: epoch / 10)
    for seed in ("1", "2", "3"):
        for name in LOSSES:
            place = tmp_path / "d" / name / "1_1" / f"seed{seed}"
            place.mkdir(parents=True)
            own = {"good": {"r": 1.0}, "failed": {}}[name]
            for kind, rows, more in (("histories", table, own), ("metrics", quality, {})):
                rows = rows[(rows["method"] == name) & (rows["seed"] == seed)]
                rows = rows.drop(columns=[c for c in RUN if c in rows]).assign(**more)
                files[kind].append(place / f"{kind}.csv")
                rows.iloc[:, ::-1].to_csv(files[kind][-1], index=False)
            files["trainings"].append(place / "run.json")
            files["trainings"][-1].write_text('{"seconds": 10, "generator_steps": 5}')
    out = {name: tmp_path / name for name in ("estimates", "out", "correlation")}
    run_step(LossMeaning(task="toys", losses=LOSSES), **files, **out)
    found = pd.read_csv(out["estimates"])
    expected = estimates(histories(), LOSSES)
    for name in LOSSES:
        for seed in (1, 2, 3):
            ours = found[(found["method"] == name) & (found["seed"] == seed)]
            theirs = expected[(expected["method"] == name) & (expected["seed"] == str(seed))]
            np.testing.assert_allclose(ours["estimate"], theirs["estimate"])
            np.testing.assert_array_equal(ours["seconds"], 2.0 * ours["step"])
    assert list(found["method"].drop_duplicates()) == ["good", "failed"]
