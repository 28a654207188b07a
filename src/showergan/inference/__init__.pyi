from . import snapshots as snapshots
