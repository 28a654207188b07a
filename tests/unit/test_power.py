"""Seeds that a comparison needs, against simulation and numbers found by it before."""

import numpy as np
import pytest
from scipy import stats
from typer.testing import CliRunner

from showergan.cli import app
from showergan.comparison.power import difference_power, equivalence_power, seeds_needed
from showergan.errors import UserError

# By sd: seeds for a difference of 0.016 and of 0.03 among six methods, and for one equivalence within 0.02, where the
# baseline has four times the seeds. Found with Student's t, which takes one sd for granted.
KNOWN = {0.015: (15, 5, 7), 0.0225: (31, 10, 14), 0.03: (54, 16, 25), 0.04: (96, 28, 44)}


@pytest.mark.parametrize("sd", KNOWN)
def test_welch_takes_up_to_two_seeds_more_than_student(sd):
    found = (
        seeds_needed(0.016, sd, comparisons=6, ratio=4),
        seeds_needed(0.03, sd, comparisons=6, ratio=4),
        seeds_needed(0.02, sd, equivalence=True, ratio=4),
    )
    more = np.subtract(found, KNOWN[sd])
    assert ((more >= 0) & (more <= 2)).all()


def welch(x, y):
    """Return difference, standard error and degrees of freedom of many pairs of samples, a row each."""
    of_x, of_y = (values.var(1, ddof=1) / values.shape[1] for values in (x, y))
    freedom = (of_x + of_y) ** 2 / (of_x**2 / (x.shape[1] - 1) + of_y**2 / (y.shape[1] - 1))
    return x.mean(1) - y.mean(1), np.sqrt(of_x + of_y), freedom


@pytest.mark.parametrize(("n", "m", "effect", "level"), [(8, 32, 1.4, 0.05 / 6), (16, 16, 1, 0.05)])
def test_power_of_a_difference_by_simulation(n, m, effect, level):
    rng = np.random.default_rng(n)
    difference, error, freedom = welch(
        rng.normal(effect, 1, (20_000, n)), rng.normal(size=(20_000, m))
    )
    found = difference / error >= stats.t.ppf(1 - level / 2, freedom)
    assert difference_power(effect, n, m, level) == pytest.approx(found.mean(), abs=0.03)


@pytest.mark.parametrize(("n", "m", "margin"), [(8, 32, 4 / 3), (14, 14, 1.2)])
def test_power_of_an_equivalence_by_simulation(n, m, margin):
    rng = np.random.default_rng(n)
    difference, error, freedom = welch(rng.normal(size=(20_000, n)), rng.normal(size=(20_000, m)))
    found = np.abs(difference) + stats.t.ppf(0.95, freedom) * error <= margin
    assert equivalence_power(margin, n, m, 0.05) == pytest.approx(found.mean(), abs=0.03)


def test_more_is_needed_for_more():
    """One seed fewer is too few; smaller effects, more comparisons and a smaller baseline take more."""
    n = seeds_needed(0.02, 0.02, comparisons=6, ratio=4)
    assert (
        difference_power(1, n, 4 * n, 0.05 / 6)
        >= 0.8
        > difference_power(1, n - 1, 4 * n - 4, 0.05 / 6)
    )
    assert n < seeds_needed(0.015, 0.02, comparisons=6, ratio=4)
    assert n < seeds_needed(0.02, 0.02, comparisons=12, ratio=4)
    assert n < seeds_needed(0.02, 0.02, comparisons=6)
    assert n < seeds_needed(0.02, 0.02, comparisons=6, ratio=4, power=0.9)
    assert seeds_needed(1.0, 0.001) == 5  # fewer have no interval


@pytest.mark.parametrize(("comparisons", "seeds"), [(6, 5), (7, 6), (8, 6), (24, 7)])
def test_permutations_of_so_few_seeds_decide(comparisons, seeds):
    """The smallest p of two samples of n is 2 over n from 2n: 2/252, 2/924, 2/3432."""
    assert seeds_needed(1.0, 0.001, comparisons=comparisons) == seeds
    assert seeds_needed(1.0, 0.001, comparisons=comparisons, ratio=4) == 5
    assert seeds_needed(1.0, 0.001, comparisons=comparisons, equivalence=True) == 5


def test_more_comparisons_than_permutations_can_decide_are_told():
    with pytest.raises(UserError, match="level for one of 300 comparisons"):
        seeds_needed(1.0, 0.1, comparisons=300)


def test_the_command_prints_a_table():
    told = ["--sd", "0.015", "--sd", "0.03", "--difference", "0.016", "--margin", "0.02"]
    done = CliRunner().invoke(app, ["seeds", *told, "--comparisons", "6", "--ratio", "4"])
    assert done.exit_code == 0, done.output
    head, _, *rows = [line.strip("| ").split("|") for line in done.output.splitlines()]
    assert [name.strip() for name in head] == ["sd", "difference 0.016", "equivalence within 0.02"]
    assert [[cell.strip() for cell in row] for row in rows] == [
        [
            f"{sd:g}",
            str(seeds_needed(0.016, sd, comparisons=6, ratio=4)),
            str(seeds_needed(0.02, sd, equivalence=True, comparisons=6, ratio=4)),
        ]
        for sd in (0.015, 0.03)
    ]
