"""What shows one architecture shows the first of several, and says so."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from showergan.report.style import Style


def of_first(draw: Callable[..., Figure]) -> Callable[..., Figure]:
    """Make a figure of one architecture show the first of several, named above it."""

    @wraps(draw)
    def of_one(style: Style, *inputs: Any) -> Figure:
        if len(style.architectures) < 2:
            return draw(style, *inputs)
        name, label = next(iter(style.architectures.items()))
        figure = draw(style, *(rows_of(name, table) for table in inputs))
        said = f"{label}, the first of {len(style.architectures)} architectures"
        figure.suptitle("\n".join(filter(None, [said, figure.get_suptitle()])), fontsize="medium")
        return figure

    return of_one


def rows_of(architecture: str, table: Any) -> Any:
    """Return the rows of an architecture, and those of none; what is not about architectures stays as it is."""
    if not isinstance(table, pd.DataFrame) or "architecture" not in table:
        return table
    return table[table["architecture"].isna() | (table["architecture"] == architecture)]
