"""What methods are compared by: scores of every run, positions in metrics of the scorecard, and which runs failed."""

from collections.abc import Sequence

import pandas as pd

from showergan.comparison.runs import RUN, of_runs
from showergan.errors import UserError

# In place of a pair of learning rates: the pair that each method chose, or all that the baseline was tried at.
CHOSEN, ALL = "chosen", "all"
AREA = "area of "  # before the name of a score: over all rates of the discriminator
POSITION = "position: "  # before the title of a metric
WORST = 0.0  # of scores, and of positions but for those worse than untrained


def compared(
    summary: pd.DataFrame, failures: pd.DataFrame, card: pd.DataFrame, positions: Sequence[str] = ()
) -> pd.DataFrame:
    """Return the summary with the column `failed`, and with rows of more scores: positions in metrics.

    A failed run without a value of a score that others have gets 0, the worst there is: no mean is that of survivors.

    Positions, see `scorecard`, are larger for better generators whatever the metric, 1 for real samples, and have a
    value of runs that diverged. The score of such a row is "position: " and the title of its metric.

    Args:
        summary: a row per run and score.
        failures: a row per run, see `failures`.
        card: the scorecard of the same runs.
        positions: titles of metrics in the scorecard.

    Raises:
        UserError: the scorecard lacks a metric.
    """
    if unknown := [title for title in positions if title not in set(card["title"])]:
        known = ", ".join(dict.fromkeys(card["title"]))
        raise UserError(f"compare.positions: no metric is called {unknown[0]!r}; there are {known}")
    more = card[card["title"].isin(positions)]
    # They are known at the epoch chosen on select alone, which stands for any.
    values = dict.fromkeys(["selected", "mean", "last"], more["position"])
    more = more.assign(score=POSITION + more["title"], **values)
    columns = [*RUN, "score", *values, "chosen", "diverged"]
    rows = pd.concat([summary, more[columns]], ignore_index=True) if len(more) else summary
    rows = with_failed(rows, failures)
    if "tried" in rows:  # which the scorecard does not say
        rows["tried"] = rows.groupby(RUN)["tried"].transform("first").astype(bool)
    for column in ("selected", "mean", "max", "last"):
        defined = rows["score"].isin(rows.loc[rows[column].notna(), "score"])
        rows.loc[defined & rows["failed"] & rows[column].isna(), column] = WORST
    return rows


def with_failed(summary: pd.DataFrame, failures: pd.DataFrame) -> pd.DataFrame:
    """Return rows of runs with the column `failed`, whether the failure of the run is another than "none"."""
    rows = summary.astype({"seed": int})
    known = failures.dropna(subset="seed").astype({"seed": int})
    failed = of_runs(rows, known[[*RUN, "failure"]], "failures")
    failed["failed"] = failed.pop("failure") != "none"
    return rows.merge(failed, on=RUN, how="left", validate="many_to_one")
