"""The bars of a run, and the lines that conclude it."""

import math

import numpy as np
import pandas as pd
import pytest
from judged import verdicts

from showergan import tasks
from showergan.comparison.bars import BARS, bars
from showergan.comparison.robustness import robustness
from showergan.comparison.summary import learning_rate_grid
from showergan.drawing.style import Style
from showergan.tables.conclusion import WIDTH, conclusion

LABELS = {"none": "no normalization", "sn": "vanilla SN", "abcas": "ABCAS, β = 6"}
HIGH, LOW = "0.001_0.0003", "0.001_3e-05"
# bins-E of three seeds at the larger rate; at the smaller one all methods have 0.8.
AT_HIGH = {"none": [0.1, 0.2, 0.3], "sn": [0.7, 0.75, 0.8], "abcas": [0.6, 0.75, 0.85]}
TITLES = ("PRD-AUC: E", "PRD-AUC: bins-E")


def make_summary(at_high=None, pairs=(HIGH, LOW)):
    rows = [
        {
            **{"architecture": "small", "method": method, "learning_rates": rates, "seed": seed},
            **{"score": "bins-E", "select": value if rates == HIGH else 0.8},
            **{"selected": value if rates == HIGH else 0.8, "shuffled": 0.407},
            **{"ceiling": 0.947, "ceiling_sd": 0.004, "other_real": math.nan, "diverged": False},
        }
        for method, values in (at_high or AT_HIGH).items()
        for rates in pairs
        for seed, value in enumerate(values, 1)
    ]
    return pd.DataFrame(rows).assign(chosen=lambda t: t["learning_rates"] == pairs[-1])


def make_card(methods=("none", "sn", "abcas"), **values):
    """Return a card; values[method] are PRD-AUC over E of each seed, half of that in bins-E."""
    rows = [
        {
            **{"architecture": "small", "method": method, "learning_rates": rates, "seed": seed},
            **{"chosen": rates == LOW, "title": title, "value": value * (1 - 0.5 * number)},
            **{"ceiling": 1.0, "shuffled": 0.4},
        }
        for method in methods
        for rates in (HIGH, LOW)
        for seed, value in enumerate(values.get(method, [0.9, 0.95, 0.98]), 1)
        for number, title in enumerate(TITLES)
    ]
    return pd.DataFrame(rows)


def make_failures(card, **ratios):
    keys = ["architecture", "method", "learning_rates", "seed"]
    table = card.drop_duplicates(keys)[keys].assign(energy_ratio=1.1)
    for method, values in ratios.items():
        chosen = (table["method"] == method) & (table["learning_rates"] == LOW)
        table.loc[chosen, "energy_ratio"] = values
    # What the pair of learning rates that was not chosen does is not judged.
    table.loc[table["learning_rates"] == HIGH, "energy_ratio"] = 1e6
    real = pd.DataFrame([{"method": "real", "energy_ratio": 1.0}])
    return pd.concat([real, table], ignore_index=True)


def make_anchors(*n):
    bins = [*map(str, range(len(n))), "mean", "all"]
    table = pd.DataFrame({"bin": bins, "n": [*n, min(n, default=0), 5000]})
    return table.assign(anchor="ceiling", metric="prd_auc", space="E")


def held(card=None, failures=None, anchors=None, table=None, bounded=("sn", "abcas"), fewest=200):
    card = make_card() if card is None else card
    return bars(
        card,
        make_failures(card) if failures is None else failures,
        make_anchors(301, 305) if anchors is None else anchors,
        verdicts(make_summary()) if table is None else table,
        bounded=bounded,
        fewest=fewest,
    )


def row_of(table, bar, subject):
    return table[(table["bar"] == bar) & (table["subject"] == subject)].iloc[0]


