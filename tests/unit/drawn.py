"""Figures and tables by name, made as the command line makes them, of tables made here; and the words on them."""

from functools import partial

import pandas as pd

from showergan.config.catalogue.exhibit import exhibits
from showergan.config.figures import Figures
from showergan.report.exhibits import make
from showergan.report.style import Style
from showergan.tasks.found import TASKS

RATES = "0.001_1e-05"


def figure_of(name):
    """Return what draws a figure of any task."""
    return partial(make, exhibits("figures", TASKS)[name])


def table_of(name):
    """Return what writes a table of any task, or a text."""
    return partial(make, exhibits("tables", TASKS)[name])


def style_of(labels):
    """Return a style of small images for methods with these labels."""
    return Style(figures=Figures(dpi=50, context="paper"), labels=labels)


def of_runs(table, methods, rates=(RATES,), seeds=(1, 2)):
    """Return a table as if read from a run of every method, pair of learning rates and seed."""
    return pd.concat(
        [
            table.assign(architecture="standard", method=m, learning_rates=r, seed=str(s))
            for m in methods
            for r in rates
            for s in seeds
        ],
        ignore_index=True,
    )


def scores_in(*spaces, n):
    """Return PRD-AUC over three epochs, a fiftieth of the epoch, of n samples in some spaces."""
    index = pd.MultiIndex.from_product(
        [(25, 30, 35), ("select", "test"), spaces, ("0", "all", "mean")],
        names=["epoch", "split", "space", "bin"],
    )
    table = index.to_frame(index=False).assign(value=lambda t: t["epoch"] / 50)
    return table.assign(metric="prd_auc", sd=0.01, n=n, clusters=20, flagged=False)


def words(figure):
    """Return the titles and texts of all panels."""
    texts = [t for a in figure.axes for t in (a.title, a._left_title, *a.texts)]
    return "\n".join(t.get_text() for t in texts).replace("\N{NO-BREAK SPACE}", " ")


def legend_of(figure):
    """Return the labels in the legend of a figure."""
    return [t.get_text() for t in figure.legends[0].get_texts()]
