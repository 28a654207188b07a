"""Figures of text alone."""

from functools import partial

from showergan.config.catalogue.any_task import ARTEFACTS
from showergan.config.catalogue.exhibit import COMPARISON, GLANCE, Exhibit

figure = partial(Exhibit, artefacts=ARTEFACTS, package="showergan.tasks.text")

EXHIBITS = (
    figure("sampled_lines", "3 Sampled lines", GLANCE, "reference examples grid"),
    figure(
        "ngram_divergence",
        "Divergence of n-grams over generator steps",
        COMPARISON,
        "metrics histories anchors grid",
    ),
)
