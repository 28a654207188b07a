"""Scorecard, agreement of metrics, energy response and failures: what they say, also of broken runs."""

import numpy as np
import pandas as pd
import pytest
from drawn import figure_of, legend_of, style_of, table_of, words
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb

from showergan.comparison.scorecard import position
from showergan.comparison.scorecard import rank_agreement as agreement_of
from showergan.report.figures.scorecard import NONE, WARNING
from showergan.report.runs import REFERENCES
from showergan.report.tables.scorecard import OF_UNSCALED
from showergan.report.texts import compact, plus_minus
from showergan.tasks.showers.figures.energy_response import momentum_of
from showergan.tasks.showers.metrics import METRICS as REGISTRY

rank_agreement = figure_of("rank_agreement")
scorecard = figure_of("scorecard")
failures = table_of("failures")
scorecard_table = table_of("scorecard")
energy_response = figure_of("energy_response")

LABELS = {"sn": "vanilla SN", "plain": "no normalization", "clip": "clipping", "abcas": "ABCAS"}
GOOD = {"sn": 0.5, "plain": 0.25, "clip": 0.0, "abcas": 0.75}
# metric, space, bin, title; ceiling, shuffled, untrained
METRICS = [
    ("prd_auc", "E", "all", "PRD-AUC: E", 0.8, 0.4, 0.0),
    ("fpd", "E", "all", "FPD: E", 0.0, 50.0, 100.0),
    ("response_error", "energy", "all", "energy response error", 0.0, 3.5, 1.0),
]
THERE = [REFERENCES[name] for name in ("ceiling", "shuffled", "untrained")]
RATES = "0.001_0.0003"
BINS = ("1-4 GeV", "4-25 GeV", "25-100 GeV")


@pytest.fixture
def style():
    return style_of(LABELS)


def make_card(methods=tuple(GOOD), seeds=(1, 2), **keys):
    """Return a card whose methods stand at the positions `GOOD`, give or take 0.05 with the seed."""
    rows = [
        {
            **{"architecture": "standard", "method": m, "learning_rates": RATES, "seed": s},
            **{
                "chosen": True,
                "diverged": False,
                "epoch": 3,
                "metric": metric,
                "space": space,
                "bin": b,
            },
            **{"title": title, "sd": np.nan, "event_sd": 0.01, "n": 1000},
            **{"ceiling": best, "other_real": np.nan, "shuffled": shuffled, "untrained": worst},
            "value": worst + (GOOD[m] + 0.05 * (-1) ** s * (len(seeds) > 1)) * (best - worst),
            **keys,
        }
        for m in methods
        for s in seeds
        for metric, space, b, title, best, shuffled, worst in METRICS
    ]
    return placed(pd.DataFrame(rows))


def placed(card):
    return card.assign(position=position(card["value"], card, REGISTRY))


def exploded(card, method, value=1e28):
    hit = (card["method"] == method) & (card["metric"] == "fpd") & (card["seed"] == 2)
    return placed(card.assign(value=card["value"].mask(hit, value)))


def map_of(style, card):
    """Return the figure of a card, whose means over seeds it takes from the table."""
    return scorecard(style, scorecard_table(style, card).numbers)


def response_of(style, metrics, anchors):
    keys = ["architecture", "method", "learning_rates"]
    return energy_response(
        style, metrics, anchors, metrics[keys].drop_duplicates().assign(chosen=True, seeds="1 2 3")
    )


def cells(axes):
    """Return the texts and the colours of a map by metric and column."""
    rows = [t.get_text() for t in axes.get_yticklabels()]
    columns = [t.get_text().replace("\n", " ") for t in axes.get_xticklabels()]
    colours = np.concatenate([m.get_array().reshape(len(rows), -1, 4) for m in axes.collections], 1)
    # The texts stand map by map, row by row.
    texts = np.empty((len(rows), len(columns)), object)
    centres = sorted({t.get_position()[0] for t in axes.texts})
    for text in axes.texts:
        x, y = text.get_position()
        texts[int(y), centres.index(x)] = text.get_text()
    frame = {"index": rows, "columns": columns}
    shown = pd.DataFrame([[tuple(c[:3]) for c in row] for row in colours], **frame)
    return pd.DataFrame(texts, **frame), shown


