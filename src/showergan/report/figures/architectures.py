"""Networks as tables of their layers (figures 7 and 8 of Egorov & Rogachev 2023)."""

from math import prod
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from showergan.report.layout import empty_figure, new_figure
from showergan.report.style import Style
from showergan.report.texts import records

ROW_INCH = 0.36
COLUMNS = ["layer", "modules", "in", "out", "parameters"]


def generator_architecture(style: Style, architectures: pd.DataFrame) -> Figure:
    """Draw the generator: a row per layer with weights, its shapes and its parameters."""
    return architecture(architectures, "generator")


def discriminator_architecture(style: Style, architectures: pd.DataFrame) -> Figure:
    """Draw the discriminator: a row per layer with weights, its shapes and its parameters."""
    return architecture(architectures, "discriminator")


def architecture(table: pd.DataFrame, network: str) -> Figure:
    """Draw a network of the table from top to bottom: columns network, order, layer, kind, takes, shape, parameters."""
    rows = table[table["network"] == network].sort_values("order").fillna({"takes": ""})
    if rows.empty:
        return empty_figure(f"The table of architectures has no {network}.")
    layers = layers_of(rows)
    figure = new_figure((3 + len(layers)) * ROW_INCH)
    axes = figure.subplots()
    axes.set_axis_off()
    axes.set_title(network.capitalize(), fontweight="bold")
    texts = layers.assign(parameters=[_number(n) if n else "" for n in layers["parameters"]])
    texts = texts.replace(r"(?<=\d)x(?=\d)", "\N{MULTIPLICATION SIGN}", regex=True)
    total = ["all layers", "", "", "", _number(layers["parameters"].sum())]
    rows_of_text = [*texts.to_numpy().tolist(), total]
    place: Any = {"cellLoc": "left", "bbox": (0, 0, 1, 1), "edges": "horizontal"}
    cells = axes.table(rows_of_text, colLabels=COLUMNS, **place)
    cells.auto_set_font_size(False)
    cells.auto_set_column_width(range(len(COLUMNS)))
    for (row, column), cell in cells.get_celld().items():
        cell.PAD = 0.03
        cell.set(linewidth=0.6, edgecolor="0.7")
        bold = "bold" if row in (0, len(rows_of_text)) else "normal"
        cell.set_text_props(fontweight=bold, ha="right" if column == len(COLUMNS) - 1 else "left")
    return figure


def layers_of(rows: pd.DataFrame) -> pd.DataFrame:
    """Return a row per layer of one network, with the columns of `COLUMNS`: what has no weights joins the one before.

    An input stands before the first layer that takes just so many values more than the layer before it gives.
    """
    waiting = records(rows[rows["kind"] == "input"])
    found: list[list] = []
    size = 0
    for row in records(rows[rows["kind"] != "input"]):
        while waiting and size + _size(waiting[0]["shape"]) <= _size(row["takes"]):
            entering = waiting.pop(0)
            found.append([entering["layer"], "input", "", entering["shape"], 0])
            size += _size(entering["shape"])
        if row["kind"].startswith(("Conv", "Linear", "output")) or found[-1][1] == "input":
            found.append([row[name] for name in ("layer", "kind", "takes", "shape", "parameters")])
        else:
            found[-1][1] += f", {row['kind']}"
            found[-1][3] = row["shape"]
            found[-1][4] += row["parameters"]
        size = _size(row["shape"])
    return pd.DataFrame(found, columns=COLUMNS)


def _size(shape: str) -> int:
    return prod(map(int, str(shape).split("x")))


def _number(value: float) -> str:
    return f"{value:,.0f}".replace(",", "\N{NO-BREAK SPACE}")
