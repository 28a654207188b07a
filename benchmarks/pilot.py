"""Print the spread of scores over seeds by epoch, and that of means over the last epochs, of each method and rate.

    snakemake --cores all --configfile benchmarks/pilot.yaml -- results/pilot/summary.csv
    python benchmarks/pilot.py results/pilot

It reads what is evaluated already. CPU seconds are those of a training and of an evaluation, means.
"""

import argparse
import json
from pathlib import Path

import pandas as pd

from showergan.comparison.runs import METHOD, RUN, Runs
from showergan.metrics.conditional_prd import scores_over_epochs


def main() -> None:
    """Print a table of standard deviations, and one of seconds."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("run", type=Path, help="folder of a run, finished or not")
    folder = parser.parse_args().run
    paths = sorted(folder.glob("evaluate/*/*/*/*/metrics.csv"))
    metrics = pd.concat(Runs(paths), ignore_index=True)
    scores = pd.concat(
        scores_over_epochs(of).assign(**dict(zip(RUN, run, strict=True)))
        for run, of in metrics.groupby(RUN)
    )
    scores = scores[(scores["split"] == "test") & scores["score"].isin(["bins-E", "bins-P"])]
    table = scores.pivot_table("value", [*RUN, "score"], "epoch")
    epochs = list(table)
    for k in range(2, len(epochs) + 1):
        table[f"last {k}"] = table[epochs[-k:]].mean(axis=1)
    auc = metrics[(metrics["metric"] == "classifier_auc") & (metrics["space"] == "high_level")]
    spread = table.groupby([*METHOD[1:], "score"]).std()
    spread.insert(0, "seeds", table.groupby([*METHOD[1:], "score"]).size())
    print(spread.round(3).to_string())
    print(
        "\nclassifier AUC: physics, sd", auc.groupby(METHOD[1:])["value"].std().round(3), sep="\n"
    )
    seconds = [
        {
            "step": step,
            "method": path.parts[-4],
            "seconds": json.loads(path.read_text(encoding="utf-8"))["cpu_seconds"],
        }
        for step in ("train", "evaluate")
        for path in folder.glob(f"{step}/*/*/*/*/provenance.json")
    ]
    means = pd.DataFrame(seconds).groupby(["step", "method"])["seconds"].mean()
    print("\nCPU seconds", means.round(1).to_string(), sep="\n")


if __name__ == "__main__":
    main()
