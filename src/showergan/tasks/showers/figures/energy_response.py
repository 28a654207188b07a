"""Energy that generated showers deposit per momentum, and its spread."""

import re
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator

from showergan.comparison.runs import RUN
from showergan.comparison.summary import real_anchor
from showergan.metrics.features import UNSCALED
from showergan.report.layout import Key, empty_figure, legend_below, new_figure
from showergan.report.runs import at_chosen_rates, draw_runs, groups, key, scale_for
from showergan.report.style import Style
from showergan.report.texts import counted

PANELS = {
    "response": "Response: mean energy / momentum [MeV/GeV]",
    "resolution": "Resolution: sd / mean of energy / momentum",
}
SPACE = "energy"
BIN = re.compile(r"(?P<low>\S*?\d)(-(?P<high>\d\S*))? GeV")
FAR = 3.0  # times what is usual: what lies beyond is counted, not drawn
REAL: dict[str, Any] = {"color": "black", "linestyle": (0, (5, 3)), "linewidth": 1.4}


def energy_response(
    style: Style, metrics: pd.DataFrame, anchors: pd.DataFrame, grid: pd.DataFrame
) -> Figure:
    """Draw response and resolution over the true momentum, at the last evaluated epoch on test.

    Of generated showers that were scaled to the response of real ones it is what they were before.

    Thin lines are seeds, thick lines their median, the broken line real showers with the error of their number. What
    is off by more than three times is counted above a panel: one generator that explodes would hide all others.
    """
    metrics = at_chosen_rates(metrics, grid)
    of_scaled = UNSCALED + SPACE in set(metrics["space"])
    space = UNSCALED + SPACE if of_scaled else SPACE
    rows = metrics[metrics["metric"].isin(PANELS) & (metrics["space"] == space)]
    rows = _with_momentum(rows[rows["split"] == "test"])
    rows = rows[rows["epoch"] == rows.groupby(RUN)["epoch"].transform("max")]
    real = real_anchor(anchors)
    real = _with_momentum(real[real["metric"].isin(PANELS) & (real["space"] == SPACE)])
    found = groups(style, rows)
    if not found:
        return empty_figure("No energy response was measured in this run.")
    figure = new_figure(5.0)
    axes = figure.subplots(1, 2)
    for panel, (metric, label) in zip(axes, PANELS.items(), strict=True):
        of_metric = groups(style, rows[rows["metric"] == metric])
        # A method without neighbouring values has no line, but points.
        draw_runs(panel, of_metric, "momentum", "value", average="median")
        ceiling = real[real["metric"] == metric]
        place = ceiling["momentum"], ceiling["value"], ceiling["event_sd"]
        panel.errorbar(*place, capsize=2.5, elinewidth=1.2, zorder=4, **REAL)
        outside = _scale(panel, rows[rows["metric"] == metric], ceiling["value"])
        bins = pd.concat([rows, real]).drop_duplicates("momentum").sort_values("momentum")
        panel.set_xticks(bins["momentum"], [_short(name) for name in bins["bin"]])
        panel.xaxis.set_minor_locator(NullLocator())
        panel.grid(axis="y")
        panel.set(xlabel="True momentum [GeV]")
        panel.set_title("\n".join(filter(None, [label, outside])))
    first, last = int(rows["epoch"].min()), int(rows["epoch"].max())
    epoch = f"epoch {last}" if first == last else f"the last epoch ({first} to {last})"
    size = f"n \N{GREATER-THAN OR EQUAL TO} {int(rows['n'].min())} per bin"
    scaled = ", before the energy was scaled" * of_scaled
    figure.suptitle(f"Test showers at {epoch}, {size}{scaled}")
    real_key: Key = {} if real.empty else {"real showers": REAL}
    legend_below(figure, key(found) | real_key)
    return figure


def momentum_of(label: str) -> float:
    """Return the middle of a bin on a logarithmic axis, in GeV: its label is "1.01-2.65 GeV" or "40 GeV"."""
    found = BIN.fullmatch(label)
    if not found:
        raise ValueError(f"not a bin of the momentum: {label}")
    low, high = float(found["low"]), float(found["high"] or found["low"])
    return float(np.sqrt(low * high)) if low > 0 else high / 2


def _with_momentum(rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows of the bins in their order, with the momentum of each."""
    momentum = rows["bin"].map(momentum_of).astype(float)
    return rows.assign(momentum=momentum).sort_values("momentum", kind="stable")


def _short(label: str) -> str:
    """Return the bounds of a bin without the unit."""
    found = BIN.fullmatch(label)
    return "\N{EN DASH}".join(filter(None, found.group("low", "high"))) if found else label


def _scale(axes: Axes, rows: pd.DataFrame, real: pd.Series) -> str:
    """Set the scales; return in words what lies outside: far from real showers and from the median run."""
    axes.set_xscale("log")
    usual = pd.concat([real, pd.Series([rows["value"].quantile(interpolation="lower")])])
    usual = usual[usual > 0]
    if usual.empty:
        return ""
    is_far = ~rows["value"].between(usual.min() / FAR, usual.max() * FAR)
    near = rows[~is_far.groupby([rows[name] for name in RUN]).transform("any")]
    shown = pd.concat([near["value"], usual])
    scale_for(axes, shown)
    margin = 0.06 * (shown.max() - shown.min()) or 1.0
    low, high = shown.min() - margin, shown.max() + margin
    if axes.get_yscale() == "log":
        low, high = shown.min() / 1.15, shown.max() * 1.15
    axes.set_ylim(low, high)
    beyond = rows[rows["value"].notna() & ~rows["value"].between(low, high)]
    if beyond.empty:
        return ""
    runs = len(beyond.drop_duplicates(RUN))
    return f"outside: {len(beyond)} of {len(rows)} values, of {counted('run', runs)}"
