"""What lines are judged by: the metrics of any task, and those of their own, one idea per file."""

import sys

from showergan import metrics
from showergan.metrics.features import COUNTS, NOT_FINITE
from showergan.metrics.metric import Failure, Registry, metrics_in
from showergan.tasks.text.metrics.repeated_lines import REPEATING

METRICS = Registry(
    metrics=metrics_in(metrics, sys.modules[__name__]),
    points={name: name for name in ("1-grams", "2-grams")},
    quantities={},
    spaces={},
    failures=(Failure("not finite", NOT_FINITE, COUNTS, above=0), REPEATING),
)
