"""Multipliers of the discriminator over training: trained ones, and the factor of ABCAS."""

import math
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from showergan.comparison.runs import RUN
from showergan.report import layout
from showergan.report.runs import Group, by_size, groups, groups_with, key, scale_for
from showergan.report.style import Colour, Style, line
from showergan.report.texts import fitted, rates_in_words

TOTAL = "multiplier"
EACH = "multiplier_"  # before the name of a layer that has one of its own
PER_ROW = 3
FAMILIES = ("crest", "flare")  # colours of convolutions and of linear layers
LINE: dict[str, Any] = {"linewidth": 1, "alpha": 0.8}
OFFSET: Any = {"linestyle": (0, (8, 2, 1, 2, 1, 2)), "linewidth": 1}  # dashes that no method has
LARGE_R = 10.0  # above it, the axis is logarithmic
BASE = 0.9  # of the factor that multiplies the weights
IDLE = 0.99  # a factor that never fell below has left the discriminator as it was: vanilla SN


def multipliers(style: Style, histories: pd.DataFrame) -> Figure:
    """Draw the multiplier of the output under each regularisation, a panel per pair of learning rates.

    Thin lines are seeds. Dash-dotted lines are the offsets up to which a penalty leaves the multiplier free.
    """
    found = [g for g in groups_with(style, histories, TOTAL) if not _layers(g)]
    if not found:
        nothing = "No method of this run has a trained multiplier of the discriminator's output."
        return layout.empty_figure(nothing)
    rows = pd.concat([g.rows for g in found])
    pairs = sorted(set(rows["learning_rates"]), key=by_size)
    figure = layout.new_figure(0.9 + 3.7 * len(pairs))
    axes = figure.subplots(len(pairs), 1, sharex=True, squeeze=False)
    drawn: dict[str, Group] = {}
    for panel, pair in zip(axes.flat, pairs, strict=True):
        here = groups(style, rows[rows["learning_rates"] == pair])
        for group in here:
            group.draw_seeds(panel, "step", TOTAL, LINE)
            drawn[group.label] = group
        for offset in {style.offsets[g.method] for g in here if g.method in style.offsets}:
            owners = {g.colour for g in here if style.offsets.get(g.method) == offset}
            _offset(panel, offset, owners.pop() if len(owners) == 1 else "0.3")
        panel.set_title(rates_in_words(pair), loc="left")
        # Of its own: at one pair multipliers may grow by decades, and stay in a hundredth at another.
        scale_for(panel, rows.loc[rows["learning_rates"] == pair, TOTAL])
    layout.label_outer(axes, "Generator step", "Multiplier of the output")
    figure.align_ylabels(axes)
    # In the order of the methods, also of one that the first panel lacks.
    ordered = sorted(drawn.values(), key=lambda g: list(style.labels).index(g.method))
    layout.legend_below(figure, key(ordered) | _offset_key(style, ordered))
    return figure


