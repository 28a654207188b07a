"""Samples in, numbers out: what any task's samples can be measured by, one idea per file.

A file that defines a `Metric` in this folder is found by itself, measured for every task and shown wherever metrics
are, see `Registry`. Functions that measure take real points (n, d), generated points (m, d) and the seed of everything
random, and return a `Measured`, NaN of too few points; a `UserError` says what is wrong with the points.
"""
