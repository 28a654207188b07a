import numpy as np
import pytest

from showergan.errors import UserError
from showergan.tasks.showers.rectangles import Rectangles, rectangles_of

GRID = rectangles_of([(-3, 6), (3, 0), (1, 1)], "rectangles", (3, 2))


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


@pytest.mark.parametrize(
    ("point", "number"), [((-9, 1), 0), ((9, 1), 2), ((0, 7), 4), ((9, 9), 5), ((3.0001, -1), 2)]
)
def test_points_outside_go_to_the_nearest_edge_bin(point, number):
    assert GRID.assign([point]).tolist() == [number]


def test_quantile_rectangles_share_out_the_points():
    points = np.random.default_rng(0).exponential(size=(9000, 2))
    grid = rectangles_of(points, "quantiles", (3, 3))
    for axis, edges in enumerate((grid.x_edges, grid.y_edges)):
        counts = np.histogram(points[:, axis], edges)[0]
        assert np.abs(counts - 3000).max() <= 1


def test_equal_rectangles_of_32_bit_points_are_those_of_64_bit():
    points = np.random.default_rng(0).normal(size=(9, 2)).astype(np.float32)
    grid = rectangles_of(points, "rectangles", (3, 3))
    assert grid.x_edges == tuple(np.linspace(*map(float, np.sort(points[:, 0])[[0, -1]]), 4))
    assert grid == rectangles_of(points.astype(float), "rectangles", (3, 3))
    assert grid != rectangles_of(points, "rectangles", (3, 2))


@pytest.mark.parametrize("points", [np.zeros((2, 3)), np.zeros(2), [[0, np.nan]]])
def test_bad_points_are_refused(points):
    with pytest.raises(UserError):
        GRID.assign(points)


@pytest.mark.parametrize("kind", ["rectangles", "quantiles"])
def test_a_beam_at_one_point_makes_one_bin_and_a_scan_of_few_fewer(kind):
    noise = np.random.default_rng(0).normal(0, 1e-7, (10, 2))
    for point in (np.zeros((10, 2)), noise, np.full((10, 2), 3.3, np.float32) * (1 + noise)):
        grid = rectangles_of(point, kind, (3, 3))
        assert grid.n_bins == 1
        assert grid.assign(point).tolist() == [0] * 10
        assert grid.x_edges[0] < point[:, 0].min() <= point[:, 0].max() < grid.x_edges[1]
    line = np.c_[np.zeros(90), np.linspace(0, 3, 90)]
    assert rectangles_of(line, kind, (3, 3)).n_bins == 3


def test_quantiles_that_coincide_are_one_edge():
    scan = np.repeat([[0.0, 0], [5, 1]], [80, 20], axis=0)
    assert rectangles_of(scan, "quantiles", (3, 3)).x_edges == (0, 5)


def test_edges_must_increase():
    with pytest.raises(UserError, match="do not increase"):
        Rectangles((0.0, 0.0), (0.0, 1.0))
