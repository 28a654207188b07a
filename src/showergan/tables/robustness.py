"""How much of each method's score is left at the worst pair of learning rates."""

from __future__ import annotations

import math
from collections.abc import Hashable

from showergan.drawing.labels import pair
from showergan.drawing.registry import register_table
from showergan.drawing.style import Style
from showergan.drawing.table_files import Table
from showergan.drawing.worth import with_several_rates
from showergan.heavy import pd


@register_table(worth=with_several_rates)
def robustness(style: Style, robustness: pd.DataFrame) -> Table:
    """Write the score at the best and the worst learning rates and their ratio, in the order of the labels."""
    rows = [
        {
            "method": label,
            "pairs of learning rates": str(row["n_rates"]),
            "best at": pair(str(row["best_rates"])),
            "best": _number(row["best"]),
            "worst at": pair(str(row["worst_rates"])),
            "worst": _number(row["worst"]),
            "worst over best": _number(row["robustness"]),
            "remark": "" if pd.isna(row["remark"]) else str(row["remark"]),
        }
        for method, label in style.labels.items()
        for row in robustness[robustness["method"] == method].to_dict("records")
    ]
    score = robustness["score"].iloc[0] if len(robustness) else "score"
    return Table(robustness, {f"{score} on test, mean over seeds": pd.DataFrame(rows, dtype=str)})


def _number(value: Hashable) -> str:
    return "" if math.isnan(float(value)) else f"{float(value):.3f}"  # type: ignore[arg-type]
