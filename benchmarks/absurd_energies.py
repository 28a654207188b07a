"""Show which metrics see that some showers have an absurd energy.

Takes the real select showers of a finished run for a generator, multiplies the energy of a part of them by 10 000, and
measures them against the real test showers.

    python benchmarks/absurd_energies.py results/default
"""

import argparse
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from showergan.config.evaluation import Evaluation
from showergan.evaluation.measure import measure
from showergan.evaluation.reference import make_reference
from showergan.io.device import choose_device
from showergan.metrics.pair import Pair
from showergan.tasks.showers import dataset
from showergan.tasks.showers.embedding import load_embedding
from showergan.tasks.showers.metrics import METRICS
from showergan.tasks.showers.reference_statistics import features_of, impact_depth_cm
from showergan.tasks.showers.sample import Showers

FACTOR = 1e4
SHOWN = {
    "E": ("prd_auc", "E", "all"),
    "P": ("prd_auc", "P", "all"),
    "FPD: E": ("fpd", "E", "all"),
    "W1 of energy [MeV]": ("wasserstein", "total_energy_MeV", "all"),
    "response error": ("response_error", "energy", "all"),
}


def main() -> None:
    """Print a row of metrics for each part."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("run", type=Path, help="folder of a finished run")
    parser.add_argument("--parts", type=float, nargs="+", default=[0, 0.003, 0.01, 0.05, 0.26])
    given = parser.parse_args()
    device, recipe = choose_device("cpu"), Evaluation()
    showers = given.run / "data/showers.h5"
    regressor = load_embedding(given.run / "embedding/model.pt", device)
    reference = make_reference(showers, regressor, recipe, device)
    real, depth = reference.features["test"], impact_depth_cm(showers, recipe)
    print(f"{len(real)} real test showers, K = {recipe.clusters}")
    print("part   " + "  ".join(f"{title:>18}" for title in SHOWN))
    for part in given.parts:
        chunks = absurd(dataset.stream(showers, "select"), part)
        sample = features_of(chunks, regressor, recipe.statistics, depth, device)
        table = measure(Pair(real, sample, reference.reference_statistics, recipe), METRICS)
        values = table.set_index(["metric", "space", "bin"])["value"]
        print(f"{part:<7g}" + "  ".join(f"{values[key]:>18.4g}" for key in SHOWN.values()))


def absurd(chunks: Iterator[Showers], part: float) -> Iterator[Showers]:
    """Multiply the energy of a random part of the showers."""
    random = np.random.default_rng(0)
    for chunk in chunks:
        chosen = random.random(len(chunk)) < part
        factor = np.where(chosen, FACTOR, 1)[:, None, None].astype(np.float32)
        yield replace(chunk, energy=chunk.energy * factor)


if __name__ == "__main__":
    main()
