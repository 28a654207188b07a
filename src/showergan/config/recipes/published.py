"""Recipe of the step that takes runs from a table in place of training them."""

from showergan.config.recipes.recipe import Recipe


class Unpack(Recipe):
    """Write the metrics of published runs, see `showergan gather`, as their evaluations did."""

    version = 1
