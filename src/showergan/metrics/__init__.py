"""Samples in, numbers out: what any task's samples can be measured by, one idea per file.

A file that defines a `Metric` in this folder is found by itself, measured for every task and shown wherever metrics
are, see `Registry`.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
