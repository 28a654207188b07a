"""The networks as block diagrams of their modules (figures 7 and 8 of Egorov & Rogachev 2023)."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import log2, prod
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from showergan.report.layout import WIDTH_INCH, empty_figure, new_figure
from showergan.report.registry import NETWORKS, register_figure
from showergan.report.style import Style

ROW_INCH = 0.74
BOX_INCH = 0.5
# Soft fills that keep black text readable.
FILLS = {"Conv": "#cfe3f2", "Linear": "#fbdcc0", "input": "#e9e9e9", "output": "#e9e9e9"}
CENTRE, NAME_X, SHAPE_X, NUMBER_X = 4.7, 0.1, 7.1, 9.9  # of the columns, in inches
ARROW = "\N{RIGHTWARDS ARROW}"


@register_figure("Generator", NETWORKS)
def generator_architecture(style: Style, architectures: pd.DataFrame) -> Figure:
    """Draw the generator: a box per layer with weights, its shapes and its parameters."""
    return architecture(architectures, "generator")


@register_figure("Discriminator", NETWORKS)
def discriminator_architecture(style: Style, architectures: pd.DataFrame) -> Figure:
    """Draw the discriminator: a box per layer with weights, its shapes and its parameters."""
    return architecture(architectures, "discriminator")


@dataclass
class Block:
    """A layer with weights and what follows it before the next one.

    Attributes:
        layer: its name in the network.
        kind: what it is.
        takes: shape that goes in.
        shape: shape that comes out, after the followers.
        parameters: number of them, followers included.
        joined: inputs of the network that enter here.
        followers: normalisation, activation and so on.
    """

    layer: str
    kind: str
    takes: str
    shape: str
    parameters: int
    joined: list[str] = field(default_factory=list)
    followers: list[str] = field(default_factory=list)


def architecture(table: pd.DataFrame, network: str) -> Figure:
    """Draw a network from top to bottom; the width of a box grows with the logarithm of how many values leave it.

    Args:
        table: columns network, order, layer, kind, takes, shape, parameters.
        network: which of its networks.
    """
    rows = table[table["network"] == network].sort_values("order").fillna({"takes": ""})
    if rows.empty:
        return empty_figure(f"The table of architectures has no {network}.")
    blocks = blocks_of(rows)
    n_rows = 2 + len(blocks) + sum(bool(b.joined) for b in blocks)
    figure = new_figure(n_rows * ROW_INCH)
    axes = figure.subplots()
    axes.set_axis_off()
    axes.set(xlim=(0, WIDTH_INCH), ylim=(-n_rows * ROW_INCH, 0))
    y = -0.5 * ROW_INCH
    _write(axes, NAME_X, y, "layer", color="0.4")
    _write(axes, NUMBER_X, y, "parameters", ha="right", color="0.4")
    _write(axes, SHAPE_X, y, f"in {ARROW} out", color="0.4")
    _write(axes, CENTRE, y, network, ha="center", fontsize="x-large", fontweight="bold")
    above: list[tuple[float, float]] = []  # what the next box is fed from
    for block in blocks:
        if block.joined:
            y -= ROW_INCH
            above += _inputs(axes, y, block.joined, alone=not above)
        y -= ROW_INCH
        _block(axes, y, block)
        for x, top in above:
            # Slanted arrows end beside the middle, so that heads do not lie on each other.
            _arrow(axes, (x, top), (CENTRE + 0.35 * (x - CENTRE), y + BOX_INCH / 2))
        above = [(CENTRE, y - BOX_INCH / 2)]
    y -= ROW_INCH
    total = sum(b.parameters for b in blocks)
    _write(axes, CENTRE, y, "all layers", ha="center", fontweight="bold")
    _write(axes, NUMBER_X, y, _number(total), ha="right", fontweight="bold")
    axes.plot([NAME_X, NUMBER_X], [y + 0.42 * ROW_INCH] * 2, color="0.7", linewidth=0.8)
    return figure


def blocks_of(rows: pd.DataFrame) -> list[Block]:
    """Return the blocks of one network: layers without weights of their own shape join the one before.

    An input enters where a layer takes just so many values more than the layer before it gives.
    """
    is_input = rows["kind"] == "input"
    waiting = list(rows.loc[is_input, ["layer", "shape"]].itertuples(index=False, name=None))
    blocks: list[Block] = []
    have = 0
    for row in rows[~is_input].to_dict("records"):
        joined = []
        while waiting and have + _size(waiting[0][1]) <= _size(row["takes"]):
            name, shape = waiting.pop(0)
            joined.append(f"{name}\n{_times(shape)}")
            have += _size(shape)
        if not blocks or row["kind"].startswith(("Conv", "Linear", "output")):
            shapes = row["takes"], row["shape"]
            blocks.append(Block(row["layer"], row["kind"], *shapes, row["parameters"], joined))
        else:
            blocks[-1].followers.append(row["kind"])
            blocks[-1].shape = row["shape"]
            blocks[-1].parameters += row["parameters"]
        have = _size(row["shape"])
    return blocks


def _block(axes: Axes, y: float, block: Block) -> None:
    kind = next((k for k in FILLS if block.kind.startswith(k)), "input")
    _box(axes, CENTRE, y, 2.1 + 0.16 * log2(1 + _size(block.shape)), FILLS[kind])
    if block.kind == "output":
        _write(axes, CENTRE, y, block.layer, ha="center", fontweight="bold")
    else:
        lift = 0.09 if block.followers else 0.0
        followers = ", ".join(block.followers)
        number = _number(block.parameters) if block.parameters else "\N{EN DASH}"
        _write(axes, CENTRE, y + lift, _times(block.kind), ha="center", fontweight="bold")
        _write(axes, CENTRE, y - 1.2 * lift, followers, ha="center", fontsize="small")
        _write(axes, NAME_X, y, block.layer, family="monospace")
        _write(axes, NUMBER_X, y, number, ha="right")
    shapes = dict.fromkeys((_times(block.takes), _times(block.shape)))
    _write(axes, SHAPE_X, y, f" {ARROW} ".join(shapes), family="monospace")


def _inputs(axes: Axes, y: float, names: list[str], *, alone: bool) -> list[tuple[float, float]]:
    """Draw inputs side by side, or left of the way if data already pass there; return where they end."""
    width, step = 1.25, 1.5
    n = len(names)
    first = CENTRE - (n - 1) / 2 * step if alone else CENTRE - 1.7
    places = [first + i * step * (1 if alone else -1) for i in range(n)]
    for x, name in zip(places, names, strict=True):
        _box(axes, x, y, width, FILLS["input"])
        _write(axes, x, y, name, ha="center", linespacing=1.1)
    return [(x, y - BOX_INCH / 2) for x in places]


def _write(axes: Axes, x: float, y: float, text: str, **look: Any) -> None:
    axes.text(x, y, text, va="center", **look)


def _box(axes: Axes, x: float, y: float, width: float, fill: str) -> None:
    corner = x - width / 2, y - BOX_INCH / 2
    shape = "round,pad=0,rounding_size=0.09"
    look: Any = {"facecolor": fill, "edgecolor": "0.35", "linewidth": 0.8}
    axes.add_patch(FancyBboxPatch(corner, width, BOX_INCH, boxstyle=shape, **look))


def _arrow(axes: Axes, start: tuple[float, float], end: tuple[float, float]) -> None:
    look = {"arrowstyle": "-|>", "color": "0.35", "linewidth": 1, "shrinkA": 0, "shrinkB": 0}
    axes.annotate("", end, start, arrowprops=look)


def _size(shape: str) -> int:
    return prod(map(int, str(shape).split("x")))


def _times(text: str) -> str:
    """Return a text whose numbers are joined by multiplication signs: "Conv2d 3x3" reads better so."""
    words = str(text).split(" ")
    return " ".join(
        w.replace("x", "\N{MULTIPLICATION SIGN}") if w[:1].isdigit() else w for w in words
    )


def _number(value: int) -> str:
    return f"{value:,}".replace(",", "\N{NO-BREAK SPACE}")
