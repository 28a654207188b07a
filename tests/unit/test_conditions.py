import numpy as np
import pytest

from showergan.tasks.showers.conditions import Conditioning

POINT = np.array([[3, 4], [-1, 0], [0, -2]], np.float32)
MOMENTUM = np.array([[1, 2, 3], [4, 5, 6], [7, 8, 9]], np.float32)


def test_raw_conditions_in_published_order():
    expected = [
        [1, 2, 3, 3, 4, np.arctan2(4, 3), 5],
        [4, 5, 6, -1, 0, np.pi, 1],
        [7, 8, 9, 0, -2, -np.pi / 2, 2],
    ]
    result = Conditioning().of(POINT, MOMENTUM)
    assert result.dtype == np.float32
    np.testing.assert_allclose(result, expected, rtol=1e-6)
    assert Conditioning("raw").fitted(POINT, MOMENTUM) == Conditioning()


@pytest.mark.parametrize("form", ["raw", "scaled"])
def test_a_zero_of_either_sign_is_one_condition(form):
    """Of y = -0.0 the angle would be -pi where it is pi of 0.0."""
    signs = np.array([(x, y) for x in (-1, 0.0, 1) for y in (-0.0, 0.0)], np.float32)
    point = np.concatenate([signs, -signs])
    momentum = np.c_[point, np.full(len(point), 40, np.float32)]
    conditioning = Conditioning(form).fitted(POINT, MOMENTUM)
    np.testing.assert_array_equal(
        conditioning.of(point, momentum), conditioning.of(point + 0, momentum + 0)
    )
    assert not np.signbit(Conditioning().of(-point * 0, momentum)).any(axis=0)[3:].any()


def test_conditions_of_the_origin_are_finite():
    one = np.zeros((1, 2), np.float32), np.ones((1, 3), np.float32)
    assert np.isfinite(Conditioning().of(*one)).all()
    assert np.isfinite(Conditioning("scaled").fitted(*one).of(*one)).all()


def test_scaled_conditions_are_standardised_on_the_training_particles():
    random = np.random.default_rng(0)
    point = random.normal(5, 3, (500, 2)).astype(np.float32)
    momentum = (random.lognormal(1, 1, (500, 1)) * [0.1, -0.2, 1]).astype(np.float32)
    momentum[:, :2] += random.normal(0, 0.1, (500, 2))
    conditioning = Conditioning("scaled").fitted(point, momentum)
    scaled = conditioning.of(point, momentum)
    assert scaled.dtype == np.float32
    np.testing.assert_allclose(scaled.mean(0), 0, atol=1e-5)
    np.testing.assert_allclose(scaled.std(0), 1, atol=1e-5)
    log_p = np.log(np.linalg.norm(momentum, axis=1))
    assert np.corrcoef(scaled[:, 2], log_p)[0, 1] > 0.9999
    assert np.corrcoef(scaled[:, 0], momentum[:, 0] / momentum[:, 2])[0, 1] > 0.9999
    # other particles keep the training scale, and a direction does not depend on the momentum
    np.testing.assert_allclose(
        conditioning.of(point, 7 * momentum)[:, :2], scaled[:, :2], rtol=1e-4, atol=1e-5
    )
    shift = conditioning.of(point, np.float32(np.e) * momentum)[:, 2] - scaled[:, 2]
    np.testing.assert_allclose(shift, 1 / log_p.std(), rtol=1e-4)


def test_conditions_that_do_not_differ_are_not_scaled_and_named():
    """Rounding noise of 1e-7 would become numbers of unit size."""
    noise = 1e-7 * np.random.default_rng(0).normal(size=(400, 3))
    momentum = (np.array([0, 0, 40]) * (1 + noise)).astype(np.float32)
    point = np.full((400, 2), 3.3, np.float32)
    point[:, 1] += np.linspace(-2, 2, 400)
    for form, first in (("raw", ["px", "py", "pz"]), ("scaled", ["px/pz", "py/pz", "ln |p|"])):
        conditioning = Conditioning(form).fitted(point, momentum)
        assert conditioning.without_spread(point, momentum) == [*first, "x"]
    assert np.abs(conditioning.of(point, momentum)[:, :4]).max() < 1e-5
    assert conditioning.of(point, momentum)[:, 4:].std(0) == pytest.approx(1)
