"""The public functions that score two samples, and what they refuse."""

import numpy as np
import pandas as pd
import pytest
import torch

import showergan
from showergan.evaluation.measure import COLUMNS
from showergan.metrics.prd import prd_scores
from showergan.tasks.showers import gflash
from showergan.tasks.showers.embedding import EmbeddingRegressor, save_embedding
from showergan.tasks.showers.shower_file import write_npz

pytestmark = pytest.mark.usefixtures("one_training")
NORMAL = np.random.default_rng(0).normal(size=(2, 300, 3))


def test_prd_auc_takes_two_samples():
    real, fake = NORMAL
    found = showergan.prd_auc(real, fake)
    expected = prd_scores(real, fake, clusters=20, repeats=10, seed=1)
    assert found.value == pytest.approx(expected.prd_auc.mean())
    assert found.sd == pytest.approx(expected.prd_auc.std(ddof=1))
    assert found.n == 300
    assert found.value > 0.8 > 0.01 > showergan.prd_auc(real, fake + 20).value
    curve = showergan.prd_curve(real, fake)
    np.testing.assert_array_equal(curve.precision, expected.precision)
    assert curve.recall[0] == pytest.approx(1, abs=0.02)


def test_integers_are_features_and_no_classes():
    real, fake = (NORMAL * 100).astype(int)
    assert showergan.prd_auc(real, fake) == showergan.prd_auc(real.astype(float), fake)


def test_a_half_that_is_missing_costs_recall():
    real = np.vstack([NORMAL[0], NORMAL[1] + 50])
    curve = showergan.prd_curve(real, np.vstack([NORMAL[1], NORMAL[0]]))
    assert curve.recall.max() == pytest.approx(0.5, abs=0.05)
    assert curve.precision.max() == pytest.approx(1, abs=0.05)


def test_score_of_arrays_is_a_tidy_table():
    real, fake = NORMAL
    table = showergan.score(real, fake + np.array([0, 0, 2]), clusters=5, repeats=2)
    assert list(table) == COLUMNS
    assert {"prd_auc", "coverage", "fpd", "classifier_auc", "wasserstein"} <= set(table["metric"])
    value = table.set_index(["metric", "space"])["value"]
    shift = (fake[:, 2] + 2 - real[:, 2]).mean()
    assert value["wasserstein", "2"] == pytest.approx(shift, abs=0.05)
    assert value["wasserstein", "0"] < 0.3
    named = showergan.score(*(pd.DataFrame(x, columns=["a", "b", "c"]) for x in NORMAL))
    assert {"a", "b", "c"} < set(named["space"])


def test_score_of_files_has_the_metrics_of_showers(tmp_path):
    for name, seed in (("a", 1), ("b", 2)):
        write_npz(tmp_path / f"{name}.npz", 200, gflash.simulate(200, seed=seed))
    paths = tmp_path / "a.npz", str(tmp_path / "b.npz")
    found = showergan.score(*paths, clusters=4, repeats=2).set_index(["metric", "space", "bin"])
    assert found.loc[("prd_auc", "P", "all"), "n"] == 200
    assert found.loc[("prd_auc", "P", "all"), "value"] > 0.85
    assert found.loc[("response_error", "energy", "all"), "value"] < 0.05
    assert ("prd_auc", "P", "8") in found.index
    same = showergan.score(paths[0], paths[0], clusters=4, repeats=2)
    same = same.set_index(["metric", "space", "bin"])
    assert same.loc[("prd_auc", "P", "all"), "value"] == pytest.approx(1)
    assert same.loc[("wasserstein", "total_energy_MeV", "all"), "value"] == 0
    torch.manual_seed(0)
    save_embedding(EmbeddingRegressor(), tmp_path / "model.pt")
    more = showergan.score(*paths, embedding=tmp_path / "model.pt", clusters=4, repeats=2)
    assert "E" in set(more["space"]) - set(found.reset_index()["space"])


REFUSED = {
    "one dimension": ((NORMAL[0, :, 0], NORMAL[1, :, 0]), r"shapes \(300,\) and \(300,\)"),
    "other features": ((NORMAL[0], NORMAL[1][:, :2]), r"\(300, 3\) and \(300, 2\)"),
    "images": ((np.ones((50, 30, 30)),) * 2, r"shapes \(50, 30, 30\)"),
    "few rows": ((NORMAL[0], NORMAL[1][:9]), "at least 20 points"),
    "NaN": ((NORMAL[0], np.where(NORMAL[1] > 2, np.nan, NORMAL[1])), "points are not finite"),
    "texts": ((NORMAL[0].astype(str), NORMAL[1]), "the real sample has the type <U"),
    "truths": ((NORMAL[0], NORMAL[1] > 0), "the generated sample has the type bool"),
    "no features": ((NORMAL[0][:, :0], NORMAL[1][:, :0]), "of 1 feature"),
}


@pytest.mark.parametrize("function", ["prd_auc", "prd_curve", "score"])
@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_sample_is_refused(function, case):
    samples, told = REFUSED[case]
    with pytest.raises(showergan.UserError, match=told):
        getattr(showergan, function)(*samples)


def test_other_mistakes_are_told(tmp_path):
    refused = [
        (lambda: showergan.prd_auc(*NORMAL, clusters=1), "clusters = 1"),
        (lambda: showergan.prd_auc(*NORMAL, repeats=2.5), "repeats = 2.5"),
        (lambda: showergan.score(*NORMAL, cluster=5), "did you mean clusters"),
        (lambda: showergan.score(*NORMAL, embedding="model.pt"), "an embedding is for showers"),
        (lambda: showergan.score(tmp_path / "a.npz", NORMAL[0]), "one sample is showers or a file"),
        (lambda: showergan.score(tmp_path / "a.npz", "b.npz"), "a.npz does not exist"),
        (lambda: showergan.score(pd.DataFrame(NORMAL[0], columns=list("abc")),
                                 pd.DataFrame(NORMAL[1], columns=list("acb"))), "columns are"),
    ]  # fmt: skip
    for call, told in refused:
        with pytest.raises(showergan.UserError, match=told):
            call()
