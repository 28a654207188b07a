"""Figures that only the task of text has."""

from functools import partial

from showergan.config.catalogue.any_task import ARTEFACTS
from showergan.config.catalogue.exhibit import COMPARISON, GLANCE, Exhibit

figure = partial(Exhibit, artefacts=ARTEFACTS, package="showergan.tasks.text")

EXHIBITS = (
    figure("sampled_lines", "3 Sampled lines", "reference examples grid", section=GLANCE),
    figure(
        "ngram_divergence",
        "Divergence of n-grams over generator steps",
        "metrics histories anchors grid",
        section=COMPARISON,
    ),
)
