"""Robustness to the learning rates: areas and widths, their figure and their table."""

import numpy as np
import pandas as pd
import pytest
from drawn import figure_of, table_of
from judged import verdicts

from showergan.comparison.learning_rates import learning_rate_grid
from showergan.comparison.robustness import ROBUSTNESS, areas, robustness
from showergan.comparison.unpaired import mean_interval, share_interval
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
                **{"diverged": False, "failed": False, "tried": True},
            }
            for method, pairs in (scores or SCORES).items()
            for rates, values in pairs.items()
            for seed, value in enumerate(values, 1)
        ]
    )


def dependence(runs):
    return robustness(runs, "selected", 0.05)


def make_grid(scores=None):
    return learning_rate_grid(make_summary(scores), "bins-E")


def make_anchors():
    return pd.DataFrame(
        [
            {**{"anchor": a, "metric": "prd_auc", "space": "E", "bin": "mean"}, "value": v}
            for a, v in (("ceiling", 0.947), ("shuffled", 0.407), ("untrained", 0.0))
        ]
    )


def runs_of(curves, rates, failed=False):
    """Return runs of one method with a score per seed and rate of the discriminator."""
    pairs = {
        f"0.001_{rate:g}": list(values)
        for rate, values in zip(rates, np.transpose(curves), strict=True)
    }
    return make_summary({"sn": pairs}).assign(failed=failed)


RATES = [3e-5, 1e-4, 3e-4, 1e-3, 3e-3]  # unevenly spaced in their logarithm


class TestArea:
    def test_of_a_line_it_is_the_score_in_the_middle(self):
        """And of a parabola by trapezoids what each of them has; the order of rates in the table does not matter."""
        x = np.log10(RATES)
        line = 0.5 + 0.1 * (x - (x[0] + x[-1]) / 2)
        bent = 0.2 + (x - x[1]) ** 2
        table = areas(runs_of([line, bent], RATES).sample(frac=1, random_state=0), "selected")
        found = table.set_index("seed")["selected"]
        trapezoids = sum((bent[i] + bent[i + 1]) / 2 * (x[i + 1] - x[i]) for i in range(4)) / 2
        assert found.to_dict() == pytest.approx({1: 0.5, 2: trapezoids})
        assert table["score"].unique() == ["area of bins-E"]
        assert table["learning_rates"].iloc[0].split() == [f"0.001_{rate:g}" for rate in RATES]

    def test_mean_and_interval_are_over_seeds(self):
        curves = np.random.default_rng(0).uniform(0.5, 0.8, (6, 5))
        runs = runs_of(curves, RATES)
        (row,) = dependence(runs).to_dict("records")
        own = areas(runs, "selected")["selected"].to_numpy()
        interval = mean_interval(own, 0.05)
        assert (row["area"], row["low"], row["high"]) == pytest.approx(interval)
        assert (row["n_seeds"], row["n_rates"], row["decades"]) == (6, 5, pytest.approx(2))
        (few,) = dependence(runs_of(curves[:4], RATES)).to_dict("records")
        assert np.isnan([few["low"], few["high"]]).all() and np.isfinite(few["area"])

    def test_failed_runs_count_by_their_score_and_are_counted(self):
        curves = np.full((5, 5), 0.6)
        curves[0, -1] = 0.0
        runs = runs_of(curves, RATES)
        runs["failed"] = runs["selected"] == 0
        (row,) = dependence(runs).to_dict("records")
        assert (row["n_failed"], row["n_runs"]) == (1, 25)
        ends = share_interval(1, 25, 0.05)[1:]
        assert (row["failed_low"], row["failed_high"]) == pytest.approx(ends)
        # A triangle above the last step, divided by two decades.
        lost = 0.6 * np.log10(3) / 2 / 2
        assert areas(runs, "selected")["selected"].min() == pytest.approx(0.6 - lost)
        assert row["area"] == pytest.approx(0.6 - lost / 5)

    def test_only_seeds_with_a_score_at_every_rate(self):
        """Those that test a chosen pair were trained at no other."""
        curves = np.full((4, 5), 0.6)
        curves[2:, :-1] = np.nan
        runs = runs_of(curves, RATES).dropna(subset="selected")
        assert areas(runs, "selected")["seed"].tolist() == [1, 2]
        (row,) = dependence(runs).to_dict("records")
        assert (row["n_seeds"], row["n_runs"], row["n_rates"]) == (2, 10, 5)

    def test_methods_are_compared_by_it_where_they_tried_the_same_rates(self):
        rng = np.random.default_rng(1)
        ones = {f"0.001_{rate:g}": list(rng.normal(0.7, 0.01, 6)) for rate in RATES}
        good = {pair: [v + 0.1 for v in values] for pair, values in ones.items()}
        fewer = dict(list(good.items())[:-1])
        runs = make_summary({"sn": ones, "good": good, "fewer": fewer})
        runs["chosen"] = runs["learning_rates"] == "0.001_0.001"
        table = verdicts(runs, margins={"bins-E": 0.01}).query("learning_rates == 'all'")
        (row,) = table.to_dict("records")
        assert (row["method"], row["score"], row["verdict"]) == ("good", "area of bins-E", "better")
        assert (row["n_method"], row["n_baseline"], row["margin"]) == (6, 6, 0.01)
        assert row["mean_difference"] == pytest.approx(0.1)
        assert np.isnan(row["n_failed"]) and np.isnan(row["difference_not_failed"])


