"""The acceptance criteria of a run, and the lines that conclude it."""

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from drawn import table_of
from judged import verdicts

from showergan.comparison.acceptance import BOUNDS, COLUMNS, acceptance
from showergan.comparison.robustness import robustness
from showergan.comparison.runs import RUN
from showergan.config.recipes.comparison import Acceptance
from showergan.errors import UserError
from showergan.report.style import Style
from showergan.report.tables.conclusion import WIDTH
from showergan.tasks.found import TASKS

conclusion = table_of("conclusion")

LABELS = {"none": "no normalization", "sn": "vanilla SN", "sn_null": "SN * 1.001"}
HIGH, LOW = "0.001_0.0003", "0.001_3e-05"
# bins-E of three seeds at the larger rate; at the smaller one, which is chosen, all methods have 0.8.
AT_HIGH = {"none": [0.1, 0.2, 0.3], "sn": [0.7, 0.75, 0.8], "sn_null": [0.71, 0.76, 0.81]}
SCORES = {
    "PRD-AUC: E": [0.9, 0.99, 0.95],
    "PRD-AUC: bins-E": [0.6, 0.5, 0.7],
    "PRD-AUC: bins-P": [0.9, 0.8, 0.7],
    "energy resolution error": [0.5, 4.0, 80.0],
    "classifier AUC: physics": [0.8, 0.99, 0.9],
}
NAN, INF = math.nan, math.inf


def make_summary(at_high=None, pairs=(HIGH, LOW)):
    rows = [
        {
            **{"architecture": "small", "method": method, "learning_rates": rates, "seed": seed},
            **{"score": "bins-E", "select": value if rates == HIGH else 0.8},
            **{"selected": value if rates == HIGH else 0.8, "shuffled": 0.407},
            **{"ceiling": 0.947, "ceiling_sd": 0.004, "other_real": NAN},
            **{"diverged": False, "failed": False},
        }
        for method, values in (at_high or AT_HIGH).items()
        for rates in pairs
        for seed, value in enumerate(values, 1)
    ]
    chosen = {"chosen": lambda t: t["learning_rates"] == pairs[-1], "tried": True}
    return pd.DataFrame(rows).assign(**chosen)


def make_card(ceiling=1.0, shuffled=0.4, **of_sn):
    """Return a card; nothing has a value at the rate that is not chosen, nor of the method without SN."""
    rows = [
        {
            **{"architecture": "small", "method": method, "learning_rates": rates, "seed": seed},
            **{"chosen": rates == LOW, "title": title, "ceiling": ceiling, "shuffled": shuffled},
            "value": NAN if rates == HIGH or method == "none" else value,
        }
        for method in LABELS
        for rates in (HIGH, LOW)
        for title, values in (SCORES | (of_sn if method == "sn" else {})).items()
        for seed, value in enumerate(values, 1)
    ]
    return pd.DataFrame(rows)


def make_failures(energies=(1.1, 0.95, 1.2), failure="none"):
    """Return failures; all seeds failed at the rate that is not chosen, and without SN."""
    table = make_card()[RUN].drop_duplicates().query(f"seed <= {len(energies)}")
    failed = (table["learning_rates"] == HIGH) | (table["method"] == "none")
    table = table.assign(energy_ratio=1.0, failure=failed.map({True: "exploding", False: "none"}))
    table.loc[~failed & (table["method"] == "sn"), "energy_ratio"] = energies
    table.loc[~failed & (table["method"] == "sn"), "failure"] = failure
    return pd.concat([pd.DataFrame([{"method": "real", "failure": "none"}]), table])


def make_anchors(*n):
    bins = [*map(str, range(len(n))), "mean", "all"]
    table = pd.DataFrame({"bin": bins, "n": [*n, min(n, default=0), 5000]})
    return table.assign(anchor="ceiling", metric="prd_auc", space="E")


