"""Figures that only the task of toys has: points in a plane."""

from functools import partial

from showergan.config.catalogue import any_task
from showergan.config.catalogue import applicable as when
from showergan.config.catalogue.exhibit import GLANCE, WGAN_STUDY, Artefact, Exhibit

ARTEFACTS = {
    **any_task.ARTEFACTS,
    "surfaces": Artefact("values on a grid: npz of `fixed_generator`", "arrays", names=()),
    "gradients": Artefact("gradients by layer: CSV of `fixed_generator`", names=()),
    "weights": Artefact("histograms of weights: CSV of `fixed_generator`", names=()),
}
figure = partial(Exhibit, artefacts=ARTEFACTS, package="showergan.tasks.toys")

EXHIBITS = (
    figure(
        "generated_points",
        "3 Generated over real points",
        "reference examples grid",
        section=GLANCE,
    ),
    figure(
        "fixed_generator.value_surfaces",
        "Value surfaces",
        "surfaces",
        when.several_losses,
        section=WGAN_STUDY,
    ),
    figure(
        "fixed_generator.layer_gradients",
        "Gradients by layer and weights",
        "gradients weights",
        when.several_losses,
        section=WGAN_STUDY,
    ),
)
