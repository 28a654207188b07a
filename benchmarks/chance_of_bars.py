"""Estimate the chance that the default run meets every bar on a machine that rounds otherwise, from many seeds of it.

Another machine is another draw of seeds: trainings are chaotic, and what rounding changes is what a seed changes. Of
many seeds as many are drawn as the default run has, for each method by itself; learning rates are chosen on them anew
and the bars held against them, many times. The run has the methods that bars are for:

    snakemake --cores all --configfile benchmarks/twelve_seeds.yaml results/twelve/scorecard.csv
    python benchmarks/chance_of_bars.py results/twelve
"""

import argparse
from pathlib import Path

import numpy as np
import pandas as pd

from showergan import comparison

SEEDS, DRAWS = 3, 2000


def main() -> None:
    """Print the chance of each bar and of all of them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("run", type=Path, help="folder of a finished run with many seeds")
    run = parser.parse_args().run
    card, failures, summary = (
        pd.read_csv(run / f"{name}.csv") for name in ("scorecard", "failures", "summary")
    )
    anchors = pd.read_csv(run / "reference/anchors.csv", dtype={"bin": str})
    chosen_by = summary[summary["score"] == "bins-P"]
    methods, seeds = sorted(card["method"].unique()), sorted(card["seed"].unique())
    rng, met = np.random.default_rng(1), []
    for _ in range(DRAWS):
        keys = []
        for method in methods:
            drawn = rng.choice(seeds, SEEDS, replace=False)
            tried = chosen_by[(chosen_by["method"] == method) & chosen_by["seed"].isin(drawn)]
            best = tried.groupby("learning_rates")["select"].mean().idxmax()
            keys += [(method, best, seed) for seed in drawn]
        of = pd.DataFrame(keys, columns=["method", "learning_rates", "seed"])
        found = comparison.bars(
            card.assign(chosen=True).merge(of),
            failures.merge(of),
            anchors,
            bounded=methods,
            fewest=200,
        )
        met.append(found.groupby("bar")["met"].all())
    table = pd.DataFrame(met)
    print(f"{len(seeds)} seeds of {', '.join(methods)}; {DRAWS} draws of {SEEDS}")
    print(table.mean().map("{:.1%}".format).to_string())
    print(f"all bars: {table.all(axis=1).mean():.1%}")


if __name__ == "__main__":
    main()
