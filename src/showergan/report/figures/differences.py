"""Differences of the methods to the baseline."""

import math
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from showergan.comparison.compared import ALL, CHOSEN
from showergan.config.evaluation import FLOORS
from showergan.report import layout
from showergan.report.runs import CHOICES, by_size, compared_scores, titled
from showergan.report.style import Colour, Style
from showergan.report.texts import counted, formatted, labelled, pair, records, with_minus, wrapped

# Meaning, marker, whether it is filled, and line of the interval: the surer a verdict, the more ink.
VERDICTS = {
    "decided": ("better or worse (p \N{LESS-THAN OR EQUAL TO} 0.05 after Holm)", "o", True, "-"),
    "equivalent": ("equivalent: within the margin", "^", True, "-"),
    "undecided": ("undecided", "o", False, "-"),
    "too few seeds": ("too few seeds to decide", "D", False, ":"),
    "not tested": ("noise, not tested", "s", False, "-"),
}

NOISE = "0.9"  # grey of differences within noise
FAR = 4  # times the usual reach from 0, where an axis ends: few methods that are far off would hide all others


def differences(style: Style, verdicts: pd.DataFrame) -> Figure:
    """Draw the difference of the means of each method and the baseline, with Welch's 95 % interval from five seeds on.

    A row of panels for the areas over all rates, and one for the pairs that the methods chose; where there is no area
    one per pair of learning rates, from large to small. A column per score, whose panels share their scale. A
    difference beyond its end is an arrow with a number.
    """
    rows = compared_scores(labelled(verdicts, style.labels))
    if rows.empty:
        nothing = "Nothing to compare: the baseline or every other method was left out."
        return layout.empty_figure(nothing)
    baseline = rows["baseline"].iloc[0]
    scores = list(dict.fromkeys(rows["score"]))
    tried = set(rows["learning_rates"])
    last = [choice for choice in (ALL, CHOSEN) if choice in tried]
    # From large to small, where there is no area over them; what was chosen comes last.
    choices = [*(sorted(tried.difference(last), key=by_size) if ALL not in tried else ()), *last]
    # Not every method need be trained at every pair: a row of panels is as high as it has methods.
    parts = [rows[rows["learning_rates"] == choice] for choice in choices]
    if (same := _repeated(parts)) is not None:  # all methods chose this pair
        choices, parts = choices[:-1], parts[:-1]
    lines = [list(dict.fromkeys(part["label"])) for part in parts]
    heights = [max(1.4, 0.4 * len(names) + 0.5) for names in lines]
    figure = layout.new_figure(1.6 + sum(heights))
    share: Any = {"sharex": "col", "sharey": "row", "squeeze": False}
    axes = figure.subplots(len(choices), len(scores), height_ratios=heights, **share)
    ends_of = {score: _end(rows[rows["score"] == score]) for score in scores}
    for line, choice, here, names in zip(axes, choices, parts, lines, strict=True):
        for panel, score in zip(line, scores, strict=True):
            of_score = here[here["score"] == score]
            for row in records(of_score):
                y = names.index(row["label"])
                mark = _mark(row["verdict"], style.line(row["method"]).colour)
                panel.plot([row["low"], row["high"]], [y, y], **{**mark, "marker": ""})
                _draw_mean(panel, row["mean_difference"], y, ends_of[score], mark)
                above = formatted(row["probability_of_improvement"], ".0%")
                layout.beside(panel, y, above, fontsize="x-small", color="0.3")
                if not pd.isna(row["noise_floor"]):
                    # Differences that methods without a difference may well have.
                    ends = [FLOORS * row["noise_floor"] * side for side in (-1, 1)]
                    panel.fill_betweenx([y - 0.5, y + 0.5], *ends, color=NOISE, zorder=0)
            panel.axvline(0, color="0.4", linewidth=1, zorder=1)
            panel.grid(axis="x")
            layout.few_ticks(panel, len(scores))
            panel.tick_params(axis="y", length=0)
        layout.names_in_rows(line[0], [wrapped(name, 30) for name in names])
        if len(choices) > 1:
            as_chosen = "\n(as chosen)" * (same is not None and parts[same] is here)
            name = CHOICES.get(choice) or pair(choice)
            line[0].set_ylabel(f"Learning rates\n{name}{as_chosen}")
    for panel, score in zip(axes[0], scores, strict=True):
        of_score = rows[rows["score"] == score]
        seeds = counted("seed", *of_score["n_method"])
        against = f"{seeds} against {counted('seed', *of_score['n_baseline'])}"
        panel.set_title(titled(score, against, columns=len(scores)))
        if math.isfinite(end := ends_of[score]):
            panel.set_xlim(-1.05 * end, 1.05 * end)  # shared by the column
    figure.align_ylabels(axes[:, 0])
    axes[-1, len(scores) // 2].set_xlabel(
        f"score on test minus that of {style.labels.get(baseline, baseline)};\n"
        "at the right, how often a seed of the method is above one of it"
    )
    kinds = set(rows["verdict"].map(_kind))
    known = {kind: text for kind, (text, *_) in VERDICTS.items() if kind in kinds}
    key: layout.Key = {text: _mark(kind, "0.3") for kind, text in known.items()}
    if rows["noise_floor"].notna().any():
        key["within the noise between equal methods"] = Patch(color=NOISE)
    layout.legend_below(figure, key)
    return figure


def _end(rows: pd.DataFrame) -> float:
    """Return where the axis of a score ends; infinity where no difference is far off, or none has an interval."""
    reach = rows.loc[rows["low"].notna(), ["low", "high"]].abs().max(axis=1)
    end = FAR * reach.median()
    return float(end) if rows["mean_difference"].abs().max() > end > 0 else math.inf


def _draw_mean(axes: Axes, value: float, y: float, end: float, mark: dict[str, Any]) -> None:
    if abs(value) <= end or pd.isna(value):
        axes.plot(value, y, **mark)
        return
    side = math.copysign(1, value)
    axes.plot(side * end, y, **{**mark, "marker": "<" if value < 0 else ">"})
    place: Any = {"ha": "left" if value < 0 else "right", "va": "center", "fontsize": "x-small"}
    offset: Any = {"xytext": (-8 * side, 8), "textcoords": "offset points"}
    axes.annotate(with_minus(f"{value:+.2f}"), (side * end, y), **offset, **place)


def _repeated(parts: list[pd.DataFrame]) -> int | None:
    """Return which choice has the differences of the last one, if any."""
    plain = [part.drop(columns="learning_rates").reset_index(drop=True) for part in parts]
    return next((i for i, part in enumerate(plain[:-1]) if part.equals(plain[-1])), None)


def _kind(verdict: str) -> str:
    return verdict if verdict in VERDICTS else "decided"


def _mark(verdict: str, colour: Colour | str) -> dict[str, Any]:
    """Return the properties of the line of a difference."""
    _, marker, filled, line = VERDICTS[_kind(verdict)]
    face = colour if filled else "white"
    own = {"marker": marker, "markersize": 6, "markerfacecolor": face}
    return {"color": colour, "linestyle": line, "linewidth": 2, **own}
