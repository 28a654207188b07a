"""Robustness to the learning rates: the number, its figure and its table."""

import numpy as np
import pandas as pd
import pytest
from drawn import figure_of, table_of

from showergan.comparison.learning_rates import ROBUSTNESS, learning_rate_grid, robustness
from showergan.report.table_files import save_table

draw = figure_of("robustness")
written = table_of("robustness")

pytestmark = pytest.mark.usefixtures("no_warnings")

# Scores of two seeds at each pair of learning rates.
SCORES = {
    "none": {"0.001_0.0003": [0.1, 0.15], "0.001_3e-05": [0.8, 0.7]},
    "sn": {"0.001_0.0003": [0.7, 0.72], "0.001_3e-05": [0.71, 0.77]},
}


def make_summary(scores=None):
    return pd.DataFrame(
        [
            {
                **{"architecture": "small", "method": method, "learning_rates": rates},
                **{"seed": seed, "score": "bins-E", "select": value, "selected": value},
                **{"diverged": False, "tried": True},
            }
            for method, pairs in (scores or SCORES).items()
            for rates, values in pairs.items()
            for seed, value in enumerate(values, 1)
        ]
    )


def make_grid(scores=None):
    return learning_rate_grid(make_summary(scores), "bins-E")


def make_anchors():
    return pd.DataFrame(
        [
            {**{"anchor": a, "metric": "prd_auc", "space": "E", "bin": "mean"}, "value": v}
            for a, v in (("ceiling", 0.947), ("shuffled", 0.407), ("untrained", 0.0))
        ]
    )


def grid_of(*means):
    rates = [f"0.001_{i + 1}e-05" for i in range(len(means))]
    keys = {"architecture": "small", "method": "sn", "score": "bins-E"}
    return pd.DataFrame({**keys, "learning_rates": rates, "test_mean": means})


class TestNumber:
    def test_worst_mean_over_best_mean(self):
        table = robustness(make_grid())
        assert list(table) == ROBUSTNESS
        table = table.set_index("method")
        assert table["robustness"].to_dict() == pytest.approx(
            {"none": 0.125 / 0.75, "sn": 0.71 / 0.74}
        )
        row = table.loc["none"]
        assert (row["worst_rates"], row["best_rates"]) == ("0.001_0.0003", "0.001_3e-05")
        assert (row["n_rates"], row["remark"], row["score"]) == (2, "", "bins-E")

    def test_of_many_pairs_only_the_ends_count(self):
        assert robustness(grid_of(0.5, 0.2, 0.8, 0.6))["robustness"].iloc[0] == pytest.approx(0.25)
        assert robustness(grid_of(0.5, 0.0))["robustness"].iloc[0] == 0

    @pytest.mark.parametrize(
        ("means", "remark"),
        [
            ((0.5,), "one pair of learning rates, so nothing to compare"),
            ((0.5, np.nan), "no score at 0.001_2e-05"),
            ((np.nan, np.nan), "no score at 0.001_1e-05"),
            ((0.5, -0.1), "scores are not above 0"),
            ((0.0, 0.0), "scores are not above 0"),
        ],
    )
    def test_undefined_with_a_reason(self, means, remark):
        row = robustness(grid_of(*means)).iloc[0]
        assert np.isnan(row["robustness"])
        assert row["remark"] == remark


class TestFigure:
    def drawn(self, style, scores=None):
        grid = make_grid(scores)
        summary = make_summary(scores)
        fresh = summary.assign(seed=summary["seed"] + 10, tried=False, selected=1.0)  # not shown
        runs = pd.concat([summary, fresh])
        return draw(style, runs, grid, robustness(grid), make_anchors())

    def test_seeds_means_and_ratios(self, style, tmp_path):
        figure = self.drawn(style)
        scores, ratios = figure.axes
        assert [t.get_text() for t in scores.get_xticklabels()] == ["3e-05", "0.0003"]
        assert scores.get_xscale() == "log"
        # Every method lies at the true rates, with a band from its worst to its best seed.
        means, other = scores.lines[0], scores.lines[5]
        assert means.get_xdata().tolist() == other.get_xdata().tolist() == [3e-5, 3e-4]
        assert means.get_ydata().tolist() == pytest.approx([0.75, 0.125])
        (band,) = scores.collections[0].get_paths()
        corners = {(3e-5, 0.7), (3e-5, 0.8), (3e-4, 0.1), (3e-4, 0.15)}
        assert {tuple(point) for point in band.vertices.tolist()} == corners
        filled = [line.get_markerfacecolor() != "white" for line in scores.lines[2:5:2]]
        assert filled == [True, False]
        assert [t.get_text() for t in ratios.texts] == ["0.17", "0.96"]
        ends = [line.get_ydata()[0] for line in scores.lines[-3:]]
        assert ends == [0.947, 0.407, 0.0]
        style.save(figure, tmp_path / "f.png", tmp_path / "f.pdf")

    def test_a_panel_per_rate_of_the_generator(self, style, tmp_path):
        more = {m: {**pairs, "0.0001_0.0003": [0.4, 0.0]} for m, pairs in SCORES.items()}
        figure = self.drawn(style, more)
        assert len(figure.axes) == 3
        style.save(figure, tmp_path / "f.png", tmp_path / "f.pdf")

    def test_undefined_is_said(self, style, tmp_path):
        more = {"sn": SCORES["sn"], "abcas": {"0.001_0.0003": [0.0, 0.0], "0.001_3e-05": [0, 0]}}
        figure = self.drawn(style, more)
        assert [t.get_text() for t in figure.axes[-1].texts] == ["0.96", "undefined"]
        style.save(figure, tmp_path / "f.png", tmp_path / "f.pdf")

    def test_a_method_with_one_pair_is_left_out(self, style):
        one = {"abcas": {"0.001_0.0003": [0.7, 0.72]}}
        figure = self.drawn(style, {"sn": SCORES["sn"], **one})
        assert [t.get_text() for t in figure.axes[-1].texts] == ["0.96"]

    def test_ratios_of_different_pairs_are_told_apart(self, style):
        three = {"none": {**SCORES["none"], "0.001_1e-05": [0.5, 0.5]}}
        figure = self.drawn(style, {**three, "sn": SCORES["sn"]})
        told = [t.get_text().split("\n")[-1] for t in figure.axes[-1].get_yticklabels()]
        assert told == ["(3 pairs)", "(2 pairs)"]
        even = self.drawn(style).axes[-1].get_yticklabels()
        assert "pairs)" not in "".join(t.get_text() for t in even)

    def test_one_pair_is_nothing_to_compare(self, style):
        figure = self.drawn(style, {"sn": {"0.001_0.0003": [0.7, 0.72]}})
        assert "one pair of learning rates" in figure.axes[0].texts[0].get_text().replace("\n", " ")


def test_table(style, tmp_path):
    ratios = robustness(make_grid())
    ratios.to_csv(tmp_path / "r.csv", index=False)
    made = written(style, pd.read_csv(tmp_path / "r.csv"))
    parts = made.parts
    assert list(parts) == ["bins-E on test, mean over seeds"]
    (table,) = parts.values()
    assert table["worst over best"].tolist() == ["0.167", "0.959"]
    assert table.loc[0, "worst at"] == "0.001, 0.0003"
    assert set(table["remark"]) == {""}
    save_table(style, made, *(tmp_path / f"t.{kind}" for kind in ("csv", "md", "tex", "html")))
    assert "remark" not in (tmp_path / "t.md").read_text()
