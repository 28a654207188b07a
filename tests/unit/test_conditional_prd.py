import numpy as np
import pandas as pd
import pytest

from showergan.config.evaluation import Evaluation
from showergan.errors import UserError
from showergan.metrics.conditional_prd import conditional_prd
from showergan.metrics.measured import Measured
from showergan.metrics.prd import prd_scores


def events(n, seed):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, 3)), rng.integers(4, size=n)


def table(real, generated, bins_real, bins_generated, n_bins=4, **settings):
    recipe = Evaluation(**{"clusters": 10, "repeats": 6, "seed": 0, **settings})
    found = conditional_prd(real, generated, bins_real, bins_generated, n_bins, recipe)
    assert list(found) == ["prd_auc", "f8", "f1_8"]
    columns, shared = {}, ["n", "clusters", "flagged"]
    for metric, rows in found.items():
        of_metric = pd.DataFrame.from_dict(rows, orient="index", columns=Measured._fields)
        named = {"value": metric, "sd": f"{metric}_sd", "event_sd": f"{metric}_event_sd"}
        columns |= of_metric.rename(columns=named).to_dict("series")
        assert of_metric[shared].equals(pd.DataFrame(columns)[shared])
    return pd.DataFrame(columns)


def test_rows_and_mean():
    (real, bins_real), (generated, bins_generated) = events(1000, 0), events(1000, 1)
    result = table(real, generated, bins_real, bins_generated)
    assert list(result.index) == ["0", "1", "2", "3", "all", "mean", "unflagged"]
    pd.testing.assert_series_equal(result.loc["unflagged"], result.loc["mean"], check_names=False)
    for column in ("prd_auc", "f8", "f1_8"):
        assert result.loc["mean", column] == pytest.approx(result.loc["0":"3", column].mean())
    for index in range(4):
        n = min((bins_real == index).sum(), (bins_generated == index).sum())
        assert result.n[str(index)] == n
    assert result.n["all"] == 1000
    assert result.n["mean"] == result.n["0":"3"].min()
    assert not result.flagged.any()
    # The repeats of different bins are independent, so their mean varies less.
    assert 0 < result.prd_auc_sd["mean"] < result.prd_auc_sd["0":"3"].max()
    expected = np.sqrt((result.prd_auc_event_sd["0":"3"] ** 2).sum()) / 4
    assert result.prd_auc_event_sd["mean"] == pytest.approx(expected)


def test_the_row_of_all_events_ignores_the_bins():
    (real, bins_real), (generated, bins_generated) = events(600, 0), events(600, 1)
    result = table(real, generated, bins_real, bins_generated)
    spread = prd_scores(real, generated, clusters=10, repeats=6, seed=1).prd_auc
    assert result.prd_auc["all"] == pytest.approx(spread.mean(), abs=3 * spread.std())
    shuffled = table(real, generated, bins_real[::-1], bins_generated)
    assert shuffled.prd_auc["all"] == result.prd_auc["all"]


def test_conditional_scores_see_what_the_unconditional_one_misses():
    real, bins = events(4000, 0)
    real[:, 0] += 6 * bins
    generated = np.random.default_rng(3).permutation(real)  # the right events, wrong conditions
    result = table(real, generated, bins, bins)
    assert result.prd_auc["all"] > 0.99
    assert result.prd_auc["mean"] < 0.4


def test_empty_bins_are_nan_flagged_and_not_averaged():
    (real, bins_real), (generated, bins_generated) = events(1000, 0), events(1000, 1)
    bins_generated[bins_generated == 2] = 1
    result = table(real, generated, bins_real, bins_generated)
    assert result.loc["2", ["prd_auc", "prd_auc_sd", "f8", "f1_8"]].isna().all()
    assert result.loc["2", ["n", "clusters"]].tolist() == [0, 0]
    assert result.flagged.to_dict() == {
        "0": False, "1": False, "2": True, "3": False, "all": False, "mean": True,
        "unflagged": False,
    }  # fmt: skip
    others = result.prd_auc[["0", "1", "3"]].mean()
    assert result.prd_auc["mean"] == pytest.approx(others)


