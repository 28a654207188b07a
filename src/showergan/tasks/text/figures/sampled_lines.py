"""Lines of text that generators make at every evaluated epoch."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from showergan.io.hdf5 import opened_hdf5, text_of
from showergan.report.layout import new_figure, rows_of
from showergan.report.runs import at_chosen_rates, groups
from showergan.report.style import Style

LINES = 3  # of each epoch
EPOCHS = 6  # at most
COLUMNS = 2
LINE_INCH = 0.2
# A sample is no formula, whatever characters it has.
SAMPLE: Any = {"va": "top", "family": "monospace", "fontsize": "small", "parse_math": False}


def sampled_lines(
    style: Style, reference: Path, examples: pd.DataFrame, grid: pd.DataFrame
) -> Figure:
    """Write lines of each method's generators, epoch by epoch, under real ones; a dot stands for each blank.

    They are the first that come of the same noise at every epoch. Of several seeds the first is shown, and of more than
    six epochs six that lie evenly between the first and the last.
    """
    found = groups(style, at_chosen_rates(examples, grid))
    with opened_hdf5(reference) as file:
        alphabet, code = text_of(file, "alphabet"), file["examples/code"][:LINES]
    real = ["".join(alphabet[place] for place in line) for line in code]
    blocks = [{"test text": real}, *(by_epoch(group.seeds[0]) for group in found)]
    titles = [("Real", "black"), *((group.label, group.colour) for group in found)]
    columns = min(COLUMNS, max(len(found), 1))
    rows = rows_of(len(found), columns)
    lengths = [len(block) * (LINES + 0.5) for block in blocks]
    heights = [lengths[0], *[max(lengths[1:], default=1)] * rows]
    figure = new_figure(LINE_INCH * (sum(heights) + 2 * len(heights)))
    parts = figure.add_gridspec(len(heights), columns, height_ratios=heights)
    places = [parts[0, :], *(parts[1 + i // columns, i % columns] for i in range(len(found)))]
    for place, block, length, (title, colour) in zip(places, blocks, lengths, titles, strict=True):
        panel = figure.add_subplot(place)
        panel.set_axis_off()
        panel.set_title(title, loc="left", color=colour, fontweight="bold")
        panel.set_ylim(length, 0)
        left = 0.22 if columns > 1 and title != "Real" else 0.11
        for number, (epoch, lines) in enumerate(block.items()):
            first = number * (LINES + 0.5)
            panel.text(0, first, epoch, va="top", fontsize="small", color="0.4")
            for place_in_block, line in enumerate(lines):
                text = line.replace(" ", "\N{MIDDLE DOT}")
                panel.text(left, first + place_in_block, text, **SAMPLE)
    return figure


def by_epoch(examples: pd.DataFrame) -> dict[str, list[str]]:
    """Return the first lines of some epochs."""
    epochs = np.unique(examples["epoch"])
    if len(epochs) > EPOCHS:
        epochs = epochs[np.linspace(0, len(epochs) - 1, EPOCHS).round().astype(int)]
    return {
        f"epoch {epoch}": list(examples.loc[examples["epoch"] == epoch, "line"][:LINES])
        for epoch in epochs
    }
