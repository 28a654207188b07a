"""What figures of numbers over the steps of training share."""

from __future__ import annotations

from showergan.drawing.runs import Group, groups
from showergan.drawing.style import Style
from showergan.heavy import mpl, np, pd

WIDE = 30.0  # a range of values beyond which an axis is logarithmic


def groups_with(style: Style, histories: pd.DataFrame, column: str) -> list[Group]:
    """Return the groups whose histories have a column; in a table of many runs it is empty for the others."""
    if column not in histories:
        return []
    return groups(style, histories[histories[column].notna()])


def scale_for(axes: mpl.axes.Axes, values: pd.Series) -> None:
    """Make the y axis logarithmic if the values are positive and of a wide range."""
    finite = values[np.isfinite(values)]
    if len(finite) and finite.min() > 0 and finite.max() > WIDE * finite.min():
        axes.set_yscale("log")