class TestScorecard:
    def test_cells_are_means_over_seeds(self, style, tmp_path):
        figure = map_of(style, make_card())
        texts, colours = cells(figure.axes[0])
        assert list(texts.index) == [title for _, _, _, title, *_ in METRICS]
        assert list(texts.columns) == [*LABELS.values(), *THERE]
        assert list(texts.loc["PRD-AUC: E"]) == ["0.40", "0.20", "0", "0.60", "0.80", "0.40", "0"]
        assert list(texts.loc["FPD: E", LABELS.values()]) == ["50.0", "75.0", "100", "25.0"]
        np.testing.assert_allclose(
            colours.loc["FPD: E", "ABCAS"], style.colormap(0.75)[:3], atol=0.01
        )
        assert colours.loc["FPD: E", REFERENCES["ceiling"]] == style.colormap(1.0)[:3]
        assert "mean of 2 seeds" in figure.axes[0].get_title()
        assert figure.axes[-1].get_xlabel().startswith("position: 0 worst or untrained")
        style.save(figure, tmp_path / "f.png", tmp_path / "f.pdf")

    def test_other_real_showers_are_no_ceiling(self, style):
        card = make_card()
        card = placed(card.assign(other_real=card["ceiling"], ceiling=np.nan))
        figure = map_of(style, card)
        texts, colours = cells(figure.axes[0])
        assert REFERENCES["ceiling"] not in texts
        assert texts.loc["PRD-AUC: E", REFERENCES["other_real"]] == "0.80"
        assert colours.loc["FPD: E", REFERENCES["other_real"]] == style.colormap(1.0)[:3]
        assert figure.axes[-1].get_xlabel().endswith("1 other real samples (no ceiling)")
        table = scorecard_table(style, card).parts
        assert all("other real samples (no ceiling)" in set(t["method"]) for t in table.values())

    def test_what_was_made_before_scaling_is_a_part_of_the_table(self, style):
        card = make_card()
        title = "PRD-AUC: E"
        before = card[card["title"] == title].copy()
        before["space"] = "unscaled_" + before["space"]
        before["title"] = f"{title}, unscaled"
        plain = scorecard_table(style, card).parts
        both = scorecard_table(style, pd.concat([card, before], ignore_index=True)).parts
        (added,) = set(both) - set(plain)
        assert added == OF_UNSCALED
        assert list(both[added]) == ["method", "seeds", f"{title}, unscaled"]
        assert list(both[added].iloc[:, 2]) == list(next(iter(plain.values()))[title])
        for name, part in plain.items():
            pd.testing.assert_frame_equal(both[name], part)

    @pytest.mark.parametrize("value", [1e28, np.inf])
    def test_one_exploding_seed_is_seen(self, style, value, tmp_path):
        figure = map_of(style, exploded(make_card(), "abcas", value))
        texts, colours = cells(figure.axes[0])
        warned = colours.map(lambda c: c == to_rgb(WARNING))
        assert warned.loc["FPD: E", "ABCAS"]
        # Real showers of other conditions miss the energy by more than nothing at all does.
        assert warned.loc["energy response error", REFERENCES["shuffled"]]
        assert warned.to_numpy().sum() == 2
        assert texts.loc["FPD: E", "ABCAS"] == ("5.0e27" if value == 1e28 else "inf")
        assert "worse than untrained" in legend_of(figure)[0]
        bold = {t.get_text() for t in figure.axes[0].texts if t.get_fontweight() == "bold"}
        assert bold == {texts.loc["FPD: E", "ABCAS"], "3.50"}
        style.save(figure, tmp_path / "f.png", tmp_path / "f.pdf")

    def test_rounding_is_no_failure(self, style):
        card = make_card(["clip"], [1])
        card["position"] = card["position"].where(card["metric"] != "fpd", -4.6e-16)
        _, colours = cells(map_of(style, card).axes[0])
        assert colours.loc["FPD: E", "clipping"] == style.colormap(0.0)[:3]

    def test_missing_values(self, style):
        card = make_card()
        gone = (card["metric"] == "prd_auc") & (card["method"] == "sn")
        part = (card["metric"] == "prd_auc") & (card["method"] == "abcas") & (card["seed"] == 1)
        card = placed(
            card.assign(value=card["value"].mask(gone | part), untrained=card["untrained"])
        )
        figure = map_of(style, card)
        texts, colours = cells(figure.axes[0])
        assert texts.loc["PRD-AUC: E", "vanilla SN"] == NONE
        assert colours.loc["PRD-AUC: E", "vanilla SN"] == to_rgb("0.92")
        assert texts.loc["PRD-AUC: E", "ABCAS"] == "0.64*"
        assert legend_of(figure)[1:] == [f"{NONE} no value", "* some seeds without a value"]

    def test_one_method_and_seed(self, style, tmp_path):
        figure = map_of(style, make_card(["plain"], [1]))
        texts, _ = cells(figure.axes[0])
        assert list(texts.columns) == ["no normalization", *THERE]
        assert "one seed" in figure.axes[0].get_title()
        style.save(figure, tmp_path / "f.png", tmp_path / "f.pdf")

    def test_only_chosen_rates_count(self, style):
        other = make_card(learning_rates="1_1", chosen=False).assign(value=9.0, position=9.0)
        both = pd.concat([make_card(), other])
        pd.testing.assert_frame_equal(
            *(cells(map_of(style, card).axes[0])[0] for card in (both, make_card()))
        )

    def test_a_map_per_architecture(self, style):
        both = pd.concat([make_card(), make_card(["abcas"], architecture="small")])
        *panels, _ = map_of(style, both).axes
        assert [p.get_title().split(",")[0] for p in panels] == [
            "Standard",
            "Small",
        ]
        assert cells(panels[1])[0].loc["FPD: E", "vanilla SN"] == NONE

    def test_texts_fit_their_cells(self, style):
        many = {f"m{i}": f"SN * coef, l2-offset {i}, λ = 1e-3" for i in range(10)}
        style = style.model_copy(update={"labels": many})
        parts = [make_card(["plain"], method=m, title="W1 of total energy [MeV]") for m in many]
        card = pd.concat(parts).drop_duplicates(["method", "seed"]).assign(value=-2.5e-28)
        figure = map_of(style, placed(card))
        figure.draw_without_rendering()
        axes, renderer = figure.axes[0], FigureCanvasAgg(figure).get_renderer()
        cell = axes.get_window_extent().width / np.ptp(axes.get_xlim())
        assert max(t.get_window_extent(renderer).width for t in axes.texts) < 0.95 * cell

    def test_nothing_to_show(self, style):
        assert "No method" in words(map_of(style, make_card().assign(chosen=False)))
        assert "No method" in words(map_of(style, make_card(["sn"]).assign(method="new")))


