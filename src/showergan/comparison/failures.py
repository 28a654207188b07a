"""What went wrong in every run."""

import pandas as pd

from showergan.comparison.scorecard import run_of_summary
from showergan.comparison.summary import RUN, real_showers

EXPLODING = 10.0  # times the mean total energy of real showers
COLLAPSED = 0.1  # of the diversity of real showers
EMPTY = 0.01  # of all images
REPEATING = 0.1  # of all showers have a near copy; of real ones 0.01


def failures(
    runs: list[tuple[dict[str, str], pd.DataFrame]],
    anchors: pd.DataFrame,
    summary: pd.DataFrame,
    choose_by: str,
) -> pd.DataFrame:
    """Return what went wrong in every run on the test conditions, at the epoch chosen on select.

    Args:
        runs: as for `scorecard`.
        anchors: as for `scorecard`.
        summary: as for `scorecard`.
        choose_by: as for `scorecard`.

    Returns:
        A row of real showers, whose method is "real", and one per run: its keys; epoch; n showers; the
        counts of mishaps, see `COUNTS` in `features`; energy_ratio of the mean total energies, generated to real;
        diversity; duplicates, the fraction that has a near copy; failure, none or some of: not finite (any image),
        clipped (any cell above 1e7 MeV), exploding (ratio above 10), empty (more than 1 % of the images), collapsed
        (diversity below 0.1), repeating (more than 10 % have a near copy); n_failed_epochs, evaluated epochs with a
        failure.
    """
    real = real_showers(anchors)
    mean_energy = _wide(real)["mean total_energy_MeV"]
    rows = [{**_mishaps(real, mean_energy), "method": "real"}]
    for keys, metrics in runs:
        row = run_of_summary(summary[summary["score"] == choose_by], keys)
        test = metrics[metrics["split"] == "test"]
        found = {
            epoch: _mishaps(part, mean_energy) for epoch, part in test.groupby("epoch", sort=True)
        }
        failed = sum(mishaps["failure"] != "none" for mishaps in found.values())
        epoch = row["selected_epoch"]
        rows.append({**keys, "epoch": epoch, **found[epoch], "n_failed_epochs": failed})
    table = pd.DataFrame(rows)
    return table[[*RUN, "epoch", *(c for c in table if c not in (*RUN, "epoch"))]]


def _wide(metrics: pd.DataFrame) -> dict[str, float]:
    """Return the values of one epoch, of the whole sample, by metric and space."""
    whole = metrics[metrics["bin"] == "all"]
    return dict(zip(whole["metric"] + " " + whole["space"], whole["value"], strict=True))


def _mishaps(metrics: pd.DataFrame, mean_energy: float) -> dict[str, float | int | str]:
    values = _wide(metrics)
    counts = metrics[metrics["space"] == "counts"]
    n = int(counts["n"].iloc[0])
    ratio = values["mean total_energy_MeV"] / mean_energy
    diversity, repeated = values["diversity high_level"], values["duplicates observables"]
    named = dict(zip(counts["metric"], counts["value"].astype(int), strict=True))
    kinds = {
        "not finite": named["n_not_finite"] > 0,
        "clipped": named["n_clipped_cells"] > 0,
        "exploding": ratio > EXPLODING,
        "empty": named["n_empty_image"] > EMPTY * n,
        "collapsed": diversity < COLLAPSED,
        "repeating": repeated > REPEATING,
    }
    failure = ", ".join(name for name, found in kinds.items() if found) or "none"
    return {
        "n": n,
        **named,
        "energy_ratio": ratio,
        "diversity": diversity,
        "duplicates": repeated,
        "failure": failure,
    }
