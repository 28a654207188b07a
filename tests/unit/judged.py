"""Verdicts and ranks as the recipe of the workflow asks for them, but for what a test changes."""

from showergan.comparison.verdicts import ranks as rank_methods
from showergan.comparison.verdicts import verdicts as compare_methods
from showergan.config.recipes.comparison import Verdicts

RECIPE = Verdicts(baseline="sn", null="sn_null")


def verdicts(runs, **changes):
    return compare_methods(_judged(runs), RECIPE.model_copy(update=changes))


def ranks(runs, **changes):
    return rank_methods(_judged(runs), RECIPE.model_copy(update=changes))


def _judged(runs):
    """Return the runs, of which none failed unless they say so."""
    return runs if "failed" in runs else runs.assign(failed=False)
