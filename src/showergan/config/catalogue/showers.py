"""Figures of showers alone."""

from functools import partial

from showergan.config.catalogue import any_task
from showergan.config.catalogue import applicable as when
from showergan.config.catalogue.exhibit import COMPARISON, DATA, GLANCE, Artefact, Exhibit

ARTEFACTS = {
    **any_task.ARTEFACTS,
    "predictions": Artefact("predictions of the embedding: CSV", names=()),
    "embedding_metrics": Artefact("R^2 of the embedding by target: JSON", "json", names=()),
}
figure = partial(Exhibit, artefacts=ARTEFACTS, package="showergan.tasks.showers")

EXHIBITS = (
    figure(
        "generated_showers", "3 Generated beside real showers", GLANCE, "reference examples grid"
    ),
    figure("energy_response", "Energy response and resolution", COMPARISON, "metrics anchors grid"),
    figure(
        "conditional_scores",
        "Conditional PRD-AUC, SN against ABCAS",
        COMPARISON,
        "metrics anchors",
        when.sn_or_abcas_over_epochs,
    ),
    figure("task", "The task", DATA, "data"),
    figure("target_showers", "Target showers", DATA, "data"),
    figure("entry_points", "Entry points and their bins", DATA, "data reference anchors"),
    figure("embedding", "Predictions of the embedding", DATA, "predictions embedding_metrics"),
)