class TestBars:
    def test_all_met(self):
        table = held()
        assert list(table) == BARS
        assert table["met"].all()
        assert table["bar"].tolist() == [
            *("fraction", "shuffled", "energy") * 2,
            *("showers", "separation"),
        ]
        row = row_of(table, "fraction", "sn")
        assert (row["mean"], row["value"]) == (pytest.approx(2.83 / 3), 0.9)
        assert row_of(table, "shuffled", "sn")["value"] == pytest.approx(0.45 / 0.4)

    def test_the_worst_seed_of_each_method_counts(self):
        table = held(make_card(sn=[0.99, 0.84, 0.99], abcas=[0.9, np.nan, 0.9]))
        assert not row_of(table, "fraction", "sn")["met"]
        assert not row_of(table, "fraction", "abcas")["met"]
        assert row_of(table, "shuffled", "sn")["met"]

    def test_without_conditions_that_differ_none_can_be_shuffled(self):
        assert "shuffled" not in set(held(make_card().assign(shuffled=np.nan))["bar"])

    def test_equal_to_shuffled_is_not_above(self):
        assert not row_of(held(make_card(sn=[0.8, 0.9, 0.9])), "shuffled", "sn")["met"]

    @pytest.mark.parametrize(
        ("ratios", "worst", "met"),
        [
            ([0.5, 1.0, 1.9], 0.5, True),
            ([0.49, 1.0, 1.9], 0.49, False),
            ([0.9, 1.0, 2.1], 2.1, False),
            ([0.0, 1.0, 2.1], 0.0, False),
            ([1.0, math.inf, 1.0], math.inf, False),
            ([1.0, math.nan, 1.0], math.nan, False),
        ],
    )
    def test_energy_in_the_seed_that_is_furthest_off(self, ratios, worst, met):
        card = make_card()
        row = row_of(held(card, make_failures(card, sn=ratios)), "energy", "sn")
        assert row["value"] == pytest.approx(worst, nan_ok=True)
        assert row["met"] == met

    @pytest.mark.parametrize(("n", "met"), [(200, True), (199, False)])
    def test_smallest_bin(self, n, met):
        row = row_of(held(anchors=make_anchors(301, n, 305)), "showers", "")
        assert (row["value"], row["bound"], row["met"]) == (n, 200, met)

    def test_separation_at_the_best_pair(self):
        row = row_of(held(), "separation", HIGH)
        assert (row["value"], row["met"]) == (1, True)
        assert row["mean"] == pytest.approx(0.55)

    @pytest.mark.parametrize(
        ("none", "share"), [([0.1, 0.2, 0.9], 2 / 3), ([0.9, 0.9, 0.9], 0), ([0.7, 0.75, 0.8], 0)]
    )
    def test_no_separation(self, none, share):
        found = held(table=verdicts(make_summary(AT_HIGH | {"none": none})))
        row = found[found["bar"] == "separation"].iloc[0]
        assert row["value"] == pytest.approx(share)
        assert not row["met"]

    def test_the_choice_counts_where_there_is_one_pair(self):
        found = held(table=verdicts(make_summary(pairs=(HIGH,))))
        assert row_of(found, "separation", "chosen")["met"]

    def test_what_has_no_subject_is_left_out(self):
        alone = verdicts(make_summary({"sn": AT_HIGH["sn"]}))
        table = held(bounded=(), table=alone)
        assert table["bar"].tolist() == ["showers"]


