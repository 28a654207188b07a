"""Figures and tables by name, made as the command line makes them: a figure in the theme of its style."""

from functools import partial

from showergan.config.catalogue.exhibit import exhibits
from showergan.report.exhibits import make
from showergan.tasks.found import TASKS


def figure_of(name):
    """Return what draws a figure of any task."""
    return partial(make, exhibits("figures", TASKS)[name])


def table_of(name):
    """Return what writes a table of any task, or a text."""
    return partial(make, exhibits("tables", TASKS)[name])