def held(card=None, failures=None, n=(301, 305), bounded=("sn", "sn_null"), fewest=200):
    card = make_card() if card is None else card
    failures = make_failures() if failures is None else failures
    return acceptance(card, failures, make_anchors(*n), Acceptance(bounded=bounded, fewest=fewest))


def row_of(table, criterion, subject="sn"):
    return table[(table["criterion"] == criterion) & (table["subject"] == subject)].iloc[0]


class TestCriteria:
    def test_all_met(self):
        table = held()
        assert list(table) == COLUMNS
        assert table["met"].all()
        of_a_method = ["fraction", "shuffled", "physics", "response", "resolution"]
        assert table["criterion"].tolist() == [*of_a_method * 2, "failed", "showers"]
        found = table[table["subject"] == "sn"]
        assert found["value"].to_list() == pytest.approx([0.95, 1.5, 0.8, 1.1, 4.0])
        assert found["worst"].to_list() == pytest.approx([0.9, 1.25, 0.7, 1.2, 80.0])
        assert table.set_index("criterion")["bound"].to_dict() == BOUNDS | {"showers": 200}

    @pytest.mark.parametrize(
        ("criterion", "title", "good", "met", "missed"),
        [
            ("fraction", "PRD-AUC: E", 1, 0.85, 0.8499),
            ("shuffled", "PRD-AUC: bins-E", 1, 0.4001, 0.4),
            ("physics", "PRD-AUC: bins-P", 1, 0.7, 0.6999),
            ("resolution", "energy resolution error", 0, 5, 5.001),
        ],
    )
    def test_the_median_seed_counts(self, criterion, title, good, met, missed):
        """And of the seeds the one without a value is the worst."""
        for seeds in ([good, met, NAN], [NAN, good, met]):
            assert row_of(held(make_card(**{title: seeds})), criterion)["met"]
        for seeds in ([good, missed, NAN], [NAN, NAN, good]):
            row = row_of(held(make_card(**{title: seeds})), criterion)
            assert not row["met"] and math.isnan(row["worst"])

    @pytest.mark.parametrize(
        ("energies", "value", "worst", "met"),
        [
            ([0.41, 1.0, 2.9], 0.41, 2.9, True),
            ([0.39, 1.0, 2.9], 0.39, 2.9, False),
            ([0.3, 1.0, 2.6], 2.6, 0.3, False),  # though the median of the ratios is 1
            ([0.0, 1.0, 1.2], 1.2, 0.0, True),
            ([1.0, INF, NAN], INF, NAN, False),
            ([2.6, 1.0], 2.6, 2.6, False),  # of two the worse
        ],
    )
    def test_energies_are_off_up_or_down(self, energies, value, worst, met):
        card = make_card().query(f"seed <= {len(energies)}")
        row = row_of(held(card, make_failures(energies)), "response")
        assert (row["value"], row["met"]) == (value, met)
        assert row["worst"] == pytest.approx(worst, nan_ok=True)

    @pytest.mark.parametrize(
        ("energies", "failure", "n"),
        [
            ((0.5, 1, 2), "none", 0),
            ((1, 1, 1), ["none", "diverged", "none"], 1),
            ((0.49, 1, 2.1), "none", 2),
            ((NAN, 1, 0), "none", 2),
            ((NAN, 3, 0), "none", 3),
            ((INF, 1, 1), ["clipped, exploding", "none", "collapsed"], 2),
        ],
    )
    def test_failed_seeds_of_all_methods_together(self, energies, failure, n):
        """Two of six are met, three are not; the worst is the share of one method."""
        table = held(failures=make_failures(energies, failure))
        row = row_of(table, "failed", "")
        assert (row["n_failed"], row["n_seeds"], row["met"]) == (n, 6, n < 3)
        assert (row["value"], row["worst"]) == pytest.approx((n / 6, n / 3))
        assert row_of(table, "response")[["n_failed", "n_seeds"]].tolist() == [n, 3]

    @pytest.mark.parametrize(("rows", "count"), [(slice(-1), 0), ([*range(19), 18], 2)])
    def test_a_run_needs_one_row_of_failures(self, rows, count):
        whole = make_failures()
        assert len(whole) == 19
        with pytest.raises(UserError, match=rf"failures: {count} rows of the run .*'sn_null'.*3\)"):
            held(failures=whole.iloc[rows])

    def test_methods_stand_in_the_order_of_the_card(self):
        card = make_card()
        turned = pd.concat([part for _, part in [*card.groupby("method", sort=False)][::-1]])
        assert list(dict.fromkeys(held(turned)["subject"])) == ["sn_null", "sn", ""]

    def test_smallest_bin(self):
        assert row_of(held(n=(301, 200, 305)), "showers", "")["met"]
        assert not row_of(held(n=(301, 199, 305)), "showers", "")["met"]

    def test_what_has_no_subject_is_left_out(self):
        assert held(bounded=())["criterion"].tolist() == ["showers"]
        alone = held(make_card(ceiling=NAN, shuffled=NAN), n=())
        assert set(alone["criterion"]) == {"response", "resolution", "failed"}
        without = held(failures=make_failures().drop(columns="energy_ratio"), n=())
        assert set(without["criterion"]) == {*BOUNDS} - {"response"}