def test_small_bins_are_flagged_but_stay_in_the_mean():
    (real, bins_real), (generated, bins_generated) = events(1000, 0), events(1000, 1)
    keep = np.flatnonzero((bins_real != 3) | (np.cumsum(bins_real == 3) <= 7))
    result = table(real[keep], generated, bins_real[keep], bins_generated)
    assert result.loc["3", ["n", "clusters"]].tolist() == [7, 7]
    assert result.loc["mean", ["n", "clusters"]].tolist() == [7, 7]
    assert result.flagged[["2", "3", "mean"]].tolist() == [False, True, True]
    assert result.prd_auc["mean"] == pytest.approx(result.prd_auc["0":"3"].mean())
    # The row beside it leaves them out.
    assert result.n["unflagged"] == result.n["0":"2"].min()
    assert result.prd_auc["unflagged"] == pytest.approx(result.prd_auc["0":"2"].mean())
    assert not result.flagged["unflagged"]


def test_only_empty_bins():
    (real, _), (generated, _) = events(50, 0), events(50, 1)
    result = table(real, generated, np.zeros(50, int), np.ones(50, int))
    assert np.isnan(result.prd_auc["mean"])
    assert result.flagged[["mean", "unflagged"]].tolist() == [True, True]
    assert np.isnan(result.prd_auc["unflagged"])
    assert np.isfinite(result.prd_auc["all"])


def test_invalid_rows_cost_where_they_are():
    (real, bins_real), (generated, bins_generated) = events(1000, 0), events(1000, 0)
    generated[np.flatnonzero(bins_generated == 1)[:30], 0] = np.inf
    result = table(real, generated, bins_real, bins_generated)
    assert result.prd_auc["1"] < result.prd_auc[["0", "2", "3"]].min() - 0.05


def test_a_bin_does_not_depend_on_the_events_of_another():
    (real, bins_real), (generated, bins_generated) = events(1000, 0), events(1000, 1)
    before = table(real, generated, bins_real, bins_generated)
    generated[bins_generated == 0] = 9
    after = table(real, generated, bins_real, bins_generated)
    assert after.prd_auc["0"] < 0.1
    np.testing.assert_array_equal(after.prd_auc["1":"3"], before.prd_auc["1":"3"])


def test_the_seed_decides():
    (real, bins_real), (generated, bins_generated) = events(400, 0), events(400, 1)
    first, again, other = (
        table(real, generated, bins_real, bins_generated, seed=seed) for seed in (0, 0, 1)
    )
    assert first.equals(again)
    assert not first.equals(other)


def test_bad_bins_are_refused():
    real, bins = events(10, 0)
    with pytest.raises(UserError, match="outside"):
        table(real, real, bins, np.full(10, 4))
    with pytest.raises(UserError, match="shape"):
        table(real, real, bins[:5], bins)


class TestRealSamplesThatTellNothing:
    """NaN of both samples once filled the same cluster of their own, and any generator got 1."""

    def score(self, real, generated, **options):
        bins = [np.zeros(len(a), int) for a in (real, generated)]
        recipe = Evaluation(clusters=4, repeats=2, events_per_cluster=3, **options)
        return conditional_prd(real, generated, *bins, 1, recipe)["prd_auc"]

    @pytest.mark.parametrize("invalid_rows", ["cluster", "drop"])
    @pytest.mark.parametrize("share", [0.6, 1.0])
    def test_mostly_undefined(self, share, invalid_rows):
        random = np.random.default_rng(0)
        real, generated = random.normal(size=(2, 200, 3))
        real[: int(share * 200)] = generated[: int(share * 200)] = np.nan
        for row in self.score(real, generated, invalid_rows=invalid_rows).values():
            assert np.isnan([row.value, row.sd, row.event_sd]).all()
            assert row.n == 200 and row.flagged

    def test_all_alike(self):
        real = np.full((200, 3), 0.1)
        generated = np.random.default_rng(0).normal(size=(200, 3))
        for other in (real, generated):
            assert np.isnan(self.score(real, other)["all"].value)

    def test_a_minority_is_a_cluster_of_its_own(self):
        real, generated = np.random.default_rng(0).normal(size=(2, 200, 3))
        real[:60] = generated[:60] = np.nan
        assert self.score(real, generated)["all"].value > 0.8
        generated[:] = np.nan
        assert self.score(real, generated)["all"].value < 0.5

    def test_an_undefined_bin_is_left_out_of_the_mean(self):
        real, generated = np.random.default_rng(0).normal(size=(2, 200, 3))
        bins = np.arange(200) % 2
        real[bins == 0] = generated[bins == 0] = np.nan
        real[1::10] = np.nan  # of all more than half
        recipe = Evaluation(clusters=4, repeats=2, events_per_cluster=3)
        found = conditional_prd(real, generated, bins, bins, 2, recipe)["prd_auc"]
        assert np.isnan(found["0"].value) and np.isnan(found["all"].value)
        assert found["mean"].value == found["1"].value and found["mean"].flagged
