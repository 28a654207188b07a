"""Samples side by side: on one scale, of one shape."""

import numpy as np
import pytest

from showergan.config.evaluation import Evaluation
from showergan.errors import UserError
from showergan.metrics.features import EMBEDDING, Features
from showergan.metrics.pair import Pair
from showergan.metrics.samples import arrays_of


def embedded(points):
    n = len(points)
    return Features(
        spaces={EMBEDDING: points},
        quantities={},
        conditions=np.empty((n, 0), "f4"),
        counts={},
        own={},
    )


def test_embeddings_are_scaled_alike_in_all_directions():
    """By the root of the mean variance of the real ones, about their centre."""
    random = np.random.default_rng(1)
    real = random.normal([5, -3, 0], [3, 2, 1], (1000, 3))
    pair = Pair(embedded(real), embedded(real + 1), None, Evaluation())
    first, second = pair.standardised[EMBEDDING]
    assert first.mean(axis=0) == pytest.approx(0, abs=1e-12)
    assert np.ptp(first.std(axis=0) / real.std(axis=0)) == pytest.approx(0, abs=1e-12)
    assert first.var(axis=0).sum() == pytest.approx(3)
    assert second - first == pytest.approx(1 / np.sqrt(real.var(axis=0).mean()))


def test_shapes_are_named_beside_those_expected():
    flat, table = np.zeros(3), np.zeros((3, 2))
    with pytest.raises(
        UserError, match=r"shapes \(3,\) and \(3, 2\), expected \(n, d\) and \(m, d\)"
    ):
        arrays_of(flat, table)
    with pytest.raises(UserError, match=r"shapes \(3,\) and \(3, 2\), expected \(n,\) and \(m,\)"):
        arrays_of(flat, table, 1)