class TestRankAgreement:
    def test_every_pair_once(self, style, tmp_path):
        table = agreement_of(make_card())
        hit = (table["metric"] == "FPD: E") & (table["other"] == "PRD-AUC: E")
        figure = rank_agreement(style, table.assign(tau=table["tau"].mask(hit, -0.66)))
        axes = figure.axes[0]
        texts = [t.get_text() for t in axes.texts]
        assert texts == ["\N{MINUS SIGN}0.7", "", "1.0", "1.0"]
        assert [t.get_text() for t in axes.get_yticklabels()] == ["FPD: E", "energy response error"]
        assert [t.get_text() for t in axes.get_xticklabels()] == ["PRD-AUC: E", "FPD: E"]
        assert "4 methods" in axes.get_title()
        red, _, blue, _ = axes.collections[0].get_array()[0, 0]
        assert red > blue
        style.save(figure, tmp_path / "f.png", tmp_path / "f.pdf")

    def test_unknown_pairs(self, style):
        """Of two methods tau is always 1 or -1."""
        table = agreement_of(make_card())
        few = table["other"].eq("PRD-AUC: E") & table["metric"].eq("FPD: E")
        table = table.assign(n_methods=table["n_methods"].mask(few, 2))
        figure = rank_agreement(style, table)
        assert [t.get_text() for t in figure.axes[0].texts] == [NONE, "", "1.0", "1.0"]
        assert "order of 4 methods" in figure.axes[0].get_title().lower()

    @pytest.mark.parametrize("n", [1, 2])
    def test_too_few_methods(self, style, n):
        text = words(rank_agreement(style, agreement_of(make_card([*LABELS][:n]))))
        assert f"below 3 methods: this run has {n}" in text.replace("\n", " ")


def make_responses(methods=tuple(LABELS), seeds="12", factor=1.0):
    rows = [
        {
            **{"architecture": "standard", "method": m, "learning_rates": RATES, "seed": s},
            **{"epoch": epoch, "split": split, "metric": metric, "space": "energy", "bin": b},
            "value": (100.0 if metric == "response" else 0.2) * factor * (1 + i) * int(s),
            **{"event_sd": 0.01, "n": 150 + i},
        }
        for m in methods
        for s in seeds
        for epoch in (0, 3)
        for split in ("select", "test")
        for metric in ("response", "resolution")
        for i, b in enumerate(BINS)
    ]
    return pd.DataFrame(rows)


def make_anchors():
    one = make_responses(["sn"], "1").query("epoch == 3 and split == 'test'")
    return one.drop(columns=["method", "seed", "split"]).assign(anchor="ceiling")


