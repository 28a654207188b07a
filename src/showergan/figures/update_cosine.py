"""What a change of the discriminator does to the way its weights take."""

from __future__ import annotations

from showergan.drawing.empty_figure import empty_figure
from showergan.drawing.registry import TRAINING, register_figure
from showergan.drawing.runs import DASHES
from showergan.drawing.style import Style, legend_below, new_figure
from showergan.drawing.worth import with_constraint
from showergan.heavy import mpl, pd, sns


@register_figure("What a change of scale changes", TRAINING, with_constraint("spectral_norm"))
def update_cosine(style: Style, audit: pd.DataFrame) -> mpl.figure.Figure:
    """Draw how the movement of all weights since the start compares with that without the change.

    The discriminator alone is trained, for the few steps of the table: no whole training is compared.

    Left the cosine between the two, 1 where the change does nothing; right the length of their difference relative
    to the unchanged movement, on a logarithmic axis.
    """
    changes = list(dict.fromkeys(audit["change"]))
    if not changes:
        return empty_figure("No change of the discriminator was compared in this run.")
    figure = new_figure(3.9)
    left, right = figure.subplots(1, 2, sharex=True)
    handles = []
    palette = sns.color_palette(style.figures.palette, len(changes))
    for i, (change, colour) in enumerate(zip(changes, palette, strict=True)):
        rows = audit[audit["change"] == change].sort_values("step")
        dashes = DASHES[i % len(DASHES)]  # lines that lie on each other can still be told apart
        marker = "." if len(rows) == 1 else ""
        for panel, column in ((left, "cosine"), (right, "relative_difference")):
            panel.plot(
                rows["step"],
                # A difference of exactly 0 has no place on a logarithmic axis.
                rows[column].where(rows[column] > 0) if panel is right else rows[column],
                color=colour,
                linestyle=dashes,
                linewidth=2,
                marker=marker,
            )
        handles.append(mpl.lines.Line2D([], [], color=colour, linestyle=dashes, linewidth=2))
    left.axhline(1, color="0.85", linewidth=0.8, zorder=0)
    left.set_ylabel("Cosine of the weights' movements")
    right.set_yscale("log")
    right.set_ylabel("Relative difference of the movements")
    for panel in (left, right):
        panel.set_xlabel("Discriminator step, generator not trained")
    legend_below(figure, handles, changes)
    return figure
