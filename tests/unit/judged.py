"""Verdicts and ranks as the recipe of the workflow asks for them, but for what a test changes."""

from showergan.cli.steps.verdicts import Verdicts
from showergan.comparison.verdicts import ranks as _ranks
from showergan.comparison.verdicts import verdicts as _verdicts

RECIPE = Verdicts(baseline="sn", null="sn_null")


def verdicts(summary, **changes):
    return _verdicts(summary, **(RECIPE.model_dump() | changes))


def ranks(summary, **changes):
    return _ranks(summary, **({"column": RECIPE.column, "level": RECIPE.level} | changes))