class TestEnergyResponse:
    def test_lines(self, style, tmp_path):
        metrics = make_responses()
        first = metrics["epoch"] == 0
        figure = response_of(
            style, metrics.assign(value=metrics["value"].mask(first, 1e9)), make_anchors()
        )
        response, resolution = figure.axes
        assert "MeV/GeV" in response.get_title()
        assert "Resolution" in resolution.get_title()
        assert "epoch 3" in figure.get_suptitle()
        assert "150 per bin" in figure.get_suptitle()
        # Two seeds and a mean of each method; then real showers with two caps.
        assert len(response.lines) == 3 * len(LABELS) + 3
        thin, _, mean = response.lines[:3]
        np.testing.assert_allclose(thin.get_ydata(), [100, 200, 300])
        np.testing.assert_allclose(mean.get_ydata(), [150, 300, 450])
        np.testing.assert_allclose(mean.get_xdata(), [2, 10, 50])
        assert mean.get_color() == style.line("sn").colour
        assert response.get_xscale() == "log"
        assert response.get_yscale() == resolution.get_yscale() == "linear"
        ticks = [t.get_text() for t in response.get_xticklabels()]
        assert ticks == [b[:-4].replace("-", "\N{EN DASH}") for b in BINS]
        assert legend_of(figure) == [*LABELS.values(), "real showers"]
        style.save(figure, tmp_path / "f.png", tmp_path / "f.pdf")

    def test_of_scaled_showers_it_is_what_they_were_before(self, style):
        before = make_responses(["sn"]).assign(space="unscaled_energy")
        scaled = make_responses(["sn"], factor=1.1)
        figure = response_of(style, pd.concat([scaled, before]), make_anchors())
        plain = response_of(style, make_responses(["sn"]), make_anchors())
        for panel, other in zip(figure.axes, plain.axes, strict=True):
            for line, same in zip(panel.lines, other.lines, strict=True):
                np.testing.assert_array_equal(line.get_ydata(), same.get_ydata())
        assert figure.get_suptitle() == f"{plain.get_suptitle()}, before the energy was scaled"

    def test_an_explosion_hides_no_other_method(self, style, tmp_path):
        """What is far off is counted, not drawn: all others keep their scale."""
        metrics = pd.concat([make_responses(["sn"]), make_responses(["abcas"], factor=1e7)])
        figure = response_of(style, metrics, make_anchors())
        calm = response_of(style, make_responses(["sn"]), make_anchors())
        for panel, other in zip(figure.axes, calm.axes, strict=True):
            assert panel.get_ylim() == other.get_ylim()
            assert "outside: 6 of 12 values, of 2 runs" in panel.get_title()
            assert "outside" not in other.get_title()

    def test_one_seed_does_not_move_the_thick_line(self, style, tmp_path):
        broken = make_responses(["sn"], "3", factor=1e7)
        figure = response_of(style, pd.concat([make_responses(["sn"]), broken]), make_anchors())
        thick = figure.axes[0].lines[3]
        np.testing.assert_allclose(thick.get_ydata(), [200, 400, 600])
        assert "outside: 3 of 9 values, of 1 run" in figure.axes[0].get_title()
        style.save(figure, tmp_path / "f.png", tmp_path / "f.pdf")

    def test_nothing_to_show(self, style):
        figure = response_of(style, make_responses().iloc[:0], make_anchors())
        assert "No energy response" in words(figure)

    def test_bins(self):
        assert momentum_of("4-25 GeV") == 10
        assert momentum_of("40 GeV") == 40
        assert momentum_of("1e-05-0.1 GeV") == pytest.approx(1e-3)
        with pytest.raises(ValueError, match="not a bin"):
            momentum_of("all")