class TestConclusion:
    def text(self, summary=None, table=None, labels=LABELS, task="showers"):
        summary = make_summary() if summary is None else summary
        decided = verdicts(summary)
        found = held(table=decided) if table is None else table
        ratios = robustness(learning_rate_grid(summary, "bins-E"))
        style = Style(run="mine", labels=labels, task=task)
        return conclusion(style, summary, decided, ratios, found)

    def test_what_it_says(self):
        lines = self.text().splitlines()
        assert lines[0] == (
            "Run mine: 3 methods at 2 pairs of learning rates, 3 seeds each, small discriminator."
        )
        assert "(real showers 0.947 ± 0.004, shuffled 0.407)" in " ".join(lines[1:3])
        (line,) = [line for line in lines if line.strip().startswith("no normalization  ")]
        assert line.split()[2:] == ["0.800", "0.200", "0.25"]
        (line,) = [line for line in lines if line.strip().startswith("vanilla SN  ")]
        assert line.split()[2:] == ["0.800", "0.750", "0.94", "0.90", "1.12", "1.10"]
        assert "  0.001, 0.0003: no normalization -0.550" in lines
        assert "  chosen: no method" in lines
        (met,) = [line for line in lines if line.startswith("  met: E/ceiling at least 0.85; ")]
        assert "NOT MET" not in " ".join(lines)
        told = " ".join(" ".join(lines[lines.index(met) :]).split())
        assert "every bin (the smallest has 301, 200 needed); SN above no normalization" in told
        assert "at some rates (0.001, 0.0003: +0.550)" in told
        assert len(lines) <= 16
        assert "results/mine/figures/" in lines[-1]
        assert max(map(len, lines)) <= WIDTH

    def test_of_several_architectures_it_is_about_the_first(self):
        summary = make_summary()
        worse = summary.assign(architecture="other", selected=summary["selected"] / 2)
        bars_of_one = held(table=verdicts(summary))
        one, both = (
            self.text(table, bars_of_one).splitlines()
            for table in (summary, pd.concat([summary, worse]))
        )
        start = one.index(next(line for line in one if line.startswith("Mean bins-E")))
        assert both[-len(one[start:]) :] == one[start:]
        said = " ".join(both[: -len(one[start:])])
        assert said.endswith("2 architectures; what follows is about the first, small.")

    def test_how_many_pairs_each_method_had(self):
        summary = make_summary()
        one = summary[(summary["method"] != "sn") | summary["chosen"]]
        lines = self.text(one).splitlines()
        assert "3 methods at 1 to 2 pairs of learning rates" in lines[0]
        assert "best  pairs  worst" in " ".join(lines[1:4])
        (line,) = [line for line in lines if line.strip().startswith("vanilla SN  ")]
        assert line.split()[2:5] == ["0.800", "1", "0.800"]

    def test_without_a_ceiling(self):
        """Published showers under the published conditions."""
        anchors = make_anchors(301, 305).assign(anchor="other_real")
        table = held(anchors=anchors)
        assert "fraction" not in set(table["bar"])
        assert row_of(table, "showers", "")["value"] == 301
        summary = make_summary().assign(ceiling=math.nan, ceiling_sd=math.nan, other_real=0.8)
        text = self.text(summary, table)
        told = "(other real showers 0.800, no exact ceiling, shuffled 0.407)"
        assert told in " ".join(text.split())
        assert "E/ceiling" not in text.split("Bars")[0]
        assert "  do not apply: E/ceiling at least 0.85\n" in text
        assert max(map(len, text.splitlines())) <= WIDTH

    def test_what_is_not_met(self):
        text = self.text(table=held(fewest=400))
        assert "NOT MET: showers in every bin (the smallest has 301, 400 needed)" in text

    def test_long_labels_stay_within_the_width(self):
        long = {name: label + " and many more words about it" * 2 for name, label in LABELS.items()}
        assert max(map(len, self.text(labels=long).splitlines())) <= WIDTH

    def test_decided_differences_are_marked(self):
        rng = np.random.default_rng(1)
        sn = rng.uniform(0.6, 0.7, 8)
        text = self.text(make_summary({"none": sn - 0.5, "sn": sn, "abcas": sn + 0.001 * sn}))
        assert "no normalization -0.500*" in text
        assert "cannot decide" not in text

    def test_what_does_not_apply(self):
        summary = make_summary({"none": [0.1, 0.2]}, pairs=(HIGH,))
        text = self.text(summary, held(bounded=(), table=verdicts(summary)))
        assert "Verdicts do not apply" in text
        assert "NOT MET" not in text
        (line,) = [line for line in text.splitlines() if line.startswith("  do not apply: ")]
        assert line.startswith("  do not apply: E/ceiling at least 0.85; bins-E above")
        assert "worst" not in text.split("Bars")[0]  # of one pair of learning rates

    def test_no_word_of_bars_that_a_task_does_not_have(self, monkeypatch):
        alone = held(bounded=(), anchors=make_anchors())
        text = self.text(table=alone, task="toys")
        assert "Bars" not in text and "apply" not in text and "energy" not in text
        monkeypatch.setattr(type(tasks.TASKS["toys"]), "bars", ("separation",))
        told = self.text(table=alone, task="toys").split("Bars")[1]
        assert "met: SN above no normalization" in told
        assert "apply" not in told and "energy" not in told
