"""Figures that only the task of images has."""

from functools import partial

from showergan.config.catalogue import applicable as when
from showergan.config.catalogue.any_task import ARTEFACTS
from showergan.config.catalogue.exhibit import GLANCE, WGAN_STUDY, Exhibit

figure = partial(Exhibit, artefacts=ARTEFACTS, package="showergan.tasks.images")

EXHIBITS = (
    figure(
        "generated_images",
        "3 Generated beside real images",
        "reference examples grid",
        section=GLANCE,
    ),
    figure(
        "generated_images.architecture_images",
        "Architectures under each method",
        "examples grid outcomes",
        when.several_architectures,
        every_architecture=True,
        section=WGAN_STUDY,
    ),
)
