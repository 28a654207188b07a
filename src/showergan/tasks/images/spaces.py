"""The spaces that pictures are measured in; which of them a run has stands beside every number."""

from __future__ import annotations

import numpy as np

from showergan.metrics.pair import Arrays, Pair

CLASSIFIER, ENCODER = SPACES = ("classifier", "encoder")
PROBABILITIES = "probabilities"  # that a classifier gives to the classes


def embedded(pair: Pair) -> dict[str, Arrays]:
    """Return the features of both samples in the spaces that there are, without those that are not finite.

    They are in units of the root mean square of all numbers of the real ones: a network that a run trains has no scale
    of its own that would mean something.
    """
    found = {}
    for space in SPACES:
        if space in pair.real.spaces:
            real, other = (sample.spaces[space] for sample in (pair.real, pair.other))
            scale = np.sqrt((real.astype(float) ** 2).mean()) or 1.0
            found[space] = real / scale, other[np.isfinite(other).all(axis=1)] / scale
    return found
