"""What pictures are judged by: the metrics of any task, and those of their own, one idea per file."""

import sys

from showergan import metrics
from showergan.metrics.diversity import COLLAPSED, REPEATING
from showergan.metrics.features import COUNTS, HIGH_LEVEL, NOT_FINITE
from showergan.metrics.metric import Failure, Registry, metrics_in
from showergan.tasks.images.spaces import CLASSIFIER, ENCODER

METRICS = Registry(
    metrics=metrics_in(metrics, sys.modules[__name__]),
    points={CLASSIFIER: CLASSIFIER, ENCODER: ENCODER},
    quantities={name: name for name in ("brightness", "contrast", "sharpness")},
    spaces={HIGH_LEVEL: "light and shade"},
    failures=(Failure("not finite", NOT_FINITE, COUNTS, above=0), COLLAPSED, REPEATING),
)