def layer_multipliers(style: Style, histories: pd.DataFrame) -> Figure:
    """Draw the coefficient of each layer (above) and their product (below), a column per method.

    Thin lines are seeds; the dash-dotted line is the offset up to which the penalty leaves the product free.
    """
    from seaborn import color_palette  # only here, and slow to import

    found = [g for g in groups_with(style, histories, TOTAL) if _layers(g)]
    if not found:
        return layout.empty_figure("No method of this run has a trained multiplier for each layer.")
    columns, rows = min(len(found), PER_ROW), layout.rows_of(len(found), PER_ROW)
    figure = layout.new_figure(5.4 * rows)
    axes = figure.subplots(2 * rows, columns, sharex=True, squeeze=False)
    above, below = axes[::2], axes[1::2]
    blocks: dict[str, list[str]] = {}  # of the network: the first part of a layer's name
    for name in dict.fromkeys(name for group in found for name in _layers(group)):
        blocks.setdefault(name.split(".")[0], []).append(name)
    colours: dict[str, Colour] = {}  # shades of one palette for each block
    for number, block in enumerate(blocks.values()):
        palette = color_palette(FAMILIES[number % len(FAMILIES)], len(block))
        colours |= zip(block, palette, strict=True)
    for group, each, product in zip(found, above.flat, below.flat, strict=False):
        for name in _layers(group):
            own = {"color": colours[name], "marker": "", "linestyle": "-"}
            group.draw_seeds(each, "step", EACH + name, LINE | own)
        group.draw_seeds(product, "step", TOTAL, LINE)
        scale_for(product, group.rows[TOTAL])
        if group.method in style.offsets:
            _offset(product, style.offsets[group.method], "0.3")
        each.set_title(fitted(group.label, 80 // columns), loc="left", fontweight="bold")
        product.set_xlabel("Generator step")
    for panel in (*above.flat[len(found) :], *below.flat[len(found) :]):
        panel.remove()
    layout.label_outer(above, y="Multiplier of a layer")
    layout.label_outer(below, y="Product of all layers")
    figure.align_ylabels(axes[:, 0])
    layers: layout.Key = {name: {"color": c, "linewidth": 2.2} for name, c in colours.items()}
    layout.legend_below(figure, layers | _offset_key(style, found))
    return figure


def _layers(group: Group) -> list[str]:
    """Return the layers that have a multiplier of their own, in the order of the network."""
    recorded = group.rows.columns[group.rows.notna().any()].astype(str)
    return [name.removeprefix(EACH) for name in recorded if name.startswith(EACH)]


def _offset(axes: Axes, value: float, colour: Colour | str) -> None:
    """Draw the offset of a penalty, with its value."""
    axes.axhline(value, color=colour, zorder=1, **OFFSET)
    layout.beside(axes, value, f"{value:g}", color=colour, fontsize="small")


def _offset_key(style: Style, drawn: list[Group]) -> layout.Key:
    """Return the legend of offsets, if there are any."""
    have_one = any(group.method in style.offsets for group in drawn)
    return {"offset of the penalty": {"color": "0.3", **OFFSET}} if have_one else {}


def abcas(style: Style, histories: pd.DataFrame) -> Figure:
    """Draw r over training, one line per run; the right axis has the factor 0.9^r of the weights.

    Runs whose factor never fell below 0.99 (shaded) are counted in the title: they were trained as with vanilla SN. The
    legend has the factors at the end. Of several pairs of learning rates each has a line of its own.
    """
    found = groups_with(style, histories, "abcas_r")
    if not found:
        return layout.empty_figure("No method of this run has ABCAS.")
    rows = pd.concat([g.rows for g in found])
    if rows["learning_rates"].nunique() > 1:
        lines = (line(style.figures.palette, place) for place in range(len(found)))
        found = [g._replace(**own._asdict()) for g, own in zip(found, lines, strict=True)]
    figure = layout.new_figure(4.6)
    axes = figure.subplots()
    for group in found:
        group.draw_seeds(axes, "step", "abcas_r", LINE | {"linewidth": 1.2})
    scale: Any = ("symlog", {"linthresh": 1}) if rows["abcas_r"].max() > LARGE_R else ("linear", {})
    axes.set_yscale(scale[0], **scale[1])
    axes.set(xlabel="Generator step", ylabel="r")
    axes.set_title("\n".join(_warnings(rows)), loc="left")
    axes.axhspan(0, math.log(IDLE, BASE), color="0.93", linewidth=0, zorder=0)
    # What the ticks at the left mean for the weights.
    right = axes.twinx()
    right.set_yscale(scale[0], **scale[1])
    right.set(ylim=axes.get_ylim(), ylabel="weights are multiplied by $0.9^r$")
    right.yaxis.set_major_formatter(lambda r, _: f"{BASE**r:.3g}")
    right.spines["right"].set_visible(True)
    for place, group in enumerate(found):
        factors = BASE ** group.rows.groupby(RUN)["abcas_r"].last()
        ends = " to ".join(sorted({f"{factors.min():.3f}", f"{factors.max():.3f}"}))
        found[place] = group._replace(label=f"{group.label}: {ends} at the end")
    layout.legend_below(figure, key(found))
    return figure


def _warnings(rows: pd.DataFrame) -> list[str]:
    """Return warnings of runs that ABCAS left alone, and of steps at which q = dm / beta was clipped."""
    runs = rows.groupby(RUN)
    idle = BASE ** runs["abcas_r"].max() > IDLE
    lines = []
    if idle.any():
        of = f"{idle.sum()} of {len(idle)} runs"
        lines.append(f"ABCAS never acted in {of}: $0.9^r$ stayed above {IDLE:g}")
    counts = runs["abcas_clipped"].max()  # the history keeps a running count
    if counts.sum():
        of = f"{(counts > 0).sum()} of {len(counts)} runs"
        lines.append(f"q clipped below 1 in {counts.sum():.0f} steps, in {of}")
    return lines
