"""Differences that claims are about."""

from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from showergan.report import layout
from showergan.report.runs import CHOICES, compared_scores, titled
from showergan.report.style import Style
from showergan.report.texts import labelled, records, wrapped

# Of verdicts: colour and whether the point is filled.
VERDICTS = {
    "supported": ("#3f90da", True),
    "contradicted": ("#bd1f01", True),
    "equivalent": ("#555555", True),
    "undecided": ("#555555", False),
    "too few seeds": ("#aaaaaa", False),
}


def claims(style: Style, claims: pd.DataFrame) -> Figure:
    """Draw the difference that each claim is about, with Welch's 95 % interval, and the margin of equivalence.

    A row of panels for the areas over all learning rates and one for the pairs that methods chose, a column per score;
    in a panel a row per claim, in which two architectures stand above each other.
    """
    rows = compared_scores(labelled(claims, style.labels))
    if rows.empty:
        return layout.empty_figure("There is no claim to test.")
    names, scores = list(dict.fromkeys(rows["says"])), list(dict.fromkeys(rows["score"]))
    choices = [choice for choice in CHOICES if choice in set(rows["learning_rates"])]
    places = list(dict.fromkeys(rows["architecture"]))
    figure = layout.new_figure(1.2 + len(choices) * (0.7 + 0.5 * len(names)))
    share: Any = {"sharex": "col", "sharey": True, "squeeze": False}
    axes = figure.subplots(len(choices), len(scores), **share)
    for line, choice in zip(axes, choices, strict=True):
        for panel, score in zip(line, scores, strict=True):
            here = rows[(rows["score"] == score) & (rows["learning_rates"] == choice)]
            for row in records(here):
                apart = 0.4 * (places.index(row["architecture"]) / max(len(places) - 1, 1) - 0.5)
                y = names.index(row["says"]) + apart * (len(places) > 1)
                mark = _mark(row["verdict"])
                panel.plot([row["low"], row["high"]], [y, y], **{**mark, "marker": ""})
                panel.plot(row["mean_difference"], y, **mark)
            if pd.notna(margin := here["margin"].max()):
                panel.axvspan(-margin, margin, color="0.92", zorder=0)
            panel.axvline(0, color="0.4", linewidth=1, zorder=1)
            panel.grid(axis="x")
            layout.few_ticks(panel, len(scores))
            panel.tick_params(axis="y", length=0)
        layout.names_in_rows(line[0], [wrapped(name, 34) for name in names])
        line[0].set_ylabel(f"Learning rates\n{CHOICES[choice]}")
    for panel, score in zip(axes[0], scores, strict=True):
        panel.set_title(titled(score, columns=len(scores)))
    text = "difference on test; grey: the margin of equivalence"
    axes[-1, len(scores) // 2].set_xlabel(text)
    seen = set(rows["verdict"])
    layout.legend_below(figure, {v: _mark(v) for v in VERDICTS if v in seen})
    return figure


def _mark(verdict: str) -> dict[str, Any]:
    """Return the properties of the line of a difference."""
    colour, filled = VERDICTS[verdict]
    face = colour if filled else "white"
    return {
        "color": colour,
        "linewidth": 2,
        "marker": "o",
        "markersize": 6,
        "markerfacecolor": face,
    }
