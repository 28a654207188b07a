"""How strongly ABCAS bounds the discriminator over training (figure 6 of Egorov & Rogachev 2023)."""

import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure

from showergan.rendering.nothing import nothing
from showergan.rendering.runs import DASHES
from showergan.rendering.style import Style, legend_below, new_figure, themed
from showergan.rendering.trajectories import groups_with, key

LARGE_R = 10.0  # above it, the axis is logarithmic


@themed
def abcas(style: Style, histories: pd.DataFrame) -> Figure:
    """Draw r over training, one line per run; the weights are multiplied by 0.9^r.

    Colours are methods, or pairs of learning rates if there are several; then dashes tell methods apart.

    Args:
        style: of all figures.
        histories: history.csv of many runs; shown are those with the columns abcas_r and abcas_clipped.
    """
    found = groups_with(style, histories, "abcas_r")
    if not found:
        return nothing("No method of this run has ABCAS.")
    rows = pd.concat([g.rows for g in found])
    rates, methods = (list(dict.fromkeys(rows[c])) for c in ("learning_rates", "method"))
    if len(rates) > 1:
        colours = dict(zip(rates, sns.color_palette(style.look.palette, len(rates)), strict=True))
        found = [
            g._replace(
                colour=colours[g.rows["learning_rates"].iloc[0]],
                dashes=DASHES[methods.index(g.rows["method"].iloc[0]) % len(DASHES)],
            )
            for g in found
        ]
    figure = new_figure(4.6)
    axes = figure.subplots()
    for group in found:
        for seed in group.seeds:
            axes.plot(
                seed["step"],
                seed["abcas_r"],
                color=group.colour,
                linestyle=group.dashes,
                linewidth=1.2,
                alpha=0.8,
            )
    if rows["abcas_r"].max() > LARGE_R:
        axes.set_yscale("symlog", linthresh=1)
    axes.set(xlabel="Generator step", ylabel="r (weights times $0.9^r$)")
    axes.set_title(_clipped(rows), loc="left", fontsize="medium")
    axes.axhline(0, color="0.85", linewidth=0.8, zorder=0)
    legend_below(figure, *key(found))
    return figure


def _clipped(rows: pd.DataFrame) -> str:
    """Return how often q = dm / beta was clipped from above, or nothing if it never was."""
    if "abcas_clipped" not in rows:
        return ""
    runs = rows.groupby(["discriminator", "method", "learning_rates", "seed"])["abcas_clipped"]
    counts = runs.max()  # the history keeps a running count
    if not counts.sum():
        return ""
    return f"q clipped below 1 in {counts.sum():.0f} steps, in {(counts > 0).sum()} of {len(counts)} runs"
