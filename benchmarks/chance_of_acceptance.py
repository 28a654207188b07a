"""Estimate the chance that the default run meets every criterion on a machine that rounds otherwise, from many seeds.

Another machine is another draw of seeds, or nearly: trainings are chaotic, though seeds keep their first weights. Of
all seeds of finished runs, at the learning rates that their methods chose, as many are drawn as the default run has,
for each method by itself, and the criteria checked, many times. Runs of other seeds and processors go together:

    snakemake --cores all --configfile benchmarks/twelve_seeds.yaml results/twelve/scorecard.csv
    python benchmarks/chance_of_acceptance.py results/default results/twelve
"""

import argparse
from pathlib import Path

import numpy as np
import pandas as pd

from showergan.comparison.acceptance import BOUNDS, OFF, acceptance
from showergan.comparison.runs import RUN
from showergan.config.recipes.comparison import Acceptance

SEEDS, DRAWS = {"sn": 5, "abcas": 5, "sn_coef_l2_offset": 5}, 2000
RECIPE = Acceptance(bounded=tuple(SEEDS), fewest=200)


def main() -> None:
    """Print the chance of each criterion and of all of them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("runs", type=Path, nargs="+", help="folders of finished runs")
    runs = parser.parse_args().runs
    cards, lists = [], []
    for number, run in enumerate(runs):
        card = pd.read_csv(run / "scorecard.csv")
        card = card[card["chosen"] & card["method"].isin(RECIPE.bounded)]
        failures = pd.read_csv(run / "failures.csv").merge(card[RUN].drop_duplicates(), on=RUN)
        for table, kept in ((card, cards), (failures, lists)):
            kept.append(table.assign(seed=table["seed"].astype(int) + 10_000 * number))
    card, failures = pd.concat(cards), pd.concat(lists)
    anchors = pd.read_csv(runs[0] / "reference/anchors.csv", dtype={"bin": str})
    rng, met = np.random.default_rng(1), []
    for _ in range(DRAWS):
        drawn = pd.concat(
            failures[failures["method"] == method].sample(n, random_state=rng)
            for method, n in SEEDS.items()
        )
        of = drawn[["method", "seed"]]
        found = acceptance(card.merge(of), drawn, anchors, RECIPE)
        met.append(found.groupby("criterion")["met"].all())
    table = pd.DataFrame(met)
    off, bound = np.exp(np.log(failures["energy_ratio"]).abs()), BOUNDS["response"]
    print(
        f"{len(failures)} trainings of {', '.join(RECIPE.bounded)}; of mean energies before scaling"
    )
    print(f"{(off > OFF).sum()} are off by more than {OFF:g}, {(off > bound).sum()} by {bound:g}")
    print(f"{DRAWS} draws of {', '.join(f'{n} of {method}' for method, n in SEEDS.items())} meet")
    print(table.mean().map("{:.1%}".format).to_string())
    print(f"all criteria: {table.all(axis=1).mean():.1%}")


if __name__ == "__main__":
    main()