class TestWidth:
    @pytest.mark.parametrize("seed", range(5))
    def test_by_a_dense_line(self, seed):
        curves = np.random.default_rng(seed).uniform(0.55, 0.7, (3, 5))
        (row,) = dependence(runs_of(curves, RATES)).to_dict("records")
        x = np.log10(RATES)
        dense = np.linspace(x[0], x[-1], 200_001)
        mean = np.interp(dense, x, curves.mean(axis=0))
        expected = 2 * np.mean(mean >= 0.95 * curves.mean(axis=0).max())
        assert row["width"] == pytest.approx(expected, abs=1e-4)

    def test_by_hand(self):
        """From 1 down to 0 over a decade 5 % of it are within 95 %; a constant is so everywhere, 0 nowhere."""
        rates = [1e-5, 1e-4, 1e-3]
        widths = [
            dependence(runs_of([curve], rates))["width"].iloc[0]
            for curve in ([0, 1, 0], [1, 0, 0], [0.5, 0.5, 0.5], [0, 0, 0])
        ]
        assert widths == pytest.approx([0.1, 0.05, 2, np.nan], nan_ok=True)


class TestEnds:
    def test_best_and_worst_mean(self):
        table = dependence(make_summary())
        assert list(table) == ROBUSTNESS
        row = table.set_index("method").loc["none"]
        assert (row["worst_rates"], row["best_rates"]) == ("0.001_0.0003", "0.001_3e-05")
        assert (row["worst"], row["best"]) == pytest.approx((0.125, 0.75))
        assert (row["n_rates"], row["remark"], row["score"]) == (2, "", "bins-E")
        assert row["area"] == pytest.approx((0.125 + 0.75) / 2)

    @pytest.mark.parametrize(
        ("pairs", "remark"),
        [
            ({"0.001_3e-05": [0.5]}, "one pair of learning rates, so nothing to compare"),
            (
                {"0.001_3e-05": [0.5, np.nan], "0.001_0.0003": [np.nan, 0.5]},
                "no seed has a score at every pair",
            ),
            (
                {"0.001_3e-05": [0.5], "0.001_0.0003": [0.4], "0.01_3e-05": [0.4]},
                "several rates of the generator",
            ),
        ],
    )
    def test_no_area_with_a_reason(self, pairs, remark):
        runs = make_summary({"sn": pairs})
        row = dependence(runs).iloc[0]
        assert np.isnan(row["area"])
        assert row["remark"] == remark
        assert areas(runs, "selected").empty