class TestTables:
    @pytest.mark.parametrize(
        ("value", "text"),
        [
            (0.7216, "0.72"),
            (0.0, "0"),
            (9.996, "10.0"),
            (99.96, "100"),
            (3305.1, "3305"),
            (99_999.6, "1.0e5"),
            (7.28e28, "7.3e28"),
            (-3.6e-4, "-4e-4"),
            (0.00231, "0.002"),
            (np.inf, "inf"),
        ],
    )
    def test_compact(self, value, text):
        assert compact(value) == text

    @pytest.mark.parametrize(
        ("mean", "sd", "text"),
        [
            (0.766, 0.04, "0.766 ± 0.040"),
            (12.345, 0.6, "12.35 ± 0.60"),
            (3305.1, 120.2, "3305 ± 120"),
            (7.3e28, 1.04e28, "(7.3 ± 1.0)e28"),
            (2e-5, 4e-4, "(0.2 ± 4.0)e-4"),
            (-3.6e-4, np.nan, "-3.6e-4"),
            (0.5, np.nan, "0.500"),
            (0.0, 0.0, "0.000 ± 0.000"),
            (np.inf, np.nan, "inf"),
            (np.nan, np.nan, ""),
        ],
    )
    def test_plus_minus(self, mean, sd, text):
        assert plus_minus(mean, sd) == text

    def test_scorecard(self, style):
        card = exploded(make_card(), "abcas")
        gone = (card["method"] == "plain") & (card["metric"] == "fpd") & (card["seed"] == 1)
        means, shown = scorecard_table(style, card.assign(value=card["value"].mask(gone)))
        parts = [part.set_index("method") for part in shown.values()]
        assert [list(part)[1:] for part in parts] == [[title] for _, _, _, title, *_ in METRICS]
        table = pd.concat([parts[0], *(part.drop(columns="seeds") for part in parts[1:])], axis=1)
        assert list(table.index) == [*LABELS.values(), *THERE]
        assert list(table.columns) == ["seeds", *(title for _, _, _, title, *_ in METRICS)]
        assert table.loc["vanilla SN", "PRD-AUC: E"] == "0.400 ± 0.057"
        assert table.loc["no normalization", "FPD: E"] == "70.00 (1 of 2 seeds)"
        assert table.loc["ABCAS", "FPD: E"] == "(5.0 ± 7.1)e27"
        assert table.loc[REFERENCES["untrained"], "FPD: E"] == "100.0"
        assert list(table["seeds"]) == ["2"] * 4 + [""] * 3
        ends = means[means["reference"] & (means["metric"] == "fpd")].set_index("method")
        assert list(ends["position"]) == [1.0, 0.5, 0.0]

    def test_several_architectures_stand_in_the_label(self, style):
        both = pd.concat([make_card(["sn"]), make_card(["sn"], architecture="small")])
        table = scorecard_table(style, both).parts[
            "Distributions: precision and recall, density and coverage"
        ]
        assert list(table["method"])[:2] == [
            "vanilla SN standard",
            f"{REFERENCES['ceiling']} standard",
        ]

    def test_failures(self, style):
        judged, counted = failures(style, make_failures()).parts.values()
        assert judged[["method", "seed"]].equals(counted[["method", "seed"]])
        table = judged.join(counted.drop(columns=["method", "seed"])).set_index("method")
        assert list(table.index) == ["real showers", "vanilla SN", "vanilla SN", "ABCAS"]
        assert list(table["seed"]) == ["", "1", "2", "1"]
        worst = table.loc["ABCAS"]
        assert worst["energy ratio"] == "2.8e5"
        assert worst["undefined statistics"] == "225"
        assert worst["duplicates"] == "0.01"
        assert worst["failure"] == "clipped, exploding"
        assert worst["failed epochs"] == "3"
        assert table["failed epochs"].iloc[0] == ""
        assert not {"no transverse momentum", "infinite arc factor"} & set(table.columns)

    def test_rare_failures_are_shown_where_there_are_any(self, style):
        broken = make_failures().assign(n_infinite_arc_factor=1)
        _, table = failures(style, broken).parts.values()
        assert "infinite arc factor" in table
        assert "no transverse momentum" not in table

    def test_several_rates_stand_in_the_label(self, style):
        runs = make_failures()
        runs.loc[runs["seed"] == 2, "learning_rates"] = "1_2"
        for table in failures(style, runs).parts.values():
            names = list(table["method"])
            assert names[1:] == ["vanilla SN (0.001, 0.0003)", "vanilla SN (1, 2)", "ABCAS"]


def make_failures():
    keys = {"architecture": "standard", "learning_rates": RATES}
    counts = ["n_clipped_cells", "n_not_finite", "n_empty_image", "n_zero_transverse_momentum"]
    zeros = dict.fromkeys([*counts, "n_infinite_arc_factor"], 0)
    lines = {"n_missed_longitudinal_line": 44, "n_missed_transverse_line": 181}
    calm = {"n": 1000, **zeros, **lines, "energy_ratio": 1.0}
    calm |= {"diversity": 0.9, "duplicates": 0.01, "failure": "none"}
    broken = {"energy_ratio": 2.8e5, "failure": "clipped, exploding", "n_clipped_cells": 767}
    return pd.DataFrame(
        [
            {**calm, "method": "real"},
            {
                **keys,
                "method": "abcas",
                "seed": 1,
                "epoch": 3,
                **calm,
                **broken,
                "n_failed_epochs": 3,
            },
            {**keys, "method": "sn", "seed": 1, "epoch": 3, **calm, "n_failed_epochs": 0},
            {**keys, "method": "sn", "seed": 2, "epoch": 1, **calm, "n_failed_epochs": 1},
        ]
    )
