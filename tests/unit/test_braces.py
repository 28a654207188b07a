"""Paths of thousands of runs fit a command, and bash makes of it what they were."""

import subprocess
from itertools import product

import numpy as np
import pytest
from forked import python

from showergan.io.braces import folded

MOST = 131_072  # bytes of an argument of a Linux program, and so of `bash -c`


def expanded(word):
    done = subprocess.run(
        ["bash", "-c", f"printf '%s\\n' {word}"], capture_output=True, text=True, check=True
    )
    return done.stdout.splitlines()


def runs(*axes):
    return ["/".join(("results/big/evaluate", *run, "metrics.csv")) for run in product(*axes)]


RATES = [f"{g:g}_{d:g}" for g in (1e-3, 1e-4) for d in (1e-3, 1e-4)]
SEEDS = [f"seed{seed}" for seed in range(1, 26)]
METHODS = [f"method_{i}" for i in range(50)]
GRID = runs(["small"], METHODS, RATES, SEEDS)


def test_thousands_of_paths_fit():
    assert len(GRID) == 5000
    assert sum(map(len, GRID)) > 2 * MOST
    assert len(folded(GRID)) < 1500
    assert expanded(folded(GRID)) == GRID


def test_pairs_of_learning_rates_may_differ_by_method():
    ragged = [
        path
        for i, method in enumerate(METHODS)
        for path in runs(["small", "wide"], [method], RATES[: 1 + i % 4], SEEDS)
    ]
    assert len(folded(ragged)) < MOST / 5
    assert expanded(folded(ragged)) == ragged


@pytest.mark.parametrize("seed", range(5))
def test_any_paths_in_any_order(seed):
    random = np.random.default_rng(seed)
    chosen = [GRID[i] for i in random.permutation(len(GRID))[:40]]
    assert expanded(folded(chosen)) == chosen


def test_a_path_alone_and_letters_that_bash_reads_otherwise():
    for paths in (
        ["a.csv"],
        ["a b/$x.csv", "a b/y;z.csv"],
        ["a/b", "a/b/c"],
        ["/tmp/{x}/a", "~/b"],
    ):
        assert expanded(folded(paths)) == paths


def test_the_command_line_takes_thousands():
    command = f"{python()} -m showergan.cli summarise {folded(GRID)} --anchors a.csv"
    command += " --grid g.csv --recipe '{}' --out s.csv"
    assert len(command) < MOST
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True)
    assert done.stderr.endswith("does not exist. Give the path of a file.\n"), done.stderr
