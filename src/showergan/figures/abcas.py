"""How strongly ABCAS bounds the discriminator, if at all (figure 6 of Egorov & Rogachev 2023)."""

from __future__ import annotations

from showergan import comparison
from showergan.drawing.layout import beside, empty_figure, legend_below, new_figure
from showergan.drawing.registry import TRAINING, register_figure
from showergan.drawing.runs import DASHES, Group, by_size, groups_with, key
from showergan.drawing.style import Style
from showergan.drawing.worth import with_constraint
from showergan.heavy import mpl, pd, sns

LARGE_R = 10.0  # above it, the axis is logarithmic
BASE = 0.9  # of the factor that multiplies the weights
IDLE = 0.99  # a factor that never fell below has left the discriminator as it was: vanilla SN


@register_figure("r of ABCAS", TRAINING, with_constraint("abcas"))
def abcas(style: Style, histories: pd.DataFrame) -> mpl.figure.Figure:
    """Draw r over training, one line per run, and the factor 0.9^r of the weights at the end, one point per run.

    A run whose factor never fell below 0.99 is told in words: it was trained as with vanilla SN. Colours are methods,
    or pairs of learning rates if there are several; then dashes tell methods apart.
    """
    found = groups_with(style, histories, "abcas_r")
    if not found:
        return empty_figure("No method of this run has ABCAS.")
    rows = pd.concat([g.rows for g in found])
    rates = sorted(set(rows["learning_rates"]), key=by_size)
    methods = list(dict.fromkeys(rows["method"]))
    if len(rates) > 1:
        palette = sns.color_palette(style.figures.palette, len(rates))
        found = [
            g._replace(
                colour=palette[rates.index(g.rows["learning_rates"].iloc[0])],
                dashes=DASHES[methods.index(g.method) % len(DASHES)],
            )
            for g in found
        ]
    figure = new_figure(4.6)
    axes, final = figure.subplots(1, 2, width_ratios=[2.4, 1])
    for group in found:
        group.draw_seeds(axes, "step", "abcas_r", {"linewidth": 1.2, "alpha": 0.8})
    if rows["abcas_r"].max() > LARGE_R:
        axes.set_yscale("symlog", linthresh=1)
    axes.set(xlabel="Generator step", ylabel="r (weights times $0.9^r$)")
    axes.set_title("\n".join(_told(rows)), loc="left")
    axes.axhline(0, color="0.85", linewidth=0.8, zorder=0)
    _final(final, found)
    legend_below(figure, key(found))
    return figure


def _told(rows: pd.DataFrame) -> list[str]:
    """Return what must not be overlooked: runs that ABCAS left alone, and steps at which q = dm / beta was clipped."""
    runs = rows.groupby(comparison.RUN)
    idle = BASE ** runs["abcas_r"].max() > IDLE
    lines = []
    if idle.any():
        lines.append(
            f"ABCAS never acted in {idle.sum()} of {len(idle)} runs: $0.9^r$ stayed above {IDLE:g}"
        )
    counts = runs["abcas_clipped"].max()  # the history keeps a running count
    if counts.sum():
        lines.append(
            f"q clipped below 1 in {counts.sum():.0f} steps, in {(counts > 0).sum()} of {len(counts)} runs"
        )
    return lines


def _final(axes: mpl.axes.Axes, found: list[Group]) -> None:
    """Draw the last factor of every run, a row per group, and its range in words."""
    for y, group in enumerate(found):
        factors = BASE ** group.rows.groupby(comparison.RUN)["abcas_r"].last()
        axes.plot(factors, [y] * len(factors), "o", color=group.colour, alpha=0.8, clip_on=False)
        ends = sorted({f"{factors.min():.3f}", f"{factors.max():.3f}"})
        beside(axes, y, " to ".join(ends), fontsize="small")
    axes.axvspan(IDLE, 1, color="0.9", zorder=0)
    axes.set(xlim=(0, 1), ylim=(len(found) - 0.5, -0.5), yticks=[])
    axes.spines["left"].set_visible(False)
    axes.set_xlabel("$0.9^r$ at the end of training")
