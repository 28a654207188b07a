"""Compare the scores of trainings in bfloat16 with those of the same seeds in float32.

    snakemake --cores all --configfile benchmarks/precision.yaml --config run=float32 -- results/float32/summary.csv
    snakemake --cores all --configfile benchmarks/precision.yaml \
        --config run=bfloat16 'training={precision: bfloat16}' -- results/bfloat16/summary.csv
    python benchmarks/precision.py results/float32 results/bfloat16

Scores are on test, at the epoch chosen on select.
"""

import argparse
from pathlib import Path

import pandas as pd
from scipy import stats


def main() -> None:
    """Print of each score the mean difference over seeds, its 95 % interval, paired and not, and both means."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("float32", type=Path, help="folder of a finished run")
    parser.add_argument("bfloat16", type=Path, help="the same in bfloat16")
    folders = vars(parser.parse_args()).values()
    tables = [
        pd.read_csv(folder / "summary.csv").set_index(["score", "seed"]) for folder in folders
    ]
    pairs = pd.concat([table["selected"] for table in tables], axis=1, keys=["float32", "bfloat16"])
    for score, of in pairs.groupby("score", sort=False):
        of = of.dropna()
        paired = stats.ttest_rel(of["bfloat16"], of["float32"]).confidence_interval()
        apart = stats.ttest_ind(
            of["bfloat16"], of["float32"], equal_var=False
        ).confidence_interval()
        means = "  ".join(f"{name} {of[name].mean():.4f} (sd {of[name].std():.4f})" for name in of)
        print(
            f"{score:12} {means}  difference of {len(of)} pairs {of.diff(axis=1).iloc[:, 1].mean():+.4f}, paired "
            f"{paired.low:+.4f} to {paired.high:+.4f}, unpaired {apart.low:+.4f} to {apart.high:+.4f}"
        )


if __name__ == "__main__":
    main()
