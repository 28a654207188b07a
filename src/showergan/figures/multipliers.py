"""The trained multiplier of the output over the steps of training (figures 3 and 4 of Egorov & Rogachev 2023)."""

from __future__ import annotations

from showergan.drawing.empty_figure import empty_figure
from showergan.drawing.labels import rates_in_words
from showergan.drawing.multipliers import (
    OFFSET,
    TOTAL,
    draw_offset,
    draw_seeds,
    layers_of,
    method_of,
)
from showergan.drawing.registry import TRAINING, register_figure
from showergan.drawing.runs import Group, by_size, groups, key
from showergan.drawing.style import Style, legend_below, new_figure
from showergan.drawing.trajectories import groups_with, scale_for
from showergan.drawing.worth import with_constraint
from showergan.heavy import mpl, pd


@register_figure("Multiplier of the output", TRAINING, with_constraint("trainable"))
def multipliers(style: Style, histories: pd.DataFrame) -> mpl.figure.Figure:
    """Draw the multiplier of the output under each regularisation, a panel per pair of learning rates.

    Thin lines are seeds. Dash-dotted lines are the offsets up to which a penalty leaves the multiplier free.
    """
    found = [g for g in groups_with(style, histories, TOTAL) if not layers_of(g)]
    if not found:
        return empty_figure(
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
            draw_seeds(panel, group, TOTAL, group.colour)
            drawn[group.label] = group
        for offset in {style.offsets[method_of(g)] for g in here if method_of(g) in style.offsets}:
            owners = {g.colour for g in here if style.offsets.get(method_of(g)) == offset}
            draw_offset(panel, offset, owners.pop() if len(owners) == 1 else "0.3")
        panel.set_title(rates_in_words(pair), loc="left", fontsize="medium")
        panel.set_ylabel("Multiplier of the output")
    scale_for(axes[0], rows[TOTAL])
    axes[-1].set_xlabel("Generator step")
    # In the order of the methods, also of one that the first panel lacks.
    handles, labels = key(
        sorted(drawn.values(), key=lambda g: list(style.labels).index(method_of(g)))
    )
    if any(method_of(g) in style.offsets for g in drawn.values()):
        handles.append(mpl.lines.Line2D([], [], color="0.3", linestyle=OFFSET, linewidth=1))
        labels.append("offset of the penalty")
    legend_below(figure, handles, labels)
    return figure
