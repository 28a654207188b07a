import numpy as np

from showergan.showers.conditions import CONDITION_NAMES, conditions


def test_conditions_in_published_order():
    point = np.array([[3, 4], [-1, 0], [0, -2]], np.float32)
    momentum = np.array([[1, 2, 3], [4, 5, 6], [7, 8, 9]], np.float32)
    expected = [
        [1, 2, 3, 3, 4, np.arctan2(4, 3), 5],
        [4, 5, 6, -1, 0, np.pi, 1],
        [7, 8, 9, 0, -2, -np.pi / 2, 2],
    ]
    result = conditions(point, momentum)
    assert result.dtype == np.float32
    np.testing.assert_allclose(result, expected, rtol=1e-6)
    assert CONDITION_NAMES == ("px", "py", "pz", "x", "y", "angle", "radius")


def test_conditions_of_the_origin_are_finite():
    assert np.isfinite(conditions(np.zeros((1, 2), np.float32), np.ones((1, 3), np.float32))).all()
