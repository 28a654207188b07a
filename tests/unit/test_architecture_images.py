"""The grid of pictures: a row per architecture, a column per method, the score and what failed under each."""

import numpy as np
import pandas as pd
import pytest
from drawn import figure_of

from showergan.report.style import Style
from showergan.tasks.images.figures.generated_images import ROWS, SMALL_SIDE

architecture_images = figure_of("architecture_images")

METHODS = {"gan": "GAN", "gp": "WGAN-GP"}


def grid_of(architectures):
    keys = [(a, m) for a in architectures for m in METHODS]
    runs = pd.DataFrame(keys, columns=["architecture", "method"]).assign(learning_rates="1_1")
    random = np.random.default_rng(1)
    pictures = random.integers(0, 256, (len(runs), SMALL_SIDE**2 + 4, 1, 8, 8)).astype(np.uint8)
    examples = pd.concat(
        [
            pd.DataFrame({**dict(row), "seed": "1", "image": list(images)})
            for (_, row), images in zip(runs.iterrows(), pictures, strict=True)
        ]
    )
    # Another pair of learning rates, which was not chosen.
    other = examples.assign(learning_rates="2_2", image=[np.zeros((1, 8, 8))] * len(examples))
    outcomes = runs.assign(score="classifier", fraction=np.arange(len(runs)) / 10, failure="none")
    outcomes.loc[0, "failure"] = "below, collapsed"
    style = Style(labels=METHODS, architectures={a: f"label of {a}" for a in architectures})
    both = pd.concat([other, examples])
    figure = architecture_images(style, both, runs.assign(chosen=True, seeds="1"), outcomes)
    return figure, pictures


def test_every_cell_shows_its_own_pictures_and_score():
    figure, pictures = grid_of(["deep", "flat"])
    axes = figure.axes
    assert [axis.get_xlabel() for axis in axes] == ["0.00 failed", "0.10", "0.20", "0.30"]
    assert [axis.get_title() for axis in axes] == ["GAN", "WGAN-GP", "", ""]
    assert [a.get_ylabel().replace("\n", " ") for a in axes[::2]] == [
        "label of deep",
        "label of flat",
    ]
    for axis, own in zip(axes, pictures, strict=True):
        drawn = axis.images[0].get_array()
        assert drawn.shape == (
            9 * SMALL_SIDE - 1,
            9 * SMALL_SIDE - 1,
        )  # a pixel lies between two pictures
        assert (drawn[:8, 9:17] == own[1, 0]).all()
    red, grey = (axis.spines["left"].get_edgecolor() for axis in axes[:2])
    assert red != grey
    assert "PRD-AUC (classifier) over its ceiling at the epoch chosen" in figure.get_suptitle()


@pytest.mark.parametrize("n", [ROWS, ROWS + 1])
def test_many_architectures_are_cut_and_that_is_said(n):
    figure, _ = grid_of([f"random_{i}" for i in range(n)])
    assert len(figure.axes) == ROWS * len(METHODS)
    assert (f"the first {ROWS} of {n}" in figure.get_suptitle()) == (n > ROWS)
