"""Verdicts and ranks as the recipe of the workflow asks for them, but for what a test changes."""

from showergan import comparison
from showergan.steps.verdicts import Verdicts

RECIPE = Verdicts(baseline="sn", null="sn_null")


def verdicts(summary, **changes):
    return comparison.verdicts(summary, **(RECIPE.model_dump() | changes))


def ranks(summary, **changes):
    return comparison.ranks(summary, **({"column": RECIPE.column, "level": RECIPE.level} | changes))
