"""Numbers of samples that differ, or by rounding alone: the latter cannot be learned, distinguished or divided by."""

import numpy as np
import pytest

from showergan.metrics.samples import distinct, varies


def test_rounding_is_no_spread():
    noise = np.random.default_rng(0).normal(size=1000)
    constant = np.full(1000, 40)
    columns = {
        "constant": constant,
        "rounding": (40 * (1 + 6e-8 * noise)).astype("f4"),
        "rounding about 0": 1e-8 * noise,
        "undefined": constant * np.nan,
        "constant where defined": np.where(noise > 0, 40, np.nan),
    }
    assert not varies(np.stack(list(columns.values()), axis=1)).any()
    assert varies(np.stack([40 + 1e-3 * noise, 1e-3 * noise, noise], axis=1)).all()
    assert varies(1e-8 * noise[:, None], unit=0).all()


@pytest.mark.parametrize(
    ("edges", "expected"),
    [([1, 1, 1], [1]), ([0, 0, 2, 2], [0, 2]), ([40, 40 + 1e-6, 50], [40, 50]), ([0, 1], [0, 1])],
)
def test_edges_that_coincide_are_one(edges, expected):
    assert distinct(edges) == expected