class TestConclusion:
    def text(self, summary=None, card=None, labels=LABELS, task="showers", margins=None, **of_bars):
        summary = make_summary() if summary is None else summary
        card = make_card() if card is None else card
        spread = robustness(summary, "selected", 0.05)
        style = Style(run="mine", labels=labels, task=task)
        compared = verdicts(summary, margins=margins or {})
        return conclusion(style, summary, compared, spread, held(card, **of_bars), card)

    def test_what_it_says(self):
        lines = self.text().splitlines()
        assert lines[0] == (
            "Run mine: 3 methods at 2 pairs of learning rates, 3 seeds each, small discriminator."
        )
        assert "(real showers 0.947 ± 0.004, shuffled 0.407)" in lines[1]
        assert "best  worst   area in       E/  bins-P/  energy  failed" in lines[2]
        assert lines[3].split() == ["log", "rate", "ceiling", "ceiling"]
        assert lines[4].split()[2:] == ["0.800", "0.200", "0.500"]  # without SN
        assert lines[5].split()[2:] == ["0.800", "0.750", "0.775", "0.95", "0.80", "1.10", "0/3"]
        # The null is no finding.
        assert "  0.001, 0.0003: no normalization -0.550" in lines
        assert "  all, as an area: no normalization -0.275" in lines
        assert "  chosen: no method" in lines
        assert "(3 seeds decide nothing at 5 %, 5 could)" in " ".join(lines).replace("  ", " ")
        assert any(line.startswith("  met: E/ceiling at least 0.85; ") for line in lines)
        assert "NOT MET" not in " ".join(lines)
        told = " ".join(" ".join(lines).split())
        assert "at most 0.33 (0 of 6); showers in every bin (the smallest has 301, 200 need" in told
        assert "real showers with AUC 0.80 to 0.99 (0.5: not at all); energy resolution" in told
        assert "of 0.50 to 80.0 (0: that of real showers). Numbers are of this machine" in told
        assert len(lines) <= 23
        assert "results/mine/figures/" in lines[-1]
        assert max(map(len, lines)) <= WIDTH

    def test_values_that_some_seeds_do_not_have(self):
        missing = {"classifier AUC: physics": [NAN, 0.9, 0.9], "PRD-AUC: E": [1, NAN, NAN]}
        text = self.text(card=make_card(**missing))
        assert "AUC 0.80 to 0.99 or undefined (0.5" in " ".join(text.split())
        assert "undefined     0.80" in text and "nan" not in text

    def test_of_several_architectures_it_is_about_the_first(self):
        summary = make_summary()
        worse = summary.assign(architecture="other", selected=summary["selected"] / 2)
        one, both = (
            self.text(table).splitlines() for table in (summary, pd.concat([summary, worse]))
        )
        start = one.index(next(line for line in one if line.startswith("Mean bins-E")))
        assert both[-len(one[start:]) :] == one[start:]
        said = " ".join(both[: -len(one[start:])])
        assert said.endswith("2 architectures; what follows is about the first, small.")

    def test_how_many_pairs_each_method_had(self):
        summary = make_summary()
        lines = self.text(summary[(summary["method"] != "sn") | summary["chosen"]]).splitlines()
        assert "3 methods at 1 to 2 pairs of learning rates" in lines[0]
        assert "best  pairs  worst" in lines[2]
        assert lines[5].split()[2:5] == ["0.800", "1", "0.800"]

    def test_without_a_ceiling(self):
        """Published showers under the published conditions."""
        summary = make_summary().assign(ceiling=NAN, ceiling_sd=NAN, other_real=0.8)
        text = self.text(summary, make_card(ceiling=NAN))
        told = "(other real showers 0.800, no exact ceiling, shuffled 0.407)"
        assert told in " ".join(text.split())
        assert "ceiling\n" not in text.split("Acceptance criteria")[0]
        assert "  do not apply: E/ceiling at least 0.85; bins-P/ceiling at least 0.7\n" in text
        assert max(map(len, text.splitlines())) <= WIDTH

    def test_what_is_not_met(self):
        text = self.text(fewest=400)
        assert "NOT MET: showers in every bin (the smallest has 301, 400 needed)" in text

    def test_long_labels_stay_within_the_width(self):
        long = {name: label + " and many more words about it" * 2 for name, label in LABELS.items()}
        assert max(map(len, self.text(labels=long).splitlines())) <= WIDTH

    def test_decided_differences_are_marked(self):
        sn = np.random.default_rng(1).uniform(0.6, 0.7, 8)
        summary = make_summary({"none": sn - 0.5, "sn": sn, "sn_null": 1.001 * sn})
        text = self.text(summary)
        assert "0.001, 0.0003: no normalization -0.500*" in text
        assert "chosen: no method" in text and "=" not in text.split("equivalent):")[1]
        text = self.text(summary, margins={"bins-E": 0.02})
        assert "chosen: no normalization +0.000=" in text

    def test_a_large_baseline_decides_by_seeds_that_are_too_few_of_both(self):
        """Seven methods of five seeds need six of both, but not where the baseline has twenty."""
        sn = np.random.default_rng(1).uniform(0.6, 0.7, 20)
        names = [f"method_{i}" for i in range(7)]
        labels = {"sn": "vanilla SN", **dict(zip(names, names, strict=True))}
        for n, told in ((20, "*: decided at 5 %"), (5, "5 seeds decide nothing at 5 %, 6 could")):
            values = {"sn": sn[:n], **dict.fromkeys(names, sn[:5] - 0.5)}
            text = " ".join(self.text(make_summary(values), labels=labels).split())
            assert told in text
            assert ("decide nothing" in text) == (n == 5)

    def test_what_does_not_apply(self):
        text = self.text(make_summary({"none": [0.1, 0.2]}, pairs=(HIGH,)), bounded=())
        assert "Verdicts do not apply" in text
        assert "NOT MET" not in text and "AUC" not in text
        assert "\n  do not apply: E/ceiling at least 0.85; bins-E above" in text
        assert "worst" not in text.split("Acceptance criteria")[0]  # of one pair of learning rates

    def test_no_word_of_bars_that_a_task_does_not_have(self, monkeypatch):
        text = self.text(task="toys")
        for word in ("Acceptance criteria", "apply", "energy", "failed", "AUC", "machine", "E/"):
            assert word not in text
        toys = replace(TASKS["toys"], acceptance_criteria=("failed",))
        monkeypatch.setitem(TASKS, "toys", toys)
        told = self.text(task="toys").split("Acceptance criteria")[1]
        assert "met: share of failed seeds at most 0.33 (0 of 6)\n" in told
        assert "apply" not in told and "energy" not in told