class TestFigure:
    def drawn(self, style, scores=None):
        summary = make_summary(scores)
        fresh = summary.assign(seed=summary["seed"] + 10, tried=False, selected=1.0)  # not shown
        spread = dependence(summary)
        return draw(style, pd.concat([summary, fresh]), make_grid(scores), spread, make_anchors())

    def areas(self, figure):
        return [panel.get_title().split("\n")[-1] for panel in figure.axes]

    def test_a_panel_per_method_with_means_seeds_and_the_others(self, style, tmp_path):
        figure = self.drawn(style)
        panel, last = figure.axes
        assert [t.get_text() for t in last.get_xticklabels()] == ["3e-05", "0.0003"]
        assert panel.get_xscale() == "log"
        # The other method is grey, its own lies at the true rates in a band from its worst to its best seed.
        other, means, *marks = panel.lines
        assert other.get_color() == "0.82"
        assert means.get_color() == style.line("none").colour
        assert means.get_xdata().tolist() == other.get_xdata().tolist() == [3e-5, 3e-4]
        assert means.get_ydata().tolist() == pytest.approx([0.75, 0.125])
        assert other.get_ydata().tolist() == pytest.approx([0.74, 0.71])
        (band,) = panel.collections[0].get_paths()
        corners = {(3e-5, 0.7), (3e-5, 0.8), (3e-4, 0.1), (3e-4, 0.15)}
        assert {tuple(point) for point in band.vertices.tolist()} == corners
        assert [mark.get_markerfacecolor() != "white" for mark in marks[:2]] == [True, False]
        assert [line.get_ydata()[0] for line in marks[2:]] == [0.947, 0.407, 0.0]
        assert self.areas(figure) == ["area 0.44", "area 0.72"]
        style.save(figure, tmp_path / "f.png", tmp_path / "f.pdf")

    def test_scores_are_of_the_epochs_that_the_area_is_of(self, style):
        summary = make_summary().assign(last=lambda table: table["selected"] / 2)
        spread = robustness(summary, "last", 0.05)
        figure = draw(style, summary, make_grid(), spread, make_anchors())
        panel = figure.axes[0]
        assert panel.lines[1].get_ydata().tolist() == pytest.approx([0.375, 0.0625])
        (band,) = panel.collections[0].get_paths()
        assert band.vertices[:, 1].max() == pytest.approx(0.4)
        assert self.areas(figure)[0] == "area 0.22"
        assert panel.get_ylabel() == "bins-E on test\nlast epoch"

    def test_lines_of_the_generators_rates_are_told_apart(self, style, tmp_path):
        more = {m: {**pairs, "0.0001_0.0003": [0.4, 0.0]} for m, pairs in SCORES.items()}
        figure = self.drawn(style, more)
        assert len(figure.axes) == 2
        labels = [text.get_text() for text in figure.legends[0].get_texts()]
        assert labels[:2] == ["generator at 0.001", "generator at 0.0001"]
        style.save(figure, tmp_path / "f.png", tmp_path / "f.pdf")

    def test_architectures_share_a_panel(self, style, tmp_path):
        named = style.model_copy(update={"architectures": {"small": "Small", "large": "Large"}})
        small = make_summary()
        large = make_summary({"sn": SCORES["none"]}).assign(architecture="large")
        both = pd.concat([small, large])
        grid = learning_rate_grid(both, "bins-E")
        figure = draw(named, both, grid, dependence(both), make_anchors())
        assert self.areas(figure) == ["area 0.44", "area 0.72, 0.44"]
        curves = [line for line in figure.axes[1].lines if line.get_linewidth() == 1.8]
        assert [line.get_ydata()[0] for line in curves] == pytest.approx([0.74, 0.75])
        assert curves[0].get_linestyle() != curves[1].get_linestyle()
        labels = [text.get_text() for text in figure.legends[0].get_texts()]
        assert labels[:2] == ["Small", "Large"]
        style.save(figure, tmp_path / "f.png", tmp_path / "f.pdf")

    def test_undefined_is_said(self, style, tmp_path):
        several = {"0.001_0.0003": [0.1, 0.2], "0.01_0.0003": [0.3, 0.4]}
        figure = self.drawn(style, {"sn": SCORES["sn"], "abcas": several})
        assert self.areas(figure) == ["area 0.72", "area undefined"]
        style.save(figure, tmp_path / "f.png", tmp_path / "f.pdf")

    def test_a_method_with_one_pair_is_left_out(self, style):
        one = {"abcas": {"0.001_0.0003": [0.7, 0.72]}}
        figure = self.drawn(style, {"sn": SCORES["sn"], **one})
        assert self.areas(figure) == ["area 0.72"]

    def test_an_area_has_half_its_interval_from_five_seeds_on(self, style):
        seeds = {
            "0.001_0.0003": [0.5, 0.6, 0.7, 0.6, 0.5],
            "0.001_3e-05": [0.7, 0.6, 0.7, 0.6, 0.5],
        }
        mean, low, high = mean_interval(np.mean(list(seeds.values()), axis=0), 0.05)
        told = f"area {mean:.2f} \N{PLUS-MINUS SIGN} {(high - low) / 2:.2f}"
        assert self.areas(self.drawn(style, {"sn": seeds})) == [told]

    def test_areas_of_different_pairs_are_told_apart(self, style):
        three = {"none": {**SCORES["none"], "0.001_1e-05": [0.5, 0.5]}}
        told = self.areas(self.drawn(style, {**three, "sn": SCORES["sn"]}))
        assert [area[-9:] for area in told] == ["(3 pairs)", "(2 pairs)"]
        assert "pairs)" not in "".join(self.areas(self.drawn(style)))

    def test_one_pair_is_nothing_to_compare(self, style):
        figure = self.drawn(style, {"sn": {"0.001_0.0003": [0.7, 0.72]}})
        assert "one pair of learning rates" in figure.axes[0].texts[0].get_text().replace("\n", " ")


def test_table(style, tmp_path):
    more = make_summary({"sn": {"0.001_0.0003": [0.45] * 5, "0.001_3e-05": [0.7] * 5}})
    found = dependence(pd.concat([make_summary(), more.assign(score="position: response")]))
    found.to_csv(tmp_path / "r.csv", index=False)
    made = written(style, pd.read_csv(tmp_path / "r.csv"))
    parts = made.parts
    assert [name.split(",")[0] for name in parts] == ["bins-E: embedding", "position: response"]
    table, other = parts.values()
    assert table["area [95 percent]"].tolist() == ["0.438 [-]", "0.725 [-]"]
    assert table.loc[0, "worst (at)"] == "0.125 (0.001, 0.0003)"
    assert table.loc[0, "failed runs [95 percent]"] == "0 of 4 [0.00, 0.49]"
    assert set(table["remark"]) == {""}
    (row,) = other.to_dict("records")
    assert row["area [95 percent]"] == "0.575 [0.575, 0.575]"
    # 0.665 is reached after 14 % of the decade from 0.7 to 0.45.
    assert row["decades within 95 percent of best"] == "0.14 of 1.00"
    save_table(style, made, *(tmp_path / f"t.{kind}" for kind in ("csv", "md", "tex", "html")))
    assert "remark" not in (tmp_path / "t.md").read_text()
