"""Names and labels are what they say, whatever pandas, matplotlib, Markdown and LaTeX would take them for."""

from html import escape
from itertools import product

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from showergan.cli.step import run as run_step
from showergan.config.recipes.found import RECIPES
from showergan.io.tables import read_csv
from showergan.report.style import Style
from showergan.report.table_files import Table, latex, markdown, save_table

# As pandas reads them: missing, missing, missing, infinite, a truth value.
METHODS = ("NA", "None", "nan", "inf", "true", "sn")
HARD = {
    "NA": "$a$ and $b",
    "None": r"$\frac{$ and $_$",
    "nan": r"a|b\c~d{e}",
    "inf": "_begins & 100 % #1",
    "true": "<i>x^2</i>",
    "sn": r"\$",
}
RATES = "0.001_0.0001"


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """Comparison of three seeds of each method, from the files of evaluations."""
    folder = tmp_path_factory.mktemp("run")
    parts = product((1, 2), ("select", "test"), ("0", "all", "mean"))
    rows = [(e, s, "prd_auc", "E", b, 0.5 + 0.1 * e, 0.01, 0.01, 300, 20) for e, s, b in parts]
    rows += [(e, "test", "n_not_finite", "counts", "all", 0, 0, 0, 300, 20) for e in (1, 2)]
    names = ["epoch", "split", "metric", "space", "bin", "value", "sd", "event_sd", "n", "clusters"]
    metrics = pd.DataFrame(rows, columns=names).assign(flagged=False)
    paths = []
    for number, (method, seed) in enumerate(product(METHODS, (1, 2, 3))):
        path = folder / f"evaluate/NA/{method}/{RATES}/seed{seed}/metrics.csv"
        path.parent.mkdir(parents=True)
        metrics.assign(value=metrics["value"] + 0.01 * number).to_csv(path, index=False)
        paths.append(path)
    anchors = metrics[metrics["epoch"] == 1].query("split == 'test'")
    anchors = anchors.drop(columns=["epoch", "split"]).assign(spread=0.01)
    whole = pd.concat(
        anchors.assign(anchor=name, value=value)
        for name, value in (("ceiling", 0.95), ("shuffled", 0.2), ("untrained", 0.1))
    )
    whole.to_csv(folder / "anchors.csv", index=False)
    at = {name: folder / f"{name}.csv" for name in ("summary", "grid", "verdicts", "ranks")}
    at |= {name: folder / f"{name}.csv" for name in ("robustness", "outcomes", "successes")}
    at |= {name: folder / f"{name}.csv" for name in ("scorecard", "failures", "agreement")}
    anchors = folder / "anchors.csv"
    run_step(RECIPES["choose"](choose_by="E"), metrics=paths, out=at["grid"])
    run_step(
        RECIPES["summarise"](),
        metrics=paths,
        anchors=anchors,
        grid=at["grid"],
        out=at["summary"],
    )
    run_step(
        RECIPES["scorecard"](choose_by="E"),
        **{name: at[name] for name in ("summary", "agreement", "failures")},
        metrics=paths,
        anchors=anchors,
        out=at["scorecard"],
    )
    run_step(
        RECIPES["verdicts"](baseline="sn", null="NA"),
        **{name: at[name] for name in ("summary", "grid", "scorecard", "failures")},
        **{name: at[name] for name in ("ranks", "robustness")},
        out=at["verdicts"],
    )
    run_step(
        RECIPES["outcomes"](choose_by="E"),
        **{name: at[name] for name in ("summary", "failures", "successes")},
        out=at["outcomes"],
    )
    return at | {"anchors": anchors}


def test_a_comparison_keeps_the_names(run):
    found = {name: read_csv(path) for name, path in run.items()}
    for name in ("summary", "grid", "ranks", "robustness", "scorecard", "outcomes"):
        assert set(found[name]["method"]) == set(METHODS)
        assert set(found[name]["architecture"]) == {"NA"}
    assert set(found["verdicts"]["method"]) == set(METHODS) - {"sn"}
    assert len(found["summary"].query("method == 'None' and score == 'E'")) == 3
    whole = found["verdicts"].query("score == 'E' and learning_rates == 'chosen'")
    # Seeds of a method are 0.01 apart, and methods three of them.
    means = whole.set_index("method")["mean_difference"]
    assert means["NA"] == pytest.approx(-0.15)
    assert means["true"] == pytest.approx(-0.03)


def test_missing_numbers_stay_missing(tmp_path):
    (tmp_path / "t.csv").write_text("architecture,method,value,bin\n,NA,,0\nNA,None,nan,1\n")
    table = read_csv(tmp_path / "t.csv")
    assert table["architecture"].isna().tolist() == [True, False]
    assert table["method"].tolist() == ["NA", "None"]
    assert table["bin"].tolist() == ["0", "1"]
    assert table["value"].dtype == np.float64
    assert table["value"].isna().all()


def test_labels_are_no_formulas():
    style = Style(labels=HARD).with_plain_names()
    figure = Figure()
    axes = figure.subplots()
    for label in style.labels.values():
        axes.plot([0], [0], label=label)
        text = axes.text(0, 0, label)
        assert text._preprocess_math(text.get_text()) == (
            next(plain for name, plain in HARD.items() if style.labels[name] == label),
            False,
        )
    figure.draw_without_rendering()


def test_tables_hold_hard_labels(tmp_path):
    part = pd.DataFrame({"method": list(HARD.values()), "a|b": "x"})
    paths = [tmp_path / f"t.{kind}" for kind in ("csv", "md", "tex", "html")]
    save_table(Style(labels=HARD), Table(part, {"t_|": part}), *paths)
    rows = paths[1].read_text().splitlines()[2:]
    bars = {row.replace("\\\\", "").replace("\\|", "").count("|") for row in rows}
    assert bars == {3}
    page = paths[3].read_text()
    assert "<i>" not in page
    assert all(f"<td>{escape(label, quote=False)}</td>" in page for label in HARD.values())


def test_special_signs_are_escaped():
    assert latex("[A]") == "{[}A]"
    assert latex("\\{}~$_|<") == (r"\textbackslash{}\{\}\textasciitilde{}\$\_\textbar{}\textless{}")
    assert markdown("SN * coef [1, 2] P_std") == "SN * coef [1, 2] P_std"
    assert markdown(r"a|b\c *d* <i>") == r"a\|b\\c \*d\* \<i>"
