"""Selection of epochs, and the tables made of it, against values counted by hand."""

import numpy as np
import pandas as pd
import pytest

from showergan.comparison import runs
from showergan.comparison.learning_rates import counted, is_tried, learning_rate_grid
from showergan.comparison.runs import METHOD, RUN, Runs
from showergan.comparison.summary import summarise, summarise_runs
from showergan.errors import UserError
from showergan.io.tables import read_csv, tables
from showergan.report.tables.published import layout, numbers
from showergan.report.texts import plus_minus


def metrics(select, test, broken=0):
    """A run whose bins-E takes these values at epochs 1, 2, ..., and half of them without thin bins."""
    rows = [
        {
            "epoch": epoch, "split": split, "metric": "prd_auc", "space": "E", "bin": bin_,
            "value": share * value, "sd": 0.01, "event_sd": 0.02, "n": 30, "clusters": 20.0, "flagged": False,
        }
        for split, values in (("select", select), ("test", test))
        for epoch, value in enumerate(values, 1)
        for bin_, share in (("mean", 1.0), ("unflagged", 0.5))
    ]  # fmt: skip
    count = {"epoch": 1, "split": "test", "metric": "n_not_finite", "space": "counts", "bin": "all"}
    return pd.DataFrame([*rows, {**count, "value": broken, "n": 30}])


def of_run(table, method="sn", seed="1"):
    return table.assign(architecture="standard", method=method, learning_rates="1_1", seed=seed)


def test_epochs_are_chosen_as_said():
    other = of_run(metrics([0.9, 0.1], [0.8, 0.1], broken=1), "none", "2")
    one = of_run(metrics([0.2, 0.6, 0.5], [0.3, 0.4, 0.7]))
    row, row_of_other = map(pd.Series, summarise_runs(pd.concat([one, other])).to_dict("records"))
    assert list(row[RUN]) == ["standard", "sn", "1_1", "1"]
    assert list(row_of_other[RUN]) == ["standard", "none", "1_1", "2"]
    assert (row_of_other["selected"], row_of_other["diverged"]) == (0.8, True)
    assert row["score"] == "bins-E"
    assert (row["max"], row["max_epoch"]) == (0.7, 3)  # the best on test
    assert (row["selected"], row["selected_epoch"]) == (0.4, 2)  # the best on select, read on test
    assert (row["last"], row["last_epoch"]) == (0.7, 3)
    assert row["mean"] == pytest.approx((0.3 + 0.4 + 0.7) / 3)
    assert row["unflagged"] == 0.2  # of the selected epoch
    assert (row["selected_sd"], row["selected_event_sd"]) == (0.01, 0.02)
    assert row["n_epochs"] == 3
    assert not row["diverged"]


def test_epochs_without_a_value_are_passed_over():
    row = summarise_runs(of_run(metrics([np.nan, 0.1], [0.9, 0.2], broken=3))).iloc[0]
    assert row["selected"] == 0.2
    assert row["diverged"]


def test_a_mean_is_that_of_all_epochs_or_of_none():
    row = summarise_runs(of_run(metrics([0.1, 0.1], [np.nan, 0.2]))).iloc[0]
    assert np.isnan(row["mean"])


def test_a_score_that_is_undefined_at_all_epochs_stays_so_and_chooses_nothing():
    """P of a beam at normal incidence: other scores carry the comparison."""
    some = pd.concat([of_run(metrics([0.1], [0.1])), of_run(metrics([np.nan], [np.nan]), seed="7")])
    summary = summarise_runs(some)
    assert summary["selected"].tolist() == pytest.approx([0.1, np.nan], nan_ok=True)
    told = r"choose_by: bins-E: no evaluated epoch of standard sn 1_1 7 has a value\..*: no other"
    with pytest.raises(UserError, match=told):
        learning_rate_grid(summary, "bins-E")
    known = summary.assign(score="E", select=0.2)
    with pytest.raises(UserError, match=r"Set choose_by to a score that every run has: E$"):
        learning_rate_grid(pd.concat([summary, known]), "bins-E")


@pytest.mark.parametrize("test", [[0.1], [0.1, 0.2, 0.3]])
def test_epochs_of_one_split_alone_are_refused(test):
    whole = of_run(metrics([0.1, 0.2], [0.1, 0.2]), seed="1")
    with pytest.raises(ValueError, match="select and test are not of the same"):
        summarise_runs(pd.concat([whole, of_run(metrics([0.1, 0.2], test), seed="2")]))
    with pytest.raises(ValueError, match="select and test are not of the same"):
        summarise_runs(pd.concat([whole, whole]))


