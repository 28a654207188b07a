"""How much of each method's score is left at the worst pair of learning rates."""

from __future__ import annotations

import pandas as pd

from showergan.report.applicable import with_several_rates
from showergan.report.labels import pair, records
from showergan.report.numbers import told
from showergan.report.registry import register_table
from showergan.report.style import Style
from showergan.report.table_files import Table


@register_table("Robustness to the learning rates", applicable=with_several_rates)
def robustness(style: Style, robustness: pd.DataFrame) -> Table:
    """Write the score at the best and the worst learning rates and their ratio, in the order of the labels."""
    rows = [
        {
            "method": label,
            "pairs of learning rates": str(row["n_rates"]),
            "best at": pair(row["best_rates"]),
            "best": told(row["best"], ".3f"),
            "worst at": pair(row["worst_rates"]),
            "worst": told(row["worst"], ".3f"),
            "worst over best": told(row["robustness"], ".3f"),
            "remark": told(row["remark"], ""),
        }
        for method, label in style.labels.items()
        for row in records(robustness[robustness["method"] == method])
    ]
    score = robustness["score"].iloc[0] if len(robustness) else "score"
    return Table(robustness, {f"{score} on test, mean over seeds": pd.DataFrame(rows, dtype=str)})
