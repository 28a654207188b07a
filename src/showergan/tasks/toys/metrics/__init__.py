"""What points are judged by: the metrics of any task, and those of their own, one idea per file."""

import sys

from showergan import metrics
from showergan.metrics.diversity import COLLAPSED, REPEATING
from showergan.metrics.features import COUNTS, HIGH_LEVEL, NOT_FINITE
from showergan.metrics.metric import Failure, Registry, metrics_in
from showergan.tasks.toys.points import PLANE

METRICS = Registry(
    metrics=metrics_in(metrics, sys.modules[__name__]),
    points={PLANE: PLANE},
    quantities={"x": "x", "y": "y"},
    spaces={HIGH_LEVEL: "points"},
    failures=(Failure("not finite", NOT_FINITE, COUNTS, above=0), COLLAPSED, REPEATING),
)