def test_runs_are_read_some_at_a_time(tmp_path, monkeypatch):
    monkeypatch.setattr(runs, "AT_A_TIME", 2)
    paths = [tmp_path / f"standard/sn/1_1/seed{seed}/metrics.csv" for seed in range(5)]
    for seed, path in enumerate(paths):
        path.parent.mkdir(parents=True)
        metrics([0.1] * (seed + 1), [seed] * (seed + 1)).to_csv(path, index=False)
    tables = list(Runs(paths))
    assert [table["seed"].unique().tolist() for table in tables] == [["0", "1"], ["2", "3"], ["4"]]
    together = pd.concat(tables)
    assert (together["bin"] == pd.concat(pd.read_csv(p) for p in paths)["bin"].array).all()
    test = together[(together["split"] == "test") & (together["bin"] == "mean")]
    assert test.groupby("seed")["value"].agg(["size", "mean"]).to_numpy().tolist() == [
        [n + 1, n] for n in range(5)
    ]
    metrics([0.1], [0.1]).drop(columns="sd").to_csv(paths[3], index=False)
    with pytest.raises(ValueError, match=r"columns of .*seed3/metrics\.csv"):
        list(Runs(paths))


def test_a_run_is_read_once(tmp_path):
    path = tmp_path / "standard/sn/1_1/seed1/metrics.csv"
    other = tmp_path / "elsewhere" / path.relative_to(tmp_path)
    for twice in ([path, path], [path, other]):
        with pytest.raises(UserError, match=f"^{twice[0]} and {twice[1]} are of the same run"):
            Runs(twice)


def test_an_anchor_that_stands_twice_is_refused_with_a_message(tmp_path):
    path = tmp_path / "anchors.csv"
    row = {"metric": "prd_auc", "space": "E", "bin": "mean", "value": 0.8, "spread": 0.1}
    pd.DataFrame([{**row, "anchor": "ceiling"}] * 2).to_csv(path, index=False)
    runs = [of_run(metrics([0.1], [0.1]))]
    with pytest.raises(UserError, match=f"^{path}: not as the steps write them"), tables(path):
        summarise(runs, read_csv(path), learning_rate_grid(summarise_runs(runs[0]), "bins-E"))


def test_summary_of_runs_with_ceilings(tmp_path):
    paths = [
        tmp_path / "standard" / method / "0.001_1e-05" / f"seed{seed}" / "metrics.csv"
        for method in ("sn", "none")
        for seed in (1, 2)
    ]
    for i, path in enumerate(paths):
        path.parent.mkdir(parents=True)
        metrics([0.1 * i], [0.1 * i]).to_csv(path, index=False)
    ends = {"ceiling": 0.8, "shuffled": 0.3, "untrained": 0.1}
    anchors = pd.DataFrame(
        [
            {
                "anchor": name,
                "metric": "prd_auc",
                "space": "E",
                "bin": b,
                "value": v,
                "spread": 0.01,
            }
            for name, value in ends.items()
            for b, v in (("0", 0.5), ("mean", value))
        ]
    )
    (table,) = Runs(paths)
    grid = learning_rate_grid(summarise_runs(table), "bins-E")
    summary = summarise(Runs(paths), anchors, grid)
    assert len(summary) == 4
    for name, value in ends.items():
        assert (summary[name] == value).all()
    np.testing.assert_allclose(summary["fraction_of_ceiling"], summary["selected"] / 0.8)

    published = pd.DataFrame(
        {"architecture": "standard", "method": ["sn"], "score": "bins-E", "mean": 0.77, "sd": 0.04}
    )
    table = numbers(summary.assign(failed=False), published, ["bins-E"], {"sn": {}}).set_index(
        "method"
    )
    assert table.loc["sn", "max"] == pytest.approx(0.05)
    assert table.loc["sn", "max_sd"] == pytest.approx(0.1 / 2**0.5)  # n - 1
    assert table.loc["none", "max"] == pytest.approx(0.25)
    assert table.loc["sn", "published"] == 0.77
    assert np.isnan(table.loc["none", "published"])
    assert (table["n_seeds"] == 2).all()

    ((title, rows),) = layout(
        table.reset_index(), {"none": "no normalization", "sn": "vanilla SN"}
    ).items()
    assert title.startswith("bins-E: n at least ")
    assert title.endswith("ceiling 0.800 ± 0.010, shuffled 0.300, untrained 0.100")
    assert rows["method"].tolist() == [
        "no normalization (0.001, 1e-05)",
        "vanilla SN (0.001, 1e-05)",
    ]
    assert rows["published max"].tolist() == ["", "0.770 ± 0.040"]
    assert rows["selected of ceiling"].tolist() == ["31%", "6%"]

    # Published showers under the published conditions: nothing real has these particles.
    renamed = anchors.replace({"anchor": {"ceiling": "other_real"}})
    summary = summarise(Runs(paths), renamed, grid)
    assert (summary["other_real"] == 0.8).all()
    assert summary[["ceiling", "ceiling_sd", "fraction_of_ceiling"]].isna().all(axis=None)
    table = numbers(summary.assign(failed=False), published, ["bins-E"], {"sn": {}})
    ((title, rows),) = layout(table, {"sn": "SN"}).items()
    assert title.endswith("other real 0.800, shuffled 0.300, untrained 0.100, no exact ceiling")
    assert rows["selected of ceiling"].eq("").all()


