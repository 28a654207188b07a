"""What a change of the discriminator does to the way its weights take."""

from __future__ import annotations

from showergan.drawing.layout import Key, empty_figure, legend_below, new_figure
from showergan.drawing.registry import TRAINING, register_figure
from showergan.drawing.runs import DASHES
from showergan.drawing.style import Style
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
    key: Key = {}
    palette = sns.color_palette(style.figures.palette, len(changes))
    for i, (change, colour) in enumerate(zip(changes, palette, strict=True)):
        rows = audit[audit["change"] == change].sort_values("step")
        # Lines that lie on each other can still be told apart.
        key[change] = {"color": colour, "linestyle": DASHES[i % len(DASHES)], "linewidth": 2}
        look = {**key[change], "marker": "." if len(rows) == 1 else ""}
        left.plot(rows["step"], rows["cosine"], **look)
        # A difference of exactly 0 has no place on a logarithmic axis.
        difference = rows["relative_difference"]
        right.plot(rows["step"], difference.where(difference > 0), **look)
    left.axhline(1, color="0.85", linewidth=0.8, zorder=0)
    left.set_ylabel("Cosine of the weights' movements")
    right.set(yscale="log", ylabel="Relative difference of the movements")
    for panel in (left, right):
        panel.set_xlabel("Discriminator step, generator not trained")
    legend_below(figure, key)
    return figure
