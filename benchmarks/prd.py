"""Time our PRD against the published recipe, and compare their values.

The published recipe scores a bin with ten repeats of ten MiniBatchKMeans(n_init=10) fits. Per pair
of samples the recipe and ours run alternately, on one thread unless --threads says otherwise (the
recipe always keeps OpenMP to one thread, as the published code does, because that is faster);
the ratio is that of the times per repeat, which is one fit. A whole published score takes 100 fits
where ours takes --repeats, so its ratio is larger by 100 / repeats. The end is a full conditional
evaluation: nine bins, and all events together. The column lloyd is by how much fully converged
k-means, which is another metric, differs from the recipe.

    python benchmarks/prd.py
    python benchmarks/prd.py --quick --threads 2
    python benchmarks/prd.py --reference ../GAN_project   # also its own prd_score.py
"""

import argparse
import importlib.util
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import torch
from clusterings import LLOYD, RECIPE, clustered_by
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from showergan.config.evaluation import Evaluation
from showergan.metrics.conditional_prd import conditional_prd
from showergan.metrics.prd import area, prd_scores

Array = NDArray[np.float64]
Pair = tuple[str, Array, Array, int]
PUBLISHED_FITS = 100


def embeddings(random: np.random.Generator) -> Callable[[int, float, float], Array]:
    """Make a sampler of points like those of a network: 64 dimensions, 5 of them real."""
    first, second = random.normal(size=(5, 128)), random.normal(size=(128, 64)) / np.sqrt(128)

    def sample(n: int, shift: float, scale: float) -> Array:
        latent = shift + scale * random.normal(size=(n, 5))
        return np.tanh(0.7 * latent @ first) @ second + 0.05 * random.normal(size=(n, 64))

    return sample


def statistics(random: np.random.Generator, n: int, shift: float) -> Array:
    """Draw points like the physics statistics: two asymmetries, two widths with tails and zeros."""
    asymmetries = np.tanh(shift + 0.4 * random.normal(size=(n, 2)))
    widths = np.exp(1 + shift + 0.6 * random.normal(size=(n, 2)))
    widths /= np.sqrt(np.clip(np.abs(random.normal(size=(n, 1))), 0.01, None))
    widths[random.random(n) < 0.05] = 0
    return np.hstack([asymmetries, widths])


def pairs(random: np.random.Generator) -> list[Pair]:
    """Draw pairs of samples (name, real, generated, K) of many shapes, sizes and dimensions."""
    embed, gauss, t = embeddings(random), random.normal, random.standard_t
    modes = 4 * gauss(size=(12, 2))

    def mixture(n: int, shares: Array) -> Array:
        return modes[random.choice(12, n, p=shares / shares.sum())] + 0.7 * gauss(size=(n, 2))

    def rare_modes(n: int, shift: float) -> Array:
        places = 30 * np.random.default_rng(5).normal(size=(40, 4))
        return (
            shift
            + gauss(size=(n, 4))
            + places[random.integers(40, size=n)] * (random.random((n, 1)) < 0.1)
        )

    even, uneven = np.ones(12), np.repeat([4.0, 1.0], 6)
    return [
        ("embedding", embed(6667, 0, 1), embed(6667, 0.1, 1), 20),
        ("embedding", embed(2250, 0, 1), embed(2250, 0.2, 0.8), 20),
        ("embedding", embed(2250, 0, 1), embed(2250, 0, 1), 50),
        ("embedding", embed(150, 0, 1), embed(150, 0.2, 1), 20),
        ("collapse", embed(1000, 0, 1), embed(1000, 0.5, 0.1), 20),
        ("Gaussian", gauss(size=(2000, 64)), gauss(0.2, 1, (2000, 64)), 20),
        ("mixture", mixture(1000, even), mixture(1000, uneven), 20),
        ("mixture", mixture(7000, even), mixture(7000, uneven), 50),
        ("rare modes", rare_modes(1500, 0), rare_modes(1500, 0.5), 20),
        ("Student t(2)", t(2, (2000, 4)), 0.2 + 1.2 * t(2, (2000, 4)), 20),
        ("Cauchy", t(1, (700, 4)), 1.3 * t(1, (700, 4)), 20),
        ("log-normal", np.exp(gauss(0, 1.5, (3000, 4))), np.exp(gauss(0.3, 1.5, (3000, 4))), 20),
        ("statistics", statistics(random, 2250, 0), statistics(random, 2250, 0.1), 20),
        ("statistics", statistics(random, 300, 0), statistics(random, 300, 0.2), 50),
    ]


def alternate(
    methods: dict[str, Callable[[int], Array]], rounds: int
) -> dict[str, tuple[Array, float]]:
    """Run the methods in turn, once per round; give all values and the mean time of a call."""
    values: dict[str, list[Array]] = {name: [] for name in methods}
    seconds = dict.fromkeys(methods, 0.0)
    for number in range(rounds + 1):
        for name, method in methods.items():
            start = time.perf_counter()
            value = method(number)
            if number > 0:  # the first round warms up
                seconds[name] += (time.perf_counter() - start) / rounds
                values[name].append(value)
    return {name: (np.concatenate(values[name]), seconds[name]) for name in methods}


def scorer(real: Array, generated: Array, k: int, repeats: int) -> Callable[[int], Array]:
    """Make a function from a seed to the PRD-AUC of every repeat."""
    return lambda seed: prd_scores(real, generated, clusters=k, repeats=repeats, seed=seed).prd_auc


def by(estimator: Callable[..., Any], score: Callable[[int], Array]) -> Callable[[int], Array]:
    """Make the same over the clusters of another estimator."""

    def scored(seed: int) -> Array:
        with clustered_by(estimator):
            return score(seed)

    return scored


