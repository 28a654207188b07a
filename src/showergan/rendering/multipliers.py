"""Trained multipliers over the steps of training (figures 3 and 4 of Egorov & Rogachev 2023)."""

import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from showergan.rendering.labels import fitted, rates_in_words
from showergan.rendering.nothing import nothing
from showergan.rendering.runs import Group, by_size, groups
from showergan.rendering.style import Colour, Style, legend_below, new_figure, themed
from showergan.rendering.trajectories import groups_with, key, scale_for

OFFSET = (0, (8, 2, 1, 2, 1, 2))  # a look that no method has

TOTAL = "multiplier"
EACH = "multiplier_"
PER_ROW = 3
FAMILIES = ("crest", "flare")  # colours of convolutions and of linear layers


@themed
def multipliers(style: Style, histories: pd.DataFrame, offsets: dict[str, float]) -> Figure:
    """Draw the multiplier of the output under each regularisation, a panel per pair of learning rates.

    Thin lines are seeds. Dash-dotted lines are the offsets up to which a penalty leaves the multiplier free.

    Args:
        style: of all figures.
        histories: history.csv of many runs; shown are those with one multiplier for the whole network.
        offsets: of the penalty, by method; those without one are missing.
    """
    found = [g for g in groups_with(style, histories, TOTAL) if not _layers(g)]
    if not found:
        return nothing(
            "No method of this run has a trained multiplier of the discriminator's output."
        )
    rows = pd.concat([g.rows for g in found])
    pairs = sorted(set(rows["learning_rates"]), key=by_size)
    figure = new_figure(0.9 + 3.7 * len(pairs))
    axes = figure.subplots(len(pairs), 1, sharex=True, sharey=True, squeeze=False)[:, 0]
    drawn: dict[str, Group] = {}
    for panel, pair in zip(axes, pairs, strict=True):
        here = groups(style, rows[rows["learning_rates"] == pair])
        for group in here:
            _seeds(panel, group, TOTAL, group.colour)
            drawn[group.label] = group
        for offset in {offsets[_method(g)] for g in here if _method(g) in offsets}:
            owners = {g.colour for g in here if offsets.get(_method(g)) == offset}
            _offset(panel, offset, owners.pop() if len(owners) == 1 else "0.3")
        panel.set_title(rates_in_words(pair), loc="left", fontsize="medium")
        panel.set_ylabel("Multiplier of the output")
    scale_for(axes[0], rows[TOTAL])
    axes[-1].set_xlabel("Generator step")
    # In the order of the methods, also of one that the first panel lacks.
    handles, labels = key(
        sorted(drawn.values(), key=lambda g: list(style.labels).index(_method(g)))
    )
    if any(_method(g) in offsets for g in drawn.values()):
        handles.append(Line2D([], [], color="0.3", linestyle=OFFSET, linewidth=1))
        labels.append("offset of the penalty")
    legend_below(figure, handles, labels)
    return figure


@themed
def layer_multipliers(style: Style, histories: pd.DataFrame, offsets: dict[str, float]) -> Figure:
    """Draw the coefficient of each layer (above) and their product (below), a column per method.

    Thin lines are seeds; the dash-dotted line is the offset up to which the penalty leaves the product free.

    Args:
        style: of all figures.
        histories: history.csv of many runs; shown are those with a multiplier per layer.
        offsets: of the penalty, by method; those without one are missing.
    """
    found = [g for g in groups_with(style, histories, TOTAL) if _layers(g)]
    if not found:
        return nothing("No method of this run has a trained multiplier for each layer.")
    columns = min(len(found), PER_ROW)
    rows = -(-len(found) // PER_ROW)
    figure = new_figure(5.4 * rows)
    axes = figure.subplots(2 * rows, columns, sharex=True, squeeze=False)
    colours = _layer_colours([name for group in found for name in _layers(group)])
    for i in range(rows * columns):
        row, column = divmod(i, columns)
        each, product = axes[2 * row, column], axes[2 * row + 1, column]
        if i >= len(found):
            each.remove()
            product.remove()
            continue
        group = found[i]
        for name in _layers(group):
            _seeds(each, group, EACH + name, colours[name])
        _seeds(product, group, TOTAL, group.colour)
        scale_for(product, group.rows[TOTAL])
        if _method(group) in offsets:
            _offset(product, offsets[_method(group)], "0.3")
        each.set_title(fitted(group.label, 80 // columns), loc="left", fontweight="bold")
        product.set_xlabel("Generator step")
    for panel in axes[::2, 0]:
        panel.set_ylabel("Multiplier of a layer")
    for panel in axes[1::2, 0]:
        panel.set_ylabel("Product of all layers")
    figure.align_ylabels(axes[:, 0])
    handles = [Line2D([], [], color=colour, linewidth=2.2) for colour in colours.values()]
    labels = list(colours)
    if any(_method(g) in offsets for g in found):
        handles.append(Line2D([], [], color="0.3", linestyle=OFFSET, linewidth=1))
        labels.append("offset of the penalty")
    legend_below(figure, handles, labels)
    return figure


def _method(group: Group) -> str:
    return str(group.rows["method"].iloc[0])


def _layers(group: Group) -> list[str]:
    """Return the layers that have a multiplier of their own, in the order of the network."""
    recorded = group.rows.columns[group.rows.notna().any()].astype(str)
    return [name.removeprefix(EACH) for name in recorded if name.startswith(EACH)]


def _layer_colours(names: list[str]) -> dict[str, Colour]:
    """Return shades of one palette for the layers of each block of the network, the name's first part."""
    blocks: dict[str, list[str]] = {}
    for name in dict.fromkeys(names):
        blocks.setdefault(name.split(".")[0], []).append(name)
    return {
        name: shade
        for number, block in enumerate(blocks.values())
        for name, shade in zip(
            block, sns.color_palette(FAMILIES[number % len(FAMILIES)], len(block)), strict=True
        )
    }


def _seeds(axes: Axes, group: Group, column: str, colour: Colour) -> None:
    for seed in group.seeds:
        axes.plot(
            seed["step"], seed[column], color=colour, linestyle=group.dashes, linewidth=1, alpha=0.8
        )


def _offset(axes: Axes, value: float, colour: Colour | str) -> None:
    axes.axhline(value, color=colour, linestyle=OFFSET, linewidth=1, zorder=1)
    # In the margin on the right, where no data are.
    axes.annotate(
        f"{value:g}",
        (1, value),
        xycoords=axes.get_yaxis_transform(),
        xytext=(4, 0),
        textcoords="offset points",
        va="center",
        color=colour,
        fontsize="small",
    )
