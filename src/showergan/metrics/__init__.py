"""Metrics of the samples of any task, one idea per file.

Each `Metric` that a file of this folder defines is found by `metrics_in`, measured for every task and shown wherever
metrics are. Functions that measure take real points (n, d), generated points (m, d) and the seed of everything random,
and return a `Measured`, NaN of too few points; a `UserError` refuses unusable points.
"""
