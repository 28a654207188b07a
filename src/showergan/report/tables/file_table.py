"""The scorecard of one file of generated samples, as a table of text for a terminal."""

import math

import pandas as pd

from showergan.metrics.metric import Entry
from showergan.report.texts import compact, plus_minus

UNDEFINED = "undefined"


def file_table(metrics: pd.DataFrame, entries: list[Entry]) -> str:
    """Return the metrics of the scorecard, one per line, within about 80 letters.

    Args:
        metrics: as `evaluate_file` returns them.
        entries: what the scorecard shows.
    """
    found = metrics.set_index(["metric", "space", "bin"])
    real = "other_real" if metrics["ceiling"].isna().all() else "ceiling"
    rows = [
        _line(real, entry.title, found.loc[[entry[:3]]].iloc[0], metrics["n"].max())
        for entry in entries
        if entry[:3] in found.index
    ]
    return pd.DataFrame(rows).to_markdown(index=False, tablefmt="simple", disable_numparse=True)


def _line(real: str, title: str, row: pd.Series, most: float) -> dict[str, str]:
    fraction = row["fraction_of_ceiling"]
    fewer = (
        "" if row["n"] == most else "\N{GREATER-THAN OR EQUAL TO} "
    )  # of several bins, the smallest
    return {
        "metric": title,
        "value": plus_minus(row["value"], row["event_sd"]) or UNDEFINED,
        real.replace("_", " "): plus_minus(row[real], row[f"{real}_sd"]) or UNDEFINED,
        "shuffled": compact(row["shuffled"]) if math.isfinite(row["shuffled"]) else UNDEFINED,
        "fraction": f"{fraction:.0%}" if math.isfinite(fraction) else "",
        "n": f"{fewer}{row['n']:.0f}",
    }