def test_plus_minus():
    assert plus_minus(0.7664, 0.0402) == "0.766 ± 0.040"
    assert plus_minus(0.7664, np.nan) == "0.766"
    assert plus_minus(np.nan, np.nan) == ""


def test_learning_rates_are_chosen_on_select():
    def rows(method, rates, select, selected):
        return [
            {"architecture": "standard", "method": method, "learning_rates": rates, "seed": seed,
             "score": "bins-E", "select": a, "selected": b, "diverged": b < 0.15}
            for seed, (a, b) in enumerate(zip(select, selected, strict=True))
        ]  # fmt: skip

    summary = pd.DataFrame(
        rows("sn", "0.001_1e-05", [0.5, 0.7], [0.1, 0.2])  # best on select, worst on test
        + rows("sn", "0.001_0.0001", [0.9, 0.1], [0.9, 0.9])
        + rows("none", "0.0001_0.0001", [0.2, 0.2], [0.3, 0.5])
    )
    grid = learning_rate_grid(summary, "bins-E").set_index(["method", "learning_rates"])
    assert grid["chosen"].to_dict() == {
        ("sn", "0.001_1e-05"): True,
        ("sn", "0.001_0.0001"): False,
        ("none", "0.0001_0.0001"): True,
    }
    # A pair that is a method's own stands for it, however well another does.
    own = {"sn": "0.001_0.0001", "none": "0.0001_0.0001"}
    grid = learning_rate_grid(summary, "bins-E", own).set_index(["method", "learning_rates"])
    assert grid["chosen"].tolist() == [False, True, True]
    row = grid.loc[("none", "0.0001_0.0001")]
    assert (row["generator_rate"], row["discriminator_rate"]) == (1e-4, 1e-4)
    assert (row["select_mean"], row["test_mean"]) == (0.2, 0.4)
    assert row["test_sd"] == pytest.approx(0.2 / 2**0.5)
    assert (row["n_seeds"], row["seeds"]) == (2, "0 1")
    assert grid["n_diverged"].tolist() == [1, 0, 0]


def made_runs(pairs, seeds, quality):
    """Return runs of many methods whose score on select is that on test, quality of shape (methods, pairs, seeds)."""
    names = [[str(m) for m in range(len(quality))], pairs, seeds]
    index = pd.MultiIndex.from_product(names, names=["method", "learning_rates", "seed"])
    runs = pd.DataFrame({"select": quality.ravel(), "selected": quality.ravel()}, index=index)
    return runs.reset_index().assign(architecture="small", score="P", diverged=False)


class TestSeedsOfTheirOwn:
    """Of many methods, all as good at every pair: the best of several means owes a part to chance."""

    PAIRS = ("1_1", "1_2", "1_3", "1_4")
    TRUE, SD, N = 0.75, 0.025, 3000
    BEST_OF_4 = 1.02938  # expectation of the largest of four standard normals (Harter 1961)

    def judged(self, fresh):
        """Return the scores of methods, in standard deviations of a run from the truth, by three seeds that count."""
        rng = np.random.default_rng(1)
        tried = rng.normal(self.TRUE, self.SD, (self.N, 4, 3))
        runs = made_runs(self.PAIRS, (1, 2, 3), tried)
        grid = learning_rate_grid(runs, "P")
        if fresh:
            chosen = grid.loc[grid["chosen"], METHOD].merge(
                pd.DataFrame({"seed": [4, 5, 6]}), "cross"
            )
            selected = rng.normal(self.TRUE, self.SD, len(chosen))
            runs = pd.concat([runs, chosen.assign(selected=selected)])
        means = runs[counted(runs, grid)].groupby("method")["selected"].agg(["mean", "size"])
        assert (means["size"] == 3).all()
        return (means["mean"] - self.TRUE) / self.SD

    def test_on_the_same_seeds_a_choice_looks_better_than_it_is(self):
        found = self.judged(fresh=False)
        assert found.mean() == pytest.approx(self.BEST_OF_4 / 3**0.5, abs=4 * found.sem())

    def test_on_fresh_seeds_it_does_not(self):
        found = self.judged(fresh=True)
        assert found.mean() == pytest.approx(0, abs=4 * found.sem())

    def test_a_run_is_tried_or_tests_and_never_both(self):
        grid = pd.DataFrame({"method": ["a", "a", "b"], "learning_rates": ["1_1", "1_2", "1_1"],
                             "chosen": [True, False, True], "seeds": ["1 2", "1 2", "2"],
                             "architecture": "small"})  # fmt: skip
        runs = pd.DataFrame(
            [("a", "1_1", 1), ("a", "1_1", 3), ("a", "1_2", 3), ("b", "1_1", 1), ("b", "1_1", 2)],
            columns=["method", "learning_rates", "seed"],
        ).assign(architecture="small")
        assert is_tried(runs, grid).tolist() == [True, False, False, False, True]
        assert counted(runs, grid).tolist() == [False, True, False, True, False]
        tried = runs.iloc[[0, 4]]  # where none is left to test with
        assert counted(tried, grid).tolist() == [True, True]
