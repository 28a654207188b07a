"""Figures that only the task of showers has."""

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
        "showers.generated_showers",
        "3 Generated beside real showers",
        "reference examples grid",
        section=GLANCE,
    ),
    figure(
        "energy_response",
        "Energy response and resolution",
        "metrics anchors grid",
        section=COMPARISON,
    ),
    figure(
        "conditional_scores",
        "Conditional PRD-AUC, SN against ABCAS",
        "metrics anchors",
        when.sn_or_abcas_over_epochs,
        section=COMPARISON,
    ),
    figure("task", "The task", "data", section=DATA),
    figure("showers.target_showers", "Target showers", "data", section=DATA),
    figure("entry_points", "Entry points and their bins", "data reference anchors", section=DATA),
    figure(
        "embedding", "Predictions of the embedding", "predictions embedding_metrics", section=DATA
    ),
)
