import numpy as np
import pytest

from showergan.errors import UserError
from showergan.tasks.showers.rectangles import equal_rectangles, quantile_rectangles

GRID = equal_rectangles((-3, 3, 0, 6), 3, 2)


def test_bins_are_numbered_along_x_first():
    centres = [(x, y) for y in (1.5, 4.5) for x in (-2, 0, 2)]
    assert GRID.assign(centres).tolist() == [0, 1, 2, 3, 4, 5]
    assert GRID.n_bins == 6


@pytest.mark.parametrize(
    ("point", "number"),
    [
        ((-3, 0), 0),  # the corners belong to the corner bins
        ((3, 0), 2),
        ((-3, 6), 3),
        ((3, 6), 5),
        ((-1, 1), 1),  # an inner edge belongs to the bin on its right
        ((np.nextafter(-1, -2), 1), 0),
        ((1, 3), 5),
        ((0, np.nextafter(3, 0)), 1),
    ],
)
def test_edges_are_closed_on_the_left_and_the_last_on_the_right(point, number):
    assert GRID.assign([point]).tolist() == [number]
    assert not GRID.outside([point]).any()


@pytest.mark.parametrize(
    ("point", "number"), [((-9, 1), 0), ((9, 1), 2), ((0, 7), 4), ((9, 9), 5), ((3.0001, -1), 2)]
)
def test_points_outside_go_to_the_nearest_edge_bin_and_are_counted(point, number):
    assert GRID.assign([point]).tolist() == [number]
    assert GRID.outside([point]).tolist() == [True]


def test_quantile_rectangles_share_out_the_points():
    points = np.random.default_rng(0).exponential(size=(9000, 2))
    grid = quantile_rectangles(points, 3, 3)
    assert not grid.outside(points).any()
    for axis, edges in enumerate((grid.x_edges, grid.y_edges)):
        counts = np.histogram(points[:, axis], edges)[0]
        assert np.abs(counts - 3000).max() <= 1


def test_a_partition_is_a_value():
    assert equal_rectangles((0, 1, 0, 1)) == equal_rectangles([0.0, 1.0, 0.0, 1.0])
    assert equal_rectangles((0, 1, 0, 1)) != equal_rectangles((0, 2, 0, 1))


@pytest.mark.parametrize("points", [np.zeros((2, 3)), np.zeros(2), [[0, np.nan]]])
def test_bad_points_are_refused(points):
    with pytest.raises(UserError):
        GRID.assign(points)


def test_degenerate_rectangles_are_refused():
    with pytest.raises(UserError):
        equal_rectangles((1, 1, 0, 1))
    with pytest.raises(UserError):
        quantile_rectangles(np.zeros((10, 2)), 2, 2)