def reference_scorer(
    module: ModuleType, real: Array, generated: Array, k: int, repeats: int
) -> Callable[[int], Array]:
    """Make the same from the original code: one fit and one curve per repeat."""

    def score(seed: int) -> Array:
        np.random.seed(seed)  # noqa: NPY002, the original draws from the global state
        curves = [
            module.compute_prd_from_embedding(generated, real, num_clusters=k, num_runs=1)
            for _ in range(repeats)
        ]
        return np.array([area(precision, recall) for precision, recall in curves])

    return score


def load_reference(checkout: Path) -> ModuleType:
    """Import prd_score.py from a checkout of the original repository."""
    path = next(checkout.rglob("prd_score.py"), None)
    spec = importlib.util.spec_from_file_location("prd_score", path) if path else None
    if spec is None or spec.loader is None:
        sys.exit(f"--reference {checkout}: no prd_score.py in it")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def compare(pair: Pair, repeats: int, rounds: int, reference: ModuleType | None) -> None:
    """Print one line: the values of the recipe and of ours, and the ratio of their times."""
    name, real, generated, k = pair
    score = scorer(real, generated, k, repeats)
    methods = {"recipe": by(RECIPE, score), "ours": score}
    if reference:
        methods["original"] = reference_scorer(reference, real, generated, k, repeats)
    results = alternate(methods, rounds)
    recipe, recipe_seconds = results["recipe"]
    ours, our_seconds = results["ours"]
    converged = by(LLOYD, score)(1)
    allowed = max(0.005, recipe.std(ddof=1))
    difference = ours.mean() - recipe.mean()
    line = (
        f"{name:13} {len(real):6} {real.shape[1]:3} {k:3}"
        f"  {recipe.mean():.4f} {recipe.std(ddof=1):.4f}  {ours.mean():.4f} {ours.std(ddof=1):.4f}"
        f"  {difference:+.4f} {allowed:.4f} {'ok' if abs(difference) <= allowed else 'NO':3}"
        f" {1e3 * recipe_seconds / repeats:7.1f} {1e3 * our_seconds / repeats:7.2f}"
        f" {recipe_seconds / our_seconds:6.1f} {converged.mean() - recipe.mean():+.4f}"
    )
    if reference:
        original, seconds = results["original"]
        line += (
            f"  {original.mean():.4f} {1e3 * seconds / repeats:7.1f} {seconds / our_seconds:6.1f}"
        )
    print(line, flush=True)


def evaluate(n: int, repeats: int, rounds: int, reference: ModuleType | None) -> None:
    """Print the times of a full conditional evaluation in 64 dimensions with K = 20."""
    embed, random = embeddings(np.random.default_rng(1)), np.random.default_rng(2)
    real, generated = embed(n, 0, 1), embed(n, 0.1, 1)
    # The centre is crowded and the corners are thin, as for entry points around the origin.
    bins = random.choice(9, n, p=np.array([1, 2, 1, 2, 6, 2, 1, 2, 1]) / 18)

    def score(seed: int) -> Array:
        found = conditional_prd(
            real, generated, bins, bins, 9, Evaluation(repeats=repeats, seed=seed)
        )
        return np.array([found["prd_auc"]["mean"].value])

    def original(module: ModuleType) -> Callable[[int], Array]:
        parts = [(real[bins == b], generated[bins == b]) for b in range(9)] + [(real, generated)]
        scorers = [reference_scorer(module, *part, 20, repeats) for part in parts]
        return lambda seed: np.array([np.mean([score(seed) for score in scorers][:9])])

    methods = {"recipe": by(RECIPE, score), "ours": score}
    if reference:
        methods["original"] = original(reference)
    results = alternate(methods, rounds)
    our_seconds = results["ours"][1]
    print(f"\nFull conditional evaluation, 2 x {n} points in nine bins, and all; {repeats} repeats")
    for name, (values, seconds) in results.items():
        print(f"{name:9} mean PRD-AUC {values.mean():.4f}, {seconds:7.3f} s", end="")
        ratio = seconds / our_seconds
        published = f"{ratio * PUBLISHED_FITS / repeats:.0f} at its {PUBLISHED_FITS} fits"
        print("" if name == "ours" else f", {ratio:.1f} times ours at equal fits, {published}")


def main() -> None:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--threads", type=int, default=1, help="of torch, BLAS and OpenMP")
    parser.add_argument("--repeats", type=int, default=10, help="clusterings per score")
    parser.add_argument("--rounds", type=int, default=5, help="alternations of recipe and ours")
    parser.add_argument("--events", type=int, default=20250, help="per side, full evaluation")
    parser.add_argument("--quick", action="store_true", help="the full evaluation only, one round")
    parser.add_argument("--reference", type=Path, metavar="DIR", help="the original's checkout")
    arguments = parser.parse_args()

    torch.set_num_threads(arguments.threads)
    reference = load_reference(arguments.reference) if arguments.reference else None
    with threadpool_limits(limits=arguments.threads):
        if not arguments.quick:
            print(
                "pair               n   d   K  recipe sd      ours   sd      difference, allowed"
                "     ms/fit    ours  ratio   lloyd"
                + ("  original, ms/fit, ratio" if reference else "")
            )
            for pair in pairs(np.random.default_rng(0)):
                compare(pair, arguments.repeats, arguments.rounds, reference)
        rounds = 1 if arguments.quick else arguments.rounds
        evaluate(arguments.events, arguments.repeats, rounds, reference)


if __name__ == "__main__":
    main()
