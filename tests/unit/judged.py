"""Verdicts and ranks as the recipe of the workflow asks for them, but for what a test changes."""

from showergan.comparison.verdicts import ranks as rank_methods
from showergan.comparison.verdicts import verdicts as compare_methods
from showergan.config.recipes.comparison import Verdicts

RECIPE = Verdicts(baseline="sn", null="sn_null")


def verdicts(summary, **changes):
    return compare_methods(summary, RECIPE.model_copy(update=changes))


def ranks(summary, **changes):
    return rank_methods(summary, RECIPE.model_copy(update=changes))
