"""Seeds that a comparison of two methods needs, before anything is trained."""

import math
from itertools import count

import numpy as np
from scipy import stats

from showergan.comparison.unpaired import FEWEST, smallest_p
from showergan.config.recipes.comparison import Tests
from showergan.errors import UserError

QUANTILES = 2000  # of the distribution of a standard error, over which power is averaged


def seeds_needed(
    effect: float,
    sd: float,
    *,
    equivalence: bool = False,
    comparisons: int = 1,
    ratio: int = 1,
    level: float = 0.05,
    power: float = 0.8,
) -> int:
    """Return the seeds of a method with which a comparison with the baseline is decided, of runs with an sd.

    The test is Welch's t for a difference, or two one-sided ones for equivalence, of normal scores. Of several
    comparisons the level is divided by their number, as in the first step of Holm 1979. A difference is decided by
    permutations, too, of which so few seeds must have enough, see `smallest_p`.

    Args:
        effect: true difference to be found; of equivalence the margin, where there is no difference.
        sd: standard deviation of the score over seeds, of method and baseline.
        equivalence: whether equivalence within the margin is to be shown.
        comparisons: methods that are compared with the baseline.
        ratio: seeds of the baseline for each seed of the method.
        level: that the whole table of verdicts keeps.
        power: probability of the decision.

    Raises:
        UserError: no test by permutations reaches that level for so many comparisons.
    """
    decided = equivalence_power if equivalence else difference_power
    level /= comparisons
    resamples = Tests.model_fields["resamples"].default
    if not equivalence and 2 / (resamples + 1) > level:
        raise UserError(
            f"level: no p-value of {resamples} permutations is below {level:g}, the level for one of "
            f"{comparisons} comparisons. Compare fewer, or at a larger level"
        )
    enough = (
        n
        for n in count(FEWEST)
        if (equivalence or smallest_p(n, ratio * n, resamples) <= level)
        and decided(effect / sd, n, ratio * n, level) >= power
    )
    return next(enough)


def difference_power(effect: float, n: int, m: int, level: float) -> float:
    """Return the probability that Welch's two-sided test of n and m values finds a difference of `effect` sd.

    That of the noncentral t distribution; the far side is left out.
    """
    error, freedom = math.sqrt(1 / n + 1 / m), _freedom(n, m)
    return float(stats.nct.sf(stats.t.ppf(1 - level / 2, freedom), freedom, effect / error))


def equivalence_power(margin: float, n: int, m: int, level: float) -> float:
    """Return the probability that two one-sided tests show equal methods to be within a margin, in sd.

    Given the estimated error s of a difference, it lies within margin - t s of 0 with the probability of a Gaussian of
    the true error; the mean over the distribution of s is that of chi-square (Phillips 1990).
    """
    error, freedom = math.sqrt(1 / n + 1 / m), _freedom(n, m)
    u = (np.arange(QUANTILES) + 0.5) / QUANTILES
    estimated = error * np.sqrt(stats.chi2.ppf(u, freedom) / freedom)
    room = np.maximum(margin - stats.t.ppf(1 - level, freedom) * estimated, 0)
    return float(np.mean(2 * stats.norm.cdf(room / error) - 1))


def _freedom(n: int, m: int) -> float:
    """Return Welch's degrees of freedom where both variances are equal."""
    return (1 / n + 1 / m) ** 2 / (1 / (n**2 * (n - 1)) + 1 / (m**2 * (m - 1)))
