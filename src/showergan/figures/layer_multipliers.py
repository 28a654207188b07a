"""The trained multipliers of the layers over the steps of training (figures 3 and 4 of Egorov & Rogachev 2023)."""

from __future__ import annotations

from showergan.drawing.empty_figure import empty_figure
from showergan.drawing.labels import fitted
from showergan.drawing.multipliers import (
    EACH,
    OFFSET,
    TOTAL,
    draw_offset,
    draw_seeds,
    layers_of,
    method_of,
)
from showergan.drawing.registry import TRAINING, register_figure
from showergan.drawing.style import Colour, Style, legend_below, new_figure
from showergan.drawing.trajectories import groups_with, scale_for
from showergan.drawing.worth import with_constraint
from showergan.heavy import mpl, pd, sns

PER_ROW = 3
FAMILIES = ("crest", "flare")  # colours of convolutions and of linear layers


@register_figure("Multipliers of the layers", TRAINING, with_constraint("trainable_per_layer"))
def layer_multipliers(style: Style, histories: pd.DataFrame) -> mpl.figure.Figure:
    """Draw the coefficient of each layer (above) and their product (below), a column per method.

    Thin lines are seeds; the dash-dotted line is the offset up to which the penalty leaves the product free.
    """
    found = [g for g in groups_with(style, histories, TOTAL) if layers_of(g)]
    if not found:
        return empty_figure("No method of this run has a trained multiplier for each layer.")
    columns = min(len(found), PER_ROW)
    rows = -(-len(found) // PER_ROW)
    figure = new_figure(5.4 * rows)
    axes = figure.subplots(2 * rows, columns, sharex=True, squeeze=False)
    colours = _layer_colours([name for group in found for name in layers_of(group)])
    for i in range(rows * columns):
        row, column = divmod(i, columns)
        each, product = axes[2 * row, column], axes[2 * row + 1, column]
        if i >= len(found):
            each.remove()
            product.remove()
            continue
        group = found[i]
        for name in layers_of(group):
            draw_seeds(each, group, EACH + name, colours[name])
        draw_seeds(product, group, TOTAL, group.colour)
        scale_for(product, group.rows[TOTAL])
        if method_of(group) in style.offsets:
            draw_offset(product, style.offsets[method_of(group)], "0.3")
        each.set_title(fitted(group.label, 80 // columns), loc="left", fontweight="bold")
        product.set_xlabel("Generator step")
    for panel in axes[::2, 0]:
        panel.set_ylabel("Multiplier of a layer")
    for panel in axes[1::2, 0]:
        panel.set_ylabel("Product of all layers")
    figure.align_ylabels(axes[:, 0])
    handles = [mpl.lines.Line2D([], [], color=colour, linewidth=2.2) for colour in colours.values()]
    labels = list(colours)
    if any(method_of(g) in style.offsets for g in found):
        handles.append(mpl.lines.Line2D([], [], color="0.3", linestyle=OFFSET, linewidth=1))
        labels.append("offset of the penalty")
    legend_below(figure, handles, labels)
    return figure


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
