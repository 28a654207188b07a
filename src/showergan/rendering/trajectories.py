"""What figures of numbers over the steps of training share."""

from collections.abc import Iterable

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from showergan.rendering.runs import Group, groups
from showergan.rendering.style import Style

WIDE = 30.0  # a range of values beyond which an axis is logarithmic


def groups_with(style: Style, histories: pd.DataFrame, column: str) -> list[Group]:
    """Return the groups whose histories have a column; in a table of many runs it is empty for the others."""
    if column not in histories:
        return []
    return groups(style, histories[histories[column].notna()])


def key(found: Iterable[Group]) -> tuple[list[Line2D], list[str]]:
    """Return the handles and labels of groups for a legend."""
    handles, labels = [], []
    for group in found:
        handles.append(Line2D([], [], color=group.colour, linestyle=group.dashes, linewidth=2.2))
        labels.append(group.label)
    return handles, labels


def scale_for(axes: Axes, values: pd.Series) -> None:
    """Make the y axis logarithmic if the values are positive and of a wide range."""
    finite = values[np.isfinite(values)]
    if len(finite) and finite.min() > 0 and finite.max() > WIDE * finite.min():
        axes.set_yscale("log")
