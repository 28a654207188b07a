"""Metrics of showers: those of all tasks, and those of showers alone in this folder."""

import sys

from showergan import metrics
from showergan.metrics.diversity import COLLAPSED, REPEATING
from showergan.metrics.features import COUNTS, EMBEDDING, HIGH_LEVEL
from showergan.metrics.metric import BROKEN, Failure, Registry, metrics_in

METRICS = Registry(
    metrics=metrics_in(metrics, sys.modules[__name__]),
    points={EMBEDDING: "E", "P": "P"},
    quantities={"total_energy_MeV": "total energy [MeV]"},
    spaces={EMBEDDING: "E", HIGH_LEVEL: "physics"},
    failures=(
        BROKEN,
        Failure("clipped", "n_clipped_cells", COUNTS, above=0),
        Failure("exploding", "mean", "total_energy_MeV", "real", above=10, column="energy_ratio"),
        Failure("empty", "n_empty_image", COUNTS, "n", above=0.01),
        COLLAPSED,
        REPEATING,
    ),
    of_scale=(
        ("wasserstein", "total_energy_MeV"),
        ("mean", "total_energy_MeV"),
        ("response", "energy"),
        ("resolution", "energy"),
        ("response_error", "energy"),
        ("resolution_error", "energy"),
    ),
)
