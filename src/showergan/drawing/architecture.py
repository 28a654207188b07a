"""The networks as block diagrams of their modules (figures 7 and 8 of Egorov & Rogachev 2023)."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import log2, prod

from showergan.drawing.empty_figure import empty_figure
from showergan.drawing.style import WIDTH_INCH, new_figure
from showergan.heavy import mpl, pd

ROW_INCH = 0.74
BOX_INCH = 0.5
# Soft fills that keep black text readable.
FILLS = {"Conv": "#cfe3f2", "Linear": "#fbdcc0", "input": "#e9e9e9", "output": "#e9e9e9"}
CENTRE, NAME_X, SHAPE_X, NUMBER_X = 4.7, 0.1, 7.1, 9.9  # of the columns, in inches


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


def architecture(table: pd.DataFrame, network: str) -> mpl.figure.Figure:
    """Draw a network from top to bottom: a box per layer with weights, its shapes and its parameters.

    The width of a box grows with the logarithm of the number of values that leave it.

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
    for x, side, text in ((NAME_X, "left", "layer"), (NUMBER_X, "right", "parameters")):
        axes.text(x, y, text, ha=side, va="center", color="0.4")
    axes.text(SHAPE_X, y, "in \N{RIGHTWARDS ARROW} out", va="center", color="0.4")
    axes.text(CENTRE, y, network, ha="center", va="center", fontsize="x-large", fontweight="bold")
    above: list[tuple[float, float]] = []  # what the next box is fed from
    for block in blocks:
        if block.joined:
            y -= ROW_INCH
            above += _inputs(axes, y, block.joined, alone=not above)
        y -= ROW_INCH
        _box(axes, y, block)
        for x, top in above:
            # Slanted arrows end beside the middle, so that heads do not lie on each other.
            _arrow(axes, (x, top), (CENTRE + 0.35 * (x - CENTRE), y + BOX_INCH / 2))
        above = [(CENTRE, y - BOX_INCH / 2)]
    y -= ROW_INCH
    axes.text(CENTRE, y, "all layers", ha="center", va="center", fontweight="bold")
    total = sum(b.parameters for b in blocks)
    axes.text(NUMBER_X, y, _number(total), ha="right", va="center", fontweight="bold")
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


def _box(axes: mpl.axes.Axes, y: float, block: Block) -> None:
    width = 2.1 + 0.16 * log2(1 + _size(block.shape))
    kind = next((k for k in FILLS if block.kind.startswith(k)), "input")
    _rounded(axes, CENTRE, y, width, FILLS[kind])
    text = "" if block.kind == "output" else _times(block.kind)
    if not text:
        axes.text(CENTRE, y, f"{block.layer}", ha="center", va="center", fontweight="bold")
    else:
        lift = 0.09 if block.followers else 0.0
        axes.text(CENTRE, y + lift, text, ha="center", va="center", fontweight="bold")
        axes.text(
            CENTRE,
            y - 1.2 * lift,
            ", ".join(block.followers),
            ha="center",
            va="center",
            fontsize="small",
        )
        axes.text(NAME_X, y, block.layer, va="center", family="monospace")
        number = _number(block.parameters) if block.parameters else "\N{EN DASH}"
        axes.text(NUMBER_X, y, number, ha="right", va="center")
    shapes = dict.fromkeys((_times(block.takes), _times(block.shape)))
    axes.text(SHAPE_X, y, " \N{RIGHTWARDS ARROW} ".join(shapes), va="center", family="monospace")


def _inputs(
    axes: mpl.axes.Axes, y: float, names: list[str], *, alone: bool
) -> list[tuple[float, float]]:
    """Draw inputs side by side, or left of the way if data already pass there; return where they end."""
    width, gap = 1.25, 0.25
    n = len(names)
    first = CENTRE - (n - 1) / 2 * (width + gap) if alone else CENTRE - 1.7
    ends = []
    for i, name in enumerate(names):
        x = first + i * (width + gap) * (1 if alone else -1)
        _rounded(axes, x, y, width, FILLS["input"])
        axes.text(x, y, name, ha="center", va="center", linespacing=1.1)
        ends.append((x, y - BOX_INCH / 2))
    return ends


def _rounded(axes: mpl.axes.Axes, x: float, y: float, width: float, fill: str) -> None:
    axes.add_patch(
        mpl.patches.FancyBboxPatch(
            (x - width / 2, y - BOX_INCH / 2),
            width,
            BOX_INCH,
            boxstyle="round,pad=0,rounding_size=0.09",
            facecolor=fill,
            edgecolor="0.35",
            linewidth=0.8,
        )
    )


def _arrow(axes: mpl.axes.Axes, start: tuple[float, float], end: tuple[float, float]) -> None:
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
